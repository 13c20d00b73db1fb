//! What the signatures that a document has already mean for a new one.

use qaqpa_xml::{Document, Element};

use crate::bounds::Bounds;
use crate::covered::Without;
use crate::error::SignError;
use crate::names::DS;
use crate::signature::FoundSignature;

/// Whether a signature may become a child of the root.
///
/// Alone: if there is none anywhere. Beside others: if they all stand there and none of them is about the place where
/// the new one goes, which would break it.
pub(super) fn check(document: &Document, parallel: bool) -> Result<(), SignError> {
    let root = document.root();
    for (number, signature) in signatures(root).enumerate() {
        if number == Bounds::SIGNATURES_MAX {
            return Err(SignError::Structure {
                why: "there are as many signatures already as are verified",
            });
        }
        if !parallel || signature.parent() != Some(root) {
            return Err(SignError::AlreadySigned);
        }
        let found = FoundSignature::read(signature, vec![root], &Bounds::default());
        let found = found.map_err(|_| SignError::Structure {
            why: "a signature that is there cannot be read",
        })?;
        let would_break = found.references().iter().any(|reference| {
            reference.target.element() == root && reference.without() != Without::EverySignature
        });
        if would_break {
            return Err(SignError::Structure {
                why: "a signature that is there is about the whole root, and another would break it",
            });
        }
    }
    Ok(())
}

/// The signatures that stand in no other signature.
fn signatures(root: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    std::iter::once(root)
        .chain(root.descendants())
        .filter(|element| {
            element.is(DS, "Signature")
                && element
                    .ancestors_and_self()
                    .skip(1)
                    .all(|ancestor| !ancestor.is(DS, "Signature"))
        })
}
