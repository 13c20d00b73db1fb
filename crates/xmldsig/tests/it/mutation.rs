//! Every byte of what is signed, changed in turn.

use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, SignatureError, WsseKeyInfo, find_enveloped, find_wsse};

use crate::people::{APPLICATION, applicant, enveloped, transported};

/// How one altered document is answered.
#[derive(Debug, PartialEq)]
enum Answer {
    Accepted,
    NotXml,
    Refused(SignatureError),
}

fn judge(xml: &[u8], enveloped: bool) -> Answer {
    let Ok(document) = Document::parse(xml, &XmlLimits::default()) else {
        return Answer::NotXml;
    };
    let bounds = Bounds::default();
    let found = if enveloped {
        find_enveloped(&document, &bounds)
    } else {
        find_wsse(&document, &bounds)
    };
    match found.and_then(|found| found.cover(applicant().spki())) {
        Ok(_) => Answer::Accepted,
        Err(error) => Answer::Refused(error),
    }
}

#[test]
fn every_byte_of_every_signed_text_changed_in_turn_is_refused_by_its_digest() {
    let signed = enveloped(APPLICATION);
    let mut changed = 0;
    for content in [
        "931002451325",
        "Әлиева",
        "A &amp; B",
        "ward",
        "urn:qaqpa:document:1",
    ] {
        let start = signed.find(content).unwrap();
        for at in start..start + content.len() {
            for flip in [0x01, 0x02, 0x10, 0x80] {
                let mut bytes = signed.clone().into_bytes();
                bytes[at] ^= flip;
                match judge(&bytes, true) {
                    Answer::NotXml => {}
                    Answer::Refused(SignatureError::DigestMismatch { .. }) => changed += 1,
                    other => panic!("{content} at {at}: {other:?}"),
                }
            }
        }
    }
    assert!(changed > 100, "only {changed} changes were still XML");
}

/// The whole of the document and the signature: nothing can be changed that is read.
#[test]
fn no_single_byte_of_the_signed_document_can_be_changed_for_another_reading() {
    let signed = enveloped(APPLICATION);
    // A certificate is a claim and is not signed: its bytes are `verdict`'s to judge.
    let certificate =
        signed.find("<ds:X509Certificate>").unwrap()..signed.find("</ds:X509Certificate>").unwrap();
    let mut accepted = Vec::new();
    for at in (0..signed.len()).filter(|at| !certificate.contains(at)) {
        let mut bytes = signed.clone().into_bytes();
        bytes[at] ^= 0x01;
        if judge(&bytes, true) == Answer::Accepted {
            accepted.push((at, signed.as_bytes()[at] as char));
        }
    }
    // Accepted are only changes that canonicalization or base64 makes none: none with this flip.
    assert_eq!(accepted, []);
}

#[test]
fn no_single_byte_of_a_signed_body_can_be_changed() {
    let signed = transported(WsseKeyInfo::KeyIdentifier, "1");
    let body = signed.find("<soap:Body").unwrap()..signed.find("</soap:Envelope>").unwrap();
    for at in body {
        let mut bytes = signed.clone().into_bytes();
        bytes[at] ^= 0x01;
        assert_ne!(judge(&bytes, false), Answer::Accepted, "at {at}");
    }
}
