//! Every kind of key signs and is verified, in each profile, by the algorithms that belong to it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{KeyKind, PrivateKey};
use qaqpa_xml::XmlLimits;
use qaqpa_xmldsig::{SignatureError, Signer, WsseKeyInfo, sign_by_id, sign_enveloped, sign_wsse};

use crate::people::{APPLICATION, ENVELOPE, judge_by_id, judge_enveloped, judge_wsse, text};

/// SignatureMethod, DigestMethod, and the bytes of their values.
///
/// Source: the national profile; RFC 6931 for ECDSA.
const METHODS: [(KeyKind, &str, &str, usize, usize); 4] = [
    (
        KeyKind::Rsa,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
        256,
        32,
    ),
    (
        KeyKind::Gost2015,
        "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34102015-gostr34112015-512",
        "urn:ietf:params:xml:ns:pkigovkz:xmlsec:algorithms:gostr34112015-512",
        128,
        64,
    ),
    (
        KeyKind::Gost2004,
        "http://www.w3.org/2001/04/xmldsig-more#gost34310-gost34311",
        "http://www.w3.org/2001/04/xmldsig-more#gost34311",
        64,
        32,
    ),
    (
        KeyKind::Ecdsa,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
        64,
        32,
    ),
];

const BESIDE: &str = "<m><payload Id='p1'>931002451325</payload></m>";

const CERTIFICATE: &[u8] = b"TEST: not looked at here";

fn between<'a>(xml: &'a str, open: &str, close: &str) -> &'a str {
    let rest = xml.split_once(open).unwrap().1;
    rest.split_once(close).unwrap().0
}

fn decoded(base64: &str) -> Vec<u8> {
    let compact: String = base64.split_whitespace().collect();
    STANDARD.decode(compact).unwrap()
}

#[test]
fn every_kind_signs_and_is_verified_in_every_profile_by_its_own_methods() {
    let limits = XmlLimits::default();
    for (kind, signature_method, digest_method, value_bytes, digest_bytes) in METHODS {
        let key = PrivateKey::generate(kind).unwrap();
        let other = PrivateKey::generate(kind).unwrap();
        let signer = Signer::of(&key, CERTIFICATE);
        let enveloped = sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).unwrap();
        let by_id = sign_by_id(BESIDE.as_bytes(), "p1", &signer, &limits).unwrap();
        let wsse = sign_wsse(
            ENVELOPE.as_bytes(),
            &signer,
            WsseKeyInfo::KeyIdentifier,
            "1",
            &limits,
        )
        .unwrap();
        type Judge = fn(&str, &[u8]) -> Result<String, SignatureError>;
        for (signed, judge) in [
            (enveloped, judge_enveloped as Judge),
            (by_id, judge_by_id),
            (wsse, judge_wsse),
        ] {
            let signed = text(signed);
            for uri in [signature_method, digest_method] {
                assert!(
                    signed.contains(&format!("Algorithm=\"{uri}\"")),
                    "{kind}: {uri}"
                );
            }
            let value = between(&signed, "<ds:SignatureValue>", "</ds:SignatureValue>");
            assert_eq!(decoded(value).len(), value_bytes, "{kind}");
            let digest = between(&signed, "<ds:DigestValue>", "</ds:DigestValue>");
            assert_eq!(decoded(digest).len(), digest_bytes, "{kind}");

            judge(&signed, key.spki_der()).unwrap();
            assert_eq!(
                judge(&signed, other.spki_der()),
                Err(SignatureError::ValueWrong),
                "{kind}"
            );
            let changed = signed
                .replace("931002451325", "061211600012")
                .replace("{1}", "{2}");
            assert!(
                matches!(
                    judge(&changed, key.spki_der()),
                    Err(SignatureError::DigestMismatch { .. })
                ),
                "{kind}"
            );
        }
    }
}

#[test]
fn a_key_of_one_kind_does_not_verify_by_the_methods_of_another() {
    let limits = XmlLimits::default();
    let keys: Vec<_> = KeyKind::ALL
        .into_iter()
        .map(|kind| PrivateKey::generate(kind).unwrap())
        .collect();
    for key in &keys {
        let signer = Signer::of(key, CERTIFICATE);
        let signed = text(sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).unwrap());
        for other in keys.iter().filter(|other| other.kind() != key.kind()) {
            assert_eq!(
                judge_enveloped(&signed, other.spki_der()),
                Err(SignatureError::ValueWrong),
                "{} by {}",
                key.kind(),
                other.kind()
            );
        }
    }
}

#[test]
fn a05_the_der_form_of_an_ecdsa_value_is_refused() {
    let limits = XmlLimits::default();
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let signer = Signer::of(&key, CERTIFICATE);
    let signed = text(sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).unwrap());
    let value = between(&signed, "<ds:SignatureValue>", "</ds:SignatureValue>");
    let raw = decoded(value);
    let der = signer.algorithm.value_from_xml(&raw).unwrap();
    for bad in [
        der.to_vec(),
        [&raw[..], &[0]].concat(),
        raw[1..].to_vec(),
        vec![0; 64],
    ] {
        let changed = signed.replace(value, &STANDARD.encode(bad));
        assert_eq!(
            judge_enveloped(&changed, key.spki_der()),
            Err(SignatureError::ValueWrong)
        );
    }
}

#[test]
fn a09_halves_of_a_gost_value_that_are_swapped_or_reversed_are_refused() {
    let limits = XmlLimits::default();
    for kind in [KeyKind::Gost2004, KeyKind::Gost2015] {
        let key = PrivateKey::generate(kind).unwrap();
        let signer = Signer::of(&key, CERTIFICATE);
        let signed = text(sign_enveloped(APPLICATION.as_bytes(), &signer, &limits).unwrap());
        let value = between(&signed, "<ds:SignatureValue>", "</ds:SignatureValue>");
        let good = decoded(value);
        let (r, s) = good.split_at(good.len() / 2);
        let reversed = |half: &[u8]| half.iter().rev().copied().collect::<Vec<u8>>();
        for bad in [
            [s, r].concat(),
            [reversed(r), reversed(s)].concat(),
            [reversed(s), reversed(r)].concat(),
        ] {
            let changed = signed.replace(value, &STANDARD.encode(bad));
            assert_eq!(
                judge_enveloped(&changed, key.spki_der()),
                Err(SignatureError::ValueWrong),
                "{kind}"
            );
        }
    }
}
