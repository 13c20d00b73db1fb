//! The WS-Security signature of the transport: made, and accepted in the forms that are met.

mod refused;
mod tokens;

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, PartKind, Profile, SignError, SignatureError, WsseKeyInfo, find_all, find_wsse,
    sign_wsse,
};

use crate::forge::{EXCLUSIVE, forge, reference, signature, signature_with};
use crate::people::{ENVELOPE, applicant, judge_wsse, parse, stranger, text, transported};

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
const WSU: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
const SEED: &str = "0f0e0d0c-0b0a-0908-0706-050403020100";

fn signed() -> String {
    signed_with(WsseKeyInfo::KeyIdentifier)
}

fn signed_with(key_info: WsseKeyInfo) -> String {
    transported(key_info, SEED)
}

fn refused(xml: &str) -> SignatureError {
    judge_wsse(xml, applicant().spki()).unwrap_err()
}

fn malformed(why: &str) -> SignatureError {
    SignatureError::Malformed {
        why: why.to_owned(),
    }
}

/// The text from the beginning of one marker to the end of another.
fn cut<'x>(xml: &'x str, from: &str, to: &str) -> &'x str {
    let start = xml.find(from).unwrap();
    let end = xml[start..].find(to).unwrap() + start + to.len();
    &xml[start..end]
}

/// An envelope signed as some integrator does it; `place` puts the signature into the Header.
fn as_integrator(
    body_id: &str,
    uri: &str,
    place: impl Fn(String) -> String,
    key_info: &str,
) -> String {
    let signature = signature_with(EXCLUSIVE, &reference(0, uri, &[EXCLUSIVE]), key_info);
    let template = ENVELOPE
        .replace(
            "<soap:Header/>",
            &format!("<soap:Header>{}</soap:Header>", place(signature)),
        )
        .replace("<soap:Body>", &format!("<soap:Body {body_id}>"));
    forge(&template, applicant())
}

fn in_security(signature: String) -> String {
    format!("<wsse:Security xmlns:wsse=\"{WSSE}\">{signature}</wsse:Security>")
}

#[test]
fn our_transport_signature_is_in_the_profile_and_verifies() {
    let xml = signed();
    let read = judge_wsse(&xml, applicant().spki()).unwrap();
    assert!(
        read.starts_with(&format!("Body Id=id-{SEED}:\nSendMessage:\n")),
        "{read}"
    );
    assert!(read.contains("data:<a/>\n"), "{read}");
    assert!(xml.contains("soap:mustUnderstand=\"1\""));
    assert!(!xml.contains("BinarySecurityToken") && !xml.contains("Timestamp"));
    let document = parse(&xml);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    let [reference] = &found.signed_references()[..] else {
        panic!("one reference");
    };
    assert_eq!(reference.uri, format!("#id-{SEED}"));
    assert_eq!(reference.transforms, [EXCLUSIVE]);
    assert_eq!(found.canonicalization(), EXCLUSIVE);
    assert_eq!(found.certificates(), [applicant().certificate_der.clone()]);
    // The value is one line, unwrapped.
    assert!(!cut(&xml, "<ds:SignatureValue>", "</ds:SignatureValue>").contains('\n'));
    assert_eq!(
        judge_wsse(&xml, stranger().spki()),
        Err(SignatureError::ValueWrong)
    );
}

#[test]
fn headers_of_every_form_are_signed() {
    let plain = ENVELOPE.replace("<soap:Header/>", "");
    let default = plain
        .replace("<soap:", "<")
        .replace("</soap:", "</")
        .replace("xmlns:soap=", "xmlns=");
    for envelope in [
        plain,
        default,
        ENVELOPE.replace("<soap:Header/>", "<soap:Header></soap:Header>"),
        ENVELOPE.replace(
            "<soap:Header/>",
            "\n<soap:Header >\n<h xmlns=\"urn:h\"/>\n</soap:Header>\n",
        ),
        ENVELOPE.replace("<soap:Header/>", "<soap:Header />"),
        format!("<?xml version=\"1.0\"?>\r\n{ENVELOPE}"),
    ] {
        let xml = text(
            sign_wsse(
                envelope.as_bytes(),
                &applicant().signer(),
                WsseKeyInfo::KeyIdentifier,
                SEED,
                &XmlLimits::default(),
            )
            .unwrap_or_else(|e| panic!("{e}: {envelope}")),
        );
        judge_wsse(&xml, applicant().spki()).unwrap_or_else(|e| panic!("{e}: {xml}"));
    }
}

#[test]
fn what_is_no_envelope_or_signed_already_is_not_signed() {
    let sign = |xml: &str, seed: &str| {
        sign_wsse(
            xml.as_bytes(),
            &applicant().signer(),
            WsseKeyInfo::KeyIdentifier,
            seed,
            &XmlLimits::default(),
        )
    };
    let structure = |why| Err(SignError::Structure { why });
    assert_eq!(
        sign("<a/>", SEED),
        structure("not a SOAP 1.1 Envelope with one Body")
    );
    assert_eq!(
        sign(ENVELOPE, "a\" x=\""),
        structure("the seed of the Ids is not of name characters")
    );
    assert_eq!(
        sign(
            &ENVELOPE.replace("<soap:Body>", "<soap:Body Id=\"x\">"),
            SEED
        ),
        structure("the Body has an Id, or declares wsu, already")
    );
    let header = format!("<soap:Header><wsse:Security xmlns:wsse=\"{WSSE}\"/></soap:Header>");
    assert_eq!(
        sign(&ENVELOPE.replace("<soap:Header/>", &header), SEED),
        Err(SignError::AlreadySigned)
    );
}

/// What is met in the field: forms of the Id, and places of the signature.
#[test]
fn variants_of_integrators_are_accepted() {
    for body_id in [
        format!("xmlns:wsu=\"{WSU}\" wsu:Id=\"b\""),
        format!("xmlns:x=\"{WSU}\" x:Id=\"b\""),
        "Id=\"b\"".to_owned(),
        "id=\"b\"".to_owned(),
        "ID=\"b\"".to_owned(),
    ] {
        for place in [in_security as fn(String) -> String, |signature| signature] {
            let xml = as_integrator(&body_id, "#b", place, "");
            judge_wsse(&xml, applicant().spki()).unwrap_or_else(|e| panic!("{e}: {xml}"));
        }
    }
}

/// Other parts may be signed too; the Body must be.
#[test]
fn a_signed_timestamp_beside_the_body_is_accepted_and_alone_is_not() {
    let timestamp = format!(
        "<wsu:Timestamp xmlns:wsu=\"{WSU}\" wsu:Id=\"t\"><wsu:Created>2026-11-22T05:00:00Z</wsu:Created></wsu:Timestamp>"
    );
    let template = |references: &str| {
        ENVELOPE
            .replace(
                "<soap:Header/>",
                &format!(
                    "<soap:Header>{}</soap:Header>",
                    in_security(format!("{timestamp}{}", signature(EXCLUSIVE, references)))
                ),
            )
            .replace("<soap:Body>", "<soap:Body Id=\"b\">")
    };
    let both = [
        reference(0, "#t", &[EXCLUSIVE]),
        reference(1, "#b", &[EXCLUSIVE]),
    ]
    .concat();
    let xml = forge(&template(&both), applicant());
    judge_wsse(&xml, applicant().spki()).unwrap();
    // The timestamp's digest counts as well.
    assert!(matches!(
        refused(&xml.replace("2026-11-22", "2026-11-23")),
        SignatureError::DigestMismatch { uri, .. } if uri == "#t"
    ));
    let alone = forge(&template(&reference(0, "#t", &[EXCLUSIVE])), applicant());
    assert!(matches!(
        refused(&alone),
        SignatureError::Scope {
            why: "no reference is about it",
            ..
        }
    ));
}

/// Case OK11: what is around the Body may differ from what the signer saw.
#[test]
fn unsigned_headers_and_envelopes_may_differ() {
    let xml = signed()
        .replace("<soap:Header>", "<soap:Header><n xmlns=\"urn:n\">new</n>")
        .replace("<soap:Envelope ", "<soap:Envelope xmlns:more=\"urn:more\" ");
    judge_wsse(&xml, applicant().spki()).unwrap();
}

#[test]
fn each_covered_part_of_a_transport_is_told() {
    let timestamp = format!(
        "<wsu:Timestamp xmlns:wsu=\"{WSU}\" wsu:Id=\"t\"><wsu:Created>2026-11-22T05:00:00Z</wsu:Created></wsu:Timestamp>"
    );
    let both = [
        reference(0, "#t", &[EXCLUSIVE]),
        reference(1, "#b", &[EXCLUSIVE]),
    ]
    .concat();
    let template = ENVELOPE
        .replace(
            "<soap:Header/>",
            &format!(
                "<soap:Header>{}</soap:Header>",
                in_security(format!("{timestamp}{}", signature(EXCLUSIVE, &both)))
            ),
        )
        .replace("<soap:Body>", "<soap:Body Id=\"b\">");
    let xml = forge(&template, applicant());
    let document = parse(&xml);
    let [found] = &find_all(&document, Profile::Wsse, &Bounds::default()).unwrap()[..] else {
        panic!("one signature");
    };
    let covered = found.cover(applicant().spki()).unwrap();
    let parts: Vec<_> = covered
        .parts()
        .iter()
        .map(|part| (part.uri.as_str(), part.kind, part.root.name()))
        .collect();
    assert_eq!(
        parts,
        [
            ("#t", PartKind::Other, "Timestamp"),
            ("#b", PartKind::Content, "Body")
        ]
    );
    assert_eq!(covered.root().name(), "Body");
    assert_eq!(covered.contents().count(), 1);
}
