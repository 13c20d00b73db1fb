//! Family W: signature wrapping, and what is signed against what is read.
//!
//! The attacker has a validly signed document and rearranges it without the key.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{SignatureError, sign_by_id};

use crate::forge::{ENVELOPED, EXCLUSIVE, INCLUSIVE, forge, reference, signature, signature_with};
use crate::people::{APPLICATION, applicant, enveloped, judge_by_id, judge_enveloped, text};

/// A document that is signed by the Id of its root, and its parts: what an attacker moves about.
struct Captured {
    /// The root without the signature.
    original: String,
    signature: String,
    /// The same document with other content and another Id, up to its end tag.
    evil_open: String,
}

const END: &str = "</application>";

fn captured() -> Captured {
    let bare = APPLICATION
        .split_once("?>\n")
        .unwrap()
        .1
        .trim_end()
        .to_owned();
    let signed = text(
        sign_by_id(
            bare.as_bytes(),
            "app",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    let start = signed.find("<ds:Signature ").unwrap();
    let end = signed.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    Captured {
        signature: signed[start..end].to_owned(),
        evil_open: bare
            .replace("Id=\"app\"", "Id=\"evil\"")
            .replace("931002451325", "061211600012")
            .replace(END, ""),
        original: bare,
    }
}

impl Captured {
    fn signed(&self) -> String {
        self.original
            .replace(END, &format!("{}{END}", self.signature))
    }

    /// The signature with something put before its end tag.
    fn signature_holding(&self, inside: &str) -> String {
        self.signature
            .replace("</ds:Signature>", &format!("{inside}</ds:Signature>"))
    }
}

fn refused(xml: &str) -> SignatureError {
    judge_enveloped(xml, applicant().spki()).unwrap_err()
}

fn malformed(why: &str) -> SignatureError {
    SignatureError::Malformed {
        why: why.to_owned(),
    }
}

fn not_enveloping(uri: &str) -> SignatureError {
    SignatureError::ReferenceRefused {
        uri: uri.to_owned(),
        why: "enveloped-signature belongs exactly where the signature is inside",
    }
}

fn is_misplaced(error: &SignatureError) -> bool {
    matches!(error, SignatureError::Scope { why, .. } if *why == "the signature is not at the place of its profile")
}

#[test]
fn the_captured_document_itself_is_accepted() {
    judge_enveloped(&captured().signed(), applicant().spki()).unwrap();
}

#[test]
fn w01_the_original_inside_the_signature_of_an_evil_root() {
    let c = captured();
    let xml = format!("{}{}{END}", c.evil_open, c.signature_holding(&c.original));
    assert_eq!(
        refused(&xml),
        malformed("Signature has application where nothing more belongs")
    );
}

#[test]
fn w02_the_original_as_a_sibling_before_the_signature() {
    let c = captured();
    let xml = format!("{}{}{}{END}", c.evil_open, c.original, c.signature);
    assert_eq!(refused(&xml), not_enveloping("#app"));
}

#[test]
fn w03_an_evil_element_first_and_the_original_second() {
    let c = captured();
    let xml = format!("<r>{}{END}{}</r>", c.evil_open, c.signed());
    assert!(is_misplaced(&refused(&xml)));
}

#[test]
fn w04_an_evil_element_around_the_original() {
    let c = captured();
    let xml = format!("{}{}{END}", c.evil_open, c.signed());
    assert!(is_misplaced(&refused(&xml)));
}

#[test]
fn w05_the_original_at_the_end_and_the_signature_in_the_evil_root() {
    let c = captured();
    let xml = format!("{}{}{}{END}", c.evil_open, c.signature, c.original);
    assert_eq!(refused(&xml), not_enveloping("#app"));
}

#[test]
fn w06_the_original_deep_inside_the_signature() {
    let c = captured();
    let signature = c
        .signature
        .replace("</ds:KeyInfo>", &format!("{}</ds:KeyInfo>", c.original));
    let xml = format!("{}{signature}{END}", c.evil_open);
    // Refused twice over: `#app` leads to it there, and KeyInfo may not hold it.
    assert_eq!(refused(&xml), not_enveloping("#app"));
}

#[test]
fn w07_an_evil_copy_in_open_content_before_the_original() {
    let c = captured();
    let xml = format!(
        "<r><Extensions>{}{END}</Extensions>{}</r>",
        c.evil_open,
        c.signed()
    );
    assert!(is_misplaced(&refused(&xml)));
}

#[test]
fn w08_the_original_in_an_object_of_the_signature() {
    let c = captured();
    let object = format!("<ds:Object>{}</ds:Object>", c.original);
    let xml = format!("{}{}{END}", c.evil_open, c.signature_holding(&object));
    assert_eq!(
        refused(&xml),
        malformed("Object has application where QualifyingProperties belongs")
    );
}

/// The by-id profile has the signature outside of what it covers: another payload beside it is a doubt.
#[test]
fn w15_two_payloads_of_which_one_is_signed() {
    let payload = "<p Id=\"p1\">good</p>";
    let signed = text(
        sign_by_id(
            format!("<m>{payload}</m>").as_bytes(),
            "p1",
            &applicant().signer(),
            &XmlLimits::default(),
        )
        .unwrap(),
    );
    judge_by_id(&signed, applicant().spki()).unwrap();
    for (from, to) in [
        ("<m>", "<m><p Id=\"p2\">evil</p>"),
        ("</ds:Signature>", "</ds:Signature><p Id=\"p2\">evil</p>"),
    ] {
        assert_eq!(
            judge_by_id(&signed.replace(from, to), applicant().spki()),
            Err(malformed("not exactly one element beside Signature"))
        );
    }
    // Wrapped in another payload: the reference still finds it, and it is not what is read.
    let wrapped = signed.replace(payload, &format!("<p Id=\"p2\">evil{payload}</p>"));
    assert_eq!(
        judge_by_id(&wrapped, applicant().spki()),
        Err(SignatureError::Scope {
            why: "no reference is about it",
            covered: vec!["p at line 1, column 19".to_owned()]
        })
    );
}

#[test]
fn w11_a_reference_to_a_fragment_leaves_the_rest_uncovered() {
    let template = format!(
        "<application><applicant Id=\"applicant\">A</applicant><form>altered later</form>{}</application>",
        signature(INCLUSIVE, &reference(0, "#applicant", &[INCLUSIVE]))
    );
    let xml = forge(&template, applicant());
    assert_eq!(
        refused(&xml),
        SignatureError::Scope {
            why: "no reference is about it",
            covered: vec!["applicant at line 1, column 14".to_owned()]
        }
    );
}

#[test]
fn w12_w21_a_second_signature_is_refused_wherever_it_stands() {
    let c = captured();
    let other = c.signature.replace("#app", "#evil");
    for xml in [
        // Beside it, before and after.
        c.original
            .replace(END, &format!("{}{other}{END}", c.signature)),
        c.original
            .replace(END, &format!("{other}{}{END}", c.signature)),
        // Deep in the content.
        c.signed().replace("<form>", &format!("<form>{other}")),
    ] {
        assert_eq!(refused(&xml), SignatureError::Multiple { n: 2 });
    }
    // Inside the first one: counted as well.
    let nested = format!(
        "{}{}{END}",
        c.original.replace(END, ""),
        c.signature_holding(&other)
    );
    assert_eq!(refused(&nested), SignatureError::Multiple { n: 2 });
}

#[test]
fn w13_w14_the_signature_of_an_embedded_message_is_not_the_requests() {
    let c = captured();
    let xml = format!(
        "<request><outer>evil</outer><attachment>{}</attachment></request>",
        c.signed()
    );
    assert!(is_misplaced(&refused(&xml)));
    // As the direct child of a new root it is at its place, and about something else.
    let xml = format!(
        "<request><outer>evil</outer>{}{}</request>",
        c.original, c.signature
    );
    assert_eq!(refused(&xml), not_enveloping("#app"));
}

#[test]
fn w16_every_reference_counts_in_any_order() {
    let content = "<decoy Id=\"d\">1</decoy><decoy Id=\"e\">2</decoy>";
    let references = [
        reference(0, "", &[ENVELOPED]),
        reference(1, "#d", &[EXCLUSIVE]),
        reference(2, "#e", &[EXCLUSIVE]),
    ]
    .concat();
    let template = format!("<a>{content}{}</a>", signature(EXCLUSIVE, &references));
    let xml = forge(&template, applicant());
    judge_enveloped(&xml, applicant().spki()).unwrap();
    // SignedInfo can only be changed with the key: the attacker signs a wrong digest himself.
    for (number, uri) in [(0, ""), (1, "#d"), (2, "#e")] {
        let wrong = template.replace(
            &format!("@D{number}@"),
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        );
        let xml = forge(&wrong, applicant());
        match refused(&xml) {
            SignatureError::DigestMismatch {
                uri: found,
                expected,
                ..
            } => {
                assert_eq!(found, uri);
                assert_eq!(expected, vec![0; 32]);
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn w16_two_references_about_the_same_root_are_refused() {
    let references = [
        reference(0, "", &[ENVELOPED]),
        reference(1, "#r", &[ENVELOPED]),
    ]
    .concat();
    let xml = forge(
        &format!("<a Id=\"r\">x{}</a>", signature(EXCLUSIVE, &references)),
        applicant(),
    );
    assert_eq!(
        refused(&xml),
        SignatureError::Scope {
            why: "more than one reference is about it",
            covered: vec!["a at line 1, column 1".to_owned(); 2]
        }
    );
}

#[test]
fn w20_a_manifest_proves_nothing() {
    let manifest = format!(
        "<ds:Object><ds:Manifest Id=\"m\">{}</ds:Manifest></ds:Object>",
        reference(1, "", &[ENVELOPED])
    );
    let typed = reference(0, "#m", &[EXCLUSIVE]).replace(
        "<ds:Reference ",
        "<ds:Reference Type=\"http://www.w3.org/2000/09/xmldsig#Manifest\" ",
    );
    let with = |reference: &str| {
        format!(
            "<a>x{}</a>",
            signature_with(EXCLUSIVE, reference, &manifest)
        )
    };
    assert_eq!(
        refused(&with(&reference(0, "#m", &[EXCLUSIVE]))),
        malformed("Object has Manifest where QualifyingProperties belongs")
    );
    let without_object = format!("<a Id=\"m\">x{}</a>", signature(EXCLUSIVE, &typed));
    assert_eq!(
        refused(&without_object),
        SignatureError::ReferenceRefused {
            uri: "#m".to_owned(),
            why: "it is to a Manifest"
        }
    );
}

/// A signature of the whole document cannot be lifted into another document.
#[test]
fn a_whole_document_in_a_new_root_is_refused() {
    let signed = enveloped("<a><b>x</b></a>");
    assert!(is_misplaced(&refused(&format!("<r>{signed}</r>"))));
    let start = signed.find("<ds:Signature").unwrap();
    let signature = signed[start..].replace("</a>", "");
    assert!(matches!(
        refused(&format!("<r><a><b>x</b></a>{signature}</r>")),
        SignatureError::DigestMismatch { .. }
    ));
}
