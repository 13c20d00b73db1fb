//! A detached signature within one document: it stands beside the elements that it is about.

use qaqpa_xml::{Document, Element};

use super::by_id::payloads;
use super::only_signature_of_root;
use crate::bounds::Bounds;
use crate::error::SignatureError;
use crate::signature::FoundSignature;

/// Finds the one signature of a document whose root holds signed elements, each named by its Id, and the
/// signature beside them.
///
/// The recipient reads all of these elements, so that all of them must be covered; of the root itself nothing is
/// read. A document with one such element is of the by-id variant as well.
///
/// # Errors
/// As [`find_enveloped`](super::find_enveloped); [`SignatureError::Malformed`] if there is no element beside the
/// signature. Whether each one is covered is asked by [`FoundSignature::cover`].
pub fn find_detached<'d>(
    document: &'d Document,
    bounds: &Bounds,
) -> Result<FoundSignature<'d>, SignatureError> {
    let root = document.root();
    let signature = only_signature_of_root(root)?;
    FoundSignature::read(signature, all_payloads(root)?, bounds)
}

pub(super) fn all_payloads(root: Element<'_>) -> Result<Vec<Element<'_>>, SignatureError> {
    let payloads: Vec<_> = payloads(root).collect();
    if payloads.is_empty() {
        return Err(SignatureError::malformed("no element beside Signature"));
    }
    Ok(payloads)
}
