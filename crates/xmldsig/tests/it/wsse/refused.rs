//! Envelopes whose signature is elsewhere, about something else, or not the only one.

use qaqpa_xmldsig::SignatureError;

use super::{SEED, SOAP, WSSE, WSU, cut, in_security, malformed, refused, signed};
use crate::forge::{EXCLUSIVE, forge, reference, signature};
use crate::people::{ENVELOPE, applicant};

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
