//! The same questions of a CMS message: which of them an error answers with no.

use qaqpa_ades::cms::CmsError;
use qaqpa_model::RefusalLabel;

use super::Reason;
use crate::indication::SubIndication;
use crate::rules::Rule;
use crate::verdict::CheckId;

/// The reason for not accepting a message, or one signer's part of it.
pub(crate) const fn reason(error: &CmsError) -> Reason {
    use RefusalLabel as L;
    use SubIndication as S;
    let (rule, label, sub) = match error {
        CmsError::SignersMissing => (
            Rule::SignaturePresent,
            L::SignatureMissing,
            S::FormatFailure,
        ),
        CmsError::TooMany { .. } => (Rule::SignatureLimits, L::LimitExceeded, S::FormatFailure),
        CmsError::Unsupported { .. } => (
            Rule::AlgorithmKnown,
            L::AlgorithmUnknown,
            S::CryptoConstraintsFailure,
        ),
        CmsError::Weak { .. } => (
            Rule::AlgorithmStrong,
            L::AlgorithmWeak,
            S::CryptoConstraintsFailure,
        ),
        // RFC 5652, 5.4: without signed attributes "the result is just the message digest of the content", and the same octets
        // could be a set of attributes that somebody signed elsewhere. 11.1: "The content-type attribute value MUST match the
        // SignedData encapContentInfo eContentType value".
        CmsError::AttributeTwice { .. }
        | CmsError::AttributeValues { .. }
        | CmsError::ContentTypeMissing
        | CmsError::ContentTypeOther { .. }
        | CmsError::ContentTypePresent
        | CmsError::MessageDigestMissing
        | CmsError::SignedAttributesMissing => (
            Rule::SignedAttributes,
            L::SignatureMalformed,
            S::FormatFailure,
        ),
        CmsError::AlgorithmsOther => (
            Rule::AlgorithmProtection,
            L::SignatureMalformed,
            S::SigConstraintsFailure,
        ),
        CmsError::SignerOther => (
            Rule::SigningCertificate,
            L::SignatureMalformed,
            S::NoSigningCertificateFound,
        ),
        // (K12)
        CmsError::SigningCertificateWrong => (
            Rule::SigningCertificateNamed,
            L::SignatureMalformed,
            S::NoSigningCertificateFound,
        ),
        // What the recipient reads must be at hand, and without doubt. RFC 5652, 5.2: "the eContent […] optional […] makes it
        // possible to construct 'external signatures'".
        CmsError::ContentMissing => (
            Rule::ContentGiven,
            L::ReferenceRefused,
            S::SignedDataNotFound,
        ),
        CmsError::ContentBoth => (
            Rule::ContentGiven,
            L::SignatureScope,
            S::SignedScopeMismatch,
        ),
        // RFC 5652, 5.6: "the recipient MUST NOT rely on any message digest values computed by the originator".
        CmsError::ContentDigestWrong => (Rule::Digest, L::ContentChanged, S::HashFailure),
        CmsError::BadSignature => (
            Rule::SignatureValue,
            L::SignatureValueWrong,
            S::SigCryptoFailure,
        ),
        // Whatever else is wrong with a message is wrong with its form, and never a pass.
        _ => (
            Rule::MessageReadable,
            L::SignatureMalformed,
            S::FormatFailure,
        ),
    };
    Reason { rule, label, sub }
}

/// What a passed question says.
pub(crate) fn passed(id: CheckId, algorithm: &str, about: &str) -> String {
    match id {
        CheckId::Structure => {
            format!("a signer's part of the structure of the standard, by {algorithm}")
        }
        CheckId::Scope => format!("it is about {about}, and nothing else is read"),
        CheckId::Content => format!("the attribute messageDigest is the digest of {about}"),
        _ => "the value is one of the certificate's key over the signed attributes".to_owned(),
    }
}
