//! Signature algorithms by URI and by OID.

use std::borrow::Cow;
use std::fmt;

use der::oid::ObjectIdentifier;

use crate::{CryptoError, DigestAlgorithm, ecdsa, oid};

/// A signature algorithm that this simulator recognises.
///
/// Recognising one says nothing about whether it may be used: ask [`SignatureAlgorithm::is_weak`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-1: old national keys; refused as weak.
    RsaSha1,
    /// RSASSA-PKCS1-v1_5 with SHA-256: the national RSA profile.
    RsaSha256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    RsaSha384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    RsaSha512,
    /// RSASSA-PSS with SHA-256, its mask by SHA-256, a salt of 32 bytes.
    RsaPssSha256,
    /// RSASSA-PSS with SHA-384, its mask by SHA-384, a salt of 48 bytes.
    RsaPssSha384,
    /// RSASSA-PSS with SHA-512, its mask by SHA-512, a salt of 64 bytes.
    RsaPssSha512,
    /// ECDSA with SHA-256, over P-256 here: for tests; the national authority issues no such keys.
    EcdsaSha256,
    /// ECDSA with SHA-384, over P-384 here.
    EcdsaSha384,
    /// GOST 34.310-2004 with GOST 34.311-95: old national keys.
    Gost2004,
    /// GOST 34.10-2015 with Streebog-512: the national profile of today.
    Gost2015,
}

impl SignatureAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 11] = [
        Self::RsaSha1,
        Self::RsaSha256,
        Self::RsaSha384,
        Self::RsaSha512,
        Self::RsaPssSha256,
        Self::RsaPssSha384,
        Self::RsaPssSha512,
        Self::EcdsaSha256,
        Self::EcdsaSha384,
        Self::Gost2004,
        Self::Gost2015,
    ];

    /// The algorithm of that URI, compared byte by byte.
    ///
    /// Two URIs name RSA with SHA-1: XMLDSig's own and a non-standard one that old national
    /// software writes.
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        if uri == "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1" {
            return Some(Self::RsaSha1);
        }
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }

    /// The URI of `ds:SignatureMethod` (RFC 9231).
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            Self::RsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
            Self::RsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
            Self::RsaSha512 => "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
            Self::RsaPssSha256 => "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
            Self::RsaPssSha384 => "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
            Self::RsaPssSha512 => "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
            Self::EcdsaSha256 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            Self::EcdsaSha384 => "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
            Self::Gost2004 => "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
            Self::Gost2015 => {
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512"
            }
        }
    }

    /// The algorithm of that OID, where the OID alone says it: RSASSA-PSS needs its parameters
    /// ([`SignatureAlgorithm::from_identifier`]).
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.oid() == *oid && *oid != oid::RSASSA_PSS)
    }

    /// The OID of `signatureAlgorithm` in certificates, CRLs and OCSP answers (RFC 8017 A.2.4, RFC 5758 §3.2; the
    /// national arc for GOST).
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::RsaSha1 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.5"),
            Self::RsaSha256 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"),
            Self::RsaSha384 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"),
            Self::RsaSha512 => ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"),
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => oid::RSASSA_PSS,
            Self::EcdsaSha256 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"),
            Self::EcdsaSha384 => ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"),
            Self::Gost2004 => oid::SIGNATURE_GOST_2004,
            Self::Gost2015 => oid::SIGNATURE_GOST_2015,
        }
    }

    /// The digest inside.
    #[must_use]
    pub const fn digest(self) -> DigestAlgorithm {
        match self {
            Self::RsaSha1 => DigestAlgorithm::Sha1,
            Self::RsaSha256 | Self::RsaPssSha256 | Self::EcdsaSha256 => DigestAlgorithm::Sha256,
            Self::RsaSha384 | Self::RsaPssSha384 | Self::EcdsaSha384 => DigestAlgorithm::Sha384,
            Self::RsaSha512 | Self::RsaPssSha512 => DigestAlgorithm::Sha512,
            Self::Gost2004 => DigestAlgorithm::Gost34311,
            Self::Gost2015 => DigestAlgorithm::Streebog512,
        }
    }

    /// Whether the parameters of the algorithm's identifier are absent (RFC 5758 §3.2), and not NULL.
    #[must_use]
    pub const fn has_no_parameters(self) -> bool {
        matches!(self, Self::EcdsaSha256 | Self::EcdsaSha384)
    }

    /// The form that `ds:SignatureValue` has of a value in the form that X.509 has: r‖s for ECDSA, the same for others.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`] where the value is not an `ECDSA-Sig-Value` over the algorithm's curve.
    ///
    /// Source: XMLDSig 1.1 §6.4.3.
    pub fn value_to_xml(self, value: Vec<u8>) -> Result<Vec<u8>, CryptoError> {
        match self.ecdsa_bytes() {
            Some(bytes) => ecdsa::raw_of_der(&value, bytes),
            None => Ok(value),
        }
    }

    /// The form that X.509 has of a value of `ds:SignatureValue`; the reverse of [`SignatureAlgorithm::value_to_xml`].
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`] where an ECDSA value has not exactly the length of r‖s: the form of X.509 is not
    /// taken for it.
    pub fn value_from_xml(self, value: &[u8]) -> Result<Cow<'_, [u8]>, CryptoError> {
        match self.ecdsa_bytes() {
            Some(bytes) => ecdsa::der_of_raw(value, bytes).map(Cow::Owned),
            None => Ok(Cow::Borrowed(value)),
        }
    }

    /// Bytes of r and of s.
    const fn ecdsa_bytes(self) -> Option<usize> {
        match self {
            Self::EcdsaSha256 => Some(32),
            Self::EcdsaSha384 => Some(48),
            _ => None,
        }
    }

    /// Whether the algorithm is too weak to be accepted.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        self.digest().is_weak()
    }
}

impl fmt::Display for SignatureAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = match self {
            Self::RsaSha1 | Self::RsaSha256 | Self::RsaSha384 | Self::RsaSha512 => "RSA",
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => "RSA-PSS",
            Self::EcdsaSha256 | Self::EcdsaSha384 => "ECDSA",
            Self::Gost2004 => "GOST 34.310-2004",
            Self::Gost2015 => "GOST 34.10-2015",
        };
        write!(f, "{key} with {}", self.digest())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_algorithm_is_found_by_its_uri_and_by_its_oid_where_that_says_it() {
        for algorithm in SignatureAlgorithm::ALL {
            assert_eq!(
                SignatureAlgorithm::from_uri(algorithm.uri()),
                Some(algorithm)
            );
            assert_eq!(
                SignatureAlgorithm::from_oid(&algorithm.oid()),
                (algorithm.oid() != oid::RSASSA_PSS).then_some(algorithm)
            );
        }
    }

    #[test]
    fn both_uris_of_rsa_with_sha_1_are_recognised_as_weak() {
        for uri in [
            "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1",
        ] {
            let algorithm = SignatureAlgorithm::from_uri(uri).unwrap();
            assert_eq!(algorithm, SignatureAlgorithm::RsaSha1);
            assert!(algorithm.is_weak());
        }
        assert!(!SignatureAlgorithm::RsaSha256.is_weak());
    }

    #[test]
    fn a_mac_none_or_another_case_is_unknown() {
        for uri in [
            "",
            "none",
            "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
            "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
            " http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        ] {
            assert_eq!(SignatureAlgorithm::from_uri(uri), None, "{uri:?}");
        }
    }
}
