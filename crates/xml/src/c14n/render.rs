//! From nodes to octets (C14N 1.0, §2.3).

use std::borrow::Cow;

use crate::XML_NAMESPACE;
use crate::c14n::base;
use crate::c14n::out::Out;
use crate::c14n::scope::Scope;
use crate::c14n::{C14nError, JOINED_BASES_BYTES_MAX, Method, Sink, Subtree};
use crate::element::Element;
use crate::scan;
use crate::tree::{AttributeData, Document, ElementData, Kind, NamespaceId, NodeId};
use crate::work;

/// Writes the subtree.
pub(crate) fn render(
    subtree: &Subtree<'_>,
    method: &Method,
    octets_max: usize,
    sink: &mut impl Sink,
) -> Result<(), C14nError> {
    let apex = subtree.apex;
    let document = apex.document();
    let mut without: Vec<u32> = subtree.without.iter().map(|id| id.0).collect();
    without.sort_unstable();
    let holds_apex = |id: u32| (id..document.data(NodeId(id)).after).contains(&apex.id().0);
    if without.iter().any(|id| holds_apex(*id)) {
        return Err(C14nError::Nothing);
    }
    let mut renderer = Renderer {
        document,
        apex,
        inherited: Inherited::of(apex, method)?,
        with_comments: method.has_comments(),
        without,
        scope: Scope::new(document, method),
        sorted: Vec::new(),
        out: Out::new(&document.source, octets_max, sink),
    };
    if subtree.whole_document {
        renderer.document_level();
    } else {
        renderer.element(apex.id());
    }
    if renderer.out.finish() {
        Ok(())
    } else {
        Err(C14nError::TooLong { octets_max })
    }
}

struct Renderer<'d, 'k, S> {
    document: &'d Document,
    apex: Element<'d>,
    inherited: Inherited<'d>,
    with_comments: bool,
    /// The nodes whose subtrees are left out, in order.
    without: Vec<u32>,
    scope: Scope<'d>,
    /// The attributes of one element, kept for its memory.
    sorted: Vec<&'d AttributeData>,
    out: Out<'d, 'k, S>,
}

/// An element whose end tag is not written yet.
struct Open {
    /// The first node that is not in it.
    after: u32,
    id: u32,
    /// Its place among the elements.
    element: u32,
    /// What was shown around it.
    scope: usize,
}

impl<'d, S: Sink> Renderer<'d, '_, S> {
    /// The root, and comments beside it, each on a line of its own.
    fn document_level(&mut self) {
        let document = self.document;
        let mut after_root = false;
        for id in document.children_of(NodeId::DOCUMENT) {
            match document.data(id).kind {
                Kind::Comment(chars) if self.with_comments => {
                    if after_root {
                        self.out.octets(b"\n");
                    }
                    self.comment(document.chars(chars));
                    if !after_root {
                        self.out.octets(b"\n");
                    }
                }
                Kind::Element(_) => {
                    self.element(id);
                    after_root = true;
                }
                Kind::Comment(_) | Kind::Document | Kind::Text(_) => {}
            }
        }
    }

    /// One element and everything in it, without recursion: depth is the sender's choice.
    fn element(&mut self, top: NodeId) {
        let document = self.document;
        let end = document.data(top).after;
        let mut open: Vec<Open> = Vec::new();
        let without = std::mem::take(&mut self.without);
        let mut without = without.iter().copied().peekable();
        let mut at = top.0;
        loop {
            while let Some(ended) = open.pop_if(|open| open.after == at) {
                self.end_tag(&ended);
                self.scope.leave(ended.scope);
            }
            if at == end || self.out.is_over() {
                return;
            }
            let node = document.data(NodeId(at));
            work::done(1);
            // Those inside others that were left out are behind.
            while without.next_if(|id| *id < at).is_some() {}
            if without.next_if_eq(&at).is_some() {
                at = node.after;
                continue;
            }
            match node.kind {
                Kind::Comment(chars) => {
                    if self.with_comments {
                        self.comment(document.chars(chars));
                    }
                }
                // C14N 1.0, §2.3, "Text Nodes".
                Kind::Text(chars) if chars.is_canonical => self.out.span(node.span()),
                Kind::Text(chars) => {
                    let text = document.chars(chars);
                    self.out.escaped(text, scan::escaped_in_text, escape);
                }
                Kind::Document => {}
                Kind::Element(element) => {
                    let scope = self.scope.depth();
                    self.start_tag(NodeId(at), element);
                    open.push(Open {
                        after: node.after,
                        id: at,
                        element,
                        scope,
                    });
                }
            }
            at += 1;
        }
    }

    #[inline]
    fn start_tag(&mut self, id: NodeId, element: u32) {
        let tree = &self.document.tree;
        let data = &tree.elements[element as usize];
        let node = self.document.data(id);
        self.out.span(node.start as usize..data.name_end as usize);
        if id == self.apex.id() {
            self.scope.enter_apex(self.apex);
        } else {
            self.scope.enter(element);
        }
        if !self.scope.shows_nothing() {
            self.declarations();
        }
        let attributes = &tree.attributes[tree.attributes_of(element)];
        match attributes {
            _ if id == self.apex.id() && !self.inherited.is_nothing() => {
                self.attributes_of_apex(attributes);
            }
            [] => {}
            [only] => self.attribute(only),
            several => self.attributes(several),
        }
        match data.content as usize {
            0 => self.out.octets(b">"),
            content => self.out.span(content - 1..content),
        }
    }

    fn end_tag(&mut self, open: &Open) {
        let data: &ElementData = &self.document.tree.elements[open.element as usize];
        let node = self.document.data(NodeId(open.id));
        let name = node.start as usize + "<".len()..data.name_end as usize;
        if data.content != 0 {
            // As nearly everybody writes it: an end tag has no other `<`, so there is no white space if it stands here.
            let end = node.end as usize;
            let start = end - name.len() - "</>".len();
            if self.document.source.as_bytes()[start] == b'<' {
                self.out.span(start..end);
                return;
            }
        }
        self.out.octets(b"</");
        self.out.span(name);
        self.out.octets(b">");
    }

    fn declarations(&mut self) {
        for (prefix, name) in self.scope.now() {
            self.out.octets(b" xmlns");
            if !prefix.is_empty() {
                self.out.octets(b":");
                self.out.octets(prefix.as_bytes());
            }
            self.out.octets(b"=\"");
            self.out.escaped(name, scan::escaped_in_value, escape);
            self.out.octets(b"\"");
        }
    }

    /// C14N 1.0, §2.2: by namespace name, then by local name; no namespace comes first.
    fn attributes(&mut self, attributes: &'d [AttributeData]) {
        let document = self.document;
        let order = |a: &AttributeData, b: &AttributeData| {
            work::done(local(document, a).len());
            if a.namespace == b.namespace {
                local(document, a).cmp(local(document, b))
            } else {
                // The names themselves may be as long as the document.
                document.rank(a.namespace).cmp(&document.rank(b.namespace))
            }
        };
        if attributes.is_sorted_by(|a, b| order(a, b).is_le()) {
            for attribute in attributes {
                self.attribute(attribute);
            }
            return;
        }
        let mut sorted = std::mem::take(&mut self.sorted);
        sorted.clear();
        sorted.extend(attributes);
        sorted.sort_unstable_by(|a, b| order(a, b));
        for attribute in &sorted {
            self.attribute(attribute);
        }
        self.sorted = sorted;
    }

    /// The same with what the apex takes over.
    fn attributes_of_apex(&mut self, attributes: &'d [AttributeData]) {
        let document = self.document;
        let inherited = std::mem::take(&mut self.inherited);
        let own = attributes
            .iter()
            .filter(|a| !(inherited.replaces_base && is_base(document, a)))
            .map(|a| ((document.rank(a.namespace), local(document, a)), Ok(a)));
        let xml = document.rank(NamespaceId::XML);
        let taken_over = inherited
            .values
            .iter()
            .map(|(local, value)| ((xml, *local), Err(value)));
        let mut sorted: Vec<_> = own.chain(taken_over).collect();
        sorted.sort_unstable_by_key(|(key, _)| *key);
        for ((_, local), attribute) in sorted {
            match attribute {
                Ok(own) => self.attribute(own),
                Err(value) => {
                    self.out.octets(b" xml:");
                    self.out.octets(local.as_bytes());
                    self.value(value);
                }
            }
        }
    }

    fn attribute(&mut self, data: &AttributeData) {
        let source = self.document.source.as_bytes();
        let name = data.start as usize..data.name_end as usize;
        let value = data.value;
        // As it is made canonical: one space before it, no white space around `=`, double quotes.
        if value.is_canonical
            && !value.is_rewritten
            && value.start == data.name_end + 2
            && source[value.end as usize] == b'"'
            && source[name.start - 1] == b' '
        {
            self.out.span(name.start - 1..value.end as usize + 1);
            return;
        }
        self.out.octets(b" ");
        self.out.span(name);
        self.value(self.document.chars(value));
    }

    /// C14N 1.0, §2.3, "Attribute Nodes".
    fn value(&mut self, value: &str) {
        self.out.octets(b"=\"");
        self.out.escaped(value, scan::escaped_in_value, escape);
        self.out.octets(b"\"");
    }

    fn comment(&mut self, text: &str) {
        self.out.octets(b"<!--");
        self.out.octets(text.as_bytes());
        self.out.octets(b"-->");
    }
}

fn is_base(document: &Document, data: &AttributeData) -> bool {
    data.namespace == NamespaceId::XML && local(document, data) == "base"
}

fn local<'d>(document: &'d Document, data: &AttributeData) -> &'d str {
    &document.source[data.local as usize..data.name_end as usize]
}

/// C14N 1.0, §2.3: what stands for a byte that is not itself.
fn escape(byte: u8) -> &'static [u8] {
    match byte {
        b'&' => b"&amp;",
        b'<' => b"&lt;",
        b'>' => b"&gt;",
        b'"' => b"&quot;",
        b'\t' => b"&#x9;",
        b'\n' => b"&#xA;",
        _ => b"&#xD;",
    }
}

/// The `xml:…` attributes that the apex takes over from its ancestors, none of which is in the subtree.
///
/// C14N 1.0, §2.4: all of them, the nearest of each name. C14N 1.1, §2.4: `xml:lang` and `xml:space`; never
/// `xml:id`; `xml:base` is joined. Exclusive C14N, §3: none.
#[derive(Default)]
struct Inherited<'d> {
    values: Vec<(&'d str, Cow<'d, str>)>,
    /// Whether the apex's own `xml:base` is not shown: it is joined with others.
    replaces_base: bool,
}

impl<'d> Inherited<'d> {
    fn of(apex: Element<'d>, method: &Method) -> Result<Self, C14nError> {
        let mut inherited = Self::default();
        let version_1_1 = match method {
            Method::Exclusive { .. } | Method::ExclusiveWithComments { .. } => {
                return Ok(inherited);
            }
            Method::Inclusive | Method::InclusiveWithComments => false,
            Method::Inclusive11 | Method::Inclusive11WithComments => true,
        };
        let mut bases: Vec<&str> = Vec::new();
        for ancestor in apex.ancestors_and_self().skip(1) {
            for attribute in ancestor.attributes() {
                work::done(1);
                let local = attribute.local;
                if attribute.namespace != Some(XML_NAMESPACE) {
                    continue;
                }
                if version_1_1 && local == "base" {
                    bases.push(attribute.value);
                } else if !version_1_1 || matches!(local, "lang" | "space") {
                    inherited
                        .values
                        .push((local, Cow::Borrowed(attribute.value)));
                }
            }
        }
        // The nearest of each name; the sort keeps the order of equals.
        inherited.values.sort_by_key(|(local, _)| *local);
        inherited.values.dedup_by_key(|(local, _)| *local);
        let mut own: Vec<&str> = apex
            .attributes()
            .filter(|attribute| attribute.namespace == Some(XML_NAMESPACE))
            .map(|attribute| attribute.local)
            .collect();
        own.sort_unstable();
        inherited
            .values
            .retain(|(local, _)| own.binary_search(local).is_err());
        if !bases.is_empty() {
            inherited.replaces_base = true;
            let own = apex.attribute(Some(XML_NAMESPACE), "base");
            let bytes: usize = own.iter().chain(&bases).map(|base| base.len()).sum();
            if bytes > JOINED_BASES_BYTES_MAX {
                return Err(C14nError::BasesTooLong);
            }
            let joined = base::joined(own.into_iter().chain(bases));
            if !joined.is_empty() {
                inherited.values.push(("base", Cow::Owned(joined)));
            }
        }
        Ok(inherited)
    }

    fn is_nothing(&self) -> bool {
        self.values.is_empty() && !self.replaces_base
    }
}
