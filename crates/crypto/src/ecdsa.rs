//! ECDSA keys and signatures over P-256 and P-384 (FIPS 186-5, RFC 5480).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair as _, VerificationAlgorithm};
use der::asn1::UintRef;
use der::oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence};
use spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

use crate::key::OTHER_ALGORITHM;
use crate::{CryptoError, SignatureAlgorithm, oid};

/// A private key over P-256.
pub(crate) struct EcdsaKey(EcdsaKeyPair);

const UNUSABLE: CryptoError = CryptoError::KeyUnusable {
    why: "not a consistent key over P-256",
};

impl EcdsaKey {
    pub(crate) fn generate() -> Result<Self, CryptoError> {
        EcdsaKeyPair::generate(&lc::ECDSA_P256_SHA256_ASN1_SIGNING)
            .map(Self)
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the key generator failed",
            })
    }

    pub(crate) fn from_pkcs8(
        info: &pkcs8::PrivateKeyInfoRef<'_>,
        der: &[u8],
    ) -> Result<Self, CryptoError> {
        let curve = info
            .algorithm
            .parameters_oid()
            .map_err(|_| CryptoError::KeyUnusable {
                why: "the curve has no name",
            })?;
        if curve != oid::CURVE_P256 {
            return Err(CryptoError::Unsupported {
                oid: curve.to_string(),
            });
        }
        EcdsaKeyPair::from_pkcs8(&lc::ECDSA_P256_SHA256_ASN1_SIGNING, der)
            .map(Self)
            .map_err(|_| UNUSABLE)
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let pkcs8 = self.0.to_pkcs8v1().map_err(|_| UNUSABLE)?;
        Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let spki = self.0.public_key().as_der().map_err(|_| UNUSABLE)?;
        Ok(spki.as_ref().to_vec())
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        if algorithm != SignatureAlgorithm::EcdsaSha256 {
            return Err(OTHER_ALGORITHM);
        }
        let signature = self
            .0
            .sign(&SystemRandom::new(), message)
            .map_err(|_| UNUSABLE)?;
        Ok(signature.as_ref().to_vec())
    }
}

/// Verifies an `ECDSA-Sig-Value` by a key over the algorithm's curve.
pub(crate) fn verify(
    spki: &SubjectPublicKeyInfoRef<'_>,
    algorithm: SignatureAlgorithm,
    message: &[u8],
    signature: &[u8],
) -> Result<(), CryptoError> {
    let (parameters, wanted): (&lc::EcdsaVerificationAlgorithm, _) = match algorithm {
        SignatureAlgorithm::EcdsaSha256 => (&lc::ECDSA_P256_SHA256_ASN1, oid::CURVE_P256),
        SignatureAlgorithm::EcdsaSha384 => (&lc::ECDSA_P384_SHA384_ASN1, oid::CURVE_P384),
        _ => return Err(OTHER_ALGORITHM),
    };
    let (curve, point) = point(spki)?;
    if curve != wanted {
        return Err(OTHER_ALGORITHM);
    }
    parameters
        .verify_sig(point, message, signature)
        .map_err(|_| CryptoError::BadSignature)
}

/// Whether a key is a point of one of the two curves.
pub(crate) fn check(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<(), CryptoError> {
    let (curve, point) = point(spki)?;
    let algorithm: &'static lc::EcdsaVerificationAlgorithm = if curve == oid::CURVE_P256 {
        &lc::ECDSA_P256_SHA256_ASN1
    } else {
        &lc::ECDSA_P384_SHA384_ASN1
    };
    lc::ParsedPublicKey::new(algorithm, point)
        .map(|_| ())
        .map_err(|_| CryptoError::KeyUnusable {
            why: "not a point of its curve",
        })
}

/// `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` (RFC 3279 §2.2.3).
#[derive(Sequence)]
struct SigValue<'a> {
    r: UintRef<'a>,
    s: UintRef<'a>,
}

/// `ECDSA-Sig-Value` as r‖s, each big-endian with exactly `bytes` bytes.
pub(crate) fn raw_of_der(signature: &[u8], bytes: usize) -> Result<Vec<u8>, CryptoError> {
    let value = SigValue::from_der(signature).map_err(|_| CryptoError::BadSignature)?;
    let mut raw = vec![0; 2 * bytes];
    for (number, place) in [value.r, value.s].iter().zip(raw.chunks_exact_mut(bytes)) {
        let digits = number.as_bytes();
        let start = bytes
            .checked_sub(digits.len())
            .ok_or(CryptoError::BadSignature)?;
        place[start..].copy_from_slice(digits);
    }
    Ok(raw)
}

/// r‖s, each big-endian with exactly `bytes` bytes, as `ECDSA-Sig-Value`.
pub(crate) fn der_of_raw(raw: &[u8], bytes: usize) -> Result<Vec<u8>, CryptoError> {
    if raw.len() != 2 * bytes {
        return Err(CryptoError::BadSignature);
    }
    let (r, s) = raw.split_at(bytes);
    let write = || -> der::Result<Vec<u8>> {
        SigValue {
            r: UintRef::new(r)?,
            s: UintRef::new(s)?,
        }
        .to_der()
    };
    write().map_err(|_| CryptoError::BadSignature)
}

/// The curve's name and the uncompressed point. RFC 5480 §2.1.1: only named curves; parameters that are spelt out are
/// refused (CVE-2020-0601).
fn point<'a>(
    spki: &SubjectPublicKeyInfoRef<'a>,
) -> Result<(ObjectIdentifier, &'a [u8]), CryptoError> {
    let unusable = |why| CryptoError::KeyUnusable { why };
    let curve = spki
        .algorithm
        .parameters_oid()
        .map_err(|_| unusable("the curve has no name"))?;
    let bytes = match curve {
        oid::CURVE_P256 => 65,
        oid::CURVE_P384 => 97,
        other => {
            return Err(CryptoError::Unsupported {
                oid: other.to_string(),
            });
        }
    };
    let point = spki
        .subject_public_key
        .as_bytes()
        .ok_or_else(|| unusable("the key is not a whole number of bytes"))?;
    if point.len() != bytes || point[0] != 0x04 {
        return Err(unusable("not an uncompressed point of its curve"));
    }
    Ok((curve, point))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_say_the_same_and_lengths_are_strict() {
        let raw = [&[0; 31][..], &[0x81], &[0; 30], &[1, 2]].concat();
        let der = [0x30, 8, 2, 2, 0, 0x81, 2, 2, 1, 2];
        assert_eq!(der_of_raw(&raw, 32).unwrap(), der);
        assert_eq!(raw_of_der(&der, 32).unwrap(), raw);
        for bad in [&raw[1..], &[&raw[..], &[0]].concat(), &der, &[]] {
            assert_eq!(der_of_raw(bad, 32), Err(CryptoError::BadSignature));
        }
        let long = [&[0x30, 38, 2, 33, 1][..], &[0; 32], &[2, 1, 1]].concat();
        let negative = [0x30, 6, 2, 1, 0x81, 2, 1, 1];
        let trailing = [&der[..], &[0]].concat();
        for bad in [&long[..], &negative, &trailing, &der[..9], &raw, &[]] {
            assert_eq!(raw_of_der(bad, 32), Err(CryptoError::BadSignature));
        }
    }
}
