//! The packs of ready-made people: each is what it says, and a relying party comes to the verdict that it names.

use qaqpa_model::Moment;
use qaqpa_pki::Config;
use qaqpa_pki::control::PackView;
use qaqpa_pki::personas::{Pack, Packs};
use qaqpa_transport::Clock;
use qaqpa_transport::identities::Identity;
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::path::{self, PathError};
use qaqpa_x509::pkcs12::{self, Pkcs12Error};
use qaqpa_x509::{RevocationReason, profile};
use serde_json::{Value, json};

use crate::stand::{Stand, label, up};

async fn issue(stand: &Stand, pack: &str) -> Vec<PackView> {
    let path = format!("/people/{pack}");
    stand.control().post(&path, &json!({})).await.unwrap()
}

/// The label with which a careful relying party refuses what this person signs now; `accept` where it does not.
async fn judged(stand: &Stand, person: &Identity) -> String {
    let now = stand.clock.now();
    let bytes = std::fs::read(stand.path().join(&person.key)).unwrap();
    let file = match pkcs12::read(&bytes, &person.password) {
        Ok(file) => file,
        Err(Pkcs12Error::WrongPassword) => return "key-password-wrong".to_owned(),
        Err(other) => panic!("{}: {other}", person.id),
    };
    let (certificate, anchors) = (&file.certificate, stand.anchors());
    let limits = qaqpa_model::Limits::default();
    let label = match path::build(certificate, &file.chain, &anchors, now, &limits) {
        Err(PathError::Expired { position: 0, .. }) => "certificate-expired",
        Err(PathError::NotYetValid { position: 0, .. }) => "certificate-not-yet-valid",
        Err(_) => "issuer-untrusted",
        Ok(_) if profile::is_for_signing(certificate).is_err() => "certificate-purpose",
        Ok(_) => match stand.ask(certificate).await.unwrap().status {
            CertStatus::Revoked {
                reason: Some(RevocationReason::CertificateHold),
                ..
            } => "certificate-suspended",
            CertStatus::Revoked { .. } => "certificate-revoked",
            CertStatus::Good => match certificate.iin() {
                Ok(iin) if iin.reveal() == person.iin => "accept",
                _ => "iin-mismatch",
            },
            other => panic!("{}: {other:?}", person.id),
        },
    };
    label.to_owned()
}

async fn everybody_is_judged_as_the_index_says(stand: &Stand) {
    for person in stand.index().identities {
        let expected = person.label.as_deref().unwrap_or("accept");
        assert_eq!(judged(stand, &person).await, expected, "{}", person.id);
        assert_eq!(
            person.expected.as_deref() == Some("accept"),
            person.label.is_none()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_pack_is_issued_on_demand_and_everybody_in_it_is_judged_as_the_index_says() {
    let stand = Stand::new().await;
    let before: Vec<PackView> = stand.control().get("/people").await.unwrap();
    let issued: Vec<_> = before.iter().filter(|pack| pack.issued).collect();
    assert_eq!((before.len(), issued.len()), (5, 1));
    assert_eq!(stand.index().identities.len(), 17);

    let after = issue(&stand, "all").await;
    assert!(after.iter().all(|pack| pack.issued));
    let index = stand.index();
    let people: usize = Pack::ALL.iter().map(|pack| pack.people().len()).sum();
    assert_eq!(index.identities.len(), people);
    everybody_is_judged_as_the_index_says(&stand).await;

    let one = index.identity("financial-1").unwrap();
    assert_eq!(
        (one.pack.as_deref(), one.key_kind.as_deref()),
        (Some("organisations"), Some("gost-2015"))
    );
    let certificate = stand.certificate("financial-1");
    let bin = &one.organization.as_ref().unwrap().bin;
    assert_eq!(certificate.subject().bin.unwrap().reveal(), *bin);
    assert!(
        certificate
            .subject()
            .organization
            .as_ref()
            .unwrap()
            .contains("TEST")
    );
    assert!(
        index
            .system("system-company-1")
            .unwrap()
            .sender_id
            .is_none()
    );
    assert_eq!(
        stand
            .certificate("system-company-1")
            .subject()
            .uid
            .as_deref(),
        Some("2.999.398.5")
    );

    // Two certificates of one person: the same IIN, two surnames.
    let (new, old) = (
        stand.identity("surname-after"),
        stand.identity("surname-before"),
    );
    assert_eq!(new.iin, old.iin);
    assert_ne!(new.name.surname, old.name.surname);

    // Families and representatives, for the registers.
    let to = |kind: &str, from: &str| -> Vec<String> {
        let of =
            |one: &&qaqpa_transport::identities::Relation| one.kind == kind && one.from == from;
        index
            .relations
            .iter()
            .filter(of)
            .map(|one| one.to.clone())
            .collect()
    };
    assert_eq!(to("parent", "parent-1"), ["minor-1", "child-1", "child-2"]);
    assert_eq!(to("guardian", "guardian-1"), ["ward-1", "ward-2"]);
    assert_eq!(
        to("representative", "representative-1"),
        std::slice::from_ref(bin)
    );
    assert!(index.keyless("child-1").is_some() && index.identity("child-1").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_stays_over_a_restart_and_follows_the_clock() {
    let stand = Stand::with(
        Clock::at(Moment::parse("2026-11-22").unwrap()),
        Config::default(),
    )
    .await;
    issue(&stand, "states").await;
    let index = stand.index();
    let soon = stand.certificate("expires-soon");
    let stand = stand.restarted().await;
    assert_eq!(stand.index(), index);
    assert_eq!(stand.certificate("expires-soon"), soon);

    let wanted = Moment::parse("2031-05-01").unwrap();
    let offset = wanted.unix_ms() - stand.clock.now().unix_ms() + stand.clock.offset_ms();
    stand.control().set_clock(offset).await.unwrap();
    assert_ne!(stand.certificate("expires-soon"), soon);
    everybody_is_judged_as_the_index_says(&stand).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_certificate_that_expires_in_five_minutes_does_and_asking_again_makes_another() {
    let stand = Stand::new().await;
    issue(&stand, "states").await;
    let first = stand.certificate("expires-soon");
    let left = first.not_after().since(stand.clock.now()).as_secs();
    assert!((240..=300).contains(&left), "{left}");
    issue(&stand, "states").await;
    assert_eq!(stand.certificate("expires-soon"), first);
    // The authority's own clock, and not its order to look after its people.
    stand.clock.set_offset(6 * 60 * 1000).unwrap();
    let person = stand.identity("expires-soon");
    assert_eq!(judged(&stand, &person).await, "certificate-expired");
    let others = stand.certificate("resumed");
    issue(&stand, "states").await;
    assert_eq!(judged(&stand, &person).await, "accept");
    assert_eq!(stand.certificate("resumed"), others);
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_of_the_configuration_come_in_the_background() {
    let config = Config {
        packs: Packs::CORE.with(Pack::Families),
        ..Config::default()
    };
    let stand = Stand::with(Clock::real(), config).await;
    for _ in 0..600 {
        if stand.index().identity("guardian-1").is_some() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("the families did not come within a minute");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_a_kill_left_half_done_is_completed() {
    let stand = Stand::new().await;
    issue(&stand, "families").await;
    std::fs::remove_file(stand.key_path("guardian-1").0).unwrap();
    let parent = stand.certificate("parent-1");
    let Stand {
        dir,
        clock,
        running,
    } = stand;
    running.kill().await;
    let running = up(dir.path(), &clock).await;
    let stand = Stand {
        dir,
        clock,
        running,
    };
    assert_eq!(stand.certificate("parent-1"), parent);
    everybody_is_judged_as_the_index_says(&stand).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_none_is_refused_by_name() {
    let stand = Stand::new().await;
    for (path, body, expected) in [
        ("/people/dragons", json!({}), (404, "pack-unknown")),
        (
            "/people/families",
            json!({ "fast": true }),
            (422, "request-malformed"),
        ),
    ] {
        let refused = stand
            .control()
            .post::<_, Value>(path, &body)
            .await
            .unwrap_err();
        assert_eq!(
            label(refused),
            (expected.0, expected.1.to_owned()),
            "{path}"
        );
    }
    assert_eq!(stand.index().identities.len(), 17);
}
