//! The entries of one list, kept as 24 bytes and a serial number each.

use std::collections::HashMap;

use der::asn1::{AnyRef, IntRef};
use der::{Decode, Header, Reader, SliceReader, Tag, Tagged};
use qaqpa_model::Moment;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::CrlReason;

use super::{CrlError, ListedEntry};
use crate::asn1::positive_bytes;
use crate::extensions::general_name::{self, GeneralName};
use crate::matching::NameKey;
use crate::reason::reason_of;
use crate::time::{moment_of, moment_of_extension};
use crate::{RevocationReason, oid};

/// What entries a list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EntryRules {
    /// Entries, at most.
    pub(super) max: usize,
    /// removeFromCRL belongs to deltas (RFC 5280 §5.3.1).
    pub(super) removals: bool,
    /// certificateIssuer belongs to indirect lists (RFC 5280 §5.3.3).
    pub(super) issuers: bool,
    /// Serial numbers that are not positive, or longer than 20 bytes, are passed over: no certificate that is read here
    /// has one. Otherwise they make the list malformed.
    pub(super) odd_serials: bool,
}

/// Entries sorted by issuer and serial number: packed, so that a million of them take some 44 MB and four
/// allocations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entries {
    packed: Vec<Packed>,
    /// The beginning of each entry's key ([`prefix_of`]), side by side: a look-up touches few lines of memory.
    prefixes: Vec<u64>,
    /// The bytes of all serial numbers, in the order in which they came.
    serials: Vec<u8>,
    /// Issuers other than the list's, of an indirect list; [`Packed::issuer`] counts from 1.
    issuers: Vec<NameKey>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Packed {
    at_s: i64,
    /// Where the serial number begins in [`Entries::serials`].
    start: u32,
    /// 0: the list's issuer.
    issuer: u16,
    len: u8,
    reason: u8,
}

/// The code of a reason that is not given; 7 is not used by RFC 5280 §5.3.1.
const NO_REASON: u8 = 7;

impl Entries {
    /// Reads `revokedCertificates`, one entry after the other.
    pub(super) fn read(der: &[u8], rules: EntryRules) -> Result<Self, CrlError> {
        let whole = AnyRef::from_der(der).map_err(|_| CrlError::Malformed)?;
        if whole.tag() != Tag::Sequence {
            return Err(CrlError::Malformed);
        }
        let mut entries = Self::default();
        let mut numbers = HashMap::new();
        let mut issuer = 0_u16;
        let mut rest = whole.value();
        while !rest.is_empty() {
            if entries.packed.len() == rules.max {
                return Err(CrlError::TooLong { max: rules.max });
            }
            let (entry, after) = split_entry(rest).ok_or(CrlError::Malformed)?;
            rest = after;
            let raw = RawEntry::read(entry).map_err(|_| CrlError::Malformed)?;
            let said = match raw.extensions {
                Some(extensions) => read_extensions(extensions, rules)?,
                None => Said::default(),
            };
            if let Some(name) = said.issuer {
                // RFC 5280 §5.3.3: from here on, until another is named.
                issuer = match numbers.get(&name) {
                    Some(number) => *number,
                    None => {
                        let number = u16::try_from(entries.issuers.len() + 1)
                            .map_err(|_| CrlError::TooLong { max: rules.max })?;
                        entries.issuers.push(name.clone());
                        numbers.insert(name, number);
                        number
                    }
                };
            }
            match positive_bytes(raw.serial) {
                Some(serial) => {
                    // RFC 5280 §5.3.2: known or suspected to be invalid before it was revoked.
                    let since = said.invalid_since.map_or(raw.at, |since| since.min(raw.at));
                    entries.push(serial, since, said.reason, issuer)?;
                }
                None if rules.odd_serials => {}
                None => return Err(CrlError::Malformed),
            }
        }
        entries.sort();
        entries.prefixes = entries
            .packed
            .iter()
            .map(|packed| prefix_of(key_of(&entries.serials, packed)))
            .collect();
        if rules.removals && entries.has_duplicates() {
            return Err(CrlError::Malformed);
        }
        Ok(entries)
    }

    fn push(
        &mut self,
        serial: &[u8],
        at: Moment,
        reason: Option<RevocationReason>,
        issuer: u16,
    ) -> Result<(), CrlError> {
        let too_long = |_| CrlError::Malformed;
        self.packed.push(Packed {
            at_s: at.unix_s(),
            start: u32::try_from(self.serials.len()).map_err(too_long)?,
            issuer,
            len: u8::try_from(serial.len()).map_err(too_long)?,
            reason: reason.map_or(NO_REASON, RevocationReason::code),
        });
        self.serials.extend(serial);
        Ok(())
    }

    fn sort(&mut self) {
        let serials = &self.serials;
        let key = |packed: &Packed| key_of(serials, packed);
        if !self
            .packed
            .is_sorted_by(|left, right| key(left) <= key(right))
        {
            self.packed
                .sort_by(|left, right| key(left).cmp(&key(right)));
        }
    }

    fn has_duplicates(&self) -> bool {
        let key = |packed: &Packed| key_of(&self.serials, packed);
        self.packed
            .windows(2)
            .any(|pair| key(&pair[0]) == key(&pair[1]))
    }

    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = ListedEntry<'_>> {
        self.packed.iter().map(|packed| self.listed(packed))
    }

    /// What the entries of a serial number of the list's own issuer say together.
    pub(super) fn find(&self, serial: &[u8]) -> Option<ListedEntry<'_>> {
        self.find_of(0, serial)
    }

    /// What the entries of a serial number of this issuer say together, where the list's issuer has that name.
    pub(super) fn find_by(
        &self,
        issuer: &NameKey,
        list_issuer: &NameKey,
        serial: &[u8],
    ) -> Option<ListedEntry<'_>> {
        let own = (issuer == list_issuer).then_some(0);
        let named = self.issuers.iter().position(|name| name == issuer);
        let named = named.and_then(|index| u16::try_from(index + 1).ok());
        own.into_iter()
            .chain(named)
            .filter_map(|number| self.find_of(number, serial))
            .reduce(ListedEntry::joined)
    }

    fn find_of(&self, issuer: u16, serial: &[u8]) -> Option<ListedEntry<'_>> {
        let wanted = (issuer, serial.len(), serial);
        let prefix = prefix_of(wanted);
        let begin = self.prefixes.partition_point(|other| *other < prefix);
        let same = &self.prefixes[begin..];
        let end = begin + same.partition_point(|other| *other == prefix);
        let same = self.packed.get(begin..end)?;
        let index = same.partition_point(|packed| key_of(&self.serials, packed) < wanted);
        // An authority that lists a certificate twice says the worse of both.
        same.get(index..)?
            .iter()
            .take_while(|packed| key_of(&self.serials, packed) == wanted)
            .map(|packed| self.listed(packed))
            .reduce(ListedEntry::joined)
    }

    fn listed(&self, packed: &Packed) -> ListedEntry<'_> {
        ListedEntry {
            serial: key_of(&self.serials, packed).2,
            at: Moment::from_unix_ms(packed.at_s.saturating_mul(1000)),
            reason: RevocationReason::from_code(packed.reason),
        }
    }
}

/// Issuer, then length, then bytes: the order of numbers.
fn key_of<'a>(serials: &'a [u8], packed: &Packed) -> (u16, usize, &'a [u8]) {
    let (start, len) = (packed.start as usize, usize::from(packed.len));
    let serial = serials.get(start..start + len).unwrap_or_default();
    (packed.issuer, len, serial)
}

/// Issuer, length and the first five bytes in one number, which has the order of the keys.
fn prefix_of((issuer, len, serial): (u16, usize, &[u8])) -> u64 {
    let head = u64::from(issuer) << 8 | u64::try_from(len).unwrap_or(u64::MAX).min(0xff);
    let bytes = serial.iter().chain(&[0; 5]).take(5);
    bytes.fold(head, |sum, byte| sum << 8 | u64::from(*byte))
}

/// The content of the SEQUENCE at the beginning, and what follows it.
fn split_entry(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (len, begin) = match bytes {
        [0x30, len, ..] if *len < 0x80 => (usize::from(*len), 2),
        _ => {
            let mut reader = SliceReader::new(bytes).ok()?;
            let header = Header::decode(&mut reader).ok()?;
            if header.tag() != Tag::Sequence {
                return None;
            }
            (
                usize::try_from(header.length()).ok()?,
                usize::try_from(reader.position()).ok()?,
            )
        }
    };
    let end = begin.checked_add(len)?;
    Some((bytes.get(begin..end)?, &bytes[end..]))
}

struct RawEntry<'a> {
    /// The INTEGER's content.
    serial: &'a [u8],
    at: Moment,
    extensions: Option<&'a [u8]>,
}

impl<'a> RawEntry<'a> {
    fn read(content: &'a [u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(content)?;
        let serial = IntRef::decode(&mut reader)?.as_bytes();
        let at = moment_of(&AnyRef::decode(&mut reader)?)?;
        let extensions = match reader.is_finished() {
            true => None,
            false => Some(reader.tlv_bytes()?),
        };
        reader.finish()?;
        Ok(Self {
            serial,
            at,
            extensions,
        })
    }
}

/// What an entry's extensions say.
#[derive(Default)]
struct Said {
    reason: Option<RevocationReason>,
    issuer: Option<NameKey>,
    /// invalidityDate.
    invalid_since: Option<Moment>,
}

/// The extensions of an entry that gives a reason and nothing else, but for the reason's code.
const ONLY_A_REASON: [u8; 13] = super::encode::REASON;

fn read_extensions(der: &[u8], rules: EntryRules) -> Result<Said, CrlError> {
    let malformed = |_: der::Error| CrlError::Malformed;
    let mut said = Said::default();
    if let Some([code]) = der.strip_prefix(&ONLY_A_REASON) {
        said.reason = RevocationReason::from_code(*code);
        if said.reason.is_none() {
            return Err(CrlError::Malformed);
        }
    } else {
        for extension in Vec::<Extension>::from_der(der).map_err(malformed)? {
            let value = extension.extn_value.as_bytes();
            match extension.extn_id {
                oid::REASON_CODE => {
                    let raw = CrlReason::from_der(value).map_err(malformed)?;
                    said.reason = Some(reason_of(raw));
                }
                oid::CERTIFICATE_ISSUER if rules.issuers => {
                    let names = general_name::names(value).map_err(malformed)?;
                    said.issuer = Some(directory_name(names).ok_or(CrlError::Malformed)?);
                }
                oid::CERTIFICATE_ISSUER => return Err(CrlError::Partitioned),
                oid::INVALIDITY_DATE => {
                    said.invalid_since = Some(moment_of_extension(value).map_err(malformed)?);
                }
                oid if extension.critical => return Err(CrlError::Critical { oid }),
                _ => {}
            }
        }
    }
    if said.reason == Some(RevocationReason::RemoveFromCrl) && !rules.removals {
        return Err(CrlError::Malformed);
    }
    Ok(said)
}

/// The one directory name that certificateIssuer holds.
fn directory_name(names: Vec<GeneralName>) -> Option<NameKey> {
    let mut names = names.into_iter().filter_map(|name| match name {
        GeneralName::Directory(key) => Some(key),
        _ => None,
    });
    names.next().filter(|_| names.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: RFC 5280 §5.3.2.
    #[test]
    fn a_certificate_that_was_invalid_before_it_was_revoked_is_so_from_then_on() {
        // One entry: serial number 5, revoked on 2026-11-20, invalidityDate 2026-11-10.
        let invalidity = b"\x30\x18\x06\x03\x55\x1d\x18\x04\x11\x18\x0f20261110120000Z";
        let list = |extension: &[u8]| {
            let mut entry = b"\x02\x01\x05\x17\x0d261120120000Z".to_vec();
            entry.extend([0x30, extension.len() as u8]);
            entry.extend(extension);
            let mut whole = vec![0x30, entry.len() as u8 + 2, 0x30, entry.len() as u8];
            whole.extend(entry);
            whole
        };
        let rules = EntryRules {
            max: 10,
            removals: false,
            issuers: false,
            odd_serials: false,
        };
        let read = |extension: &[u8]| {
            Entries::read(&list(extension), rules).map(|entries| entries.find(&[5]).unwrap().at)
        };
        let moment = |text| Moment::parse(text).unwrap();
        assert_eq!(read(invalidity), Ok(moment("2026-11-10T12:00:00Z")));
        let mut later = invalidity.to_vec();
        later[17] = b'2';
        later[18] = b'1';
        assert_eq!(read(&later), Ok(moment("2026-11-20T12:00:00Z")));
        let mut no_time = invalidity.to_vec();
        no_time[18] = b'x';
        assert_eq!(read(&no_time), Err(CrlError::Malformed));
    }
}
