//! What the tree says about a document.

use std::borrow::Cow;

use qaqpa_xml::{Document, Node, XmlLimits};

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap()
}

#[test]
fn names_namespaces_and_attributes_are_resolved() {
    let document = parse(
        "<a xmlns='urn:d' xmlns:p='urn:p' x='1' p:x='2' xml:lang='kk'><p:b/><c xmlns=''/></a>",
    );
    let root = document.root();
    assert!(root.is("urn:d", "a"));
    assert_eq!(root.prefix(), None);
    assert_eq!(root.attribute(None, "x"), Some("1"));
    assert_eq!(root.attribute(Some("urn:p"), "x"), Some("2"));
    assert_eq!(root.attribute(Some("urn:d"), "x"), None);
    assert_eq!(
        root.attribute(Some(qaqpa_xml::XML_NAMESPACE), "lang"),
        Some("kk")
    );
    assert_eq!(root.attributes().count(), 3);
    let b = root.child(Some("urn:p"), "b").unwrap();
    assert_eq!((b.prefix(), b.name()), (Some("p"), "b"));
    let c = root.child(None, "c").unwrap();
    assert_eq!(c.namespace(), None);
    assert_eq!(c.namespace_of_prefix("p"), Some("urn:p"));
    assert_eq!(c.namespace_of_prefix(""), None);
    assert_eq!(c.parent(), Some(root));
    assert_eq!(root.parent(), None);
}

/// Cases D06, D07: what splits text for a careless reader does not split it here.
#[test]
fn text_is_joined_across_comments_cdata_and_references() {
    let document = parse("<a>12<!--x-->3<![CDATA[<4>]]>&#53;&amp;<b>no</b>6</a>");
    assert_eq!(document.root().text(), "123<4>5&6");
    let nodes: Vec<_> = document.root().nodes().collect();
    assert_eq!(nodes[0], Node::Text("12"));
    assert_eq!(nodes[1], Node::Comment("x"));
    assert_eq!(nodes[2], Node::Text("3<4>5&"));
    assert_eq!(nodes.len(), 5);
    assert!(matches!(
        parse("<a>one</a>").root().text(),
        Cow::Borrowed("one")
    ));
}

/// Case D17: line ends of the wire are not content.
#[test]
fn line_ends_become_lf_and_references_to_cr_stay() {
    let document = parse("<a b='x\r\ny'>1\r\n2\r3&#13;<![CDATA[\r\n]]></a>");
    assert_eq!(document.root().text(), "1\n2\n3\r\n");
    assert_eq!(document.root().attribute(None, "b"), Some("x y"));
}

#[test]
fn spans_are_the_bytes_of_the_source_after_a_byte_order_mark() {
    let text = "\u{FEFF}<a>ә<b x='1'>t</b><c/></a>";
    let document = parse(text);
    let source = document.source();
    assert_eq!(source, &text[3..]);
    let [b, c] = document.root().children().collect::<Vec<_>>()[..] else {
        panic!("two children");
    };
    assert_eq!(&source[b.span()], "<b x='1'>t</b>");
    assert_eq!(&source[b.content_span().unwrap()], "t");
    assert_eq!(&source[c.span()], "<c/>");
    assert_eq!(c.content_span(), None);
    assert_eq!(document.root().span(), 0..source.len());
    assert_eq!((b.position().line, b.position().column), (1, 5));
}

#[test]
fn only_child_wants_exactly_one() {
    let document = parse("<a><b/><c/><c/></a>");
    let root = document.root();
    assert_eq!(root.only_child(None, "b").unwrap().name(), "b");
    assert_eq!(root.only_child(None, "c").unwrap_err().found, 2);
    assert_eq!(root.only_child(None, "d").unwrap_err().found, 0);
    assert_eq!(root.only_child(Some("urn:x"), "b").unwrap_err().found, 0);
}

#[test]
fn elements_are_equal_by_identity_only() {
    let (one, two) = (parse("<a><b/><b/></a>"), parse("<a><b/><b/></a>"));
    let [first, second] = one.root().children().collect::<Vec<_>>()[..] else {
        panic!("two children");
    };
    assert_ne!(first, second);
    assert_ne!(one.root(), two.root());
    assert_eq!(one.node(first.id()), Some(first));
    assert!(first.is_within(&one.root()));
    assert!(!first.is_within(&two.root()));
    assert!(!one.root().is_within(&first));
    let names: Vec<_> = one.root().descendants().map(|e| e.name()).collect();
    assert_eq!(names, ["b", "b"]);
    assert_eq!(first.descendants().count(), 0);
}
