//! Our canonical octets against those of xmlsec1.
//!
//! xmlsec1 prints what it is about to digest (`--store-references --print-debug`). A missing xmlsec1
//! fails the test: `apt-get install xmlsec1`.

use std::process::Command;

use proptest::prelude::*;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xml::{Document, XmlLimits};

use crate::documents::document;

const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
const EC: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";

/// What xmlsec1 would digest.
fn xmlsec1(text: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("signed.xml");
    let key = folder.path().join("key");
    std::fs::write(&file, text).unwrap();
    std::fs::write(&key, "secret").unwrap();
    let output = Command::new("xmlsec1")
        .args(["--sign", "--store-references", "--print-debug"])
        .args([
            "--id-attr:Id",
            "urn:part:target",
            "--output",
            "/dev/null",
            "--hmackey",
        ])
        .args([&key, &file])
        .output()
        .expect("xmlsec1 is needed as an oracle: apt-get install xmlsec1");
    let printed = String::from_utf8(output.stdout).unwrap();
    let (_, after) = printed
        .split_once("== PreDigest data - start buffer:\n")
        .unwrap_or_else(|| {
            panic!(
                "xmlsec1 digested nothing: {printed}{}\n{text}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
    let (octets, _) = after
        .split_once("\n== PreDigest data - end buffer")
        .unwrap();
    octets.to_owned()
}

fn signature(uri: &str, enveloped: bool, method: &Method) -> String {
    let parameter = match method {
        Method::Exclusive { inclusive_prefixes }
        | Method::ExclusiveWithComments { inclusive_prefixes }
            if !inclusive_prefixes.is_empty() =>
        {
            let list = inclusive_prefixes.join(" ");
            format!("<ec:InclusiveNamespaces xmlns:ec='{EC}' PrefixList='{list}'/>")
        }
        _ => String::new(),
    };
    let enveloped = if enveloped {
        format!("<ds:Transform Algorithm='{ENVELOPED}'/>")
    } else {
        String::new()
    };
    let transforms = format!(
        "{enveloped}<ds:Transform Algorithm='{}'>{parameter}</ds:Transform>",
        method.uri()
    );
    format!(
        "<ds:Signature xmlns:ds='{DS}'><ds:SignedInfo>\
         <ds:CanonicalizationMethod Algorithm='http://www.w3.org/2001/10/xml-exc-c14n#'/>\
         <ds:SignatureMethod Algorithm='http://www.w3.org/2001/04/xmldsig-more#hmac-sha256'/>\
         <ds:Reference URI='{uri}'><ds:Transforms>{transforms}</ds:Transforms>\
         <ds:DigestMethod Algorithm='http://www.w3.org/2001/04/xmlenc#sha256'/><ds:DigestValue/></ds:Reference>\
         </ds:SignedInfo><ds:SignatureValue/></ds:Signature>"
    )
}

fn methods() -> Vec<Method> {
    let list = |prefixes: &[&str]| prefixes.iter().map(|p| (*p).to_owned()).collect();
    vec![
        Method::Inclusive,
        Method::InclusiveWithComments,
        Method::Inclusive11,
        Method::Inclusive11WithComments,
        Method::exclusive(),
        Method::ExclusiveWithComments {
            inclusive_prefixes: vec![],
        },
        Method::Exclusive {
            inclusive_prefixes: list(&["p", "none"]),
        },
        Method::Exclusive {
            inclusive_prefixes: list(&["#default", "q", "r"]),
        },
    ]
}

fn parse(text: &str) -> Document {
    Document::parse(text.as_bytes(), &XmlLimits::default()).unwrap()
}

fn ours(subtree: &Subtree<'_>, method: &Method) -> String {
    // Same-document references select no comments, even for a method that would show them.
    let method = method.clone().without_comments();
    String::from_utf8(canonicalize(subtree, &method).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_whole_document_is_as_xmlsec1_makes_it(text in document(), method in prop::sample::select(methods())) {
        let signed = text.replace("</root>", &format!("{}</root>", signature("", true, &method)));
        let document = parse(&signed);
        let signature = document.root().child(Some(DS), "Signature").unwrap().id();
        prop_assert_eq!(
            ours(&Subtree::document(&document).without(signature), &method),
            xmlsec1(&signed)
        );
    }

    #[test]
    fn a_part_is_as_xmlsec1_makes_it(text in document(), method in prop::sample::select(methods())) {
        let start = text.find("<root").unwrap();
        let end = text.find("</root>").unwrap() + "</root>".len();
        let signed = format!(
            "<o:outer xmlns:o='urn:outer' xmlns:q='urn:q' xmlns='urn:default' xml:space='preserve'>\
             <o:middle xmlns:p='urn:p3' xml:lang='ru'><t:target xmlns:t='urn:part' Id='t'>{}</t:target></o:middle>{}</o:outer>",
            &text[start..end], signature("#t", false, &method)
        );
        let document = parse(&signed);
        let target = document.root().descendants().find(|e| e.name() == "target").unwrap();
        prop_assert_eq!(ours(&Subtree::element(target), &method), xmlsec1(&signed));
    }

    /// C14N 1.1, §2.4, where libxml2, which xmlsec1 has it from, does what the specification says.
    #[test]
    fn joined_bases_are_as_xmlsec1_makes_them(
        outer in prop::sample::select(vec!["http://x.kz/a/b", "http://x.kz/a/", "something/else", "/a/b/c"]),
        middle in prop::sample::select(vec!["", " xml:base='bar/'", " xml:base='q/r'", " xml:base='http://y.kz/z'", " xml:base='/t/'"]),
        inner in prop::sample::select(vec!["", " xml:base='foo'", " xml:base='x/y/'", " xml:base='urn:x'"]),
    ) {
        let method = Method::Inclusive11;
        let signed = format!(
            "<o:outer xmlns:o='urn:outer' xml:base='{outer}'><o:middle{middle}><t:target xmlns:t='urn:part' Id='t'{inner}/></o:middle>{}</o:outer>",
            signature("#t", false, &method)
        );
        let document = parse(&signed);
        let target = document.elements().find(|e| e.name() == "target").unwrap();
        prop_assert_eq!(ours(&Subtree::element(target), &method), xmlsec1(&signed));
    }
}
