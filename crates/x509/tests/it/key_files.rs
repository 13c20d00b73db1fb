use qaqpa_crypto::SignatureAlgorithm;
use qaqpa_x509::Certificate;
use qaqpa_x509::pkcs12::{self, Pkcs12Error};

use crate::stand::{Stand, key};
use crate::tools::Desk;

const PASSWORD: &str = "Qwerty12";

fn chain(stand: &Stand) -> [Certificate; 3] {
    [
        stand.leaf.clone(),
        stand.issuing.clone(),
        stand.root.clone(),
    ]
}

fn written(stand: &Stand) -> Vec<u8> {
    pkcs12::write(&stand.leaf_key, &chain(stand), "citizen-1", PASSWORD).unwrap()
}

#[test]
fn a_key_file_reads_back_with_its_chain_in_order() {
    let stand = Stand::new();
    let file = pkcs12::read(&written(&stand), PASSWORD).unwrap();
    assert_eq!(file.certificate, stand.leaf);
    assert_eq!(file.chain, [stand.issuing.clone(), stand.root.clone()]);
    let sign = |key: &qaqpa_crypto::PrivateKey| key.sign(SignatureAlgorithm::RsaSha256, b"x");
    assert_eq!(sign(&file.key), sign(&stand.leaf_key));
}

#[test]
fn a_wrong_password_is_called_so() {
    let stand = Stand::new();
    for password in ["", "qwerty12", "Qwerty12 "] {
        assert_eq!(
            pkcs12::read(&written(&stand), password).unwrap_err(),
            Pkcs12Error::WrongPassword
        );
    }
}

#[test]
fn a_certificate_of_another_key_is_not_written() {
    let stand = Stand::new();
    for chain in [&[][..], std::slice::from_ref(&stand.issuing)] {
        assert_eq!(
            pkcs12::write(&stand.leaf_key, chain, "x", PASSWORD).unwrap_err(),
            Pkcs12Error::CertificateMissing
        );
    }
}

#[test]
fn openssl_3_reads_our_key_file() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("key.p12", written(&stand));
    let pass = format!("pass:{PASSWORD}");
    let info = [
        "pkcs12", "-in", "key.p12", "-passin", &pass, "-info", "-nodes",
    ];
    let text = desk.openssl(&info).yes();
    assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 3);
    assert_eq!(text.matches("-----BEGIN PRIVATE KEY-----").count(), 1);
    assert!(text.contains("friendlyName: citizen-1"), "{text}");
    assert!(text.contains("MAC: sha256"), "{text}");
    assert!(text.contains("PBES2, PBKDF2, AES-256-CBC"), "{text}");
    let wrong = ["pkcs12", "-in", "key.p12", "-passin", "pass:x", "-nodes"];
    assert!(desk.openssl(&wrong).no().contains("invalid password"));
}

#[test]
fn keytool_reads_our_key_file_with_its_chain() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("key.p12", written(&stand));
    let list = [
        "-list",
        "-v",
        "-storetype",
        "PKCS12",
        "-keystore",
        "key.p12",
        "-storepass",
        PASSWORD,
    ];
    let text = desk.keytool(&list).yes();
    assert!(text.contains("Alias name: citizen-1"), "{text}");
    assert!(text.contains("Entry type: PrivateKeyEntry"), "{text}");
    assert!(text.contains("Certificate chain length: 3"), "{text}");
}

#[test]
fn files_of_openssl_modern_and_legacy_are_read() {
    let stand = Stand::new();
    let desk = Desk::new();
    let pem = stand.issuing.to_pem() + &stand.root.to_pem();
    desk.put("key.der", stand.leaf_key.to_pkcs8_der());
    desk.put("leaf.pem", stand.leaf.to_pem());
    desk.put("chain.pem", pem);
    desk.openssl(&[
        "pkcs8", "-inform", "DER", "-in", "key.der", "-nocrypt", "-out", "key.pem",
    ])
    .yes();
    let pass = format!("pass:{PASSWORD}");
    for (name, legacy) in [("modern.p12", false), ("legacy.p12", true)] {
        let mut export = vec![
            "pkcs12",
            "-export",
            "-inkey",
            "key.pem",
            "-in",
            "leaf.pem",
            "-certfile",
            "chain.pem",
            "-out",
            name,
            "-passout",
            &pass,
        ];
        if legacy {
            // What the national authority's files use: RC2-40 and 3DES with SHA-1.
            export.extend(["-legacy", "-descert"]);
        }
        desk.openssl(&export).yes();
        let file = pkcs12::read(&desk.read(name), PASSWORD).unwrap();
        assert_eq!(file.certificate, stand.leaf, "{name}");
        assert_eq!(file.chain, [stand.issuing.clone(), stand.root.clone()]);
    }
}

#[test]
fn a_file_without_mac_is_refused() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("key.der", stand.leaf_key.to_pkcs8_der());
    desk.put("leaf.pem", stand.leaf.to_pem());
    desk.openssl(&[
        "pkcs8", "-inform", "DER", "-in", "key.der", "-nocrypt", "-out", "key.pem",
    ])
    .yes();
    let pass = format!("pass:{PASSWORD}");
    desk.openssl(&[
        "pkcs12", "-export", "-inkey", "key.pem", "-in", "leaf.pem", "-nomac", "-out", "x.p12",
        "-passout", &pass,
    ])
    .yes();
    assert_eq!(
        pkcs12::read(&desk.read("x.p12"), PASSWORD).unwrap_err(),
        Pkcs12Error::MacMissing
    );
}

#[test]
fn a_file_without_key_or_of_a_stranger_or_too_long_is_refused() {
    let stand = Stand::new();
    let desk = Desk::new();
    desk.put("leaf.pem", stand.leaf.to_pem());
    let pass = format!("pass:{PASSWORD}");
    desk.openssl(&[
        "pkcs12", "-export", "-nokeys", "-in", "leaf.pem", "-out", "x.p12", "-passout", &pass,
    ])
    .yes();
    assert_eq!(
        pkcs12::read(&desk.read("x.p12"), PASSWORD).unwrap_err(),
        Pkcs12Error::KeyMissing
    );
    assert_eq!(
        pkcs12::read(&vec![0x30; 200_000], PASSWORD).unwrap_err(),
        Pkcs12Error::TooLong { max: 128 * 1024 }
    );
    assert!(matches!(
        pkcs12::read(b"no key file", PASSWORD),
        Err(Pkcs12Error::Malformed { .. })
    ));
    let stranger = pkcs12::write(&key(4), &[stand.leaf], "x", PASSWORD);
    assert_eq!(stranger.unwrap_err(), Pkcs12Error::CertificateMissing);
}
