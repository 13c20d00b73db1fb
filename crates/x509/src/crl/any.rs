//! A list of any kind, kept as it was read.

use std::fmt;
use std::sync::{Arc, OnceLock};

use qaqpa_model::Moment;

use super::delta::follows;
use super::entries::{Entries, EntryRules};
use super::list::{ListExtensions, RawList, check_may_sign, check_times, number_order};
use super::scope::Scope;
use super::{CrlError, CrlPolicy, ListedEntry};
use crate::matching::NameKey;
use crate::{Certificate, Waivable, Waived};

/// A list of any kind: complete or delta, about everything or a part, of its issuer or of others.
///
/// Having one proves nothing: [`crate::revocation`] finds out whose it is and what it is good for. Clones are cheap, and
/// a list that is kept is verified once for each key that is tried, so that who asks often keeps what he has read.
#[derive(Clone)]
pub struct AnyCrl(Arc<Inner>);

struct Inner {
    der: Vec<u8>,
    issuer: NameKey,
    this_update: Moment,
    next_update: Option<Moment>,
    extensions: ListExtensions,
    entries: Entries,
    /// The key (SubjectPublicKeyInfo) that was seen to have signed the list.
    signed_by: OnceLock<Vec<u8>>,
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
        Ok(Self(Arc::new(Inner {
            issuer: NameKey::from_der(list.issuer).map_err(|_| CrlError::Malformed)?,
            this_update: list.this_update,
            next_update: list.next_update,
            extensions: list.extensions,
            der: crl_der.to_vec(),
            entries,
            signed_by: OnceLock::new(),
        })))
    }

    /// The whole list.
    #[must_use]
    pub fn der(&self) -> &[u8] {
        &self.0.der
    }

    /// Whether it is a delta, which says only what changed since its base (RFC 5280 §5.2.4).
    #[must_use]
    pub fn is_delta(&self) -> bool {
        self.0.extensions.base.is_some()
    }

    /// Whether it may speak for other authorities than its signer (RFC 5280 §5.2.5, indirectCRL).
    #[must_use]
    pub fn is_indirect(&self) -> bool {
        let scope = self.0.extensions.scope.as_ref();
        scope.is_some_and(|scope| scope.indirect)
    }

    /// Whether it bears the name of this authority; says nothing about whose signature it bears.
    #[must_use]
    pub fn names_issuer(&self, authority: &Certificate) -> bool {
        self.0.issuer == *authority.subject_key()
    }

    /// The cRLNumber in lower-case hexadecimal, if there is one.
    #[must_use]
    pub fn number_hex(&self) -> Option<String> {
        self.0.extensions.number.as_ref().map(hex::encode)
    }

    /// When the list was made.
    #[must_use]
    pub fn this_update(&self) -> Moment {
        self.0.this_update
    }

    /// When the next one is due; a list that does not say it is not used.
    #[must_use]
    pub fn next_update(&self) -> Option<Moment> {
        self.0.next_update
    }

    /// Whether silence about a certificate says that it is not revoked: the list was made while the certificate was in force, or keeps
    /// the entries of certificates that expired as early as this one.
    ///
    /// Source: RFC 5280 §3.3, an entry "MUST NOT be removed from the CRL until it appears on one regularly scheduled CRL issued beyond the
    /// revoked certificate's validity period"; X.509 §8.5.2.12, expiredCertsOnCRL.
    pub(crate) fn reaches(&self, certificate: &Certificate) -> bool {
        let end = certificate.not_after();
        let kept = self.0.extensions.keeps_expired_since;
        self.0.this_update <= end || kept.is_some_and(|since| since <= end)
    }

    pub(crate) fn issuer(&self) -> &NameKey {
        &self.0.issuer
    }

    pub(crate) fn scope(&self) -> Option<&Scope> {
        self.0.extensions.scope.as_ref()
    }

    pub(crate) fn authority_key_id(&self) -> Option<&[u8]> {
        self.0.extensions.authority_key_id.as_deref()
    }

    /// Its number, in the order of numbers, if it has one.
    pub(crate) fn number_order(&self) -> Option<(usize, &[u8])> {
        self.0.extensions.number.as_deref().map(number_order)
    }

    /// Whether it can be used at a moment: in its time, with nothing critical that is not read here.
    pub(crate) fn check_usable(&self, at: Moment, policy: &CrlPolicy) -> Result<(), CrlError> {
        if let Some(oid) = self.0.extensions.unknown_critical
            && !policy.waived.has(Waivable::CrlCritical)
        {
            return Err(CrlError::Critical { oid });
        }
        check_times(self.0.this_update, self.0.next_update, at, policy).map(|_| ())
    }

    /// Whether the certificate's key signed it, and may.
    pub(crate) fn check_signer(
        &self,
        signer: &Certificate,
        waived: Waived,
    ) -> Result<(), CrlError> {
        match self.check_signer_strictly(signer) {
            Err(CrlError::CrlSign) if waived.has(Waivable::CrlSigner) => Ok(()),
            Err(CrlError::BadSignature) if waived.has(Waivable::CrlSignature) => Ok(()),
            answer => answer,
        }
    }

    fn check_signer_strictly(&self, signer: &Certificate) -> Result<(), CrlError> {
        let known = self.0.signed_by.get();
        if known.is_some_and(|spki| spki == signer.spki_der()) {
            return check_may_sign(signer);
        }
        RawList::read(&self.0.der)?.check_signer(signer)?;
        // Where two keys fit, the first stays: the other is verified each time.
        let _ = self.0.signed_by.set(signer.spki_der().to_vec());
        Ok(())
    }

    /// Whether this delta brings a complete list up to date (RFC 5280 §5.2.4 and §6.3.3 (c)).
    pub(crate) fn updates(&self, complete: &Self) -> bool {
        let (delta, base) = (&self.0.extensions, &complete.0.extensions);
        let (Some(complete_number), Some(base_number), Some(number)) =
            (&base.number, &delta.base, &delta.number)
        else {
            return false;
        };
        self.0.issuer == complete.0.issuer
            && self.is_about_what(complete)
            && self.authority_key_id() == complete.authority_key_id()
            && follows(complete_number, base_number, number)
    }

    /// Whether it is a delta of this issuer, in its time, that brings a complete list up to date.
    ///
    /// # Errors
    /// [`CrlError`], the first that applies; [`CrlError::Stale`] and [`CrlError::DeltaUnfit`] come last, so that the delta is the
    /// issuer's where one of them does. What it says is revoked for good is so all the same ([`Self::revokes`]), and what it says is
    /// suspended nobody knows to be good ([`CrlError::DeltaHold`]).
    ///
    /// Source: RFC 5280 §5.2.4.
    pub fn check_delta_to(
        &self,
        complete: &Self,
        issuer: &Certificate,
        at: Moment,
        policy: &CrlPolicy,
    ) -> Result<(), CrlError> {
        if !self.is_delta() {
            return Err(CrlError::Delta);
        }
        // Speaking for other authorities is nothing that the national authority does.
        if self.is_indirect() {
            return Err(CrlError::Partitioned);
        }
        if self.0.extensions.number.is_none() {
            return Err(CrlError::NumberMissing);
        }
        if !self.names_issuer(issuer) {
            return Err(CrlError::WrongIssuer);
        }
        self.check_signer(issuer, policy.waived)?;
        self.check_usable(at, policy)?;
        if self.updates(complete) {
            Ok(())
        } else {
            Err(CrlError::DeltaUnfit)
        }
    }

    /// Whether it lists the certificate as revoked for good: neither suspended nor resumed. Says nothing about whose list it is.
    #[must_use]
    pub fn revokes(&self, certificate: &Certificate) -> bool {
        self.entry(certificate)
            .is_some_and(|entry| !entry.is_hold() && !entry.is_removal())
    }

    /// Whether an entry says that the certificate is revoked or suspended, whoever signed it and whether it is in its time.
    #[must_use]
    pub fn lists(&self, certificate: &Certificate) -> bool {
        self.entry(certificate)
            .is_some_and(|entry| !entry.is_removal())
    }

    /// Whether both are about the same part of the same name's certificates.
    pub(crate) fn is_about_what(&self, other: &Self) -> bool {
        let part = |list: &Self| list.scope().map(|scope| scope.der.clone());
        self.0.issuer == other.0.issuer && part(self) == part(other)
    }

    /// What the entries of a certificate say together.
    pub(crate) fn entry(&self, certificate: &Certificate) -> Option<ListedEntry<'_>> {
        self.0.entries.find_by(
            certificate.issuer_key(),
            &self.0.issuer,
            certificate.serial(),
        )
    }
}

impl PartialEq for AnyCrl {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.der == other.0.der
    }
}

impl Eq for AnyCrl {}

impl fmt::Debug for AnyCrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyCrl")
            .field("number", &self.number_hex())
            .field("this_update", &self.0.this_update)
            .field("is_delta", &self.is_delta())
            .finish_non_exhaustive()
    }
}
