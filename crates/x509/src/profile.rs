//! What the national profile says that a certificate is for.

use qaqpa_crypto::KeyKind;
use thiserror::Error;

use crate::{Certificate, KeyUsage, ObjectIdentifier, oid};

/// A role that the authority wrote into the extended key usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// A natural person (жеке тұлға / физическое лицо).
    Individual,
    /// Somebody or something of a legal entity (заңды тұлға / юридическое лицо).
    LegalEntity,
    /// The entity's first head (бірінші басшы / первый руководитель).
    Head,
    /// Has the right to sign for the entity.
    RightToSign,
    /// Has the right to sign financial documents.
    Financial,
    /// Of the personnel department.
    Personnel,
    /// An employee of the entity (қызметкер / сотрудник).
    Employee,
    /// An information system of the entity (ақпараттық жүйе).
    InformationSystem,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 8] = [
        Self::Individual,
        Self::LegalEntity,
        Self::Head,
        Self::RightToSign,
        Self::Financial,
        Self::Personnel,
        Self::Employee,
        Self::InformationSystem,
    ];

    /// The extended key usage that means the role.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Individual => oid::EKU_INDIVIDUAL,
            Self::LegalEntity => oid::EKU_LEGAL_ENTITY,
            Self::Head => oid::EKU_HEAD,
            Self::RightToSign => oid::EKU_RIGHT_TO_SIGN,
            Self::Financial => oid::EKU_FINANCIAL,
            Self::Personnel => oid::EKU_PERSONNEL,
            Self::Employee => oid::EKU_EMPLOYEE,
            Self::InformationSystem => oid::EKU_INFORMATION_SYSTEM,
        }
    }

    /// The name in files and on the control port: `individual`, `head`, `information-system`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Individual => "individual",
            Self::LegalEntity => "legal-entity",
            Self::Head => "head",
            Self::RightToSign => "right-to-sign",
            Self::Financial => "financial",
            Self::Personnel => "personnel",
            Self::Employee => "employee",
            Self::InformationSystem => "information-system",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What a key is for: the authority issues two keys to each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Signing documents.
    Sign,
    /// Logging in.
    Authenticate,
}

/// What the profile writes into certificates of one kind of keys, besides the roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Profile {
    /// keyUsage.
    pub key_usage: KeyUsage,
    /// The first extended key usage: emailProtection means signing, clientAuth logging in.
    pub extended_key_usage: ObjectIdentifier,
    /// The certificate policy; `None` where the national authority has none.
    pub policy: Option<ObjectIdentifier>,
}

impl Profile {
    /// The profile of a kind of keys and a purpose.
    ///
    /// Source: the national profile, for RSA and for signing with GOST keys. The simulator's own choice, because nothing
    /// is known: authentication with GOST keys (digitalSignature + keyAgreement, and for GOST 34.310-2004 no policy), and
    /// ECDSA, which the national authority does not issue: as RSA, but without a policy, and with keyAgreement in the
    /// place of keyEncipherment, which such keys must not have (RFC 5480 §3).
    #[must_use]
    pub const fn of(kind: KeyKind, purpose: Purpose) -> Self {
        let signature = KeyUsage::DIGITAL_SIGNATURE;
        let signing = signature.and(KeyUsage::NON_REPUDIATION);
        let (key_usage, policy) = match (kind, purpose) {
            (KeyKind::Rsa, Purpose::Sign) => (signing, Some(oid::POLICY_RSA_SIGN)),
            (KeyKind::Rsa, Purpose::Authenticate) => (
                signature.and(KeyUsage::KEY_ENCIPHERMENT),
                Some(oid::POLICY_RSA_AUTHENTICATE),
            ),
            (KeyKind::Gost2015, Purpose::Sign) => (
                signing.and(KeyUsage::KEY_AGREEMENT),
                Some(oid::POLICY_GOST_2015),
            ),
            (KeyKind::Gost2015, Purpose::Authenticate) => (
                signature.and(KeyUsage::KEY_AGREEMENT),
                Some(oid::POLICY_GOST_2015),
            ),
            (KeyKind::Gost2004, Purpose::Sign) => (signing, Some(oid::POLICY_GOST_2004_SIGN)),
            (KeyKind::Ecdsa, Purpose::Sign) => (signing, None),
            (KeyKind::Gost2004 | KeyKind::Ecdsa, Purpose::Authenticate) => {
                (signature.and(KeyUsage::KEY_AGREEMENT), None)
            }
        };
        Self {
            key_usage,
            extended_key_usage: match purpose {
                Purpose::Sign => oid::EKU_EMAIL_PROTECTION,
                Purpose::Authenticate => oid::EKU_CLIENT_AUTH,
            },
            policy,
        }
    }
}

/// Why a certificate is not one for signing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PurposeError {
    /// It is one for logging in (clientAuth).
    #[error("the certificate is for authentication, not for signing")]
    Authentication,
    /// It is an authority's.
    #[error("the certificate is an authority's")]
    Authority,
    /// It has no extended key usage emailProtection.
    #[error("the certificate's extended key usage does not name emailProtection")]
    ExtendedKeyUsage,
    /// Its key usage lacks digitalSignature or nonRepudiation, or is absent.
    #[error("the certificate's key usage lacks digitalSignature or nonRepudiation")]
    KeyUsage,
}

/// The roles that the extended key usage names.
#[must_use]
pub fn roles(certificate: &Certificate) -> Vec<Role> {
    Role::ALL
        .into_iter()
        .filter(|role| certificate.has_extended_key_usage(role.oid()))
        .collect()
}

/// Whether the certificate is one for signing documents.
///
/// # Errors
/// [`PurposeError`], the first that applies in the order: authority, authentication, key usage,
/// extended key usage.
///
/// Source: the national profile: signing = digitalSignature + nonRepudiation (for GOST 34.10-2015 also keyAgreement)
/// with emailProtection; authentication = clientAuth.
pub fn is_for_signing(certificate: &Certificate) -> Result<(), PurposeError> {
    match not_for_signing(certificate).next() {
        Some(error) => Err(error),
        None => Ok(()),
    }
}

/// Everything for which the certificate is not one for signing documents, in the order of [`is_for_signing`].
pub fn not_for_signing(certificate: &Certificate) -> impl Iterator<Item = PurposeError> {
    let email_protection = certificate.has_extended_key_usage(oid::EKU_EMAIL_PROTECTION);
    let client_auth = certificate.has_extended_key_usage(oid::EKU_CLIENT_AUTH);
    let needed = KeyUsage::DIGITAL_SIGNATURE.and(KeyUsage::NON_REPUDIATION);
    let has_usage = certificate
        .key_usage()
        .is_some_and(|usage| usage.has(needed));
    [
        (certificate.is_ca(), PurposeError::Authority),
        (
            client_auth && !email_protection,
            PurposeError::Authentication,
        ),
        (!has_usage, PurposeError::KeyUsage),
        (!email_protection, PurposeError::ExtendedKeyUsage),
    ]
    .into_iter()
    .filter_map(|(is_so, error)| is_so.then_some(error))
}

/// What the certificate is for, if it is for one of the two.
#[must_use]
pub fn purpose(certificate: &Certificate) -> Option<Purpose> {
    match is_for_signing(certificate) {
        Ok(()) => Some(Purpose::Sign),
        Err(PurposeError::Authentication) => Some(Purpose::Authenticate),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_is_found_by_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("king"), None);
    }
}
