//! Family C: the structure of the signature itself.

use qaqpa_xml::{Document, XmlError, XmlLimits};
use qaqpa_xmldsig::SignatureError;

use crate::forge::{ENVELOPED, INCLUSIVE, forge, reference, signature};
use crate::people::{APPLICATION, applicant, enveloped, judge_enveloped};

fn signed() -> String {
    enveloped(APPLICATION)
}

fn refused(xml: &str) -> SignatureError {
    judge_enveloped(xml, applicant().spki()).unwrap_err()
}

fn malformed(why: &str) -> SignatureError {
    SignatureError::Malformed {
        why: why.to_owned(),
    }
}

/// The text of one element of the signature.
fn element<'x>(xml: &'x str, name: &str) -> &'x str {
    let start = xml.find(&format!("<ds:{name}")).unwrap();
    let close = format!("</ds:{name}>");
    let end = xml.find(&close).unwrap() + close.len();
    &xml[start..end]
}

/// Case C01: a document whose canonical form is undefined is not even read.
#[test]
fn c01_a_relative_namespace_cannot_void_the_digest() {
    let xml = signed().replace("<form>", "<form xmlns:a=\"1\">");
    assert!(matches!(
        Document::parse(xml.as_bytes(), &XmlLimits::default()),
        Err(XmlError::RelativeNamespace { .. })
    ));
}

#[test]
fn c02_two_signed_infos_are_refused_in_either_order() {
    let xml = signed();
    let good = element(&xml, "SignedInfo");
    let evil = good.replace("URI=\"\"", "URI=\"#x\"");
    for (first, second) in [(good, evil.as_str()), (evil.as_str(), good)] {
        let xml = xml.replace(good, &format!("{first}{second}"));
        assert_eq!(
            refused(&xml),
            malformed("Signature has SignedInfo where SignatureValue belongs")
        );
    }
    let at_the_end = xml.replace("</ds:Signature>", &format!("{evil}</ds:Signature>"));
    assert_eq!(
        refused(&at_the_end),
        malformed("Signature has SignedInfo where nothing more belongs")
    );
}

#[test]
fn c03_signed_info_wrapped_or_moved_is_refused() {
    let xml = signed();
    let signed_info = element(&xml, "SignedInfo");
    assert_eq!(
        refused(&xml.replace(signed_info, &format!("<x>{signed_info}</x>"))),
        malformed("Signature has x where SignedInfo belongs")
    );
    let value = element(&xml, "SignatureValue");
    let swapped = xml.replace(
        &format!("{signed_info}{value}"),
        &format!("{value}{signed_info}"),
    );
    assert_eq!(
        refused(&swapped),
        malformed("Signature has SignatureValue where SignedInfo belongs")
    );
    assert_eq!(
        refused(&xml.replace(signed_info, "")),
        malformed("Signature has SignatureValue where SignedInfo belongs")
    );
}

/// Cases C04, C05: comments anywhere in the signature.
#[test]
fn c04_c05_a_comment_in_the_signature_is_refused() {
    let xml = signed();
    for (from, to) in [
        ("<ds:DigestValue>", "<ds:DigestValue><!-- evil -->"),
        ("<ds:SignatureValue>", "<ds:SignatureValue><!---->"),
        ("<ds:X509Certificate>", "<ds:X509Certificate><!-- x -->"),
        ("<ds:SignedInfo>", "<ds:SignedInfo><!-- x -->"),
        ("</ds:Signature>", "<!-- x --></ds:Signature>"),
    ] {
        assert_eq!(
            refused(&xml.replace(from, to)),
            malformed("a comment inside Signature"),
            "{to}"
        );
    }
}

#[test]
fn c05_elements_in_values_are_refused() {
    let xml = signed();
    for name in ["DigestValue", "SignatureValue", "X509Certificate"] {
        let tag = format!("<ds:{name}>");
        assert_eq!(
            refused(&xml.replace(&tag, &format!("{tag}<x/>"))),
            malformed(&format!("{name} has elements inside"))
        );
    }
}

#[test]
fn c06_unknown_canonicalization_methods_are_refused() {
    let xml = signed();
    for uri in [
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2000/09/xmldsig#minimal",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315 ",
        "HTTP://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "",
    ] {
        let xml = xml.replace(
            &format!("<ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"/>"),
            &format!("<ds:CanonicalizationMethod Algorithm=\"{uri}\"/>"),
        );
        assert_eq!(
            refused(&xml),
            SignatureError::AlgorithmUnknown {
                uri: uri.to_owned()
            }
        );
    }
    // A parameter for a method that has none.
    let xml = xml.replace(
        &format!("<ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"/>"),
        &format!(
            "<ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"><ec:InclusiveNamespaces \
             xmlns:ec=\"http://www.w3.org/2001/10/xml-exc-c14n#\" PrefixList=\"x\"/></ds:CanonicalizationMethod>"
        ),
    );
    assert_eq!(
        refused(&xml),
        malformed("InclusiveNamespaces of an inclusive method")
    );
}

/// Case C07: what `SignedInfo` inherits from its ancestors is signed by the inclusive method.
#[test]
fn c07_a_namespace_of_an_ancestor_changes_an_inclusive_signed_info() {
    // With an exclusive transform the content does not change, but SignedInfo, which is inclusive, does.
    let template = format!(
        "<a><b>x</b>{}</a>",
        signature(
            INCLUSIVE,
            &reference(0, "", &[ENVELOPED, crate::forge::EXCLUSIVE])
        )
    );
    let xml = forge(&template, applicant());
    judge_enveloped(&xml, applicant().spki()).unwrap();
    let xml = xml.replace("<a>", "<a xmlns:evil=\"urn:evil\">");
    assert_eq!(refused(&xml), SignatureError::ValueWrong);
}

/// Case C10: what is read is the tree that was digested, notation included.
#[test]
fn c10_what_is_read_is_what_was_digested() {
    let xml = enveloped("<a x='1\t2'><b>&#13;x</b></a>");
    let document = crate::people::parse(&xml);
    let covered = qaqpa_xmldsig::find_enveloped(&document, &qaqpa_xmldsig::Bounds::default())
        .unwrap()
        .cover(applicant().spki())
        .unwrap();
    assert_eq!(covered.root().attribute(None, "x"), Some("1 2"));
    assert_eq!(covered.root().child(None, "b").unwrap().text(), "\rx");
}

#[test]
fn c11_doubled_unknown_and_missing_parts_are_refused() {
    let xml = signed();
    let value = element(&xml, "SignatureValue").to_owned();
    let key_info = element(&xml, "KeyInfo").to_owned();
    let reference = element(&xml, "Reference").to_owned();
    for (from, to, why) in [
        (
            value.as_str(),
            format!("{value}{value}"),
            "Signature has SignatureValue where nothing more belongs",
        ),
        (
            &key_info,
            format!("{key_info}{key_info}"),
            "Signature has KeyInfo where nothing more belongs",
        ),
        (
            &key_info,
            format!("{key_info}<x/>"),
            "Signature has x where nothing more belongs",
        ),
        (
            &value,
            String::new(),
            "Signature has KeyInfo where SignatureValue belongs",
        ),
        (&reference, String::new(), "SignedInfo without Reference"),
        (
            &reference,
            format!("{reference}<x/>"),
            "SignedInfo has x where nothing more belongs",
        ),
        (
            "<ds:SignatureMethod ",
            "<ds:x/><ds:SignatureMethod ".to_owned(),
            "SignedInfo has x where SignatureMethod belongs",
        ),
        (
            "<ds:DigestMethod ",
            "<ds:x/><ds:DigestMethod ".to_owned(),
            "Reference has x where DigestMethod belongs",
        ),
        (
            "</ds:DigestValue>",
            "</ds:DigestValue><ds:DigestValue>AA==</ds:DigestValue>".to_owned(),
            "Reference has DigestValue where nothing more belongs",
        ),
        (
            "<ds:Transforms>",
            "text<ds:Transforms>".to_owned(),
            "Reference has text inside",
        ),
        (
            "<ds:SignedInfo>",
            "text<ds:SignedInfo>".to_owned(),
            "Signature has text inside",
        ),
    ] {
        assert!(xml.contains(from), "{from}");
        assert_eq!(refused(&xml.replacen(from, &to, 1)), malformed(why));
    }
    let no_transforms = xml.replace(element(&xml, "Transforms"), "<ds:Transforms/>");
    assert_eq!(
        refused(&no_transforms),
        malformed("Transforms without Transform")
    );
    let nameless = xml.replace(
        &format!("<ds:CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"/>"),
        "<ds:CanonicalizationMethod/>",
    );
    assert_eq!(
        refused(&nameless),
        malformed("CanonicalizationMethod without Algorithm")
    );
}

/// An attribute of type `ID` stands once in a document, whether or not a reference leads to it (XML 1.0, §3.3.1).
#[test]
fn an_id_of_the_signature_that_another_element_has_is_refused() {
    let xml = signed();
    for (from, to, name) in [
        ("<ds:Reference ", "<ds:Reference Id=\"s1\" ", "SignedInfo"),
        (
            "<ds:SignatureValue>",
            "<ds:SignatureValue Id=\"s1\">",
            "SignedInfo",
        ),
        (
            "<form>",
            "<form xmlns:y=\"urn:y\" y:iD=\"s1\">",
            "SignedInfo",
        ),
    ] {
        let alone = xml.replacen("<ds:SignedInfo>", "<ds:SignedInfo Id=\"s1\">", 1);
        assert!(alone.contains(from), "{from}");
        let shared = alone.replacen(from, to, 1);
        let why = format!("the Id of {name} is carried by another element, too");
        assert_eq!(refused(&shared), malformed(&why), "{from}");
    }
}

#[test]
fn an_empty_signature_is_refused() {
    assert_eq!(
        refused("<a><Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/></a>"),
        malformed("Signature has nothing where SignedInfo belongs")
    );
    // The root itself a signature: it cannot be inside what it signs.
    assert!(matches!(
        refused("<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"/>"),
        SignatureError::Scope { .. }
    ));
}
