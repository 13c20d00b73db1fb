use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_crypto::{KeyKind, PrivateKey, public};
use qaqpa_pki::Config;
use qaqpa_pki::control::Issued;
use qaqpa_transport::{Clock, paths};
use qaqpa_x509::name::NameToWrite;
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::pkcs12::{self, KeyFile};
use qaqpa_x509::profile::{self, Purpose, Role};
use qaqpa_x509::{oid, pkcs10};
use serde_json::{Value, json};

use crate::stand::{Stand, label};

fn order() -> Value {
    json!({
        "id": "citizen-7", "iin": "931002451325", "name": "ТЕСТОВ СЫНАҚ ТЕСТҰЛЫ",
        "role": "individual", "bin": null, "password": "secret-7",
    })
}

fn with(field: &str, value: Value) -> Value {
    let mut order = order();
    order[field] = value;
    order
}

fn key_file(issued: &Issued) -> KeyFile {
    let bytes = STANDARD.decode(issued.p12.as_ref().unwrap()).unwrap();
    pkcs12::read(&bytes, "secret-7").unwrap()
}

async fn refusal(stand: &Stand, order: &Value) -> (u16, String) {
    let answer = stand.control().post::<_, Issued>("/issue", order).await;
    label(answer.expect_err(&order.to_string()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_gets_a_key_file_and_is_answered_for() {
    let stand = Stand::new().await;
    let issued: Issued = stand.control().post("/issue", &order()).await.unwrap();
    let file = key_file(&issued);
    assert_eq!(file.certificate.serial_hex(), issued.serial);
    assert_eq!(file.certificate.to_pem(), issued.certificate);
    assert_eq!(file.chain.len(), 2);
    assert_eq!(file.certificate.iin().unwrap().reveal(), "931002451325");
    assert_eq!(
        file.certificate.subject().given_name.as_deref(),
        Some("ТЕСТҰЛЫ")
    );
    assert!(stand.at_path(&file.certificate, stand.clock.now()).is_ok());
    assert_eq!(
        stand.ask(&file.certificate).await.unwrap().status,
        CertStatus::Good
    );
    stand.command("citizen-7", "revoke").await.unwrap();
    assert!(matches!(
        stand.ask(&file.certificate).await.unwrap().status,
        CertStatus::Revoked { .. }
    ));
    assert!(stand.index().identity("citizen-7").is_none());
}

/// Relying parties on this machine keep evidence for some seconds: every order tells them, before its answer, that it is of before.
#[tokio::test(flavor = "multi_thread")]
async fn every_order_tells_whoever_keeps_evidence() {
    let stand = Stand::new().await;
    let told = || std::fs::read(paths::trust_changes(stand.path())).ok();
    let mut words = vec![told()];
    let _: Issued = stand.control().post("/issue", &order()).await.unwrap();
    words.push(told());
    for what in ["suspend", "resume", "revoke"] {
        stand.command("citizen-7", what).await.unwrap();
        words.push(told());
    }
    // It may have changed something before it was refused.
    stand.command("citizen-7", "resume").await.unwrap_err();
    words.push(told());
    let all = words.len();
    words.sort();
    words.dedup();
    assert_eq!(words.len(), all, "each time another word");
    let _: Value = stand.control().get("/certificates").await.unwrap();
    assert!(words.contains(&told()), "asking changes nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_purposes_and_systems_are_issued_by_the_profile() {
    let stand = Stand::new().await;
    let bin = stand
        .certificate("officer-1")
        .subject()
        .bin
        .unwrap()
        .reveal();
    let issue = async |order: Value| {
        let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
        key_file(&issued).certificate
    };
    let mut head = with("role", json!("head"));
    head["bin"] = json!(bin);
    let head = issue(head).await;
    assert_eq!(profile::roles(&head), [Role::LegalEntity, Role::Head]);
    assert_eq!(head.subject().bin.map(|bin| bin.reveal()), Some(bin));
    let key = issue(with("purpose", json!("authenticate"))).await;
    assert_eq!(profile::purpose(&key), Some(Purpose::Authenticate));
    let system = json!({
        "id": "system-7", "name": "TEST SYSTEM 7", "role": "information-system", "password": "secret-7",
    });
    let system = issue(system).await;
    assert_eq!(
        system.subject().common_name.as_deref(),
        Some("TEST SYSTEM 7")
    );
    assert!(system.subject().uid.is_some() && system.iin().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_cannot_be_are_refused_by_name() {
    let stand = Stand::new().await;
    for (order, expected) in [
        (with("id", json!("citizen-1")), (409, "identity-taken")),
        (with("id", json!("system-gateway")), (409, "identity-taken")),
        (with("id", json!("parent-1")), (409, "identity-taken")),
        (with("id", json!("../x")), (422, "id-invalid")),
        (with("iin", json!("931002451326")), (422, "iin-invalid")),
        (with("iin", Value::Null), (422, "iin-invalid")),
        (with("role", json!("king")), (422, "role-unknown")),
        (with("purpose", json!("both")), (422, "purpose-unknown")),
        (with("bin", json!("1")), (422, "bin-invalid")),
        (with("name", json!("ТЕСТОВ")), (422, "name-invalid")),
        (with("name", json!("А Б\u{0}")), (422, "name-invalid")),
        (with("name", json!("А ".repeat(40))), (422, "name-invalid")),
        (with("password", json!("short")), (422, "password-invalid")),
        (
            with("password", json!("🔑🔑🔑🔑🔑🔑")),
            (422, "password-invalid"),
        ),
        (with("color", json!("red")), (422, "request-malformed")),
        (with("key", json!("dsa")), (422, "key-unsupported")),
        (
            with("not_after", json!("2020-01-01")),
            (422, "validity-invalid"),
        ),
        (
            with("not_after", json!("2045-01-01")),
            (422, "validity-invalid"),
        ),
        (
            with("not_before", json!("2009-12-31")),
            (422, "validity-invalid"),
        ),
        (with("not_before", json!("soon")), (422, "validity-invalid")),
        (with("days", json!(0)), (422, "validity-invalid")),
        (with("days", json!(4000)), (422, "validity-invalid")),
        (with("days", json!(-1)), (422, "request-malformed")),
        (with("csr", json!("-----BEGIN")), (422, "request-malformed")),
        (
            with("test_identity", json!(true)),
            (403, "test-identities-forbidden"),
        ),
    ] {
        assert_eq!(
            refusal(&stand, &order).await,
            (expected.0, expected.1.to_owned()),
            "{order}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_key_is_issued_by_its_own_authority() {
    let stand = Stand::new().await;
    for (kind, begin) in [
        (KeyKind::Rsa, "RSA256_"),
        (KeyKind::Gost2015, "GOST512_"),
        (KeyKind::Gost2004, "GOSTKNCA_"),
        (KeyKind::Ecdsa, "ECDSA256_"),
    ] {
        let order = with("key", json!(kind.name()));
        let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
        assert_eq!(issued.issuer, format!("{kind}-issuing"));
        assert_eq!(issued.key_kind, kind.name());
        let file = key_file(&issued);
        assert_eq!(public::kind_of(file.certificate.spki_der()), Some(kind));
        let name = issued.file_name.unwrap();
        assert!(name.starts_with(begin) && name.ends_with(".p12"), "{name}");
        assert_eq!(issued.chain.matches("BEGIN CERTIFICATE").count(), 2);
        let path = stand.at_path(&file.certificate, stand.clock.now());
        assert_eq!(path.unwrap().certificates().len(), 3, "{kind}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_period_is_what_the_order_says() {
    let stand = Stand::new().await;
    let issue =
        async |order: Value| -> Issued { stand.control().post("/issue", &order).await.unwrap() };
    let mut order = with("not_before", json!("2026-01-01T00:00:00Z"));
    order["not_after"] = json!("2026-03-01T00:00:00Z");
    let certificate = key_file(&issue(order).await).certificate;
    assert_eq!(
        certificate.not_before().to_utc_string(),
        "2026-01-01T00:00:00Z"
    );
    assert_eq!(
        certificate.not_after().to_utc_string(),
        "2026-03-01T00:00:00Z"
    );
    let certificate = key_file(&issue(with("days", json!(30))).await).certificate;
    let left = certificate.not_after().since(stand.clock.now()).as_secs();
    assert!((30 * 86_400 - 60..=30 * 86_400).contains(&left), "{left}");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_outside_the_test_range_are_never_issued_silently() {
    let stand = Stand::new().await;
    let labels = |issued: &Issued| -> Vec<String> {
        issued
            .notices
            .iter()
            .map(|notice| notice.label.clone())
            .collect()
    };
    let issued: Issued = stand.control().post("/issue", &order()).await.unwrap();
    assert_eq!(labels(&issued), ["iin-outside-test-range"]);
    let mut company = with("bin", json!("990140000017"));
    company["role"] = json!("head");
    company["iin"] = json!("900101490019");
    let issued: Issued = stand.control().post("/issue", &company).await.unwrap();
    assert_eq!(labels(&issued), ["bin-outside-test-range"]);
    company["bin"] = json!("990140900014");
    let issued: Issued = stand.control().post("/issue", &company).await.unwrap();
    assert_eq!(labels(&issued), [""; 0]);
    let journal: Vec<Value> = stand
        .control()
        .get("/journal?kind=iin-outside-test-range")
        .await
        .unwrap();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0]["summary"]["identity"], "citizen-7");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_nobody_was_given_needs_the_order_and_the_authority_to_say_test() {
    let config = Config {
        test_identities: true,
        ..Config::default()
    };
    let stand = Stand::with(Clock::real(), config).await;
    let mut order = with("iin", json!("123456789011"));
    assert_eq!(
        refusal(&stand, &order).await,
        (422, "iin-invalid".to_owned())
    );
    order["test_identity"] = json!(true);
    order["bin"] = json!("123456789021");
    let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
    let certificate = key_file(&issued).certificate;
    let serial = certificate.subject().serial_number.clone();
    assert_eq!(serial.as_deref(), Some("IIN123456789011"));
    assert!(certificate.iin().is_err());
    order["iin"] = json!("12345678901");
    assert_eq!(
        refusal(&stand, &order).await,
        (422, "iin-invalid".to_owned())
    );
}

fn csr(key: &PrivateKey, subject: &NameToWrite) -> String {
    let der = pkcs10::request(subject, key, &[]).unwrap();
    format!(
        "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
        STANDARD
            .encode(der)
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect::<Vec<_>>()
            .join("\n")
    )
}

fn for_request(pem: &str) -> Value {
    json!({ "id": "mine-7", "iin": "931002451325", "name": "ТЕСТОВ СЫНАҚ", "csr": pem })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_gets_a_certificate_for_its_key_and_the_subject_of_the_order() {
    let stand = Stand::new().await;
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let wished = NameToWrite::new().with(oid::COMMON_NAME, "KING");
    let order = for_request(&csr(&key, &wished));
    let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
    assert_eq!((issued.p12, issued.file_name), (None, None));
    let certificate = qaqpa_x509::Certificate::from_pem(issued.certificate.as_bytes()).unwrap();
    assert_eq!(certificate.spki_der(), key.spki_der());
    assert_eq!(
        certificate.subject().common_name.as_deref(),
        Some("ТЕСТОВ СЫНАҚ")
    );
    assert_eq!(certificate.iin().unwrap().reveal(), "931002451325");
    assert!(stand.at_path(&certificate, stand.clock.now()).is_ok());
    // A second certificate of the same key has another number.
    let again: Issued = stand.control().post("/issue", &order).await.unwrap();
    assert_ne!(again.serial, issued.serial);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_without_an_order_for_somebody_is_for_whom_its_subject_names() {
    let stand = Stand::new().await;
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let subject = NameToWrite::new()
        .with(oid::COMMON_NAME, "ТЕСТОВ СЫНАҚ")
        .with(oid::SERIAL_NUMBER, "IIN900101490019")
        .with(oid::GIVEN_NAME, "ТЕСТҰЛЫ")
        .with(oid::ORGANIZATION, "SOMEBODY ELSE'S")
        .with(oid::ORGANIZATIONAL_UNIT, "BIN990140000017");
    let pem = csr(&key, &subject);
    let order = json!({ "id": "mine-7", "csr": pem });
    let issued: Issued = stand.control().post("/issue", &order).await.unwrap();
    let certificate = qaqpa_x509::Certificate::from_pem(issued.certificate.as_bytes()).unwrap();
    assert_eq!(certificate.iin().unwrap().reveal(), "900101490019");
    let subject = certificate.subject();
    assert_eq!(subject.given_name.as_deref(), Some("ТЕСТҰЛЫ"));
    assert_eq!((&subject.organization, subject.bin), (&None, None));
    let other = for_request(&pem);
    assert_eq!(
        refusal(&stand, &other).await,
        (422, "csr-subject-mismatch".to_owned())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_names_somebody_else_or_nobody_knows_whom_is_refused_for_every_holder() {
    let config = Config {
        test_identities: true,
        ..Config::default()
    };
    let stand = Stand::with(Clock::real(), config).await;
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let named = |numbers: &[&str]| {
        let subject = NameToWrite::new().with(oid::COMMON_NAME, "ТЕСТОВ СЫНАҚ");
        let add = |name: NameToWrite, number: &&str| name.with(oid::SERIAL_NUMBER, number);
        csr(&key, &numbers.iter().fold(subject, add))
    };
    let person = |pem: &str| for_request(pem);
    let test = |pem: &str| {
        let mut order = for_request(pem);
        order["iin"] = json!("123456789011");
        order["test_identity"] = json!(true);
        order
    };
    let system = |pem: &str| json!({ "id": "mine-8", "name": "TEST SYSTEM", "role": "information-system", "csr": pem });
    let mismatch = Some("csr-subject-mismatch");
    // The request's serialNumbers, and what becomes of an order for a person, a test person and a system.
    for (numbers, expected) in [
        (&[][..], [None, None, None]),
        (&["IIN931002451325"], [None, mismatch, mismatch]),
        (&["IIN123456789011"], [mismatch, None, mismatch]),
        (&["IIN900101490019"], [mismatch; 3]),
        (&["931002451325"], [mismatch; 3]),
        (&["IIN931002451325", "IIN931002451325"], [mismatch; 3]),
        (&["IIN931002451325", "IIN900101490019"], [mismatch; 3]),
        (&["iin931002451325"], [mismatch; 3]),
    ] {
        let pem = named(numbers);
        let orders = [person(&pem), test(&pem), system(&pem)];
        for (order, expected) in orders.iter().zip(expected) {
            let answer = stand.control().post::<_, Issued>("/issue", order).await;
            let said = answer.err().map(label);
            let expected = expected.map(|label| (422, label.to_owned()));
            assert_eq!(said, expected, "{numbers:?}: {order}");
        }
    }
    // With nobody ordered, the request's number must be one.
    let mut order = for_request(&named(&["IIN123456789011"]));
    order["iin"] = Value::Null;
    let said = refusal(&stand, &order).await;
    assert_eq!(said, (422, "iin-invalid".to_owned()));
    // An organisation's number is never taken from a request, but must not be another's.
    let subject = NameToWrite::new().with(oid::ORGANIZATIONAL_UNIT, "BIN990140000017");
    for (bin, expected) in [("990140000017", None), ("990140900014", mismatch)] {
        let mut order = for_request(&csr(&key, &subject));
        (order["bin"], order["role"]) = (json!(bin), json!("head"));
        let answer = stand.control().post::<_, Issued>("/issue", &order).await;
        let said = answer.err().map(label);
        assert_eq!(said, expected.map(|label| (422, label.to_owned())), "{bin}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_cannot_be_granted_are_refused_by_name() {
    let stand = Stand::new().await;
    let desk = tempfile::tempdir().unwrap();
    let by_openssl = async |arguments: &[&str]| {
        let begin = [
            "req", "-new", "-nodes", "-keyout", "key.pem", "-subj", "/CN=TEST",
        ];
        let all = [&begin[..], arguments, &["-out", "request.pem"]].concat();
        stand.openssl(&desk, &all).await.yes();
        std::fs::read_to_string(desk.path().join("request.pem")).unwrap()
    };
    let short = by_openssl(&["-newkey", "rsa:1024"]).await;
    let curve = by_openssl(&["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"]).await;
    let good = by_openssl(&["-newkey", "rsa:2048"]).await;
    let key = PrivateKey::generate(KeyKind::Ecdsa).unwrap();
    let (other, name) = (
        PrivateKey::generate(KeyKind::Ecdsa).unwrap(),
        NameToWrite::new(),
    );
    // The key of one request in the place of another's.
    let mine = pkcs10::request(&name, &key, &[]).unwrap();
    let spki = key.spki_der();
    let at = mine
        .windows(spki.len())
        .position(|part| part == spki)
        .unwrap();
    let mut swapped = mine.clone();
    swapped[at..at + spki.len()].copy_from_slice(other.spki_der());
    let swapped = format!(
        "-----BEGIN CERTIFICATE REQUEST-----\n{}\n-----END CERTIFICATE REQUEST-----\n",
        STANDARD.encode(&swapped)
    );
    for (pem, expected) in [
        (short, "key-weak"),
        (curve, "key-unsupported"),
        (swapped, "csr-signature"),
        ("no request".to_owned(), "csr-malformed"),
        (good.replace("REQUEST", "RUBBISH"), "csr-malformed"),
        (good.replacen('M', "N", 1), "csr-malformed"),
        ("A".repeat(200_000), "csr-malformed"),
    ] {
        assert_eq!(
            refusal(&stand, &for_request(&pem)).await,
            (422, expected.to_owned()),
            "{:.90}",
            pem
        );
    }
    let issued: Issued = stand
        .control()
        .post("/issue", &for_request(&good))
        .await
        .unwrap();
    assert_eq!(issued.key_kind, "rsa");
}
