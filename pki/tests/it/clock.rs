use qaqpa_model::Moment;
use qaqpa_transport::{ActorStart, Clock, StartError};
use qaqpa_x509::ocsp::CertStatus;
use qaqpa_x509::path::PathError;

use crate::stand::{Stand, label};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

async fn everybody_is_what_the_name_says(stand: &Stand) {
    let now = stand.clock.now();
    for id in [
        "citizen-1",
        "revoked",
        "suspended",
        "system-portal",
        "auth-only",
    ] {
        let path = stand.at_path(&stand.certificate(id), now);
        assert_eq!(path.unwrap().certificates().len(), 3, "{id} at {now}");
    }
    let path = |id: &str| stand.at_path(&stand.certificate(id), now);
    assert!(matches!(
        path("expired"),
        Err(PathError::Expired { position: 0, .. })
    ));
    assert!(matches!(
        path("not-yet-valid"),
        Err(PathError::NotYetValid { position: 0, .. })
    ));
    assert_eq!(path("foreign"), Err(PathError::Untrusted));
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);
    for id in ["revoked", "suspended"] {
        assert!(
            matches!(stand.status(id).await, CertStatus::Revoked { .. }),
            "{id}"
        );
        let (_, list) = stand.crl().await;
        assert!(
            list.entries()
                .any(|e| e.serial == stand.certificate(id).serial())
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_clock_is_set_everybody_is_what_the_name_says() {
    let stand = Stand::at(Clock::at(Moment::parse("2026-11-22").unwrap())).await;
    everybody_is_what_the_name_says(&stand).await;
    let secrets = stand.index();
    for text in [
        "2028-12-01",
        "2024-02-29",
        "2044-12-31T18:00:00Z",
        "2010-01-01T00:00:30Z",
    ] {
        let wanted = Moment::parse(text).unwrap();
        let offset = wanted.unix_ms() - stand.clock.now().unix_ms() + stand.clock.offset_ms();
        stand.control().set_clock(offset).await.unwrap();
        assert!(stand.clock.now().since(wanted).as_secs() < 60);
        everybody_is_what_the_name_says(&stand).await;
    }
    assert_eq!(stand.index(), secrets);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_small_move_of_the_clock_changes_no_certificate() {
    let stand = Stand::new().await;
    let before = (
        stand.certificate("citizen-1"),
        stand.certificate("system-gateway"),
    );
    for offset in [3 * DAY_MS, 0, 20 * DAY_MS] {
        stand.control().set_clock(offset).await.unwrap();
    }
    let after = (
        stand.certificate("citizen-1"),
        stand.certificate("system-gateway"),
    );
    assert_eq!(before, after);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_responder_is_made_anew_when_only_it_is_out_of_its_period() {
    let stand = Stand::new().await;
    let citizen = stand.certificate("citizen-1");
    let before = stand.ask(&citizen).await.unwrap().responder;
    stand.control().set_clock(40 * DAY_MS).await.unwrap();
    let after = stand.ask(&citizen).await.unwrap().responder;
    assert_ne!(before, after);
    assert_eq!(stand.certificate("citizen-1"), citizen);
    // The future of "not-yet-valid" began 30 days after its issue: it is another one now.
    assert!(stand.certificate("not-yet-valid").not_before() > stand.clock.now());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_is_none_before_it_was_made() {
    let stand = Stand::new().await;
    stand.command("citizen-1", "revoke").await.unwrap();
    stand.control().set_clock(-DAY_MS / 2).await.unwrap();
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);
    let (_, list) = stand.crl().await;
    assert_eq!(list.entries().len(), 2);
    stand.control().set_clock(0).await.unwrap();
    assert!(matches!(
        stand.status("citizen-1").await,
        CertStatus::Revoked { .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moment_outside_the_roots_life_is_refused_and_the_authority_does_not_start_in_one() {
    let stand = Stand::new().await;
    for text in ["2009-12-31", "2045-01-01T00:00:01Z"] {
        let offset = Moment::parse(text).unwrap().unix_ms() - stand.clock.now().unix_ms();
        let refused = stand.control().set_clock(offset).await.unwrap_err();
        assert_eq!(label(refused), (422, "clock-outside-root-life".to_owned()));
    }
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);

    let dir = tempfile::tempdir().unwrap();
    let start = ActorStart {
        clock: Clock::at(Moment::parse("2050-01-01").unwrap()),
        ..ActorStart::in_folder(dir.path())
    };
    let failed = qaqpa_pki::start(start).await.unwrap_err();
    assert!(
        matches!(
            failed,
            StartError::Part {
                what: "authority",
                ..
            }
        ),
        "{failed}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_authorities_at_different_moments_live_in_one_process() {
    let spring = Stand::at(Clock::at(Moment::parse("2012-03-01").unwrap())).await;
    let autumn = Stand::at(Clock::at(Moment::parse("2040-10-01").unwrap())).await;
    assert_eq!(spring.status("citizen-1").await, CertStatus::Good);
    assert_eq!(autumn.status("citizen-1").await, CertStatus::Good);
    assert_eq!(
        autumn.at_path(&spring.certificate("citizen-1"), autumn.clock.now()),
        Err(PathError::BadSignature { position: 0 }),
    );
}
