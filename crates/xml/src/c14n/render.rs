//! From nodes to octets (C14N 1.0, §2.3).

use std::collections::BTreeMap;

use crate::XML_NAMESPACE;
use crate::c14n::scope::Scope;
use crate::c14n::{C14nError, Method, Subtree};
use crate::element::{Attribute, Element};
use crate::tree::{Document, Kind, NodeId};

/// Writes the subtree.
pub(crate) fn render(subtree: &Subtree<'_>, method: &Method) -> Result<Vec<u8>, C14nError> {
    let apex = subtree.apex;
    if let Some(without) = subtree.without
        && apex.ancestors_and_self().any(|e| e.id() == without)
    {
        return Err(C14nError::Nothing);
    }
    let mut renderer = Renderer {
        document: apex.document(),
        subtree,
        inherited: inherited_xml_attributes(subtree, method)?,
        method,
        scope: Scope::new(method),
        out: Vec::with_capacity(apex.span().len()),
    };
    if subtree.whole_document {
        renderer.document_level();
    } else {
        renderer.element(apex.id());
    }
    Ok(renderer.out)
}

struct Renderer<'d, 'm> {
    document: &'d Document,
    subtree: &'m Subtree<'d>,
    method: &'m Method,
    /// `xml:…` attributes that the apex takes over from its ancestors.
    inherited: Vec<Attribute<'d>>,
    scope: Scope<'d, 'm>,
    out: Vec<u8>,
}

impl<'d> Renderer<'d, '_> {
    /// The root, and comments beside it, each on a line of its own.
    fn document_level(&mut self) {
        let mut after_root = false;
        for id in self.document.children_of(NodeId::DOCUMENT) {
            match &self.document.data(id).kind {
                Kind::Comment(chunk) if self.method.has_comments() => {
                    if after_root {
                        self.out.push(b'\n');
                    }
                    self.comment(chunk.of(self.document.source()));
                    if !after_root {
                        self.out.push(b'\n');
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
        let mut at = top;
        loop {
            // Down and to the right …
            if Some(at) != self.subtree.without {
                let data = self.document.data(at);
                match &data.kind {
                    Kind::Comment(chunk) => {
                        if self.method.has_comments() {
                            self.comment(chunk.of(self.document.source()));
                        }
                    }
                    Kind::Text(chunk) => {
                        escape_text(&mut self.out, chunk.of(self.document.source()));
                    }
                    Kind::Document | Kind::Element(_) => {
                        self.start_tag(Element::new(self.document, at));
                        if let Some(child) = data.first_child {
                            at = child;
                            continue;
                        }
                        self.end_tag(Element::new(self.document, at));
                    }
                }
            }
            // … and up again.
            loop {
                if at == top {
                    return;
                }
                let data = self.document.data(at);
                if let Some(next) = data.next {
                    at = next;
                    break;
                }
                at = data.parent;
                self.end_tag(Element::new(self.document, at));
            }
        }
    }

    fn start_tag(&mut self, element: Element<'d>) {
        self.out.push(b'<');
        self.name(element.prefix(), element.name());
        for (prefix, name) in self.scope.enter(self.subtree, element) {
            self.out.extend_from_slice(b" xmlns");
            if !prefix.is_empty() {
                self.out.push(b':');
                self.out.extend_from_slice(prefix.as_bytes());
            }
            self.value(name);
        }
        // C14N 1.0, §2.2: by namespace name, then by local name; no namespace comes first.
        let mut sorted = BTreeMap::new();
        if element == self.subtree.apex {
            for attribute in &self.inherited {
                sorted.insert((XML_NAMESPACE, attribute.local), *attribute);
            }
        }
        for attribute in element.attributes() {
            let key = (attribute.namespace.unwrap_or_default(), attribute.local);
            sorted.insert(key, attribute);
        }
        for attribute in sorted.values() {
            self.out.push(b' ');
            self.name(attribute.prefix, attribute.local);
            self.value(attribute.value);
        }
        self.out.push(b'>');
    }

    fn end_tag(&mut self, element: Element<'d>) {
        self.scope.leave();
        self.out.extend_from_slice(b"</");
        self.name(element.prefix(), element.name());
        self.out.push(b'>');
    }

    fn comment(&mut self, text: &str) {
        self.out.extend_from_slice(b"<!--");
        self.out.extend_from_slice(text.as_bytes());
        self.out.extend_from_slice(b"-->");
    }

    fn name(&mut self, prefix: Option<&str>, local: &str) {
        if let Some(prefix) = prefix {
            self.out.extend_from_slice(prefix.as_bytes());
            self.out.push(b':');
        }
        self.out.extend_from_slice(local.as_bytes());
    }

    fn value(&mut self, value: &str) {
        self.out.extend_from_slice(b"=\"");
        escape_attribute(&mut self.out, value);
        self.out.push(b'"');
    }
}

/// The `xml:…` attributes of ancestors that are not in the subtree.
///
/// C14N 1.0, §2.4: all of them, the nearest of each name. C14N 1.1, §2.4: `xml:lang` and `xml:space`;
/// never `xml:id`; `xml:base` would be joined. Exclusive C14N, §3: none.
fn inherited_xml_attributes<'d>(
    subtree: &Subtree<'d>,
    method: &Method,
) -> Result<Vec<Attribute<'d>>, C14nError> {
    let mut found: Vec<Attribute<'d>> = Vec::new();
    let version_1_1 = match method {
        Method::Exclusive { .. } | Method::ExclusiveWithComments { .. } => return Ok(found),
        Method::Inclusive | Method::InclusiveWithComments => false,
        Method::Inclusive11 | Method::Inclusive11WithComments => true,
    };
    for ancestor in subtree.apex.ancestors_and_self().skip(1) {
        for attribute in ancestor.attributes() {
            if attribute.namespace != Some(XML_NAMESPACE) {
                continue;
            }
            if version_1_1 {
                match attribute.local {
                    "base" => return Err(C14nError::XmlBaseInherited),
                    "lang" | "space" => {}
                    _ => continue,
                }
            }
            if found.iter().all(|nearer| nearer.local != attribute.local) {
                found.push(attribute);
            }
        }
    }
    Ok(found)
}

/// C14N 1.0, §2.3, "Text Nodes".
fn escape_text(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'>' => out.extend_from_slice(b"&gt;"),
            b'\r' => out.extend_from_slice(b"&#xD;"),
            _ => out.push(byte),
        }
    }
}

/// C14N 1.0, §2.3, "Attribute Nodes".
fn escape_attribute(out: &mut Vec<u8>, value: &str) {
    for byte in value.bytes() {
        match byte {
            b'&' => out.extend_from_slice(b"&amp;"),
            b'<' => out.extend_from_slice(b"&lt;"),
            b'"' => out.extend_from_slice(b"&quot;"),
            b'\t' => out.extend_from_slice(b"&#x9;"),
            b'\n' => out.extend_from_slice(b"&#xA;"),
            b'\r' => out.extend_from_slice(b"&#xD;"),
            _ => out.push(byte),
        }
    }
}
