//! Is the signature about what the recipient reads?

use qaqpa_xml::Element;

use crate::error::SignatureError;
use crate::read::reference::Reference;

/// The one reference that is about `must_cover`: the same element of the same tree, not one that
/// looks like it. Other references may exist; all their digests are checked, and nothing is read
/// through them.
///
/// XMLDSig 1.1, §8.1.1: "Only what is signed is secure."
pub(crate) fn check<'r, 'd>(
    references: &'r [Reference<'d>],
    must_cover: Element<'d>,
) -> Result<&'r Reference<'d>, SignatureError> {
    let mut covering = references
        .iter()
        .filter(|reference| reference.target.element() == must_cover);
    let refused = |why| SignatureError::Scope {
        why,
        covered: references
            .iter()
            .map(|reference| place(reference.target.element()))
            .collect(),
    };
    match (covering.next(), covering.next()) {
        (Some(reference), None) => Ok(reference),
        (Some(_), Some(_)) => Err(refused("more than one reference is about it")),
        (None, _) => Err(refused("no reference is about it")),
    }
}

/// An element's name and place, for reports.
pub(crate) fn place(element: Element<'_>) -> String {
    format!("{} at {}", element.name(), element.position())
}
