//! What was read: an account of a reader's own readings, kept while it reads.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use qaqpa_xml::{Element, NodeId};

use super::{CoveredElement, CoveredPart, PartKind};

/// The elements whose values were read through one [`Covered`](super::Covered), each once.
///
/// Nobody but the readings themselves writes into it, and each of those is one of a [`CoveredElement`]: what no reference
/// covers can neither be read nor noted.
///
/// ```compile_fail
/// # fn noted(document: &qaqpa_xml::Document) {
/// let ledger = qaqpa_xmldsig::Ledger::default();
/// // An element of the tree is not one that is proven to be signed:
/// ledger.note(&document.root());
/// # }
/// ```
///
/// ```compile_fail
/// # fn noted(document: &qaqpa_xml::Document) {
/// // Nor can a proof be made of one.
/// let covered = qaqpa_xmldsig::CoveredElement::from(document.root());
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Ledger(Mutex<BTreeSet<NodeId>>);

impl Ledger {
    pub(super) fn note(&self, element: &CoveredElement<'_>) {
        self.read().insert(element.id());
    }

    fn read(&self) -> std::sync::MutexGuard<'_, BTreeSet<NodeId>> {
        // A set is whole at every moment: a reader that panicked elsewhere spoils nothing.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An element that was read, and what covers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsumedElement {
    /// The way from the root of the document by local names, with a place (from 1) among those of the same name:
    /// `/application/form/field[2]`.
    pub path: String,
    /// The place of the reference that covers it, from 0, in the order of `SignedInfo`.
    pub reference: usize,
    /// Its bytes in the document's source.
    pub span: Range<usize>,
}

/// The noted elements of the parts that the recipient reads. One walk over these: the cost is that of their elements.
pub(super) fn consumed(parts: &[CoveredPart<'_>], ledger: &Ledger) -> Vec<ConsumedElement> {
    let read = ledger.read();
    let mut found = Vec::new();
    for (reference, part) in parts.iter().enumerate() {
        if part.kind != PartKind::Content {
            continue;
        }
        let above = steps_from_root(part.root.element());
        let mut way = above.clone();
        let mut stack = vec![(part.root, above.len(), None)];
        while let Some((covered, depth, step)) = stack.pop() {
            way.truncate(depth);
            way.extend(step);
            let from = stack.len();
            let mut places = places(covered.element());
            for child in covered.children() {
                let step = places.remove(&child.id());
                let step = step.unwrap_or_else(|| child.name().to_owned());
                stack.push((child, way.len(), Some(step)));
            }
            stack[from..].reverse();
            if read.contains(&covered.id()) {
                found.push(ConsumedElement {
                    path: format!("/{}", way.join("/")),
                    reference,
                    span: covered.span(),
                });
            }
        }
    }
    found
}

/// The way from the root of the document to an element, this included.
fn steps_from_root(element: Element<'_>) -> Vec<String> {
    let mut way: Vec<String> = element
        .ancestors_and_self()
        .map(|element| {
            let place = element
                .parent()
                .and_then(|parent| places(parent).remove(&element.id()));
            place.unwrap_or_else(|| element.name().to_owned())
        })
        .collect();
    way.reverse();
    way
}

/// The children that share their name with another one, each by its name and its place (from 1): the steps of
/// [`ConsumedElement::path`]. Of the other children the name is the step.
#[must_use]
pub fn places(parent: Element<'_>) -> HashMap<NodeId, String> {
    let mut all: HashMap<&str, Vec<NodeId>> = HashMap::new();
    for child in parent.children() {
        all.entry(child.name()).or_default().push(child.id());
    }
    all.into_iter()
        .filter(|(_, same)| same.len() > 1)
        .flat_map(|(name, same)| {
            same.into_iter()
                .enumerate()
                .map(move |(place, id)| (id, format!("{name}[{}]", place + 1)))
        })
        .collect()
}
