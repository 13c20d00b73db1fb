//! What a regional gateway tells of an application before its result: passed on in order to whoever sent the application.

use std::time::Duration;

use qaqpa_model::{Actor, MessageId, RefusalLabel as L, RequestStatus};
use qaqpa_wire::asynchronous::{MessageState, MessageType};
use qaqpa_wire::{Application, SendMessageRequest, StatusDocument};
use serde_json::json;

use crate::endpoint::{Endpoint, Manner};
use crate::expectations::Controls;
use crate::messages::{application, message, noon, seal, sign};
use crate::neighbour::Neighbour;
use crate::stand::{Reply, Stand, eventually};

const REGIONAL: &str = "system-regional-gateway";

fn status_of(
    application: &Application,
    message_id: &MessageId,
    status: RequestStatus,
) -> StatusDocument {
    StatusDocument {
        application_id: application.application_id.clone(),
        service: application.service.clone(),
        message_id: message_id.clone(),
        changed_at: noon(),
        status,
    }
}

/// The message that tells a status, signed by `signatory`.
fn telling(stand: &Stand, status: &StatusDocument, signatory: &str) -> SendMessageRequest {
    let document = sign(&status.to_xml(), stand.authority.signatory(signatory));
    let mut told = message("regional-gateway", document);
    told.correlation_id = Some(status.message_id.clone());
    told
}

async fn post(stand: &Stand, told: &SendMessageRequest) -> Reply {
    let envelope = seal(&told.write(), stand.authority.signatory(REGIONAL));
    stand.post_as(Actor::RegionalGateway, envelope).await
}

/// Tells a status as the regional gateway does: the message's id and the document.
async fn tell(
    stand: &Stand,
    application: &Application,
    id: &MessageId,
    status: RequestStatus,
) -> (MessageId, Vec<u8>) {
    let told = telling(stand, &status_of(application, id, status), REGIONAL);
    post(stand, &told).await.acknowledgement();
    (told.message_id, told.data.bytes)
}

/// Has an application of the portal accepted.
async fn of_the_portal(stand: &Stand) -> (Application, MessageId) {
    let application = application();
    let citizen = stand.authority.signatory("citizen-1");
    let sent = message("portal", sign(&application.to_xml(), citizen));
    let envelope = seal(&sent.write(), stand.authority.signatory("system-portal"));
    let reply = stand.post_as(Actor::Portal, envelope).await;
    reply.acknowledgement();
    (application, sent.message_id)
}

#[tokio::test]
async fn the_portal_is_told_in_order_though_it_was_away_and_its_result_comes_last() {
    let stand = Stand::start().await;
    let (application, id) = of_the_portal(&stand).await;
    let (received, document) = tell(&stand, &application, &id, RequestStatus::Received).await;
    let (in_work, _) = tell(&stand, &application, &id, RequestStatus::InWork).await;
    let (result, _) = stand.bring_result(&application, &id).await;
    // The first of them has failed, and waits for its next attempt; the others wait for it.
    let failed = eventually("a failed attempt", async || {
        let outbox = stand.control("/outbox").await;
        let entries = outbox.as_array().unwrap().clone();
        let first = entries
            .iter()
            .find(|one| one["message"] == received.as_str())?;
        first["why"].is_string().then_some(entries)
    })
    .await;
    let state = |id: &MessageId| {
        let entry = failed.iter().find(|one| one["message"] == id.as_str());
        entry.unwrap()["state"].clone()
    };
    assert_eq!(
        [&received, &in_work, &result].map(state),
        ["pending", "behind", "behind"]
    );

    let portal = Neighbour::start(stand.dir.path(), &stand.clock, Actor::Portal).await;
    let accepted = eventually("all three", async || {
        let accepted = portal.accepted();
        (accepted.len() == 3).then_some(accepted)
    })
    .await;
    let ids: Vec<_> = accepted.iter().map(|one| &one.message_id).collect();
    assert_eq!(ids, [&received, &in_work, &result]);
    let first = &accepted[0];
    assert_eq!(first.correlation_id, Some(id));
    assert_eq!(first.data.bytes, document);
    assert_eq!(first.property("sender"), Some("regional-gateway"));
    portal.stop().await;
}

#[tokio::test]
async fn a_system_fetches_statuses_as_notifications_before_the_result() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (received, document) = tell(&stand, &application, &id, RequestStatus::Received).await;
    let (in_work, _) = tell(&stand, &application, &id, RequestStatus::InWork).await;
    let (result, _) = stand.bring_result(&application, &id).await;
    let waiting = stand.fetch().await;
    let told: Vec<_> = waiting
        .iter()
        .map(|one| (one.info.message_id.as_ref().unwrap(), one.info.message_type))
        .collect();
    assert_eq!(
        told,
        [
            (&received, MessageType::Notification),
            (&in_work, MessageType::Notification),
            (&result, MessageType::Response),
        ]
    );
    assert_eq!(waiting[0].info.correlation_id, Some(id));
    assert_eq!(waiting[0].data.bytes, document);
    let status = stand.status(&received).await;
    assert_eq!(status.message_state, MessageState::OnDelivery);

    let controls = Controls::of(&stand);
    for (kind, number) in [("REQUEST", 1), ("NOTIFICATION", 2), ("RESPONSE", 1)] {
        let wish = json!({"when": {"type": kind}, "exactly": number});
        let standing = controls.standing(wish).await;
        assert_eq!(standing, (json!("met"), json!(number)), "{kind}");
    }
}

#[tokio::test]
async fn statuses_are_pushed_in_order_and_not_to_who_does_not_want_them() {
    let stand = Stand::start().await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Down).await;
    let push = format!(
        "[[system]]\nsender = \"integrator-1\"\npush = \"{}\"\n",
        endpoint.address
    );
    stand.register(&push).await.unwrap();
    let (application, id) = stand.leave().await;
    let (received, _) = tell(&stand, &application, &id, RequestStatus::Received).await;
    let (in_work, _) = tell(&stand, &application, &id, RequestStatus::InWork).await;
    let (result, _) = stand.bring_result(&application, &id).await;
    endpoint.set(Manner::Signed);
    let pushed = eventually("all three", async || {
        let pushed = endpoint.messages();
        (pushed.len() == 3).then_some(pushed)
    })
    .await;
    let ids = pushed.iter().map(|one| one.message.info.message_id.clone());
    let expected = [received, in_work, result].map(Some);
    assert_eq!(ids.collect::<Vec<_>>(), expected);

    stand
        .register(&format!("{push}notify = false\n"))
        .await
        .unwrap();
    let (application, id) = stand.leave().await;
    tell(&stand, &application, &id, RequestStatus::Received).await;
    let (result, _) = stand.bring_result(&application, &id).await;
    let pushed = eventually("the result", async || endpoint.messages().get(3).cloned()).await;
    assert_eq!(pushed.message.info.message_id, Some(result));
}

#[tokio::test]
async fn a_status_is_the_word_of_the_regional_gateway_that_has_the_application() {
    let stand = Stand::start().await;
    let (application, id) = of_the_portal(&stand).await;
    let good = status_of(&application, &id, RequestStatus::Received);
    for (signatory, label) in [
        ("officer-1", L::SenderCertificateMismatch),
        ("system-portal", L::SenderCertificateMismatch),
    ] {
        let told = telling(&stand, &good, signatory);
        let reply = post(&stand, &told).await;
        assert_eq!(reply.label(), Some(label), "{signatory}");
    }
    let with = |change: &dyn Fn(&mut StatusDocument)| {
        let mut other = good.clone();
        change(&mut other);
        telling(&stand, &other, REGIONAL)
    };
    let mut without = telling(&stand, &good, REGIONAL);
    without.correlation_id = None;
    let mut of_another = with(&|status| status.message_id = crate::messages::new_id());
    let never_came = of_another.clone();
    of_another.correlation_id = Some(id.clone());
    for (told, why) in [
        (without, "a status needs the correlationId"),
        (of_another, "the signed status is about"),
        (never_came, "no application"),
        (
            with(&|status| status.application_id = "another".to_owned()),
            "the applicationId of the status",
        ),
    ] {
        let reply = post(&stand, &told).await;
        assert_eq!(reply.label(), Some(L::CorrelationUnknown), "{why}");
        assert!(reply.http.text().contains(why), "{}", reply.http.text());
    }
    // Nobody else tells one, whoever has signed it.
    let mut by_the_portal = telling(&stand, &good, "system-portal");
    by_the_portal.sender = message("portal", Vec::new()).sender;
    let portal = stand.authority.signatory("system-portal");
    let envelope = seal(&by_the_portal.write(), portal);
    let reply = stand.post_as(Actor::Portal, envelope).await;
    assert_eq!(reply.label(), Some(L::SenderUnknown));

    let told = telling(&stand, &good, REGIONAL);
    post(&stand, &told).await.acknowledgement();
    // The same document under another id is a replay, and an application has more than one status, but one result.
    let again = SendMessageRequest {
        message_id: crate::messages::new_id(),
        ..told
    };
    assert_eq!(post(&stand, &again).await.label(), Some(L::Replayed));
    let later = StatusDocument {
        changed_at: noon().plus(Duration::from_secs(1)),
        ..good
    };
    let later = telling(&stand, &later, REGIONAL);
    post(&stand, &later).await.acknowledgement();
    stand.bring_result(&application, &id).await;
}
