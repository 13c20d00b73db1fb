//! A complete list and the delta that brings it up to date (RFC 5280 §5.2.4).

use qaqpa_model::Moment;

use super::list::number_order;
use super::{Crl, CrlError, CrlStatus, ListedEntry};
/// A delta that was proven: what changed since its base, which it says nothing without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeltaCrl {
    pub(super) base: Vec<u8>,
    pub(super) list: Crl,
}

impl DeltaCrl {
    /// The BaseCRLNumber in lower-case hexadecimal: a complete list of this number or a later one can be brought up to
    /// date.
    #[must_use]
    pub fn base_hex(&self) -> String {
        hex::encode(&self.base)
    }

    /// The cRLNumber in lower-case hexadecimal.
    #[must_use]
    pub fn number_hex(&self) -> String {
        self.list.number_hex()
    }

    /// When the delta was made.
    #[must_use]
    pub fn this_update(&self) -> Moment {
        self.list.this_update()
    }

    /// When the next one is due.
    #[must_use]
    pub fn next_update(&self) -> Moment {
        self.list.next_update()
    }

    /// The changes, sorted by serial number; [`RevocationReason::RemoveFromCrl`](crate::RevocationReason::RemoveFromCrl) says that a suspension was lifted.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = ListedEntry<'_>> {
        self.list.entries()
    }
}

/// A complete list as a delta brings it up to date.
#[derive(Clone, Copy, Debug)]
pub struct UpdatedCrl<'a> {
    base: &'a Crl,
    delta: &'a DeltaCrl,
}

impl Crl {
    /// The list with the changes of a delta.
    ///
    /// # Errors
    /// [`CrlError::DeltaUnfit`] where the delta's base is newer than this list, or this list is as new as the delta: it
    /// then says by itself what the delta would.
    pub fn with<'a>(&'a self, delta: &'a DeltaCrl) -> Result<UpdatedCrl<'a>, CrlError> {
        if follows(&self.number, &delta.base, &delta.list.number) {
            Ok(UpdatedCrl { base: self, delta })
        } else {
            Err(CrlError::DeltaUnfit)
        }
    }
}

/// RFC 5280 §5.2.4 (c) and (d): the complete list's number is not below the delta's base, and below the delta's own.
pub(super) fn follows(complete: &[u8], base: &[u8], delta: &[u8]) -> bool {
    let complete = number_order(complete);
    number_order(base) <= complete && complete < number_order(delta)
}

/// What a complete list's entry and a delta's say together; `lifts` says whether the delta's removal lifts a suspension.
///
/// RFC 5280 §5.3.1: removeFromCRL says "that a certificate is to be removed from a CRL because either the certificate expired or
/// was removed from hold": what was revoked for good stays so. A suspension that became a revocation began with the
/// suspension.
pub(crate) fn brought_up_to_date<'a>(
    base: Option<ListedEntry<'a>>,
    changed: Option<ListedEntry<'a>>,
    lifts: bool,
) -> Option<ListedEntry<'a>> {
    match (base, changed) {
        (Some(base), Some(changed)) if changed.is_removal() => {
            (!lifts || !base.is_hold()).then_some(base)
        }
        (Some(base), Some(changed)) => Some(base.joined(changed)),
        (None, Some(changed)) if changed.is_removal() => None,
        (base, changed) => base.or(changed),
    }
}

impl UpdatedCrl<'_> {
    /// What both together say about a serial number (big-endian, without leading zeros).
    #[must_use]
    pub fn status(&self, serial: &[u8]) -> CrlStatus {
        let (base, changed) = (
            self.base.entries.find(serial),
            self.delta.list.entries.find(serial),
        );
        brought_up_to_date(base, changed, true).map_or(CrlStatus::NotListed, |entry| {
            CrlStatus::Revoked {
                at: entry.at,
                reason: entry.reason,
            }
        })
    }

    /// When the newer of both was made.
    #[must_use]
    pub fn this_update(&self) -> Moment {
        self.base.this_update().max(self.delta.this_update())
    }

    /// When the first of both is out of date.
    #[must_use]
    pub fn next_update(&self) -> Moment {
        self.base.next_update().min(self.delta.next_update())
    }
}
