//! The extensions of a certificate, each read once and strictly.

mod constraints;
pub(crate) mod general_name;
pub(crate) mod points;

use der::asn1::{AnyRef, BitStringRef, OctetString};
use der::{Decode, Sequence};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CertificatePolicies, ExtendedKeyUsage,
    PolicyMappings,
};

pub(crate) use constraints::{NameConstraints, PolicyConstraints};
use points::Point;

use crate::{CertificateError, KeyUsage, ObjectIdentifier, oid};

/// What the extensions of one certificate say; an absent extension is an empty field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    pub(crate) authority_key_id: Option<Vec<u8>>,
    pub(crate) basic: Option<BasicConstraints>,
    pub(crate) ca_issuer_urls: Vec<String>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) extended_key_usage: Option<Vec<ObjectIdentifier>>,
    pub(crate) extended_key_usage_critical: bool,
    pub(crate) freshest_crl_urls: Vec<String>,
    pub(crate) inhibit_any_policy: Option<usize>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) ocsp_nocheck: bool,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) points: Vec<Point>,
    pub(crate) policies: Vec<ObjectIdentifier>,
    pub(crate) policy_constraints: Option<PolicyConstraints>,
    /// issuerDomainPolicy and subjectDomainPolicy.
    pub(crate) policy_mappings: Vec<(ObjectIdentifier, ObjectIdentifier)>,
    /// Critical extensions that say what policies a path below must have. They are read; an anchor's are not heeded.
    pub(crate) policy_critical: Vec<ObjectIdentifier>,
    pub(crate) subject_alt_names: Vec<general_name::GeneralName>,
    pub(crate) subject_key_id: Option<Vec<u8>>,
    pub(crate) unknown_critical: Vec<ObjectIdentifier>,
}

/// `BasicConstraints ::= SEQUENCE { cA BOOLEAN DEFAULT FALSE, pathLenConstraint INTEGER OPTIONAL }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Sequence)]
pub(crate) struct BasicConstraints {
    #[asn1(default = "Default::default")]
    pub(crate) ca: bool,
    pub(crate) path_len: Option<u8>,
}

/// At most so many extensions are looked at: certificates of the profile have ten.
const EXTENSIONS_MAX: usize = 64;

impl Extensions {
    /// Reads the extensions (RFC 5280 §4.2: none may occur twice).
    pub(crate) fn read(list: &[Extension]) -> Result<Self, CertificateError> {
        if list.len() > EXTENSIONS_MAX {
            return Err(CertificateError::TooLong);
        }
        let mut read = Self::default();
        for (index, extension) in list.iter().enumerate() {
            let oid = extension.extn_id;
            if list[..index].iter().any(|earlier| earlier.extn_id == oid) {
                return Err(CertificateError::DuplicateExtension { oid });
            }
            read.take(extension)
                .map_err(|_| CertificateError::Extension { oid })?;
        }
        Ok(read)
    }

    fn take(&mut self, extension: &Extension) -> der::Result<()> {
        let value = extension.extn_value.as_bytes();
        match extension.extn_id {
            oid::AUTHORITY_KEY_IDENTIFIER => {
                self.authority_key_id = AuthorityKeyIdentifier::from_der(value)?
                    .key_identifier
                    .map(|id| id.as_bytes().to_vec());
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                self.subject_key_id = Some(OctetString::from_der(value)?.as_bytes().to_vec());
            }
            oid::BASIC_CONSTRAINTS => self.basic = Some(BasicConstraints::from_der(value)?),
            oid::KEY_USAGE => self.key_usage = Some(key_usage(value)?),
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(ExtendedKeyUsage::from_der(value)?.0);
                self.extended_key_usage_critical = extension.critical;
            }
            oid::CERTIFICATE_POLICIES => {
                let policies = CertificatePolicies::from_der(value)?.0;
                self.policies = policies.iter().map(|p| p.policy_identifier).collect();
            }
            oid::CRL_DISTRIBUTION_POINTS => {
                self.points = points::points(value)?;
                self.crl_urls = self.points.iter().flat_map(Point::urls).collect();
            }
            oid::FRESHEST_CRL => {
                let points = points::points(value)?;
                self.freshest_crl_urls = points.iter().flat_map(Point::urls).collect();
            }
            oid::AUTHORITY_INFO_ACCESS => {
                for access in AuthorityInfoAccessSyntax::from_der(value)?.0 {
                    let Some(url) = url(access.access_location) else {
                        continue;
                    };
                    match access.access_method {
                        oid::ACCESS_OCSP => self.ocsp_urls.push(url),
                        oid::ACCESS_CA_ISSUERS => self.ca_issuer_urls.push(url),
                        _ => {}
                    }
                }
            }
            oid::OCSP_NOCHECK => self.ocsp_nocheck = true,
            oid::SUBJECT_ALT_NAME => self.subject_alt_names = general_name::names(value)?,
            oid::NAME_CONSTRAINTS => {
                self.name_constraints = Some(NameConstraints::from_der(value)?);
            }
            oid::POLICY_MAPPINGS | oid::POLICY_CONSTRAINTS | oid::INHIBIT_ANY_POLICY => {
                self.take_policy(extension.extn_id, value)?;
                if extension.critical {
                    self.policy_critical.push(extension.extn_id);
                }
            }
            unknown if extension.critical => self.unknown_critical.push(unknown),
            _ => {}
        }
        Ok(())
    }

    fn take_policy(&mut self, oid: ObjectIdentifier, value: &[u8]) -> der::Result<()> {
        match oid {
            oid::POLICY_MAPPINGS => {
                let mappings = PolicyMappings::from_der(value)?.0;
                if mappings.is_empty() {
                    return Err(der::Tag::Sequence.length_error().into());
                }
                self.policy_mappings = mappings
                    .iter()
                    .map(|mapping| (mapping.issuer_domain_policy, mapping.subject_domain_policy))
                    .collect();
            }
            oid::POLICY_CONSTRAINTS => {
                self.policy_constraints = Some(PolicyConstraints::from_der(value)?);
            }
            _ => {
                self.inhibit_any_policy = Some(constraints::skip_certs(AnyRef::from_der(value)?)?);
            }
        }
        Ok(())
    }
}

/// The bits of keyUsage: bit 0 is the first bit of the first byte.
fn key_usage(value: &[u8]) -> der::Result<KeyUsage> {
    let bits = BitStringRef::from_der(value)?;
    let set = (0..9).filter(|position| bits.get(*position) == Some(true));
    Ok(KeyUsage::from_bits(
        set.fold(0, |bits, position| bits | (1 << position)),
    ))
}

fn url(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    }
}
