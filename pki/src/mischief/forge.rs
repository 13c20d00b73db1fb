//! Forging: an honest answer is taken apart, changed, and signed again by whoever the fault needs.
//!
//! Nothing of this touches the honest responder: it works on the bytes that were about to leave, so that what is kept
//! and shared of honest answers stays honest.

mod certificate;
mod list;
mod ocsp;
mod stamp;

pub(super) use certificate::{CertDesk, certificate};
pub(super) use list::{ListDesk, list};
pub(super) use ocsp::{OcspDesk, ocsp};
pub(super) use stamp::{StampDesk, stamp};

use std::time::Duration;

use qaqpa_crypto::{CryptoError, KeyKind, PrivateKey};
use qaqpa_model::Moment;
use qaqpa_x509::issue::{CertificateSpec, IssueError, Validity};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::{Certificate, ObjectIdentifier};
use thiserror::Error;

use super::tree::{
    BOOLEAN, GENERALIZED_TIME, NULL, Node, OCTET_STRING, OID, UTC_TIME, bit_string, leaf, sequence,
};
use crate::vault::test_name;

/// Why a fault could not be put into an answer: it leaves as it is, and the log says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum ForgeError {
    /// A certificate could not be made.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A signature could not be made.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// The honest answer is not one that says anything: a refusal, an error.
    #[error("the honest answer has no part that could be changed")]
    NothingToChange,
}

/// How a certificate of somebody is written: [`CertificateSpec::of_responder`], [`CertificateSpec::of_timestamper`].
type Written = fn(NameToWrite, &[u8], Validity) -> Result<CertificateSpec, IssueError>;

/// Another certificate for an honest signer's key, of the same period, to be spoilt and issued.
fn another(honest: &Certificate, called: &str, written: Written) -> CertificateSpec {
    let validity = Validity {
        not_before: honest.not_before(),
        not_after: honest.not_after(),
    };
    written(test_name(called), honest.spki_der(), validity)
        .expect("the honest signer's key is one that a certificate was made for")
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Thirty days that ended so long ago.
fn over(now: Moment, since: Duration) -> Validity {
    Validity {
        not_before: now.minus(since + 30 * DAY),
        not_after: now.minus(since),
    }
}

/// Thirty days that begin so much later.
fn ahead(now: Moment, until: Duration) -> Validity {
    Validity {
        not_before: now.plus(until),
        not_after: now.plus(until + 30 * DAY),
    }
}

/// How a changed part is signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Seal {
    /// As it should be.
    #[default]
    Right,
    /// One bit of the signature is the other way.
    Flipped,
    /// No bytes.
    Absent,
    /// The signature of the part as it was before it was changed.
    BeforeTheChange,
}

/// The three parts of what is signed: the content, the algorithm, the signature.
fn signed(content: Node, algorithm: Node, signature: &[u8]) -> [Node; 3] {
    [content, algorithm, bit_string(signature)]
}

/// A signature over a content, spoilt as the seal says; `before` is the signature that the content had.
fn seal(
    content: &Node,
    key: &PrivateKey,
    seal: Seal,
    before: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let sign = || key.sign(key.kind().signature_algorithm(), &content.write());
    Ok(match seal {
        Seal::Right => sign()?,
        Seal::Absent => Vec::new(),
        Seal::BeforeTheChange => before.to_vec(),
        Seal::Flipped => {
            let mut signature = sign()?;
            if let Some(last) = signature.last_mut() {
                *last ^= 1;
            }
            signature
        }
    })
}

/// The identifier of what a kind of key signs with.
fn algorithm_of(kind: KeyKind) -> Node {
    let algorithm = oid_node(kind.signature_algorithm().oid());
    match kind {
        // RFC 5758 §3.2: absent for ECDSA.
        KeyKind::Ecdsa => sequence([algorithm]),
        KeyKind::Rsa | KeyKind::Gost2015 | KeyKind::Gost2004 => {
            sequence([algorithm, leaf(NULL, [])])
        }
    }
}

fn oid_node(oid: ObjectIdentifier) -> Node {
    leaf(OID, oid.as_bytes())
}

/// sha1WithRSAEncryption (RFC 8017, appendix A.2.4).
const SHA_1_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5");
/// sha512WithRSAEncryption.
const SHA_512_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
/// Under the arc for UUIDs, and no UUID that anybody made: nobody knows what it means.
const NOBODY_KNOWS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.999");

fn algorithm_named(oid: ObjectIdentifier) -> Node {
    sequence([oid_node(oid), leaf(NULL, [])])
}

/// An extension: OID, criticality, DER of the value.
fn extension(oid: ObjectIdentifier, critical: bool, value: Vec<u8>) -> Node {
    let mut parts = vec![oid_node(oid)];
    if critical {
        parts.push(leaf(BOOLEAN, [0xff]));
    }
    parts.push(leaf(OCTET_STRING, value));
    sequence(parts)
}

/// A critical extension that nobody knows.
fn critical_extension() -> Node {
    extension(NOBODY_KNOWS, true, leaf(NULL, []).write())
}

/// A moment as GeneralizedTime: `20261122070000Z`.
fn generalized(moment: Moment) -> Node {
    leaf(GENERALIZED_TIME, digits(moment))
}

/// A moment as certificates and lists write it (RFC 5280 §4.1.2.5): UTCTime until 2049.
fn time(moment: Moment) -> Node {
    let digits = digits(moment);
    if ("1950".."2050").contains(&&digits[..4]) {
        leaf(UTC_TIME, &digits.as_bytes()[2..])
    } else {
        leaf(GENERALIZED_TIME, digits)
    }
}

/// The digits of a moment in UTC, and Z.
fn digits(moment: Moment) -> String {
    let utc = moment.to_utc_string();
    let whole: String = utc.chars().filter(char::is_ascii_digit).take(14).collect();
    whole + "Z"
}

/// The place of the extension of that kind in a list of them.
fn place_of(extensions: &[Node], oid: ObjectIdentifier) -> Option<usize> {
    extensions.iter().position(|extension| {
        extension
            .at(0)
            .is_some_and(|name| name.is_oid(oid.as_bytes()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_in_utc_to_the_second() {
        let moment = Moment::parse("2026-11-22T12:00:00.5+05:00").unwrap();
        assert_eq!(generalized(moment).bytes(), b"20261122070000Z");
        assert_eq!(time(moment), leaf(UTC_TIME, *b"261122070000Z"));
        let late = Moment::parse("2050-01-01T00:00:00Z").unwrap();
        assert_eq!(time(late), leaf(GENERALIZED_TIME, *b"20500101000000Z"));
    }
}
