//! The running authority for RSA and ECDSA, judged by OpenSSL, Java's keytool and Python's `cryptography`; GOST key files
//! as far as OpenSSL can open them.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::KeyKind;
use qaqpa_pki::control::{Issued, TrustView};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stand::Stand;
use crate::tools::run;

const PASSWORD: &str = "secret-7";

/// A folder with `root.pem`, `issuing.pem`, and of three people `.p12` and `.pem`: `good`, `revoked`, `suspended`.
async fn desk(stand: &Stand, kind: KeyKind) -> TempDir {
    let desk = tempfile::tempdir().unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(desk.path().join(name), bytes).unwrap();
    let trust: TrustView = stand.control().get("/trust").await.unwrap();
    let chain = &trust.chains[kind.name()];
    put("root.pem", chain.root.as_bytes());
    put("issuing.pem", chain.issuing.as_bytes());
    for state in ["good", "revoked", "suspended"] {
        let order = json!({
            "id": format!("{kind}-{state}"), "iin": "900101490019", "name": "ТЕСТОВА СЫНАҚ", "password": PASSWORD,
            "key": kind.name(), "role": "head", "bin": "990140900014",
        });
        let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
        put(&format!("{state}.pem"), issued.certificate.as_bytes());
        let key = STANDARD.decode(issued.p12.unwrap()).unwrap();
        put(&format!("{state}.p12"), &key);
    }
    let superseded = json!({ "reason": "superseded" });
    let revoked = format!("{kind}-revoked");
    stand
        .command_with(&revoked, "revoke", superseded)
        .await
        .unwrap();
    stand
        .command(&format!("{kind}-suspended"), "suspend")
        .await
        .unwrap();
    desk
}

async fn openssl(desk: &TempDir, arguments: &[&str]) -> crate::tools::Said {
    run("openssl", desk.path(), arguments).await
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_asks_by_either_digest_with_and_without_nonce_about_several_at_once() {
    let stand = Stand::new().await;
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let desk = desk(&stand, kind).await;
        let url = stand.address("ocsp");
        for digest in ["-sha1", "-sha256"] {
            for nonce in ["-nonce", "-no_nonce"] {
                let asked = [
                    "ocsp",
                    "-url",
                    &url,
                    "-CAfile",
                    "root.pem",
                    "-verify_other",
                    "issuing.pem",
                    nonce,
                    "-issuer",
                    "issuing.pem",
                    digest,
                    "-cert",
                    "good.pem",
                    digest,
                    "-cert",
                    "revoked.pem",
                    digest,
                    "-cert",
                    "suspended.pem",
                ];
                let said = openssl(&desk, &asked).await.yes();
                assert!(said.contains("Response verify OK"), "{said}");
                assert!(said.contains("good.pem: good"), "{said}");
                assert!(said.contains("revoked.pem: revoked"), "{said}");
                assert!(said.contains("Reason: superseded"), "{said}");
                assert!(said.contains("suspended.pem: revoked"), "{said}");
                assert!(said.contains("Reason: certificateHold"), "{said}");
                assert!(!said.contains("WARNING"), "{kind} {digest} {nonce}: {said}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_checks_the_whole_chain_against_the_lists_of_both_levels() {
    let stand = Stand::new().await;
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let desk = desk(&stand, kind).await;
        let mut lists = String::new();
        for (address, issuer) in [
            (format!("crl-{kind}"), "issuing.pem"),
            (format!("crl-{kind}-root"), "root.pem"),
        ] {
            let der = stand.get(&stand.address(&address)).await.body;
            std::fs::write(desk.path().join("list.der"), &der).unwrap();
            let read = [
                "crl",
                "-inform",
                "DER",
                "-in",
                "list.der",
                "-CAfile",
                issuer,
                "-noout",
                "-crlnumber",
            ];
            let said = openssl(&desk, &read).await.yes();
            assert!(
                said.contains("verify OK") && said.contains("crlNumber=0x"),
                "{said}"
            );
            let pem = ["crl", "-inform", "DER", "-in", "list.der"];
            lists.push_str(&openssl(&desk, &pem).await.yes());
        }
        std::fs::write(desk.path().join("lists.pem"), lists).unwrap();
        let check = async |name: &str| {
            let all = [
                "verify",
                "-x509_strict",
                "-CAfile",
                "root.pem",
                "-untrusted",
                "issuing.pem",
                "-CRLfile",
                "lists.pem",
                "-crl_check_all",
                name,
            ];
            openssl(&desk, &all).await
        };
        let said = check("good.pem").await.yes();
        assert!(said.contains("good.pem: OK"), "{said}");
        for name in ["revoked.pem", "suspended.pem"] {
            let said = check(name).await.no();
            assert!(said.contains("certificate revoked"), "{said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_opens_key_files_of_every_kind() {
    let stand = Stand::new().await;
    for kind in KeyKind::ALL {
        let desk = desk(&stand, kind).await;
        let pass = format!("pass:{PASSWORD}");
        let read = ["pkcs12", "-in", "good.p12", "-passin", &pass, "-nokeys"];
        let said = openssl(&desk, &read).await.yes();
        assert_eq!(
            said.matches("-----BEGIN CERTIFICATE-----").count(),
            3,
            "{kind}: {said}"
        );
        let wrong = [
            "pkcs12",
            "-in",
            "good.p12",
            "-passin",
            "pass:wrong",
            "-nokeys",
        ];
        let said = openssl(&desk, &wrong).await.no();
        assert!(said.contains("invalid password"), "{kind}: {said}");
        if matches!(kind, KeyKind::Rsa | KeyKind::Ecdsa) {
            let key = [
                "pkcs12", "-in", "good.p12", "-passin", &pass, "-nocerts", "-nodes", "-out",
                "key.pem",
            ];
            openssl(&desk, &key).await.yes();
            let of_key = openssl(&desk, &["pkey", "-in", "key.pem", "-pubout"])
                .await
                .yes();
            let public = ["x509", "-in", "good.pem", "-noout", "-pubkey"];
            assert_eq!(of_key, openssl(&desk, &public).await.yes());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keytool_lists_imports_and_prints() {
    let stand = Stand::new().await;
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let desk = desk(&stand, kind).await;
        let keytool = async |arguments: &[&str]| run("keytool", desk.path(), arguments).await;
        let list = [
            "-list",
            "-v",
            "-keystore",
            "good.p12",
            "-storepass",
            PASSWORD,
        ];
        let said = keytool(&list).await.yes();
        assert!(said.contains("Certificate chain length: 3"), "{said}");
        assert!(said.contains(&format!("Alias name: {kind}-good")), "{said}");
        let import = [
            "-importkeystore",
            "-noprompt",
            "-srckeystore",
            "good.p12",
            "-srcstorepass",
            PASSWORD,
            "-destkeystore",
            "copy.p12",
            "-deststoretype",
            "PKCS12",
            "-deststorepass",
            "another-7",
        ];
        keytool(&import).await.yes();
        let copied = ["-list", "-keystore", "copy.p12", "-storepass", "another-7"];
        let said = keytool(&copied).await.yes();
        assert!(said.contains("PrivateKeyEntry"), "{said}");
        let wrong = ["-list", "-keystore", "good.p12", "-storepass", "not-this"];
        let said = keytool(&wrong).await.no();
        assert!(said.contains("password was incorrect"), "{said}");
        let list = stand.get(&stand.address(&format!("crl-{kind}"))).await.body;
        std::fs::write(desk.path().join("list.crl"), &list).unwrap();
        let said = keytool(&["-printcrl", "-file", "list.crl"]).await.yes();
        assert!(
            said.contains("TEST") && said.contains("Reason Code: CERTIFICATE_HOLD"),
            "{said}"
        );
        // A request that Java made: its label is an older one.
        let make = [
            "-genkeypair",
            "-alias",
            "own",
            "-keyalg",
            if kind == KeyKind::Rsa { "RSA" } else { "EC" },
            if kind == KeyKind::Rsa {
                "-keysize"
            } else {
                "-groupname"
            },
            if kind == KeyKind::Rsa {
                "2048"
            } else {
                "secp256r1"
            },
            "-dname",
            "CN=TEST",
            "-keystore",
            "own.p12",
            "-storepass",
            PASSWORD,
        ];
        keytool(&make).await.yes();
        let ask = [
            "-certreq",
            "-alias",
            "own",
            "-keystore",
            "own.p12",
            "-storepass",
            PASSWORD,
            "-file",
            "own.csr",
        ];
        keytool(&ask).await.yes();
        let csr = std::fs::read_to_string(desk.path().join("own.csr")).unwrap();
        let order = json!({ "id": format!("{kind}-java"), "iin": "900101490019", "name": "ТЕСТОВА СЫНАҚ", "csr": csr });
        let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
        assert_eq!(issued.key_kind, kind.name());
        let reply = format!("{}{}", issued.certificate, issued.chain);
        std::fs::write(desk.path().join("reply.pem"), reply).unwrap();
        let take = [
            "-importcert",
            "-noprompt",
            "-alias",
            "own",
            "-file",
            "reply.pem",
            "-keystore",
            "own.p12",
            "-storepass",
            PASSWORD,
        ];
        let said = keytool(&take).await.yes();
        assert!(said.contains("reply was installed"), "{said}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pythons_cryptography_verifies_chains_answers_lists_and_key_files() {
    let stand = Stand::new().await;
    for kind in [KeyKind::Rsa, KeyKind::Ecdsa] {
        let desk = desk(&stand, kind).await;
        let stranger = desk.path().join("stranger.pem");
        std::fs::write(&stranger, stand.certificate("foreign").to_pem()).unwrap();
        let issuing = stand.address("ca").replace("rsa", kind.name());
        let root = stand.address("root").replace("rsa", kind.name());
        let people = ["good", "revoked", "suspended"].map(|id| {
            json!({ "id": id, "key": desk.path().join(format!("{id}.p12")), "password": PASSWORD })
        });
        let order = json!({
            "root": root, "issuing": issuing, "ocsp": stand.address("ocsp"),
            "crl": stand.address(&format!("crl-{kind}")), "delta": stand.address(&format!("crl-{kind}-delta")),
            "people": people, "stranger": stranger,
        });
        let found = python(order).await;
        let person = |ocsp: Value, crl: Value| {
            json!({
                "chain": 3, "above": [true, true], "serial_number": "IIN900101490019",
                "ocsp": ocsp, "crl": crl,
            })
        };
        let expected = json!({
            "good": person(json!(["GOOD", null]), Value::Null),
            "revoked": person(json!(["REVOKED", "superseded"]), json!("superseded")),
            "suspended": person(json!(["REVOKED", "certificateHold"]), json!("certificateHold")),
        });
        assert_eq!(found, expected, "{kind}");
    }
}

/// What the script says to an order.
async fn python(order: Value) -> Value {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let program: PathBuf = top.join("../.test-tools/venv/bin/python");
    assert!(
        program.exists(),
        "{} is missing: run scripts/setup test",
        program.display()
    );
    let script = top.join("tests/it/interop.py");
    let output = tokio::task::spawn_blocking(move || {
        let mut child = Command::new(program)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let text = order.to_string();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(text.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}
