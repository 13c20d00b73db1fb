//! Family A: algorithms, keys, and the coding of values.

use openssl::pkey::PKey;
use openssl::rsa::Rsa;
use qaqpa_xmldsig::SignatureError;

use crate::forge::{RSA_SHA256, SHA256};
use crate::people::{APPLICATION, applicant, ecdsa_signer, enveloped, judge_enveloped};

fn signed() -> String {
    enveloped(APPLICATION)
}

fn refused(xml: &str) -> SignatureError {
    judge_enveloped(xml, applicant().spki()).unwrap_err()
}

fn malformed(why: &str) -> SignatureError {
    SignatureError::Malformed {
        why: why.to_owned(),
    }
}

#[test]
fn a01_a_truncated_hmac_is_refused() {
    let with_length = |uri: &str| {
        signed().replace(
            &format!("<ds:SignatureMethod Algorithm=\"{RSA_SHA256}\"/>"),
            &format!(
                "<ds:SignatureMethod Algorithm=\"{uri}\"><ds:HMACOutputLength>0</ds:HMACOutputLength></ds:SignatureMethod>"
            ),
        )
    };
    for uri in [RSA_SHA256, "http://www.w3.org/2000/09/xmldsig#hmac-sha1"] {
        assert_eq!(
            refused(&with_length(uri)),
            malformed("SignatureMethod has HMACOutputLength where nothing more belongs")
        );
    }
}

#[test]
fn a02_a07_unknown_signature_methods_are_refused() {
    for uri in [
        "http://www.w3.org/2000/09/xmldsig#hmac-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-md5",
        "http://www.w3.org/2001/04/xmldsig-more#RSA-SHA256",
        " http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "none",
        "",
    ] {
        assert_eq!(
            refused(&signed().replace(RSA_SHA256, uri)),
            SignatureError::AlgorithmUnknown {
                uri: uri.to_owned()
            }
        );
    }
}

#[test]
fn a03_weak_algorithms_are_named_as_weak() {
    for uri in [
        "http://www.w3.org/2000/09/xmldsig#rsa-sha1",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha1",
    ] {
        assert_eq!(
            refused(&signed().replace(RSA_SHA256, uri)),
            SignatureError::AlgorithmWeak {
                uri: uri.to_owned()
            }
        );
    }
    let sha1 = "http://www.w3.org/2000/09/xmldsig#sha1";
    assert_eq!(
        refused(&signed().replace(SHA256, sha1)),
        SignatureError::AlgorithmWeak {
            uri: sha1.to_owned()
        }
    );
    let md5 = "http://www.w3.org/2001/04/xmldsig-more#md5";
    assert_eq!(
        refused(&signed().replace(SHA256, md5)),
        SignatureError::AlgorithmUnknown {
            uri: md5.to_owned()
        }
    );
}

#[test]
fn a04_short_keys_are_named_as_weak() {
    let key = PKey::from_rsa(Rsa::generate(1024).unwrap()).unwrap();
    let spki = key.public_key_to_der().unwrap();
    assert!(matches!(
        judge_enveloped(&signed(), &spki),
        Err(SignatureError::AlgorithmWeak { uri }) if uri.starts_with(RSA_SHA256)
    ));
}

#[test]
fn keys_of_another_kind_or_broken_ones_have_signed_nothing() {
    let key = PKey::generate_ed25519().unwrap();
    assert_eq!(
        judge_enveloped(&signed(), &key.public_key_to_der().unwrap()),
        Err(SignatureError::AlgorithmUnknown {
            uri: "1.3.101.112".to_owned()
        })
    );
    for other in [ecdsa_signer().spki(), b"not a key"] {
        assert_eq!(
            judge_enveloped(&signed(), other),
            Err(SignatureError::ValueWrong)
        );
    }
}

#[test]
fn a08_digest_values_have_their_length_and_canonical_base64() {
    let xml = signed();
    let start = xml.find("<ds:DigestValue>").unwrap() + "<ds:DigestValue>".len();
    let end = xml.find("</ds:DigestValue>").unwrap();
    let digest = &xml[start..end];
    let with = |value: &str| format!("{}{value}{}", &xml[..start], &xml[end..]);
    let length = "DigestValue has not the length of its DigestMethod";
    assert_eq!(refused(&with("AAAA")), malformed(length));
    assert_eq!(
        refused(&with(&format!("{}AAAA", "AAAA".repeat(10)))),
        malformed(length)
    );
    assert_eq!(refused(&with("")), malformed("DigestValue is empty"));
    let not_base64 = "DigestValue is not base64";
    assert_eq!(refused(&with("!")), malformed(not_base64));
    assert_eq!(
        refused(&with(digest.trim_end_matches('='))),
        malformed(not_base64)
    );
    assert_eq!(refused(&with(&format!("{digest}="))), malformed(not_base64));
    // 32 octets leave two unused bits in the last character; they must be zero.
    let stem = digest.trim_end_matches('=');
    let (stem, last) = stem.split_at(stem.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let stray = alphabet.as_bytes()[alphabet.find(last).unwrap() + 1] as char;
    assert_eq!(
        refused(&with(&format!("{stem}{stray}="))),
        malformed(not_base64)
    );
}

#[test]
fn a_signature_value_of_another_length_is_wrong() {
    let xml = signed();
    let start = xml.find("<ds:SignatureValue>").unwrap() + "<ds:SignatureValue>".len();
    let end = xml.find("</ds:SignatureValue>").unwrap();
    for value in ["AAAA", "AA=="] {
        let xml = format!("{}{value}{}", &xml[..start], &xml[end..]);
        assert_eq!(refused(&xml), SignatureError::ValueWrong);
    }
    let xml = format!("{}{}", &xml[..start], &xml[end..]);
    assert_eq!(refused(&xml), malformed("SignatureValue is empty"));
}
