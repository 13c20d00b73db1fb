//! One signer of a message, and what he is proven to have signed (RFC 5652 §5.4, §5.6).

use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_model::Moment;
use qaqpa_x509::cms::Attributes;
use qaqpa_x509::cms::parts::{moment_of, oid_of};
use qaqpa_x509::cms::signer::SigningCertificate;
use qaqpa_x509::{Certificate, ObjectIdentifier, oid};

use super::error::malformed;
use super::info::{COUNTER_SIGNATURE, Claim, SaidAttributes, SignerInfo};
use super::{CmsError, Found};

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

    pub(super) fn info(&self) -> Result<SignerInfo<'f>, CmsError> {
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
                let info = self.info().ok()?;
                let signed = meant.iter().find(|one| info.is_signed_by(one));
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

    /// What the signed attributes say.
    ///
    /// # Errors
    /// [`CmsError`], where there are none or they do not read.
    pub fn said(&self) -> Result<SaidAttributes, CmsError> {
        self.info()?.said()
    }

    /// The digest of the content, by the signer's algorithm: computed once for all signers.
    ///
    /// # Errors
    /// [`CmsError::Malformed`]; [`CmsError::Unsupported`]; [`CmsError::Weak`].
    pub fn content_digest(&self) -> Result<Vec<u8>, CmsError> {
        let (digest, _) = self.info()?.algorithms()?;
        Ok(self.found.content_digest(digest).into_owned())
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
        self.check_content_type(&info)?;
        let claim = info.claim(certificate)?;
        self.check_content(&claim)?;
        claim.check_value(certificate)?;
        self.covered(&claim.attributes)
    }

    /// RFC 5652 §11.2, of the message's content, whose digest is computed once for all signers.
    pub(super) fn check_content(&self, claim: &Claim<'_, '_>) -> Result<(), CmsError> {
        claim.check_digest_value(&self.found.content_digest(claim.digest))
    }

    /// RFC 5652 §11.1.
    pub(super) fn check_content_type(&self, info: &SignerInfo<'_>) -> Result<(), CmsError> {
        let said = self.found.content_type();
        let attributes = info.signed_attributes()?;
        let signed = attributes
            .only(oid::ATTRIBUTE_CONTENT_TYPE)?
            .ok_or(CmsError::ContentTypeMissing)?;
        let signed = oid_of(signed).ok_or_else(|| malformed("the attribute contentType"))?;
        if signed != said {
            return Err(CmsError::ContentTypeOther { said, signed });
        }
        Ok(())
    }

    /// The proof, of attributes that are one.
    pub(super) fn covered(
        &self,
        attributes: &Attributes<'_>,
    ) -> Result<CoveredContent<'f>, CmsError> {
        Ok(CoveredContent {
            bytes: self.found.unproven_content(),
            content_type: self.found.content_type(),
            signing_time: signing_time(attributes)?,
            names_certificate: names_certificate(attributes),
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
                let signed = meant.iter().find(|one| self.info.is_signed_by(one));
                Some(signed.unwrap_or(first))
            }
        }
    }

    /// The algorithm of the counter-signature.
    ///
    /// # Errors
    /// [`CmsError::Malformed`]; [`CmsError::Unsupported`]; [`CmsError::Weak`].
    pub fn algorithm(&self) -> Result<SignatureAlgorithm, CmsError> {
        self.info.algorithms().map(|(_, algorithm)| algorithm)
    }

    /// The value of the counter-signature: what a time stamp of it is about.
    #[must_use]
    pub const fn signature_value(&self) -> &'f [u8] {
        self.info.signature
    }

    /// What the signed attributes say.
    ///
    /// # Errors
    /// [`CmsError`], where there are none or they do not read.
    pub fn said(&self) -> Result<SaidAttributes, CmsError> {
        self.info.said()
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
