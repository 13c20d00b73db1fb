use std::os::unix::fs::PermissionsExt;

use qaqpa_crypto::KeyKind;
use qaqpa_model::Iin;
use qaqpa_transport::{Clock, paths};
use qaqpa_x509::Certificate;
use qaqpa_x509::path::PathError;
use qaqpa_x509::profile::{self, Purpose, PurposeError, Role};

use crate::stand::Stand;
use crate::tools::run;

const PEOPLE: [&str; 17] = [
    "citizen-1",
    "citizen-2",
    "officer-1",
    "head-1",
    "clerk-1",
    "specialist-1",
    "head-2",
    "clerk-2",
    "executor-1",
    "officer-2",
    "operator-1",
    "expired",
    "not-yet-valid",
    "revoked",
    "suspended",
    "auth-only",
    "foreign",
];
const SYSTEMS: [&str; 5] = [
    "system-gateway",
    "system-portal",
    "system-regional-gateway",
    "system-integrator-1",
    "system-integrator-2",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_makes_everybody_and_each_is_what_the_name_says() {
    let stand = Stand::at(Clock::real()).await;
    let now = stand.clock.now();
    let index = stand.index();
    assert_eq!(
        index
            .identities
            .iter()
            .map(|i| i.id.as_str())
            .collect::<Vec<_>>(),
        PEOPLE
    );
    assert_eq!(
        index
            .systems
            .iter()
            .map(|s| s.id.as_str())
            .collect::<Vec<_>>(),
        SYSTEMS
    );
    for identity in &index.identities {
        let file = stand.key_file(&identity.id);
        let certificate = &file.certificate;
        assert_eq!(certificate.iin(), Ok(Iin::parse(&identity.iin).unwrap()));
        let subject = certificate.subject();
        assert_eq!(
            subject.surname.as_deref(),
            Some(identity.name.surname.as_str())
        );
        let common_name = format!("{} {}", identity.name.surname, identity.name.given);
        assert_eq!(subject.common_name.as_ref(), Some(&common_name));
        assert_eq!(subject.given_name, identity.name.patronymic);
        let chain = if identity.id == "foreign" { 1 } else { 2 };
        assert_eq!(file.chain.len(), chain, "{}", identity.id);
        let path = stand.at_path(certificate, now);
        match identity.id.as_str() {
            "expired" => assert_eq!(
                path,
                Err(PathError::Expired {
                    position: 0,
                    not_after: certificate.not_after()
                })
            ),
            "not-yet-valid" => assert_eq!(
                path,
                Err(PathError::NotYetValid {
                    position: 0,
                    not_before: certificate.not_before()
                })
            ),
            "foreign" => assert_eq!(path, Err(PathError::Untrusted)),
            _ => assert_eq!(path.unwrap().certificates().len(), 3),
        }
        match identity.id.as_str() {
            "auth-only" => {
                let purpose = profile::is_for_signing(certificate);
                assert_eq!(purpose, Err(PurposeError::Authentication));
                assert_eq!(profile::purpose(certificate), Some(Purpose::Authenticate));
            }
            _ => assert_eq!(profile::is_for_signing(certificate), Ok(())),
        }
    }
    let officer = stand.certificate("officer-1");
    assert_eq!(
        profile::roles(&officer),
        [Role::LegalEntity, Role::Employee]
    );
    assert!(officer.subject().bin.is_some());
    assert_eq!(
        stand.identity("officer-1").unit.as_deref(),
        Some("education-department")
    );
    let head = stand.certificate("head-1");
    assert_eq!(profile::roles(&head), [Role::LegalEntity, Role::Head]);
    assert_eq!(head.subject().bin, officer.subject().bin);
}

#[tokio::test(flavor = "multi_thread")]
async fn systems_have_keys_and_secrets_of_their_own_and_the_gateways_certificate_is_published() {
    let stand = Stand::new().await;
    let index = stand.index();
    let senders: Vec<_> = index
        .systems
        .iter()
        .map(|s| s.sender_id.as_deref())
        .collect();
    assert_eq!(
        senders,
        [
            None,
            Some("portal"),
            Some("regional-gateway"),
            Some("integrator-1"),
            Some("integrator-2")
        ]
    );
    let mut secrets: Vec<_> = index
        .systems
        .iter()
        .map(|s| s.key_password.clone())
        .collect();
    secrets.extend(
        index
            .systems
            .iter()
            .filter_map(|s| s.sender_password.clone()),
    );
    assert!(secrets.iter().all(|secret| secret.len() == 32));
    secrets.sort();
    secrets.dedup();
    assert_eq!(secrets.len(), 9);
    for system in &index.systems {
        let certificate = stand.certificate(&system.id);
        assert!(
            certificate
                .subject()
                .uid
                .as_ref()
                .is_some_and(|uid| uid.starts_with("2.999."))
        );
        assert!(certificate.subject().to_string().contains("TEST"));
        let path = stand.at_path(&certificate, stand.clock.now());
        assert_eq!(path.unwrap().certificates().len(), 3);
        let days = certificate
            .not_after()
            .since(certificate.not_before())
            .as_secs()
            / 86_400;
        assert_eq!(days, 3 * 365 + 1);
    }
    let pem = std::fs::read(paths::trust_gateway(stand.path())).unwrap();
    assert_eq!(
        Certificate::from_pem(&pem).unwrap(),
        stand.certificate("system-gateway")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_are_for_the_owner_only() {
    let stand = Stand::new().await;
    let mode =
        |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for name in [
        "rsa-root.p8",
        "gost-2015-issuing.p8",
        "foreign-root.p8",
        "rsa-responder.p8",
    ] {
        assert_eq!(mode(&stand.path().join("nca").join(name)), 0o600, "{name}");
    }
    assert_eq!(mode(&paths::identities_index(stand.path())), 0o600);
    for id in PEOPLE.iter().chain(&SYSTEMS) {
        assert_eq!(mode(&stand.key_path(id).0), 0o600, "{id}");
    }
    assert_eq!(mode(&stand.path().join("nca")), 0o700);
}

#[tokio::test(flavor = "multi_thread")]
async fn openssl_and_keytool_read_every_key_file() {
    let stand = Stand::new().await;
    for id in ["citizen-1", "officer-1", "system-integrator-1"] {
        let (path, password) = stand.key_path(id);
        let path = path.to_str().unwrap();
        let pass = format!("pass:{password}");
        let info = ["pkcs12", "-in", path, "-passin", &pass, "-info", "-nodes"];
        let text = run("openssl", stand.path(), &info).await.yes();
        assert_eq!(text.matches("-----BEGIN CERTIFICATE-----").count(), 3);
        let list = [
            "-list",
            "-v",
            "-storetype",
            "PKCS12",
            "-keystore",
            path,
            "-storepass",
            &password,
        ];
        let text = run("keytool", stand.path(), &list).await.yes();
        assert!(text.contains("Certificate chain length: 3"), "{text}");
        assert!(text.contains(&format!("Alias name: {id}")), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_door_serves_its_certificates_and_says_what_is_asked_otherwise() {
    let stand = Stand::at(Clock::real()).await;
    let root = stand.get(&stand.address("root")).await;
    assert_eq!(root.header("content-type"), Some("application/pkix-cert"));
    assert_eq!(
        Certificate::from_der(&root.body).unwrap(),
        stand.anchors().roots()[0]
    );
    let issuing = stand.get(&stand.address("ca")).await;
    assert_eq!(
        Certificate::from_der(&issuing.body).unwrap(),
        stand.issuing()
    );
    let leaf = stand.certificate("citizen-1");
    assert_eq!(leaf.ca_issuer_urls(), [stand.address("ca")]);
    assert_eq!(leaf.ocsp_urls(), [stand.address("ocsp")]);
    assert_eq!(leaf.crl_urls(), [stand.address("crl-rsa")]);
    assert_eq!(leaf.freshest_crl_urls(), [stand.address("crl-rsa-delta")]);
    let status = async |name: &str| stand.get(&stand.address(name)).await.status.as_u16();
    for kind in KeyKind::ALL {
        for list in ["", "-delta", "-root"] {
            assert_eq!(status(&format!("crl-{kind}{list}")).await, 200);
        }
    }
    // Asked by GET: stamps are asked for by POST.
    assert_eq!(status("tsp").await, 405);
    assert_eq!(status("health").await, 200);
    let base = stand.address("health").replace("/health", "/");
    assert!(stand.get(&base).await.text().contains("TEST"));
}
