//! RSA keys and signatures (RFC 8017: RSASSA-PKCS1-v1_5 and RSASSA-PSS).

use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::{KeyPair as _, VerificationAlgorithm as _};
use der::asn1::{AnyRef, UintRef};
use der::{Decode, Sequence, SliceReader};
use spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

use crate::key::OTHER_ALGORITHM;
use crate::{CryptoError, SignatureAlgorithm};

/// The fewest bits of an RSA modulus that are not weak (NIST SP 800-57: 112 bits of strength).
pub const RSA_BITS_MIN: usize = 2048;

/// The most bits of an RSA modulus: more would let a peer's key eat our time.
pub const RSA_BITS_MAX: usize = 8192;

/// The smallest public exponent that is not weak (FIPS 186-5: above 2^16).
const RSA_EXPONENT_MIN: u64 = 65_537;

/// A private RSA key.
pub(crate) struct RsaKey(KeyPair);

impl RsaKey {
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        KeyPair::generate(KeySize::Rsa2048)
            .map(Self)
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the key generator failed",
            })
    }

    pub(crate) fn from_pkcs8(info: &pkcs8::PrivateKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        let rsa = info.private_key.as_bytes();
        check_modulus(modulus_of(rsa)?)?;
        let key = Self(
            KeyPair::from_der(rsa).map_err(|_| CryptoError::KeyUnusable {
                why: "not a consistent RSA private key",
            })?,
        );
        check_key(&key.spki()?)?;
        Ok(key)
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let pkcs8 = self.0.as_der().map_err(|_| CryptoError::KeyUnusable {
            why: "the key cannot be written as PKCS#8",
        })?;
        Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let spki = self
            .0
            .public_key()
            .as_der()
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the public key cannot be written",
            })?;
        Ok(spki.as_ref().to_vec())
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        let padding: &'static dyn lc::RsaEncoding = match algorithm {
            SignatureAlgorithm::RsaSha1 => return Err(SHA_1),
            SignatureAlgorithm::RsaSha256 => &lc::RSA_PKCS1_SHA256,
            SignatureAlgorithm::RsaSha384 => &lc::RSA_PKCS1_SHA384,
            SignatureAlgorithm::RsaSha512 => &lc::RSA_PKCS1_SHA512,
            // The salt has the digest's length, the mask is by the same digest.
            SignatureAlgorithm::RsaPssSha256 => &lc::RSA_PSS_SHA256,
            SignatureAlgorithm::RsaPssSha384 => &lc::RSA_PSS_SHA384,
            SignatureAlgorithm::RsaPssSha512 => &lc::RSA_PSS_SHA512,
            _ => return Err(OTHER_ALGORITHM),
        };
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(padding, &SystemRandom::new(), message, &mut signature)
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the library refused to sign",
            })?;
        Ok(signature)
    }
}

const SHA_1: CryptoError = CryptoError::Weak {
    why: "a signature with SHA-1",
};

/// A public RSA key that may be used, kept as the library reads it.
///
/// The library ties a key that it has read to one algorithm: each is read when it is first asked for.
pub(crate) struct RsaVerifier {
    /// `RSAPublicKey`.
    der: Vec<u8>,
    read: [OnceLock<Option<lc::ParsedPublicKey>>; PARAMETERS.len()],
}

/// The algorithms by which RSA keys verify. RSASSA-PSS: the salt has the digest's length, the mask is by the same digest.
static PARAMETERS: [(SignatureAlgorithm, &lc::RsaParameters); 6] = [
    (
        SignatureAlgorithm::RsaSha256,
        &lc::RSA_PKCS1_2048_8192_SHA256,
    ),
    (
        SignatureAlgorithm::RsaSha384,
        &lc::RSA_PKCS1_2048_8192_SHA384,
    ),
    (
        SignatureAlgorithm::RsaSha512,
        &lc::RSA_PKCS1_2048_8192_SHA512,
    ),
    (
        SignatureAlgorithm::RsaPssSha256,
        &lc::RSA_PSS_2048_8192_SHA256,
    ),
    (
        SignatureAlgorithm::RsaPssSha384,
        &lc::RSA_PSS_2048_8192_SHA384,
    ),
    (
        SignatureAlgorithm::RsaPssSha512,
        &lc::RSA_PSS_2048_8192_SHA512,
    ),
];

fn parameters(
    algorithm: SignatureAlgorithm,
) -> Result<(usize, &'static lc::RsaParameters), CryptoError> {
    if algorithm == SignatureAlgorithm::RsaSha1 {
        return Err(SHA_1);
    }
    let mut known = PARAMETERS.iter().enumerate();
    known
        .find(|(_, (known, _))| *known == algorithm)
        .map(|(at, (_, parameters))| (at, *parameters))
        .ok_or(OTHER_ALGORITHM)
}

impl RsaVerifier {
    pub(crate) fn from_spki(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        Ok(Self {
            der: RsaPublicKey::bytes_in(spki)?.to_vec(),
            read: Default::default(),
        })
    }

    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        let (at, parameters) = parameters(algorithm)?;
        let key =
            self.read[at].get_or_init(|| lc::ParsedPublicKey::new(parameters, &self.der).ok());
        let key = key.as_ref().ok_or(CryptoError::KeyUnusable {
            why: "the library refuses the RSA key",
        })?;
        key.verify_sig(message, signature)
            .map_err(|_| CryptoError::BadSignature)
    }
}

/// Verifies by an RSA key, once.
pub(crate) fn verify(
    spki: &SubjectPublicKeyInfoRef<'_>,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let (_, parameters) = parameters(algorithm)?;
    let key = RsaPublicKey::bytes_in(spki)?;
    parameters
        .verify_sig(key, message, signature)
        .map_err(|_| CryptoError::BadSignature)
}

/// Whether an RSA key may be used at all.
pub(crate) fn check(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<(), CryptoError> {
    RsaPublicKey::bytes_in(spki).map(|_| ())
}

fn check_key(spki_der: &[u8]) -> Result<(), CryptoError> {
    crate::public::check_key(spki_der)
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 A.1.1).
#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

impl<'a> RsaPublicKey<'a> {
    /// The `RSAPublicKey` in a SubjectPublicKeyInfo, where the key may be used.
    fn bytes_in(spki: &SubjectPublicKeyInfoRef<'a>) -> Result<&'a [u8], CryptoError> {
        let unusable = |why| CryptoError::KeyUnusable { why };
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
        Ok(bits)
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

/// Whether a modulus (big-endian, no leading zeros) has a length that is used and is odd.
fn check_modulus(modulus: &[u8]) -> Result<(), CryptoError> {
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
