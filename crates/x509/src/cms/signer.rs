//! Who signed, and by what: what SignerInfo (RFC 5652 §5.3) says of it.

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Encode, Tag, TagNumber};
use qaqpa_crypto::{CryptoError, DigestAlgorithm, SignatureAlgorithm, constant_time_eq, weak};
use spki::AlgorithmIdentifierRef;
use thiserror::Error;

use super::parts::{context, inside, sequence, serial_of, tag_of, tlv, value_of};
use crate::asn1::SignatureFault;
use crate::{Certificate, ObjectIdentifier};

/// Why what is said of a signer is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SignerError {
    /// The signature is not one of this key over these attributes.
    #[error("the signature is wrong")]
    BadSignature,
    /// The digest of the signer is not the one of his signature.
    #[error("digest and signature are of different algorithms")]
    DigestOther,
    /// A part has not its form.
    #[error("malformed: {what}")]
    Malformed {
        /// Which part.
        what: &'static str,
    },
    /// The attribute signingCertificate names another certificate.
    #[error("another certificate than the signer's is named")]
    SigningCertificateWrong,
    /// An algorithm is not offered.
    #[error("{oid} is not supported")]
    Unsupported {
        /// The algorithm.
        oid: String,
    },
    /// An algorithm or a key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

/// What the attribute that names the signer's certificate is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SigningCertificate {
    /// signingCertificate (RFC 2634 §5.4), by SHA-1: in the national authority's tokens. It is a second preimage that
    /// would be needed to name another certificate.
    V1,
    /// signingCertificateV2 (RFC 5035 §3), by any strong digest.
    V2,
}

impl From<SignatureFault> for SignerError {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::Bad => Self::BadSignature,
            SignatureFault::Unsupported(oid) => Self::Unsupported { oid },
            SignatureFault::Weak(why) => Self::Weak { why },
        }
    }
}

impl From<CryptoError> for SignerError {
    fn from(error: CryptoError) -> Self {
        SignatureFault::from(error).into()
    }
}

/// Whether a SignerIdentifier means this certificate: issuer and serial number, or `[0]` the key identifier.
#[must_use]
pub fn is_meant(sid: &[u8], certificate: &Certificate) -> bool {
    let key_identifier = Tag::ContextSpecific {
        constructed: false,
        number: TagNumber(0),
    };
    match tag_of(sid) {
        Ok(Tag::Sequence) => issuer_and_serial(certificate).is_ok_and(|expected| expected == sid),
        Ok(tag) if tag == key_identifier => {
            value_of(tag, sid).is_ok_and(|ski| Some(ski) == certificate.ski())
        }
        _ => false,
    }
}

/// IssuerAndSerialNumber of a certificate (RFC 5652 §10.2.4).
///
/// # Errors
/// Never for a certificate that was read: it is shorter than DER's limit.
pub fn issuer_and_serial(certificate: &Certificate) -> der::Result<Vec<u8>> {
    sequence(&[certificate.issuer_der(), &serial_of(certificate)?])
}

/// The digest that a signer names.
///
/// # Errors
/// [`SignerError::Malformed`]; [`SignerError::Unsupported`]; [`SignerError::Weak`] for MD5. SHA-1 is one: whether it is
/// accepted is asked with the signature's algorithm.
pub fn digest_of(der: &[u8]) -> Result<DigestAlgorithm, SignerError> {
    let identifier = identifier_of(der)?;
    let oid = identifier.oid;
    let plain = identifier.parameters.is_none_or(AnyRef::is_null);
    DigestAlgorithm::from_oid(&oid)
        .filter(|_| plain)
        .ok_or_else(|| match weak::of_oid(&oid) {
            Some(why) => SignerError::Weak { why },
            None => SignerError::Unsupported {
                oid: oid.to_string(),
            },
        })
}

/// The signature's algorithm, which names the key alone for RSA (RFC 3370 §3.2), with the digest's.
///
/// # Errors
/// [`SignerError`], but for [`SignerError::BadSignature`].
///
/// Source: RFC 5652 §5.3.
pub fn algorithm_of(
    der: &[u8],
    digest: DigestAlgorithm,
) -> Result<SignatureAlgorithm, SignerError> {
    let identifier = identifier_of(der)?;
    let plain_rsa = identifier.oid == qaqpa_crypto::oid::RSA_ENCRYPTION
        && identifier.parameters.is_none_or(AnyRef::is_null);
    let algorithm = match (plain_rsa, digest) {
        (true, DigestAlgorithm::Sha1) => SignatureAlgorithm::RsaSha1,
        (true, DigestAlgorithm::Sha256) => SignatureAlgorithm::RsaSha256,
        (true, DigestAlgorithm::Sha384) => SignatureAlgorithm::RsaSha384,
        (true, DigestAlgorithm::Sha512) => SignatureAlgorithm::RsaSha512,
        (true, _) => {
            return Err(SignerError::Unsupported {
                oid: identifier.oid.to_string(),
            });
        }
        (false, _) => {
            SignatureAlgorithm::from_identifier(&identifier).map_err(CryptoError::from)?
        }
    };
    if algorithm.digest() != digest {
        return Err(SignerError::DigestOther);
    }
    if algorithm.is_weak() {
        return Err(SignerError::Weak {
            why: "a signature with SHA-1",
        });
    }
    Ok(algorithm)
}

/// The identifier that a signature's algorithm is written as: that of the key alone for RSASSA-PKCS1-v1_5, which every
/// reader of CMS knows (RFC 3370 §3.2).
#[must_use]
pub fn algorithm_der(algorithm: SignatureAlgorithm) -> Vec<u8> {
    match algorithm {
        SignatureAlgorithm::RsaSha256
        | SignatureAlgorithm::RsaSha384
        | SignatureAlgorithm::RsaSha512 => RSA_ENCRYPTION_DER.to_vec(),
        _ => algorithm.identifier_der(),
    }
}

/// rsaEncryption with NULL.
const RSA_ENCRYPTION_DER: [u8; 15] = [
    0x30, 13, 0x06, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0,
];

/// A digest's identifier, with NULL (RFC 5754 §2 lets both forms stand; the national one has NULL).
///
/// # Errors
/// Never: an OID and NULL have a DER form.
pub fn digest_der(digest: DigestAlgorithm) -> der::Result<Vec<u8>> {
    AlgorithmIdentifierRef {
        oid: digest.oid(),
        parameters: Some(AnyRef::NULL),
    }
    .to_der()
}

/// Whether the value of an attribute signingCertificate names this certificate.
///
/// # Errors
/// [`SignerError::Malformed`]; [`SignerError::SigningCertificateWrong`]; [`SignerError::Unsupported`].
///
/// Source: RFC 5035 §5.4: "The first certificate identified in the sequence … MUST be the certificate used to verify".
pub fn check_signing_certificate(
    value: &[u8],
    version: SigningCertificate,
    certificate: &Certificate,
) -> Result<(), SignerError> {
    let what = "the attribute signingCertificate";
    let broken = |_: der::Error| SignerError::Malformed { what };
    let malformed = || SignerError::Malformed { what };
    let ids = inside(Tag::Sequence, value, 2).map_err(broken)?;
    let ids = ids.first().ok_or_else(malformed)?;
    let ids = inside(Tag::Sequence, ids, IDS_MAX).map_err(broken)?;
    let id = ids.first().ok_or_else(malformed)?;
    let parts = inside(Tag::Sequence, id, 3).map_err(broken)?;
    let mut parts = &parts[..];
    let mut algorithm = match version {
        SigningCertificate::V1 => DigestAlgorithm::Sha1,
        // The DEFAULT of ESSCertIDv2.
        SigningCertificate::V2 => DigestAlgorithm::Sha256,
    };
    if let ([first, rest @ ..], SigningCertificate::V2) = (parts, version)
        && tag_of(first).is_ok_and(|tag| tag == Tag::Sequence)
    {
        let named = identifier_of(first)?.oid;
        algorithm = DigestAlgorithm::from_oid(&named).ok_or_else(|| SignerError::Unsupported {
            oid: named.to_string(),
        })?;
        parts = rest;
    }
    let (hash, issued) = match parts {
        [hash] => (hash, None),
        [hash, issued] => (hash, Some(issued)),
        _ => return Err(malformed()),
    };
    let hash = value_of(Tag::OctetString, hash).map_err(broken)?;
    let names_it = match issued {
        None => true,
        Some(issued) => issuer_serial(certificate).is_ok_and(|expected| expected == **issued),
    };
    if names_it && constant_time_eq(&algorithm.digest(certificate.der()), hash) {
        Ok(())
    } else {
        Err(SignerError::SigningCertificateWrong)
    }
}

/// Certificates named in one attribute.
const IDS_MAX: usize = 32;

/// The value of the attribute signingCertificate or signingCertificateV2 (by SHA-256, its default) for a certificate.
///
/// # Errors
/// Never for a certificate that was read.
pub fn signing_certificate(
    version: SigningCertificate,
    certificate: &Certificate,
) -> der::Result<Vec<u8>> {
    let digest = match version {
        SigningCertificate::V1 => DigestAlgorithm::Sha1,
        // The DEFAULT of ESSCertIDv2, which DER leaves out.
        SigningCertificate::V2 => DigestAlgorithm::Sha256,
    };
    let hash = digest.digest(certificate.der());
    // ESSCertID: digest, issuer and serial number (RFC 5035 §4, §5).
    let id = sequence(&[
        &OctetStringRef::new(&hash)?.to_der()?,
        &issuer_serial(certificate)?,
    ])?;
    // SigningCertificate { certs SEQUENCE OF ESSCertID }.
    sequence(&[&sequence(&[&id])?])
}

impl SigningCertificate {
    /// The attribute's OID.
    #[must_use]
    pub const fn oid(self) -> ObjectIdentifier {
        match self {
            Self::V1 => crate::oid::ATTRIBUTE_SIGNING_CERTIFICATE,
            Self::V2 => crate::oid::ATTRIBUTE_SIGNING_CERTIFICATE_V2,
        }
    }
}

/// IssuerSerial of a certificate (RFC 5035 §5): the issuer is GeneralNames with one directoryName `[4]`.
fn issuer_serial(certificate: &Certificate) -> der::Result<Vec<u8>> {
    let issuer = sequence(&[&tlv(context(4), certificate.issuer_der())?])?;
    sequence(&[&issuer, &serial_of(certificate)?])
}

fn identifier_of(der: &[u8]) -> Result<AlgorithmIdentifierRef<'_>, SignerError> {
    AlgorithmIdentifierRef::from_der(der).map_err(|_| SignerError::Malformed {
        what: "an algorithm",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rsa_signature_is_written_by_its_key_and_read_with_its_digest() {
        let rsa = algorithm_der(SignatureAlgorithm::RsaSha384);
        assert_eq!(
            AlgorithmIdentifierRef::from_der(&rsa).unwrap().oid,
            qaqpa_crypto::oid::RSA_ENCRYPTION
        );
        for algorithm in SignatureAlgorithm::ALL {
            let read = algorithm_of(&algorithm_der(algorithm), algorithm.digest());
            match algorithm.is_weak() {
                true => assert_eq!(
                    read,
                    Err(SignerError::Weak {
                        why: "a signature with SHA-1"
                    })
                ),
                false => assert_eq!(read, Ok(algorithm)),
            }
        }
        let ecdsa = algorithm_der(SignatureAlgorithm::EcdsaSha256);
        assert_eq!(
            algorithm_of(&ecdsa, DigestAlgorithm::Sha384),
            Err(SignerError::DigestOther)
        );
        assert!(matches!(
            algorithm_of(&rsa, DigestAlgorithm::Streebog512),
            Err(SignerError::Unsupported { .. })
        ));
    }

    #[test]
    fn a_digest_is_read_back_and_md5_is_weak() {
        for digest in DigestAlgorithm::ALL {
            assert_eq!(digest_of(&digest_der(digest).unwrap()), Ok(digest));
        }
        let md5 = [0x30, 10, 6, 8, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5];
        assert_eq!(
            digest_of(&md5),
            Err(SignerError::Weak {
                why: "a digest with MD5"
            })
        );
    }
}
