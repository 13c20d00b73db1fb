//! The tree: one arena of nodes over one owned text, immutable after the parse.

use std::fmt;
use std::ops::Range;

use crate::XML_NAMESPACE;
use crate::element::Element;
use crate::error::{Position, XmlError};
use crate::limits::XmlLimits;

/// The name of a node within its document; says nothing about which document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The document itself: the parent of the root and of the comments beside it.
    pub(crate) const DOCUMENT: Self = Self(0);

    pub(crate) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A well-formed document: its text and the tree over it.
///
/// Says nothing about who wrote it: what is proven to be signed is read through `xmldsig`'s `Covered`.
pub struct Document {
    pub(crate) source: Box<str>,
    pub(crate) tree: Tree,
}

impl Document {
    /// Reads a document.
    ///
    /// A byte order mark is skipped; spans and offsets count from after it.
    ///
    /// # Errors
    /// [`XmlError`], by the first rule that the bytes break.
    pub fn parse(bytes: &[u8], limits: &XmlLimits) -> Result<Self, XmlError> {
        crate::parse::parse(bytes, limits)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Element<'_> {
        Element::new(self, self.tree.root)
    }

    /// The text that was parsed, without a byte order mark.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The element of that id, if it is an element of this document.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<Element<'_>> {
        let data = self.tree.nodes.get(id.index())?;
        matches!(data.kind, Kind::Element(_)).then(|| Element::new(self, id))
    }

    /// The position of a byte offset, as spans give them.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        Position::of(&self.source, offset)
    }

    pub(crate) fn data(&self, id: NodeId) -> &NodeData {
        &self.tree.nodes[id.index()]
    }

    /// The children of a node, in order.
    pub(crate) fn children_of(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.data(id).first_child, |child| self.data(*child).next)
    }

    pub(crate) fn namespace_name(&self, namespace: Namespace) -> Option<&str> {
        self.tree.namespace_name(namespace, &self.source)
    }
}

impl fmt::Debug for Document {
    /// The root and the size, not the text: it holds people's data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("root", &self.root().name())
            .field("bytes", &self.source.len())
            .finish_non_exhaustive()
    }
}

/// The nodes, with their attributes and declarations in arrays of their own.
pub(crate) struct Tree {
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) attributes: Vec<AttributeData>,
    pub(crate) declarations: Vec<DeclarationData>,
    pub(crate) root: NodeId,
}

impl Tree {
    pub(crate) fn namespace_name<'d>(
        &'d self,
        namespace: Namespace,
        source: &'d str,
    ) -> Option<&'d str> {
        match namespace {
            Namespace::Declared(index) => Some(self.declarations[index as usize].name.of(source)),
            Namespace::None => None,
            Namespace::Xml => Some(XML_NAMESPACE),
        }
    }
}

/// One node and its neighbours.
pub(crate) struct NodeData {
    pub(crate) parent: NodeId,
    pub(crate) next: Option<NodeId>,
    pub(crate) first_child: Option<NodeId>,
    pub(crate) last_child: Option<NodeId>,
    pub(crate) span: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a node is. Text nodes are maximal: references and CDATA sections do not split them, comments do.
pub(crate) enum Kind {
    Comment(Chunk),
    Document,
    Element(ElementData),
    Text(Chunk),
}

/// An element's name, namespace, attributes and content.
pub(crate) struct ElementData {
    pub(crate) prefix: Option<Range<usize>>,
    pub(crate) local: Range<usize>,
    pub(crate) namespace: Namespace,
    pub(crate) attributes: Range<usize>,
    pub(crate) declarations: Range<usize>,
    /// From after the start tag to before the end tag; `None` for `<a/>`.
    pub(crate) content: Option<Range<usize>>,
}

/// An attribute that is not a namespace declaration.
pub(crate) struct AttributeData {
    pub(crate) prefix: Option<Range<usize>>,
    pub(crate) local: Range<usize>,
    pub(crate) namespace: Namespace,
    pub(crate) value: Chunk,
}

/// A namespace declaration; the prefix is an empty range for the default namespace.
pub(crate) struct DeclarationData {
    pub(crate) prefix: Range<usize>,
    pub(crate) name: Chunk,
}

/// The namespace of a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Namespace {
    /// The declaration of that index.
    Declared(u32),
    /// None: no default namespace, or one that was taken back by `xmlns=""`.
    None,
    /// The one of the prefix `xml`, which needs no declaration.
    Xml,
}

/// Characters: as they stand in the text, or rewritten because of references and line ends.
#[derive(Clone, Debug)]
pub(crate) enum Chunk {
    Owned(Box<str>),
    Source(Range<usize>),
}

impl Chunk {
    pub(crate) fn of<'d>(&'d self, source: &'d str) -> &'d str {
        match self {
            Self::Owned(text) => text,
            Self::Source(span) => &source[span.clone()],
        }
    }
}
