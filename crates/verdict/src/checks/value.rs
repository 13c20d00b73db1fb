//! Was it signed by the key of this certificate?

use qaqpa_xmldsig::SignatureError;

use crate::cause::Cause;

pub(crate) const CLAUSE: &str =
    "XML Signature 1.1 §3.2.2 (signature validation); EN 319 102-1 §5.2.7";
pub(crate) const CLAUSE_OF_MESSAGES: &str =
    "RFC 5652 §5.6 (signature verification); EN 319 102-1 §5.2.7";

/// The cause, where this error is one of the value.
pub(crate) const fn cause(error: &SignatureError) -> Option<Cause> {
    match error {
        // XML Signature, 3.2.2: "[…] to confirm the SignatureValue over the SignedInfo element." The key
        // is the certificate's and no other's: KeyValue is never looked at. (K01–K03)
        SignatureError::ValueWrong => Some(Cause::ValueWrong),
        _ => None,
    }
}
