//! Does the signature refer to exactly what the recipient reads, and by means that leave nothing out?

use qaqpa_model::RefusalLabel;
use qaqpa_xmldsig::SignatureError;

use super::Reason;
use crate::indication::SubIndication;
use crate::rules::Rule;

pub(crate) const CLAUSE: &str = "XML Signature 1.1 §8.1.1–8.1.3 (see what is signed), §4.4.3";

/// The reason, where this error is one of scope.
pub(crate) const fn reason(error: &SignatureError) -> Option<Reason> {
    let (rule, label, sub) = match error {
        // XML Signature, 8.1.1: "Only What is Signed is Secure". The application is read through
        // `Covered`, so what a signature does not cover cannot be read at all. (W01–W11, W13, W15, W18, W22)
        SignatureError::Scope { .. } => (
            Rule::ScopeCovered,
            RefusalLabel::SignatureScope,
            SubIndication::SignedScopeMismatch,
        ),
        // Only the document's own parts, found without doubt. (W17, W19, D01, D02, D04)
        SignatureError::ReferenceRefused { .. } => (
            Rule::ReferenceLocal,
            RefusalLabel::ReferenceRefused,
            SubIndication::SignedDataNotFound,
        ),
        // XML Signature, 8.1.2: "Only What is 'Seen' Should be Signed": a transform that selects or
        // rewrites content shows the verifier something else than the reader. (W23–W25, C06)
        SignatureError::TransformRefused { .. } => (
            Rule::TransformAllowed,
            RefusalLabel::TransformRefused,
            SubIndication::SigConstraintsFailure,
        ),
        _ => return None,
    };
    Some(Reason { rule, label, sub })
}
