//! Making certificates of the national profile: for the TEST authority and for tests.

use qaqpa_crypto::{CryptoError, PrivateKey};
use qaqpa_model::{Bin, Iin, Moment};
use thiserror::Error;

use crate::name::NameToWrite;
use crate::profile::{Purpose, Role};
use crate::{Certificate, ObjectIdentifier};

/// An authority that issues: its certificate and its key.
#[derive(Clone, Copy, Debug)]
pub struct Issuer<'a> {
    /// The authority's certificate.
    pub certificate: &'a Certificate,
    /// Its key.
    pub key: &'a PrivateKey,
}

/// From when to when a certificate is valid; both ends belong to it, in whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// The first moment.
    pub not_before: Moment,
    /// The last moment.
    pub not_after: Moment,
}

/// Where relying parties find the authority; empty for none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    /// OCSP responder.
    pub ocsp: Option<String>,
    /// The issuer's certificate.
    pub ca_issuers: Option<String>,
    /// The CRL.
    pub crl: Option<String>,
    /// The delta CRL.
    pub delta_crl: Option<String>,
}

/// A person as the profile writes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Surname.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Patronymic.
    pub patronymic: Option<String>,
    /// The individual identification number.
    pub iin: Iin,
    /// The legal entity that the person acts for: name and BIN.
    pub organization: Option<(String, Bin)>,
}

/// An information system as the profile writes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct System {
    /// The system's name.
    pub name: String,
    /// The system's object identifier, in dotted form.
    pub oid: String,
    /// The legal entity that owns it: name and BIN.
    pub organization: Option<(String, Bin)>,
}

/// A certificate to issue, field by field: tests make wrong ones by changing a right one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each field is the X.509 field of that name")]
pub struct CertificateSpec {
    pub subject: NameToWrite,
    pub spki_der: Vec<u8>,
    pub serial: Vec<u8>,
    pub validity: Validity,
    pub basic: Option<(bool, Option<u8>)>,
    pub key_usage: Option<crate::KeyUsage>,
    pub extended_key_usage: Vec<ObjectIdentifier>,
    pub policies: Vec<ObjectIdentifier>,
    pub addresses: Addresses,
    pub ocsp_nocheck: bool,
    /// Extensions as they are: OID, criticality, DER of the value.
    pub others: Vec<(ObjectIdentifier, bool, Vec<u8>)>,
}

/// Why nothing was issued.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum IssueError {
    /// A value has no ASN.1 form: a name with characters that its string type has not, a serial
    /// number that is too long.
    #[error("a value cannot be written: {why}")]
    Encoding {
        /// What the writer said.
        why: String,
    },
    /// The key did not sign.
    #[error(transparent)]
    Key(#[from] CryptoError),
    /// What was written does not read back: a fault of this crate.
    #[error("what was issued does not read back: {0}")]
    ReadBack(#[from] crate::CertificateError),
}

/// Issues a certificate from its fields.
///
/// # Errors
/// [`IssueError`].
pub fn issue(spec: &CertificateSpec, issuer: Issuer<'_>) -> Result<Certificate, IssueError> {
    let _ = (spec, issuer);
    todo!()
}

/// A root that signs itself.
///
/// # Errors
/// [`IssueError`].
pub fn root(
    subject: NameToWrite,
    key: &PrivateKey,
    validity: Validity,
) -> Result<Certificate, IssueError> {
    let _ = (subject, key, validity);
    todo!()
}

/// An authority below the root, with no authority below it.
///
/// # Errors
/// [`IssueError`].
pub fn issuing(
    subject: NameToWrite,
    spki_der: &[u8],
    validity: Validity,
    addresses: Addresses,
    root: Issuer<'_>,
) -> Result<Certificate, IssueError> {
    let _ = (subject, spki_der, validity, addresses, root);
    todo!()
}

/// A delegated OCSP responder: id-kp-OCSPSigning and nocheck (RFC 6960 §4.2.2.2).
///
/// # Errors
/// [`IssueError`].
pub fn responder(
    subject: NameToWrite,
    spki_der: &[u8],
    validity: Validity,
    issuer: Issuer<'_>,
) -> Result<Certificate, IssueError> {
    let _ = (subject, spki_der, validity, issuer);
    todo!()
}

/// A person's certificate, for signing or for logging in.
///
/// # Errors
/// [`IssueError`].
pub fn person(
    person: &Person,
    roles: &[Role],
    purpose: Purpose,
    spki_der: &[u8],
    validity: Validity,
    addresses: Addresses,
    issuer: Issuer<'_>,
) -> Result<Certificate, IssueError> {
    let _ = (
        person, roles, purpose, spki_der, validity, addresses, issuer,
    );
    todo!()
}

/// An information system's certificate, for signing.
///
/// # Errors
/// [`IssueError`].
pub fn system(
    system: &System,
    spki_der: &[u8],
    validity: Validity,
    addresses: Addresses,
    issuer: Issuer<'_>,
) -> Result<Certificate, IssueError> {
    let _ = (system, spki_der, validity, addresses, issuer);
    todo!()
}
