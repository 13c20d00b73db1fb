//! PKCS#10: requests of ours and of others, and what is refused.

use std::sync::OnceLock;

use proptest::prelude::*;
use qaqpa_crypto::{CryptoError, KeyKind, PrivateKey};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::pkcs10::{self, Pkcs10Error, UnprovenRequest};
use qaqpa_x509::{ObjectIdentifier, oid};

use crate::stand::{key, name};
use crate::tools::Desk;

/// keyUsage digitalSignature, critical.
fn usage() -> (ObjectIdentifier, bool, Vec<u8>) {
    (oid::KEY_USAGE, true, vec![3, 2, 7, 0x80])
}

fn subject() -> NameToWrite {
    name("ТЕСТОВ СЫНАҚБЕК").with(oid::SERIAL_NUMBER, "IIN931002451325")
}

/// One key a kind: made once.
fn key_of(kind: KeyKind) -> PrivateKey {
    static KEYS: OnceLock<Vec<PrivateKey>> = OnceLock::new();
    let keys = KEYS.get_or_init(|| {
        KeyKind::ALL
            .into_iter()
            .map(|kind| PrivateKey::generate(kind).unwrap())
            .collect()
    });
    keys.iter().find(|key| key.kind() == kind).unwrap().clone()
}

fn malformed(der: &[u8]) -> bool {
    matches!(
        UnprovenRequest::from_der(der),
        Err(Pkcs10Error::Malformed { .. })
    )
}

#[test]
fn a_request_of_every_kind_is_proven_and_says_what_was_written() {
    for kind in KeyKind::ALL {
        let key = key_of(kind);
        for extensions in [vec![], vec![usage()]] {
            let der = pkcs10::request(&subject(), &key, &extensions).unwrap();
            let request = UnprovenRequest::from_der(&der).unwrap().prove().unwrap();
            assert_eq!(request.kind(), Some(kind));
            assert_eq!(request.spki_der(), key.spki_der());
            assert_eq!(request.extensions(), extensions);
            assert_eq!(
                request.subject().to_string(),
                "SERIALNUMBER=IIN931002451325,C=KZ,CN=ТЕСТОВ СЫНАҚБЕК"
            );
            let pem = pkcs10::to_pem(&der);
            let again = UnprovenRequest::from_pem(pem.as_bytes()).unwrap();
            assert_eq!(again.prove().unwrap().subject_der(), request.subject_der());
        }
    }
}

#[test]
fn a_request_with_the_key_of_somebody_else_is_not_proven() {
    for kind in KeyKind::ALL {
        let (mine, other) = (key_of(kind), PrivateKey::generate(kind).unwrap());
        let der = pkcs10::request(&subject(), &mine, &[]).unwrap();
        let at = der
            .windows(mine.spki_der().len())
            .position(|window| window == mine.spki_der())
            .unwrap();
        let mut stolen = der.clone();
        stolen[at..at + other.spki_der().len()].copy_from_slice(other.spki_der());
        let request = UnprovenRequest::from_der(&stolen).unwrap();
        assert_eq!(request.prove().unwrap_err(), Pkcs10Error::NotPossessed);
    }
}

#[test]
fn a_request_by_sha_1_or_with_a_short_key_is_weak() {
    let desk = Desk::new();
    for (file, arguments, why) in [
        (
            "sha1.der",
            &["-newkey", "rsa:2048", "-sha1"],
            "a signature with SHA-1",
        ),
        (
            "short.der",
            &["-newkey", "rsa:1024", "-sha256"],
            "an RSA key of fewer than 2048 bits",
        ),
    ] {
        let mut all = vec![
            "req", "-new", "-nodes", "-keyout", "x.pem", "-subj", "/CN=X", "-outform", "DER",
            "-out", file,
        ];
        all.extend(arguments);
        desk.openssl(&all).yes();
        let request = UnprovenRequest::from_der(&desk.read(file)).unwrap();
        assert_eq!(
            request.prove().unwrap_err(),
            Pkcs10Error::Key(CryptoError::Weak { why })
        );
    }
}

#[test]
fn openssl_verifies_our_requests() {
    let desk = Desk::new();
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let der = pkcs10::request(&subject(), &key_of(kind), &[usage()]).unwrap();
        desk.put("ours.pem", pkcs10::to_pem(&der));
        let text = desk
            .openssl(&["req", "-in", "ours.pem", "-noout", "-verify", "-text"])
            .yes();
        assert!(text.contains("self-signature verify OK"), "{text}");
        assert!(
            text.contains("X509v3 Key Usage: critical\n                    Digital Signature"),
            "{text}"
        );
    }
}

#[test]
fn requests_of_openssl_and_keytool_are_read() {
    let desk = Desk::new();
    for (file, algorithm) in [("rsa.pem", "rsa:3072"), ("ec.pem", "ec")] {
        let mut arguments = vec![
            "req",
            "-new",
            "-nodes",
            "-keyout",
            "x.pem",
            "-newkey",
            algorithm,
            "-subj",
            "/C=KZ/CN=TEST",
            "-addext",
            "keyUsage=critical,digitalSignature",
            "-out",
            file,
        ];
        if algorithm == "ec" {
            arguments.extend(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        }
        desk.openssl(&arguments).yes();
        let request = UnprovenRequest::from_pem(&desk.read(file)).unwrap();
        let request = request.prove().unwrap();
        assert_eq!(request.subject().common_name.as_deref(), Some("TEST"));
        assert!(request.extensions().contains(&usage()));
    }
    let store = [
        "-keystore",
        "k.p12",
        "-storepass",
        "Qwerty12",
        "-alias",
        "x",
    ];
    let generate = ["-genkeypair", "-keyalg", "RSA", "-dname", "CN=TEST, C=KZ"];
    desk.keytool(&[&generate[..], &store].concat()).yes();
    let ask = [
        "-certreq",
        "-file",
        "keytool.pem",
        "-ext",
        "KU:c=digitalSignature",
    ];
    desk.keytool(&[&ask[..], &store].concat()).yes();
    let request = UnprovenRequest::from_pem(&desk.read("keytool.pem")).unwrap();
    let request = request.prove().unwrap();
    assert_eq!(request.kind(), Some(KeyKind::Rsa));
    assert!(request.extensions().contains(&usage()));
}

#[test]
fn the_same_extension_twice_is_refused() {
    let der = pkcs10::request(&subject(), &key(0), &[usage(), usage()]).unwrap();
    assert_eq!(
        UnprovenRequest::from_der(&der).unwrap_err(),
        Pkcs10Error::Duplicate {
            oid: oid::KEY_USAGE
        }
    );
}

#[test]
fn requests_that_are_too_long_or_ask_too_much_are_refused() {
    let (small, large) = (
        vec![usage(); 33],
        vec![(oid::KEY_USAGE, false, vec![4; 33 * 1024])],
    );
    for extensions in [small, large] {
        let der = pkcs10::request(&subject(), &key(0), &extensions).unwrap();
        assert_eq!(
            UnprovenRequest::from_der(&der).unwrap_err(),
            Pkcs10Error::TooLong
        );
    }
}

#[test]
fn bytes_and_texts_that_are_no_request_are_refused() {
    let der = pkcs10::request(&subject(), &key(0), &[]).unwrap();
    let trailing = [&der[..], &[0]].concat();
    for bad in [&b""[..], b"\x30\x00", &trailing, &der[..der.len() - 1]] {
        assert!(malformed(bad));
    }
    // INTEGER 0 is the first of the second SEQUENCE: version v1.
    let at = der
        .windows(3)
        .position(|window| window == [2, 1, 0])
        .unwrap();
    let mut version = der.clone();
    version[at + 2] = 1;
    assert!(malformed(&version));
    let pem = pkcs10::to_pem(&der);
    for bad in [
        "",
        "x",
        &pem.replace("REQUEST", "REQUESTS"),
        &pem.replace(" REQUEST", ""),
        &pem[..pem.len() - 20],
        &format!("{pem}{pem}"),
    ] {
        assert_eq!(
            UnprovenRequest::from_pem(bad.as_bytes()).unwrap_err(),
            Pkcs10Error::Pem,
            "{bad}"
        );
    }
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = UnprovenRequest::from_der(&bytes).map(UnprovenRequest::prove);
        let _ = UnprovenRequest::from_pem(&bytes);
    }

    #[test]
    fn a_damaged_request_is_not_proven(at in 0usize..2000, bit in 0u8..8) {
        let key = key_of(KeyKind::Rsa);
        static DER: OnceLock<Vec<u8>> = OnceLock::new();
        let der = DER.get_or_init(|| pkcs10::request(&subject(), &key, &[usage()]).unwrap());
        let mut damaged = der.clone();
        let at = at % damaged.len();
        damaged[at] ^= 1 << bit;
        if let Ok(request) = UnprovenRequest::from_der(&damaged) {
            prop_assert!(request.prove().is_err());
        }
        prop_assert!(UnprovenRequest::from_der(&der[..at]).is_err());
    }
}
