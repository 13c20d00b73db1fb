use qaqpa_transport::StartError;
use qaqpa_x509::ocsp::CertStatus;

use crate::stand::{Stand, up};

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_keeps_keys_certificates_states_and_numbers() {
    let stand = Stand::new().await;
    let index = stand.index();
    let trust = stand.anchors();
    let citizen = stand.certificate("citizen-1");
    let responder = stand.ask(&citizen).await.unwrap().responder;
    stand.command("citizen-1", "suspend").await.unwrap();
    assert_eq!(stand.crl().await.1.number_hex(), "01");
    let stand = stand.restarted().await;
    assert_eq!(stand.index(), index);
    assert_eq!(stand.anchors().roots(), trust.roots());
    // The free ports are others: the issuing authorities say so in new certificates of the same keys.
    let issuing = stand.anchors().intermediates().to_vec();
    assert_eq!(issuing.len(), trust.intermediates().len());
    for (before, after) in trust.intermediates().iter().zip(issuing) {
        assert_eq!(after.spki_der(), before.spki_der());
        assert_ne!(after.serial(), before.serial());
    }
    assert_eq!(stand.certificate("citizen-1"), citizen);
    let answer = stand.ask(&citizen).await.unwrap();
    assert!(matches!(answer.status, CertStatus::Revoked { .. }));
    assert_eq!(answer.responder, responder);
    // The list says where its delta is, which is at another port now.
    assert_eq!(stand.crl().await.1.number_hex(), "02");
    stand.command("citizen-1", "revoke").await.unwrap();
    assert_eq!(stand.crl().await.1.number_hex(), "03");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_unfinished_is_made_anew() {
    let stand = Stand::new().await;
    let citizen = stand.certificate("citizen-1");
    let other = stand.certificate("citizen-2");
    std::fs::remove_file(stand.key_path("citizen-1").0).unwrap();
    std::fs::remove_file(stand.path().join("nca/rsa-responder.cer")).unwrap();
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
    assert_ne!(stand.certificate("citizen-1"), citizen);
    assert_eq!(stand.certificate("citizen-2"), other);
    assert_eq!(stand.status("citizen-1").await, CertStatus::Good);
    // The certificate before is still answered for.
    assert_eq!(stand.ask(&citizen).await.unwrap().status, CertStatus::Good);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_authority_in_the_same_folder_does_not_start() {
    let stand = Stand::new().await;
    let start = qaqpa_transport::ActorStart::in_folder(stand.path());
    let failed = qaqpa_pki::start(start).await.unwrap_err();
    assert!(matches!(failed, StartError::File(_)), "{failed}");
}
