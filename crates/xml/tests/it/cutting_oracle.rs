//! Our cutting of the text against quick-xml's: the same pieces, with the same names, namespaces and values.
//!
//! quick-xml does not validate; what we accept, it must read alike.

use proptest::prelude::*;
use qaqpa_xml::{Document, Element, Node, XmlLimits};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

use crate::documents::document;

#[derive(Debug, PartialEq)]
enum Piece {
    Start(Option<String>, String, Vec<(String, String)>),
    End,
    Comment(String),
    /// Text with its references as they are written, and CDATA sections.
    Text(String),
}

fn ours(document: &Document) -> Vec<Piece> {
    let mut pieces = Vec::new();
    walk(document.root(), &mut pieces);
    pieces
}

fn walk(element: Element<'_>, pieces: &mut Vec<Piece>) {
    let mut attributes: Vec<_> = element
        .attributes()
        .map(|a| {
            let name = a
                .prefix
                .map_or(a.local.to_owned(), |p| format!("{p}:{}", a.local));
            (name, a.value.to_owned())
        })
        .collect();
    attributes.sort();
    pieces.push(Piece::Start(
        element.namespace().map(str::to_owned),
        element.name().to_owned(),
        attributes,
    ));
    for node in element.nodes() {
        match node {
            Node::Element(child) => walk(child, pieces),
            Node::Comment(text) => pieces.push(Piece::Comment(text.to_owned())),
            Node::Text(text) => pieces.push(Piece::Text(text.to_owned())),
        }
    }
    pieces.push(Piece::End);
}

fn theirs(text: &str) -> Vec<Piece> {
    let mut reader = NsReader::from_str(text);
    let mut pieces = Vec::new();
    let mut depth = 0;
    loop {
        let (namespace, event) = reader.read_resolved_event().unwrap();
        let namespace = match namespace {
            ResolveResult::Bound(name) => Some(name.as_ref().to_owned()).filter(|n| !n.is_empty()),
            _ => None,
        };
        match event {
            Event::Start(tag) => {
                depth += 1;
                pieces.push(start(namespace, &tag));
            }
            Event::Empty(tag) => pieces.extend([start(namespace, &tag), Piece::End]),
            Event::End(_) => {
                depth -= 1;
                pieces.push(Piece::End);
            }
            Event::Comment(comment) if depth > 0 => {
                pieces.push(Piece::Comment(line_ends(&comment)));
            }
            Event::Text(text) if depth > 0 => add(&mut pieces, line_ends(&text)),
            Event::CData(text) => add(&mut pieces, line_ends(&text)),
            Event::GeneralRef(name) => {
                let c = quick_xml::escape::unescape(&format!("&{};", &*name))
                    .unwrap()
                    .into_owned();
                add(&mut pieces, c);
            }
            Event::Eof => return pieces,
            _ => {}
        }
    }
}

fn start(namespace: Option<String>, tag: &BytesStart<'_>) -> Piece {
    let mut attributes: Vec<(String, String)> = tag
        .attributes()
        .map(Result::unwrap)
        .filter(|a| a.key.as_namespace_binding().is_none())
        .map(|a| {
            let value = a.normalized_value(XmlVersion::Explicit1_0).unwrap();
            (a.key.as_ref().to_owned(), value.into_owned())
        })
        .collect();
    attributes.sort();
    Piece::Start(namespace, tag.local_name().as_ref().to_owned(), attributes)
}

fn add(pieces: &mut Vec<Piece>, more: String) {
    match pieces.last_mut() {
        Some(Piece::Text(text)) => text.push_str(&more),
        _ if more.is_empty() => {}
        _ => pieces.push(Piece::Text(more)),
    }
}

fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn quick_xml_cuts_alike(text in document()) {
        let document = Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap();
        prop_assert_eq!(ours(&document), theirs(&text), "{}", text);
    }

    /// A document with a mark or without, borrowed or taken, is one tree.
    #[test]
    fn a_document_that_is_taken_is_read_as_one_that_is_borrowed(text in document(), mark in any::<bool>()) {
        let text = format!("{}{text}", if mark { "\u{FEFF}" } else { "" });
        let borrowed = Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap();
        let taken = Document::parse_owned(text.clone().into_bytes(), &XmlLimits::default()).unwrap();
        prop_assert_eq!(borrowed.source(), taken.source());
        prop_assert_eq!(ours(&borrowed), ours(&taken));
        let spans = |document: &Document| document.elements().map(|e| e.span()).collect::<Vec<_>>();
        prop_assert_eq!(spans(&borrowed), spans(&taken));
    }
}
