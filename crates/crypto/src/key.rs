//! Private keys.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding,
};
use der::asn1::{AnyRef, UintRef};
use der::{Decode, SliceReader};
use zeroize::Zeroizing;

use crate::{CryptoError, SignatureAlgorithm, public};

/// A private key, ready to sign.
///
/// Its bytes are wiped when the last clone is dropped, and its `Debug` form shows nothing of them.
/// Holding one says nothing about who may use it.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    pair: KeyPair,
    pkcs8: Zeroizing<Vec<u8>>,
    spki: Vec<u8>,
}

impl PrivateKey {
    /// Makes an RSA key of 2048 bits with the exponent 65537; the operating system gives the randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the generator failed.
    pub fn generate_rsa_2048() -> Result<Self, CryptoError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| CryptoError::KeyUnusable {
            why: "the key generator failed",
        })?;
        Self::from_pair(pair)
    }

    /// Reads a PKCS#8 `PrivateKeyInfo` (RFC 5208) with an RSA key.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where the bytes are not such a key or its parts do not belong
    /// together; [`CryptoError::Weak`] for short keys; [`CryptoError::Unsupported`] for other kinds.
    pub fn from_pkcs8_der(der: &[u8]) -> Result<Self, CryptoError> {
        let info =
            pkcs8::PrivateKeyInfoRef::from_der(der).map_err(|_| CryptoError::KeyUnusable {
                why: "not a PKCS#8 PrivateKeyInfo",
            })?;
        if info.algorithm.oid != public::RSA_ENCRYPTION {
            return Err(CryptoError::Unsupported {
                oid: info.algorithm.oid.to_string(),
            });
        }
        let rsa = info.private_key.as_bytes();
        public::check_modulus(modulus_of(rsa)?)?;
        let pair = KeyPair::from_der(rsa).map_err(|_| CryptoError::KeyUnusable {
            why: "not a consistent RSA private key",
        })?;
        Self::from_pair(pair)
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

    /// Signs the message; the same message gives the same signature.
    ///
    /// # Errors
    /// [`CryptoError::Weak`] where the algorithm is; [`CryptoError::KeyUnusable`] where the library
    /// refuses the key.
    pub fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let padding: &'static dyn RsaEncoding = match algorithm {
            SignatureAlgorithm::RsaSha1 => {
                return Err(CryptoError::Weak {
                    why: "a signature with SHA-1",
                });
            }
            SignatureAlgorithm::RsaSha256 => &RSA_PKCS1_SHA256,
            SignatureAlgorithm::RsaSha384 => &RSA_PKCS1_SHA384,
            SignatureAlgorithm::RsaSha512 => &RSA_PKCS1_SHA512,
        };
        let mut signature = vec![0; self.0.pair.public_modulus_len()];
        self.0
            .pair
            .sign(padding, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the library refused to sign",
            })?;
        Ok(signature)
    }

    fn from_pair(pair: KeyPair) -> Result<Self, CryptoError> {
        let unusable = |why| move |_| CryptoError::KeyUnusable { why };
        let pkcs8 = pair
            .as_der()
            .map_err(unusable("the key cannot be written as PKCS#8"))?;
        let pkcs8 = Zeroizing::new(pkcs8.as_ref().to_vec());
        let spki = pair
            .public_key()
            .as_der()
            .map_err(unusable("the public key cannot be written"))?;
        let spki = spki.as_ref().to_vec();
        public::check_key(&spki)?;
        Ok(Self(Arc::new(Inner { pair, pkcs8, spki })))
    }
}

/// The modulus of an `RSAPrivateKey` (RFC 8017 A.1.2: version, modulus, …), read so that a short key is named as weak.
fn modulus_of(rsa_der: &[u8]) -> Result<&[u8], CryptoError> {
    let read = || -> der::Result<&[u8]> {
        let sequence = AnyRef::from_der(rsa_der)?;
        let mut reader = SliceReader::new(sequence.value())?;
        u8::decode(&mut reader)?;
        Ok(UintRef::decode(&mut reader)?.as_bytes())
    };
    read().map_err(|_| CryptoError::KeyUnusable {
        why: "not an RSAPrivateKey",
    })
}

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
        let key = PrivateKey::generate_rsa_2048().unwrap();
        let again = PrivateKey::from_pkcs8_der(&key.to_pkcs8_der()).unwrap();
        assert_eq!(again.spki_der(), key.spki_der());
        assert_eq!(
            again.sign(SignatureAlgorithm::RsaSha256, b"abc"),
            key.sign(SignatureAlgorithm::RsaSha256, b"abc")
        );
        assert_eq!(format!("{key:?}"), "PrivateKey(hidden)");
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
