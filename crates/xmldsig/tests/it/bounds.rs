//! What a signature may ask of the verifier, at each bound: the last that is allowed, and the first that is not.

use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xmldsig::{SignatureError, SignatureLimit};

use crate::forge::{ENVELOPED, EXCLUSIVE, forge, reference, signature, signature_with};
use crate::people::{applicant, judge_enveloped, parse};

fn limit(what: SignatureLimit, max: usize) -> SignatureError {
    SignatureError::Limit { what, max }
}

/// Sixteen signatures may name one token: it must not be large.
#[test]
fn a_certificate_in_base64_is_no_longer_than_its_bound() {
    const MAX: usize = 128 * 1024;
    let judged = |characters: usize| {
        let key_info = format!(
            "<ds:KeyInfo><ds:X509Data><ds:X509Certificate>{}</ds:X509Certificate></ds:X509Data></ds:KeyInfo>",
            "A".repeat(characters)
        );
        let references = reference(0, "", &[ENVELOPED]);
        let template = format!(
            "<a>{}</a>",
            signature_with(EXCLUSIVE, &references, &key_info)
        );
        judge_enveloped(&forge(&template, applicant()), applicant().spki()).map(|_| ())
    };
    assert_eq!(judged(MAX), Ok(()));
    assert_eq!(
        judged(MAX + 4),
        Err(limit(SignatureLimit::CertificateCharacters, MAX))
    );
}

/// `SignedInfo` is made canonical in memory, because its value is over all of it at once.
#[test]
fn signed_info_is_no_longer_than_its_bound() {
    const MAX: usize = 1024 * 1024;
    let forged = |filling: usize| {
        let template = format!(
            "<a>{}</a>",
            signature(EXCLUSIVE, &reference(0, "", &[ENVELOPED]))
        );
        let wide = format!("<ds:SignedInfo Id=\"{}\">", "x".repeat(filling));
        forge(&template.replace("<ds:SignedInfo>", &wide), applicant())
    };
    let without = forged(0);
    let document = parse(&without);
    let signed_info = document.elements().find(|e| e.name() == "SignedInfo");
    let octets = canonicalize(
        &Subtree::element(signed_info.unwrap()),
        &Method::exclusive(),
    );
    let rest = MAX - octets.unwrap().len();
    let judged = |filling| judge_enveloped(&forged(filling), applicant().spki()).map(|_| ());
    assert_eq!(judged(rest), Ok(()));
    assert_eq!(
        judged(rest + 1),
        Err(limit(SignatureLimit::SignedInfoOctets, MAX))
    );
}

/// A name that every element declares anew in its canonical form: octets by the square of the document's bytes.
#[test]
fn content_whose_canonical_form_grows_by_the_square_is_refused_before_it_is_written() {
    let signature = signature(EXCLUSIVE, &reference(0, "", &[ENVELOPED, EXCLUSIVE]));
    // Nobody has the digest of what is not written.
    let signature = signature.replace("@D0@", &format!("{}=", "A".repeat(43)));
    let template = format!(
        "<a xmlns:p=\"urn:{}\">{}{signature}</a>",
        "n".repeat(256 * 1024),
        "<p:b/>".repeat(20_000)
    );
    assert_eq!(
        judge_enveloped(&forge(&template, applicant()), applicant().spki()),
        Err(SignatureError::ReferenceRefused {
            uri: String::new(),
            why: "its canonical form is too long"
        })
    );
}
