//! A list of any kind, kept as it was read.

use qaqpa_model::Moment;

use super::delta::follows;
use super::entries::{Entries, EntryRules};
use super::list::{ListExtensions, RawList, number_order};
use super::scope::Scope;
use super::{CrlError, CrlPolicy, ListedEntry};
use crate::Certificate;
use crate::matching::NameKey;

/// A list of any kind: complete or delta, about everything or a part, of its issuer or of others.
///
/// Having one proves nothing: [`crate::revocation::check`] finds out whose it is and what it is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnyCrl {
    der: Vec<u8>,
    issuer: NameKey,
    extensions: ListExtensions,
    entries: Entries,
}

impl AnyCrl {
    /// Reads a list of at most so many entries.
    ///
    /// # Errors
    /// [`CrlError::Malformed`]; [`CrlError::TooLong`]; [`CrlError::Critical`] where an entry has a critical extension
    /// that is not read here, so that the list is good for nothing (RFC 5280 §5.3).
    pub fn from_der(crl_der: &[u8], entries_max: usize) -> Result<Self, CrlError> {
        let list = RawList::read(crl_der)?;
        let entries = list.entries(EntryRules {
            max: entries_max,
            removals: list.extensions.base.is_some(),
            issuers: list
                .extensions
                .scope
                .as_ref()
                .is_some_and(|scope| scope.indirect),
            odd_serials: true,
        })?;
        Ok(Self {
            issuer: NameKey::from_der(list.issuer).map_err(|_| CrlError::Malformed)?,
            extensions: list.extensions,
            der: crl_der.to_vec(),
            entries,
        })
    }

    pub(crate) fn issuer(&self) -> &NameKey {
        &self.issuer
    }

    pub(crate) fn is_delta(&self) -> bool {
        self.extensions.base.is_some()
    }

    pub(crate) fn scope(&self) -> Option<&Scope> {
        self.extensions.scope.as_ref()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.extensions.authority_key_id.as_deref()
    }

    /// Its number, in the order of numbers; a list without one comes first.
    pub(crate) fn number_order(&self) -> (usize, &[u8]) {
        number_order(self.extensions.number.as_deref().unwrap_or_default())
    }

    /// Whether it can be used at a moment: in its time, with nothing critical that is not read here.
    pub(crate) fn check_usable(&self, at: Moment, policy: &CrlPolicy) -> Result<(), CrlError> {
        if let Some(oid) = self.extensions.unknown_critical {
            return Err(CrlError::Critical { oid });
        }
        RawList::read(&self.der)?
            .check_times(at, policy)
            .map(|_| ())
    }

    /// Whether the certificate's key signed it, and may.
    pub(crate) fn check_signer(&self, signer: &Certificate) -> Result<(), CrlError> {
        RawList::read(&self.der)?.check_signer(signer)
    }

    /// Whether this delta brings a complete list up to date (RFC 5280 §5.2.4 and §6.3.3 (c)).
    pub(crate) fn updates(&self, complete: &Self) -> bool {
        let part = |list: &Self| list.scope().map(|scope| scope.der.clone());
        let numbers = (
            &complete.extensions.number,
            &self.extensions.base,
            &self.extensions.number,
        );
        let (Some(complete_number), Some(base), Some(number)) = numbers else {
            return false;
        };
        self.issuer == complete.issuer
            && part(self) == part(complete)
            && self.authority_key_id() == complete.authority_key_id()
            && follows(complete_number, base, number)
    }

    /// The entry of a certificate.
    pub(crate) fn entry(&self, certificate: &Certificate) -> Option<ListedEntry<'_>> {
        self.entries
            .find_by(certificate.issuer_key(), &self.issuer, certificate.serial())
    }
}
