//! A certificate to issue, field by field, and its extensions.

use der::Decode;
use der::asn1::{AnyRef, BitString, Ia5String, OctetString};
use qaqpa_crypto::{DigestAlgorithm, KeyKind, public};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::PolicyInformation;
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AccessDescription, AuthorityKeyIdentifier, CertificatePolicies};

use super::{Addresses, IssueError, Person, Validity};
use crate::asn1::extension;
use crate::extensions::BasicConstraints;
use crate::name::NameToWrite;
use crate::profile::{Profile, Purpose, Role};
use crate::{KeyUsage, ObjectIdentifier, oid};

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
    pub extended_key_usage_critical: bool,
    pub policies: Vec<ObjectIdentifier>,
    pub addresses: Addresses,
    pub ocsp_nocheck: bool,
    /// Extensions as they are: OID, criticality, DER of the value.
    pub others: Vec<(ObjectIdentifier, bool, Vec<u8>)>,
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
            extended_key_usage_critical: false,
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
        Self::of_subject(person.subject(), roles, purpose, spki_der, validity)
    }

    /// A certificate by the profile about a subject as it is, without addresses.
    ///
    /// # Errors
    /// As [`CertificateSpec::new`].
    pub fn of_subject(
        subject: NameToWrite,
        roles: &[Role],
        purpose: Purpose,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Self, IssueError> {
        let mut spec = Self::new(subject, spki_der, validity)?;
        spec.set_purpose(purpose, roles);
        Ok(spec)
    }

    /// A delegated OCSP responder's certificate: id-kp-OCSPSigning and nocheck (RFC 6960 §4.2.2.2).
    ///
    /// # Errors
    /// As [`CertificateSpec::new`].
    pub fn of_responder(
        subject: NameToWrite,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Self, IssueError> {
        Ok(Self {
            key_usage: Some(KeyUsage::DIGITAL_SIGNATURE),
            extended_key_usage: vec![oid::EKU_OCSP_SIGNING],
            ocsp_nocheck: true,
            ..Self::new(subject, spki_der, validity)?
        })
    }

    /// A time-stamping authority's certificate, without addresses: id-kp-timeStamping, critical and alone (RFC 3161 §2.3).
    ///
    /// # Errors
    /// As [`CertificateSpec::new`].
    pub fn of_timestamper(
        subject: NameToWrite,
        spki_der: &[u8],
        validity: Validity,
    ) -> Result<Self, IssueError> {
        Ok(Self {
            key_usage: Some(KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION)),
            extended_key_usage: vec![oid::EKU_TIME_STAMPING],
            extended_key_usage_critical: true,
            ..Self::new(subject, spki_der, validity)?
        })
    }

    /// The same certificate with a serial number that is not made of the key: for a second certificate of one key
    /// (a renewal, or one that was asked for by PKCS#10).
    ///
    /// `random` becomes 20 bytes whose top bits are 01, so that the number is positive and never shorter.
    #[must_use]
    pub fn with_serial(mut self, random: [u8; 20]) -> Self {
        let mut serial = random;
        serial[0] = (serial[0] & 0x3f) | 0x40;
        self.serial = serial.to_vec();
        self
    }

    /// Key usage, extended key usage and policy as the profile writes them for the key's kind ([`Profile::of`]).
    ///
    /// A key that is of no kind of ours (P-384, say) is treated as [`KeyKind::Ecdsa`]: no national policy.
    pub fn set_purpose(&mut self, purpose: Purpose, roles: &[Role]) {
        let kind = public::kind_of(&self.spki_der).unwrap_or(KeyKind::Ecdsa);
        let profile = Profile::of(kind, purpose);
        self.key_usage = Some(profile.key_usage);
        self.extended_key_usage = std::iter::once(profile.extended_key_usage)
            .chain(roles.iter().map(|role| role.oid()))
            .collect();
        self.policies = profile.policy.into_iter().collect();
    }

    pub(super) fn extensions(
        &self,
        authority_key_id: Option<&[u8]>,
    ) -> der::Result<Vec<Extension>> {
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
            let critical = self.extended_key_usage_critical;
            list.push(extension(oid::EXTENDED_KEY_USAGE, critical, value)?);
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

/// SHA-1 of the key's bits (RFC 5280 §4.2.1.2, method 1): a name, not a proof.
pub(super) fn key_identifier(spki_der: &[u8]) -> der::Result<Vec<u8>> {
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
