use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_pki::control::Issued;
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::pkcs12;
use qaqpa_x509::profile::{self, Purpose, Role};
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

#[tokio::test(flavor = "multi_thread")]
async fn a_new_person_gets_a_key_file_and_is_answered_for() {
    let stand = Stand::new().await;
    let issued: Issued = stand.control().post("/issue", &order()).await.unwrap();
    let file = pkcs12::read(&STANDARD.decode(&issued.p12).unwrap(), "secret-7").unwrap();
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
        pkcs12::read(&STANDARD.decode(&issued.p12).unwrap(), "secret-7")
            .unwrap()
            .certificate
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
    ] {
        let refused = stand
            .control()
            .post::<_, Issued>("/issue", &order)
            .await
            .unwrap_err();
        assert_eq!(
            label(refused),
            (expected.0, expected.1.to_owned()),
            "{order}"
        );
    }
}
