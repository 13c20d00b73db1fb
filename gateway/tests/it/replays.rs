//! Visits to a mailbox whose signed bytes somebody else has got hold of.

use std::time::Duration;

use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::signed_digest;
use qaqpa_model::{Actor, Moment, RefusalLabel as L, SenderId};
use qaqpa_store::{Store, StoreConfig, Visit};
use qaqpa_transport::{ClientLimits, ClientTls, Clock, HttpClient, paths};
use qaqpa_wire::asynchronous::{ReceiveStatus, Request, ResendMessage};
use qaqpa_xml::Document;

use crate::messages::{noon, seal};
use crate::stand::Stand;
use crate::visits::{get_messages, notification};

const HOUR: Duration = Duration::from_secs(3600);

fn integrator() -> SenderId {
    SenderId::parse("integrator-1").unwrap()
}

fn digest_of(stand: &Stand, bytes: &[u8]) -> [u8; 32] {
    let document = Document::parse(bytes, &xml_limits(&stand.limits)).unwrap();
    signed_digest(&document, &stand.limits).unwrap()
}

/// The signed bytes of a visit of integrator-1.
fn signed(stand: &Stand, request: &Request) -> Vec<u8> {
    let signatory = stand.authority.signatory("system-integrator-1");
    seal(&request.write(), signatory)
}

/// As if these bytes had come so long ago, from nobody knows where.
async fn came(stand: Stand, bytes: &[u8], ago: Duration) -> Stand {
    came_from(stand, "", bytes, ago).await
}

/// As if these bytes had come so long ago from this address.
async fn came_from(stand: Stand, from: &str, bytes: &[u8], ago: Duration) -> Stand {
    let visit = Visit {
        sender: integrator(),
        signed: digest_of(&stand, bytes),
        answer: from.as_bytes().to_vec(),
        at: Clock::real().now().minus(ago),
        keep_until: Clock::real().now().plus(HOUR),
    };
    stand
        .kill_and_restart_after(async |dir| {
            let config = StoreConfig::in_folder(dir.join("gateway"));
            let store = Store::open(&config, Actor::Gateway).await.unwrap();
            assert_eq!(store.exchange().remember(visit).await, Ok(true));
            store.close().await;
        })
        .await
}

#[tokio::test]
async fn the_bytes_of_a_visit_read_the_mailbox_once_and_an_http_client_may_try_again() {
    let mut stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    stand.bring_result(&application, &id).await;
    let mut undated = get_messages();
    undated.request_date = None;
    for request in [get_messages(), undated] {
        let request = Request::GetMessages(request);
        let bytes = signed(&stand, &request);
        for _ in 0..2 {
            let reply = stand.post_async(bytes.clone()).await;
            assert_eq!(reply.messages().len(), 1);
        }
        let bytes = signed(&stand, &request);
        stand = came(stand, &bytes, Duration::from_secs(50)).await;
        let reply = stand.post_async(bytes).await;
        assert_eq!(reply.messages().len(), 1);
        let bytes = signed(&stand, &request);
        stand = came(stand, &bytes, Duration::from_secs(61)).await;
        let reply = stand.post_async(bytes).await;
        assert_eq!(reply.label(), Some(L::Replayed));
        let text = reply.http.text();
        assert!(
            text.contains("sign a new one, with a requestDate of now"),
            "{text}"
        );
    }
    // The system itself asks anew, and gets what waits.
    assert_eq!(stand.fetch().await.len(), 1);
}

/// A visit that names no moment and signs the same bytes each time.
fn undated(stand: &Stand) -> Vec<u8> {
    let mut request = get_messages();
    request.request_date = None;
    signed(stand, &Request::GetMessages(request))
}

#[tokio::test]
async fn a_system_that_names_no_moment_may_ask_with_the_same_bytes_from_where_it_is_and_nobody_else()
 {
    let mut stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    stand.bring_result(&application, &id).await;
    let bytes = undated(&stand);
    assert_eq!(stand.post_async(bytes.clone()).await.messages().len(), 1);
    let digest = digest_of(&stand, &bytes);
    stand = stand
        .kill_and_restart_after(async |dir| {
            let config = StoreConfig::in_folder(dir.join("gateway"));
            let store = Store::open(&config, Actor::Gateway).await.unwrap();
            let first = store.exchange().visited(&integrator(), &digest).await;
            assert_eq!(first.unwrap().unwrap().answer, b"127.0.0.1");
            store.close().await;
        })
        .await;
    for ago in [61, 90 * 24 * 3600] {
        let bytes = undated(&stand);
        stand = came_from(stand, "127.0.0.1", &bytes, Duration::from_secs(ago)).await;
        assert_eq!(stand.post_async(bytes).await.messages().len(), 1);
    }
    let bytes = undated(&stand);
    stand = came_from(stand, "127.0.0.2", &bytes, Duration::from_secs(61)).await;
    let reply = stand.post_async(bytes).await;
    assert_eq!(reply.label(), Some(L::Replayed));
    let text = reply.http.text();
    assert!(text.contains("came from another address"), "{text}");
    // Who names a moment names another at each visit, wherever it is.
    let bytes = signed(&stand, &Request::GetMessages(get_messages()));
    stand = came_from(stand, "127.0.0.1", &bytes, Duration::from_secs(61)).await;
    let reply = stand.post_async(bytes).await;
    assert_eq!(reply.label(), Some(L::Replayed));
}

#[tokio::test]
async fn a_system_that_names_no_moment_and_shows_its_tls_certificate_may_ask_from_anywhere() {
    let stand = Stand::start().await;
    let bytes = undated(&stand);
    let stand = came_from(stand, "127.0.0.2", &bytes, Duration::from_secs(61)).await;
    let shown = stand.authority.signatory("citizen-2");
    let pem = shown.certificate.to_pem();
    let agreed = format!("[[system]]\nsender = \"integrator-1\"\ntls = '''\n{pem}'''\n");
    stand.register(&agreed).await.unwrap();
    let trusted = std::fs::read(paths::trust_tls(stand.dir.path())).unwrap();
    let key = shown.key.to_pkcs8_der();
    let tls = ClientTls::showing(&trusted, shown.certificate.der(), &key).unwrap();
    let client = HttpClient::new(&tls, ClientLimits::default());
    let reply = stand.post_async_by(&client, bytes).await;
    assert_eq!(reply.messages(), []);
}

#[tokio::test]
async fn a_word_that_is_played_again_has_the_answer_of_then_and_changes_nothing() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    let (yes, again) = (ReceiveStatus::Accepted, ResendMessage::Resend);
    let resend = notification(&result_id, yes, again);
    let bytes = signed(&stand, &Request::SendDeliveryNotification(resend));
    let first = stand.post_async(bytes.clone()).await;
    let enough = ResendMessage::NotResend;
    stand.say(&result_id, yes, enough).await;
    assert_eq!(stand.fetch().await, []);

    let second = stand.post_async(bytes).await;
    assert_eq!(second.http.body, first.http.body);
    assert_eq!(stand.fetch().await, []);
    let heard = stand.control("/journal?kind=delivery-notification").await;
    assert_eq!(heard.as_array().unwrap().len(), 2);
    let repeated = stand.control("/journal?kind=repeated").await;
    assert_eq!(repeated.as_array().unwrap().len(), 1);
}

/// The same bytes twice at the same moment: the client tried again while the first were on their way.
#[tokio::test]
async fn a_word_that_comes_twice_at_once_is_heard_once_and_both_get_the_same_answer() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    let resend = notification(&result_id, ReceiveStatus::Accepted, ResendMessage::Resend);
    let bytes = signed(&stand, &Request::SendDeliveryNotification(resend));
    let posts = (0..4).map(|_| stand.post_async(bytes.clone()));
    let answers = futures::future::join_all(posts).await;
    for answer in &answers {
        assert_eq!(answer.http.body, answers[0].http.body);
    }
    let told = async |kind: &str| {
        let entries = stand.control(&format!("/journal?kind={kind}")).await;
        entries.as_array().unwrap().len()
    };
    assert_eq!(told("asked-again").await, 1);
    assert_eq!(told("delivery-notification").await, 1);
    assert_eq!(told("repeated").await, 3);
}

#[tokio::test]
async fn a_visit_is_of_today_by_the_simulators_clock_or_by_the_clients() {
    let stand = Stand::start().await;
    // The simulator is far from the real time in which clients live.
    let real = Clock::real().now();
    let far = |moment: &Moment| moment.unix_ms().abs_diff(real.unix_ms()) > 50 * 24 * 3_600_000;
    let here = [noon(), noon().plus(120 * 24 * HOUR)];
    let here = here.into_iter().find(far).unwrap();
    stand.clock.set(here).unwrap();
    let ask = async |date| {
        let mut request = get_messages();
        request.request_date = Some(date);
        stand.ask(Request::GetMessages(request)).await
    };
    for date in [here.plus(23 * HOUR), here.minus(23 * HOUR), real] {
        assert_eq!(ask(date).await.messages(), [], "{date}");
    }
    for date in [
        here.plus(25 * HOUR),
        here.minus(25 * HOUR),
        real.minus(25 * HOUR),
    ] {
        let reply = ask(date).await;
        assert_eq!(reply.label(), Some(L::Replayed), "{date}");
        assert!(reply.http.text().contains("more than 24 hours from now"));
    }
}

#[tokio::test]
async fn an_empty_mailbox_is_told_of_once_a_minute_and_without_the_request() {
    let stand = Stand::start().await;
    for _ in 0..3 {
        assert_eq!(stand.fetch().await, []);
    }
    let told = stand.control("/journal?kind=fetched").await;
    let told = told.as_array().unwrap();
    // A minute may have begun in between.
    assert!(told.len() <= 2, "{told:?}");
    assert!(told.iter().all(|entry| entry["raw"].is_null()), "{told:?}");
}
