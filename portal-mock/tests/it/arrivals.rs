//! Results at the portal's channel: what enters the cabinet, and what does not.

use http::StatusCode;
use qaqpa_channel::client::SendError;
use qaqpa_model::{Iin, RefusalLabel as L};
use qaqpa_regulations::Meaning;
use qaqpa_transport::{ClientLimits, HttpClient, TlsAuthority};

use crate::authority::{CITIZEN, NEIGHBOUR};
use crate::bench::Bench;
use crate::browser::between;
use crate::gateway::new_id;

pub(crate) fn label(sent: Result<qaqpa_channel::Sent, SendError>) -> Option<L> {
    sent.err().and_then(|error| error.label())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_granted_result_enters_the_cabinet_and_completes_the_application() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&browser).await;
    let signed = bench.signed(&bench.result(&path, &message_id, true), "officer-1");
    let (own_id, now) = (new_id(), bench.clock.now());
    for _ in 0..2 {
        // The second time it is recognized, and acknowledged again.
        bench
            .gateway
            .sends_as(
                bench.channel(),
                &own_id,
                Some(&message_id),
                signed.clone(),
                now,
            )
            .await
            .unwrap();
    }
    let status = browser.get(&path).await;
    assert_eq!(
        status.attribute("data-status").as_deref(),
        Some("completed")
    );
    let last = status.steps().last().cloned().unwrap();
    assert_eq!(
        last,
        (bench.element(Meaning::DeliverResult), "done".to_owned())
    );

    let cabinet = browser.get("/cabinet").await;
    let link = between(&cabinet.text, "href=\"/cabinet/documents/", "\"").unwrap();
    assert_eq!(
        cabinet.text.matches("href=\"/cabinet/documents/").count(),
        1
    );
    let page = browser.get(&format!("/cabinet/documents/{link}")).await;
    assert_eq!(page.status, StatusCode::OK);
    assert_eq!(page.attribute("data-outcome").as_deref(), Some("granted"));
    assert_eq!(
        page.attribute("data-verdict").as_deref(),
        Some("TOTAL-PASSED")
    );
    assert!(page.text.contains("Certificate &#60;of&#62; guardianship"));
    assert!(
        page.text.contains("The child&#39;s surname"),
        "{}",
        page.text
    );
    let download = browser
        .get(&format!("/cabinet/documents/{link}/document.xml"))
        .await;
    assert_eq!(download.bytes, signed);
    let again = browser
        .post(&format!("/cabinet/documents/{link}/verify"), &[])
        .await;
    assert_eq!(again.status, StatusCode::OK);
    assert!(again.text.contains("Checked now"));

    let trace = bench.control(&format!("/trace/{message_id}")).await;
    let last = trace.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["element"], bench.element(Meaning::DeliverResult));
    assert_eq!(trace.as_array().unwrap().len(), 6);
    let unread = browser.get("/cabinet/notifications").await;
    assert!(unread.text.contains("The result has arrived"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reasoned_refusal_enters_the_cabinet_and_is_not_recorded_as_a_step_of_the_portal() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&browser).await;
    let signed = bench.signed(&bench.result(&path, &message_id, false), "officer-1");
    let now = bench.clock.now();
    bench
        .gateway
        .sends(bench.channel(), Some(&message_id), signed, now)
        .await
        .unwrap();
    let status = browser.get(&path).await;
    assert_eq!(status.attribute("data-status").as_deref(), Some("refused"));
    assert_eq!(
        status.attribute("data-delivery").as_deref(),
        Some("accepted")
    );
    assert_eq!(
        status.refusal(),
        bench.refused(
            Meaning::RefuseDocuments,
            Meaning::CheckDocuments,
            L::DocumentsRefused
        )
    );
    let cabinet = browser.get("/cabinet").await;
    let link = between(&cabinet.text, "href=\"/cabinet/documents/", "\"").unwrap();
    let page = browser.get(&format!("/cabinet/documents/{link}")).await;
    assert!(page.text.contains("the decision is out of date"));
    assert_eq!(page.attribute("data-outcome").as_deref(), Some("refused"));
    let trace = bench.control(&format!("/trace/{message_id}")).await;
    assert_eq!(trace.as_array().unwrap().len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_proven_and_belongs_here_is_accepted() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&browser).await;
    let good = bench.result(&path, &message_id, true);
    let now = bench.clock.now();
    let unknown = new_id();
    let send = async |correlation, document| {
        label(
            bench
                .gateway
                .sends(bench.channel(), correlation, document, now)
                .await,
        )
    };

    let changed = String::from_utf8(bench.signed(&good, "officer-1"))
        .unwrap()
        .replace("ТЕСТОВА", "БӨТЕН");
    assert_eq!(
        send(Some(&message_id), changed.into_bytes()).await,
        Some(L::ContentChanged)
    );
    assert_eq!(
        send(Some(&message_id), good.to_xml()).await,
        Some(L::SignatureMissing)
    );
    assert_eq!(
        send(Some(&message_id), bench.signed(&good, "expired")).await,
        Some(L::CertificateExpired)
    );
    assert_eq!(
        send(Some(&message_id), bench.signed(&good, "citizen-2")).await,
        Some(L::IinMismatch)
    );
    assert_eq!(
        send(None, bench.signed(&good, "officer-1")).await,
        Some(L::CorrelationUnknown)
    );
    assert_eq!(
        send(Some(&unknown), bench.signed(&good, "officer-1")).await,
        Some(L::CorrelationUnknown)
    );
    let mut somebody_elses = good.clone();
    somebody_elses.applicant.iin = Iin::parse(NEIGHBOUR).unwrap();
    assert_eq!(
        send(
            Some(&message_id),
            bench.signed(&somebody_elses, "officer-1")
        )
        .await,
        Some(L::CorrelationUnknown)
    );
    assert_eq!(
        send(Some(&message_id), bench.sign(b"<other/>", "officer-1")).await,
        Some(L::ApplicationMalformed)
    );
    assert_eq!(
        send(Some(&message_id), b"<!DOCTYPE a><a/>".to_vec()).await,
        Some(L::DtdRefused)
    );
    let status = browser.get(&path).await;
    assert_eq!(status.attribute("data-status").as_deref(), Some("received"));
    let refused = bench.control("/journal?kind=refused").await;
    assert_eq!(refused.as_array().unwrap().len(), 9);

    // After all that the right one still comes in, once.
    let signed = bench.signed(&good, "officer-1");
    assert_eq!(send(Some(&message_id), signed).await, None);
    let mut second = good.clone();
    second.result_id = "TEST-2".to_owned();
    assert_eq!(
        send(Some(&message_id), bench.signed(&second, "officer-1")).await,
        Some(L::CorrelationUnknown)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_channels_door_opens_for_the_gateway_only() {
    let bench = Bench::up().await;
    let tls = TlsAuthority::open_or_create(bench.dir.path()).unwrap();
    for actor in [None, Some(qaqpa_model::Actor::RegionalGateway)] {
        let client = HttpClient::new(&tls.client(actor).unwrap(), ClientLimits::default());
        let answer = client.post(bench.channel(), "text/xml", "<a/>").await;
        assert!(answer.is_err(), "{actor:?}: {answer:?}");
    }
    let gateway = Some(qaqpa_model::Actor::Gateway);
    let client = HttpClient::new(&tls.client(gateway).unwrap(), ClientLimits::default());
    let answer = client
        .post(bench.channel(), "text/xml", "<a")
        .await
        .unwrap();
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.header("x-qaqpa-label"), Some("xml-malformed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_still_shown_when_the_authority_is_silent_and_the_new_check_says_so() {
    let bench = Bench::up().await;
    let browser = bench.logged_in(CITIZEN).await;
    let (path, message_id) = bench.sent(&browser).await;
    let signed = bench.signed(&bench.result(&path, &message_id, true), "officer-1");
    let now = bench.clock.now();
    bench
        .gateway
        .sends(bench.channel(), Some(&message_id), signed, now)
        .await
        .unwrap();
    bench.authority.falls_silent().await;
    let cabinet = browser.get("/cabinet").await;
    let link = between(&cabinet.text, "href=\"/cabinet/documents/", "\"").unwrap();
    let page = browser.get(&format!("/cabinet/documents/{link}")).await;
    assert_eq!(
        page.attribute("data-verdict").as_deref(),
        Some("TOTAL-PASSED")
    );
    let again = browser
        .post(&format!("/cabinet/documents/{link}/verify"), &[])
        .await;
    assert!(again.text.contains("revocation-unknown"), "{}", again.text);
}
