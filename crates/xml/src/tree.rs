//! The tree: one arena of nodes over one owned text, immutable after the parse.
//!
//! Nodes stand in document order, so that what is below a node follows it without a gap. Places are 32-bit offsets into
//! the text; what is not as it stands there (references, line ends) lies in one second text, which is shorter.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use crate::XML_NAMESPACE;
use crate::element::{Attribute, Element};
use crate::error::{Position, XmlError};
use crate::limits::XmlLimits;
use crate::lines::Lines;
use crate::work;

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
    pub(crate) source: String,
    pub(crate) tree: Tree,
    /// The attributes of `tree.ids`, sorted by value; made when first asked for.
    ids_by_value: OnceLock<Vec<IdData>>,
    /// Where its lines are; made when a position is first asked for.
    lines: OnceLock<Lines>,
    /// For each namespace the place of its name among all of them, in their order; made when first asked for.
    ranks: OnceLock<Vec<u32>>,
}

impl Document {
    pub(crate) fn new(source: String, tree: Tree) -> Self {
        Self {
            source,
            tree,
            ids_by_value: OnceLock::new(),
            lines: OnceLock::new(),
            ranks: OnceLock::new(),
        }
    }

    /// Reads a document, of which the tree keeps a copy.
    ///
    /// A byte order mark is skipped; spans and offsets count from after it.
    ///
    /// # Errors
    /// [`XmlError`], by the first rule that the bytes break.
    pub fn parse(bytes: &[u8], limits: &XmlLimits) -> Result<Self, XmlError> {
        crate::parse::borrowed(bytes, limits)
    }

    /// Reads a document, which the tree keeps: a large one is not there twice.
    ///
    /// # Errors
    /// As [`Document::parse`].
    pub fn parse_owned(bytes: Vec<u8>, limits: &XmlLimits) -> Result<Self, XmlError> {
        crate::parse::owned(bytes, limits)
    }

    /// The root element.
    #[must_use]
    #[inline]
    pub fn root(&self) -> Element<'_> {
        Element::new(self, self.tree.root)
    }

    /// The text that was parsed, without a byte order mark.
    #[must_use]
    #[inline]
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The element of that id, if it is an element of this document.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<Element<'_>> {
        let data = self.tree.nodes.get(id.index())?;
        matches!(data.kind, Kind::Element(_)).then(|| Element::new(self, id))
    }

    /// All elements in document order, the root first.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        std::iter::once(self.root()).chain(self.root().descendants())
    }

    /// The attributes called `id`, in any case and of any namespace, that have this value, in document order, each with
    /// its element.
    ///
    /// Says nothing about which of them are Ids: no DTD is read. The first question sorts them (n·log n for n such
    /// attributes), the others take log n.
    pub fn attributes_called_id(
        &self,
        value: &str,
    ) -> impl Iterator<Item = (Element<'_>, Attribute<'_>)> {
        let value_of = |id: &IdData| {
            let value = self.attribute(id.attribute).value;
            work::done(value.len());
            value
        };
        let ids = self.ids_by_value.get_or_init(|| {
            let mut ids = self.tree.ids.clone();
            ids.sort_by_key(|id| (value_of(id), id.attribute));
            ids
        });
        let from = ids.partition_point(|id| value_of(id) < value);
        let same = ids[from..].partition_point(|id| value_of(id) == value);
        ids[from..from + same]
            .iter()
            .map(|id| (Element::new(self, id.element), self.attribute(id.attribute)))
    }

    /// The position of a byte offset, as spans give them.
    ///
    /// The first question looks at the whole text once, the others at 4 KiB.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let lines = self.lines.get_or_init(|| Lines::of(&self.source));
        lines.position(&self.source, offset)
    }

    /// The place of a namespace among all of the document, in the order of their names; none comes first.
    ///
    /// The first question sorts the names, so that long ones are not compared for each attribute again.
    pub(crate) fn rank(&self, namespace: NamespaceId) -> u32 {
        let ranks = self.ranks.get_or_init(|| {
            let count = NamespaceId::FIRST + number(self.tree.namespaces.len());
            let mut sorted: Vec<_> = (0..count).map(NamespaceId).collect();
            sorted.sort_unstable_by_key(|id| {
                let name = self.namespace_name(*id);
                work::done(name.map_or(0, str::len));
                name
            });
            let mut ranks = vec![0; sorted.len()];
            for (rank, id) in (0..).zip(sorted) {
                ranks[id.0 as usize] = rank;
            }
            ranks
        });
        ranks[namespace.0 as usize]
    }

    #[inline]
    pub(crate) fn data(&self, id: NodeId) -> &NodeData {
        &self.tree.nodes[id.index()]
    }

    /// The children of a node, in order.
    pub(crate) fn children_of(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let end = self.data(id).after;
        let mut at = id.0 + 1;
        std::iter::from_fn(move || {
            (at < end).then(|| {
                let child = NodeId(at);
                at = self.data(child).after;
                child
            })
        })
    }

    #[inline]
    pub(crate) fn attribute(&self, index: u32) -> Attribute<'_> {
        let data = &self.tree.attributes[index as usize];
        Attribute {
            prefix: (data.local > data.start)
                .then(|| &self.source[data.start as usize..data.local as usize - 1]),
            local: &self.source[data.local as usize..data.name_end as usize],
            namespace: self.namespace_name(data.namespace),
            value: self.chars(data.value),
        }
    }

    #[inline]
    pub(crate) fn namespace_name(&self, namespace: NamespaceId) -> Option<&str> {
        self.tree.namespace_name(namespace, &self.source)
    }

    #[inline]
    pub(crate) fn chars(&self, chars: Chars) -> &str {
        chars.of(&self.source, &self.tree.rewritten)
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

/// The nodes, with what only some of them have in arrays of their own.
pub(crate) struct Tree {
    pub(crate) nodes: Vec<NodeData>,
    pub(crate) elements: Vec<ElementData>,
    pub(crate) attributes: Vec<AttributeData>,
    pub(crate) declarations: Vec<DeclarationData>,
    /// The prefixes that are declared anywhere, each once; [`PrefixId`] counts from after those that always are.
    pub(crate) prefixes: Vec<Chars>,
    /// The namespace names that are declared anywhere, each once; [`NamespaceId`] counts likewise.
    pub(crate) namespaces: Vec<Chars>,
    /// What is not as it stands in the source.
    pub(crate) rewritten: String,
    /// The attributes called `id`, in any case and of any namespace.
    pub(crate) ids: Vec<IdData>,
    pub(crate) root: NodeId,
}

impl Tree {
    pub(crate) fn namespace_name<'d>(
        &'d self,
        namespace: NamespaceId,
        source: &'d str,
    ) -> Option<&'d str> {
        match namespace {
            NamespaceId::NONE => None,
            NamespaceId::XML => Some(XML_NAMESPACE),
            NamespaceId(id) => {
                let name = self.namespaces[(id - NamespaceId::FIRST) as usize];
                Some(name.of(source, &self.rewritten))
            }
        }
    }

    pub(crate) fn prefix_text<'d>(&'d self, prefix: PrefixId, source: &'d str) -> &'d str {
        match prefix {
            PrefixId::DEFAULT => "",
            PrefixId::XML => "xml",
            PrefixId(id) => {
                let prefix = self.prefixes[(id - PrefixId::FIRST) as usize];
                prefix.of(source, &self.rewritten)
            }
        }
    }

    /// The attributes of an element, by its place in `elements`.
    #[inline]
    pub(crate) fn attributes_of(&self, element: u32) -> Range<usize> {
        let from = self.elements[element as usize].attributes as usize;
        let next = self.elements.get(element as usize + 1);
        from..next.map_or(self.attributes.len(), |next| next.attributes as usize)
    }

    /// The declarations of an element, by its place in `elements`.
    #[inline]
    pub(crate) fn declarations_of(&self, element: u32) -> Range<usize> {
        let from = self.elements[element as usize].declarations as usize;
        let next = self.elements.get(element as usize + 1);
        from..next.map_or(self.declarations.len(), |next| next.declarations as usize)
    }
}

/// One node, and where its neighbours are.
pub(crate) struct NodeData {
    /// Its bytes in the source.
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) parent: NodeId,
    /// The first node that is neither it nor below it: the next sibling, if that has the same parent.
    pub(crate) after: u32,
    pub(crate) kind: Kind,
}

impl NodeData {
    #[inline]
    pub(crate) const fn span(&self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What a node is. Text nodes are maximal: references and CDATA sections do not split them, comments do.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    Comment(Chars),
    Document,
    /// Its place among the elements.
    Element(u32),
    Text(Chars),
}

/// An element's name, namespace, attributes and content. Its qualified name begins right after `<`.
pub(crate) struct ElementData {
    /// Where the local name begins; right before it stands the colon, if there is a prefix.
    pub(crate) local: u32,
    pub(crate) name_end: u32,
    pub(crate) prefix: PrefixId,
    pub(crate) namespace: NamespaceId,
    /// The first of its attributes; the next element's first ends them.
    pub(crate) attributes: u32,
    /// The first of its declarations; the next element's first ends them.
    pub(crate) declarations: u32,
    /// Where the content begins; 0 for `<a/>`.
    pub(crate) content: u32,
}

/// An attribute that is not a namespace declaration.
pub(crate) struct AttributeData {
    /// Where the qualified name begins.
    pub(crate) start: u32,
    /// Where the local name begins: after the colon, or at `start`.
    pub(crate) local: u32,
    pub(crate) name_end: u32,
    pub(crate) prefix: PrefixId,
    pub(crate) namespace: NamespaceId,
    pub(crate) value: Chars,
}

/// A namespace declaration.
pub(crate) struct DeclarationData {
    pub(crate) prefix: PrefixId,
    /// [`NamespaceId::NONE`] where the default namespace is taken back.
    pub(crate) namespace: NamespaceId,
}

/// An attribute called `id`, and its element.
#[derive(Clone, Copy)]
pub(crate) struct IdData {
    pub(crate) element: NodeId,
    pub(crate) attribute: u32,
}

/// A prefix; two are the same text exactly if they are the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PrefixId(pub(crate) u32);

impl PrefixId {
    /// No prefix: the default namespace's.
    pub(crate) const DEFAULT: Self = Self(0);
    /// `xml`, which needs no declaration.
    pub(crate) const XML: Self = Self(1);
    /// The first that a document declares.
    pub(crate) const FIRST: u32 = 2;
}

/// A namespace; two have the same name exactly if they are the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NamespaceId(pub(crate) u32);

impl NamespaceId {
    /// None: no default namespace, or one that was taken back by `xmlns=""`.
    pub(crate) const NONE: Self = Self(0);
    /// The one of the prefix `xml`, which needs no declaration.
    pub(crate) const XML: Self = Self(1);
    /// The first that a document declares.
    pub(crate) const FIRST: u32 = 2;
}

/// Characters: as they stand in the source, or rewritten because of references and line ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chars {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// Whether the place is in `Tree::rewritten` and not in the source.
    pub(crate) is_rewritten: bool,
    /// For a text node: the whole node in the source is its canonical form (C14N 1.0, §2.3). For an attribute value: the
    /// characters are theirs.
    pub(crate) is_canonical: bool,
}

impl Chars {
    #[inline]
    pub(crate) fn of<'d>(self, source: &'d str, rewritten: &'d str) -> &'d str {
        let text = if self.is_rewritten { rewritten } else { source };
        &text[self.start as usize..self.end as usize]
    }
}

/// A count or a place as a 32-bit number.
#[inline]
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a document is shorter than 4 GiB: `parse` refuses longer ones")
}
