//! The WS-Security signature of the transport.

use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{
    Bounds, PartKind, Profile, SignError, SignatureError, WsseKeyInfo, find_all, find_wsse,
    sign_wsse,
};

use crate::forge::{EXCLUSIVE, forge, reference, signature, signature_with};
use crate::people::{ENVELOPE, applicant, judge_wsse, parse, stranger, text};

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
    text(
        sign_wsse(
            ENVELOPE.as_bytes(),
            &applicant().signer(),
            key_info,
            SEED,
            &XmlLimits::default(),
        )
        .unwrap(),
    )
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
fn the_gateways_answer_names_its_certificate_by_issuer_and_serial() {
    let xml = signed_with(WsseKeyInfo::IssuerSerial {
        issuer_name: "CN=TEST, C=KZ".to_owned(),
        serial_decimal: "7".to_owned(),
    });
    judge_wsse(&xml, applicant().spki()).unwrap();
    let document = parse(&xml);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    assert_eq!(found.issuer_serial(), Some(("CN=TEST, C=KZ", "7")));
    assert!(found.certificates().is_empty());
    for id in ["SIG-", "KI-", "STR-", "id-"] {
        assert!(xml.contains(&format!("Id=\"{id}{SEED}\"")), "{id}");
    }
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

/// A token beside the signature is read where it is in Security, and only there (case K13).
#[test]
fn k13_a_binary_security_token_is_read_in_security_only() {
    let token = |place: &str| {
        format!(
            "<wsse:BinarySecurityToken xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\" wsu:Id=\"{place}\" \
             ValueType=\"http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3\">@C@</wsse:BinarySecurityToken>"
        )
    };
    let key_info = format!(
        "<ds:KeyInfo><wsse:SecurityTokenReference xmlns:wsse=\"{WSSE}\"><wsse:Reference URI=\"#t\"/></wsse:SecurityTokenReference></ds:KeyInfo>"
    );
    let inside = as_integrator(
        "Id=\"b\"",
        "#b",
        |s| in_security(format!("{}{s}", token("t"))),
        &key_info,
    );
    let document = parse(&inside);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    found.cover(applicant().spki()).unwrap();
    assert_eq!(found.certificates(), [applicant().certificate_der.clone()]);

    let outside = as_integrator(
        "Id=\"b\"",
        "#b",
        |s| format!("{}{}", token("t"), in_security(s)),
        &key_info,
    );
    assert_eq!(
        refused(&outside),
        SignatureError::ReferenceRefused {
            uri: "#t".to_owned(),
            why: "not a BinarySecurityToken in wsse:Security"
        }
    );
    let twice = as_integrator(
        "Id=\"b\"",
        "#b",
        |s| in_security(format!("{0}{0}{s}", token("t"))),
        &key_info,
    );
    assert_eq!(
        refused(&twice),
        SignatureError::ReferenceRefused {
            uri: "#t".to_owned(),
            why: "more than one element has this Id"
        }
    );
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

#[test]
fn w09_the_signed_body_in_a_wrapper_of_the_header() {
    let xml = signed();
    let body = cut(&xml, "<soap:Body", "</soap:Body>").to_owned();
    let evil = body
        .replace("{1}", "{2}")
        .replace(&format!(" wsu:Id=\"id-{SEED}\""), "");
    let moved = xml.replace(&body, &evil).replace(
        "</soap:Header>",
        &format!("<w xmlns=\"urn:w\">{body}</w></soap:Header>"),
    );
    assert!(matches!(
        refused(&moved),
        SignatureError::Scope {
            why: "no reference is about it",
            ..
        }
    ));
    // With the Id kept on both there is a doubt, which is refused as such.
    let twice = xml.replace(&body, &body.replace("{1}", "{2}")).replace(
        "</soap:Header>",
        &format!("<w xmlns=\"urn:w\">{body}</w></soap:Header>"),
    );
    assert_eq!(
        refused(&twice),
        SignatureError::ReferenceRefused {
            uri: format!("#id-{SEED}"),
            why: "more than one element has this Id"
        }
    );
}

#[test]
fn w10_the_signed_body_under_security() {
    let xml = signed();
    let body = cut(&xml, "<soap:Body", "</soap:Body>").to_owned();
    let evil = body
        .replace("{1}", "{2}")
        .replace(&format!("id-{SEED}"), "id-evil");
    let moved = xml
        .replace(&body, &evil)
        .replace("</wsse:Security>", &format!("{body}</wsse:Security>"));
    assert!(matches!(
        refused(&moved),
        SignatureError::Scope {
            why: "no reference is about it",
            ..
        }
    ));
}

#[test]
fn an_envelope_has_one_header_and_one_body_and_nothing_else() {
    let xml = signed();
    let body = cut(&xml, "<soap:Body", "</soap:Body>").to_owned();
    let evil = "<soap:Body><evil/></soap:Body>";
    for (xml, why) in [
        (
            xml.replace(&body, &format!("{evil}{body}")),
            "Envelope has Body where nothing more belongs",
        ),
        (
            xml.replace(&body, &format!("{body}{evil}")),
            "Envelope has Body where nothing more belongs",
        ),
        (
            xml.replace("<soap:Header>", "<x/><soap:Header>"),
            "Envelope has x where Body belongs",
        ),
        (
            xml.replace(&body, &format!("<soap:Header/>{body}")),
            "Envelope has Header where Body belongs",
        ),
        (
            xml.replace(&body, ""),
            "Envelope has nothing where Body belongs",
        ),
        (
            xml.replace(SOAP, "http://www.w3.org/2003/05/soap-envelope"),
            "not a SOAP 1.1 Envelope",
        ),
        (xml.replace(SOAP, "urn:soap"), "not a SOAP 1.1 Envelope"),
    ] {
        assert_eq!(refused(&xml), malformed(why));
    }
}

/// Case P03: two Security headers.
#[test]
fn p03_two_security_headers_are_refused() {
    let xml = signed().replace(
        "</soap:Header>",
        &format!("<w:Security xmlns:w=\"{WSSE}\" soap:actor=\"urn:other\"/></soap:Header>"),
    );
    assert_eq!(refused(&xml), malformed("two wsse:Security in one Header"));
}

#[test]
fn a_missing_doubled_or_misplaced_signature_is_named() {
    assert_eq!(refused(ENVELOPE), SignatureError::Missing);
    assert_eq!(
        refused(&ENVELOPE.replace("<soap:Header/>", "")),
        SignatureError::Missing
    );
    let xml = signed();
    let signature = cut(&xml, "<ds:Signature ", "</ds:Signature>").to_owned();
    assert_eq!(
        refused(&xml.replace(
            "</soap:Header>",
            &format!("<w xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\">{signature}</w></soap:Header>")
        )),
        SignatureError::Multiple { n: 2 }
    );
    let wrapped = xml.replace(&signature, &format!("<w>{signature}</w>"));
    assert!(matches!(
        refused(&wrapped),
        SignatureError::Scope {
            why: "the signature is not at the place of its profile",
            ..
        }
    ));
    // A signature in the Body is the business document's, not the transport's.
    let in_body = ENVELOPE.replace(
        "<data>",
        &format!("<data xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\">{signature}"),
    );
    assert_eq!(refused(&in_body), SignatureError::Missing);
}

/// The whole envelope by `URI=""` is not the profile: what is read is the Body.
#[test]
fn a_reference_to_the_whole_envelope_is_not_about_the_body() {
    let xml = ENVELOPE.replace(
        "<soap:Header/>",
        &format!(
            "<soap:Header>{}</soap:Header>",
            in_security(signature(
                EXCLUSIVE,
                &reference(0, "", &[crate::forge::ENVELOPED])
            ))
        ),
    );
    assert!(matches!(
        refused(&forge(&xml, applicant())),
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
fn tokens_and_thumbprints_are_signed_and_verified() {
    let token = signed_with(WsseKeyInfo::BinarySecurityToken);
    let document = parse(&token);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    found.cover(applicant().spki()).unwrap();
    assert_eq!(found.certificates(), [applicant().certificate_der.clone()]);
    assert!(token.contains(&format!("<wsse:Reference URI=\"#X509-{SEED}\"")));

    let thumbprint = signed_with(WsseKeyInfo::ThumbprintSha1);
    let document = parse(&thumbprint);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    found.cover(applicant().spki()).unwrap();
    assert!(found.certificates().is_empty());
    assert!(
        found
            .thumbprint()
            .unwrap()
            .is_of(&applicant().certificate_der)
    );
}

/// Case K13: the token must be one of X.509, of the very Security that holds the signature.
#[test]
fn k13_a_token_of_another_kind_or_another_security_is_refused() {
    let xml = signed_with(WsseKeyInfo::BinarySecurityToken);
    let token = cut(
        &xml,
        "<wsse:BinarySecurityToken",
        "</wsse:BinarySecurityToken>",
    )
    .to_owned();
    let elsewhere = |why| SignatureError::ReferenceRefused {
        uri: format!("#X509-{SEED}"),
        why,
    };
    assert_eq!(
        refused(&xml.replace(&token, "")),
        elsewhere("no element has this Id")
    );
    // In a Security of the Body, which nobody counts among those of the Header.
    let moved = xml.replace(&token, "").replace(
        "<data>",
        &format!("<w:Security xmlns:w=\"{WSSE}\" xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\">{token}</w:Security><data>"),
    );
    assert_eq!(
        refused(&moved),
        elsewhere("not a BinarySecurityToken in wsse:Security")
    );
    // The signature moved out of its Security.
    let signature = cut(&xml, "<ds:Signature ", "</ds:Signature>").to_owned();
    let out = xml.replace(&signature, "").replace(
        "</soap:Header>",
        &format!(
            "{}</soap:Header>",
            signature.replace(
                "<ds:Signature ",
                &format!("<ds:Signature xmlns:wsse=\"{WSSE}\" xmlns:wsu=\"{WSU}\" ")
            )
        ),
    );
    assert_eq!(
        refused(&out),
        elsewhere("not a BinarySecurityToken in wsse:Security")
    );
    let other = token.replace("wsse:BinarySecurityToken", "wsse:UsernameToken");
    assert_eq!(
        refused(&xml.replace(&token, &other)),
        elsewhere("not a BinarySecurityToken in wsse:Security")
    );
    let path = "oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1";
    let v3 = "oasis-200401-wss-x509-token-profile-1.0#X509v3";
    assert_eq!(
        refused(&xml.replace(&token, &token.replace(v3, path))),
        malformed("BinarySecurityToken is not an X509v3 certificate in base64")
    );
    // Once is enough: each reference would have the token decoded again.
    let whole = cut(
        &xml,
        "<wsse:SecurityTokenReference",
        "</wsse:SecurityTokenReference>",
    )
    .to_owned();
    assert_eq!(
        refused(&xml.replace(&whole, &whole.repeat(2))),
        malformed("two references to tokens")
    );
    let reference = cut(&xml, "<wsse:Reference", "/>").to_owned();
    assert_eq!(
        refused(&xml.replace(&reference, &reference.replace(v3, path))),
        malformed("Reference is not an X509v3 certificate in base64")
    );
    // Another certificate in the token: its bytes are what is used, and its key has signed nothing.
    let stranger_token = token.replace(
        &base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            &applicant().certificate_der,
        ),
        &base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            &stranger().certificate_der,
        ),
    );
    let swapped = xml.replace(&token, &stranger_token);
    let document = parse(&swapped);
    let found = find_wsse(&document, &Bounds::default()).unwrap();
    assert_eq!(found.certificates(), [stranger().certificate_der.clone()]);
    assert_eq!(
        found.cover(stranger().spki()).unwrap_err(),
        SignatureError::ValueWrong
    );
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

/// The subtraction of all signatures belongs to documents whose root holds them: in an envelope they stand elsewhere.
#[test]
fn all_signatures_are_not_subtracted_in_an_envelope() {
    let filter2 = "http://www.w3.org/2002/06/xmldsig-filter2";
    let subtracted = |uri: &str| {
        reference(0, uri, &[filter2]).replace(
            &format!("<ds:Transform Algorithm=\"{filter2}\"/>"),
            &format!("<ds:Transform Algorithm=\"{filter2}\"><x:XPath xmlns:x=\"{filter2}\" Filter=\"subtract\">/descendant::ds:Signature</x:XPath></ds:Transform>"),
        )
    };
    for (uri, why) in [
        (
            "",
            "a signature that it leaves out is not a child of the root",
        ),
        ("#h", "all signatures are left out of the root only"),
    ] {
        let both = [subtracted(uri), reference(1, "#b", &[EXCLUSIVE])].concat();
        let template = ENVELOPE
            .replace(
                "<soap:Header/>",
                &format!(
                    "<soap:Header Id=\"h\">{}</soap:Header>",
                    in_security(signature(EXCLUSIVE, &both))
                ),
            )
            .replace("<soap:Body>", "<soap:Body Id=\"b\">");
        assert_eq!(
            refused(&forge(&template, applicant())),
            SignatureError::ReferenceRefused {
                uri: uri.to_owned(),
                why
            }
        );
    }
}
