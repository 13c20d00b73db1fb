//! Certificate revocation lists (RFC 5280 §5).

mod encode;
mod verify;

pub use encode::{CrlToIssue, issue, issue_delta, issue_with};
pub use verify::{CrlError, CrlPolicy, verify, verify_within};

use qaqpa_model::Moment;

use crate::RevocationReason;

/// One revoked or suspended certificate of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevokedEntry {
    /// The serial number: big-endian, without leading zeros.
    pub serial: Vec<u8>,
    /// Since when.
    pub at: Moment,
    /// Why, if the authority says so.
    pub reason: Option<RevocationReason>,
}

/// A list that was proven: the issuer's signature, its period, and that it is complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crl {
    number: Vec<u8>,
    this_update: Moment,
    next_update: Moment,
    /// Sorted by serial number.
    entries: Vec<RevokedEntry>,
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
    #[must_use]
    pub fn entries(&self) -> &[RevokedEntry] {
        &self.entries
    }

    /// What the list says about a serial number (big-endian, without leading zeros).
    #[must_use]
    pub fn status(&self, serial: &[u8]) -> CrlStatus {
        self.entries
            .binary_search_by(|entry| order(&entry.serial).cmp(&order(serial)))
            .map_or(CrlStatus::NotListed, |index| CrlStatus::Revoked {
                at: self.entries[index].at,
                reason: self.entries[index].reason,
            })
    }
}

fn order(serial: &[u8]) -> (usize, &[u8]) {
    (serial.len(), serial)
}
