//! The tree while it grows: what XML 1.0 and Namespaces demand of each piece that was cut.

use std::ops::Range;

use crate::chars::is_space;
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};
use crate::namespaces::{self, Bindings};
use crate::pending::Pending;
use crate::tag::{self, RawAttribute, Tag};
use crate::text;
use crate::tree::{
    AttributeData, Chunk, DeclarationData, ElementData, Kind, Namespace, NodeData, NodeId, Tree,
};

/// Takes the pieces of a document in order; `finish` gives the tree.
pub(crate) struct Builder<'s> {
    source: &'s str,
    limits: &'s XmlLimits,
    tree: Tree,
    bindings: Bindings<'s>,
    /// The open elements, the root first.
    open: Vec<NodeId>,
    elements: usize,
    comments: usize,
    pending: Pending,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(source: &'s str, limits: &'s XmlLimits) -> Self {
        let document = NodeData {
            parent: NodeId::DOCUMENT,
            next: None,
            first_child: None,
            last_child: None,
            span: 0..source.len(),
            kind: Kind::Document,
        };
        Self {
            source,
            limits,
            tree: Tree {
                nodes: vec![document],
                attributes: Vec::new(),
                declarations: Vec::new(),
                root: NodeId::DOCUMENT,
            },
            bindings: Bindings::default(),
            open: Vec::new(),
            elements: 0,
            comments: 0,
            pending: Pending::default(),
        }
    }

    pub(crate) fn finish(self) -> Result<Tree, XmlError> {
        if let Some(unclosed) = self.open.last() {
            let at = self.tree.nodes[unclosed.index()].span.start;
            return Err(self.ill_formed(at, "an element without its end tag"));
        }
        if self.tree.root == NodeId::DOCUMENT {
            return Err(self.ill_formed(self.source.len(), "no root element"));
        }
        Ok(self.tree)
    }

    /// Character data without references, outside CDATA sections.
    pub(crate) fn characters(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        let raw = &self.source[span.clone()];
        if self.open.is_empty() {
            return match raw.find(|c| !is_space(c)) {
                None => Ok(()),
                Some(at) => Err(self.outside(span.start + at)),
            };
        }
        // XML 1.0, §2.4: this sequence ends a CDATA section and stands nowhere else.
        if let Some(at) = raw.find("]]>") {
            return Err(self.ill_formed(span.start + at, "']]>' in character data"));
        }
        let chunk = text::characters(self.source, span.clone())?;
        self.pending.push(self.source, span, &chunk);
        Ok(())
    }

    /// A reference, from `&` to `;`.
    pub(crate) fn reference(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(self.outside(span.start));
        }
        let c = text::reference(self.source, span.start + 1..span.end - 1)?;
        self.pending
            .push(self.source, span, &Chunk::Owned(c.to_string().into()));
        Ok(())
    }

    /// A CDATA section, which is nothing but character data (XML 1.0, §2.7).
    pub(crate) fn cdata(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        if self.open.is_empty() {
            return Err(self.outside(span.start));
        }
        let inside = span.start + "<![CDATA[".len()..span.end - "]]>".len();
        let chunk = text::characters(self.source, inside)?;
        self.pending.push(self.source, span, &chunk);
        Ok(())
    }

    /// A comment.
    pub(crate) fn comment(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        self.comments += 1;
        self.within(self.comments, self.limits.elements_max, XmlLimit::Comments)?;
        let inside = span.start + "<!--".len()..span.end - "-->".len();
        // `<!-->` and `<!--->` are shorter than an empty comment.
        if inside.start > inside.end {
            return Err(self.ill_formed(span.start, "a comment that is not closed"));
        }
        // XML 1.0, §2.5.
        let raw = &self.source[inside.clone()];
        if raw.contains("--") || raw.ends_with('-') {
            return Err(self.ill_formed(span.start, "'--' in a comment"));
        }
        self.flush();
        let chunk = text::characters(self.source, inside)?;
        self.add(span, Kind::Comment(chunk));
        Ok(())
    }

    /// `<a>`
    pub(crate) fn start(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        let content = span.end..span.end;
        let id = self.element(span.clone(), span.start + 1..span.end - 1, Some(content))?;
        self.open.push(id);
        Ok(())
    }

    /// `<a/>`
    pub(crate) fn empty(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        let id = self.element(span.clone(), span.start + 1..span.end - "/>".len(), None)?;
        self.leave(id);
        Ok(())
    }

    /// `</a>`
    pub(crate) fn end(&mut self, span: Range<usize>) -> Result<(), XmlError> {
        self.flush();
        let Some(id) = self.open.pop() else {
            return Err(self.ill_formed(span.start, "an end tag without its start tag"));
        };
        let name = tag::cut_end(self.source, span.start + "</".len()..span.end - 1);
        let node = &mut self.tree.nodes[id.index()];
        node.span.end = span.end;
        if let Kind::Element(data) = &mut node.kind {
            if let Some(content) = &mut data.content {
                content.end = span.start;
            }
            let opened = data.prefix.as_ref().unwrap_or(&data.local).start..data.local.end;
            if &self.source[opened] != name {
                return Err(self.ill_formed(span.start, "an end tag of another name"));
            }
        }
        self.leave(id);
        Ok(())
    }

    fn element(
        &mut self,
        span: Range<usize>,
        inside: Range<usize>,
        content: Option<Range<usize>>,
    ) -> Result<NodeId, XmlError> {
        self.flush();
        let is_root = self.open.is_empty();
        if is_root && self.tree.root != NodeId::DOCUMENT {
            return Err(self.ill_formed(span.start, "a second root element"));
        }
        self.elements += 1;
        self.within(self.elements, self.limits.elements_max, XmlLimit::Elements)?;
        self.within(self.open.len() + 1, self.limits.depth_max, XmlLimit::Depth)?;
        let tag = tag::cut(self.source, inside, self.limits)?;
        let data = self.element_data(&tag, content)?;
        let id = self.add(span, Kind::Element(data));
        if is_root {
            self.tree.root = id;
        }
        Ok(id)
    }

    /// Declarations first, because they hold for the very element that makes them.
    fn element_data(
        &mut self,
        tag: &Tag,
        content: Option<Range<usize>>,
    ) -> Result<ElementData, XmlError> {
        let total = self.tree.attributes.len() + self.tree.declarations.len();
        self.within(
            total + tag.attributes.len(),
            self.limits.attributes_in_all_max(),
            XmlLimit::AttributesInAll,
        )?;
        let declarations_start = self.tree.declarations.len();
        for raw in &tag.attributes {
            if let Some(prefix) = raw.declared_prefix(self.source) {
                self.declare(prefix, raw.value.clone())?;
            }
        }
        let attributes_start = self.tree.attributes.len();
        for raw in &tag.attributes {
            if raw.declared_prefix(self.source).is_none() {
                let attribute = self.attribute(raw)?;
                self.refuse_duplicate(attributes_start, &attribute)?;
                self.tree.attributes.push(attribute);
            }
        }
        let prefix = tag.name.prefix_text(self.source).unwrap_or_default();
        Ok(ElementData {
            prefix: tag.name.prefix.clone(),
            local: tag.name.local.clone(),
            namespace: self.resolve(prefix, tag.name.local.start)?,
            attributes: attributes_start..self.tree.attributes.len(),
            declarations: declarations_start..self.tree.declarations.len(),
            content,
        })
    }

    fn declare(&mut self, prefix: Range<usize>, value: Range<usize>) -> Result<(), XmlError> {
        let source = self.source;
        let name = text::attribute_value(source, value.clone())?;
        let prefix_text = &source[prefix.clone()];
        namespaces::check_declaration(source, value.start, prefix_text, name.of(source))?;
        let namespace = if name.of(source).is_empty() {
            Namespace::None
        } else {
            Namespace::Declared(number(self.tree.declarations.len()))
        };
        self.tree
            .declarations
            .push(DeclarationData { prefix, name });
        self.bindings.push(prefix_text, namespace);
        Ok(())
    }

    fn attribute(&self, raw: &RawAttribute) -> Result<AttributeData, XmlError> {
        // Namespaces in XML 1.0, §6.2: default declarations do not apply to attributes.
        let namespace = match raw.name.prefix_text(self.source) {
            None => Namespace::None,
            // Allowed by the letter, written by nobody, and dropped as a declaration by some parsers: what
            // parsers read differently is refused.
            Some(_) if &self.source[raw.name.local.clone()] == "xmlns" => {
                return Err(XmlError::Namespace {
                    at: self.position(raw.name.local.start),
                    why: "an attribute of another namespace is called xmlns",
                });
            }
            Some(prefix) => self.resolve(prefix, raw.name.local.start)?,
        };
        Ok(AttributeData {
            prefix: raw.name.prefix.clone(),
            local: raw.name.local.clone(),
            namespace,
            value: text::attribute_value(self.source, raw.value.clone())?,
        })
    }

    fn resolve(&self, prefix: &str, offset: usize) -> Result<Namespace, XmlError> {
        self.bindings
            .resolve(prefix)
            .ok_or_else(|| XmlError::Namespace {
                at: self.position(offset),
                why: "a prefix that is not declared",
            })
    }

    /// Namespaces in XML 1.0, §6.3: no two attributes of the same expanded name.
    fn refuse_duplicate(&self, from: usize, attribute: &AttributeData) -> Result<(), XmlError> {
        let Some(namespace) = self.namespace_name(attribute.namespace) else {
            return Ok(());
        };
        let local = &self.source[attribute.local.clone()];
        let twice = self.tree.attributes[from..].iter().any(|other| {
            &self.source[other.local.clone()] == local
                && self.namespace_name(other.namespace) == Some(namespace)
        });
        if twice {
            return Err(XmlError::DuplicateAttribute {
                at: self.position(attribute.local.start),
                name: local.chars().take(80).collect(),
            });
        }
        Ok(())
    }

    fn namespace_name(&self, namespace: Namespace) -> Option<&str> {
        self.tree.namespace_name(namespace, self.source)
    }

    /// Takes an element's declarations out of scope.
    fn leave(&mut self, id: NodeId) {
        if let Kind::Element(data) = &self.tree.nodes[id.index()].kind {
            for declaration in &self.tree.declarations[data.declarations.clone()] {
                self.bindings.pop(&self.source[declaration.prefix.clone()]);
            }
        }
    }

    /// Ends the text node that was going on.
    fn flush(&mut self) {
        if let Some((span, text)) = self.pending.take(self.source) {
            self.add(span, Kind::Text(text));
        }
    }

    fn add(&mut self, span: Range<usize>, kind: Kind) -> NodeId {
        let parent = self.open.last().copied().unwrap_or(NodeId::DOCUMENT);
        let id = NodeId(number(self.tree.nodes.len()));
        self.tree.nodes.push(NodeData {
            parent,
            next: None,
            first_child: None,
            last_child: None,
            span,
            kind,
        });
        match self.tree.nodes[parent.index()].last_child.replace(id) {
            Some(previous) => self.tree.nodes[previous.index()].next = Some(id),
            None => self.tree.nodes[parent.index()].first_child = Some(id),
        }
        id
    }

    fn within(&self, value: usize, max: usize, what: XmlLimit) -> Result<(), XmlError> {
        if value > max {
            return Err(XmlError::Limit { what, max });
        }
        Ok(())
    }

    fn outside(&self, offset: usize) -> XmlError {
        self.ill_formed(offset, "character data outside the root element")
    }

    fn ill_formed(&self, offset: usize, why: &'static str) -> XmlError {
        XmlError::NotWellFormed {
            at: self.position(offset),
            why,
        }
    }

    fn position(&self, offset: usize) -> Position {
        Position::of(self.source, offset)
    }
}

/// A count as a 32-bit number.
fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a document is shorter than 4 GiB: `parse` refuses longer ones")
}
