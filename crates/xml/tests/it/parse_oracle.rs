//! Our tree against roxmltree's, and no panic on any bytes.

use proptest::prelude::*;
use qaqpa_xml::{Document, Element, Node, XmlLimits};

use crate::documents::document;

/// Both trees in one notation.
#[derive(Debug, PartialEq)]
enum Shape {
    Comment(String),
    Element {
        name: (Option<String>, String),
        attributes: Vec<(Option<String>, String, String)>,
        children: Vec<Shape>,
    },
    Text(String),
}

fn ours(element: Element<'_>) -> Shape {
    Shape::Element {
        name: (
            element.namespace().map(str::to_owned),
            element.name().to_owned(),
        ),
        attributes: element
            .attributes()
            .map(|a| {
                (
                    a.namespace.map(str::to_owned),
                    a.local.to_owned(),
                    a.value.to_owned(),
                )
            })
            .collect(),
        children: element
            .nodes()
            .map(|node| match node {
                Node::Comment(text) => Shape::Comment(text.to_owned()),
                Node::Element(child) => ours(child),
                Node::Text(text) => Shape::Text(text.to_owned()),
            })
            .collect(),
    }
}

fn theirs(node: roxmltree::Node<'_, '_>) -> Shape {
    Shape::Element {
        name: (
            // roxmltree shows a default that was taken back as an empty name.
            node.tag_name()
                .namespace()
                .filter(|n| !n.is_empty())
                .map(str::to_owned),
            node.tag_name().name().to_owned(),
        ),
        attributes: node
            .attributes()
            .map(|a| {
                (
                    a.namespace().map(str::to_owned),
                    a.name().to_owned(),
                    a.value().to_owned(),
                )
            })
            .collect(),
        children: node
            .children()
            .map(|child| match child.node_type() {
                roxmltree::NodeType::Comment => {
                    Shape::Comment(child.text().unwrap_or_default().to_owned())
                }
                roxmltree::NodeType::Element => theirs(child),
                _ => Shape::Text(child.text().unwrap_or_default().to_owned()),
            })
            .filter(|shape| *shape != Shape::Text(String::new()))
            .collect(),
    }
}

fn compare(text: &str) -> Result<(), TestCaseError> {
    let Ok(document) = Document::parse(text.as_bytes(), &XmlLimits::default()) else {
        return Ok(());
    };
    // XML 1.0, §2.11 allows to normalize line ends before parsing. roxmltree 0.21 forgets a lone CR
    // between two references, so it is done for it.
    let text = &text.replace("\r\n", "\n").replace('\r', "\n");
    let oracle = roxmltree::Document::parse(text)
        .map_err(|error| TestCaseError::fail(format!("roxmltree refuses {text:?}: {error}")))?;
    prop_assert_eq!(
        ours(document.root()),
        theirs(oracle.root_element()),
        "{}",
        text
    );
    for element in document.root().descendants() {
        let node = &document.source()[element.span()];
        prop_assert!(node.starts_with('<') && node.ends_with('>'));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn well_formed_documents_are_read_as_roxmltree_reads_them(text in document()) {
        Document::parse(text.as_bytes(), &XmlLimits::default())
            .map_err(|error| TestCaseError::fail(format!("{error}: {text}")))?;
        compare(&text)?;
    }

    #[test]
    fn what_we_accept_of_a_damaged_document_roxmltree_reads_alike(
        text in document(),
        at in any::<prop::sample::Index>(),
        length in 0..4usize,
        insert in prop::sample::select(vec!["", "<", ">", "&", "\"", "'", "/", "=", ":", " ", "]]>", "<!--", "-->", "xmlns", "&#0;", "<a>", "</a>", "\0", "\u{FFFE}"]),
    ) {
        let mut at = at.index(text.len() + 1);
        while !text.is_char_boundary(at) { at -= 1; }
        let mut end = (at + length).min(text.len());
        while !text.is_char_boundary(end) { end += 1; }
        compare(&format!("{}{insert}{}", &text[..at], &text[end..]))?;
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Document::parse(&bytes, &XmlLimits::default());
    }

    #[test]
    fn no_markup_makes_it_panic(pieces in proptest::collection::vec(prop::sample::select(vec![
        "<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "]]>", "<?", "?>", "<!DOCTYPE", "<!", "[", "]",
        "a", ":", "xml", "xmlns", "=", "'", "\"", " ", "&", ";", "#", "x", "1", "\u{FEFF}", "ә", "-", "\r", "\n",
    ]), 0..12)) {
        compare(&pieces.concat())?;
    }
}
