//! What can be wrong with a CMS message.

use qaqpa_x509::ObjectIdentifier;
use qaqpa_x509::cms::{AttributeError, SignerError};
use thiserror::Error;

/// Why a message, or one signer's part of it, is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CmsError {
    /// The attribute CMSAlgorithmProtection names other algorithms than the signer's (RFC 6211).
    #[error("the signed algorithms are other ones than the signer's")]
    AlgorithmsOther,
    /// A signed attribute occurs twice (RFC 5652 §5.3).
    #[error("the signed attribute {oid} occurs twice")]
    AttributeTwice {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// A signed attribute that has one value has none or several.
    #[error("the signed attribute {oid} has not exactly one value")]
    AttributeValues {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The signature is not one of the certificate's key over the signed attributes.
    #[error("the signature is wrong")]
    BadSignature,
    /// The message holds its content, and another was given beside it: which one is meant cannot be said.
    #[error("the content is in the message and beside it")]
    ContentBoth,
    /// The attribute messageDigest is not the digest of the content.
    #[error("the signed digest is not that of the content")]
    ContentDigestWrong,
    /// The message does not hold its content, and none was given.
    #[error("the content is neither in the message nor beside it")]
    ContentMissing,
    /// The signed attributes lack contentType.
    #[error("the signed attribute contentType is missing")]
    ContentTypeMissing,
    /// The signed attributes name another content type than the message (RFC 5652 §11.1).
    #[error("the content is said to be {said}, and was signed as {signed}")]
    ContentTypeOther {
        /// What the message says.
        said: ObjectIdentifier,
        /// What was signed.
        signed: ObjectIdentifier,
    },
    /// A counter-signature has the attribute contentType, which belongs to signatures over contents (RFC 5652 §11.4).
    #[error("a counter-signature has a contentType")]
    ContentTypePresent,
    /// A counter-signature is counter-signed itself, which is not offered.
    #[error("a counter-signature of a counter-signature")]
    CounterSignatureNested,
    /// The bytes are not a SignedData, or a part of it has not its form.
    #[error("not a signed CMS message: {what}")]
    Malformed {
        /// Which part.
        what: &'static str,
    },
    /// The signed attributes lack messageDigest.
    #[error("the signed attribute messageDigest is missing")]
    MessageDigestMissing,
    /// A signature directly over the content, without signed attributes.
    #[error("there are no signed attributes")]
    SignedAttributesMissing,
    /// The certificate is not the one that the signer is identified by.
    #[error("the certificate is not the one that the signer is identified by")]
    SignerOther,
    /// The signed attributes name another certificate than the one that verifies.
    #[error("the signed attributes name another certificate than the signer's")]
    SigningCertificateWrong,
    /// The message has no signer.
    #[error("nobody signed the message")]
    SignersMissing,
    /// More of something than the limit.
    #[error("more than {max} {what}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        max: usize,
    },
    /// An algorithm is not offered.
    #[error("{oid} is not supported")]
    Unsupported {
        /// The algorithm.
        oid: String,
    },
    /// A digest, the signature or the key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

impl From<SignerError> for CmsError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::BadSignature => Self::BadSignature,
            SignerError::DigestOther => {
                malformed("digest and signature are of different algorithms")
            }
            SignerError::Malformed { what } => malformed(what),
            SignerError::SigningCertificateWrong => Self::SigningCertificateWrong,
            SignerError::Unsupported { oid } => Self::Unsupported { oid },
            SignerError::Weak { why } => Self::Weak { why },
            _ => malformed("the signer"),
        }
    }
}

impl From<AttributeError> for CmsError {
    fn from(error: AttributeError) -> Self {
        match error {
            AttributeError::Twice { oid } => Self::AttributeTwice { oid },
            AttributeError::Values { oid } => Self::AttributeValues { oid },
            _ => malformed("the attributes"),
        }
    }
}

pub(super) const fn malformed(what: &'static str) -> CmsError {
    CmsError::Malformed { what }
}
