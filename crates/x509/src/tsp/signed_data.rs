//! The CMS around TSTInfo, taken apart (RFC 5652 §5): who signed the content, and by which certificate.

use der::asn1::OctetStringRef;
use der::{Decode, Tag};
use qaqpa_crypto::constant_time_eq;

use super::StampError;
use super::error::malformed;
use crate::asn1::SignatureFault;
use crate::cms::Attributes;
use crate::cms::parts::{context, elements, inside, oid_of, tag_of, value_of};
use crate::cms::signer::{self, SigningCertificate};
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

    /// The certificate that the signer is identified by, among those in the token and these; nothing is proven of it.
    pub(super) fn said_signer<'c>(
        &'c self,
        candidates: &'c [Certificate],
    ) -> Option<&'c Certificate> {
        let sid = self.signer.get(1)?;
        let mut all = self.certificates.iter().chain(candidates);
        all.find(|certificate| signer::is_meant(sid, certificate))
    }

    /// Finds the signer's certificate, and proves that its key signed the content.
    pub(super) fn check_signer(
        &self,
        candidates: &[Certificate],
    ) -> Result<Certificate, StampError> {
        let (digest, attributes, algorithm, signature) = match self.signer[..] {
            [
                version,
                _sid,
                digest,
                attributes,
                algorithm,
                signature,
                ref unsigned @ ..,
            ] if matches!(u8::from_der(version), Ok(1 | 3)) && unsigned.len() <= 1 => {
                (digest, attributes, algorithm, signature)
            }
            _ => return Err(malformed("SignerInfo")),
        };
        let digest = signer::digest_of(digest)?;
        let algorithm = signer::algorithm_of(algorithm, digest)?;
        let attributes = Said::read(attributes)?;
        if attributes.content_type != Some(oid::CMS_TST_INFO) {
            return Err(malformed("the attribute contentType"));
        }
        if !constant_time_eq(&digest.digest(self.info), attributes.message_digest) {
            return Err(StampError::MessageDigestWrong);
        }
        let tsa = self.said_signer(candidates).ok_or(StampError::TsaUnknown)?;
        let signature = <&OctetStringRef>::from_der(signature)
            .map_err(|_| malformed("the signature"))?
            .as_bytes();
        qaqpa_crypto::verify(tsa.spki_der(), algorithm, &attributes.signed, signature)
            .map_err(SignatureFault::from)?;
        attributes.check_certificate(tsa)?;
        Ok(tsa.clone())
    }
}

/// The signed attributes that matter here.
struct Said<'a> {
    signed: Vec<u8>,
    content_type: Option<ObjectIdentifier>,
    message_digest: &'a [u8],
    /// The values of signingCertificate and signingCertificateV2.
    certificates: Vec<(SigningCertificate, &'a [u8])>,
}

impl<'a> Said<'a> {
    fn read(der: &'a [u8]) -> Result<Self, StampError> {
        let attributes = Attributes::read(context(0), der)?;
        let digest = attributes
            .only(oid::ATTRIBUTE_MESSAGE_DIGEST)?
            .ok_or_else(|| malformed("the attribute messageDigest"))?;
        let mut certificates = Vec::new();
        for version in [SigningCertificate::V1, SigningCertificate::V2] {
            if let Some(value) = attributes.only(version.oid())? {
                certificates.push((version, value));
            }
        }
        Ok(Self {
            signed: attributes.signed_der()?,
            content_type: attributes
                .only(oid::ATTRIBUTE_CONTENT_TYPE)?
                .and_then(oid_of),
            message_digest: value_of(Tag::OctetString, digest)
                .map_err(|_| malformed(ATTRIBUTES))?,
            certificates,
        })
    }

    /// Whether the attributes name this certificate: every one that is there, and at least one.
    fn check_certificate(&self, tsa: &Certificate) -> Result<(), StampError> {
        if self.certificates.is_empty() {
            return Err(StampError::SigningCertificateMissing);
        }
        for (version, value) in &self.certificates {
            signer::check_signing_certificate(value, *version, tsa)?;
        }
        Ok(())
    }
}

const ATTRIBUTES: &str = "the signed attributes";

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
