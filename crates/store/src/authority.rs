//! The certifying authority's register: certificates, their states, revocation lists.

use qaqpa_model::Moment;

use crate::{Store, StoreError};

/// A certificate that was issued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCertificate {
    /// Its serial number in lower-case hexadecimal, as the issuer wrote it.
    pub serial: String,
    /// Which issuer of the authority: `root`, `issuing`.
    pub issuer: String,
    /// For whom: `citizen-1`, `system-gateway`, `responder`.
    pub identity: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was issued.
    pub at: Moment,
    /// When its validity ends.
    pub not_after: Moment,
}

/// The state of a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateState {
    /// Neither revoked nor suspended.
    Good,
    /// Revoked for good.
    Revoked {
        /// Since when.
        at: Moment,
        /// The reason's number of RFC 5280 §5.3.1.
        reason: u8,
    },
    /// Suspended (certificateHold).
    Suspended {
        /// Since when.
        at: Moment,
    },
}

/// A certificate of the register. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateRecord {
    /// Its serial number in lower-case hexadecimal.
    pub serial: String,
    /// Which issuer of the authority.
    pub issuer: String,
    /// For whom.
    pub identity: String,
    /// The certificate.
    pub der: Vec<u8>,
    /// When it was issued.
    pub issued_at: Moment,
    /// When its validity ends.
    pub not_after: Moment,
    /// Its state.
    pub state: CertificateState,
}

/// A revocation list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// Its name: `rsa`, `rsa-delta`.
    pub name: String,
    /// Its number, never repeated for this name.
    pub number: u64,
    /// The list.
    pub der: Vec<u8>,
    /// When it was signed.
    pub at: Moment,
    /// When the next one is due.
    pub next_update: Moment,
}

/// The register of the authority.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'s>(pub(crate) &'s Store);

impl Authority<'_> {
    /// Enters issued certificates, all or none.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or a serial number exists for this issuer.
    pub async fn record(&self, certificates: Vec<NewCertificate>) -> Result<(), StoreError> {
        let _ = certificates;
        todo!()
    }

    /// The certificate with this serial number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_serial(
        &self,
        issuer: &str,
        serial: &str,
    ) -> Result<Option<CertificateRecord>, StoreError> {
        let _ = (issuer, serial);
        todo!()
    }

    /// The certificates of an identity, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn by_identity(&self, identity: &str) -> Result<Vec<CertificateRecord>, StoreError> {
        let _ = identity;
        todo!()
    }

    /// All certificates, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list(&self) -> Result<Vec<CertificateRecord>, StoreError> {
        todo!()
    }

    /// The certificates of an issuer that are revoked or suspended, by serial number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn revoked(&self, issuer: &str) -> Result<Vec<CertificateRecord>, StoreError> {
        let _ = issuer;
        todo!()
    }

    /// Changes a state and journals it. Gives the state before, or `None` if there is no such certificate. A
    /// revocation is for good: the state of a revoked certificate is left as it is.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn set_state(
        &self,
        issuer: &str,
        serial: &str,
        state: CertificateState,
        at: Moment,
    ) -> Result<Option<CertificateState>, StoreError> {
        let _ = (issuer, serial, state, at);
        todo!()
    }

    /// Keeps a signed revocation list.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or the number exists for this name.
    pub async fn save_list(&self, list: RevocationList) -> Result<(), StoreError> {
        let _ = list;
        todo!()
    }

    /// The revocation list with the highest number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn latest_list(&self, name: &str) -> Result<Option<RevocationList>, StoreError> {
        let _ = name;
        todo!()
    }
}
