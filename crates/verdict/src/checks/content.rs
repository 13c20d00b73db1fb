//! Is the content that which was signed?

use qaqpa_xmldsig::SignatureError;

use crate::cause::Cause;

pub(crate) const CLAUSE: &str =
    "XML Signature 1.1 §3.2.1 (reference validation); EN 319 102-1 §5.2.7";
pub(crate) const CLAUSE_OF_MESSAGES: &str =
    "RFC 5652 §5.4 (message digest), §5.6, §11.2; EN 319 102-1 §5.2.7";

/// The cause, where this error is one of content.
pub(crate) const fn cause(error: &SignatureError) -> Option<Cause> {
    match error {
        // XML Signature, 3.2.1: "Compare the generated digest value against DigestValue in the
        // SignedInfo Reference; if there is any mismatch, validation fails."
        SignatureError::DigestMismatch { .. } => Some(Cause::ContentChanged),
        _ => None,
    }
}
