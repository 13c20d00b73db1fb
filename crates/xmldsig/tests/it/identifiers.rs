//! Family D: identifiers and names that two readers could understand differently.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{SignatureError, sign_by_id};

use crate::forge::{EXCLUSIVE, forge, reference, signature};
use crate::people::{APPLICATION, applicant, enveloped, judge_by_id, judge_enveloped, text};

fn signed_by_id() -> String {
    let xml = "<m><p Id=\"p1\"><q>good</q></p></m>";
    text(
        sign_by_id(
            xml.as_bytes(),
            "p1",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    )
}

fn refused(xml: &str) -> SignatureError {
    judge_by_id(xml, applicant().spki()).unwrap_err()
}

fn reference_refused(why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: "#p1".to_owned(),
        why,
    }
}

/// Cases D01, D02: the same value on another element, in any spelling, wherever it stands.
#[test]
fn d01_d02_an_id_that_stands_twice_is_refused() {
    for id in ["Id", "ID", "id", "xml:id", "x:Id\" xmlns:x=\"urn:x"] {
        let attribute = match id.split_once('"') {
            Some((name, rest)) => format!("{name}=\"p1\"{rest}\""),
            None => format!("{id}=\"p1\""),
        };
        let attribute = attribute.replace("urn:x\"\"", "urn:x\"");
        for (from, to) in [
            ("<m>", format!("<m {attribute}>")),
            ("<ds:KeyInfo>", format!("<ds:KeyInfo {attribute}>")),
        ] {
            let xml = signed_by_id().replace(from, &to);
            assert_eq!(
                refused(&xml),
                reference_refused("more than one element has this Id"),
                "{to}"
            );
        }
    }
}

/// Case D13: a second attribute of the same local name on the signed element.
#[test]
fn d13_a_second_id_on_the_signed_element_is_refused() {
    let template = format!(
        "<m><p ID=\"p1\" x:ID=\"p2\" xmlns:x=\"urn:x\">good</p>{}</m>",
        signature(EXCLUSIVE, &reference(0, "#p1", &[EXCLUSIVE]))
    );
    assert_eq!(
        refused(&forge(&template, applicant())),
        reference_refused("the element has a second Id of another value")
    );
    let foreign = template.replace("ID=\"p1\" x:ID=\"p2\"", "x:ID=\"p1\"");
    assert_eq!(
        refused(&forge(&foreign, applicant())),
        reference_refused("the attribute that has this value is not an Id")
    );
}

/// Case D05: an Id in another notation is the same Id, for there is one parser.
#[test]
fn d05_a_reference_to_a_character_in_an_id_is_that_character() {
    let xml = signed_by_id().replace("<p Id=\"p1\">", "<p Id=\"p&#49;\">");
    judge_by_id(&xml, applicant().spki()).unwrap();
    let xml = signed_by_id().replace("<m>", "<m Id=\"&#112;1\">");
    assert_eq!(
        refused(&xml),
        reference_refused("more than one element has this Id")
    );
}

/// Case D15: a signature in another namespace is none.
#[test]
fn d15_a_look_alike_namespace_is_no_signature() {
    let xml = enveloped(APPLICATION);
    for namespace in [
        "http://www.w3.org/2000/09/xmldsig",
        "http://www.w3.org/2000/09/XMLDSIG#",
        "urn:x",
    ] {
        let xml = xml.replace(
            "xmlns:ds=\"http://www.w3.org/2000/09/xmldsig#\"",
            &format!("xmlns:ds=\"{namespace}\""),
        );
        assert_eq!(
            judge_enveloped(&xml, applicant().spki()),
            Err(SignatureError::Missing)
        );
    }
    assert_eq!(
        judge_enveloped(APPLICATION, applicant().spki()),
        Err(SignatureError::Missing)
    );
}

/// Cases D16, D17: characters that look or normalize alike are other characters.
#[test]
fn d16_d17_look_alikes_are_other_content() {
    let xml = enveloped(APPLICATION);
    for (from, to) in [
        ("931002451325", "931002451\u{663}25"),
        ("931002451325", "931002\u{200B}451325"),
        ("Әлиева", "Ә\u{301}лиева"),
        ("Әлиева", "Əлиева"),
        ("name=\"ward\"", "name=\"ward&#xA;\""),
        ("name=\"ward\"", "name=\" ward\""),
        ("A &amp; B", "A &amp; B&#13;"),
        ("urn:qaqpa:document:1", "urn:qaqpa:document:2"),
        ("<form>", "<form xmlns:x=\"urn:x\">"),
        ("  <form>", "<form>"),
    ] {
        assert!(xml.contains(from), "{from}");
        assert!(
            matches!(
                judge_enveloped(&xml.replacen(from, to, 1), applicant().spki()),
                Err(SignatureError::DigestMismatch { .. })
            ),
            "{from} → {to}"
        );
    }
}

/// What an integrator needs to see: the octets that were digested.
#[test]
fn a_digest_mismatch_shows_what_was_digested() {
    let xml = enveloped("<a><b>x</b></a>");
    let xml = xml.replace("<b>x</b>", "<b>\r\n y </b>");
    let Err(SignatureError::DigestMismatch {
        uri,
        expected,
        actual,
        canonical,
    }) = judge_enveloped(&xml, applicant().spki())
    else {
        panic!("accepted");
    };
    assert_eq!(uri, "");
    assert_eq!(canonical, b"<a><b>\n y </b></a>");
    assert_eq!(actual, qaqpa_crypto::sha256(&canonical));
    assert_eq!(expected, qaqpa_crypto::sha256(b"<a><b>x</b></a>"));

    let long = format!("<a>{}</a>", "x".repeat(100_000));
    let xml = enveloped(&long);
    let Err(SignatureError::DigestMismatch { canonical, .. }) =
        judge_enveloped(&xml.replace("<a>x", "<a>y"), applicant().spki())
    else {
        panic!("accepted");
    };
    assert_eq!(canonical.len(), SignatureError::CANONICAL_SHOWN_BYTES_MAX);
}
