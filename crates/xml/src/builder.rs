//! The tree while it grows: what XML 1.0 and Namespaces demand of each piece that was cut.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::Range;

use memchr::{memchr_iter, memchr2};

use crate::chars::is_space;
use crate::error::{Position, XmlError};
use crate::limits::{XmlLimit, XmlLimits};
use crate::namespaces::{self, Bindings};
use crate::pending::Pending;
use crate::scan;
use crate::tag::{self, QName, RawAttribute, Tag};
use crate::tree::{
    AttributeData, Chars, DeclarationData, ElementData, IdData, Kind, NamespaceId, NodeData,
    NodeId, PrefixId, Tree, number,
};
use crate::{text, work};

/// Takes the pieces of a document in order; `finish` gives the tree.
///
/// Each method takes the place where its piece begins, and gives the place after it.
pub(crate) struct Builder<'s> {
    source: &'s str,
    bytes: &'s [u8],
    limits: &'s XmlLimits,
    tree: Tree,
    bindings: Bindings<'s>,
    /// The open elements, the root first.
    open: Vec<Open>,
    comments: usize,
    pending: Pending,
    /// The attributes of the tag that is read, kept for its memory.
    raw: Vec<RawAttribute>,
}

/// An element without its end tag yet.
struct Open {
    id: NodeId,
    name: QName,
    /// How many declarations are in scope around it.
    bindings: usize,
}

impl<'s> Builder<'s> {
    pub(crate) fn new(source: &'s str, limits: &'s XmlLimits) -> Self {
        let document = NodeData {
            start: 0,
            end: number(source.len()),
            parent: NodeId::DOCUMENT,
            after: 0,
            kind: Kind::Document,
        };
        let tags = tags_expected(source.as_bytes(), limits);
        let mut nodes = Vec::with_capacity(tags + 16);
        nodes.push(document);
        Self {
            source,
            bytes: source.as_bytes(),
            limits,
            tree: Tree {
                nodes,
                elements: Vec::with_capacity(tags / 2 + 8),
                attributes: Vec::with_capacity(tags / 4 + 8),
                declarations: Vec::with_capacity(8),
                prefixes: Vec::with_capacity(8),
                namespaces: Vec::with_capacity(8),
                rewritten: String::new(),
                ids: Vec::new(),
                root: NodeId::DOCUMENT,
            },
            bindings: Bindings::new(),
            open: Vec::with_capacity(16),
            comments: 0,
            pending: Pending::default(),
            raw: Vec::with_capacity(8),
        }
    }

    pub(crate) fn finish(mut self) -> Result<Tree, XmlError> {
        if let Some(unclosed) = self.open.last() {
            let at = self.tree.nodes[unclosed.id.index()].start as usize;
            return Err(self.ill_formed(at, "an element without its end tag"));
        }
        if self.tree.root == NodeId::DOCUMENT {
            return Err(self.ill_formed(self.source.len(), "no root element"));
        }
        self.tree.nodes[0].after = number(self.tree.nodes.len());
        Ok(self.tree)
    }

    /// Character data without references, outside CDATA sections.
    pub(crate) fn characters(&mut self, start: usize) -> Result<usize, XmlError> {
        if self.open.is_empty() {
            return self.characters_outside(start);
        }
        let mut at = start;
        let mut has_cr = false;
        let mut has_greater = false;
        loop {
            at = scan::plain_text_end(self.bytes, at);
            match self.bytes.get(at) {
                None | Some(b'<' | b'&') => break,
                Some(b'>') if self.bytes[start..at].ends_with(b"]]") => {
                    return Err(self.wrong_characters(start));
                }
                Some(b'>') => has_greater = true,
                Some(b'\r') => has_cr = true,
                Some(_) if text::is_allowed_at(self.bytes, at) => {}
                Some(_) => return Err(self.wrong_characters(start)),
            }
            at += 1;
        }
        let is_canonical = !has_greater;
        // Nothing before it, and neither a reference nor a CDATA section after it: nearly all text.
        let is_whole = self.pending.is_empty()
            && self.bytes.get(at) == Some(&b'<')
            && self.bytes.get(at + 1) != Some(&b'!');
        let (source, rewritten) = (self.source, &mut self.tree.rewritten);
        if has_cr {
            let out = self.pending.rewriting(source, rewritten, start..at, false);
            text::with_line_ends(&source[start..at], out);
        } else if is_whole {
            let chars = Chars {
                start: number(start),
                end: number(at),
                is_rewritten: false,
                is_canonical,
            };
            self.add(start..at, Kind::Text(chars));
        } else {
            self.pending
                .push(source, rewritten, start..at, start..at, is_canonical);
        }
        Ok(at)
    }

    fn characters_outside(&self, start: usize) -> Result<usize, XmlError> {
        let end = self.characters_end(start);
        match self.source[start..end].find(|c| !is_space(c)) {
            None => Ok(end),
            Some(at) => Err(self.outside(start + at)),
        }
    }

    /// Why the character data that begins there is refused.
    fn wrong_characters(&self, start: usize) -> XmlError {
        let span = start..self.characters_end(start);
        // XML 1.0, §2.4: this sequence ends a CDATA section and stands nowhere else.
        match self.source[span.clone()].find("]]>") {
            Some(at) => self.ill_formed(start + at, "']]>' in character data"),
            None => text::allowed(self.source, span).err().unwrap_or_else(|| {
                self.ill_formed(start, "character data that XML does not allow")
            }),
        }
    }

    fn characters_end(&self, start: usize) -> usize {
        memchr2(b'<', b'&', &self.bytes[start..]).map_or(self.bytes.len(), |at| start + at)
    }

    /// A reference, from `&` to `;`.
    pub(crate) fn reference(&mut self, span: Range<usize>) -> Result<usize, XmlError> {
        if self.open.is_empty() {
            return Err(self.outside(span.start));
        }
        let c = text::reference(self.source, span.start + 1..span.end - 1)?;
        // C14N 1.0, §2.3, "Text Nodes".
        let is_canonical = matches!(
            &self.bytes[span.clone()],
            b"&amp;" | b"&lt;" | b"&gt;" | b"&#xD;"
        );
        let end = span.end;
        self.pending
            .rewriting(self.source, &mut self.tree.rewritten, span, is_canonical)
            .push(c);
        Ok(end)
    }

    /// A CDATA section, which is nothing but character data (XML 1.0, §2.7).
    pub(crate) fn cdata(&mut self, span: Range<usize>) -> Result<usize, XmlError> {
        if self.open.is_empty() {
            return Err(self.outside(span.start));
        }
        let end = span.end;
        let inside = span.start + "<![CDATA[".len()..span.end - "]]>".len();
        let has_cr = text::allowed(self.source, inside.clone())?;
        let (source, rewritten) = (self.source, &mut self.tree.rewritten);
        if has_cr {
            let out = self.pending.rewriting(source, rewritten, span, false);
            text::with_line_ends(&source[inside], out);
        } else {
            self.pending.push(source, rewritten, span, inside, false);
        }
        Ok(end)
    }

    /// A comment.
    pub(crate) fn comment(&mut self, span: Range<usize>) -> Result<usize, XmlError> {
        self.comments += 1;
        within(self.comments, self.limits.elements_max, XmlLimit::Comments)?;
        let end = span.end;
        let inside = span.start + "<!--".len()..span.end - "-->".len();
        // XML 1.0, §2.5.
        let raw = &self.source[inside.clone()];
        if raw.contains("--") || raw.ends_with('-') {
            return Err(self.ill_formed(span.start, "'--' in a comment"));
        }
        self.flush();
        let mut chars = Chars {
            start: number(inside.start),
            end: number(inside.end),
            is_rewritten: text::allowed(self.source, inside.clone())?,
            is_canonical: true,
        };
        if chars.is_rewritten {
            let rewritten = &mut self.tree.rewritten;
            chars.start = number(rewritten.len());
            text::with_line_ends(&self.source[inside], rewritten);
            chars.end = number(rewritten.len());
        }
        self.add(span, Kind::Comment(chars));
        Ok(end)
    }

    /// `<a>` or `<a/>`
    pub(crate) fn start_tag(&mut self, start: usize) -> Result<usize, XmlError> {
        self.element(start)
            .map_err(|error| self.unless_unclosed(start, error))
    }

    /// `</a>`
    pub(crate) fn end_tag(&mut self, start: usize) -> Result<usize, XmlError> {
        self.flush();
        let end = match self.open.last() {
            // As nearly everybody writes it.
            Some(open)
                if self.bytes[start + 2..].starts_with(open.name.bytes(self.bytes))
                    && self.bytes.get(start + 2 + open.name.end - open.name.start)
                        == Some(&b'>') =>
            {
                start + 3 + open.name.end - open.name.start
            }
            open => {
                let end = tag::end(self.source, start).ok_or_else(|| self.unclosed(start))?;
                let open =
                    open.ok_or_else(|| self.ill_formed(start, "an end tag without its start tag"))?;
                let name = self.source[start + 2..end - 1].trim_end_matches(is_space);
                if open.name.whole(self.source) != name {
                    return Err(self.ill_formed(start, "an end tag of another name"));
                }
                end
            }
        };
        if let Some(open) = self.open.pop() {
            self.close(open.id, end, open.bindings);
        }
        Ok(end)
    }

    fn element(&mut self, start: usize) -> Result<usize, XmlError> {
        self.flush();
        let is_root = self.open.is_empty();
        if is_root && self.tree.root != NodeId::DOCUMENT {
            return Err(self.ill_formed(start, "a second root element"));
        }
        let element = self.tree.elements.len();
        within(element + 1, self.limits.elements_max, XmlLimit::Elements)?;
        within(self.open.len() + 1, self.limits.depth_max, XmlLimit::Depth)?;
        let mut raw = std::mem::take(&mut self.raw);
        let tag = tag::cut(self.source, start, self.limits, &mut raw)?;
        let bindings = self.bindings.depth();
        let id = NodeId(number(self.tree.nodes.len()));
        let data = self.element_data(&tag, &raw, id)?;
        self.raw = raw;
        self.tree.elements.push(data);
        self.add(start..tag.end, Kind::Element(number(element)));
        if is_root {
            self.tree.root = id;
        }
        if tag.is_empty {
            self.close(id, tag.end, bindings);
        } else {
            self.open.push(Open {
                id,
                name: tag.name,
                bindings,
            });
        }
        Ok(tag.end)
    }

    /// Declarations first, because they hold for the very element that makes them.
    fn element_data(
        &mut self,
        tag: &Tag,
        raw: &[RawAttribute],
        id: NodeId,
    ) -> Result<ElementData, XmlError> {
        let attributes = number(self.tree.attributes.len());
        let declarations = number(self.tree.declarations.len());
        if !raw.is_empty() {
            self.attributes(raw, id)?;
        }
        let prefix = tag.name.prefix(self.source).unwrap_or_default();
        let (prefix, namespace) = self.resolve(prefix, tag.name.local)?;
        Ok(ElementData {
            local: number(tag.name.local),
            name_end: number(tag.name.end),
            prefix,
            namespace,
            attributes,
            declarations,
            content: if tag.is_empty { 0 } else { number(tag.end) },
        })
    }

    fn attributes(&mut self, raw: &[RawAttribute], id: NodeId) -> Result<(), XmlError> {
        let total = self.tree.attributes.len() + self.tree.declarations.len();
        within(
            total + raw.len(),
            self.limits.attributes_in_all_max(),
            XmlLimit::AttributesInAll,
        )?;
        for attribute in raw {
            if let Some(prefix) = attribute.declared(self.source) {
                self.declare(prefix, attribute)?;
            }
        }
        let from = self.tree.attributes.len();
        let mut names = ExpandedNames::default();
        for attribute in raw {
            if attribute.declared(self.source).is_none() {
                let data = self.attribute(attribute)?;
                let local = &self.bytes[attribute.name.local..attribute.name.end];
                if data.namespace != NamespaceId::NONE
                    && names.has(self.source, &self.tree.attributes[from..], &data)
                {
                    return Err(XmlError::DuplicateAttribute {
                        at: self.position(attribute.name.local),
                        name: attribute.name.local(self.source).chars().take(80).collect(),
                    });
                }
                if local.eq_ignore_ascii_case(b"id") {
                    self.tree.ids.push(IdData {
                        element: id,
                        attribute: number(self.tree.attributes.len()),
                    });
                }
                self.tree.attributes.push(data);
            }
        }
        Ok(())
    }

    fn declare(&mut self, prefix: &'s str, raw: &RawAttribute) -> Result<(), XmlError> {
        let source = self.source;
        let chars = self.value(raw)?;
        let name = chars.of(source, &self.tree.rewritten);
        namespaces::check_declaration(source, raw.value_start, prefix, name)?;
        let namespace = match self.bindings.known_namespace(name) {
            Some(known) => known,
            None => {
                namespaces::check_name(source, raw.value_start, name)?;
                let name = if chars.is_rewritten {
                    Cow::Owned(name.to_owned())
                } else {
                    Cow::Borrowed(&source[raw.value()])
                };
                self.tree.namespaces.push(chars);
                self.bindings.new_namespace(name)
            }
        };
        let (prefix, is_new) = self.bindings.prefix(prefix);
        if is_new {
            self.tree.prefixes.push(Chars {
                start: number(raw.name.local),
                end: number(raw.name.end),
                is_rewritten: false,
                is_canonical: true,
            });
        }
        self.tree
            .declarations
            .push(DeclarationData { prefix, namespace });
        self.bindings.declare(prefix, namespace);
        Ok(())
    }

    fn attribute(&mut self, raw: &RawAttribute) -> Result<AttributeData, XmlError> {
        // Namespaces in XML 1.0, §6.2: default declarations do not apply to attributes.
        let (prefix, namespace) = match raw.name.prefix(self.source) {
            None => (PrefixId::DEFAULT, NamespaceId::NONE),
            // Allowed by the letter, written by nobody, and dropped as a declaration by some parsers: what
            // parsers read differently is refused.
            Some(_) if raw.name.local(self.source) == "xmlns" => {
                return Err(XmlError::Namespace {
                    at: self.position(raw.name.local),
                    why: "an attribute of another namespace is called xmlns",
                });
            }
            Some(prefix) => self.resolve(prefix, raw.name.local)?,
        };
        Ok(AttributeData {
            start: number(raw.name.start),
            local: number(raw.name.local),
            name_end: number(raw.name.end),
            prefix,
            namespace,
            value: self.value(raw)?,
        })
    }

    fn value(&mut self, raw: &RawAttribute) -> Result<Chars, XmlError> {
        if raw.is_plain {
            return Ok(Chars {
                start: number(raw.value_start),
                end: number(raw.value_end),
                is_rewritten: false,
                is_canonical: !raw.has_double_quote,
            });
        }
        text::attribute_value(self.source, raw.value(), &mut self.tree.rewritten)
    }

    fn resolve(
        &mut self,
        prefix: &str,
        offset: usize,
    ) -> Result<(PrefixId, NamespaceId), XmlError> {
        match self.bindings.resolve(prefix) {
            Some(resolved) => Ok(resolved),
            None => Err(XmlError::Namespace {
                at: self.position(offset),
                why: "a prefix that is not declared",
            }),
        }
    }

    /// Ends the text node that was going on.
    #[inline]
    fn flush(&mut self) {
        if self.pending.is_empty() {
            return;
        }
        if let Some((span, chars)) = self.pending.take(&self.tree.rewritten) {
            self.add(span, Kind::Text(chars));
        }
    }

    fn add(&mut self, span: Range<usize>, kind: Kind) {
        let after = number(self.tree.nodes.len() + 1);
        self.tree.nodes.push(NodeData {
            start: number(span.start),
            end: number(span.end),
            parent: self.open.last().map_or(NodeId::DOCUMENT, |open| open.id),
            after,
            kind,
        });
    }

    /// Ends an element, and takes its declarations out of scope.
    fn close(&mut self, id: NodeId, end: usize, bindings: usize) {
        let after = number(self.tree.nodes.len());
        let node = &mut self.tree.nodes[id.index()];
        node.end = number(end);
        node.after = after;
        self.bindings.leave(bindings);
    }

    /// A tag that is not closed is that before anything else.
    fn unless_unclosed(&self, start: usize, error: XmlError) -> XmlError {
        match tag::end(self.source, start) {
            Some(_) => error,
            None => self.unclosed(start),
        }
    }

    fn unclosed(&self, start: usize) -> XmlError {
        self.ill_formed(start, "a tag that is not closed")
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

/// The expanded names of one tag's attributes, so that each stands once (Namespaces in XML 1.0, §6.3).
#[derive(Default)]
struct ExpandedNames<'s> {
    /// All of them, once they are many.
    seen: Option<HashSet<(u32, &'s str)>>,
}

impl<'s> ExpandedNames<'s> {
    /// So many are compared one by one.
    const FEW: usize = 12;

    /// Whether the name is among those before it.
    fn has(&mut self, source: &'s str, before: &[AttributeData], data: &AttributeData) -> bool {
        let key = |a: &AttributeData| {
            let local = &source[a.local as usize..a.name_end as usize];
            (a.namespace.0, local)
        };
        let name = key(data);
        work::done(name.1.len() + before.len().min(Self::FEW));
        if before.len() < Self::FEW {
            return before.iter().any(|a| key(a) == name);
        }
        let all = || before.iter().map(key).collect();
        !self.seen.get_or_insert_with(all).insert(name)
    }
}

/// How many tags there may be, by those at the beginning: what is reserved for them is neither too little for small
/// elements nor touched where there is one large text.
fn tags_expected(bytes: &[u8], limits: &XmlLimits) -> usize {
    const LOOKED_AT: usize = 16 * 1024;
    const RESERVED_MAX: usize = 128 * 1024;
    let beginning = &bytes[..bytes.len().min(LOOKED_AT)];
    let tags = memchr_iter(b'<', beginning).count();
    let expected = tags * (bytes.len() / LOOKED_AT + 1);
    expected
        .min(limits.elements_max.saturating_mul(2))
        .min(RESERVED_MAX)
}

fn within(value: usize, max: usize, what: XmlLimit) -> Result<(), XmlError> {
    if value > max {
        return Err(XmlError::Limit { what, max });
    }
    Ok(())
}
