//! Longer digests, RSASSA-PSS and P-384: signed and verified here, and by others both ways: xmlsec1, and OpenSSL for PSS,
//! which xmlsec1 knows from 1.3 on.

use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::asn1::Asn1Time;
use openssl::hash::MessageDigest;
use openssl::pkey::PKey;
use openssl::rsa::Padding;
use openssl::sign::{RsaPssSaltlen, Verifier};
use openssl::x509::X509;
use qaqpa_crypto::{KeyKind, PrivateKey, SignatureAlgorithm};
use qaqpa_xml::XmlLimits;
use qaqpa_xml::c14n::{Method, Subtree, canonicalize};
use qaqpa_xmldsig::{Bounds, SignatureError, Signer, find_enveloped, sign_enveloped};

use crate::forge::{ENVELOPED, INCLUSIVE};
use crate::people::{APPLICATION, judge_enveloped, parse, text};

/// SignatureMethod, DigestMethod. Source: RFC 9231, §2.3; XML Encryption 1.1, §5.8.
const METHODS: [(SignatureAlgorithm, &str, &str); 7] = [
    (
        SignatureAlgorithm::RsaSha384,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ),
    (
        SignatureAlgorithm::RsaSha512,
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ),
    (
        SignatureAlgorithm::RsaPssSha256,
        "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ),
    (
        SignatureAlgorithm::RsaPssSha384,
        "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ),
    (
        SignatureAlgorithm::RsaPssSha512,
        "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1",
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ),
    (
        SignatureAlgorithm::EcdsaSha384,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384",
        "http://www.w3.org/2001/04/xmldsig-more#sha384",
    ),
    (
        SignatureAlgorithm::EcdsaSha256,
        "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ),
];

/// A key for the algorithm, with a certificate that it signed itself.
fn signer_for(algorithm: SignatureAlgorithm) -> (PrivateKey, Vec<u8>) {
    let key = match algorithm {
        SignatureAlgorithm::EcdsaSha384 => PrivateKey::generate_ecdsa_p384(),
        SignatureAlgorithm::EcdsaSha256 => PrivateKey::generate(KeyKind::Ecdsa),
        _ => PrivateKey::generate(KeyKind::Rsa),
    };
    let key = key.unwrap();
    let pkey = PKey::private_key_from_pkcs8(&key.to_pkcs8_der()).unwrap();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    for (moment, is_begin) in [("20100101000000Z", true), ("20450101000000Z", false)] {
        let moment = Asn1Time::from_str(moment).unwrap();
        if is_begin {
            builder.set_not_before(&moment).unwrap();
        } else {
            builder.set_not_after(&moment).unwrap();
        }
    }
    builder.set_pubkey(&pkey).unwrap();
    builder.sign(&pkey, MessageDigest::sha256()).unwrap();
    (key, builder.build().to_der().unwrap())
}

/// Runs xmlsec1 on a document with the key and the certificate at hand.
fn xmlsec1(key: &PrivateKey, certificate: &[u8], arguments: &[&str], xml: &str) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let pkey = PKey::private_key_from_pkcs8(&key.to_pkcs8_der()).unwrap();
    let certificate = X509::from_der(certificate).unwrap();
    for (name, content) in [
        ("key.pem", pkey.private_key_to_pem_pkcs8().unwrap()),
        ("certificate.pem", certificate.to_pem().unwrap()),
        ("document.xml", xml.as_bytes().to_vec()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let output = Command::new("xmlsec1")
        .current_dir(folder.path())
        .args(arguments)
        .arg("document.xml")
        .output()
        .expect("xmlsec1 is needed for this test: apt-get install xmlsec1");
    output.status.success().then(|| text(output.stdout))
}

const VERIFY: [&str; 3] = ["--verify", "--pubkey-cert-pem", "certificate.pem"];
const SIGN: [&str; 3] = ["--sign", "--privkey-pem", "key.pem,certificate.pem"];

#[test]
fn every_algorithm_passes_between_xmlsec1_and_us_both_ways() {
    for (algorithm, method, digest) in METHODS {
        let (key, certificate_der) = signer_for(algorithm);
        let signer = Signer {
            key: &key,
            certificate_der: &certificate_der,
            algorithm,
        };
        let ours = sign_enveloped(APPLICATION.as_bytes(), &signer, &XmlLimits::default());
        let ours = text(ours.unwrap());
        for uri in [method, digest] {
            assert!(ours.contains(&format!("Algorithm=\"{uri}\"")), "{uri}");
        }
        judge_enveloped(&ours, key.spki_der()).unwrap();
        if method.ends_with("-rsa-MGF1") {
            check_pss_with_openssl(&key, algorithm, &ours);
            continue;
        }
        assert!(
            xmlsec1(&key, &certificate_der, &VERIFY, &ours).is_some(),
            "{algorithm:?}"
        );
        let changed = ours.replace("931002451325", "931002451326");
        assert!(xmlsec1(&key, &certificate_der, &VERIFY, &changed).is_none());

        let template = format!(
            "<Signature xmlns=\"http://www.w3.org/2000/09/xmldsig#\"><SignedInfo>\
             <CanonicalizationMethod Algorithm=\"{INCLUSIVE}\"/><SignatureMethod Algorithm=\"{method}\"/>\
             <Reference URI=\"\"><Transforms><Transform Algorithm=\"{ENVELOPED}\"/></Transforms>\
             <DigestMethod Algorithm=\"{digest}\"/><DigestValue/></Reference></SignedInfo>\
             <SignatureValue/></Signature></application>"
        );
        let unsigned = APPLICATION.replace("</application>", &template);
        let theirs = xmlsec1(&key, &certificate_der, &SIGN, &unsigned).unwrap();
        judge_enveloped(&theirs, key.spki_der()).unwrap_or_else(|e| panic!("{algorithm:?}: {e}"));
    }
}

/// OpenSSL verifies our value over the canonical `SignedInfo`, and we verify one that it makes.
///
/// Source: RFC 9231, §2.3.9: MGF1 with the same digest, a salt of the digest's length.
fn check_pss_with_openssl(key: &PrivateKey, algorithm: SignatureAlgorithm, signed: &str) {
    let document = parse(signed);
    let found = find_enveloped(&document, &Bounds::default()).unwrap();
    let signed_info = found.element().children().next().unwrap();
    let octets = canonicalize(&Subtree::element(signed_info), &Method::Inclusive).unwrap();
    let digest = match algorithm {
        SignatureAlgorithm::RsaPssSha256 => MessageDigest::sha256(),
        SignatureAlgorithm::RsaPssSha384 => MessageDigest::sha384(),
        _ => MessageDigest::sha512(),
    };
    let pkey = PKey::private_key_from_pkcs8(&key.to_pkcs8_der()).unwrap();
    let mut verifier = Verifier::new(digest, &pkey).unwrap();
    verifier.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
    verifier
        .set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)
        .unwrap();
    assert!(verifier.verify_oneshot(found.value(), &octets).unwrap());

    let value = signed.split_once("<ds:SignatureValue>").unwrap().1;
    let value = value.split_once("</ds:SignatureValue>").unwrap().0;
    for (salt, expected) in [
        (RsaPssSaltlen::DIGEST_LENGTH, Ok(())),
        (RsaPssSaltlen::custom(0), Err(SignatureError::ValueWrong)),
        (
            RsaPssSaltlen::MAXIMUM_LENGTH,
            Err(SignatureError::ValueWrong),
        ),
    ] {
        let mut signer = openssl::sign::Signer::new(digest, &pkey).unwrap();
        signer.set_rsa_padding(Padding::PKCS1_PSS).unwrap();
        signer.set_rsa_pss_saltlen(salt).unwrap();
        let theirs = STANDARD.encode(signer.sign_oneshot_to_vec(&octets).unwrap());
        let judged = judge_enveloped(&signed.replace(value, &theirs), key.spki_der());
        assert_eq!(judged.map(|_| ()), expected, "{algorithm:?}");
    }
}

/// Cases A04, A07: a value of one method is none of another, with the same key.
#[test]
fn a_value_of_one_method_is_not_one_of_another() {
    let rsa = &METHODS[..5];
    let (key, certificate_der) = signer_for(SignatureAlgorithm::RsaSha512);
    for (algorithm, method, _) in rsa {
        let signer = Signer {
            key: &key,
            certificate_der: &certificate_der,
            algorithm: *algorithm,
        };
        let signed = sign_enveloped(APPLICATION.as_bytes(), &signer, &XmlLimits::default());
        let signed = text(signed.unwrap());
        for (_, other, _) in rsa.iter().filter(|(_, other, _)| other != method) {
            assert_eq!(
                judge_enveloped(&signed.replace(method, other), key.spki_der()),
                Err(SignatureError::ValueWrong),
                "{method} as {other}"
            );
        }
    }
}
