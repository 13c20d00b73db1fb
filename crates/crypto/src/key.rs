//! Private keys.

use std::fmt;
use std::sync::Arc;

use der::Decode;
use zeroize::Zeroizing;

use crate::ecdsa::{Curve, EcdsaKey};
use crate::gost_key::GostKey;
use crate::rsa::RsaKey;
use crate::{CryptoError, KeyKind, SignatureAlgorithm, oid};

/// A private key, ready to sign.
///
/// Its bytes are wiped when the last clone is dropped, and its `Debug` form shows nothing of them.
/// Holding one says nothing about who may use it.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    pair: Pair,
    pkcs8: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
}

enum Pair {
    Rsa(RsaKey),
    Ecdsa(EcdsaKey),
    Gost(GostKey),
}

impl PrivateKey {
    /// Makes a key of that kind; the operating system gives the randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the generator failed.
    pub fn generate(kind: KeyKind) -> Result<Self, CryptoError> {
        Self::from_pair(match kind {
            KeyKind::Rsa => Pair::Rsa(RsaKey::generate()?),
            KeyKind::Ecdsa => Pair::Ecdsa(EcdsaKey::generate(Curve::P256)?),
            KeyKind::Gost2004 | KeyKind::Gost2015 => Pair::Gost(GostKey::generate(kind)?),
        })
    }

    /// Makes an RSA key of 2048 bits with the exponent 65537; the operating system gives the randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the generator failed.
    pub fn generate_rsa_2048() -> Result<Self, CryptoError> {
        Self::generate(KeyKind::Rsa)
    }

    /// Makes a key over P-384, which signs by ECDSA with SHA-384: for tests, as P-256 is; the authority has no chain for it.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the generator failed.
    pub fn generate_ecdsa_p384() -> Result<Self, CryptoError> {
        Self::from_pair(Pair::Ecdsa(EcdsaKey::generate(Curve::P384)?))
    }

    /// Reads a PKCS#8 `PrivateKeyInfo` (RFC 5208).
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the bytes are not such a key or its parts do not belong
    /// together; [`CryptoError::Weak`] for short keys; [`CryptoError::Unsupported`] for other kinds.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, CryptoError> {
        let info =
            pkcs8::PrivateKeyInfoRef::from_der(der).map_err(|_| CryptoError::KeyUnusable {
                why: "not a PKCS#8 PrivateKeyInfo",
            })?;
        Self::from_pair(match info.algorithm.oid {
            oid::RSA_ENCRYPTION => Pair::Rsa(RsaKey::from_pkcs8(&info)?),
            oid::EC_PUBLIC_KEY => Pair::Ecdsa(EcdsaKey::from_pkcs8(&info, der)?),
            oid::KEY_GOST_2004 | oid::KEY_GOST_2015 => Pair::Gost(GostKey::from_pkcs8(&info)?),
            other => {
                return Err(CryptoError::Unsupported {
                    oid: other.to_string(),
                });
            }
        })
    }

    /// The key as a PKCS#8 `PrivateKeyInfo`: a secret; the copy is wiped when dropped.
    #[must_use]
    pub fn to_pkcs8_der(&self) -> Zeroizing<Vec<u8>> {
        self.0.pkcs8.clone()
    }

    /// The public half as SubjectPublicKeyInfo (RFC 5280 §4.1.2.7).
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.0.spki
    }

    /// The key's kind; [`KeyKind::Ecdsa`] for P-384 too, which signs by [`PrivateKey::signature_algorithm`] alone.
    #[must_use]
    pub fn kind(&self) -> KeyKind {
        match &self.0.pair {
            Pair::Rsa(_) => KeyKind::Rsa,
            Pair::Ecdsa(_) => KeyKind::Ecdsa,
            Pair::Gost(key) => key.kind(),
        }
    }

    /// What the key signs with, where nothing else is asked for: its kind's, but for P-384.
    #[must_use]
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        match &self.0.pair {
            Pair::Ecdsa(key) => key.algorithm(),
            Pair::Rsa(_) | Pair::Gost(_) => self.kind().signature_algorithm(),
        }
    }

    /// Signs the message, in the form that X.509 has: RSA and GOST signatures as they are, an ECDSA
    /// signature as `ECDSA-Sig-Value` (RFC 3279 §2.2.3). RSASSA-PKCS1-v1_5 signatures of a message are always the same.
    ///
    /// # Errors
    /// [`CryptoError::Weak`] where the algorithm is; [`CryptoError::KeyUnusable`] where the key is not
    /// one for the algorithm, or the library refuses it.
    pub fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        match &self.0.pair {
            Pair::Rsa(key) => key.sign(algorithm, message),
            Pair::Ecdsa(key) => key.sign(algorithm, message),
            Pair::Gost(key) => key.sign(algorithm, message),
        }
    }

    fn from_pair(pair: Pair) -> Result<Self, CryptoError> {
        let (pkcs8, spki) = match &pair {
            Pair::Rsa(key) => (key.to_pkcs8()?, key.spki()?),
            Pair::Ecdsa(key) => (key.to_pkcs8()?, key.spki()?),
            Pair::Gost(key) => (key.to_pkcs8()?, key.spki()?),
        };
        Ok(Self(Arc::new(Inner { pair, pkcs8, spki })))
    }
}

/// What is said of a key that is asked for an algorithm of another kind.
pub(crate) const OTHER_ALGORITHM: CryptoError = CryptoError::KeyUnusable {
    why: "the key is not one for this signature algorithm",
};

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_survives_pkcs_8_and_hides_itself() {
        for kind in KeyKind::ALL {
            let key = PrivateKey::generate(kind).unwrap();
            let again = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
            assert_eq!(again.spki_der(), key.spki_der());
            assert_eq!(again.kind(), kind);
            assert_eq!(again.to_pkcs8_der(), key.to_pkcs8_der());
            assert_eq!(format!("{key:?}"), "PrivateKey(hidden)");
        }
    }

    #[test]
    fn a_key_signs_by_the_algorithms_of_its_kind_only() {
        for kind in KeyKind::ALL {
            let key = PrivateKey::generate(kind).unwrap();
            for other in KeyKind::ALL {
                let algorithm = other.signature_algorithm();
                let signature = key.sign(algorithm, b"abc");
                if kind == other {
                    let signature = signature.unwrap();
                    assert_eq!(
                        crate::verify(key.spki_der(), algorithm, b"abc", &signature),
                        Ok(())
                    );
                } else {
                    assert_eq!(signature, Err(OTHER_ALGORITHM));
                }
            }
        }
    }

    #[test]
    fn a_key_over_p_384_signs_with_sha_384_alone() {
        let key = PrivateKey::generate_ecdsa_p384().unwrap();
        assert_eq!(key.kind(), KeyKind::Ecdsa);
        assert_eq!(key.signature_algorithm(), SignatureAlgorithm::EcdsaSha384);
        let again = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
        assert_eq!(again.spki_der(), key.spki_der());
        for algorithm in SignatureAlgorithm::ALL {
            let signature = again.sign(algorithm, b"abc");
            if algorithm == SignatureAlgorithm::EcdsaSha384 {
                let signature = signature.unwrap();
                assert_eq!(
                    crate::verify(key.spki_der(), algorithm, b"abc", &signature),
                    Ok(())
                );
            } else {
                assert_eq!(signature, Err(OTHER_ALGORITHM));
            }
        }
    }

    #[test]
    fn nothing_is_signed_with_sha_1() {
        let key = PrivateKey::generate_rsa_2048().unwrap();
        assert_eq!(
            key.sign(SignatureAlgorithm::RsaSha1, b"abc"),
            Err(CryptoError::Weak {
                why: "a signature with SHA-1"
            })
        );
    }

    #[test]
    fn bytes_that_are_no_key_are_refused() {
        for bytes in [&b""[..], b"\x30\x00", b"-----BEGIN PRIVATE KEY-----"] {
            assert_eq!(
                PrivateKey::from_pkcs8_der(bytes).unwrap_err(),
                CryptoError::KeyUnusable {
                    why: "not a PKCS#8 PrivateKeyInfo"
                }
            );
        }
    }
}
