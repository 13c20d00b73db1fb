//! Controls: what must be accepted, so that strictness does not become refusal of everything.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, SignError, SignatureError, find_enveloped, sign_by_id, sign_enveloped,
};

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature, signature_with};
use crate::people::{
    APPLICATION, all_text, applicant, enveloped, judge_by_id, judge_enveloped, parse, stranger,
    text,
};

const READ: &str = "application Id=app version=1:\nsubmitter:\niin:931002451325\napplicant:\n\
                    surname:Әлиева\nform:\nfield name=ward:A & B\n";

fn signed() -> String {
    enveloped(APPLICATION)
}

#[test]
fn our_enveloped_signature_is_in_the_national_profile_and_verifies() {
    let xml = signed();
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    assert_eq!(
        found.algorithm().uri(),
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
    );
    assert_eq!(found.canonicalization(), INCLUSIVE);
    assert_eq!(found.certificates(), [applicant().certificate_der.clone()]);
    assert_eq!(found.issuer_serial(), None);
    let [reference] = &found.signed_references()[..] else {
        panic!("one reference");
    };
    assert_eq!(reference.uri, "");
    assert_eq!(
        reference.transforms,
        [
            ENVELOPED,
            "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments"
        ]
    );
    assert_eq!(reference.target, "application at line 2, column 1");
    // The signature is the last child of the root, and nothing else changed.
    let signature = document.root().children().last().unwrap();
    assert_eq!(signature, found.element());
    let without = xml.replace(&xml[signature.span()], "");
    assert_eq!(without, APPLICATION);
    // Base64 in lines of 76.
    let value = signature
        .descendants()
        .find(|e| e.name() == "SignatureValue")
        .unwrap();
    let lines: Vec<_> = value.text().trim().lines().map(str::len).collect();
    assert_eq!(lines, [76, 76, 76, 76, 40]);

    let covered = found.cover(applicant().spki()).unwrap();
    assert_eq!(all_text(covered.root()), READ);
    assert!(!covered.has_comments());
}

#[test]
fn the_covered_part_has_no_signature_in_it() {
    let xml = signed();
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let root = found.cover(applicant().spki()).unwrap().root();
    assert_eq!(root.children().count(), 3);
    assert!(
        root.child(Some("http://www.w3.org/2000/09/xmldsig#"), "Signature")
            .is_none()
    );
    assert!(root.descendants().all(|e| e.name() != "SignedInfo"));
    assert_eq!(
        root.only_child(Some("urn:qaqpa:document:1"), "form")
            .unwrap()
            .name(),
        "form"
    );
    assert_eq!(
        root.only_child(Some("urn:qaqpa:document:1"), "x")
            .unwrap_err()
            .found,
        0
    );
}

#[test]
fn another_key_is_refused() {
    assert_eq!(
        judge_enveloped(&signed(), stranger().spki()),
        Err(SignatureError::ValueWrong)
    );
}

/// An empty root is opened for the signature.
#[test]
fn roots_of_every_form_are_signed() {
    for root in [
        "<a/>",
        "<a />",
        "<p:a xmlns:p=\"urn:p\" x='1'/>",
        "<a></a>",
        "\u{FEFF}<a/>",
        "<!-- x --><a/><!-- y -->",
    ] {
        let xml = enveloped(root);
        judge_enveloped(&xml, applicant().spki()).unwrap_or_else(|e| panic!("{root}: {e}"));
    }
}

#[test]
fn what_is_signed_already_is_not_signed_again() {
    assert_eq!(
        sign_enveloped(
            signed().as_bytes(),
            &applicant().signer(),
            &XmlLimits::default()
        ),
        Err(SignError::AlreadySigned)
    );
}

/// The by-id variant, beside the element and around it.
#[test]
fn by_id_signatures_verify() {
    let beside = "<m xmlns=\"urn:m\"><payload Id=\"p1\">text</payload></m>";
    let xml = text(
        sign_by_id(
            beside.as_bytes(),
            "p1",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    assert_eq!(
        judge_by_id(&xml, applicant().spki()).unwrap(),
        "payload Id=p1:text\n"
    );
    assert!(xml.contains(
        "<ds:CanonicalizationMethod Algorithm=\"http://www.w3.org/2001/10/xml-exc-c14n#\"/>"
    ));

    let around = text(
        sign_by_id(
            APPLICATION.as_bytes(),
            "app",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    assert_eq!(judge_enveloped(&around, applicant().spki()).unwrap(), READ);

    assert_eq!(
        sign_by_id(
            APPLICATION.as_bytes(),
            "no",
            &applicant().signer(),
            &XmlLimits::default()
        ),
        Err(SignError::Structure {
            why: "not exactly one element has this Id"
        })
    );
}

/// Case OK1, D14: any prefix, and the default namespace.
#[test]
fn the_prefix_of_the_signature_does_not_matter() {
    let template = APPLICATION.replace(
        "</application>",
        &format!(
            "{}</application>",
            signature(INCLUSIVE, &reference(0, "", &[ENVELOPED]))
        ),
    );
    let other = template.replace("ds:", "dsig:").replace(":ds=", ":dsig=");
    let default = template
        .replace("<ds:", "<")
        .replace("</ds:", "</")
        .replace("xmlns:ds=", "xmlns=");
    for template in [template, other, default] {
        let xml = forge(&template, applicant());
        assert_eq!(
            judge_enveloped(&xml, applicant().spki()).unwrap(),
            READ,
            "{xml}"
        );
    }
}

/// Case OK2: white space from before the signing is content like any other.
#[test]
fn what_was_pretty_printed_before_signing_verifies() {
    let pretty = signature(INCLUSIVE, &reference(0, "", &[ENVELOPED]))
        .replace("><ds:", ">\n    <ds:")
        .replace("></ds:", ">\n    </ds:");
    let xml = forge(
        &APPLICATION.replace("</application>", &format!("  {pretty}\n</application>")),
        applicant(),
    );
    assert_eq!(judge_enveloped(&xml, applicant().spki()).unwrap(), READ);
}

/// Cases OK3, D17: a wire that turns LF into CRLF changes nothing; neither do `&#13;` artefacts in base64.
#[test]
fn crlf_on_the_wire_is_accepted() {
    let xml = signed();
    assert_eq!(
        judge_enveloped(&xml.replace('\n', "\r\n"), applicant().spki()).unwrap(),
        READ
    );

    // What a CRLF-writing tool and a careful serializer make together: in base64, never in what is signed.
    let (content, signature) = xml.split_once("<ds:SignatureValue>").unwrap();
    for line_end in ["&#13;\n", "&#xD;\n", "\r\n", "", " \t\n"] {
        let (base64, tail) = signature.split_once("</ds:KeyInfo>").unwrap();
        let xml = format!(
            "{content}<ds:SignatureValue>{}</ds:KeyInfo>{tail}",
            base64.replace('\n', line_end)
        );
        assert_eq!(
            judge_enveloped(&xml, applicant().spki()).unwrap(),
            READ,
            "{line_end:?}"
        );
    }
}

/// Cases OK4, and what xmlsec1 and signxml write: every canonicalization, alone or after enveloped-signature.
#[test]
fn every_canonicalization_is_accepted_with_enveloped_signature() {
    let methods = [
        INCLUSIVE,
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments",
        "http://www.w3.org/2006/12/xml-c14n11",
        "http://www.w3.org/2006/12/xml-c14n11#WithComments",
        EXCLUSIVE,
        "http://www.w3.org/2001/10/xml-exc-c14n#WithComments",
    ];
    for uri in ["", "#app"] {
        for canonicalization in methods {
            for transforms in
                std::iter::once(vec![ENVELOPED]).chain(methods.map(|m| vec![ENVELOPED, m]))
            {
                let signature = signature(canonicalization, &reference(0, uri, &transforms));
                let xml = forge(
                    &APPLICATION.replace("</application>", &format!("{signature}</application>")),
                    applicant(),
                );
                assert_eq!(
                    judge_enveloped(&xml, applicant().spki()).unwrap(),
                    READ,
                    "{uri} {canonicalization} {transforms:?}"
                );
            }
        }
    }
}

/// The signature may be any child of the root: its place is not signed, everything else is.
#[test]
fn the_signature_may_be_the_first_child() {
    let signature = signature(EXCLUSIVE, &reference(0, "", &[ENVELOPED, EXCLUSIVE]));
    let xml = forge(
        &APPLICATION.replace("Id=\"app\">", &format!("Id=\"app\">{signature}")),
        applicant(),
    );
    assert_eq!(judge_enveloped(&xml, applicant().spki()).unwrap(), READ);
}

/// Cases OK9: every spelling of an Id.
#[test]
fn every_spelling_of_an_id_is_accepted() {
    for id in [
        "Id=\"p\"".to_owned(),
        "ID=\"p\"".to_owned(),
        "id=\"p\"".to_owned(),
        "xml:id=\"p\"".to_owned(),
        "xmlns:u=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd\" u:Id=\"p\"".to_owned(),
    ] {
        let template = format!(
            "<m><payload {id}>text</payload>{}</m>",
            signature(EXCLUSIVE, &reference(0, "#p", &[EXCLUSIVE]))
        );
        let xml = forge(&template, applicant());
        assert!(judge_by_id(&xml, applicant().spki()).unwrap().ends_with(":text\n"), "{id}");
    }
}

/// Cases OK12, D06, D07: a comment is not signed, is not read, and splits nothing.
#[test]
fn a_comment_in_signed_text_does_not_split_what_is_read() {
    let xml = signed();
    for inserted in ["<!---->", "<!-- x -->"] {
        let xml = xml.replace("931002451325", &format!("931002{inserted}451325"));
        let document = parse(&xml);
        let covered = find_enveloped(&document, &Bounds::default())
            .unwrap()
            .cover(applicant().spki())
            .unwrap();
        assert_eq!(all_text(covered.root()), READ);
        assert!(covered.has_comments());
    }
    // The same characters in another notation are the same content.
    let xml = xml.replace("931002451325", "931<![CDATA[002]]>4513&#50;5");
    assert_eq!(judge_enveloped(&xml, applicant().spki()).unwrap(), READ);
}

/// The old notations of one tree: what canonicalization makes equal is equal.
#[test]
fn notations_that_canonicalize_alike_are_accepted() {
    let xml = signed();
    for (from, to) in [
        ("version=\"1\" Id=\"app\"", "Id='app'\n  version = '1'"),
        ("A &amp; B", "A &#38; B"),
        ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", "\u{FEFF}"),
        ("</application>\n", "</application ><!-- after -->"),
    ] {
        assert!(xml.contains(from));
        assert_eq!(
            judge_enveloped(&xml.replace(from, to), applicant().spki()).unwrap(),
            READ
        );
    }
}

/// KeyInfo may be absent: somebody else then has to know the key.
#[test]
fn a_signature_without_key_info_verifies_with_a_known_key() {
    let signature = signature_with(INCLUSIVE, &reference(0, "", &[ENVELOPED]), "");
    let xml = forge(
        &APPLICATION.replace("</application>", &format!("{signature}</application>")),
        applicant(),
    );
    let document = parse(&xml);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    assert!(found.certificates().is_empty());
    found.cover(applicant().spki()).unwrap();
}
