//! The extensions of a certificate, each read once and strictly.

use der::asn1::{BitStringRef, OctetString};
use der::{Decode, Sequence};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CertificatePolicies, CrlDistributionPoints,
    ExtendedKeyUsage, FreshestCrl,
};

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
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) ocsp_nocheck: bool,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) policies: Vec<ObjectIdentifier>,
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
                let points = CrlDistributionPoints::from_der(value)?.0;
                self.crl_urls = urls(points.into_iter().filter_map(|p| p.distribution_point));
            }
            oid::FRESHEST_CRL => {
                let points = FreshestCrl::from_der(value)?.0;
                self.freshest_crl_urls =
                    urls(points.into_iter().filter_map(|p| p.distribution_point));
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
            // Recognised: nothing in this simulator takes a name from it.
            oid::SUBJECT_ALT_NAME => {}
            unknown if extension.critical => self.unknown_critical.push(unknown),
            _ => {}
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

fn urls(names: impl Iterator<Item = DistributionPointName>) -> Vec<String> {
    names
        .filter_map(|name| match name {
            DistributionPointName::FullName(names) => Some(names),
            DistributionPointName::NameRelativeToCRLIssuer(_) => None,
        })
        .flatten()
        .filter_map(url)
        .collect()
}

fn url(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(uri) => Some(uri.as_str().to_owned()),
        _ => None,
    }
}
