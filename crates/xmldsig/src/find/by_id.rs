//! The by-id variant: the signature stands beside the element that it is about.

use qaqpa_xml::{Document, Element};

use super::only_signature_of_root;
use crate::bounds::Bounds;
use crate::error::SignatureError;
use crate::names::DS;
use crate::signature::FoundSignature;

/// Finds the one signature of a document whose root holds one signed element, and the signature after
/// it. The recipient reads that element and nothing else.
///
/// # Errors
/// As [`find_enveloped`](super::find_enveloped); [`SignatureError::Malformed`] if there is not
/// exactly one element beside the signature: it would not be clear which one is read.
pub fn find_by_id<'d>(
    document: &'d Document,
    bounds: &Bounds,
) -> Result<FoundSignature<'d>, SignatureError> {
    let root = document.root();
    let signature = only_signature_of_root(root)?;
    FoundSignature::read(signature, vec![only_payload(root)?], bounds)
}

/// The one element beside the signatures.
pub(super) fn only_payload(root: Element<'_>) -> Result<Element<'_>, SignatureError> {
    let mut payloads = payloads(root);
    match (payloads.next(), payloads.next()) {
        (Some(payload), None) => Ok(payload),
        _ => Err(SignatureError::malformed(
            "not exactly one element beside Signature",
        )),
    }
}

/// The elements beside the signatures.
pub(super) fn payloads(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    root.children().filter(|child| !child.is(DS, "Signature"))
}
