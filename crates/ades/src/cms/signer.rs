//! One signer of a message, and what he is proven to have signed (RFC 5652 §5.3, §5.4, §5.6).

use der::{Decode, Tag, TagNumber};
use qaqpa_crypto::{DigestAlgorithm, SignatureAlgorithm, constant_time_eq};
use qaqpa_model::Moment;
use qaqpa_x509::cms::parts::{context, inside, moment_of, oid_of, tag_of, value_of};
use qaqpa_x509::cms::signer::{self, SigningCertificate};
use qaqpa_x509::cms::{Attributes, SignerError};
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use super::error::malformed;
use super::{CmsError, Found};

/// Unsigned attribute counterSignature (RFC 5652 §11.4).
pub(super) const COUNTER_SIGNATURE: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.6");
/// Unsigned attribute signatureTimeStampToken (RFC 3161 App. A).
pub(super) const SIGNATURE_TIME_STAMP: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.14");
/// Signed attribute CMSAlgorithmProtection (RFC 6211).
const ALGORITHM_PROTECTION: ObjectIdentifier =
    ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.52");

/// The parts of a SignerInfo.
#[derive(Clone, Copy, Debug)]
pub(super) struct SignerInfo<'a> {
    pub(super) version: u8,
    sid: &'a [u8],
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

    fn algorithms(&self) -> Result<(DigestAlgorithm, SignatureAlgorithm), CmsError> {
        let digest = signer::digest_of(self.digest)?;
        Ok((digest, signer::algorithm_of(self.algorithm, digest)?))
    }

    fn signed_attributes(&self) -> Result<Attributes<'a>, CmsError> {
        let signed = self.signed.ok_or(CmsError::SignedAttributesMissing)?;
        Ok(Attributes::read(context(0), signed)?)
    }

    /// All values of the unsigned attributes of this kind.
    fn unsigned_values(&self, wanted: ObjectIdentifier) -> Result<Vec<&'a [u8]>, CmsError> {
        let Some(unsigned) = self.unsigned else {
            return Ok(Vec::new());
        };
        let attributes = Attributes::read_repeated(context(1), unsigned)?;
        Ok(attributes.all_values(wanted).collect())
    }

    /// The time stamps over this signature.
    fn timestamps(&self, max: usize) -> Result<Vec<&'a [u8]>, CmsError> {
        let tokens = self.unsigned_values(SIGNATURE_TIME_STAMP)?;
        if tokens.len() > max {
            let what = "time stamps";
            return Err(CmsError::TooMany { what, max });
        }
        Ok(tokens)
    }

    /// Proves that the certificate's key signed attributes that hold the digest of these bytes.
    fn prove(&self, bytes: &[u8], certificate: &Certificate) -> Result<Attributes<'a>, CmsError> {
        let (digest, algorithm) = self.algorithms()?;
        let attributes = self.signed_attributes()?;
        let expected = attributes
            .only(oid::ATTRIBUTE_MESSAGE_DIGEST)?
            .ok_or(CmsError::MessageDigestMissing)?;
        let expected = value_of(Tag::OctetString, expected)
            .map_err(|_| malformed("the attribute messageDigest"))?;
        if !constant_time_eq(&digest.digest(bytes), expected) {
            return Err(CmsError::ContentDigestWrong);
        }
        self.check_protection(&attributes)?;
        if !signer::is_meant(self.sid, certificate) {
            return Err(CmsError::SignerOther);
        }
        let key = certificate.public_key().map_err(SignerError::from)?;
        key.verify(algorithm, &attributes.signed_der()?, self.signature)
            .map_err(SignerError::from)?;
        for version in [SigningCertificate::V1, SigningCertificate::V2] {
            if let Some(value) = attributes.only(version.oid())? {
                signer::check_signing_certificate(value, version, certificate)?;
            }
        }
        Ok(attributes)
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

/// One of the signers of a message; nothing is proven of him.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'f> {
    found: &'f Found<'f>,
    der: &'f [u8],
}

/// One who signed the value of another's signature; nothing is proven of him.
#[derive(Clone, Copy, Debug)]
pub struct CounterSigner<'f> {
    parent: Signer<'f>,
    info: SignerInfo<'f>,
}

/// A content that the key of a certificate is proven to have signed.
///
/// Only [`Signer::cover`] makes one. Says nothing about whose key it was, or whether its certificate was valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredContent<'f> {
    bytes: &'f [u8],
    content_type: ObjectIdentifier,
    signing_time: Option<Moment>,
    names_certificate: Option<SigningCertificate>,
}

/// The value of a signature, which another key is proven to have signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoveredValue<'f> {
    value: &'f [u8],
    signing_time: Option<Moment>,
    names_certificate: Option<SigningCertificate>,
}

impl<'f> Signer<'f> {
    pub(super) fn new(found: &'f Found<'_>, der: &'f [u8]) -> Self {
        Self { found, der }
    }

    fn info(&self) -> Result<SignerInfo<'f>, CmsError> {
        SignerInfo::read(self.der)
    }

    /// The certificate that the signer is identified by, among those in the message and these; of several, one whose key
    /// made the signature. Who changes the message on its way can add namesakes.
    #[must_use]
    pub fn certificate<'c>(&self, candidates: &'c [Certificate]) -> Option<&'c Certificate>
    where
        'f: 'c,
    {
        let meant = self.found.meant(self.info().ok()?.sid, candidates);
        match &meant[..] {
            [] => None,
            [only] => Some(only),
            [first, ..] => {
                let signed = meant.iter().find(|one| self.cover(one).is_ok());
                Some(signed.unwrap_or(first))
            }
        }
    }

    /// The algorithm of the signature.
    ///
    /// # Errors
    /// [`CmsError::Malformed`]; [`CmsError::Unsupported`]; [`CmsError::Weak`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, CmsError> {
        self.info()?.algorithms().map(|(_, algorithm)| algorithm)
    }

    /// When the signer says that he signed: nobody vouches for it.
    ///
    /// # Errors
    /// [`CmsError`], where there are no signed attributes or signingTime is malformed.
    pub fn claimed_signing_time(&self) -> Result<Option<Moment>, CmsError> {
        signing_time(&self.info()?.signed_attributes()?)
    }

    /// The value of the signature: what a signature time stamp is about.
    ///
    /// # Errors
    /// [`CmsError::Malformed`].
    pub fn signature_value(&self) -> Result<&'f [u8], CmsError> {
        Ok(self.info()?.signature)
    }

    /// The time-stamp tokens over the signature's value, in their order; each is for `qaqpa_x509::tsp::verify` to judge.
    ///
    /// # Errors
    /// [`CmsError::Malformed`]; [`CmsError::TooMany`].
    pub fn timestamps(&self) -> Result<Vec<&'f [u8]>, CmsError> {
        self.info()?.timestamps(self.found.bounds.stamps_max)
    }

    /// Those who counter-signed.
    ///
    /// # Errors
    /// [`CmsError::CounterSignatureNested`]; [`CmsError::Malformed`]; [`CmsError::TooMany`].
    pub fn counter_signers(&self) -> Result<Vec<CounterSigner<'f>>, CmsError> {
        let values = self.info()?.unsigned_values(COUNTER_SIGNATURE)?;
        let max = self.found.bounds.signers_max;
        if values.len() > max {
            let what = "counter-signers";
            return Err(CmsError::TooMany { what, max });
        }
        let mut signers = Vec::with_capacity(values.len());
        for value in values {
            let info = SignerInfo::read(value)?;
            if !info.unsigned_values(COUNTER_SIGNATURE)?.is_empty() {
                return Err(CmsError::CounterSignatureNested);
            }
            signers.push(CounterSigner {
                parent: *self,
                info,
            });
        }
        Ok(signers)
    }

    /// Proves that the certificate's key signed the content.
    ///
    /// # Errors
    /// [`CmsError`], the first that applies.
    ///
    /// Source: RFC 5652 §5.4, §5.6, §11.1, §11.2; RFC 5035 §5.4.
    pub fn cover(&self, certificate: &Certificate) -> Result<CoveredContent<'f>, CmsError> {
        let info = self.info()?;
        let said = self.found.content_type();
        let attributes = info.signed_attributes()?;
        let signed = attributes
            .only(oid::ATTRIBUTE_CONTENT_TYPE)?
            .ok_or(CmsError::ContentTypeMissing)?;
        let signed = oid_of(signed).ok_or_else(|| malformed("the attribute contentType"))?;
        if signed != said {
            return Err(CmsError::ContentTypeOther { said, signed });
        }
        let bytes = self.found.unproven_content();
        let attributes = info.prove(bytes, certificate)?;
        Ok(CoveredContent {
            bytes,
            content_type: said,
            signing_time: signing_time(&attributes)?,
            names_certificate: names_certificate(&attributes),
        })
    }
}

impl<'f> CounterSigner<'f> {
    /// The certificate that the signer is identified by, among those in the message and these; of several, one whose key
    /// made the signature.
    #[must_use]
    pub fn certificate<'c>(&self, candidates: &'c [Certificate]) -> Option<&'c Certificate>
    where
        'f: 'c,
    {
        let meant = self.parent.found.meant(self.info.sid, candidates);
        match &meant[..] {
            [] => None,
            [only] => Some(only),
            [first, ..] => {
                let signed = meant.iter().find(|one| self.cover(one).is_ok());
                Some(signed.unwrap_or(first))
            }
        }
    }

    /// The value of the counter-signature: what a time stamp of it is about.
    #[must_use]
    pub const fn signature_value(&self) -> &'f [u8] {
        self.info.signature
    }

    /// The time-stamp tokens over the counter-signature's value.
    ///
    /// # Errors
    /// [`CmsError::Malformed`]; [`CmsError::TooMany`].
    pub fn timestamps(&self) -> Result<Vec<&'f [u8]>, CmsError> {
        self.info.timestamps(self.parent.found.bounds.stamps_max)
    }

    /// Proves that the certificate's key signed the value of the signature that this one stands in. Says nothing about that
    /// signature.
    ///
    /// # Errors
    /// [`CmsError`], the first that applies; [`CmsError::ContentTypePresent`].
    ///
    /// Source: RFC 5652 §11.4.
    pub fn cover(&self, certificate: &Certificate) -> Result<CoveredValue<'f>, CmsError> {
        let attributes = self.info.signed_attributes()?;
        if attributes.values(oid::ATTRIBUTE_CONTENT_TYPE).is_some() {
            return Err(CmsError::ContentTypePresent);
        }
        let value = self.parent.signature_value()?;
        let attributes = self.info.prove(value, certificate)?;
        Ok(CoveredValue {
            value,
            signing_time: signing_time(&attributes)?,
            names_certificate: names_certificate(&attributes),
        })
    }
}

impl<'f> CoveredContent<'f> {
    /// What was signed.
    #[must_use]
    pub const fn bytes(&self) -> &'f [u8] {
        self.bytes
    }

    /// What it was signed as.
    #[must_use]
    pub const fn content_type(&self) -> ObjectIdentifier {
        self.content_type
    }

    /// When the signer says that he signed; the signature covers it, and nobody else vouches for it.
    #[must_use]
    pub const fn signing_time(&self) -> Option<Moment> {
        self.signing_time
    }

    /// The attribute by which the signer named his certificate, if he did; it was seen to name the one that verified.
    #[must_use]
    pub const fn names_certificate(&self) -> Option<SigningCertificate> {
        self.names_certificate
    }
}

impl<'f> CoveredValue<'f> {
    /// The value of the signature that was counter-signed.
    #[must_use]
    pub const fn value(&self) -> &'f [u8] {
        self.value
    }

    /// When the counter-signer says that he signed.
    #[must_use]
    pub const fn signing_time(&self) -> Option<Moment> {
        self.signing_time
    }

    /// The attribute by which the counter-signer named his certificate, if he did.
    #[must_use]
    pub const fn names_certificate(&self) -> Option<SigningCertificate> {
        self.names_certificate
    }
}

fn signing_time(attributes: &Attributes<'_>) -> Result<Option<Moment>, CmsError> {
    attributes
        .only(oid::ATTRIBUTE_SIGNING_TIME)?
        .map(|value| moment_of(value).ok_or_else(|| malformed("the attribute signingTime")))
        .transpose()
}

fn names_certificate(attributes: &Attributes<'_>) -> Option<SigningCertificate> {
    [SigningCertificate::V2, SigningCertificate::V1]
        .into_iter()
        .find(|version| attributes.values(version.oid()).is_some())
}
