//! SignerInfo (RFC 5652 §5.3): what is said of one signature, and the two questions that prove it.

use der::{Decode, Tag, TagNumber};
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm, constant_time_eq};
use qaqpa_x509::cms::parts::{context, inside, tag_of, value_of};
use qaqpa_x509::cms::signer::{self, SigningCertificate};
use qaqpa_x509::cms::{Attributes, SignerError};
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use super::CmsError;
use super::error::malformed;

/// Unsigned attribute counterSignature (RFC 5652 §11.4).
pub(super) const COUNTER_SIGNATURE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
/// Unsigned attribute signatureTimeStampToken (RFC 3161 App. A).
pub(super) const SIGNATURE_TIME_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// Signed attribute CMSAlgorithmProtection (RFC 6211).
const ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// Bytes of one signer's signed attributes: digests, a time, the name of a certificate; a policy's text or two. They are digested once
/// for each certificate that may be the signer's.
const SIGNED_BYTES_MAX: usize = 64 * 1024;

/// What the signed attributes of one signer say, for reports: nothing of it is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SaidAttributes {
    /// The value of messageDigest: the digest of what was signed.
    pub digest: Vec<u8>,
    /// The octets that the signature is over: the DER of the attributes (RFC 5652 §5.4).
    pub signed_octets: Vec<u8>,
    /// Whether CMSAlgorithmProtection is among them (RFC 6211).
    pub name_algorithms: bool,
    /// Whether signingCertificate or signingCertificateV2 is among them (RFC 5035).
    pub name_certificate: bool,
}

/// The parts of a SignerInfo.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignerInfo<'a> {
    pub(super) version: u8,
    pub(super) sid: &'a [u8],
    digest: &'a [u8],
    /// With the tag `[0]`.
    signed: Option<&'a [u8]>,
    algorithm: &'a [u8],
    pub(super) signature: &'a [u8],
    /// With the tag `[1]`.
    pub(super) unsigned: Option<&'a [u8]>,
}

impl<'a> SignerInfo<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, CmsError> {
        const WHAT: &str = "SignerInfo";
        let broken = |_: der::Error| malformed(WHAT);
        let parts = inside(Tag::Sequence, der, 7).map_err(broken)?;
        let [version, sid, digest, rest @ ..] = &parts[..] else {
            return Err(malformed(WHAT));
        };
        let tagged = |part: &[u8], number| tag_of(part).ok() == Some(context(number));
        let (signed, rest) = match rest {
            [first, rest @ ..] if tagged(first, 0) => (Some(*first), rest),
            rest => (None, rest),
        };
        let (algorithm, signature, unsigned) = match rest {
            [algorithm, signature] => (algorithm, signature, None),
            [algorithm, signature, unsigned] if tagged(unsigned, 1) => {
                (algorithm, signature, Some(*unsigned))
            }
            _ => return Err(malformed(WHAT)),
        };
        // RFC 5652 §5.3: 1 with issuer and serial number, 3 with a key identifier.
        let key_identifier = Tag::ContextSpecific {
            constructed: false,
            number: TagNumber(0),
        };
        let version = u8::from_der(version).map_err(broken)?;
        match (tag_of(sid).map_err(broken)?, version) {
            (Tag::Sequence, 1) => {}
            (tag, 3) if tag == key_identifier => {}
            _ => return Err(malformed("the version of SignerInfo")),
        }
        Ok(Self {
            version,
            sid,
            digest,
            signed,
            algorithm,
            signature: value_of(Tag::OctetString, signature).map_err(broken)?,
            unsigned,
        })
    }

    pub(super) fn algorithms(&self) -> Result<(DigestAlgorithm, SignatureAlgorithm), CmsError> {
        let digest = signer::digest_of(self.digest)?;
        Ok((digest, signer::algorithm_of(self.algorithm, digest)?))
    }

    pub(super) fn signed_attributes(&self) -> Result<Attributes<'a>, CmsError> {
        let signed = self.signed.ok_or(CmsError::SignedAttributesMissing)?;
        if signed.len() > SIGNED_BYTES_MAX {
            let (what, max) = ("bytes of signed attributes", SIGNED_BYTES_MAX);
            return Err(CmsError::TooMany { what, max });
        }
        Ok(Attributes::read(context(0), signed)?)
    }

    /// What the signed attributes say, before anything is proven.
    pub(super) fn said(&self) -> Result<SaidAttributes, CmsError> {
        let attributes = self.signed_attributes()?;
        let digest = attributes
            .only(oid::ATTRIBUTE_MESSAGE_DIGEST)?
            .and_then(|value| value_of(Tag::OctetString, value).ok())
            .ok_or(CmsError::MessageDigestMissing)?;
        Ok(SaidAttributes {
            digest: digest.to_vec(),
            signed_octets: attributes.signed_der()?,
            name_algorithms: attributes.values(ALGORITHM_PROTECTION).is_some(),
            name_certificate: [
                oid::ATTRIBUTE_SIGNING_CERTIFICATE,
                oid::ATTRIBUTE_SIGNING_CERTIFICATE_V2,
            ]
            .into_iter()
            .any(|kind| attributes.values(kind).is_some()),
        })
    }

    /// All values of the unsigned attributes of this kind.
    pub(super) fn unsigned_values(
        &self,
        wanted: ObjectIdentifier,
    ) -> Result<Vec<&'a [u8]>, CmsError> {
        let Some(unsigned) = self.unsigned else {
            return Ok(Vec::new());
        };
        let attributes = Attributes::read_repeated(context(1), unsigned)?;
        Ok(attributes.all_values(wanted).collect())
    }

    /// The time stamps over this signature.
    pub(super) fn timestamps(&self, max: usize) -> Result<Vec<&'a [u8]>, CmsError> {
        let tokens = self.unsigned_values(SIGNATURE_TIME_STAMP)?;
        if tokens.len() > max {
            let what = "time stamps";
            return Err(CmsError::TooMany { what, max });
        }
        Ok(tokens)
    }

    /// Proves that the certificate's key signed attributes that hold the digest of these bytes.
    ///
    /// First what is said of the signer, then the digest, then the value (EN 319 102-1, 5.2.2, 5.2.3, 5.2.7): content that was
    /// changed is told as that, even where the value is wrong as well.
    pub(super) fn prove(
        &self,
        bytes: &[u8],
        certificate: &Certificate,
    ) -> Result<Attributes<'a>, CmsError> {
        let claim = self.claim(certificate)?;
        claim.check_digest(bytes)?;
        claim.check_value(certificate)?;
        Ok(claim.attributes)
    }

    /// Whether the certificate is the one that is said, and its key made the signature over the few octets of the attributes; the
    /// content, which may be long, is not asked about.
    pub(super) fn is_signed_by(&self, certificate: &Certificate) -> bool {
        self.claim(certificate)
            .and_then(|claim| claim.check_value(certificate))
            .is_ok()
    }

    /// What is said of the signer, by whom it is said to be: nothing of it is proven.
    pub(super) fn claim(&self, certificate: &Certificate) -> Result<Claim<'_, 'a>, CmsError> {
        let (digest, algorithm) = self.algorithms()?;
        let attributes = self.signed_attributes()?;
        let expected = attributes
            .only(oid::ATTRIBUTE_MESSAGE_DIGEST)?
            .ok_or(CmsError::MessageDigestMissing)?;
        let expected = value_of(Tag::OctetString, expected)
            .map_err(|_| malformed("the attribute messageDigest"))?;
        self.check_protection(&attributes)?;
        if !signer::is_meant(self.sid, certificate) {
            return Err(CmsError::SignerOther);
        }
        for version in [SigningCertificate::V1, SigningCertificate::V2] {
            if let Some(value) = attributes.only(version.oid())? {
                signer::check_signing_certificate(value, version, certificate)?;
            }
        }
        Ok(Claim {
            info: self,
            digest,
            algorithm,
            expected,
            attributes,
        })
    }

    /// RFC 6211 §2: where the attribute is there, its algorithms are those of the SignerInfo.
    fn check_protection(&self, attributes: &Attributes<'_>) -> Result<(), CmsError> {
        let Some(value) = attributes.only(ALGORITHM_PROTECTION)? else {
            return Ok(());
        };
        let parts = inside(Tag::Sequence, value, 2)
            .map_err(|_| malformed("the attribute CMSAlgorithmProtection"))?;
        // signatureAlgorithm [1] IMPLICIT AlgorithmIdentifier: the same value under another tag.
        let value_in = |tag, der| value_of(tag, der).ok();
        let same = matches!(parts[..], [digest, algorithm]
            if digest == self.digest
                && value_in(context(1), algorithm).is_some()
                && value_in(context(1), algorithm) == value_in(Tag::Sequence, self.algorithm));
        if same {
            Ok(())
        } else {
            Err(CmsError::AlgorithmsOther)
        }
    }
}

/// What a SignerInfo says of its signer.
pub(super) struct Claim<'i, 'a> {
    info: &'i SignerInfo<'a>,
    pub(super) digest: DigestAlgorithm,
    algorithm: SignatureAlgorithm,
    /// The value of messageDigest.
    expected: &'a [u8],
    pub(super) attributes: Attributes<'a>,
}

impl Claim<'_, '_> {
    /// RFC 5652 §11.2.
    pub(super) fn check_digest(&self, bytes: &[u8]) -> Result<(), CmsError> {
        self.check_digest_value(&self.digest.digest(bytes))
    }

    /// The same of a digest that is known, by this claim's algorithm.
    pub(super) fn check_digest_value(&self, digest: &[u8]) -> Result<(), CmsError> {
        if constant_time_eq(digest, self.expected) {
            Ok(())
        } else {
            Err(CmsError::ContentDigestWrong)
        }
    }

    /// RFC 5652 §5.6.
    pub(super) fn check_value(&self, certificate: &Certificate) -> Result<(), CmsError> {
        let key = certificate.public_key().map_err(SignerError::from)?;
        let signed = self.attributes.signed_der()?;
        key.verify(self.algorithm, &signed, self.info.signature)
            .map_err(SignerError::from)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_x509::cms::parts::tlv;

    use super::*;

    #[test]
    fn the_signed_attributes_of_one_signer_are_bounded() {
        let signed = |bytes: usize| {
            let value = tlv(Tag::OctetString, &vec![7; bytes]).unwrap();
            let kind: ObjectIdentifier = "1.2.398.99.1".parse().unwrap();
            let attribute = qaqpa_x509::cms::attributes::attribute(kind, &value).unwrap();
            let signed = tlv(context(0), &attribute).unwrap();
            let info = SignerInfo {
                version: 1,
                sid: &[],
                digest: &[],
                signed: Some(&signed),
                algorithm: &[],
                signature: &[],
                unsigned: None,
            };
            (signed.len(), info.signed_attributes().map(|_| ()))
        };
        let (around, read) = signed(SIGNED_BYTES_MAX - 64);
        assert_eq!(read, Ok(()));
        let bytes = 2 * SIGNED_BYTES_MAX - 64 - around;
        assert_eq!(signed(bytes), (SIGNED_BYTES_MAX, Ok(())));
        let refused = Err(CmsError::TooMany {
            what: "bytes of signed attributes",
            max: SIGNED_BYTES_MAX,
        });
        assert_eq!(signed(bytes + 1), (SIGNED_BYTES_MAX + 1, refused));
    }
}
