//! Every rule that a document can break, with the exact error.

use qaqpa_xml::{Document, Position, XmlError, XmlLimit, XmlLimits};

fn refused(bytes: &[u8]) -> XmlError {
    match Document::parse(bytes, &XmlLimits::default()) {
        Ok(_) => panic!("accepted: {}", String::from_utf8_lossy(bytes)),
        Err(error) => error,
    }
}

fn why(text: &str) -> &'static str {
    match refused(text.as_bytes()) {
        XmlError::NotWellFormed { why, .. } | XmlError::Namespace { why, .. } => why,
        other => panic!("{text}: {other:?}"),
    }
}

fn at(line: usize, column: usize, offset: usize) -> Position {
    Position {
        line,
        column,
        offset,
    }
}

/// Cases X01–X03, D03, D09.
#[test]
fn a_document_type_declaration_is_refused_before_it_is_looked_at() {
    for (text, offset) in [
        ("<!DOCTYPE a><a/>", 0),
        (
            "<!DOCTYPE a [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><a>&e;</a>",
            0,
        ),
        ("<!DOCTYPE a [<!ENTITY % p SYSTEM 'http://x/'> %p;]><a/>", 0),
        (
            "<!DOCTYPE a [<!ENTITY a 'b'><!ENTITY c '&a;&a;'>]><a>&c;</a>",
            0,
        ),
        ("<!DOCTYPE a [<!ATTLIST a x ID #IMPLIED>]><a/>", 0),
        ("<!DOCTYPE r SYSTEM 'x\"><!--'><r/>", 0),
        ("<!DOCTYPE a [", 0),
        ("<!DOCTYPE", 0),
        ("<!DOCTYPE>", 0),
        ("<!doctype a><a/>", 0),
        ("<?xml version=\"1.0\"?><!DOCTYPE a><a/>", 21),
        ("<a/><!DOCTYPE a>", 4),
        ("<a><!DOCTYPE a></a>", 3),
    ] {
        assert_eq!(
            refused(text.as_bytes()),
            XmlError::Dtd {
                at: at(1, offset + 1, offset)
            },
            "{text}"
        );
    }
}

/// Cases D08, X04.
#[test]
fn processing_instructions_are_refused_wherever_they_stand() {
    for (text, offset) in [
        ("<?xml-stylesheet href='x'?><a/>", 0),
        ("<a><?p not-an-?>admin</a>", 3),
        ("<a/><?p?>", 4),
        (" <?xml version=\"1.0\"?><a/>", 1),
        ("<?xml version=\"1.0\"?><?xml version=\"1.0\"?><a/>", 21),
        ("<a><?xml version=\"1.0\"?></a>", 3),
        ("<?XML version=\"1.0\"?><a/>", 0),
    ] {
        assert_eq!(
            refused(text.as_bytes()),
            XmlError::ProcessingInstruction {
                at: at(1, offset + 1, offset)
            },
            "{text}"
        );
    }
}

/// Case D16.
#[test]
fn other_encodings_are_refused_whatever_they_claim() {
    for bytes in [&b"\xFE\xFF\0<\0a\0/\0>"[..], b"\xFF\xFE<\0a\0/\0>\0"] {
        assert_eq!(
            refused(bytes),
            XmlError::Encoding {
                found: "the byte order mark of UTF-16".to_owned()
            }
        );
    }
    for (bytes, valid) in [
        (&b"<a>\xC0\xAF</a>"[..], 3),
        (b"<a>\xED\xA0\x80</a>", 3),
        (b"<a>\xCF", 3),
        (b"<\xFFa/>", 1),
    ] {
        assert_eq!(
            refused(bytes),
            XmlError::Encoding {
                found: format!("a wrong sequence at byte {valid}")
            }
        );
    }
    for encoding in ["UTF-16", "UTF-7", "windows-1251"] {
        let text = format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><a/>");
        assert_eq!(
            refused(text.as_bytes()),
            XmlError::Encoding {
                found: format!("the declaration says {encoding:?}")
            }
        );
    }
    // UTF-16 without a mark is UTF-8 with NULs.
    assert_eq!(why("<\0a\0/\0>\0"), "not a name");
    assert_eq!(why("\u{FEFF}\u{FEFF}<a/>"), "a second byte order mark");
}

/// Case D12.
#[test]
fn one_root_and_nothing_beside_it() {
    assert_eq!(why(""), "no root element");
    assert_eq!(why("<!-- -->"), "no root element");
    assert_eq!(why("<a/><b/>"), "a second root element");
    assert_eq!(why("<a></a><b></b>"), "a second root element");
    for text in [
        "<a/>x",
        "x<a/>",
        "<a/>&amp;",
        "&#32;<a/>",
        "<a/><![CDATA[ ]]>",
        "<a/>\u{a0}",
    ] {
        assert_eq!(
            why(text),
            "character data outside the root element",
            "{text}"
        );
    }
}

#[test]
fn tags_nest_and_close() {
    assert_eq!(why("<a>"), "an element without its end tag");
    assert_eq!(why("<a><b></a>"), "an end tag of another name");
    assert_eq!(why("<a></A>"), "an end tag of another name");
    assert_eq!(why("<a></a x='1'>"), "an end tag of another name");
    assert_eq!(why("<a></ a>"), "an end tag of another name");
    assert_eq!(
        why("<a xmlns='urn:x' xmlns:p='urn:x'></p:a>"),
        "an end tag of another name"
    );
    assert_eq!(why("</a>"), "an end tag without its start tag");
    assert_eq!(why("<a/></a>"), "an end tag without its start tag");
    assert_eq!(why("<a"), "a tag that is not closed");
    assert_eq!(why("<a b='>"), "a tag that is not closed");
    assert_eq!(why("<a></a"), "a tag that is not closed");
    assert_eq!(why("<"), "a tag that is not closed");
}

#[test]
fn names_and_attributes_are_what_xml_says() {
    for text in [
        "<1/>",
        "<-a/>",
        "< a/>",
        "<a:/>",
        "<:a/>",
        "<a:b:c/>",
        "<>",
        "</>x",
        "<a 1='x'/>",
        "<a =''/>",
        "<a b:='x'/>",
        "<a\u{2000}/>",
    ] {
        let why = why(text);
        assert!(
            why == "not a name" || why == "an end tag without its start tag",
            "{text}: {why}"
        );
    }
    assert_eq!(why("<a b/>"), "an attribute without '='");
    assert_eq!(why("<a b c='1'/>"), "an attribute without '='");
    assert_eq!(why("<a b=1/>"), "an attribute value without quotes");
    assert_eq!(why("<a b=/>"), "an attribute value without quotes");
    assert_eq!(why("<a b='1'c='2'/>"), "no white space before an attribute");
    assert_eq!(why("<a b='<'/>"), "'<' in an attribute value");
    assert_eq!(why("<a b='&'/>"), "'&' without a reference");
    assert_eq!(why("<a/ >"), "not a name");
}

/// Case D13's sibling: two attributes that are one.
#[test]
fn an_attribute_stands_once_by_name_and_by_namespace() {
    for (text, name) in [
        ("<a b='1' b='2'/>", "b"),
        ("<a xmlns='urn:1' xmlns='urn:2'/>", "xmlns"),
        ("<a xmlns:p='urn:1' xmlns:p='urn:1'/>", "xmlns:p"),
        ("<a xmlns:p='urn:1' xmlns:q='urn:1' p:x='1' q:x='2'/>", "x"),
    ] {
        match refused(text.as_bytes()) {
            XmlError::DuplicateAttribute { name: found, .. } => assert_eq!(found, name),
            other => panic!("{text}: {other:?}"),
        }
    }
}

#[test]
fn character_data_is_what_xml_says() {
    assert_eq!(why("<a>]]></a>"), "']]>' in character data");
    assert_eq!(why("<a>&</a>"), "'&' without a reference");
    assert_eq!(why("<a>& b;</a>"), "'&' without a reference");
    assert_eq!(why("<a>&amp</a>"), "'&' without a reference");
    assert_eq!(why("<a>\u{1}</a>"), "a character that XML does not allow");
    assert_eq!(why("<a>\0</a>"), "a character that XML does not allow");
    assert_eq!(why("<a b='\u{1}'/>"), "a character that XML does not allow");
    assert_eq!(
        why("<a><![CDATA[\u{FFFE}]]></a>"),
        "a character that XML does not allow"
    );
    assert_eq!(
        why("<a><!--\u{8}--></a>"),
        "a character that XML does not allow"
    );
    assert_eq!(
        why("<a>&#1;</a>"),
        "a reference to a character that XML does not allow"
    );
    assert_eq!(
        why("<a>&#xD800;</a>"),
        "a reference to a character that XML does not allow"
    );
    assert_eq!(why("<a>&#;</a>"), "a character reference without a number");
    assert_eq!(
        why("<a><![CDATA[</a>"),
        "a CDATA section that is not closed"
    );
    assert_eq!(
        why("<a><![cdata[x]]></a>"),
        "a CDATA section that is not closed"
    );
    assert_eq!(why("<a><!x></a>"), "unknown markup after '<!'");
}

#[test]
fn comments_close_and_hold_no_double_hyphen() {
    assert_eq!(why("<a><!-- -- --></a>"), "'--' in a comment");
    assert_eq!(why("<a><!-- ---></a>"), "'--' in a comment");
    for text in [
        "<a><!--></a>",
        "<a><!---></a>",
        "<a><!-- </a>",
        "<!-->",
        "<!--->",
        "<!-",
    ] {
        let why = why(text);
        assert!(
            why == "a comment that is not closed" || why == "'--' in a comment",
            "{text}: {why}"
        );
    }
}

/// Case D05: an entity that one reader expands and another does not.
#[test]
fn only_the_five_predefined_entities_are_known() {
    for (text, name) in [
        ("<a>&nbsp;</a>", "nbsp"),
        ("<a b='&e;'/>", "e"),
        ("<a>&AMP;</a>", "AMP"),
    ] {
        match refused(text.as_bytes()) {
            XmlError::UnknownEntity { name: found, .. } => assert_eq!(found, name),
            other => panic!("{text}: {other:?}"),
        }
    }
}

/// Cases C01 (void canonicalization), D10, D11.
#[test]
fn namespaces_are_declared_absolute_and_not_taken_back() {
    for name in ["1", "a", "./x", "trigger"] {
        let text = format!("<a xmlns:a=\"{name}\"/>");
        assert_eq!(
            refused(text.as_bytes()),
            XmlError::RelativeNamespace {
                at: at(1, 13, 12),
                name: name.to_owned()
            }
        );
    }
    assert_eq!(
        why("<a xmlns:x='http://a\u{80}'/>"),
        "a namespace name with a character that no URI or IRI has"
    );
    assert_eq!(why("<p:a/>"), "a prefix that is not declared");
    assert_eq!(why("<a p:x='1'/>"), "a prefix that is not declared");
    assert_eq!(
        why("<a><b xmlns:p='urn:p'/><p:c/></a>"),
        "a prefix that is not declared"
    );
    assert_eq!(why("<xmlns:a/>"), "a prefix that is not declared");
    assert_eq!(why("<a xmlns:p=''/>"), "a prefix is bound to an empty name");
    assert_eq!(
        why("<a xmlns:xmlns='urn:x'/>"),
        "the prefix xmlns is declared"
    );
    assert_eq!(
        why("<a xmlns:p='urn:p' p:xmlns='urn:x'/>"),
        "an attribute of another namespace is called xmlns"
    );
    assert_eq!(
        why("<a xmlns='http://www.w3.org/2000/xmlns/'/>"),
        "the namespace of xmlns is declared"
    );
    assert_eq!(
        why("<a xmlns:xml='urn:x'/>"),
        "the prefix xml and its namespace belong to each other only"
    );
}

/// Case X07.
#[test]
fn every_limit_is_a_limit_and_no_less() {
    let limits = XmlLimits {
        bytes_max: 100,
        depth_max: 3,
        elements_max: 4,
        attributes_max: 2,
    };
    let parse = |text: &str| Document::parse(text.as_bytes(), &limits).map(|_| ());
    let limit = |what, max| Err(XmlError::Limit { what, max });

    assert_eq!(parse("<a><b><c/></b></a>"), Ok(()));
    assert_eq!(
        parse("<a><b><c><d/></c></b></a>"),
        limit(XmlLimit::Depth, 3)
    );
    assert_eq!(parse("<a><b/><c/><d/></a>"), Ok(()));
    assert_eq!(
        parse("<a><b/><c/><d/><e/></a>"),
        limit(XmlLimit::Elements, 4)
    );
    assert_eq!(parse("<a x='' xmlns='urn:x'/>"), Ok(()));
    assert_eq!(parse("<a x='' y='' z=''/>"), limit(XmlLimit::Attributes, 2));
    assert_eq!(parse("<a><!----><!----><!----><!----></a>"), Ok(()));
    assert_eq!(
        parse("<a><!----><!----><!----><!----><!----></a>"),
        limit(XmlLimit::Comments, 4)
    );
    assert_eq!(parse(&format!("<a>{}</a>", "x".repeat(93))), Ok(()));
    assert_eq!(
        parse(&format!("<a>{}</a>", "x".repeat(94))),
        limit(XmlLimit::Bytes, 100)
    );
    let few_elements = XmlLimits {
        elements_max: 1,
        attributes_max: 64,
        ..XmlLimits::default()
    };
    assert_eq!(
        Document::parse(b"<a a='' b='' c='' d='' e=''/>", &few_elements).map(|_| ()),
        limit(XmlLimit::AttributesInAll, 4)
    );
}

/// Case X07: a hundred thousand open elements cost one message, not the stack.
#[test]
fn depth_of_a_hundred_thousand_is_refused_and_where_allowed_is_read() {
    let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
    assert_eq!(
        refused(deep.as_bytes()),
        XmlError::Limit {
            what: XmlLimit::Depth,
            max: 64
        }
    );
    let limits = XmlLimits {
        depth_max: 100_000,
        ..XmlLimits::default()
    };
    let document = Document::parse(deep.as_bytes(), &limits).unwrap();
    assert_eq!(document.root().descendants().count(), 99_999);
    let subtree = qaqpa_xml::c14n::Subtree::document(&document);
    for method in [
        qaqpa_xml::c14n::Method::Inclusive,
        qaqpa_xml::c14n::Method::exclusive(),
    ] {
        let canonical = qaqpa_xml::c14n::canonicalize(&subtree, &method).unwrap();
        assert_eq!(canonical, deep.as_bytes());
    }
}

/// Case X09: cut at every byte, never a panic, never accepted.
#[test]
fn a_document_cut_at_any_byte_is_refused() {
    let text = "<?xml version='1.0'?><!-- ә --><p:a xmlns:p='urn:p' b='&lt;'>x&#65;<![CDATA[y]]><c/>&amp;</p:a>";
    for length in 0..text.len() {
        refused(&text.as_bytes()[..length]);
    }
    Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap();
}

#[test]
fn an_error_says_line_and_column() {
    let error = refused("<a>\n  <b>ә</c>\n</a>".as_bytes());
    assert_eq!(
        error.to_string(),
        "not well-formed: an end tag of another name, at line 2, column 7"
    );
}
