//! Forging certificates of authorities.

use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::oid;

use super::{ForgeError, Seal, algorithm_of, extension, place_of, seal, sequence, signed, time};
use crate::mischief::fault::CertFault;
use crate::mischief::tree::Node;
use crate::vault::Signer;

/// The honest certificate with these faults, in this order.
///
/// # Errors
/// [`ForgeError`]: it is no certificate, or nothing could be signed.
pub(in crate::mischief) fn certificate(
    honest: &[u8],
    faults: &[(CertFault, u64)],
    desk: &CertDesk<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let mut draft = Draft::of(honest).ok_or(ForgeError::NothingToChange)?;
    for (fault, amount) in faults {
        draft.spoil(*fault, Duration::from_secs(*amount), desk);
    }
    draft.write(desk)
}

/// What a forger of certificates has at hand.
#[derive(Debug)]
pub(in crate::mischief) struct CertDesk<'a> {
    /// Whose certificate it is.
    pub(in crate::mischief) owner: &'a Signer,
    /// Who signed it.
    pub(in crate::mischief) issuer: &'a Signer,
    /// An authority that nobody trusts.
    pub(in crate::mischief) foreign: &'a Signer,
    /// The moment of the answer.
    pub(in crate::mischief) now: Moment,
}

struct Draft {
    /// `TBSCertificate`.
    content: Node,
    seal: Seal,
    before: Vec<u8>,
    foreign: bool,
    self_signed: bool,
}

/// The places of a certificate of version 3 (RFC 5280 §4.1).
const ALGORITHM: usize = 2;
const ISSUER: usize = 3;
const VALIDITY: usize = 4;
const SUBJECT: usize = 5;
const TAG_3: u8 = 0xa3;
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

impl Draft {
    fn of(honest: &[u8]) -> Option<Self> {
        let whole = Node::read(honest)?;
        Some(Self {
            content: whole.at(0)?.clone(),
            seal: Seal::Right,
            before: whole.at(2)?.bytes().get(1..)?.to_vec(),
            foreign: false,
            self_signed: false,
        })
    }

    fn spoil(&mut self, fault: CertFault, ago: Duration, desk: &CertDesk<'_>) {
        match fault {
            CertFault::Foreign => self.foreign = true,
            CertFault::Unsigned => self.seal = Seal::Flipped,
            CertFault::Expired => {
                let end = desk.now.minus(ago);
                self.put(VALIDITY, sequence([time(end.minus(YEAR)), time(end)]));
            }
            CertFault::WithoutCa => {
                let extensions = self
                    .content
                    .children_mut()
                    .and_then(|parts| parts.iter_mut().find(|part| part.tag() == TAG_3))
                    .and_then(|wrapped| wrapped.at_mut(0))
                    .and_then(Node::children_mut);
                if let Some(extensions) = extensions
                    && let Some(place) = place_of(extensions, oid::BASIC_CONSTRAINTS)
                {
                    // CA:FALSE is the default, and written as nothing.
                    let nothing = sequence([]).write();
                    extensions[place] = extension(oid::BASIC_CONSTRAINTS, true, nothing);
                }
            }
            CertFault::SelfIssued => {
                self.self_signed = true;
                if let Some(subject) = self.content.at(SUBJECT).cloned() {
                    self.put(ISSUER, subject);
                }
            }
        }
    }

    fn put(&mut self, place: usize, other: Node) {
        if let Some(part) = self.content.at_mut(place) {
            *part = other;
        }
    }

    fn write(mut self, desk: &CertDesk<'_>) -> Result<Vec<u8>, ForgeError> {
        if self.foreign {
            return Ok(desk.foreign.certificate.der().to_vec());
        }
        let key = if self.self_signed {
            &desk.owner.key
        } else {
            &desk.issuer.key
        };
        self.put(ALGORITHM, algorithm_of(key.kind()));
        let signature = seal(&self.content, key, self.seal, &self.before)?;
        let parts = signed(self.content, algorithm_of(key.kind()), &signature);
        Ok(sequence(parts).write())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_certificate_is_left() {
        assert!(Draft::of(b"").is_none());
        assert!(Draft::of(&sequence([]).write()).is_none());
    }
}
