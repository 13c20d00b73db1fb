//! Was it signed by the key of this certificate?

use qaqpa_model::RefusalLabel;
use qaqpa_xmldsig::SignatureError;

use super::Reason;
use crate::indication::SubIndication;
use crate::rules::Rule;

pub(crate) const CLAUSE: &str =
    "XML Signature 1.1 §3.2.2 (signature validation); EN 319 102-1 §5.2.7";

/// The reason, where this error is one of the value.
pub(crate) const fn reason(error: &SignatureError) -> Option<Reason> {
    match error {
        // XML Signature, 3.2.2: "[…] to confirm the SignatureValue over the SignedInfo element." The key
        // is the certificate's and no other's: KeyValue is never looked at. (K01–K03)
        SignatureError::ValueWrong => Some(Reason {
            rule: Rule::SignatureValue,
            label: RefusalLabel::SignatureValueWrong,
            sub: SubIndication::SigCryptoFailure,
        }),
        _ => None,
    }
}
