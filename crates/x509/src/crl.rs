//! Certificate revocation lists (RFC 5280 §5).
//!
//! [`verify()`] judges the complete list of an authority, [`verify_delta`] a delta to it: simple lists about all that
//! their issuer issued, as the national authority publishes them. What lists of every kind (partitioned, indirect) say
//! about a whole path is the question of [`crate::revocation`].
//!
//! A list is kept as 24 bytes and a serial number for each entry, and looked up by bisection: a million entries take
//! some 44 MB and a look-up about a microsecond (`benches/crl.rs`).

mod any;
mod delta;
mod encode;
mod entries;
mod list;
mod scope;
mod verify;

pub use any::AnyCrl;
pub(crate) use delta::brought_up_to_date;
pub use delta::{DeltaCrl, UpdatedCrl};
pub use encode::{
    CrlToIssue, expired_certs_on_crl, issue, issue_delta, issue_delta_with, issue_with,
};
pub use scope::{Only, ScopeToIssue};
pub use verify::{CrlError, CrlPolicy, verify, verify_delta, verify_within};

use entries::Entries;
use qaqpa_model::Moment;

use crate::RevocationReason;

/// One revoked or suspended certificate, for a list to issue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// The serial number: big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Moment,
    /// Why, if the authority says so.
    pub reason: Option<RevocationReason>,
}

/// One revoked or suspended certificate of a list that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedEntry<'a> {
    /// The serial number: big-endian, without leading zeros.
    pub serial: &'a [u8],
    /// Since when, in whole seconds.
    pub at: Moment,
    /// Why, if the authority says so.
    pub reason: Option<RevocationReason>,
}

impl ListedEntry<'_> {
    /// Whether it says "suspended": the only state that can be lifted (RFC 5280 §5.3.1, certificateHold).
    pub(crate) fn is_hold(&self) -> bool {
        self.reason == Some(RevocationReason::CertificateHold)
    }

    /// Whether it says that a suspension was lifted, or that the certificate expired (RFC 5280 §5.3.1, removeFromCRL).
    pub(crate) fn is_removal(&self) -> bool {
        self.reason == Some(RevocationReason::RemoveFromCrl)
    }

    /// What two entries of one certificate say together: the reason that cannot be lifted, and the earliest date.
    pub(crate) fn joined(self, other: Self) -> Self {
        let gravity = |entry: &Self| (entry.is_hold(), entry.at);
        let graver = match gravity(&self) <= gravity(&other) {
            true => self,
            false => other,
        };
        Self {
            at: self.at.min(other.at),
            ..graver
        }
    }
}

/// A list that was proven: the issuer's signature, its period, and that it is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crl {
    number: Vec<u8>,
    this_update: Moment,
    next_update: Moment,
    entries: Entries,
}

/// What a list says about a serial number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrlStatus {
    /// It is not on the list: not revoked, or never issued.
    NotListed,
    /// Revoked, or suspended ([`RevocationReason::CertificateHold`]), from this moment on.
    Revoked {
        /// Since when.
        at: Moment,
        /// Why, if the authority says so.
        reason: Option<RevocationReason>,
    },
}

impl Crl {
    /// The cRLNumber in lower-case hexadecimal.
    #[must_use]
    pub fn number_hex(&self) -> String {
        hex::encode(&self.number)
    }

    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Moment {
        self.this_update
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_update(&self) -> Moment {
        self.next_update
    }

    /// The entries, sorted by serial number.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = ListedEntry<'_>> {
        self.entries.iter()
    }

    /// Whether the list says exactly this, in whole seconds, with [`RevocationReason::Unspecified`] as no reason.
    #[must_use]
    pub fn has_exactly(&self, entries: &[RevokedEntry]) -> bool {
        let wanted = sorted(entries);
        let given = |reason: Option<RevocationReason>| {
            reason.filter(|reason| *reason != RevocationReason::Unspecified)
        };
        self.entries.len() == wanted.len()
            && self.entries.iter().zip(wanted).all(|(listed, wanted)| {
                listed.serial == wanted.serial
                    && listed.at.unix_s() == wanted.at.unix_s()
                    && given(listed.reason) == given(wanted.reason)
            })
    }

    /// What the list says about a serial number (big-endian, without leading zeros).
    #[must_use]
    pub fn status(&self, serial: &[u8]) -> CrlStatus {
        self.entries
            .find(serial)
            .map_or(CrlStatus::NotListed, |entry| CrlStatus::Revoked {
                at: entry.at,
                reason: entry.reason,
            })
    }
}

/// The entries by serial number. Length and first bytes stand beside each, so that few serial numbers are looked at.
fn sorted(entries: &[RevokedEntry]) -> Vec<&RevokedEntry> {
    let first = |serial: &[u8]| {
        serial
            .iter()
            .chain(&[0; 8])
            .take(8)
            .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte))
    };
    let mut keyed: Vec<_> = entries
        .iter()
        .map(|entry| (entry.serial.len(), first(&entry.serial), entry))
        .collect();
    keyed.sort_by(|left, right| {
        (left.0, left.1, &left.2.serial).cmp(&(right.0, right.1, &right.2.serial))
    });
    keyed.into_iter().map(|(_, _, entry)| entry).collect()
}
