//! What is proven to be signed, and the only way to read it.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use qaqpa_xml::{Attribute, Element, Node, NodeId, OnlyChildError, Position};

/// The part of a document that a key has signed: value, digests and scope were all checked.
///
/// Only [`FoundSignature::cover`](crate::FoundSignature::cover) makes one. Says nothing about whose
/// key it was, or whether its certificate was valid.
#[derive(Clone, Copy)]
pub struct Covered<'d> {
    root: CoveredElement<'d>,
}

impl<'d> Covered<'d> {
    pub(crate) fn new(root: Element<'d>, without: Option<NodeId>) -> Self {
        Self {
            root: CoveredElement {
                element: root,
                without,
            },
        }
    }

    /// The topmost signed element.
    #[must_use]
    pub fn root(&self) -> CoveredElement<'d> {
        self.root
    }

    /// Whether there are comments in the signed part. They are not signed and never read here; a
    /// report may mention them.
    #[must_use]
    pub fn has_comments(&self) -> bool {
        std::iter::once(self.root)
            .chain(self.root.descendants())
            .any(|covered| {
                covered
                    .element
                    .nodes()
                    .any(|node| matches!(node, Node::Comment(_)))
            })
    }
}

impl fmt::Debug for Covered<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Covered").field(&self.root).finish()
    }
}

/// A signed element. It leads down only, never to comments, and never into what a transform left out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CoveredElement<'d> {
    element: Element<'d>,
    without: Option<NodeId>,
}

impl<'d> CoveredElement<'d> {
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
        self.element.attribute(namespace, local)
    }

    /// The attributes in the order of the text.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        self.element.attributes()
    }

    /// The signed child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        let without = self.without;
        self.element
            .children()
            .filter(move |child| Some(child.id()) != without)
            .map(move |element| Self { element, without })
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
        self.element.text()
    }

    /// The signed elements below this one, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'d> {
        let without = self.without;
        let mut stack: Vec<Self> = self.children().collect();
        stack.reverse();
        std::iter::from_fn(move || {
            let next = stack.pop()?;
            let from = stack.len();
            stack.extend(next.children());
            stack[from..].reverse();
            debug_assert_ne!(Some(next.element.id()), without);
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
