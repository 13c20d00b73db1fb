//! The enveloped signature of business data.

use qaqpa_xml::Document;

use super::only_signature_of_root;
use crate::bounds::Bounds;
use crate::error::SignatureError;
use crate::signature::FoundSignature;

/// Finds the one signature of a business document: a child of the root, about the root
/// (`URI=""`, or `#id` of the root), with the enveloped-signature transform.
///
/// # Errors
/// [`SignatureError::Missing`], [`SignatureError::Multiple`] (wherever in the document the others
/// stand), [`SignatureError::Scope`] if it is not a child of the root, and what the reading of its
/// structure, algorithms, references and transforms refuses. Whether it is about the root is asked by
/// [`FoundSignature::cover`].
pub fn find_enveloped<'d>(
    document: &'d Document,
    bounds: &Bounds,
) -> Result<FoundSignature<'d>, SignatureError> {
    let root = document.root();
    FoundSignature::read(only_signature_of_root(root)?, vec![root], bounds)
}
