//! Forging revocation lists.

use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_x509::oid;

use super::{
    ForgeError, SHA_1_WITH_RSA, SHA_512_WITH_RSA, Seal, algorithm_named, algorithm_of,
    critical_extension, extension, place_of, seal, sequence, signed, time,
};
use crate::mischief::fault::ListFault;
use crate::mischief::tree::{
    ENUMERATED, GENERALIZED_TIME, INTEGER, Node, SEQUENCE, UTC_TIME, branch, leaf,
};
use crate::vault::Signer;

/// What a forger of lists has at hand.
#[derive(Debug)]
pub(in crate::mischief) struct ListDesk<'a> {
    /// The issuer of the list.
    pub(in crate::mischief) issuer: &'a Signer,
    /// An authority that nobody trusts.
    pub(in crate::mischief) foreign: &'a Signer,
    /// The moment of the answer.
    pub(in crate::mischief) now: Moment,
}

/// A fault, its number, and the serial number that it is about (big-endian, without leading zeros); none: everybody.
pub(in crate::mischief) type AboutOne = (ListFault, u64, Option<Vec<u8>>);

/// The honest list with these faults, in this order.
///
/// # Errors
/// [`ForgeError`]: the list has nothing to change, or nothing could be signed.
pub(in crate::mischief) fn list(
    honest: &[u8],
    faults: &[AboutOne],
    desk: &ListDesk<'_>,
) -> Result<Vec<u8>, ForgeError> {
    let mut draft = Draft::of(honest).ok_or(ForgeError::NothingToChange)?;
    for (fault, amount, serial) in faults {
        let time = Duration::from_secs(*amount);
        draft.spoil(*fault, time, serial.as_deref(), desk);
    }
    draft.write(desk)
}

/// A list in parts.
struct Draft {
    version: Option<Node>,
    issuer: Node,
    this_update: Node,
    next_update: Option<Node>,
    entries: Vec<Node>,
    extensions: Vec<Node>,
    /// What the list says about its algorithm, inside and outside; by the key where nothing else is said.
    inside: Option<Node>,
    outside: Option<Node>,
    seal: Seal,
    foreign_key: bool,
    before: Vec<u8>,
}

const TAG_0: u8 = 0xa0;
const HOUR: Duration = Duration::from_secs(60 * 60);

impl Draft {
    fn of(honest: &[u8]) -> Option<Self> {
        let whole = Node::read(honest)?;
        let before = whole.at(2)?.bytes().get(1..)?.to_vec();
        let mut parts = whole.at(0)?.children().iter().cloned().peekable();
        let version = parts.next_if(|part| part.tag() == INTEGER);
        parts.next()?;
        let issuer = parts.next()?;
        let this_update = parts.next()?;
        let next_update = parts.next_if(|part| matches!(part.tag(), UTC_TIME | GENERALIZED_TIME));
        let entries = parts.next_if(|part| part.tag() == SEQUENCE);
        let extensions = parts.next_if(|part| part.tag() == TAG_0);
        let within =
            |node: Option<Node>| node.map_or_else(Vec::new, |node| node.children().to_vec());
        Some(Self {
            version,
            issuer,
            this_update,
            next_update,
            entries: within(entries),
            extensions: within(extensions.and_then(|wrapped| wrapped.at(0).cloned())),
            inside: None,
            outside: None,
            seal: Seal::Right,
            foreign_key: false,
            before,
        })
    }

    fn spoil(
        &mut self,
        fault: ListFault,
        ahead: Duration,
        serial: Option<&[u8]>,
        desk: &ListDesk<'_>,
    ) {
        use ListFault as F;
        let now = desk.now;
        match fault {
            F::SignatureFlipped => self.seal = Seal::Flipped,
            F::SignatureAbsent => self.seal = Seal::Absent,
            F::ChangedAfterSigning => {
                self.seal = Seal::BeforeTheChange;
                self.remove(serial);
            }
            F::AlgorithmMismatch => self.inside = Some(algorithm_named(SHA_512_WITH_RSA)),
            F::AlgorithmWeak => {
                self.inside = Some(algorithm_named(SHA_1_WITH_RSA));
                self.outside = Some(algorithm_named(SHA_1_WITH_RSA));
            }
            F::OtherIssuer => {
                if let Some(name) = Node::read(desk.foreign.certificate.subject_der()) {
                    self.issuer = name;
                }
            }
            F::Foreign => self.foreign_key = true,
            F::Stale => {
                self.this_update = time(now.minus(ahead + HOUR));
                self.next_update = Some(time(now.minus(ahead)));
            }
            F::Future => {
                self.this_update = time(now.plus(ahead));
                self.next_update = Some(time(now.plus(ahead + HOUR)));
            }
            F::NoNextUpdate => self.next_update = None,
            F::NoNumber => {
                if let Some(place) = place_of(&self.extensions, oid::CRL_NUMBER) {
                    self.extensions.remove(place);
                }
            }
            F::NumberBack => {
                if let Some(place) = place_of(&self.extensions, oid::CRL_NUMBER) {
                    let one = leaf(INTEGER, [1]).write();
                    self.extensions[place] = extension(oid::CRL_NUMBER, false, one);
                }
            }
            F::Version1 => self.version = None,
            F::CriticalExtension => self.extensions.push(critical_extension()),
            F::EntryCriticalExtension => self.each_entry(critical_extension),
            F::CertificateIssuer => {
                // GeneralNames { [4] EXPLICIT Name }
                let name = Node::read(desk.foreign.certificate.subject_der());
                let names = sequence([branch(0xa4, name.into_iter().collect::<Vec<_>>())]);
                let named = || extension(oid::CERTIFICATE_ISSUER, true, names.write());
                self.each_entry(named);
            }
            F::DeltaInstead => {
                let base = leaf(INTEGER, [1]).write();
                self.extensions
                    .push(extension(oid::DELTA_CRL_INDICATOR, true, base));
            }
            F::DeltaBaseAhead => {
                if let Some(place) = place_of(&self.extensions, oid::DELTA_CRL_INDICATOR) {
                    let ahead = leaf(INTEGER, i32::MAX.to_be_bytes()).write();
                    self.extensions[place] = extension(oid::DELTA_CRL_INDICATOR, true, ahead);
                }
            }
            F::DeltaWithoutIndicator => {
                if let Some(place) = place_of(&self.extensions, oid::DELTA_CRL_INDICATOR) {
                    self.extensions.remove(place);
                }
            }
            // RFC 5280 §5.2.5: [2] onlyContainsCACerts, [4] indirectCRL.
            F::Partitioned => self.distribution_point(0x82),
            F::Indirect => self.distribution_point(0x84),
            F::MissingEntry => self.remove(serial),
            F::ExtraEntry | F::DeltaExtraEntry => self.add(serial, now.minus(HOUR), 1),
            F::HoldEntry => self.add(serial, now.minus(HOUR), 6),
            F::RemovedEntry => self.add(serial, now.minus(HOUR), 8),
            F::EntryAhead => self.add(serial, now.plus(ahead), 1),
        }
    }

    fn remove(&mut self, serial: Option<&[u8]>) {
        match serial {
            None => self.entries.clear(),
            Some(serial) => {
                let number = integer(serial);
                self.entries.retain(|entry| entry.at(0) != Some(&number));
            }
        }
    }

    fn add(&mut self, serial: Option<&[u8]>, since: Moment, reason: u8) {
        let Some(serial) = serial else { return };
        self.remove(Some(serial));
        let code = leaf(ENUMERATED, [reason]).write();
        let reason = extension(oid::REASON_CODE, false, code);
        self.entries
            .push(sequence([integer(serial), time(since), sequence([reason])]));
    }

    fn each_entry(&mut self, more: impl Fn() -> Node) {
        for entry in &mut self.entries {
            let Some(parts) = entry.children_mut() else {
                continue;
            };
            match parts.get_mut(2).and_then(Node::children_mut) {
                Some(extensions) => extensions.push(more()),
                None => parts.push(sequence([more()])),
            }
        }
    }

    fn distribution_point(&mut self, flag: u8) {
        let value = sequence([leaf(flag, [0xff])]).write();
        let point = extension(oid::ISSUING_DISTRIBUTION_POINT, true, value);
        if let Some(place) = place_of(&self.extensions, oid::ISSUING_DISTRIBUTION_POINT) {
            self.extensions.remove(place);
        }
        self.extensions.push(point);
    }

    fn write(self, desk: &ListDesk<'_>) -> Result<Vec<u8>, ForgeError> {
        let key = if self.foreign_key {
            &desk.foreign.key
        } else {
            &desk.issuer.key
        };
        let mut parts: Vec<Node> = self.version.into_iter().collect();
        parts.push(self.inside.unwrap_or_else(|| algorithm_of(key.kind())));
        parts.push(self.issuer);
        parts.push(self.this_update);
        parts.extend(self.next_update);
        if !self.entries.is_empty() {
            parts.push(sequence(self.entries));
        }
        if !self.extensions.is_empty() {
            parts.push(branch(TAG_0, [sequence(self.extensions)]));
        }
        let content = sequence(parts);
        let signature = seal(&content, key, self.seal, &self.before)?;
        let algorithm = self.outside.unwrap_or_else(|| algorithm_of(key.kind()));
        Ok(sequence(signed(content, algorithm, &signature)).write())
    }
}

/// A serial number as an INTEGER: a zero in front where the top bit is set.
fn integer(serial: &[u8]) -> Node {
    let zero: &[u8] = match serial.first() {
        Some(0..=0x7f) => &[],
        _ => &[0],
    };
    leaf(INTEGER, [zero, serial].concat())
}
