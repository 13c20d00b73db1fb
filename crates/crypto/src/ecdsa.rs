//! ECDSA keys and signatures over P-256 and P-384 (FIPS 186-5, RFC 5480).

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature as lc;
use aws_lc_rs::signature::{EcdsaKeyPair, KeyPair as _};
use der::asn1::UintRef;
use der::oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence};
use spki::SubjectPublicKeyInfoRef;
use zeroize::Zeroizing;

use crate::key::OTHER_ALGORITHM;
use crate::{CryptoError, SignatureAlgorithm, oid};

/// A private key over P-256 or P-384.
pub(crate) struct EcdsaKey {
    pair: EcdsaKeyPair,
    curve: Curve,
}

/// The curves that are offered, each with the one digest that goes with it here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Curve {
    P256,
    P384,
}

impl Curve {
    fn from_oid(oid: ObjectIdentifier) -> Result<Self, CryptoError> {
        match oid {
            oid::CURVE_P256 => Ok(Self::P256),
            oid::CURVE_P384 => Ok(Self::P384),
            other => Err(CryptoError::Unsupported {
                oid: other.to_string(),
            }),
        }
    }

    pub(crate) const fn algorithm(self) -> SignatureAlgorithm {
        match self {
            Self::P256 => SignatureAlgorithm::EcdsaSha256,
            Self::P384 => SignatureAlgorithm::EcdsaSha384,
        }
    }

    const fn signing(self) -> &'static lc::EcdsaSigningAlgorithm {
        match self {
            Self::P256 => &lc::ECDSA_P256_SHA256_ASN1_SIGNING,
            Self::P384 => &lc::ECDSA_P384_SHA384_ASN1_SIGNING,
        }
    }

    const fn verifying(self) -> &'static lc::EcdsaVerificationAlgorithm {
        match self {
            Self::P256 => &lc::ECDSA_P256_SHA256_ASN1,
            Self::P384 => &lc::ECDSA_P384_SHA384_ASN1,
        }
    }

    /// Bytes of an uncompressed point.
    const fn point_bytes(self) -> usize {
        match self {
            Self::P256 => 65,
            Self::P384 => 97,
        }
    }
}

const UNUSABLE: CryptoError = CryptoError::KeyUnusable {
    why: "not a consistent key over its curve",
};

impl EcdsaKey {
    pub(crate) fn generate(curve: Curve) -> Result<Self, CryptoError> {
        EcdsaKeyPair::generate(curve.signing())
            .map(|pair| Self { pair, curve })
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
        let curve = Curve::from_oid(curve)?;
        EcdsaKeyPair::from_pkcs8(curve.signing(), der)
            .map(|pair| Self { pair, curve })
            .map_err(|_| UNUSABLE)
    }

    pub(crate) const fn algorithm(&self) -> SignatureAlgorithm {
        self.curve.algorithm()
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let pkcs8 = self.pair.to_pkcs8v1().map_err(|_| UNUSABLE)?;
        Ok(Zeroizing::new(pkcs8.as_ref().to_vec()))
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let spki = self.pair.public_key().as_der().map_err(|_| UNUSABLE)?;
        Ok(spki.as_ref().to_vec())
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        if algorithm != self.algorithm() {
            return Err(OTHER_ALGORITHM);
        }
        let signature = self
            .pair
            .sign(&SystemRandom::new(), message)
            .map_err(|_| UNUSABLE)?;
        Ok(signature.as_ref().to_vec())
    }
}

/// A public key over P-256 or P-384, read once.
pub(crate) struct EcdsaVerifier {
    key: lc::ParsedPublicKey,
    curve: Curve,
}

impl EcdsaVerifier {
    pub(crate) fn from_spki(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        let (curve, point) = point(spki)?;
        let key = lc::ParsedPublicKey::new(curve.verifying(), point);
        let key = key.map_err(|_| CryptoError::KeyUnusable {
            why: "not a point of its curve",
        })?;
        Ok(Self { key, curve })
    }

    /// Verifies an `ECDSA-Sig-Value` by a key over the algorithm's curve.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        if algorithm != self.curve.algorithm() {
            return Err(OTHER_ALGORITHM);
        }
        self.key
            .verify_sig(message, signature)
            .map_err(|_| CryptoError::BadSignature)
    }
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
fn point<'a>(spki: &SubjectPublicKeyInfoRef<'a>) -> Result<(Curve, &'a [u8]), CryptoError> {
    let unusable = |why| CryptoError::KeyUnusable { why };
    let curve = spki
        .algorithm
        .parameters_oid()
        .map_err(|_| unusable("the curve has no name"))?;
    let curve = Curve::from_oid(curve)?;
    let point = spki
        .subject_public_key
        .as_bytes()
        .ok_or_else(|| unusable("the key is not a whole number of bytes"))?;
    if point.len() != curve.point_bytes() || point[0] != 0x04 {
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
