//! Verifying with a public key.

use aws_lc_rs::signature as lc;
use der::asn1::UintRef;
use der::oid::ObjectIdentifier;
use der::{Decode, Sequence};
use spki::SubjectPublicKeyInfoRef;

use crate::{CryptoError, SignatureAlgorithm};

/// The OID of RSA keys, rsaEncryption (RFC 8017 A.1).
pub const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The fewest bits of an RSA modulus that are not weak (NIST SP 800-57: 112 bits of strength).
pub const RSA_BITS_MIN: usize = 2048;

/// The most bits of an RSA modulus: more would let a peer's key eat our time.
pub const RSA_BITS_MAX: usize = 8192;

/// The smallest public exponent that is not weak (FIPS 186-5: above 2^16).
const RSA_EXPONENT_MIN: u64 = 65_537;

/// Verifies a signature by the key of a SubjectPublicKeyInfo.
///
/// Passing says that the holder of the key's private half signed this message, and nothing about
/// who that is.
///
/// # Errors
/// [`CryptoError::BadSignature`]; [`CryptoError::KeyUnusable`] where the key is malformed;
/// [`CryptoError::Unsupported`] where it is not an RSA key; [`CryptoError::Weak`] for SHA-1, a
/// modulus below [`RSA_BITS_MIN`] bits and an exponent below 65537.
///
/// Source: RFC 8017 §8.2.2, RFC 5280 §4.1.2.7.
pub fn verify(
    spki_der: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let parameters: &lc::RsaParameters = match algorithm {
        SignatureAlgorithm::RsaSha1 => {
            return Err(CryptoError::Weak {
                why: "a signature with SHA-1",
            });
        }
        SignatureAlgorithm::RsaSha256 => &lc::RSA_PKCS1_2048_8192_SHA256,
        SignatureAlgorithm::RsaSha384 => &lc::RSA_PKCS1_2048_8192_SHA384,
        SignatureAlgorithm::RsaSha512 => &lc::RSA_PKCS1_2048_8192_SHA512,
    };
    let key = RsaPublicKey::from_spki(spki_der)?;
    lc::RsaPublicKeyComponents {
        n: key.modulus.as_bytes(),
        e: key.exponent.as_bytes(),
    }
    .verify(parameters, message, signature)
    .map_err(|_| CryptoError::BadSignature)
}

/// Whether a key may be used at all: RSA, well-formed, neither weak nor oversized.
///
/// # Errors
/// As [`verify`], without [`CryptoError::BadSignature`].
pub fn check_key(spki_der: &[u8]) -> Result<(), CryptoError> {
    RsaPublicKey::from_spki(spki_der).map(|_| ())
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl<'a> RsaPublicKey<'a> {
    fn from_spki(spki_der: &'a [u8]) -> Result<Self, CryptoError> {
        let unusable = |why| CryptoError::KeyUnusable { why };
        let spki = SubjectPublicKeyInfoRef::from_der(spki_der)
            .map_err(|_| unusable("not a SubjectPublicKeyInfo"))?;
        if spki.algorithm.oid != RSA_ENCRYPTION {
            return Err(CryptoError::Unsupported {
                oid: spki.algorithm.oid.to_string(),
            });
        }
        // RFC 3279 §2.3.1: the parameters MUST be NULL.
        if !spki
            .algorithm
            .parameters
            .is_some_and(|parameters| parameters.is_null())
        {
            return Err(unusable("the parameters of an RSA key are not NULL"));
        }
        let bits = spki
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| unusable("the key is not a whole number of bytes"))?;
        let key = Self::from_der(bits).map_err(|_| unusable("not an RSAPublicKey"))?;
        key.check()?;
        Ok(key)
    }

    fn check(&self) -> Result<(), CryptoError> {
        check_modulus(self.modulus.as_bytes())?;
        let exponent = self.exponent.as_bytes();
        if exponent.len() > 4 {
            return Err(CryptoError::KeyUnusable {
                why: "an RSA exponent of more than 32 bits",
            });
        }
        let value = exponent
            .iter()
            .fold(0_u64, |value, byte| (value << 8) | u64::from(*byte));
        if value < RSA_EXPONENT_MIN {
            return Err(CryptoError::Weak {
                why: "an RSA exponent below 65537",
            });
        }
        if value % 2 == 0 {
            return Err(CryptoError::KeyUnusable {
                why: "an even RSA exponent",
            });
        }
        Ok(())
    }
}

/// Whether a modulus (big-endian, no leading zeros) has a length that is used and is odd.
pub(crate) fn check_modulus(modulus: &[u8]) -> Result<(), CryptoError> {
    let bits = modulus.first().map_or(0, |first| {
        modulus.len() * 8 - first.leading_zeros() as usize
    });
    if bits < RSA_BITS_MIN {
        return Err(CryptoError::Weak {
            why: "an RSA key of fewer than 2048 bits",
        });
    }
    if bits > RSA_BITS_MAX {
        return Err(CryptoError::KeyUnusable {
            why: "an RSA key of more than 8192 bits",
        });
    }
    if modulus.last().is_none_or(|last| last % 2 == 0) {
        return Err(CryptoError::KeyUnusable {
            why: "an even RSA modulus",
        });
    }
    Ok(())
}
