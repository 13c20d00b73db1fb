//! Is the content that which was signed?

use qaqpa_model::RefusalLabel;
use qaqpa_xmldsig::SignatureError;

use super::Reason;
use crate::indication::SubIndication;
use crate::rules::Rule;

pub(crate) const CLAUSE: &str =
    "XML Signature 1.1 §3.2.1 (reference validation); EN 319 102-1 §5.2.7";

/// The reason, where this error is one of content.
pub(crate) const fn reason(error: &SignatureError) -> Option<Reason> {
    match error {
        // XML Signature, 3.2.1: "Compare the generated digest value against DigestValue in the
        // SignedInfo Reference; if there is any mismatch, validation fails."
        SignatureError::DigestMismatch { .. } => Some(Reason {
            rule: Rule::Digest,
            label: RefusalLabel::ContentChanged,
            sub: SubIndication::HashFailure,
        }),
        _ => None,
    }
}
