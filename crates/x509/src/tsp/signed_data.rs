//! The CMS around TSTInfo, taken apart (RFC 5652 §5): who signed the content, and by which certificate.

use der::asn1::{AnyRef, OctetStringRef};
use der::{Decode, Tag, TagNumber};
use qaqpa_crypto::{CryptoError, DigestAlgorithm, SignatureAlgorithm, constant_time_eq};
use spki::AlgorithmIdentifierRef;

use super::StampError;
use super::asn1::{
    context, elements, inside, issuer_and_serial, issuer_serial, sorted, tag_of, tlv, value_of,
};
use super::error::{malformed, unsupported};
use crate::asn1::signature_algorithm;
use crate::{Certificate, ObjectIdentifier, oid};

/// Bytes of one token: with its chain about 6 000.
const TOKEN_BYTES_MAX: usize = 256 * 1024;
/// Elements of one SET or SEQUENCE of a token: certificates, attributes.
const ELEMENTS_MAX: usize = 32;

/// A ContentInfo taken apart; its certificates are read, nothing is proven.
pub(super) struct Token<'a> {
    /// The DER of TSTInfo.
    pub(super) info: &'a [u8],
    pub(super) certificates: Vec<Certificate>,
    /// The parts of the only SignerInfo.
    signer: Vec<&'a [u8]>,
}

impl<'a> Token<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, StampError> {
        if der.len() > TOKEN_BYTES_MAX {
            return Err(malformed("it is too long"));
        }
        let broken = |what| move |_: der::Error| malformed(what);
        let outer = inside(Tag::Sequence, der, 2).map_err(broken("ContentInfo"))?;
        let [kind, content] = outer[..] else {
            return Err(malformed("ContentInfo"));
        };
        if oid_of(kind) != Some(oid::CMS_SIGNED_DATA) {
            return Err(malformed("it is no SignedData"));
        }
        let signed_data = value_of(context(0), content)
            .and_then(|value| inside(Tag::Sequence, value, 6))
            .map_err(broken("SignedData"))?;
        let [version, _digests, content, rest @ .., signers] = &signed_data[..] else {
            return Err(malformed("SignedData"));
        };
        // RFC 5652 §5.1: 3, or more where other formats of certificates or lists are there.
        if !matches!(u8::from_der(version), Ok(3..=5)) {
            return Err(malformed("the version of SignedData"));
        }
        let mut certificates = Vec::new();
        let mut last = None;
        for part in rest {
            let tag = tag_of(part).map_err(broken("SignedData"))?;
            // Certificates [0], then lists [1], each at most once.
            if (tag != context(0) && tag != context(1)) || last >= Some(tag) {
                return Err(malformed("SignedData"));
            }
            last = Some(tag);
            if tag == context(0) {
                certificates = inside(tag, part, ELEMENTS_MAX)
                    .map_err(broken("the certificates"))?
                    .into_iter()
                    // Other formats of certificates, and those that do not read here, cannot be the signer's.
                    .filter_map(|der| Certificate::from_der(der).ok())
                    .collect();
            }
        }
        let signers = inside(Tag::Set, signers, 2).map_err(broken("the signers"))?;
        // RFC 3161 §2.4.2: "The time-stamp token MUST NOT contain any signatures other than the signature of the TSA."
        let [signer] = signers[..] else {
            return Err(malformed("it has not one signer"));
        };
        Ok(Self {
            info: info_of(content).ok_or_else(|| malformed("its content is no TSTInfo"))?,
            certificates,
            signer: inside(Tag::Sequence, signer, 7).map_err(broken("SignerInfo"))?,
        })
    }

    /// Finds the signer's certificate, and proves that its key signed the content.
    pub(super) fn check_signer(
        &self,
        candidates: &[Certificate],
    ) -> Result<Certificate, StampError> {
        let (sid, digest, attributes, algorithm, signature) = match self.signer[..] {
            [
                version,
                sid,
                digest,
                attributes,
                algorithm,
                signature,
                ref unsigned @ ..,
            ] if matches!(u8::from_der(version), Ok(1 | 3)) && unsigned.len() <= 1 => {
                (sid, digest, attributes, algorithm, signature)
            }
            _ => return Err(malformed("SignerInfo")),
        };
        let digest = algorithm_of(digest)?;
        let digest = DigestAlgorithm::from_oid(&digest.oid)
            .ok_or_else(|| unsupported(digest.oid.to_string()))?;
        let algorithm = signature_of(&algorithm_of(algorithm)?, digest)?;
        let attributes = Attributes::read(attributes)?;
        if attributes.content_type != Some(oid::CMS_TST_INFO) {
            return Err(malformed("the attribute contentType"));
        }
        if !constant_time_eq(&digest.digest(self.info), attributes.message_digest) {
            return Err(StampError::MessageDigestWrong);
        }
        let tsa = self
            .certificates
            .iter()
            .chain(candidates)
            .find(|certificate| is_meant(sid, certificate))
            .ok_or(StampError::TsaUnknown)?;
        let signature = <&OctetStringRef>::from_der(signature)
            .map_err(|_| malformed("the signature"))?
            .as_bytes();
        match qaqpa_crypto::verify(tsa.spki_der(), algorithm, &attributes.signed, signature) {
            Ok(()) => {}
            Err(CryptoError::Weak { why }) => return Err(StampError::Weak { why }),
            Err(CryptoError::Unsupported { oid }) => return Err(unsupported(oid)),
            Err(_) => return Err(StampError::BadSignature),
        }
        attributes.check_certificate(tsa)?;
        Ok(tsa.clone())
    }
}

/// The signed attributes that matter here.
struct Attributes<'a> {
    /// What the signature is over: the DER of SET OF, whose order is that of the encodings whatever came.
    signed: Vec<u8>,
    content_type: Option<ObjectIdentifier>,
    message_digest: &'a [u8],
    /// The values of signingCertificate and signingCertificateV2.
    certificate: Option<&'a [u8]>,
    certificate_v2: Option<&'a [u8]>,
}

impl<'a> Attributes<'a> {
    fn read(der: &'a [u8]) -> Result<Self, StampError> {
        let what = "the signed attributes";
        let broken = |_: der::Error| malformed(what);
        let list = inside(context(0), der, ELEMENTS_MAX).map_err(broken)?;
        let mut values: Vec<(ObjectIdentifier, Vec<&[u8]>)> = Vec::with_capacity(list.len());
        for attribute in &list {
            let parts = inside(Tag::Sequence, attribute, 2).map_err(broken)?;
            let [kind, set] = parts[..] else {
                return Err(malformed(what));
            };
            let kind = oid_of(kind).ok_or_else(|| malformed(what))?;
            // RFC 5652 §5.3: an attribute must not occur twice.
            if values.iter().any(|(known, _)| *known == kind) {
                return Err(malformed(what));
            }
            values.push((kind, inside(Tag::Set, set, ELEMENTS_MAX).map_err(broken)?));
        }
        let only = |wanted| match values.iter().find(|(kind, _)| *kind == wanted) {
            None => Ok(None),
            Some((_, values)) => match values[..] {
                [value] => Ok(Some(value)),
                // RFC 5652 §11, RFC 5035 §3: each of these has exactly one value.
                _ => Err(malformed(what)),
            },
        };
        let digest = only(oid::ATTRIBUTE_MESSAGE_DIGEST)?
            .ok_or_else(|| malformed("the attribute messageDigest"))?;
        let encodings = list.iter().map(|attribute| attribute.to_vec()).collect();
        Ok(Self {
            signed: tlv(Tag::Set, &sorted(encodings)).map_err(broken)?,
            content_type: only(oid::ATTRIBUTE_CONTENT_TYPE)?.and_then(oid_of),
            message_digest: value_of(Tag::OctetString, digest).map_err(broken)?,
            certificate: only(oid::ATTRIBUTE_SIGNING_CERTIFICATE)?,
            certificate_v2: only(oid::ATTRIBUTE_SIGNING_CERTIFICATE_V2)?,
        })
    }

    /// Whether the attributes name this certificate: every one that is there, and at least one.
    fn check_certificate(&self, tsa: &Certificate) -> Result<(), StampError> {
        if self.certificate.is_none() && self.certificate_v2.is_none() {
            return Err(StampError::SigningCertificateMissing);
        }
        if let Some(value) = self.certificate {
            check_cert_id(value, tsa, Some(DigestAlgorithm::Sha1))?;
        }
        if let Some(value) = self.certificate_v2 {
            check_cert_id(value, tsa, None)?;
        }
        Ok(())
    }
}

/// The first ESSCertID of a SigningCertificate; of version 2 where no digest is given.
fn check_cert_id(
    value: &[u8],
    tsa: &Certificate,
    digest: Option<DigestAlgorithm>,
) -> Result<(), StampError> {
    let what = "the attribute signingCertificate";
    let broken = |_: der::Error| malformed(what);
    let ids = inside(Tag::Sequence, value, 2).map_err(broken)?;
    let ids = ids.first().ok_or_else(|| malformed(what))?;
    let ids = inside(Tag::Sequence, ids, ELEMENTS_MAX).map_err(broken)?;
    // RFC 5035 §5.4: "The first certificate identified in the sequence … MUST be the certificate used to verify".
    let id = ids.first().ok_or_else(|| malformed(what))?;
    let parts = inside(Tag::Sequence, id, 3).map_err(broken)?;
    let mut parts = &parts[..];
    let mut algorithm = digest.unwrap_or(DigestAlgorithm::Sha256);
    if let ([first, rest @ ..], None) = (parts, digest)
        && tag_of(first).is_ok_and(|tag| tag == Tag::Sequence)
    {
        let named = algorithm_of(first)?.oid;
        algorithm =
            DigestAlgorithm::from_oid(&named).ok_or_else(|| unsupported(named.to_string()))?;
        parts = rest;
    }
    let (hash, issued) = match parts {
        [hash] => (hash, None),
        [hash, issued] => (hash, Some(issued)),
        _ => return Err(malformed(what)),
    };
    let hash = value_of(Tag::OctetString, hash).map_err(broken)?;
    let names_it = match issued {
        None => true,
        Some(issued) => issuer_serial(tsa).is_ok_and(|expected| expected == **issued),
    };
    if names_it && constant_time_eq(&algorithm.digest(tsa.der()), hash) {
        Ok(())
    } else {
        Err(StampError::SigningCertificateWrong)
    }
}

/// Whether a SignerIdentifier means this certificate: issuer and serial number, or `[0]` the key identifier.
fn is_meant(sid: &[u8], certificate: &Certificate) -> bool {
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

/// EncapsulatedContentInfo: TSTInfo in an OCTET STRING.
fn info_of(content: &[u8]) -> Option<&[u8]> {
    let parts = inside(Tag::Sequence, content, 2).ok()?;
    let [kind, wrapped] = parts[..] else {
        return None;
    };
    if oid_of(kind) != Some(oid::CMS_TST_INFO) {
        return None;
    }
    let wrapped = elements(value_of(context(0), wrapped).ok()?, 1).ok()?;
    value_of(Tag::OctetString, wrapped.first()?).ok()
}

fn oid_of(der: &[u8]) -> Option<ObjectIdentifier> {
    ObjectIdentifier::from_der(der).ok()
}

fn algorithm_of(der: &[u8]) -> Result<AlgorithmIdentifierRef<'_>, StampError> {
    AlgorithmIdentifierRef::from_der(der).map_err(|_| malformed("an algorithm"))
}

/// RFC 5652 §5.3: the signature's algorithm, which names the key alone for RSA (RFC 3370 §3.2), with the digest's.
fn signature_of(
    identifier: &AlgorithmIdentifierRef<'_>,
    digest: DigestAlgorithm,
) -> Result<SignatureAlgorithm, StampError> {
    let plain_rsa = identifier.oid == qaqpa_crypto::oid::RSA_ENCRYPTION
        && identifier.parameters.is_none_or(AnyRef::is_null);
    let algorithm = match (plain_rsa, digest) {
        (true, DigestAlgorithm::Sha1) => Some(SignatureAlgorithm::RsaSha1),
        (true, DigestAlgorithm::Sha256) => Some(SignatureAlgorithm::RsaSha256),
        (true, DigestAlgorithm::Sha384) => Some(SignatureAlgorithm::RsaSha384),
        (true, DigestAlgorithm::Sha512) => Some(SignatureAlgorithm::RsaSha512),
        (true, _) => None,
        (false, _) => signature_algorithm(identifier),
    };
    let algorithm = algorithm.ok_or_else(|| unsupported(identifier.oid.to_string()))?;
    if algorithm.digest() != digest {
        return Err(malformed(
            "digest and signature are of different algorithms",
        ));
    }
    if algorithm.is_weak() {
        return Err(StampError::Weak {
            why: "a signature with SHA-1",
        });
    }
    Ok(algorithm)
}
