//! Lists: from the certificate's own place at the running authority, long ones too, and kept for the same verdict again.

use qaqpa_model::{Moment, RefusalLabel as L};
use qaqpa_verdict::{Capsule, CapsuleGap, Indication, Matter, Policy, Sources, Subject};
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason, crl};
use wiremock::matchers::path;
use wiremock::{Mock, ResponseTemplate};

use crate::stand::{IIN, Nca, evidence, label, stand, years};

/// The citizen's certificate was made when the authority had another port.
fn citizen(list: &str) -> qaqpa_x509::Certificate {
    let named = Addresses {
        crl: Some(format!("http://127.0.0.1:1{list}")),
        ..Addresses::default()
    };
    stand().citizen(IIN, named, years(1))
}

async fn publish(nca: &Nca, list: &str, bytes: Vec<u8>) {
    Mock::given(path(list))
        .respond_with(evidence(bytes, "application/pkix-crl"))
        .mount(&nca.server)
        .await;
}

#[tokio::test]
async fn a_signer_is_looked_for_in_the_list_that_his_certificate_names() {
    for list in ["/crl/gost-2015.crl", "/crl/gost-2004.crl", "/crl/ecdsa.crl"] {
        let nca = Nca::start().await;
        nca.ocsp(|_| ResponseTemplate::new(503)).await;
        let citizen = citizen(list);
        // The list of RSA, where nobody should look, knows nothing of him.
        nca.crl(&[]).await;
        let revoked = stand().crl(nca.clock.now(), &[&citizen]);
        publish(&nca, list, revoked).await;
        let verdict = nca
            .examine_this(&nca.examiner(Policy::default()), &citizen)
            .await;
        assert_eq!(
            label(&verdict),
            Some(L::CertificateRevoked),
            "{list}\n{}",
            verdict.to_text()
        );
        let asked = nca.asked().await;
        let asked: Vec<_> = asked.iter().map(|request| request.url.path()).collect();
        assert!(asked.contains(&list), "{asked:?}");
        assert!(!asked.contains(&"/crl/rsa.crl"), "{asked:?}");
    }
}

#[tokio::test]
async fn a_verdict_by_a_long_list_is_reached_again_from_the_shelf() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(404)).await;
    let citizen = citizen("/crl/rsa.crl");
    let bytes = stand().long_crl(nca.clock.now(), 12_000);
    assert!(
        bytes.len() > qaqpa_verdict::KEPT_BYTES_MAX,
        "{}",
        bytes.len()
    );
    publish(&nca, "/crl/rsa.crl", bytes).await;
    let folder = tempfile::tempdir().unwrap();
    let shelf = folder.path().join("evidence");
    let examiner = nca.examiner(Policy::default()).shelving_in(&shelf);
    let verdict = nca.examine_this(&examiner, &citizen).await;
    assert_eq!(label(&verdict), None, "{}", verdict.to_text());
    let stored = verdict.to_json();
    assert!(
        stored.len() < 100_000,
        "the list stands beside: {}",
        stored.len()
    );

    // Another process, later: only what was stored is there.
    let subject = || Subject::Certificate {
        certificate_der: citizen.der(),
        pool_der: &[],
    };
    let later = nca.examiner(Policy::default()).shelving_in(&shelf);
    let (again, _) = later.replay(subject(), verdict.at, &verdict.dossier);
    assert_eq!(again.to_json(), stored);

    let without = nca.examiner(Policy::default());
    let (undecided, _) = without.replay(subject(), verdict.at, &verdict.dossier);
    assert_eq!(undecided.indication, Indication::Indeterminate);
    let file = std::fs::read_dir(&shelf)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let mut bent = std::fs::read(&file).unwrap();
    *bent.last_mut().unwrap() ^= 1;
    std::fs::write(&file, bent).unwrap();
    let third = nca.examiner(Policy::default()).shelving_in(&shelf);
    let (undecided, _) = third.replay(subject(), verdict.at, &verdict.dossier);
    assert_eq!(
        undecided.indication,
        Indication::Indeterminate,
        "a bent list is none"
    );
}

/// A dossier names every long list that was fed: what it said must be there again, were it nothing.
#[tokio::test]
async fn a_verdict_beside_a_long_list_that_was_not_believed_is_reached_again() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let citizen = citizen("/crl/rsa.crl");
    let mut forged = stand().long_crl(nca.clock.now(), 12_000);
    *forged.last_mut().unwrap() ^= 1;
    publish(&nca, "/crl/rsa.crl", forged).await;
    let folder = tempfile::tempdir().unwrap();
    let policy = Policy::default().with_sources(Sources::OcspAndCrl);
    let examiner = || nca.examiner(policy).shelving_in(folder.path());
    let verdict = nca.examine_this(&examiner(), &citizen).await;
    assert_eq!(label(&verdict), None, "{}", verdict.to_text());
    assert!(verdict.to_text().contains("the list's signature is wrong"));

    let subject = || Subject::Certificate {
        certificate_der: citizen.der(),
        pool_der: &[],
    };
    let (again, _) = examiner().replay(subject(), verdict.at, &verdict.dossier);
    assert_eq!(again.to_json(), verdict.to_json());
    let without = nca.examiner(policy);
    let (undecided, _) = without.replay(subject(), verdict.at, &verdict.dossier);
    assert_eq!(
        label(&undecided),
        Some(L::RevocationUnknown),
        "a list that is gone could have said anything"
    );
}

/// What makes a verdict worse is needed for it as much as what is believed: without a folder, too.
#[tokio::test]
async fn a_capsule_holds_every_long_list_that_its_verdict_hangs_on() {
    let day = std::time::Duration::from_secs(24 * 3600);
    let citizen = citizen("/crl/rsa.crl");
    let made = |now: Moment| {
        let stale = stand().long_crl_with(now, 12_000, |list| {
            list.this_update = now.minus(2 * day);
            list.next_update = now.minus(day);
            list.entries.push(crl::RevokedEntry {
                serial: citizen.serial().to_vec(),
                at: now.minus(3 * day),
                reason: Some(RevocationReason::KeyCompromise),
            });
        });
        let mut forged = stand().long_crl(now, 12_000);
        *forged.last_mut().unwrap() ^= 1;
        [(stale, Some(L::CertificateRevoked)), (forged, None)]
    };
    for case in 0..2 {
        let nca = Nca::start().await;
        let [stale, forged] = made(nca.clock.now());
        let is_stale = case == 0;
        let (list, expected) = if is_stale { stale } else { forged };
        let policy = match is_stale {
            true => Policy::default(),
            false => Policy::default().with_sources(Sources::OcspAndCrl),
        };
        match is_stale {
            true => nca.ocsp(|_| ResponseTemplate::new(404)).await,
            false => nca.ocsp_bent(|_| ()).await,
        }
        publish(&nca, "/crl/rsa.crl", list).await;
        let examiner = nca.examiner(policy);
        let verdict = nca.examine_this(&examiner, &citizen).await;
        assert_eq!(label(&verdict), expected, "{}", verdict.to_text());
        let matter = || Matter::Certificate {
            certificate_der: citizen.der().to_vec(),
            pool_der: Vec::new(),
        };
        let capsule = examiner.capsule(matter(), &verdict).unwrap();
        let read = Capsule::parse(capsule.to_json().as_bytes()).unwrap();
        let again = read.judge_trusting(&examiner.known().anchors);
        assert_eq!(again.to_json(), verdict.to_json());
        // Who does not have the list makes no capsule that would say something else.
        let elsewhere = nca.examiner(policy).capsule(matter(), &verdict);
        assert!(
            matches!(elsewhere, Err(CapsuleGap::List { .. })),
            "{elsewhere:?}"
        );
    }
}

#[tokio::test]
async fn a_list_on_the_shelf_that_was_bent_is_written_anew() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(404)).await;
    let citizen = citizen("/crl/rsa.crl");
    let bytes = stand().long_crl(nca.clock.now(), 12_000);
    publish(&nca, "/crl/rsa.crl", bytes.clone()).await;
    let folder = tempfile::tempdir().unwrap();
    let examine = async || {
        let examiner = nca.examiner(Policy::default()).shelving_in(folder.path());
        nca.examine_this(&examiner, &citizen).await
    };
    assert_eq!(label(&examine().await), None);
    let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap();
    let file = file.unwrap().path();
    let mut bent = bytes.clone();
    bent[100] ^= 1;
    std::fs::write(&file, &bent).unwrap();
    assert_eq!(label(&examine().await), None);
    assert_eq!(std::fs::read(&file).unwrap(), bytes);
}

#[tokio::test]
async fn a_list_longer_than_the_limit_of_lists_is_no_evidence() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(404)).await;
    let citizen = citizen("/crl/rsa.crl");
    publish(&nca, "/crl/rsa.crl", vec![0x30; 8 * 1024 * 1024 + 1]).await;
    let verdict = nca
        .examine_this(&nca.examiner(Policy::default()), &citizen)
        .await;
    assert_eq!(label(&verdict), Some(L::RevocationUnknown));
    assert!(
        verdict
            .to_text()
            .contains("the answer is longer than 8388608 bytes"),
        "{}",
        verdict.to_text()
    );
}
