use qaqpa_crypto::{KeyKind, PrivateKey, SignatureAlgorithm};
use qaqpa_x509::Certificate;
use qaqpa_x509::issue::{self, Addresses, CertificateSpec};
use qaqpa_x509::pkcs12::{self, Pkcs12Error};
use qaqpa_x509::profile::{Purpose, Role};

use crate::stand::{Stand, around, key, name, person, root_life};
use crate::tools::Desk;

pub(crate) const PASSWORD: &str = "Qwerty12";

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

/// An authority that renewed its key has two certificates of one name.
#[test]
fn the_issuer_in_a_key_file_is_the_one_whose_key_signed() {
    let stand = Stand::new();
    let older = issue::issuing(
        name("TEST ОРТАЛЫҚ"),
        key(4).spki_der(),
        root_life(),
        Addresses::default(),
        stand.by_root(),
    )
    .unwrap();
    for order in [
        [&older, &stand.issuing, &stand.root],
        [&stand.issuing, &older, &stand.root],
    ] {
        let chain = [&[&stand.leaf], &order[..]].concat();
        let chain: Vec<_> = chain.into_iter().cloned().collect();
        let file = pkcs12::write(&stand.leaf_key, &chain, "one", PASSWORD).unwrap();
        let read = pkcs12::read(&file, PASSWORD).unwrap();
        assert_eq!(read.chain, [stand.issuing.clone(), stand.root.clone()]);
    }
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

/// The stand's leaf with its chain in a file that OpenSSL writes with these options.
pub(crate) fn openssl_writes(stand: &Stand, password: &str, options: &[&str]) -> Vec<u8> {
    let desk = Desk::new();
    desk.put("chain.pem", stand.issuing.to_pem() + &stand.root.to_pem());
    exported(&desk, stand, password, options)
}

/// The stand's leaf and the certificates of `chain.pem` on the desk in a file that OpenSSL writes.
fn exported(desk: &Desk, stand: &Stand, password: &str, options: &[&str]) -> Vec<u8> {
    desk.put("key.der", stand.leaf_key.to_pkcs8_der());
    desk.put("leaf.pem", stand.leaf.to_pem());
    let convert = [
        "pkcs8", "-inform", "DER", "-in", "key.der", "-nocrypt", "-out", "key.pem",
    ];
    desk.openssl(&convert).yes();
    let pass = format!("pass:{password}");
    let export = [
        "pkcs12", "-export", "-inkey", "key.pem", "-in", "leaf.pem", "-out", "x.p12", "-passout",
        &pass,
    ];
    let chain = ["-certfile", "chain.pem"];
    desk.openssl(&[&export[..], &chain, options].concat()).yes();
    desk.read("x.p12")
}

#[test]
fn a_certificate_that_cannot_be_read_does_not_hide_the_key_and_its_own() {
    let stand = Stand::new();
    let desk = Desk::new();
    // The serial number zero, which RFC 5280 forbids.
    desk.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        "odd-key.pem",
        "-subj",
        "/CN=TEST odd",
        "-set_serial",
        "0",
        "-out",
        "chain.pem",
    ])
    .yes();
    let file = pkcs12::read(&exported(&desk, &stand, PASSWORD, &[]), PASSWORD).unwrap();
    assert_eq!((file.certificate, file.chain), (stand.leaf, vec![]));
}

#[test]
fn a_file_of_openssl_is_read() {
    let stand = Stand::new();
    let bytes = openssl_writes(&stand, PASSWORD, &[]);
    let file = pkcs12::read(&bytes, PASSWORD).unwrap();
    assert_eq!(file.certificate, stand.leaf);
    assert_eq!(file.chain, [stand.issuing.clone(), stand.root.clone()]);
    assert_eq!(pkcs12::aliases(&bytes, PASSWORD).unwrap(), ["1"]);
}

/// A certificate for a new key of that kind, and the key.
fn made(stand: &Stand, kind: KeyKind, purpose: Purpose) -> (Certificate, PrivateKey) {
    let key = PrivateKey::generate(kind).unwrap();
    let spec = CertificateSpec::of_person(
        &person(),
        &[Role::Individual],
        purpose,
        key.spki_der(),
        around(),
    );
    let certificate = issue::issue(&spec.unwrap(), stand.by_issuing()).unwrap();
    (certificate, key)
}

#[test]
fn files_of_every_kind_read_back_and_openssl_opens_them() {
    let stand = Stand::new();
    let desk = Desk::new();
    let pass = format!("pass:{PASSWORD}");
    for kind in KeyKind::ALL {
        let (certificate, key) = made(&stand, kind, Purpose::Sign);
        let chain = [
            certificate.clone(),
            stand.issuing.clone(),
            stand.root.clone(),
        ];
        let bytes = pkcs12::write(&key, &chain, "citizen-1", PASSWORD).unwrap();
        let file = pkcs12::read(&bytes, PASSWORD).unwrap();
        assert_eq!((file.key.kind(), &file.certificate), (kind, &certificate));
        assert_eq!(file.key.to_pkcs8_der(), key.to_pkcs8_der());
        assert_eq!(file.chain, chain[1..]);

        desk.put("key.p12", &bytes);
        let open = ["pkcs12", "-in", "key.p12", "-passin", &pass, "-info"];
        let text = desk.openssl(&[&open[..], &["-nokeys"]].concat()).yes();
        assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 3);
        if matches!(kind, KeyKind::Rsa | KeyKind::Ecdsa) {
            let text = desk.openssl(&[&open[..], &["-nodes"]].concat()).yes();
            assert_eq!(text.matches("-----BEGIN PRIVATE KEY-----").count(), 1);
            let list = [
                "-list",
                "-v",
                "-keystore",
                "key.p12",
                "-storepass",
                PASSWORD,
            ];
            let text = desk.keytool(&list).yes();
            assert!(
                text.contains("Certificate chain length: 3"),
                "{kind}: {text}"
            );
        }
    }
}

#[test]
fn files_are_named_as_the_authority_names_them() {
    let stand = Stand::new();
    for (kind, purpose, prefix) in [
        (KeyKind::Rsa, Purpose::Sign, "RSA256_"),
        (KeyKind::Rsa, Purpose::Authenticate, "AUTH_RSA256_"),
        (KeyKind::Gost2004, Purpose::Sign, "GOSTKNCA_"),
        (KeyKind::Gost2015, Purpose::Sign, "GOST512_"),
        (KeyKind::Gost2015, Purpose::Authenticate, "AUTH_GOST512_"),
        (KeyKind::Ecdsa, Purpose::Sign, "ECDSA256_"),
    ] {
        let (certificate, _) = made(&stand, kind, purpose);
        let ski = hex::encode(certificate.ski().unwrap());
        assert_eq!(ski.len(), 40);
        assert_eq!(
            pkcs12::file_name(&certificate),
            Some(format!("{prefix}{ski}.p12"))
        );
    }
}

#[test]
fn a_file_with_several_keys_is_read_by_alias() {
    let desk = Desk::new();
    let store = ["-keystore", "many.p12", "-storepass", PASSWORD];
    for (alias, algorithm) in [("Head-RSA", "RSA"), ("head-ec", "EC")] {
        let subject = format!("CN={alias}");
        let generate = [
            "-genkeypair",
            "-keyalg",
            algorithm,
            "-dname",
            &subject,
            "-alias",
            alias,
        ];
        let group: &[&str] = match algorithm {
            "EC" => &["-groupname", "secp256r1"],
            _ => &[],
        };
        desk.keytool(&[&generate[..], group, &store].concat()).yes();
    }
    let bytes = desk.read("many.p12");
    assert_eq!(
        pkcs12::read(&bytes, PASSWORD).unwrap_err(),
        Pkcs12Error::SeveralKeys
    );
    let mut aliases = pkcs12::aliases(&bytes, PASSWORD).unwrap();
    aliases.sort();
    assert_eq!(aliases, ["head-ec", "head-rsa"]);
    for (alias, kind) in [
        ("head-rsa", KeyKind::Rsa),
        ("Head-RSA", KeyKind::Rsa),
        ("head-ec", KeyKind::Ecdsa),
    ] {
        let file = pkcs12::read_alias(&bytes, PASSWORD, alias).unwrap();
        assert_eq!(file.key.kind(), kind);
        assert_eq!(file.certificate.spki_der(), file.key.spki_der());
    }
    assert_eq!(
        pkcs12::read_alias(&bytes, PASSWORD, "tail").unwrap_err(),
        Pkcs12Error::AliasUnknown {
            alias: "tail".to_owned()
        }
    );
}

#[test]
fn a_key_without_its_certificate_is_refused() {
    let stand = Stand::new();
    let bytes = openssl_writes(&stand, PASSWORD, &["-nocerts"]);
    assert_eq!(
        pkcs12::read(&bytes, PASSWORD).unwrap_err(),
        Pkcs12Error::CertificateMissing
    );
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
