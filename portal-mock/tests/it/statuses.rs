//! Statuses at the portal's channel: what the applicant is told before the result, and what changes nothing.

use std::time::Duration;

use qaqpa_model::{MessageId, RefusalLabel as L, RequestStatus, ServiceAtAct};
use qaqpa_wire::StatusDocument;

use crate::arrivals::label;
use crate::authority::CITIZEN;
use crate::bench::{Bench, SERVICE};
use crate::gateway::new_id;

const REGIONAL: &str = "system-regional-gateway";

fn status(bench: &Bench, path: &str, id: &MessageId, status: RequestStatus) -> StatusDocument {
    StatusDocument {
        application_id: path.rsplit('/').next().unwrap().to_owned(),
        service: ServiceAtAct::parse(SERVICE).unwrap(),
        message_id: id.clone(),
        changed_at: bench.clock.now(),
        status,
    }
}

/// The gateway passes a status on that `holder` has signed; the label where it is refused.
async fn tell(
    bench: &Bench,
    correlation: &MessageId,
    status: &StatusDocument,
    holder: &str,
) -> Option<L> {
    let signed = bench.sign(&status.to_xml(), holder);
    let now = bench.clock.now();
    let sent = bench
        .gateway
        .sends(bench.channel(), Some(correlation), signed, now);
    label(sent.await)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_applicant_is_told_that_it_was_received_that_it_is_in_work_and_how_it_ended() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, id) = bench.sent(&browser).await;
    for (seconds, (told, stands, notified)) in (0..).zip([
        (
            RequestStatus::Received,
            "received",
            "was registered at the provider",
        ),
        (
            RequestStatus::InWork,
            "in-work",
            "The provider is working on",
        ),
        // Overtaken: it tells nothing new any more.
        (
            RequestStatus::Received,
            "in-work",
            "The provider is working on",
        ),
    ]) {
        let mut document = status(&bench, &path, &id, told);
        document.changed_at = document.changed_at.plus(Duration::from_secs(seconds));
        assert_eq!(tell(&bench, &id, &document, REGIONAL).await, None);
        let page = browser.get(&path).await;
        assert_eq!(page.attribute("data-status").as_deref(), Some(stands));
        let cabinet = browser.get("/cabinet/notifications").await;
        assert!(cabinet.text.contains(notified), "{}", cabinet.text);
    }
    let cabinet = browser.get("/cabinet/notifications").await;
    let times = |text| cabinet.text.matches(text).count();
    assert_eq!(times("was registered at the provider"), 1);

    let result = bench.signed(&bench.result(&path, &id, true), "officer-1");
    let now = bench.clock.now();
    let sent = bench.gateway.sends(bench.channel(), Some(&id), result, now);
    assert_eq!(label(sent.await), None);
    let mut late = status(&bench, &path, &id, RequestStatus::InWork);
    late.changed_at = late.changed_at.plus(Duration::from_secs(9));
    assert_eq!(tell(&bench, &id, &late, REGIONAL).await, None);
    let page = browser.get(&path).await;
    assert_eq!(page.attribute("data-status").as_deref(), Some("completed"));
    let journal = bench.control("/journal?kind=accepted").await;
    assert_eq!(journal[0]["summary"]["status"], "in-work");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_not_the_systems_word_about_this_application_is_refused() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, id) = bench.sent(&browser).await;
    let good = status(&bench, &path, &id, RequestStatus::InWork);
    for holder in ["officer-1", "system-gateway", "system-portal"] {
        let refused = tell(&bench, &id, &good, holder).await;
        assert_eq!(refused, Some(L::SenderCertificateMismatch), "{holder}");
    }
    let unknown = new_id();
    let mut of_another = good.clone();
    of_another.message_id = unknown.clone();
    let mut elsewhere = good.clone();
    elsewhere.application_id = "another".to_owned();
    for (correlation, document) in [
        (&unknown, &of_another),
        (&id, &of_another),
        (&id, &elsewhere),
    ] {
        let refused = tell(&bench, correlation, document, REGIONAL).await;
        assert_eq!(refused, Some(L::CorrelationUnknown));
    }
    let page = browser.get(&path).await;
    assert_eq!(page.attribute("data-status").as_deref(), Some("received"));
    assert_eq!(tell(&bench, &id, &good, REGIONAL).await, None);
}
