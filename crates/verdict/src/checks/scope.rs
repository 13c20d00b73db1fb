//! Does the signature refer to exactly what the recipient reads, and by means that leave nothing out?

use qaqpa_xmldsig::SignatureError;

use crate::cause::Cause;

pub(crate) const CLAUSE: &str = "XML Signature 1.1 §8.1.1–8.1.3 (see what is signed), §4.4.3";
pub(crate) const CLAUSE_OF_MESSAGES: &str =
    "RFC 5652 §5.1 (all of the content), §5.2 (in the message or beside it)";

/// The cause, where this error is one of scope.
pub(crate) const fn cause(error: &SignatureError) -> Option<Cause> {
    match error {
        // XML Signature, 8.1.1: "Only What is Signed is Secure". The application is read through
        // `Covered`, so what a signature does not cover cannot be read at all. (W01–W11, W13, W15, W18, W22)
        SignatureError::Scope { .. } => Some(Cause::ScopeOther),
        // Only the document's own parts, found without doubt. (W17, W19, D01, D02, D04)
        SignatureError::ReferenceRefused { .. } => Some(Cause::ReferenceAstray),
        // XML Signature, 8.1.2: "Only What is 'Seen' Should be Signed": a transform that selects or
        // rewrites content shows the verifier something else than the reader. (W23–W25, C06)
        SignatureError::TransformRefused { .. } => Some(Cause::TransformOther),
        _ => None,
    }
}
