//! Golden canonical forms.
//!
//! Source: the situations of the examples in Canonical XML 1.0 §3, Exclusive XML Canonicalization §2.2
//! and Canonical XML 1.1 §3, in documents of our own; the results were confirmed with xmlsec1.

use qaqpa_xml::c14n::{
    C14nError, JOINED_BASES_BYTES_MAX, Method, Sink, Subtree, canonicalize, canonicalize_into,
};
use qaqpa_xml::{Document, Element, XmlLimits};

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap()
}

fn find<'d>(document: &'d Document, local: &str) -> Element<'d> {
    document
        .root()
        .descendants()
        .find(|e| e.name() == local)
        .unwrap()
}

fn whole(text: &str, method: &Method) -> String {
    let document = parse(text);
    String::from_utf8(canonicalize(&Subtree::document(&document), method).unwrap()).unwrap()
}

fn part(text: &str, local: &str, method: &Method) -> String {
    let document = parse(text);
    let subtree = Subtree::element(find(&document, local));
    String::from_utf8(canonicalize(&subtree, method).unwrap()).unwrap()
}

fn exclusive(prefixes: &[&str]) -> Method {
    Method::Exclusive {
        inclusive_prefixes: prefixes.iter().map(|p| (*p).to_owned()).collect(),
    }
}

/// C14N 1.0, §3.1: comments outside the root stand on lines of their own, or vanish.
#[test]
fn comments_beside_the_root() {
    let text = "<?xml version=\"1.0\"?>\n\n<!-- before -->\n  <doc>Салем<!-- inside --></doc>\n<!-- after -->\n\n<!-- last -->";
    assert_eq!(
        whole(text, &Method::InclusiveWithComments),
        "<!-- before -->\n<doc>Салем<!-- inside --></doc>\n<!-- after -->\n<!-- last -->"
    );
    assert_eq!(whole(text, &Method::Inclusive), "<doc>Салем</doc>");
}

/// C14N 1.0, §3.2: white space in content is content.
#[test]
fn white_space_in_content_is_kept() {
    let text = "<doc>\n   <clean>   </clean>\r\n   <mixed>\r A <b>\t</b></mixed>\n</doc>\n";
    assert_eq!(
        whole(text, &Method::Inclusive),
        "<doc>\n   <clean>   </clean>\n   <mixed>\n A <b>\t</b></mixed>\n</doc>"
    );
}

/// C14N 1.0, §3.3: attributes are sorted, empty tags opened, superfluous declarations dropped.
#[test]
fn start_and_end_tags() {
    let text = "<doc><e1   /><e2   ></e2>\
        <e3 name = \"n\"   id='i'   />\
        <e5 a:attr='out' b:attr=\"sorted\" attr2='all' attr=\"I'm\"\n\
        xmlns:b='http://b' xmlns:a=\"http://a\" xmlns='http://d'/>\
        <e6 xmlns='' xmlns:a='http://w3'><e7 xmlns='http://i'><e8 xmlns='' xmlns:a='http://w3'>\
        <e9 xmlns='' xmlns:a='http://i'/></e8></e7></e6></doc>";
    assert_eq!(
        whole(text, &Method::Inclusive),
        "<doc><e1></e1><e2></e2><e3 id=\"i\" name=\"n\"></e3>\
         <e5 xmlns=\"http://d\" xmlns:a=\"http://a\" xmlns:b=\"http://b\" attr=\"I'm\" attr2=\"all\" \
         a:attr=\"out\" b:attr=\"sorted\"></e5>\
         <e6 xmlns:a=\"http://w3\"><e7 xmlns=\"http://i\"><e8 xmlns=\"\"><e9 xmlns:a=\"http://i\"></e9>\
         </e8></e7></e6></doc>"
    );
}

/// C14N 1.0, §2.3: attributes sort by namespace name, not by prefix.
#[test]
fn attributes_sort_by_namespace_name() {
    let text = "<a xmlns:z='urn:1' xmlns:b='urn:2' b:x='2' z:x='1' y='0' xml:lang='kk'/>";
    assert_eq!(
        whole(text, &Method::Inclusive),
        "<a xmlns:b=\"urn:2\" xmlns:z=\"urn:1\" y=\"0\" xml:lang=\"kk\" z:x=\"1\" b:x=\"2\"></a>"
    );
}

/// C14N 1.0, §3.4: character references, CDATA, and what is escaped again.
#[test]
fn characters_and_references() {
    let text = "<doc>\r\n<text>First&#x0d;&#10;Second</text>\
        <value>&#x32;</value><compute><![CDATA[value>\"0\" && value<\"10\" ?\"valid\":\"error\"]]></compute>\
        <compute expr='value>\"0\" &amp;&amp; value&lt;\"10\"'>valid</compute>\
        <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>\
        <norm attr='a\tb\nc'/></doc>";
    assert_eq!(
        whole(text, &Method::Inclusive),
        "<doc>\n<text>First&#xD;\nSecond</text><value>2</value>\
         <compute>value&gt;\"0\" &amp;&amp; value&lt;\"10\" ?\"valid\":\"error\"</compute>\
         <compute expr=\"value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot;\">valid</compute>\
         <norm attr=\" '    &#xD;&#xA;&#x9;   ' \"></norm><norm attr=\"a b c\"></norm></doc>"
    );
}

/// C14N 1.0, §3.6: the result is UTF-8.
#[test]
fn characters_beyond_ascii_are_utf_8() {
    assert_eq!(
        whole("<a>&#169;&#x4D9;&#x1F600;</a>", &Method::Inclusive),
        "<a>©ә😀</a>"
    );
}

/// C14N 1.0, §3.7: a part inherits what was declared around it, and the xml attributes too.
#[test]
fn an_inclusive_part_inherits_namespaces_and_xml_attributes() {
    let text = "<a xmlns='http://d' xmlns:w='urn:w' xml:lang='kk' xml:space='default'>\
        <b xml:space='preserve' xml:id='outer'><c xmlns='' xml:lang='ru' w:x='1'>t</c></b></a>";
    assert_eq!(
        part(text, "c", &Method::Inclusive),
        "<c xmlns:w=\"urn:w\" xml:id=\"outer\" xml:lang=\"ru\" xml:space=\"preserve\" w:x=\"1\">t</c>"
    );
    // C14N 1.1, §2.4: an Id is not inherited (case C09).
    assert_eq!(
        part(text, "c", &Method::Inclusive11),
        "<c xmlns:w=\"urn:w\" xml:lang=\"ru\" xml:space=\"preserve\" w:x=\"1\">t</c>"
    );
    assert_eq!(
        part(text, "c", &Method::exclusive()),
        "<c xmlns:w=\"urn:w\" xml:lang=\"ru\" w:x=\"1\">t</c>"
    );
    assert_eq!(
        part(text, "b", &Method::Inclusive),
        "<b xmlns=\"http://d\" xmlns:w=\"urn:w\" xml:id=\"outer\" xml:lang=\"kk\" xml:space=\"preserve\">\
         <c xmlns=\"\" xml:lang=\"ru\" w:x=\"1\">t</c></b>"
    );
}

/// Source: Canonical XML 1.1, §3.8, with the omitted ancestors that a subtree can have, in a document of our own.
#[test]
fn c14n_1_1_joins_the_bases_around_a_part() {
    let text = "<doc xmlns='http://d' xmlns:w='urn:w' xml:base='something/else'><e1>\
        <e2 xmlns='' xml:id='abc' xml:base='bar/' xml:space='preserve'><e3 id='E3' xml:base='foo'/></e2></e1></doc>";
    for method in [Method::Inclusive11, Method::Inclusive11WithComments] {
        assert_eq!(
            part(text, "e3", &method),
            "<e3 xmlns:w=\"urn:w\" id=\"E3\" xml:base=\"something/bar/foo\" xml:space=\"preserve\"></e3>"
        );
    }
    // C14N 1.0, §2.4: the nearest of each name, and one's own before others.
    assert_eq!(
        part(text, "e3", &Method::Inclusive),
        "<e3 xmlns:w=\"urn:w\" id=\"E3\" xml:base=\"foo\" xml:id=\"abc\" xml:space=\"preserve\"></e3>"
    );
    assert_eq!(
        part(text, "e3", &Method::exclusive()),
        "<e3 id=\"E3\" xml:base=\"foo\"></e3>"
    );
    assert!(whole(text, &Method::Inclusive11).contains("<e3 id=\"E3\" xml:base=\"foo\"></e3>"));
}

/// Joining looks at every value again for each: together they are bounded.
#[test]
fn c14n_1_1_joins_no_more_than_the_bound() {
    for (more, answer) in [(0, Ok(())), (1, Err(C14nError::BasesTooLong))] {
        let long = "a".repeat(JOINED_BASES_BYTES_MAX - 2 + more);
        let document = parse(&format!("<a xml:base='{long}'><b xml:base='b/'/></a>"));
        let subtree = Subtree::element(find(&document, "b"));
        let canonical = canonicalize(&subtree, &Method::Inclusive11);
        assert_eq!(canonical.map(|_| ()), answer, "{more}");
        assert!(canonicalize(&subtree, &Method::Inclusive).is_ok());
    }
}

/// Source: Canonical XML 1.1, §2.4, on the document of the erratum about `..`.
#[test]
fn c14n_1_1_shows_no_base_where_none_is_left() {
    let text =
        "<a xml:base='foo/bar'><b xml:base='..'><c xml:base='..'><d xml:base='x'/></c></b></a>";
    assert_eq!(
        part(text, "d", &Method::Inclusive11),
        "<d xml:base=\"../x\"></d>"
    );
    assert_eq!(
        part(
            "<a xml:base='abc/'><b xml:base='../'/></a>",
            "b",
            &Method::Inclusive11
        ),
        "<b></b>"
    );
    assert_eq!(
        part(
            "<a><b xml:base='../' z='1'/></a>",
            "b",
            &Method::Inclusive11
        ),
        "<b z=\"1\" xml:base=\"../\"></b>"
    );
    assert_eq!(
        part("<a xml:base='x/&quot;'><b/></a>", "b", &Method::Inclusive11),
        "<b xml:base=\"x/&quot;\"></b>"
    );
}

/// Exclusive C14N, §2.2: the same element in two envelopes is the same octets.
#[test]
fn an_exclusive_part_is_the_same_in_every_envelope() {
    let element = "<n1:elem2 xmlns:n1='http://example.net' xml:lang='en'><n3:stuff xmlns:n3='ftp://example.org'/></n1:elem2>";
    let one =
        format!("<n0:pdu xmlns:n0='http://a' xmlns:n1='http://example.net'>{element}</n0:pdu>");
    let two = format!(
        "<n2:pdu xmlns:n1='http://other' xmlns:n2='http://a' xmlns='urn:d'>{element}</n2:pdu>"
    );
    let expected = "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\">\
                    <n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>";
    assert_eq!(part(&one, "elem2", &Method::exclusive()), expected);
    assert_eq!(part(&two, "elem2", &Method::exclusive()), expected);
    // The inclusive form differs between the two.
    assert_ne!(
        part(&one, "elem2", &Method::Inclusive),
        part(&two, "elem2", &Method::Inclusive)
    );
}

/// Exclusive C14N, §3: declarations show where they are used, not where they stand.
#[test]
fn exclusive_declarations_move_down_to_their_use() {
    let text = "<a xmlns='urn:d' xmlns:p='urn:p' xmlns:q='urn:q'><p:b q:x='1'><p:c/></p:b><d xmlns=''><p:e/></d></a>";
    assert_eq!(
        whole(text, &Method::exclusive()),
        "<a xmlns=\"urn:d\"><p:b xmlns:p=\"urn:p\" xmlns:q=\"urn:q\" q:x=\"1\"><p:c></p:c></p:b>\
         <d xmlns=\"\"><p:e xmlns:p=\"urn:p\"></p:e></d></a>"
    );
}

/// Exclusive C14N, §3, the parameter InclusiveNamespaces PrefixList (case C08).
#[test]
fn prefixes_of_the_list_are_treated_inclusively() {
    let text = "<o xmlns:xs='urn:xs' xmlns='urn:d' xmlns:u='urn:u'><p:b xmlns:p='urn:p' t='xs:string'><c xmlns:xs='urn:2'/></p:b></o>";
    assert_eq!(
        part(text, "b", &exclusive(&["xs"])),
        "<p:b xmlns:p=\"urn:p\" xmlns:xs=\"urn:xs\" t=\"xs:string\"><c xmlns=\"urn:d\" xmlns:xs=\"urn:2\"></c></p:b>"
    );
    assert_eq!(
        part(text, "b", &exclusive(&["#default", "none"])),
        "<p:b xmlns=\"urn:d\" xmlns:p=\"urn:p\" t=\"xs:string\"><c></c></p:b>"
    );
}

/// A default namespace that was shown and is taken back, with an element between that shows none.
#[test]
fn an_empty_default_is_shown_only_where_one_was_shown() {
    let text = "<a xmlns='urn:d'><p:b xmlns:p='urn:p' xmlns=''><c/></p:b></a>";
    assert_eq!(
        whole(text, &Method::exclusive()),
        "<a xmlns=\"urn:d\"><p:b xmlns:p=\"urn:p\"><c xmlns=\"\"></c></p:b></a>"
    );
    assert_eq!(
        whole(text, &Method::Inclusive),
        "<a xmlns=\"urn:d\"><p:b xmlns=\"\" xmlns:p=\"urn:p\"><c></c></p:b></a>"
    );
    assert_eq!(
        part(text, "b", &Method::Inclusive),
        "<p:b xmlns:p=\"urn:p\"><c></c></p:b>"
    );
}

#[test]
fn a_left_out_subtree_leaves_no_trace_and_never_everything() {
    let document = parse("<a>1<s xmlns='urn:s'><t/><!-- x -->2</s>3<b/></a>");
    let signature = find(&document, "s").id();
    let subtree = Subtree::document(&document).without(signature);
    assert_eq!(
        canonicalize(&subtree, &Method::InclusiveWithComments).unwrap(),
        b"<a>13<b></b></a>"
    );
    for apex in [find(&document, "s"), find(&document, "t")] {
        assert_eq!(
            canonicalize(
                &Subtree::element(apex).without(signature),
                &Method::Inclusive
            ),
            Err(C14nError::Nothing)
        );
    }
}

#[test]
fn several_subtrees_are_left_out_in_any_order_and_inside_each_other() {
    let document = parse("<a>1<s><t/></s>2<u/><s>x</s><b/>3</a>");
    let mut ids: Vec<_> = document
        .elements()
        .filter(|e| matches!(e.name(), "s" | "t" | "u"))
        .map(|e| e.id())
        .collect();
    ids.reverse();
    assert_eq!(ids.len(), 4);
    let subtree = Subtree::document(&document).without_all(ids);
    assert_eq!(
        canonicalize(&subtree, &Method::Inclusive).unwrap(),
        b"<a>12<b></b>3</a>"
    );
}

/// What a sink sees: the same octets, in pieces, and nothing where there is no canonical form.
#[test]
fn a_sink_gets_the_octets_in_pieces() {
    #[derive(Default)]
    struct Pieces(Vec<Vec<u8>>);
    impl Sink for Pieces {
        fn write(&mut self, octets: &[u8]) {
            self.0.push(octets.to_owned());
        }
    }
    let large = "x".repeat(100_000);
    let text = format!("<a b = '1'>{large}<c/>{large}&#13;{large}</a>");
    let document = parse(&text);
    let subtree = Subtree::document(&document);
    let mut pieces = Pieces::default();
    canonicalize_into(&subtree, &Method::Inclusive, &mut pieces).unwrap();
    assert_eq!(
        pieces.0.concat(),
        format!("<a b=\"1\">{large}<c></c>{large}&#xD;{large}</a>").as_bytes()
    );
    assert!(pieces.0.len() > 3);
    let nothing = subtree.without(document.root().id());
    let mut pieces = Pieces::default();
    assert_eq!(
        canonicalize_into(&nothing, &Method::Inclusive, &mut pieces),
        Err(C14nError::Nothing)
    );
    assert!(pieces.0.is_empty());
}

/// Source: Exclusive C14N, §2.2 — canonical form of canonical form is the same.
#[test]
fn the_canonical_form_is_its_own() {
    let text =
        "<a xmlns='urn:d' xmlns:p='urn:p' b='&#10;&quot;'><p:c>&lt;&#13;&gt;</p:c><!-- x --></a>";
    for method in [
        Method::Inclusive,
        Method::InclusiveWithComments,
        Method::exclusive(),
    ] {
        let once = whole(text, &method);
        assert_eq!(whole(&once, &method), once);
    }
}
