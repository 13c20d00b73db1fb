//! The authority above the signer: it is asked about too, seldom, and a "no" about it is a "no".

use std::time::Duration;

use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{Policy, SubIndication, Verdict};
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason, ocsp};
use wiremock::ResponseTemplate;

use crate::stand::{Nca, OTHER_IIN, evidence, label, stand, years};

async fn judged(nca: &Nca) -> Verdict {
    nca.ocsp_bent(|_| ()).await;
    nca.examine(&nca.examiner(Policy::default())).await
}

#[tokio::test]
async fn a_burst_of_signatures_asks_about_the_authority_once() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let examiner = nca.examiner(Policy::default());
    let other = stand().citizen(OTHER_IIN, Addresses::default(), years(1));
    for _ in 0..3 {
        assert_eq!(label(&nca.examine(&examiner).await), None);
        assert_eq!(label(&nca.examine_this(&examiner, &other).await), None);
    }
    assert_eq!(nca.requests().await, (2, 0), "about each signer once");
    assert_eq!(nca.asked_about_the_authority().await, (1, 0));
    let later = nca.clock.now().plus(Duration::from_secs(11));
    nca.clock.set(later).unwrap();
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.asked_about_the_authority().await, (2, 0));
    examiner.forget();
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.asked_about_the_authority().await, (3, 0));
}

#[tokio::test]
async fn a_revoked_authority_is_known_by_ocsp_and_by_the_roots_list() {
    let by_ocsp = Nca::silent().await;
    let clock = by_ocsp.clock.clone();
    by_ocsp
        .authority(move |request| {
            let status = ocsp::CertStatus::Revoked {
                at: clock.now(),
                reason: Some(RevocationReason::CaCompromise),
            };
            let der = stand().ocsp_of_root(request, clock.now(), status);
            evidence(der, "application/ocsp-response")
        })
        .await;
    let by_list = Nca::silent().await;
    by_list.authority(|_| ResponseTemplate::new(404)).await;
    by_list.root_crl(true).await;
    for (nca, asked) in [(by_ocsp, (1, 0)), (by_list, (1, 1))] {
        let verdict = judged(&nca).await;
        assert_eq!(label(&verdict), Some(L::AuthorityRevoked));
        assert_eq!(
            verdict.sub_indication,
            Some(SubIndication::RevokedCaNoPoe),
            "{}",
            verdict.to_text()
        );
        assert_eq!(nca.asked_about_the_authority().await, asked);
    }
}

#[tokio::test]
async fn an_authority_that_nobody_speaks_for_is_undecided() {
    let nca = Nca::silent().await;
    nca.authority(|_| ResponseTemplate::new(404)).await;
    let verdict = judged(&nca).await;
    assert_eq!(label(&verdict), Some(L::RevocationUnknown));
    let why = verdict.why();
    assert!(why.starts_with("QAQPA TEST CA ("), "{why}");
    assert_eq!(nca.asked_about_the_authority().await, (1, 1));
}
