//! How an envelope names the certificate of its signer: a token, a thumbprint, issuer and number.

use qaqpa_xmldsig::{Bounds, SignatureError, WsseKeyInfo, find_wsse};

use super::{SEED, WSSE, WSU, as_integrator, cut, in_security, malformed, refused, signed_with};
use crate::people::{applicant, judge_wsse, parse, stranger};

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
