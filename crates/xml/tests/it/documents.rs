//! Random documents that are well formed by construction.

use proptest::prelude::*;

/// A document's text, with prefixes that are declared, shadowed and taken back, in every notation.
pub(crate) fn document() -> impl Strategy<Value = String> {
    // The root declares every prefix, so that any element below may use it.
    (element(), comment(), 0..3u8).prop_map(|(inner, comment, shape)| {
        let root = format!(
            "<root xmlns='urn:default' xmlns:p='urn:p' xmlns:q='urn:q' xml:lang='kk'>{inner}</root>"
        );
        match shape {
            0 => root,
            1 => format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{comment}{root}"),
            _ => format!("{root}\r\n{comment}"),
        }
    })
}

fn element() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![text(), comment(), cdata(), tag(Just(String::new()).boxed())];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let content = proptest::collection::vec(inner, 0..4).prop_map(|parts| parts.concat());
        tag(content.boxed())
    })
}

/// White space before an attribute, its equals sign and its quotes, and the reference that stands for a quote inside. The first
/// is as canonicalization writes it, and comes as often as the others.
const NOTATIONS: [(&str, &str, &str, &str); 6] = [
    (" ", "=", "\"", "&quot;"),
    (" ", "=", "\"", "&quot;"),
    (" ", "=", "\"", "&quot;"),
    ("\n", "=", "\"", "&quot;"),
    (" ", "=", "'", "&apos;"),
    ("\t ", " = ", "\"", "&#34;"),
];

fn tag(content: BoxedStrategy<String>) -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "p:b", "q:c", "p:d", "өріс"]);
    let declarations = prop::sample::subsequence(
        vec![
            "xmlns='urn:other'",
            "xmlns:p='urn:p2'",
            "xmlns:q='urn:q'",
            "xmlns:r=\"urn:r\"",
        ],
        0..3,
    );
    let no_default = any::<bool>();
    let attributes =
        prop::sample::subsequence(vec!["x", "p:x", "q:x", "xml:space", "y", "xml:lang"], 0..4);
    let attributes = (attributes, prop::sample::select(NOTATIONS.to_vec()));
    (
        name,
        declarations,
        no_default,
        attributes,
        attribute_value(),
        content,
    )
        .prop_map(
            |(name, mut declarations, no_default, (attributes, notation), value, content)| {
                let (space, equals, quote, reference) = notation;
                let value = value.replace(quote, reference);
                if no_default && !declarations.contains(&"xmlns='urn:other'") {
                    declarations.push("xmlns=''");
                }
                let mut tag = format!("<{name}");
                for attribute in attributes {
                    tag.push_str(&format!("{space}{attribute}{equals}{quote}{value}{quote}"));
                }
                for declaration in declarations {
                    tag.push_str(&format!(" {declaration}"));
                }
                if content.is_empty() {
                    format!("{tag} />")
                } else {
                    format!("{tag}>{content}</{name} >")
                }
            },
        )
}

fn text() -> impl Strategy<Value = String> {
    pieces(&[
        "a",
        "Ә",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "&amp;",
        "&lt;",
        "&gt;",
        ">",
        "]] ",
        "]]&gt;",
        "'",
        "\"",
        "&#13;",
        "&#xA;",
        "&#x1F600;",
        "&quot;",
        "\u{a0}",
        "\u{2028}",
    ])
}

fn attribute_value() -> impl Strategy<Value = String> {
    pieces(&[
        "a", "ұ", " ", "  ", "\n", "\r\n", "\t", "&amp;", "&lt;", ">", "'", "\"", "&#13;", "&#10;",
        "&#9;", "&quot;", "&apos;",
    ])
}

fn cdata() -> impl Strategy<Value = String> {
    pieces(&["a", "<", "&", "&amp;", "]", "\r\n", "ә"])
        .prop_filter("no end inside", |s| !s.contains("]]"))
        .prop_map(|inside| format!("<![CDATA[{inside}]]>"))
}

fn comment() -> impl Strategy<Value = String> {
    pieces(&["a", " ", "<", "&", "ә", "\r\n"]).prop_map(|inside| format!("<!--{inside}-->"))
}

fn pieces(of: &[&'static str]) -> impl Strategy<Value = String> + use<> {
    proptest::collection::vec(prop::sample::select(of.to_vec()), 0..6).prop_map(|p| p.concat())
}
