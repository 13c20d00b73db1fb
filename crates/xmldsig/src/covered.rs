//! What is proven to be signed, and the only way to read it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use qaqpa_xml::{Attribute, Element, Node, NodeId, OnlyChildError, Position};

use crate::names::DS;

mod ledger;

pub use ledger::{ConsumedElement, Ledger, places};

/// The parts of a document that a key has signed: value, digests and scope were all checked.
///
/// Only [`FoundSignature::cover`](crate::FoundSignature::cover) makes one. Says nothing about whose
/// key it was, or whether its certificate was valid.
#[derive(Clone)]
pub struct Covered<'d> {
    root: CoveredElement<'d>,
    parts: Vec<CoveredPart<'d>>,
}

/// What one reference covers.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct CoveredPart<'d> {
    /// The reference's URI.
    pub uri: String,
    /// What the part is to the signature.
    pub kind: PartKind,
    /// The topmost signed element.
    pub root: CoveredElement<'d>,
}

/// What a covered part is to its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PartKind {
    /// What the recipient of the profile reads.
    Content,
    /// Something beside it: a time stamp of the transport, a token. Nothing is read through it.
    Other,
    /// The value of another signature, which this one counter-signs.
    SignatureValue,
    /// The signature's own signed properties (ETSI EN 319 132-1, clause 4.3.2).
    SignedProperties,
}

impl<'d> Covered<'d> {
    pub(crate) fn new(root: CoveredElement<'d>, parts: Vec<CoveredPart<'d>>) -> Self {
        Self { root, parts }
    }

    /// The same proof, whose readings of values are noted in a ledger: what was read through it is told by [`Self::consumed`].
    #[must_use]
    pub fn noted_in<'l>(&self, ledger: &'l Ledger) -> Covered<'l>
    where
        'd: 'l,
    {
        let noted = |covered: CoveredElement<'d>| CoveredElement {
            element: covered.element,
            without: covered.without,
            ledger: Some(ledger),
        };
        let parts = self.parts.iter().map(|part| CoveredPart {
            uri: part.uri.clone(),
            kind: part.kind,
            root: noted(part.root),
        });
        Covered {
            root: noted(self.root),
            parts: parts.collect(),
        }
    }

    /// Every element whose text or attributes were read through this proof, in the order of the references and of the text;
    /// nothing where no ledger was kept.
    ///
    /// An element that no reference covers cannot stand here: a [`Ledger`] takes nothing but a [`CoveredElement`].
    #[must_use]
    pub fn consumed(&self) -> Vec<ConsumedElement> {
        self.root
            .ledger
            .map(|ledger| ledger::consumed(self.parts(), ledger))
            .unwrap_or_default()
    }

    /// The topmost signed element that the recipient reads: the first of them, where the profile has several.
    #[must_use]
    pub fn root(&self) -> CoveredElement<'d> {
        self.root
    }

    /// What each reference covers, in the order of the references.
    #[must_use]
    pub fn parts(&self) -> &[CoveredPart<'d>] {
        &self.parts
    }

    /// The same proof for each part that the recipient reads, the root's first: [`Self::root`] is that part then. What is written for
    /// a document of one part reads each of several through it.
    pub fn each_content(&self) -> impl Iterator<Item = Self> + '_ {
        let others = self.contents().filter(|part| *part != self.root);
        std::iter::once(self.root).chain(others).map(|root| Self {
            root,
            ..self.clone()
        })
    }

    /// The parts that the recipient reads, in the order of the references.
    pub fn contents(&self) -> impl Iterator<Item = CoveredElement<'d>> + '_ {
        self.parts
            .iter()
            .filter(|part| part.kind == PartKind::Content)
            .map(|part| part.root)
    }

    /// Whether there are comments in what the recipient reads. They are not signed and never read here; a
    /// report may mention them.
    #[must_use]
    pub fn has_comments(&self) -> bool {
        std::iter::once(self.root)
            .chain(self.contents().filter(|root| *root != self.root))
            .any(CoveredElement::has_comments)
    }
}

impl fmt::Debug for Covered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Covered").field(&self.root).finish()
    }
}

/// What the transforms leave out of the part that a reference is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Without {
    /// Every `ds:Signature` (XPath Filter 2.0).
    EverySignature,
    Nothing,
    /// The signature itself (enveloped-signature).
    One(NodeId),
}

impl Without {
    /// Whether an element below the part's root is left out, with all that is in it.
    pub(crate) fn leaves_out(self, element: &Element<'_>) -> bool {
        match self {
            Self::EverySignature => element.is(DS, "Signature"),
            Self::Nothing => false,
            Self::One(signature) => element.id() == signature,
        }
    }
}

/// A signed element. It leads down only, never to comments, and never into what a transform left out.
#[derive(Clone, Copy)]
pub struct CoveredElement<'d> {
    element: Element<'d>,
    without: Without,
    ledger: Option<&'d Ledger>,
}

impl PartialEq for CoveredElement<'_> {
    /// The same element under the same transforms; whether readings are noted makes no other element.
    fn eq(&self, other: &Self) -> bool {
        self.element == other.element && self.without == other.without
    }
}

impl Eq for CoveredElement<'_> {}

impl<'d> CoveredElement<'d> {
    pub(crate) fn new(element: Element<'d>, without: Without) -> Self {
        Self {
            element,
            without,
            ledger: None,
        }
    }

    fn note(&self) {
        if let Some(ledger) = self.ledger {
            ledger.note(self);
        }
    }

    pub(crate) fn element(self) -> Element<'d> {
        self.element
    }

    fn has_comments(self) -> bool {
        std::iter::once(self)
            .chain(self.descendants())
            .any(|covered| {
                covered
                    .element
                    .nodes()
                    .any(|node| matches!(node, Node::Comment(_)))
            })
    }

    /// The local name.
    #[must_use]
    pub fn name(&self) -> &'d str {
        self.element.name()
    }

    /// The prefix as written.
    #[must_use]
    pub fn prefix(&self) -> Option<&'d str> {
        self.element.prefix()
    }

    /// The namespace name.
    #[must_use]
    pub fn namespace(&self) -> Option<&'d str> {
        self.element.namespace()
    }

    /// Whether this is the element of that namespace and local name, whatever its prefix.
    #[must_use]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.element.is(namespace, local)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, namespace: Option<&str>, local: &str) -> Option<&'d str> {
        self.note();
        self.element.attribute(namespace, local)
    }

    /// The attributes in the order of the text.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        self.note();
        self.element.attributes()
    }

    /// The signed child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        let parent = *self;
        self.element
            .children()
            .filter(move |child| !parent.without.leaves_out(child))
            .map(move |element| Self { element, ..parent })
    }

    /// The first signed child element of that name; `None` as the namespace means "in no namespace".
    #[must_use]
    pub fn child(&self, namespace: Option<&str>, local: &str) -> Option<Self> {
        self.children()
            .find(|child| child.name() == local && child.namespace() == namespace)
    }

    /// The only signed child element of that name.
    ///
    /// # Errors
    /// [`OnlyChildError`] if there is none or more than one.
    pub fn only_child(&self, namespace: Option<&str>, local: &str) -> Result<Self, OnlyChildError> {
        let mut found = self
            .children()
            .filter(|child| child.name() == local && child.namespace() == namespace);
        match (found.next(), found.next()) {
            (Some(child), None) => Ok(child),
            (first, second) => Err(OnlyChildError {
                local: local.to_owned(),
                found: usize::from(first.is_some()) + usize::from(second.is_some()) + found.count(),
                parent: self.position(),
            }),
        }
    }

    /// The text of this element alone: its text nodes joined, whatever comments stand between them.
    ///
    /// That is exactly the character data which the digest saw.
    #[must_use]
    pub fn text(&self) -> Cow<'d, str> {
        self.note();
        self.element.text()
    }

    /// The signed elements below this one, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'d> {
        let mut stack: Vec<Self> = self.children().collect();
        stack.reverse();
        std::iter::from_fn(move || {
            let next = stack.pop()?;
            let from = stack.len();
            stack.extend(next.children());
            stack[from..].reverse();
            Some(next)
        })
    }

    /// The element's id in its document.
    #[must_use]
    pub fn id(&self) -> NodeId {
        self.element.id()
    }

    /// The bytes of the element in the document's source; a transform may have left a part of them out.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.element.span()
    }

    /// Where the element begins, for people.
    #[must_use]
    pub fn position(&self) -> Position {
        self.element.position()
    }
}

impl fmt::Debug for CoveredElement<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.element.fmt(f)
    }
}
