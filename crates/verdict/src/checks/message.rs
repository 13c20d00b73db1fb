//! The same questions of a CMS message: which of them an error answers with no.

use qaqpa_ades::cms::CmsError;

use crate::cause::Cause;
use crate::verdict::CheckId;

/// The cause for not accepting a message, or one signer's part of it.
pub(crate) fn cause(error: &CmsError) -> Cause {
    match error {
        CmsError::SignersMissing => Cause::MessageUnsigned,
        CmsError::TooMany { what, .. } if what.starts_with("bytes") => Cause::MessageTooLong,
        CmsError::TooMany { .. } => Cause::SignatureTooMany,
        CmsError::Unsupported { .. } => Cause::AlgorithmUnknown,
        CmsError::Weak { .. } => Cause::AlgorithmWeak,
        // RFC 5652, 5.4: without signed attributes "the result is just the message digest of the content", and the same octets
        // could be a set of attributes that somebody signed elsewhere.
        CmsError::SignedAttributesMissing => Cause::AttributesMissing,
        // 11.1: "The content-type attribute value MUST match the SignedData encapContentInfo eContentType value".
        CmsError::AttributeTwice { .. }
        | CmsError::AttributeValues { .. }
        | CmsError::ContentTypeMissing
        | CmsError::ContentTypeOther { .. }
        | CmsError::ContentTypePresent
        | CmsError::MessageDigestMissing => Cause::AttributesBroken,
        CmsError::AlgorithmsOther => Cause::AlgorithmsOther,
        CmsError::SignerOther => Cause::CertificateOther,
        // (K12)
        CmsError::SigningCertificateWrong => Cause::NamedCertificateOther,
        // What the recipient reads must be at hand, and without doubt. RFC 5652, 5.2: "the eContent […] optional […] makes it
        // possible to construct 'external signatures'".
        CmsError::ContentMissing => Cause::ContentMissing,
        CmsError::ContentBoth => Cause::ContentTwice,
        // RFC 5652, 5.6: "the recipient MUST NOT rely on any message digest values computed by the originator".
        CmsError::ContentDigestWrong => Cause::ContentChanged,
        CmsError::BadSignature => Cause::ValueWrong,
        // Whatever else is wrong with a message is wrong with its form, and never a pass.
        _ => Cause::MessageBroken,
    }
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
