//! Canonical XML: the octets that a signature is about.
//!
//! Inclusive: Canonical XML 1.0 (W3C, 2001-03-15) and 1.1 (W3C, 2008-05-02). Exclusive: Exclusive XML
//! Canonicalization 1.0 (W3C, 2002-07-18). The node-set is always one whole element, or the whole
//! document, less some subtrees (signatures): that is all which same-document references and the
//! transforms of the profiles can ask for.
//!
//! [`canonicalize_into`] hands the octets on piece by piece; where the source is canonical already, the pieces are the
//! source's own. Time grows with the subtree and the declarations around it, never with their product; where the octets
//! themselves would, there are none ([`octets_max`]).

mod base;
mod method;
mod out;
mod render;
mod scope;

use thiserror::Error;

pub use method::Method;

use crate::element::Element;
use crate::tree::{Document, NodeId};

/// The part of a document that is made canonical.
#[derive(Clone, Debug)]
pub struct Subtree<'d> {
    pub(crate) apex: Element<'d>,
    pub(crate) whole_document: bool,
    pub(crate) without: Vec<NodeId>,
}

impl<'d> Subtree<'d> {
    /// The whole document: the root and the comments beside it.
    #[must_use]
    pub fn document(document: &'d Document) -> Self {
        Self {
            apex: document.root(),
            whole_document: true,
            without: Vec::new(),
        }
    }

    /// One element and everything in it.
    #[must_use]
    pub fn element(apex: Element<'d>) -> Self {
        Self {
            apex,
            whole_document: false,
            without: Vec::new(),
        }
    }

    /// The same, less the subtree of one element of the same document.
    #[must_use]
    pub fn without(self, id: NodeId) -> Self {
        self.without_all([id])
    }

    /// The same, less the subtrees of some elements of the same document, in any order.
    #[must_use]
    pub fn without_all(mut self, ids: impl IntoIterator<Item = NodeId>) -> Self {
        self.without.extend(ids);
        self
    }

    /// The element at the top.
    #[must_use]
    pub fn apex(&self) -> Element<'d> {
        self.apex
    }
}

/// Where canonical octets go, piece by piece in their order: into a hash, or into memory.
pub trait Sink {
    /// Takes the next octets; how they are cut into pieces says nothing.
    fn write(&mut self, octets: &[u8]);
}

impl Sink for Vec<u8> {
    fn write(&mut self, octets: &[u8]) {
        self.extend_from_slice(octets);
    }
}

/// Why there is no canonical form.
///
/// Never the empty string instead: digests of nothing have been passed off as signatures
/// (CVE-2025-66568).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum C14nError {
    /// The `xml:base` values that Canonical XML 1.1 would join (§2.4) have more than
    /// [`JOINED_BASES_BYTES_MAX`] in all: joining looks at all of them again for each.
    #[error("the xml:base values to be joined have more than {JOINED_BASES_BYTES_MAX} bytes")]
    BasesTooLong,
    /// Nothing would be left: a subtree that is left out holds the apex.
    #[error("nothing is left to canonicalize")]
    Nothing,
    /// The canonical form is longer than it may be: [`octets_max`], or what the caller allowed.
    #[error("the canonical form has more than {octets_max} octets")]
    TooLong {
        /// How long it may be.
        octets_max: usize,
    },
}

/// Bytes of all `xml:base` values that are joined: four times what servers take as an address.
pub const JOINED_BASES_BYTES_MAX: usize = 8 * 1024;

/// Octets that a canonical form may have, of any part of a document of so many bytes: sixteen times as many, and 1 MiB.
///
/// Exclusive C14N, §3, writes a declaration anew at each element that uses it where no element around it does: a name of
/// half the document that half the document uses would have octets by the square. What people write grows at most tenfold
/// (`<a:b/>` with a name of 60 characters, at every element).
#[must_use]
pub const fn octets_max(document_bytes: usize) -> usize {
    document_bytes.saturating_mul(16).saturating_add(1 << 20)
}

/// The canonical octets of the subtree.
///
/// # Errors
/// [`C14nError`]; relative namespace names were refused by the parser.
pub fn canonicalize(subtree: &Subtree<'_>, method: &Method) -> Result<Vec<u8>, C14nError> {
    canonicalize_within(subtree, method, usize::MAX)
}

/// The same, if they are no more than this.
///
/// # Errors
/// As [`canonicalize`]; [`C14nError::TooLong`] if they are more.
pub fn canonicalize_within(
    subtree: &Subtree<'_>,
    method: &Method,
    most: usize,
) -> Result<Vec<u8>, C14nError> {
    let most = most.min(octets_of(subtree));
    let mut octets = Vec::with_capacity(subtree.apex.span().len().min(most));
    render::render(subtree, method, most, &mut octets)?;
    Ok(octets)
}

/// The canonical octets of the subtree, handed on as they are made: a large document is not there twice.
///
/// # Errors
/// As [`canonicalize`]; nothing was written then, or, where it is [`C14nError::TooLong`], a beginning that is good for nothing.
pub fn canonicalize_into(
    subtree: &Subtree<'_>,
    method: &Method,
    sink: &mut impl Sink,
) -> Result<(), C14nError> {
    render::render(subtree, method, octets_of(subtree), sink)
}

fn octets_of(subtree: &Subtree<'_>) -> usize {
    octets_max(subtree.apex.document().source().len())
}
