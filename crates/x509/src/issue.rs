//! Making certificates of the national profile: for the TEST authority and for tests.

use der::asn1::{AnyRef, BitString, Ia5String, IntRef, OctetString};
use der::{Decode, Encode};
use qaqpa_crypto::{CryptoError, DigestAlgorithm, PrivateKey};
use qaqpa_model::{Bin, Iin, Moment};
use thiserror::Error;
use x509_cert::certificate::Version;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AccessDescription, AuthorityKeyIdentifier, CertificatePolicies};

use crate::asn1::{Tbs, extension, identifier, integer, sign};
use crate::extensions::BasicConstraints;
use crate::name::NameToWrite;
use crate::profile::{Purpose, Role};
use crate::time::time_of;
use crate::{Certificate, KeyUsage, ObjectIdentifier, oid};

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
    let spec = CertificateSpec {
        key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
        extended_key_usage: vec![oid::EKU_OCSP_SIGNING],
        ocsp_nocheck: true,
        ..CertificateSpec::new(subject, spki_der, validity)?
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
    let subject = NameToWrite::new()
        .with(oid::COMMON_NAME, &system.name)
        .with(oid::USER_ID, &system.oid)
        .with(oid::COUNTRY, "KZ");
    let mut spec = CertificateSpec::new(
        with_organization(subject, system.organization.as_ref()),
        spki_der,
        validity,
    )?;
    spec.set_purpose(Purpose::Sign, &[Role::LegalEntity, Role::InformationSystem]);
    spec.addresses = addresses;
    issue(&spec, issuer)
}

impl CertificateSpec {
    /// A certificate with the serial number that the profile makes of the key, and no extension but
    /// the key identifiers.
    ///
    /// # Errors
    /// [`IssueError::Encoding`] where the key is not a SubjectPublicKeyInfo.
    pub fn new(
        subject: NameToWrite,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Self, IssueError> {
        Ok(Self {
            subject,
            spki_der: spki_der.to_vec(),
            serial: serial_of(&key_identifier(spki_der)?),
            validity,
            basic: None,
            key_usage: None,
            extended_key_usage: Vec::new(),
            policies: Vec::new(),
            addresses: Addresses::default(),
            ocsp_nocheck: false,
            others: Vec::new(),
        })
    }

    /// A person's certificate by the profile, without addresses.
    ///
    /// # Errors
    /// As [`CertificateSpec::new`].
    pub fn of_person(
        person: &Person,
        roles: &[Role],
        purpose: Purpose,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Self, IssueError> {
        let full = format!("{} {}", person.surname, person.given_name);
        let subject = NameToWrite::new()
            .with(oid::COMMON_NAME, &full)
            .with(oid::SURNAME, &person.surname)
            .with(oid::SERIAL_NUMBER, &format!("IIN{}", person.iin.reveal()))
            .with(oid::COUNTRY, "KZ");
        let subject = with_organization(subject, person.organization.as_ref())
            .with_some(oid::GIVEN_NAME, person.patronymic.as_deref());
        let mut spec = Self::new(subject, spki_der, validity)?;
        spec.set_purpose(purpose, roles);
        Ok(spec)
    }

    /// Key usage, extended key usage and policy as the profile writes them for RSA keys.
    pub fn set_purpose(&mut self, purpose: Purpose, roles: &[Role]) {
        let (usage, extended, policy) = match purpose {
            Purpose::Sign => (
                KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION),
                oid::EKU_EMAIL_PROTECTION,
                oid::POLICY_RSA_SIGN,
            ),
            Purpose::Authenticate => (
                KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::KEY_ENCIPHERMENT),
                oid::EKU_CLIENT_AUTH,
                oid::POLICY_RSA_AUTHENTICATE,
            ),
        };
        self.key_usage = Some(usage);
        self.extended_key_usage = std::iter::once(extended)
            .chain(roles.iter().map(|role| role.oid()))
            .collect();
        self.policies = vec![policy];
    }

    fn extensions(&self, authority_key_id: Option<&[u8]>) -> der::Result<Vec<Extension>> {
        let mut list = Vec::new();
        if let Some((ca, path_len)) = self.basic {
            let value = BasicConstraints { ca, path_len };
            list.push(extension(oid::BASIC_CONSTRAINTS, true, &value)?);
        }
        if let Some(usage) = self.key_usage {
            list.push(extension(oid::KEY_USAGE, true, &usage_bits(usage)?)?);
        }
        if !self.extended_key_usage.is_empty() {
            let value = &self.extended_key_usage;
            list.push(extension(oid::EXTENDED_KEY_USAGE, false, value)?);
        }
        if let Some(id) = authority_key_id {
            let value = AuthorityKeyIdentifier {
                key_identifier: Some(OctetString::new(id)?),
                ..AuthorityKeyIdentifier::default()
            };
            list.push(extension(oid::AUTHORITY_KEY_IDENTIFIER, false, &value)?);
        }
        let own = OctetString::new(key_identifier(&self.spki_der)?)?;
        list.push(extension(oid::SUBJECT_KEY_IDENTIFIER, false, &own)?);
        if !self.policies.is_empty() {
            let policies = self.policies.iter().map(|oid| PolicyInformation {
                policy_identifier: *oid,
                policy_qualifiers: None,
            });
            let value = CertificatePolicies(policies.collect());
            list.push(extension(oid::CERTIFICATE_POLICIES, false, &value)?);
        }
        let addresses = &self.addresses;
        if let Some(url) = &addresses.crl {
            let value = vec![distribution_point(url)?];
            list.push(extension(oid::CRL_DISTRIBUTION_POINTS, false, &value)?);
        }
        if let Some(url) = &addresses.delta_crl {
            let value = vec![distribution_point(url)?];
            list.push(extension(oid::FRESHEST_CRL, false, &value)?);
        }
        let mut access = Vec::new();
        for (method, url) in [
            (oid::ACCESS_CA_ISSUERS, &addresses.ca_issuers),
            (oid::ACCESS_OCSP, &addresses.ocsp),
        ] {
            if let Some(url) = url {
                access.push(AccessDescription {
                    access_method: method,
                    access_location: uri(url)?,
                });
            }
        }
        if !access.is_empty() {
            list.push(extension(oid::AUTHORITY_INFO_ACCESS, false, &access)?);
        }
        if self.ocsp_nocheck {
            list.push(extension(oid::OCSP_NOCHECK, false, &AnyRef::NULL)?);
        }
        for (oid, critical, value) in &self.others {
            list.push(extension(*oid, *critical, &AnyRef::from_der(value)?)?);
        }
        Ok(list)
    }
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
    let tbs = Tbs {
        version: Version::V3,
        serial: IntRef::new(&serial)?,
        signature: identifier(key.kind().signature_algorithm()),
        issuer: AnyRef::from_der(issuer_name_der)?,
        validity: x509_cert::time::Validity::new(
            time_of(spec.validity.not_before)?,
            time_of(spec.validity.not_after)?,
        ),
        subject: AnyRef::from_der(&subject)?,
        spki: AnyRef::from_der(&spec.spki_der)?,
        issuer_unique_id: None,
        subject_unique_id: None,
        extensions: Some(spec.extensions(authority_key_id)?),
    };
    sign(&tbs.to_der()?, key)
}

/// SHA-1 of the key's bits (RFC 5280 §4.2.1.2, method 1): a name, not a proof.
fn key_identifier(spki_der: &[u8]) -> der::Result<Vec<u8>> {
    let spki = spki::SubjectPublicKeyInfoRef::from_der(spki_der)?;
    Ok(DigestAlgorithm::Sha1.digest(spki.subject_public_key.raw_bytes()))
}

/// The national authority's serial numbers: the key identifier with its top bit cleared.
fn serial_of(key_identifier: &[u8]) -> Vec<u8> {
    let mut serial = key_identifier.to_vec();
    if let Some(first) = serial.first_mut() {
        *first &= 0x7f;
    }
    serial
}

fn with_organization(name: NameToWrite, organization: Option<&(String, Bin)>) -> NameToWrite {
    match organization {
        Some((organization, bin)) => name
            .with(oid::ORGANIZATION, organization)
            .with(oid::ORGANIZATIONAL_UNIT, &format!("BIN{}", bin.reveal())),
        None => name,
    }
}

/// The bits of keyUsage as DER wants them: bit 0 first, no trailing zero bits.
fn usage_bits(usage: KeyUsage) -> der::Result<BitString> {
    let count = 16 - usage.bits().leading_zeros() as usize;
    let mut bytes = vec![0_u8; count.div_ceil(8)];
    for position in (0..count).filter(|position| usage.bits() & (1 << position) != 0) {
        bytes[position / 8] |= 0x80 >> (position % 8);
    }
    let unused = bytes.len() * 8 - count;
    BitString::new(u8::try_from(unused).unwrap_or(0), bytes)
}

fn distribution_point(url: &str) -> der::Result<DistributionPoint> {
    Ok(DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![uri(url)?])),
        reasons: None,
        crl_issuer: None,
    })
}

pub(crate) fn distribution_points(url: &str) -> der::Result<Vec<DistributionPoint>> {
    Ok(vec![distribution_point(url)?])
}

fn uri(url: &str) -> der::Result<GeneralName> {
    Ia5String::new(url).map(GeneralName::UniformResourceIdentifier)
}
