//! GOST keys in the national encodings: PKCS#8, SubjectPublicKeyInfo.

use der::asn1::{AnyRef, BitStringRef, OctetStringRef};
use der::oid::ObjectIdentifier;
use der::{Decode, Encode, Sequence};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use zeroize::Zeroizing;

use crate::gost::{Curve, SigningKey, VerifyingKey};
use crate::key::OTHER_ALGORITHM;
use crate::{CryptoError, KeyKind, SignatureAlgorithm, oid};

/// A private GOST key of one of the two kinds.
pub(crate) struct GostKey {
    kind: KeyKind,
    key: SigningKey,
}

/// The national parameters of a key: its curve (or both at once, an OID), and the digest that goes with it.
#[derive(Sequence)]
struct Parameters {
    curve: ObjectIdentifier,
    digest: ObjectIdentifier,
}

const fn curve_of(kind: KeyKind) -> Option<Curve> {
    match kind {
        KeyKind::Gost2004 => Some(Curve::CryptoProA),
        KeyKind::Gost2015 => Some(Curve::Tc26A512),
        KeyKind::Rsa | KeyKind::Ecdsa => None,
    }
}

const UNUSABLE: CryptoError = CryptoError::KeyUnusable {
    why: "the key cannot be written",
};

impl GostKey {
    pub(crate) fn generate(kind: KeyKind) -> Result<Self, CryptoError> {
        let curve = curve_of(kind).ok_or(OTHER_ALGORITHM)?;
        let key = SigningKey::generate(curve)?;
        Ok(Self { kind, key })
    }

    pub(crate) fn from_pkcs8(info: &pkcs8::PrivateKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        let kind = kind_of(&info.algorithm)?;
        let curve = curve_of(kind).ok_or(OTHER_ALGORITHM)?;
        // The OCTET STRING of PKCS#8 holds another, with the little-endian scalar.
        let scalar = <&OctetStringRef>::from_der(info.private_key.as_bytes()).map_err(|_| {
            CryptoError::KeyUnusable {
                why: "not a GOST private key",
            }
        })?;
        let key = SigningKey::from_scalar(curve, scalar.as_bytes())?;
        Ok(Self { kind, key })
    }

    pub(crate) fn kind(&self) -> KeyKind {
        self.kind
    }

    pub(crate) fn to_pkcs8(&self) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let parameters = parameters_der(self.kind).map_err(|_| UNUSABLE)?;
        let write = || -> der::Result<Zeroizing<Vec<u8>>> {
            let inner = Zeroizing::new(OctetStringRef::new(self.key.scalar())?.to_der()?);
            let algorithm = algorithm(self.kind, &parameters)?;
            let info =
                pkcs8::PrivateKeyInfoRef::new(algorithm, OctetStringRef::new(inner.as_slice())?);
            Ok(Zeroizing::new(info.to_der()?))
        };
        write().map_err(|_| UNUSABLE)
    }

    pub(crate) fn spki(&self) -> Result<Vec<u8>, CryptoError> {
        let write = || -> der::Result<Vec<u8>> {
            let parameters = parameters_der(self.kind)?;
            let inner = OctetStringRef::new(self.key.public().xy())?.to_der()?;
            SubjectPublicKeyInfoRef {
                algorithm: algorithm(self.kind, &parameters)?,
                subject_public_key: BitStringRef::from_bytes(&inner)?,
            }
            .to_der()
        };
        write().map_err(|_| UNUSABLE)
    }

    pub(crate) fn sign(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        if algorithm != self.kind.signature_algorithm() {
            return Err(OTHER_ALGORITHM);
        }
        self.key.sign(&algorithm.digest().digest(message))
    }
}

/// A public GOST key of one of the two kinds: a point of its curve.
pub(crate) struct GostVerifier {
    kind: KeyKind,
    key: VerifyingKey,
}

impl GostVerifier {
    pub(crate) fn from_spki(spki: &SubjectPublicKeyInfoRef<'_>) -> Result<Self, CryptoError> {
        let unusable = |why| CryptoError::KeyUnusable { why };
        let kind = kind_of(&spki.algorithm)?;
        let curve = curve_of(kind).ok_or(OTHER_ALGORITHM)?;
        let bits = spki
            .subject_public_key
            .as_bytes()
            .ok_or_else(|| unusable("the key is not a whole number of bytes"))?;
        let xy =
            <&OctetStringRef>::from_der(bits).map_err(|_| unusable("not a GOST public key"))?;
        let key = VerifyingKey::from_xy(curve, xy.as_bytes())?;
        Ok(Self { kind, key })
    }

    /// Verifies by the algorithm of the key's kind.
    pub(crate) fn verify(
        &self,
        algorithm: SignatureAlgorithm,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        if algorithm != self.kind.signature_algorithm() {
            return Err(OTHER_ALGORITHM);
        }
        self.key
            .verify(&algorithm.digest().digest(message), signature)
    }
}

/// The kind that an identifier names: the key's OID with exactly the parameters of the national profile. Other curves
/// and digests (the Russian OIDs among them) are not mixed in.
fn kind_of(algorithm: &AlgorithmIdentifierRef<'_>) -> Result<KeyKind, CryptoError> {
    let kind = match algorithm.oid {
        oid::KEY_GOST_2004 => KeyKind::Gost2004,
        oid::KEY_GOST_2015 => KeyKind::Gost2015,
        other => {
            return Err(CryptoError::Unsupported {
                oid: other.to_string(),
            });
        }
    };
    let wanted = parameters(kind);
    let found: Parameters = algorithm
        .parameters
        .and_then(|parameters| parameters.decode_as().ok())
        .ok_or(CryptoError::KeyUnusable {
            why: "the parameters of a GOST key are not those of the national profile",
        })?;
    if (found.curve, found.digest) != (wanted.curve, wanted.digest) {
        return Err(CryptoError::Unsupported {
            oid: found.curve.to_string(),
        });
    }
    Ok(kind)
}

const fn parameters(kind: KeyKind) -> Parameters {
    match kind {
        KeyKind::Gost2004 => Parameters {
            curve: oid::CURVE_GOST_2004,
            digest: oid::SBOX_GOST_34311,
        },
        _ => Parameters {
            curve: oid::CURVE_GOST_2015,
            digest: oid::DIGEST_STREEBOG_512,
        },
    }
}

fn parameters_der(kind: KeyKind) -> der::Result<Vec<u8>> {
    parameters(kind).to_der()
}

fn algorithm(kind: KeyKind, parameters: &[u8]) -> der::Result<AlgorithmIdentifierRef<'_>> {
    Ok(AlgorithmIdentifierRef {
        oid: match kind {
            KeyKind::Gost2004 => oid::KEY_GOST_2004,
            _ => oid::KEY_GOST_2015,
        },
        parameters: Some(AnyRef::from_der(parameters)?),
    })
}
