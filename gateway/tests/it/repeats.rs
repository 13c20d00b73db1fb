//! Repeats, as the contract says: the stored answer, `message-id-reused`, `replayed`.

use std::time::Duration;

use qaqpa_model::{Actor, Limits, RefusalLabel as L};
use qaqpa_wire::BusinessData;
use qaqpa_x509::RevocationReason;

use crate::messages::{application, message, new_id, noon, seal, sign, valid};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

#[tokio::test]
async fn the_same_bytes_get_the_same_answer_and_are_delivered_once() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let (_, envelope) = valid(&stand.authority);
    let first = stand.post(envelope.clone()).await;
    first.acknowledgement();
    eventually("the letter", async || regional.accepted().pop()).await;
    // What was accepted stays accepted, whatever became of the certificate.
    stand
        .authority
        .revoke("citizen-1", RevocationReason::KeyCompromise);
    for _ in 0..3 {
        let again = stand.post(envelope.clone()).await;
        assert_eq!(again.http.body, first.http.body);
    }
    assert_eq!(
        stand
            .control("/journal?kind=accepted")
            .await
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        stand
            .control("/journal?kind=repeated")
            .await
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(stand.control("/outbox").await.as_array().unwrap().len(), 1);
    assert_eq!(regional.came(), 1);
}

#[tokio::test]
async fn the_same_message_signed_again_is_the_same_message() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let again = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    assert_ne!(again, envelope);
    let first = stand.post(envelope).await;
    let second = stand.post(again).await;
    assert_eq!(first.http.body, second.http.body);
    assert_eq!(stand.control("/outbox").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn the_same_message_sent_at_once_many_times_is_accepted_once() {
    let stand = Stand::start().await;
    let (_, envelope) = valid(&stand.authority);
    let replies = tokio::join!(
        stand.post(envelope.clone()),
        stand.post(envelope.clone()),
        stand.post(envelope.clone()),
        stand.post(envelope.clone()),
    );
    let bodies = [&replies.0, &replies.1, &replies.2, &replies.3];
    for reply in bodies {
        reply.acknowledgement();
        assert_eq!(reply.http.body, replies.0.http.body);
    }
    assert_eq!(stand.control("/outbox").await.as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_id_that_was_used_with_another_body_is_refused() {
    let stand = Stand::start().await;
    let (mut message, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    let other = sign(
        &application().to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    message.data = BusinessData::new(other);
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    assert_eq!(stand.post(envelope).await.label(), Some(L::MessageIdReused));
}

#[tokio::test]
async fn an_id_that_another_sender_used_is_refused() {
    let stand = Stand::start().await;
    let (first, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    let other = sign(
        &application().to_xml(),
        stand.authority.signatory("citizen-1"),
    );
    let mut second = message("portal", other);
    second.message_id = first.message_id;
    let envelope = seal(&second.write(), stand.authority.signatory("system-portal"));
    let reply = stand.post_as(Actor::Portal, envelope).await;
    assert_eq!(reply.label(), Some(L::MessageIdReused));
}

#[tokio::test]
async fn a_signed_document_under_another_id_is_replayed() {
    let stand = Stand::start().await;
    let (mut message, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    message.message_id = new_id();
    let envelope = seal(
        &message.write(),
        stand.authority.signatory("system-integrator-1"),
    );
    assert_eq!(stand.post(envelope).await.label(), Some(L::Replayed));
}

/// The window is one of days of the simulated clock: past it nobody remembers the document.
#[tokio::test]
async fn a_signed_document_under_another_id_is_replayed_within_the_window_and_is_new_past_it() {
    let config = toml::from_str("replay-days = 2").unwrap();
    let stand = Stand::start_with(config, Limits::default()).await;
    let (mut message, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    let mut again = async |hours: u64| {
        let at = noon().plus(Duration::from_secs(3600 * hours));
        stand.clock.set(at).unwrap();
        message.message_id = new_id();
        let signatory = stand.authority.signatory("system-integrator-1");
        stand.post(seal(&message.write(), signatory)).await
    };
    assert_eq!(again(47).await.label(), Some(L::Replayed));
    again(49).await.acknowledgement();
    // From then on it is remembered anew.
    assert_eq!(again(96).await.label(), Some(L::Replayed));
    let outbox = stand.control("/outbox").await;
    assert_eq!(outbox.as_array().unwrap().len(), 2);
}
