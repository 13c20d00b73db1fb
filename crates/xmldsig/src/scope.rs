//! Is the signature about what the recipient reads?

use qaqpa_xml::Element;

use crate::covered::Without;
use crate::error::SignatureError;
use crate::read::reference::Reference;
use crate::signature::FoundSignature;

/// What one reference says that it is about: for drawings of the signed scope. Proves nothing: that is
/// [`Covered`](crate::Covered).
#[derive(Clone, Copy, Debug)]
pub struct Extent<'d> {
    /// The topmost element.
    pub target: Element<'d>,
    without: Without,
}

impl Extent<'_> {
    /// Whether the transforms leave out this element below the target, with all that is in it.
    #[must_use]
    pub fn leaves_out(&self, element: &Element<'_>) -> bool {
        *element != self.target && self.without.leaves_out(element)
    }
}

impl<'d> FoundSignature<'d> {
    /// What the references say that they are about, in order.
    #[must_use]
    pub fn extents(&self) -> Vec<Extent<'d>> {
        let extent = |reference: &Reference<'d>| Extent {
            target: reference.target.element(),
            without: reference.without(),
        };
        self.references().iter().map(extent).collect()
    }
}

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
