//! Canonical XML: the octets that a signature is about.
//!
//! Inclusive: Canonical XML 1.0 (W3C, 2001-03-15) and 1.1. Exclusive: Exclusive XML
//! Canonicalization 1.0 (W3C, 2002-07-18). The node-set is always one whole element, or the whole
//! document, less at most one subtree (the signature itself): that is all which same-document
//! references and the enveloped-signature transform can ask for.

mod method;
mod render;
mod scope;

use thiserror::Error;

pub use method::Method;

use crate::element::Element;
use crate::tree::{Document, NodeId};

/// The part of a document that is made canonical.
#[derive(Clone, Copy, Debug)]
pub struct Subtree<'d> {
    pub(crate) apex: Element<'d>,
    pub(crate) whole_document: bool,
    pub(crate) without: Option<NodeId>,
}

impl<'d> Subtree<'d> {
    /// The whole document: the root and the comments beside it.
    #[must_use]
    pub fn document(document: &'d Document) -> Self {
        Self {
            apex: document.root(),
            whole_document: true,
            without: None,
        }
    }

    /// One element and everything in it.
    #[must_use]
    pub fn element(apex: Element<'d>) -> Self {
        Self {
            apex,
            whole_document: false,
            without: None,
        }
    }

    /// The same, less the subtree of one element of the same document.
    #[must_use]
    pub fn without(mut self, id: NodeId) -> Self {
        self.without = Some(id);
        self
    }

    /// The element at the top.
    #[must_use]
    pub fn apex(&self) -> Element<'d> {
        self.apex
    }
}

/// Why there is no canonical form.
///
/// Never the empty string instead: digests of nothing have been passed off as signatures
/// (CVE-2025-66568).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum C14nError {
    /// Nothing would be left: the subtree that is left out holds the apex.
    #[error("nothing is left to canonicalize")]
    Nothing,
    /// C14N 1.1 would have to join `xml:base` of elements that are not in the subtree (§2.4); it is
    /// not done here, because no profile uses it.
    #[error("Canonical XML 1.1 of a part of a document that inherits xml:base is refused")]
    XmlBaseInherited,
}

/// The canonical octets of the subtree.
///
/// # Errors
/// [`C14nError`]; relative namespace names were refused by the parser.
pub fn canonicalize(subtree: &Subtree<'_>, method: &Method) -> Result<Vec<u8>, C14nError> {
    render::render(subtree, method)
}
