//! Keeping: what may be served again, and for whom.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use qaqpa_model::RefusalLabel as L;
use qaqpa_verdict::{Nonce, Policy};
use qaqpa_x509::issue::Addresses;
use qaqpa_x509::{RevocationReason, ocsp};
use wiremock::ResponseTemplate;

use crate::stand::{Nca, OTHER_IIN, evidence, label, stand, tried, years};

fn without_nonce() -> Policy {
    Policy::default().with_nonce(Nonce::Omitted)
}

fn later(nca: &Nca, seconds: u64) {
    let moment = nca.clock.now().plus(Duration::from_secs(seconds));
    nca.clock.set(moment).unwrap();
}

#[tokio::test]
async fn an_answer_without_nonce_is_served_again_for_a_while() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let examiner = nca.examiner(without_nonce());
    assert_eq!(label(&nca.examine(&examiner).await), None);
    let again = nca.examine(&examiner).await;
    assert_eq!(label(&again), None);
    assert_eq!(tried(&again), ["kept from an earlier examination"]);
    assert_eq!(nca.requests().await, (1, 0));
    later(&nca, 11);
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (2, 0), "ten seconds are over");
    examiner.forget();
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (3, 0), "it was told to forget");
    later(&nca, 0);
    nca.clock
        .set(nca.clock.now().minus(Duration::from_secs(5)))
        .unwrap();
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (4, 0), "the clock was set back");
}

/// It was fresh when it came (RFC 9654 §2.1): it serves again for as long as any evidence does, held against the nonce of its own
/// request, and whoever replays the verdict finds the same.
#[tokio::test]
async fn an_answer_with_a_nonce_is_served_again_for_a_while_and_not_longer() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|_| ()).await;
    let examiner = nca.examiner(Policy::default());
    let first = nca.examine(&examiner).await;
    assert_eq!(label(&first), None);
    let again = nca.examine(&examiner).await;
    assert_eq!(label(&again), None, "{}", again.to_text());
    assert_eq!(tried(&again), ["kept from an earlier examination"]);
    assert_eq!(nca.requests().await, (1, 0));
    assert_ne!(first.dossier.seed, again.dossier.seed);
    assert_eq!(first.dossier.fed[0].question, None, "its own");
    let question = again.dossier.fed[0].question.as_ref().unwrap();
    assert_eq!(question.seed, first.dossier.seed);
    assert_eq!(question.need, first.dossier.fed[0].need);
    later(&nca, 11);
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (2, 0), "ten seconds are over");
    examiner.forget();
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (3, 0), "it was told to forget");
}

/// What was asked for without a nonce may be of any time: it is never served to whom wants one.
#[tokio::test]
async fn an_answer_without_a_nonce_is_not_kept_for_a_policy_that_wants_one() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|r| r.nonce = None).await;
    let examiner = nca.examiner(Policy::default());
    for asked in 1..=2 {
        let verdict = nca.examine(&examiner).await;
        assert_eq!(label(&verdict), Some(L::RevocationUnknown));
        assert_eq!(nca.requests().await.0, asked);
    }
}

#[tokio::test]
async fn an_answer_is_not_kept_past_its_own_end() {
    let nca = Nca::start().await;
    nca.ocsp_bent(|r| r.answers[0].next_update = Some(r.produced_at.plus(Duration::from_secs(3))))
        .await;
    let examiner = nca.examiner(without_nonce());
    assert_eq!(label(&nca.examine(&examiner).await), None);
    later(&nca, 4);
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (2, 0));
}

/// R12: an answer about one certificate is never served for another.
#[tokio::test]
async fn a_kept_answer_about_one_certificate_says_nothing_about_another() {
    let nca = Nca::start().await;
    let other = stand().citizen(OTHER_IIN, Addresses::default(), years(1));
    let revoked = other.serial().to_vec();
    nca.ocsp_bent(move |r| {
        if r.answers[0].cert_id.serial() == revoked {
            r.answers[0].status = ocsp::CertStatus::Revoked {
                at: r.produced_at,
                reason: Some(RevocationReason::KeyCompromise),
            };
        }
    })
    .await;
    let examiner = nca.examiner(without_nonce());
    for _ in 0..2 {
        assert_eq!(label(&nca.examine(&examiner).await), None);
        let verdict = nca.examine_this(&examiner, &other).await;
        assert_eq!(label(&verdict), Some(L::CertificateRevoked));
    }
    assert_eq!(
        nca.requests().await,
        (2, 0),
        "each was kept, under its own name"
    );
}

/// R12: a responder that answers about another certificate poisons nothing.
#[tokio::test]
async fn an_answer_about_another_certificate_is_neither_believed_nor_kept() {
    let nca = Nca::start().await;
    let other = stand().citizen(OTHER_IIN, Addresses::default(), years(1));
    let first: Arc<Mutex<Option<Vec<u8>>>> = Arc::default();
    let asked = Arc::new(AtomicUsize::new(0));
    let (kept, count, clock) = (Arc::clone(&first), Arc::clone(&asked), nca.clock.clone());
    nca.ocsp(move |request| {
        count.fetch_add(1, Ordering::SeqCst);
        let mut kept = kept.lock().unwrap();
        let bytes = kept.get_or_insert_with(|| stand().ocsp(request, clock.now(), |_| ()));
        evidence(bytes.clone(), "application/ocsp-response")
    })
    .await;
    let examiner = nca.examiner(without_nonce());
    assert_eq!(label(&nca.examine(&examiner).await), None);
    for n in 2..4 {
        let verdict = nca.examine_this(&examiner, &other).await;
        assert_eq!(
            label(&verdict),
            Some(L::RevocationUnknown),
            "{}",
            verdict.to_text()
        );
        assert_eq!(
            asked.load(Ordering::SeqCst),
            n,
            "what was not believed is not kept"
        );
    }
}

#[tokio::test]
async fn a_list_is_kept_for_all_certificates_of_its_issuer() {
    let nca = Nca::start().await;
    let other = stand().citizen(OTHER_IIN, Addresses::default(), years(1));
    nca.ocsp(|_| ResponseTemplate::new(404)).await;
    nca.crl(&[&other]).await;
    let examiner = nca.examiner(Policy::default());
    assert_eq!(label(&nca.examine(&examiner).await), None);
    let verdict = nca.examine_this(&examiner, &other).await;
    assert_eq!(label(&verdict), Some(L::CertificateRevoked));
    assert_eq!(nca.requests().await, (2, 1));
    later(&nca, 11);
    assert_eq!(label(&nca.examine(&examiner).await), None);
    assert_eq!(nca.requests().await, (3, 2));
}

#[tokio::test]
async fn a_list_that_was_not_believed_is_not_kept() {
    let nca = Nca::start().await;
    nca.ocsp(|_| ResponseTemplate::new(404)).await;
    wiremock::Mock::given(wiremock::matchers::path("/crl/rsa.crl"))
        .respond_with(evidence(b"rubbish".to_vec(), "application/pkix-crl"))
        .up_to_n_times(1)
        .with_priority(1)
        .mount(&nca.server)
        .await;
    nca.crl(&[]).await;
    let examiner = nca.examiner(Policy::default());
    assert_eq!(
        label(&nca.examine(&examiner).await),
        Some(L::RevocationUnknown)
    );
    assert_eq!(label(&nca.examine(&examiner).await), None);
}
