//! The XML reader and the canonicalizer.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

/// No bytes make the reader panic, and what it reads is consistent: spans and tree agree.
pub fn xml_parse(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    let source = document.source();
    let root = document.root();
    for element in std::iter::once(root).chain(root.descendants()) {
        let span = element.span();
        assert!(source[span.clone()].starts_with('<') && source[span.clone()].ends_with('>'));
        if let Some(content) = element.content_span() {
            assert!(content.start > span.start && content.end < span.end);
        }
        if let Some(parent) = element.parent() {
            let around = parent.content_span().expect("a parent has content");
            assert!(around.start <= span.start && span.end <= around.end);
        }
        assert_eq!(document.node(element.id()), Some(element));
        assert!(element.is_within(&root));
        let _ = (element.text(), element.position());
        assert!(element.attributes().count() + element.declarations().count() <= 64);
    }
}

/// Every document that is read has a canonical form, which is XML and its own canonical form; so has every part of it.
pub fn c14n(bytes: &[u8]) {
    let Ok(document) = Document::parse(bytes, &XmlLimits::default()) else {
        return;
    };
    // References take more room than the characters they stand for, and the other way round.
    let limits = XmlLimits {
        bytes_max: usize::MAX,
        ..XmlLimits::default()
    };
    for method in [
        Method::Inclusive,
        Method::InclusiveWithComments,
        Method::exclusive(),
        Method::Exclusive {
            inclusive_prefixes: vec!["p".to_owned(), "#default".to_owned()],
        },
    ] {
        let whole = Subtree::document(&document);
        let once = canonicalize(&whole, &method).expect("a document is never void");
        let again = Document::parse(&once, &limits).expect("a canonical form is XML");
        let twice = canonicalize(&Subtree::document(&again), &method);
        assert_eq!(twice.as_ref(), Ok(&once));
    }
    for element in document.root().descendants().take(8) {
        for method in [Method::Inclusive, Method::Inclusive11, Method::exclusive()] {
            if let Ok(part) = canonicalize(&Subtree::element(element), &method) {
                Document::parse(&part, &limits).expect("the canonical form of a part is XML");
            }
        }
        let without = Subtree::document(&document).without(element.id());
        let _ = canonicalize(&without, &Method::Inclusive);
    }
}
