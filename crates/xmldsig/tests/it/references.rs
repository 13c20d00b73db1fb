//! References and transforms that lead elsewhere, select less, or cost too much.

use qaqpa_xmldsig::{SignatureError, SignatureLimit};

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature};
use crate::people::{applicant, judge_enveloped};

fn refused(references: &str) -> SignatureError {
    let template = format!(
        "<a Id=\"r\"><b Id=\"b\">x</b>{}</a>",
        signature(INCLUSIVE, references)
    );
    judge_enveloped(&forge(&template, applicant()), applicant().spki()).unwrap_err()
}

fn reference_refused(uri: &str, why: &'static str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: uri.to_owned(),
        why,
    }
}

fn transform_refused(uri: &str) -> SignatureError {
    SignatureError::TransformRefused {
        uri: uri.to_owned(),
    }
}

/// Canonical XML 1.1, §2.4: `""` joined with `"#…"` is `""`, so that the octets are those of no `xml:base` at all.
#[test]
fn an_xml_base_that_is_digested_only_joined_with_another_is_refused() {
    let by_1_1 = ["http://www.w3.org/2006/12/xml-c14n11"];
    let judged = |above: &str, own: &str| {
        let references = reference(0, "", &[ENVELOPED, INCLUSIVE]) + &reference(1, "#b", &by_1_1);
        let template = format!(
            "<a{above}><b Id=\"b\"{own}>x</b>{}</a>",
            signature(INCLUSIVE, &references)
        );
        judge_enveloped(&forge(&template, applicant()), applicant().spki()).map(|_| ())
    };
    let why = "its xml:base would be digested joined with another, and read alone";
    let refused = Err(reference_refused("#b", why));
    assert_eq!(judged(" xml:base=\"\"", " xml:base=\"#evil\""), refused);
    assert_eq!(judged(" xml:base=\"evil/\"", " xml:base=\"..\""), refused);
    assert_eq!(judged(" xml:base=\"http://g/\"", ""), Ok(()));
    assert_eq!(judged("", " xml:base=\"http://g/\""), Ok(()));
}

#[test]
fn w17_xpointer_and_other_cases_of_a_name_lead_nowhere() {
    for uri in ["#xpointer(id('r'))", "#xpointer(/)", "#element(/1)", "#"] {
        assert_eq!(
            refused(&reference(0, uri, &[ENVELOPED])),
            reference_refused(uri, "not a bare name")
        );
    }
    assert_eq!(
        refused(&reference(0, "#R", &[ENVELOPED])),
        reference_refused("#R", "no element has this Id")
    );
}

#[test]
fn only_references_into_this_document_are_followed() {
    for uri in [
        "http://localhost/x",
        "file:///etc/passwd",
        "other.xml",
        "other.xml#r",
        " ",
        "cid:1@x",
    ] {
        assert_eq!(
            refused(&reference(0, uri, &[ENVELOPED])),
            reference_refused(uri, "not a reference into this document"),
            "{uri}"
        );
    }
}

#[test]
fn w18_the_signature_must_be_left_out_and_only_it() {
    let why = "enveloped-signature belongs exactly where the signature is inside";
    for transforms in [&[][..], &[INCLUSIVE], &[EXCLUSIVE]] {
        assert_eq!(
            refused(&reference(0, "", transforms)),
            reference_refused("", why)
        );
        assert_eq!(
            refused(&reference(0, "#r", transforms)),
            reference_refused("#r", why)
        );
    }
    assert_eq!(
        refused(&reference(0, "#b", &[ENVELOPED])),
        reference_refused("#b", why)
    );
}

#[test]
fn w19_a_reference_without_uri_is_refused() {
    let nameless = reference(0, "", &[ENVELOPED]).replace(" URI=\"\"", "");
    assert_eq!(refused(&nameless), reference_refused("", "there is no URI"));
}

#[test]
fn w23_w24_w25_transforms_that_select_or_rewrite_are_refused() {
    for uri in [
        "http://www.w3.org/TR/1999/REC-xpath-19991116",
        "http://www.w3.org/2002/06/xmldsig-filter2",
        "http://www.w3.org/TR/1999/REC-xslt-19991116",
        "http://www.w3.org/2000/09/xmldsig#base64",
        "http://www.w3.org/2002/07/decrypt#XML",
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#STR-Transform",
        "urn:own",
        "",
    ] {
        for transforms in [&[ENVELOPED, uri][..], &[uri, ENVELOPED], &[uri]] {
            assert_eq!(
                refused(&reference(0, "", transforms)),
                transform_refused(uri),
                "{transforms:?}"
            );
        }
    }
}

#[test]
fn transforms_in_another_order_or_twice_are_refused() {
    for (transforms, culprit) in [
        (&[INCLUSIVE, ENVELOPED][..], ENVELOPED),
        (&[ENVELOPED, ENVELOPED], ENVELOPED),
        (&[ENVELOPED, INCLUSIVE, INCLUSIVE], INCLUSIVE),
        (&[ENVELOPED, INCLUSIVE, EXCLUSIVE], EXCLUSIVE),
    ] {
        assert_eq!(
            refused(&reference(0, "", transforms)),
            transform_refused(culprit)
        );
    }
}

#[test]
fn parameters_of_transforms_are_known_or_refused() {
    let with = |transform: &str, parameter: &str| {
        reference(0, "", &[ENVELOPED, EXCLUSIVE]).replace(
            &format!("<ds:Transform Algorithm=\"{transform}\"/>"),
            &format!("<ds:Transform Algorithm=\"{transform}\">{parameter}</ds:Transform>"),
        )
    };
    assert_eq!(
        refused(&with(ENVELOPED, "<ds:XPath>true()</ds:XPath>")),
        transform_refused(ENVELOPED)
    );
    let malformed = |why: &str| SignatureError::Malformed {
        why: why.to_owned(),
    };
    assert_eq!(
        refused(&with(EXCLUSIVE, "<ds:XPath>true()</ds:XPath>")),
        malformed("Transform has XPath where nothing more belongs")
    );
    let list = |prefixes: &str| {
        with(
            EXCLUSIVE,
            &format!(
                "<ec:InclusiveNamespaces xmlns:ec=\"{EXCLUSIVE}\" PrefixList=\"{prefixes}\"/>"
            ),
        )
    };
    assert_eq!(
        refused(&list("a 1")),
        malformed("PrefixList with something that is no prefix")
    );
    assert_eq!(
        refused(&list(&"p ".repeat(65))),
        SignatureError::Limit {
            what: SignatureLimit::Prefixes,
            max: 64
        }
    );
    // A list that is known is followed.
    let template = format!(
        "<a xmlns:x=\"urn:x\" t=\"x:y\">{}</a>",
        signature(INCLUSIVE, &list("x #default"))
    );
    let xml = forge(&template, applicant());
    judge_enveloped(&xml, applicant().spki()).unwrap();
    // Case C08: what a listed prefix means is signed, even where only content uses it.
    assert!(matches!(
        judge_enveloped(&xml.replace("urn:x", "urn:z"), applicant().spki()),
        Err(SignatureError::DigestMismatch { .. })
    ));
}

#[test]
fn x06_transforms_and_references_are_counted() {
    assert_eq!(
        refused(&reference(0, "", &[ENVELOPED; 100])),
        transform_refused(ENVELOPED)
    );
    let other = "urn:x";
    assert_eq!(
        refused(&reference(0, "", &[ENVELOPED, other])),
        transform_refused(other)
    );
    let many: String = (0..9).map(|n| reference(n, "#b", &[EXCLUSIVE])).collect();
    assert_eq!(
        refused(&many),
        SignatureError::Limit {
            what: SignatureLimit::References,
            max: 8
        }
    );
}
