//! Reading the tree: elements, attributes, text.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use crate::error::{OnlyChildError, Position};
use crate::tree::{Document, ElementData, Kind, NodeId};

/// An element of a document. Two are equal if they are the same element of the same document.
///
/// Says nothing about a signature: what is proven is read through `xmldsig`'s `CoveredElement`.
#[derive(Clone, Copy)]
pub struct Element<'d> {
    document: &'d Document,
    id: NodeId,
}

/// A child of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Node<'d> {
    /// A comment: what stands between `<!--` and `-->`.
    Comment(&'d str),
    /// An element.
    Element(Element<'d>),
    /// Character data, references resolved, CDATA sections joined; only comments and elements split it.
    Text(&'d str),
}

/// An attribute; never a namespace declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    /// The prefix as written.
    pub prefix: Option<&'d str>,
    /// The local name.
    pub local: &'d str,
    /// The namespace name; `None` for every attribute without a prefix.
    pub namespace: Option<&'d str>,
    /// The normalized value.
    pub value: &'d str,
}

impl<'d> Element<'d> {
    #[inline]
    pub(crate) fn new(document: &'d Document, id: NodeId) -> Self {
        Self { document, id }
    }

    /// The document that the element belongs to.
    #[must_use]
    #[inline]
    pub fn document(&self) -> &'d Document {
        self.document
    }

    /// The element's id in its document.
    #[must_use]
    #[inline]
    pub fn id(&self) -> NodeId {
        self.id
    }

    /// The local name.
    #[must_use]
    #[inline]
    pub fn name(&self) -> &'d str {
        let data = self.data();
        &self.source()[data.local as usize..data.name_end as usize]
    }

    /// The prefix as written.
    #[must_use]
    #[inline]
    pub fn prefix(&self) -> Option<&'d str> {
        let start = self.document.data(self.id).start as usize + "<".len();
        let local = self.data().local as usize;
        (local > start).then(|| &self.source()[start..local - 1])
    }

    /// The namespace name.
    #[must_use]
    #[inline]
    pub fn namespace(&self) -> Option<&'d str> {
        self.document.namespace_name(self.data().namespace)
    }

    /// Whether this is the element of that namespace and local name, whatever its prefix.
    #[must_use]
    #[inline]
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        let data = self.data();
        let name = &self.source().as_bytes()[data.local as usize..data.name_end as usize];
        name == local.as_bytes() && self.namespace() == Some(namespace)
    }

    /// The value of an attribute.
    #[must_use]
    pub fn attribute(&self, namespace: Option<&str>, local: &str) -> Option<&'d str> {
        self.attributes()
            .find(|a| a.local == local && a.namespace == namespace)
            .map(|a| a.value)
    }

    /// The attributes in the order of the text, without namespace declarations.
    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let document = self.document;
        let range = document.tree.attributes_of(self.index());
        (range.start as u32..range.end as u32).map(move |index| document.attribute(index))
    }

    /// The namespace declarations of this very element: prefix (`""` for the default) and name (`""` for none).
    pub fn declarations(&self) -> impl Iterator<Item = (&'d str, &'d str)> + use<'d> {
        let document = self.document;
        let tree = &document.tree;
        tree.declarations[tree.declarations_of(self.index())]
            .iter()
            .map(move |data| {
                (
                    tree.prefix_text(data.prefix, &document.source),
                    document.namespace_name(data.namespace).unwrap_or_default(),
                )
            })
    }

    /// The namespace that a prefix (`""` for the default) is bound to here, for QNames in content.
    #[must_use]
    pub fn namespace_of_prefix(&self, prefix: &str) -> Option<&'d str> {
        if prefix == "xml" {
            return Some(crate::XML_NAMESPACE);
        }
        self.ancestors_and_self()
            .find_map(|element| element.declarations().find(|(p, _)| *p == prefix))
            .map(|(_, name)| name)
            .filter(|name| !name.is_empty())
    }

    /// The parent; `None` for the root.
    #[must_use]
    #[inline]
    pub fn parent(&self) -> Option<Self> {
        let parent = self.document.data(self.id).parent;
        (parent != NodeId::DOCUMENT).then(|| Self::new(self.document, parent))
    }

    /// This element, its parent, and so on up to the root.
    pub fn ancestors_and_self(&self) -> impl Iterator<Item = Self> + use<'d> {
        std::iter::successors(Some(*self), Self::parent)
    }

    /// The child elements.
    pub fn children(&self) -> impl Iterator<Item = Self> + use<'d> {
        self.nodes().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Comment(_) | Node::Text(_) => None,
        })
    }

    /// All children: elements, text and comments.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'d>> + use<'d> {
        let document = self.document;
        document.children_of(self.id).map(move |id| {
            match document.data(id).kind {
                Kind::Comment(chars) => Node::Comment(document.chars(chars)),
                Kind::Text(chars) => Node::Text(document.chars(chars)),
                // A document is nobody's child.
                Kind::Document | Kind::Element(_) => Node::Element(Self::new(document, id)),
            }
        })
    }

    /// The first child element of that name; `None` as the namespace means "in no namespace".
    #[must_use]
    pub fn child(&self, namespace: Option<&str>, local: &str) -> Option<Self> {
        self.children()
            .find(|child| child.name() == local && child.namespace() == namespace)
    }

    /// The only child element of that name.
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
    #[must_use]
    pub fn text(&self) -> Cow<'d, str> {
        let mut texts = self.nodes().filter_map(|node| match node {
            Node::Text(text) => Some(text),
            Node::Comment(_) | Node::Element(_) => None,
        });
        let Some(first) = texts.next() else {
            return Cow::Borrowed("");
        };
        let mut text = Cow::Borrowed(first);
        for more in texts {
            text.to_mut().push_str(more);
        }
        text
    }

    /// The elements below this one, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Self> + use<'d> {
        let document = self.document;
        (self.id.0 + 1..document.data(self.id).after)
            .map(NodeId)
            .filter(|id| matches!(document.data(*id).kind, Kind::Element(_)))
            .map(|id| Self::new(document, id))
    }

    /// Whether a comment stands anywhere in this element or below it.
    #[must_use]
    pub fn has_comments(&self) -> bool {
        let nodes = &self.document.tree.nodes;
        nodes[self.id.index()..nodes[self.id.index()].after as usize]
            .iter()
            .any(|node| matches!(node.kind, Kind::Comment(_)))
    }

    /// Whether this is `other` or stands somewhere below it.
    #[must_use]
    pub fn is_within(&self, other: &Self) -> bool {
        // What is below a node follows it without a gap.
        std::ptr::eq(self.document, other.document)
            && (other.id.0..other.document.data(other.id).after).contains(&self.id.0)
    }

    /// The bytes of the element in [`Document::source`], from `<` to `>`.
    #[must_use]
    pub fn span(&self) -> Range<usize> {
        self.document.data(self.id).span()
    }

    /// The bytes between start tag and end tag; `None` for `<a/>`.
    #[must_use]
    pub fn content_span(&self) -> Option<Range<usize>> {
        let content = self.data().content as usize;
        if content == 0 {
            return None;
        }
        let end = self.span().end;
        // An end tag has one `<`, at its beginning.
        let end_tag = memchr::memrchr(b'<', &self.source().as_bytes()[..end])?;
        Some(content..end_tag)
    }

    /// Where the element begins, for people.
    #[must_use]
    pub fn position(&self) -> Position {
        self.document.position(self.span().start)
    }

    #[inline]
    fn source(&self) -> &'d str {
        self.document.source()
    }

    #[inline]
    fn data(&self) -> &'d ElementData {
        &self.document.tree.elements[self.index() as usize]
    }

    /// Its place among the elements.
    #[inline]
    pub(crate) fn index(&self) -> u32 {
        match self.document.data(self.id).kind {
            Kind::Element(index) => index,
            Kind::Comment(_) | Kind::Document | Kind::Text(_) => {
                unreachable!("an Element is made of elements only: `Document::node` looks")
            }
        }
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && std::ptr::eq(self.document, other.document)
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> at {}", self.name(), self.position())
    }
}
