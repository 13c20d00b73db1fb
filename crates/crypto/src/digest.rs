//! Digest algorithms by URI and by OID.

mod hasher;

use std::fmt;

use aws_lc_rs::digest as lc;
use der::oid::ObjectIdentifier;

use crate::{gost, oid};

pub use hasher::Hasher;

/// A digest algorithm that this simulator recognises.
///
/// Recognising one says nothing about whether it may be used: ask [`DigestAlgorithm::is_weak`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DigestAlgorithm {
    /// SHA-1: met in OCSP CertIDs, where it only names a certificate; refused in signatures.
    Sha1,
    /// SHA-256, the digest of the national RSA profile.
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
    /// GOST 34.311-95 (ҚР СТ ГОСТ 34.311) with the test S-box, 32 bytes: old national keys.
    Gost34311,
    /// Streebog-512 (GOST 34.11-2015), 64 bytes: the national profile of today.
    Streebog512,
}

impl DigestAlgorithm {
    /// Every algorithm.
    pub const ALL: [Self; 6] = [
        Self::Sha1,
        Self::Sha256,
        Self::Sha384,
        Self::Sha512,
        Self::Gost34311,
        Self::Streebog512,
    ];

    /// The algorithm of that URI, compared byte by byte (XMLDSig, XML Encryption, RFC 6931).
    #[must_use]
    pub fn from_uri(uri: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.uri() == uri)
    }

    /// The URI of `ds:DigestMethod`.
    #[must_use]
    pub const fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => "http://www.w3.org/2000/09/xmldsig#sha1",
            Self::Sha256 => "http://www.w3.org/2001/04/xmlenc#sha256",
            Self::Sha384 => "http://www.w3.org/2001/04/xmldsig-more#sha384",
            Self::Sha512 => "http://www.w3.org/2001/04/xmlenc#sha512",
            Self::Gost34311 => "http://www.w3.org/2001/04/xmldsig-more#gost34311",
            Self::Streebog512 => {
                "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512"
            }
        }
    }

    /// The algorithm of that OID.
    #[must_use]
    pub fn from_oid(oid: &ObjectIdentifier) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.oid() == *oid)
    }

    /// The OID of the digest (RFC 3279, RFC 5754; the national arc for GOST).
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::Sha1 => ObjectIdentifier::new_unwrap("1.3.14.3.2.26"),
            Self::Sha256 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1"),
            Self::Sha384 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2"),
            Self::Sha512 => ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3"),
            Self::Gost34311 => oid::DIGEST_GOST_34311,
            Self::Streebog512 => oid::DIGEST_STREEBOG_512,
        }
    }

    /// Whether the digest is too weak for a signature.
    #[must_use]
    pub const fn is_weak(self) -> bool {
        matches!(self, Self::Sha1)
    }

    /// Bytes of the digest's value.
    #[must_use]
    pub const fn value_bytes(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 | Self::Gost34311 => 32,
            Self::Sha384 => 48,
            Self::Sha512 | Self::Streebog512 => 64,
        }
    }

    /// Begins a digest of bytes that come in parts.
    #[must_use]
    pub fn hasher(self) -> Hasher {
        Hasher::new(self)
    }

    /// The digest of the bytes.
    #[must_use]
    pub fn digest(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &lc::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &lc::SHA256,
            Self::Sha384 => &lc::SHA384,
            Self::Sha512 => &lc::SHA512,
            Self::Gost34311 => return gost::gost34311(bytes).to_vec(),
            Self::Streebog512 => return gost::streebog512(bytes).to_vec(),
        };
        lc::digest(algorithm, bytes).as_ref().to_vec()
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha1 => "SHA-1",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Gost34311 => "GOST 34.311-95",
            Self::Streebog512 => "Streebog-512",
        })
    }
}

/// The SHA-256 digest of the bytes.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut value = [0; 32];
    value.copy_from_slice(lc::digest(&lc::SHA256, bytes).as_ref());
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Source: FIPS 180-4 examples, "abc".
    #[test]
    fn abc_has_the_published_digests() {
        assert_eq!(
            hex(&DigestAlgorithm::Sha1.digest(b"abc")),
            "a9993e364706816aba3e25717850c26c9cd0d89d"
        );
        assert_eq!(
            hex(&sha256(b"abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert!(hex(&DigestAlgorithm::Sha384.digest(b"abc")).starts_with("cb00753f45a35e8b"));
        assert!(hex(&DigestAlgorithm::Sha512.digest(b"abc")).starts_with("ddaf35a193617aba"));
    }

    #[test]
    fn every_algorithm_is_found_by_its_uri_and_its_oid_and_has_its_length() {
        for algorithm in DigestAlgorithm::ALL {
            assert_eq!(DigestAlgorithm::from_uri(algorithm.uri()), Some(algorithm));
            assert_eq!(DigestAlgorithm::from_oid(&algorithm.oid()), Some(algorithm));
            assert_eq!(algorithm.digest(b"").len(), algorithm.value_bytes());
        }
    }

    #[test]
    fn a_uri_with_another_case_or_a_space_is_unknown() {
        for uri in [
            "",
            "http://www.w3.org/2001/04/XMLENC#sha256",
            "http://www.w3.org/2001/04/xmlenc#sha256 ",
            "http://www.w3.org/2001/04/xmldsig-more#md5",
        ] {
            assert_eq!(DigestAlgorithm::from_uri(uri), None, "{uri:?}");
        }
    }
}
