//! Is the signature about what the recipient reads?

use qaqpa_xml::Element;

use crate::error::SignatureError;
use crate::read::reference::Reference;

/// Whether exactly one reference is about each of `must_cover`: the same element of the same tree, not one
/// that looks like it. Other references may exist; all their digests are checked, and nothing is read
/// through them.
///
/// XMLDSig 1.1, §8.1.1: "Only what is signed is secure."
pub(crate) fn check(
    references: &[Reference<'_>],
    must_cover: &[Element<'_>],
) -> Result<(), SignatureError> {
    for wanted in must_cover {
        let covering = references
            .iter()
            .filter(|reference| reference.target.element() == *wanted);
        match covering.count() {
            0 => return Err(refused(references, NO_REFERENCE)),
            1 => {}
            _ => return Err(refused(references, "more than one reference is about it")),
        }
    }
    Ok(())
}

/// Nothing that is read would be covered.
pub(crate) fn nothing_read(references: &[Reference<'_>]) -> SignatureError {
    refused(references, NO_REFERENCE)
}

const NO_REFERENCE: &str = "no reference is about it";

fn refused(references: &[Reference<'_>], why: &'static str) -> SignatureError {
    SignatureError::Scope {
        why,
        covered: references
            .iter()
            .map(|reference| place(reference.target.element()))
            .collect(),
    }
}

/// An element's name and place, for reports.
pub(crate) fn place(element: Element<'_>) -> String {
    format!("{} at {}", element.name(), element.position())
}
