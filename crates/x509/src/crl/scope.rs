//! What a list is about: `IssuingDistributionPoint` (RFC 5280 §5.2.5).

use der::asn1::{AnyRef, Ia5String};
use der::{Decode, Encode, Tag, Tagged};
use x509_cert::ext::pkix::crl::dp::{IssuingDistributionPoint, Reasons as RawReason};
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};

use crate::RevocationReason;
use crate::extensions::general_name::PointName;
use crate::extensions::points::{Reasons, bit_string, fields};
use crate::issue::IssueError;

/// A part of an authority's certificates that a list is about, for [`issue_with`](super::issue_with) under
/// [`oid::ISSUING_DISTRIBUTION_POINT`](crate::oid::ISSUING_DISTRIBUTION_POINT), critical.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeToIssue {
    /// The address of the list; certificates name it in their distribution points.
    pub url: Option<String>,
    /// Only certificates of this kind.
    pub only: Option<Only>,
    /// Only these reasons; empty for all.
    pub reasons: Vec<RevocationReason>,
    /// The list speaks for other issuers too.
    pub indirect: bool,
}

/// The kinds of certificates that a list can be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Only {
    /// End entities' certificates.
    Users,
    /// Authorities' certificates.
    Authorities,
    /// Attribute certificates.
    Attributes,
}

impl ScopeToIssue {
    /// The extension's value.
    ///
    /// # Errors
    /// [`IssueError::Encoding`] where the address is not ASCII.
    pub fn to_der(&self) -> Result<Vec<u8>, IssueError> {
        let name = |url: &String| {
            let uri = GeneralName::UniformResourceIdentifier(Ia5String::new(url)?);
            Ok::<_, der::Error>(DistributionPointName::FullName(vec![uri]))
        };
        let mut reasons = None;
        for raw in self.reasons.iter().filter_map(|reason| flag(*reason)) {
            *reasons.get_or_insert_default() |= raw;
        }
        let raw = IssuingDistributionPoint {
            distribution_point: self.url.as_ref().map(name).transpose()?,
            only_contains_user_certs: self.only == Some(Only::Users),
            only_contains_ca_certs: self.only == Some(Only::Authorities),
            only_some_reasons: reasons,
            indirect_crl: self.indirect,
            only_contains_attribute_certs: self.only == Some(Only::Attributes),
        };
        Ok(raw.to_der()?)
    }
}

/// The flag of a reason; some reasons have none.
const fn flag(reason: RevocationReason) -> Option<RawReason> {
    match reason {
        RevocationReason::KeyCompromise => Some(RawReason::KeyCompromise),
        RevocationReason::CaCompromise => Some(RawReason::CaCompromise),
        RevocationReason::AffiliationChanged => Some(RawReason::AffiliationChanged),
        RevocationReason::Superseded => Some(RawReason::Superseded),
        RevocationReason::CessationOfOperation => Some(RawReason::CessationOfOperation),
        RevocationReason::CertificateHold => Some(RawReason::CertificateHold),
        RevocationReason::PrivilegeWithdrawn => Some(RawReason::PrivilegeWithdrawn),
        RevocationReason::AaCompromise => Some(RawReason::AaCompromise),
        RevocationReason::Unspecified | RevocationReason::RemoveFromCrl => None,
    }
}

/// What a list that was read is about; the default is everything of its issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    /// The extension's DER: a delta and its base have the same.
    pub(crate) der: Vec<u8>,
    pub(crate) name: Option<PointName>,
    pub(crate) only: Option<Only>,
    pub(crate) reasons: Reasons,
    pub(crate) indirect: bool,
}

impl Scope {
    pub(super) fn from_der(der: &[u8]) -> der::Result<Self> {
        let whole = AnyRef::from_der(der)?;
        whole.tag().assert_eq(Tag::Sequence)?;
        let mut scope = Self {
            der: der.to_vec(),
            name: None,
            only: None,
            reasons: Reasons::ALL,
            indirect: false,
        };
        for (number, any) in fields(whole.value())? {
            let only = match number {
                0 => {
                    scope.name = Some(PointName::read(any.value())?);
                    continue;
                }
                3 => {
                    scope.reasons = Reasons::read(bit_string(&any)?);
                    continue;
                }
                1 => Only::Users,
                2 => Only::Authorities,
                4 => {
                    scope.indirect = truth(&any)?;
                    continue;
                }
                5 => Only::Attributes,
                _ => return Err(any.tag().value_error().into()),
            };
            // RFC 5280 §5.2.5: at most one of them.
            if truth(&any)? && scope.only.replace(only).is_some() {
                return Err(any.tag().value_error().into());
            }
        }
        Ok(scope)
    }
}

/// The BOOLEAN whose tag an implicit one replaced.
fn truth(any: &AnyRef<'_>) -> der::Result<bool> {
    AnyRef::new(Tag::Boolean, any.value())?.decode_as()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_that_was_written_reads_back() {
        let written = ScopeToIssue {
            url: Some("http://127.0.0.1/part.crl".to_owned()),
            only: Some(Only::Users),
            reasons: vec![
                RevocationReason::KeyCompromise,
                RevocationReason::AaCompromise,
            ],
            indirect: true,
        };
        let read = Scope::from_der(&written.to_der().unwrap()).unwrap();
        assert_eq!((read.only, read.indirect), (Some(Only::Users), true));
        let names = vec![crate::extensions::general_name::GeneralName::Uri(
            "http://127.0.0.1/part.crl".to_owned(),
        )];
        assert_eq!(read.name, Some(PointName::Full(names)));
        assert!(read.reasons.adds_to(Reasons::NONE) && Reasons::ALL.adds_to(read.reasons));

        let everything = Scope::from_der(&ScopeToIssue::default().to_der().unwrap()).unwrap();
        assert_eq!((everything.only, everything.indirect), (None, false));
        assert_eq!(everything.reasons, Reasons::ALL);
    }

    #[test]
    fn a_list_is_limited_to_one_kind_at_most() {
        let both = [0x30, 6, 0x81, 1, 0xff, 0x82, 1, 0xff];
        assert!(Scope::from_der(&both).is_err());
        assert!(Scope::from_der(&[0x30, 3, 0x86, 1, 0xff]).is_err());
        assert!(Scope::from_der(&[0x30, 3, 0x81, 1, 1]).is_err());
    }
}
