//! OpenSSL's `cms` as the second opinion, both ways.

use qaqpa_ades::cms::{self, Bounds, CmsError, NewSigner, Place, SigningCertificate};
use qaqpa_crypto::{PrivateKey, SignatureAlgorithm};
use qaqpa_x509::Certificate;

use super::stand::{CONTENT, Person, at, read, signed, stand};
use crate::tools::Desk;

/// A key as OpenSSL reads it.
fn pem(key: &PrivateKey) -> Vec<u8> {
    let pair = openssl::pkey::PKey::private_key_from_der(&key.to_pkcs8_der()).unwrap();
    pair.private_key_to_pem_pkcs8().unwrap()
}

/// A desk with the root, the content, and a person's key and certificate.
fn desk(person: &Person) -> Desk {
    let desk = Desk::new();
    desk.put("root.pem", stand().root.to_pem());
    desk.put("content", CONTENT);
    desk.put("key.pem", pem(&person.key));
    desk.put("certificate.pem", person.certificate.to_pem());
    desk
}

const ALGORITHMS: [SignatureAlgorithm; 8] = [
    SignatureAlgorithm::RsaSha256,
    SignatureAlgorithm::RsaSha384,
    SignatureAlgorithm::RsaSha512,
    SignatureAlgorithm::RsaPssSha256,
    SignatureAlgorithm::RsaPssSha384,
    SignatureAlgorithm::RsaPssSha512,
    SignatureAlgorithm::EcdsaSha256,
    SignatureAlgorithm::EcdsaSha384,
];

fn person_of(algorithm: SignatureAlgorithm) -> &'static Person {
    match algorithm {
        SignatureAlgorithm::EcdsaSha256 => &stand().p256,
        SignatureAlgorithm::EcdsaSha384 => &stand().p384,
        _ => &stand().rsa,
    }
}

fn is_pss(algorithm: SignatureAlgorithm) -> bool {
    algorithm.oid() == qaqpa_crypto::oid::RSASSA_PSS
}

fn md(algorithm: SignatureAlgorithm) -> String {
    algorithm
        .digest()
        .to_string()
        .replace('-', "")
        .to_lowercase()
}

#[test]
fn openssl_believes_our_messages_attached_and_detached() {
    for algorithm in ALGORITHMS {
        let person = person_of(algorithm);
        let desk = desk(person);
        let time = at().unix_s().to_string();
        for (place, more) in [
            (Place::Attached, &[][..]),
            (Place::Detached, &["-content", "content"]),
        ] {
            let signer = NewSigner {
                algorithm,
                ..person.signs()
            };
            let message = cms::sign(CONTENT, place, &[signer], &[]).unwrap();
            desk.put("message", &message);
            let arguments = [
                "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", "message",
                "-CAfile", "root.pem", "-attime", &time, "-out", "out",
            ];
            desk.openssl(&[&arguments[..], more].concat()).yes();
            assert_eq!(desk.read("out"), CONTENT, "{algorithm}");
            desk.put("content", b"other");
            if place == Place::Detached {
                desk.openssl(&[&arguments[..], more].concat()).no();
            }
            desk.put("content", CONTENT);
        }
    }
}

/// OpenSSL's message with these arguments.
fn theirs(desk: &Desk, algorithm: SignatureAlgorithm, more: &[&str]) -> Vec<u8> {
    let md = md(algorithm);
    let mut arguments = vec![
        "cms",
        "-sign",
        "-binary",
        "-in",
        "content",
        "-signer",
        "certificate.pem",
        "-inkey",
        "key.pem",
        "-md",
        &md,
        "-outform",
        "DER",
        "-out",
        "message",
    ];
    if is_pss(algorithm) {
        arguments.extend(["-keyopt", "rsa_padding_mode:pss"]);
        arguments.extend(["-keyopt", "rsa_pss_saltlen:digest"]);
    }
    arguments.extend(more);
    desk.openssl(&arguments).yes();
    desk.read("message")
}

fn verdict(
    message: &[u8],
    beside: Option<&[u8]>,
    certificate: &Certificate,
) -> Result<Option<SigningCertificate>, CmsError> {
    let found = cms::read(message, beside, &Bounds::default())?;
    let covered = found.signers().next().unwrap().cover(certificate)?;
    assert_eq!(covered.bytes(), CONTENT);
    Ok(covered.names_certificate())
}

#[test]
fn messages_of_openssl_are_believed_in_every_form() {
    for algorithm in ALGORITHMS {
        let person = person_of(algorithm);
        let desk = desk(person);
        let judge = |more: &[&str], beside| {
            verdict(&theirs(&desk, algorithm, more), beside, &person.certificate)
        };
        assert_eq!(judge(&["-nodetach"], None), Ok(None), "{algorithm}");
        assert_eq!(judge(&[], Some(CONTENT)), Ok(None));
        // Lengths that are not said (BER), and the content in parts; OpenSSL 3.0 cannot write RSASSA-PSS so.
        if !is_pss(algorithm) {
            let streamed = theirs(&desk, algorithm, &["-nodetach", "-stream"]);
            assert!(streamed.windows(4).any(|part| part == [0; 4]));
            assert_eq!(verdict(&streamed, None, &person.certificate), Ok(None));
        }
        assert_eq!(
            judge(&["-nodetach", "-cades"], None),
            Ok(Some(SigningCertificate::V2))
        );
        // Named by the key's identifier, without a certificate in the message.
        assert_eq!(judge(&["-nodetach", "-keyid", "-nocerts"], None), Ok(None));
        assert_eq!(
            judge(&["-nodetach", "-noattr"], None),
            Err(CmsError::SignedAttributesMissing)
        );
    }
}

#[test]
fn a_message_of_openssl_with_sha_1_or_a_long_salt_is_refused_by_name() {
    let person = &stand().rsa;
    let desk = desk(person);
    let arguments = [
        "cms",
        "-sign",
        "-binary",
        "-in",
        "content",
        "-signer",
        "certificate.pem",
        "-inkey",
        "key.pem",
        "-nodetach",
        "-outform",
        "DER",
        "-out",
        "message",
    ];
    let judge = |more: &[&str]| {
        desk.openssl(&[&arguments[..], more].concat()).yes();
        verdict(&desk.read("message"), None, &person.certificate)
    };
    assert_eq!(
        judge(&["-md", "sha1"]),
        Err(CmsError::Weak {
            why: "a signature with SHA-1"
        })
    );
    let pss = ["-md", "sha256", "-keyopt", "rsa_padding_mode:pss"];
    let other = |why: &str| {
        Err(CmsError::Unsupported {
            oid: format!("RSASSA-PSS: {why}"),
        })
    };
    assert_eq!(
        judge(&[&pss[..], &["-keyopt", "rsa_pss_saltlen:max"]].concat()),
        other("the salt has not the length of the digest")
    );
    let mask = [
        "-keyopt",
        "rsa_pss_saltlen:digest",
        "-keyopt",
        "rsa_mgf1_md:sha512",
    ];
    assert_eq!(
        judge(&[&pss[..], &mask].concat()),
        other("the mask is not MGF1 by the digest of the signature")
    );
}

#[test]
fn openssl_and_we_sign_the_same_message_one_after_the_other() {
    let (rsa, p256) = (&stand().rsa, &stand().p256);
    let desk = desk(rsa);
    let first = theirs(&desk, SignatureAlgorithm::RsaSha256, &["-nodetach"]);
    let both = cms::co_sign(&first, None, &p256.signs(), &[], &Bounds::default()).unwrap();
    desk.put("both", &both);
    let time = at().unix_s().to_string();
    desk.openssl(&[
        "cms", "-verify", "-binary", "-inform", "DER", "-in", "both", "-CAfile", "root.pem",
        "-attime", &time, "-out", "out",
    ])
    .yes();
    assert_eq!(desk.read("out"), CONTENT);
    let found = cms::read(&both, None, &Bounds::default()).unwrap();
    assert_eq!(found.signers().len(), 2);
    for signer in found.signers() {
        let certificate = signer.certificate(&[]).unwrap();
        assert_eq!(signer.cover(certificate).unwrap().bytes(), CONTENT);
    }
}

#[test]
fn openssl_believes_the_time_stamp_of_our_signature_and_the_message_that_holds_it() {
    let stand = stand();
    for person in [&stand.rsa, &stand.p256, &stand.p384] {
        let desk = desk(person);
        let time = at().unix_s().to_string();
        let message = signed(Place::Attached, &[person]);
        let found = read(&message);
        let value = found.signers().next().unwrap().signature_value().unwrap();
        let token = stand.token(value);
        let message = cms::add_timestamp(&message, 0, &token, &Bounds::default()).unwrap();
        let found = read(&message);
        let signer = found.signers().next().unwrap();
        desk.put("token", signer.timestamps().unwrap()[0]);
        desk.put("value", signer.signature_value().unwrap());
        desk.put("message", &message);
        let stamped = |data: &str| {
            desk.openssl(&[
                "ts",
                "-verify",
                "-token_in",
                "-in",
                "token",
                "-data",
                data,
                "-CAfile",
                "root.pem",
                "-attime",
                &time,
            ])
        };
        stamped("value").yes();
        stamped("content").no();
        desk.openssl(&[
            "cms", "-verify", "-binary", "-cades", "-inform", "DER", "-in", "message", "-CAfile",
            "root.pem", "-attime", &time, "-out", "out",
        ])
        .yes();
        assert_eq!(desk.read("out"), CONTENT);
    }
}
