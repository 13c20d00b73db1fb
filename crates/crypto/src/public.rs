//! Verifying with a public key.

use std::fmt;

use der::Decode;
use spki::SubjectPublicKeyInfoRef;

use crate::ecdsa::EcdsaVerifier;
use crate::gost_key::GostVerifier;
use crate::rsa::RsaVerifier;
use crate::{CryptoError, KeyKind, SignatureAlgorithm, oid, rsa};

pub use crate::rsa::{RSA_BITS_MAX, RSA_BITS_MIN};

/// A public key that may be used, read once, for who verifies by it often.
///
/// Having one says that the key is of a kind that is offered, well-formed, neither weak nor oversized; nothing about whose
/// it is.
pub struct PublicKey(Verifier);

enum Verifier {
    Rsa(Box<RsaVerifier>),
    Ecdsa(EcdsaVerifier),
    Gost(Box<GostVerifier>),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo.
    ///
    /// # Errors
    /// As [`verify`], without [`CryptoError::BadSignature`].
    pub fn from_spki_der(spki_der: &[u8]) -> Result<Self, CryptoError> {
        let spki = read(spki_der)?;
        Ok(Self(match spki.algorithm.oid {
            oid::RSA_ENCRYPTION => Verifier::Rsa(Box::new(RsaVerifier::from_spki(&spki)?)),
            oid::EC_PUBLIC_KEY => Verifier::Ecdsa(EcdsaVerifier::from_spki(&spki)?),
            oid::KEY_GOST_2004 | oid::KEY_GOST_2015 => {
                Verifier::Gost(Box::new(GostVerifier::from_spki(&spki)?))
            }
            _ => return Err(unsupported(&spki)),
        }))
    }

    /// Verifies a signature, in the form that X.509 has (see [`crate::PrivateKey::sign`]).
    ///
    /// # Errors
    /// As [`verify`].
    pub fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        refuse_weak(algorithm)?;
        match &self.0 {
            Verifier::Rsa(key) => key.verify(algorithm, message, signature),
            Verifier::Ecdsa(key) => key.verify(algorithm, message, signature),
            Verifier::Gost(key) => key.verify(algorithm, message, signature),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.0 {
            Verifier::Rsa(_) => "PublicKey(RSA)",
            Verifier::Ecdsa(_) => "PublicKey(ECDSA)",
            Verifier::Gost(_) => "PublicKey(GOST)",
        })
    }
}

/// Verifies a signature by the key of a SubjectPublicKeyInfo, in the form that X.509 has (see
/// [`crate::PrivateKey::sign`]).
///
/// Passing says that the holder of the key's private half signed this message, and nothing about
/// who that is.
///
/// # Errors
/// [`CryptoError::BadSignature`]; [`CryptoError::KeyUnusable`] where the key is malformed or not one
/// for the algorithm; [`CryptoError::Unsupported`] where its kind or its curve is not offered;
/// [`CryptoError::Weak`] for SHA-1, an RSA modulus below [`RSA_BITS_MIN`] bits and an exponent below
/// 65537.
///
/// Source: RFC 8017 §8.1.2 and §8.2.2, RFC 3279 §2.2.3, RFC 5280 §4.1.2.7; the national profile.
pub fn verify(
    spki_der: &[u8],
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    refuse_weak(algorithm)?;
    let spki = read(spki_der)?;
    if spki.algorithm.oid == oid::RSA_ENCRYPTION {
        return rsa::verify(&spki, algorithm, message, signature);
    }
    PublicKey::from_spki_der(spki_der)?.verify(algorithm, message, signature)
}

fn refuse_weak(algorithm: SignatureAlgorithm) -> Result<(), CryptoError> {
    if algorithm.is_weak() {
        return Err(CryptoError::Weak {
            why: "a signature with SHA-1",
        });
    }
    Ok(())
}

/// Whether a key may be used at all: of a kind that is offered, well-formed, neither weak nor oversized.
///
/// # Errors
/// As [`verify`], without [`CryptoError::BadSignature`].
pub fn check_key(spki_der: &[u8]) -> Result<(), CryptoError> {
    let spki = read(spki_der)?;
    if spki.algorithm.oid == oid::RSA_ENCRYPTION {
        return rsa::check(&spki);
    }
    PublicKey::from_spki_der(spki_der).map(|_| ())
}

/// The kind of a key that [`check_key`] would accept and that this simulator makes, by its OIDs alone; `None` for others
/// (P-384 among them).
#[must_use]
pub fn kind_of(spki_der: &[u8]) -> Option<KeyKind> {
    let spki = read(spki_der).ok()?;
    match spki.algorithm.oid {
        oid::RSA_ENCRYPTION => Some(KeyKind::Rsa),
        oid::EC_PUBLIC_KEY => {
            (spki.algorithm.parameters_oid().ok()? == oid::CURVE_P256).then_some(KeyKind::Ecdsa)
        }
        oid::KEY_GOST_2004 => Some(KeyKind::Gost2004),
        oid::KEY_GOST_2015 => Some(KeyKind::Gost2015),
        _ => None,
    }
}

fn read(spki_der: &[u8]) -> Result<SubjectPublicKeyInfoRef<'_>, CryptoError> {
    SubjectPublicKeyInfoRef::from_der(spki_der).map_err(|_| CryptoError::KeyUnusable {
        why: "not a SubjectPublicKeyInfo",
    })
}

fn unsupported(spki: &SubjectPublicKeyInfoRef<'_>) -> CryptoError {
    CryptoError::Unsupported {
        oid: spki.algorithm.oid.to_string(),
    }
}
