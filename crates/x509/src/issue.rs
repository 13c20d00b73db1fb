//! Making certificates of the national profile: for the TEST authority and for tests.

mod spec;
mod subject;

use der::asn1::{AnyRef, IntRef};
use der::{Decode, Encode};
use qaqpa_crypto::{CryptoError, PrivateKey};
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use thiserror::Error;
use x509_cert::certificate::Version;

use crate::asn1::{Tbs, integer, sign};
use crate::name::NameToWrite;
use crate::profile::{Purpose, Role};
use crate::time::time_of;
use crate::{Certificate, KeyUsage};

pub use spec::CertificateSpec;
pub(crate) use spec::distribution_points;
use spec::key_identifier;
pub use subject::{OlderAttributes, Person, System, TestPerson, UncheckedTestNumber};

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

impl From<der::Error> for IssueError {
    fn from(error: der::Error) -> Self {
        Self::Encoding {
            why: error.to_string(),
        }
    }
}

/// Issues a certificate from its fields.
///
/// # Errors
/// [`IssueError`].
pub fn issue(spec: &CertificateSpec, issuer: Issuer<'_>) -> Result<Certificate, IssueError> {
    let der = issue_der(spec, issuer.certificate.subject_der(), issuer)?;
    Ok(Certificate::from_der(&der)?)
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
    let spec = CertificateSpec {
        basic: Some((true, None)),
        key_usage: Some(KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN)),
        ..CertificateSpec::new(subject, key.spki_der(), validity)?
    };
    let name = spec.subject.to_der()?;
    let der = signed(&spec, &name, Some(&key_identifier(key.spki_der())?), key)?;
    Ok(Certificate::from_der(&der)?)
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
    let spec = CertificateSpec {
        basic: Some((true, Some(0))),
        key_usage: Some(KeyUsage::KEY_CERT_SIGN.and(KeyUsage::CRL_SIGN)),
        addresses,
        ..CertificateSpec::new(subject, spki_der, validity)?
    };
    issue(&spec, root)
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
    let spec = CertificateSpec::of_responder(subject, spki_der, validity)?;
    issue(&spec, issuer)
}

/// A time-stamping authority: id-kp-timeStamping, critical and alone (RFC 3161 §2.3).
///
/// # Errors
/// [`IssueError`].
pub fn timestamper(
    subject: NameToWrite,
    spki_der: &[u8],
    validity: Validity,
    addresses: Addresses,
    issuer: Issuer<'_>,
) -> Result<Certificate, IssueError> {
    let spec = CertificateSpec {
        addresses,
        ..CertificateSpec::of_timestamper(subject, spki_der, validity)?
    };
    issue(&spec, issuer)
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
    let spec = CertificateSpec {
        addresses,
        ..CertificateSpec::of_person(person, roles, purpose, spki_der, validity)?
    };
    issue(&spec, issuer)
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
    let mut spec = CertificateSpec::new(system.subject(), spki_der, validity)?;
    spec.set_purpose(Purpose::Sign, &[Role::LegalEntity, Role::InformationSystem]);
    spec.addresses = addresses;
    issue(&spec, issuer)
}

/// A certificate's bytes, not read back: tests make malformed ones with it.
///
/// # Errors
/// [`IssueError`].
pub fn issue_der(
    spec: &CertificateSpec,
    issuer_name_der: &[u8],
    issuer: Issuer<'_>,
) -> Result<Vec<u8>, IssueError> {
    signed(spec, issuer_name_der, issuer.certificate.ski(), issuer.key)
}

fn signed(
    spec: &CertificateSpec,
    issuer_name_der: &[u8],
    authority_key_id: Option<&[u8]>,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let subject = spec.subject.to_der()?;
    let serial = integer(&spec.serial);
    let validity = x509_cert::time::Validity::<x509_cert::certificate::Rfc5280>::new(
        time_of(spec.validity.not_before)?,
        time_of(spec.validity.not_after)?,
    )
    .to_der()?;
    let algorithm = key.signature_algorithm().identifier_der();
    let tbs = Tbs {
        version: Version::V3,
        serial: IntRef::new(&serial)?,
        signature: AlgorithmIdentifierRef::from_der(&algorithm)?,
        issuer: AnyRef::from_der(issuer_name_der)?,
        validity: AnyRef::from_der(&validity)?,
        subject: AnyRef::from_der(&subject)?,
        spki: AnyRef::from_der(&spec.spki_der)?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(spec.extensions(authority_key_id)?),
    };
    sign(&tbs.to_der()?, key)
}
