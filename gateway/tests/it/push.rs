//! What the gateway hands over at a system's own endpoint.

use qaqpa_gateway::Config;
use qaqpa_model::{Actor, Limits, MessageId};
use qaqpa_wire::asynchronous::{MessageState, MessageType, ReceiveStatus, ResendMessage};
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::CertStatus;

use crate::endpoint::{Endpoint, Manner};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

/// Registers the endpoint of integrator-1, with more lines of what is agreed.
async fn register(stand: &Stand, endpoint: &Endpoint, more: &str) {
    let system = format!(
        "[[system]]\nsender = \"integrator-1\"\npush = \"{}\"\n{more}\n",
        endpoint.address
    );
    stand.register(&system).await.unwrap();
}

/// The newest entry of the outbox that is about this message, once it is in that state.
async fn reached(stand: &Stand, message: &MessageId, state: &str) -> serde_json::Value {
    eventually(state, async || {
        let outbox = stand.control("/outbox").await;
        let entries = outbox.as_array().unwrap().iter();
        let mut of_it = entries.filter(|entry| entry["message"] == message.as_str());
        of_it
            .next()
            .filter(|entry| entry["state"] == state)
            .cloned()
    })
    .await
}

#[tokio::test]
async fn a_system_with_an_endpoint_is_told_where_its_message_is_and_given_the_result() {
    let stand = Stand::start().await;
    let _regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Signed).await;
    register(&stand, &endpoint, "").await;

    let (application, id) = stand.leave().await;
    let notice = eventually("the notice", async || endpoint.notices().pop()).await;
    assert_eq!(notice.message_id, id);
    assert_eq!(notice.message_state, MessageState::Delivered);

    let (result_id, document) = stand.bring_result(&application, &id).await;
    let pushed = eventually("the result", async || endpoint.messages().pop()).await;
    let info = &pushed.message.info;
    assert_eq!(info.message_id.as_ref(), Some(&result_id));
    assert_eq!(info.correlation_id, Some(id));
    assert_eq!(info.message_type, MessageType::Response);
    assert_eq!(pushed.message.data.bytes, document);
    reached(&stand, &result_id, "done").await;
    assert_eq!(stand.fetch().await, []);
    assert_eq!(
        (endpoint.messages().len(), endpoint.notices().len()),
        (1, 1)
    );

    // Whoever lost it gets it once more.
    let (yes, again) = (ReceiveStatus::Accepted, ResendMessage::Resend);
    stand.say(&result_id, yes, again).await;
    eventually("the repeat", async || endpoint.messages().get(1).cloned()).await;
    reached(&stand, &result_id, "done").await;
}

#[tokio::test]
async fn an_answer_counts_only_if_the_system_signed_it_and_it_is_about_the_message() {
    let stand = Stand::start().await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Unsigned).await;
    register(&stand, &endpoint, "notify = false").await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    for (manner, why) in [
        (Manner::Unsigned, "cannot be believed"),
        (
            Manner::SignedByAnother,
            "another certificate than the expected one",
        ),
        (Manner::AnotherMessage, "it is about another message"),
        (Manner::Down, "HTTP 503"),
    ] {
        endpoint.set(manner);
        eventually(why, async || {
            let entry = reached(&stand, &result_id, "pending").await;
            let told = entry["why"].as_str().unwrap_or_default().to_owned();
            told.contains(why).then_some(())
        })
        .await;
        let status = stand.status(&result_id).await;
        assert_eq!(status.message_state, MessageState::NotDelivered, "{why}");
    }
    // While it is tried, it can be fetched.
    assert_eq!(stand.fetch().await.len(), 1);
    endpoint.set(Manner::Signed);
    reached(&stand, &result_id, "done").await;
    assert_eq!(endpoint.notices(), []);
}

#[tokio::test]
async fn an_answer_that_departs_from_the_schema_counts_unless_strict_is_agreed() {
    let stand = Stand::start().await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Departing).await;
    register(&stand, &endpoint, "notify = false").await;
    let (application, id) = stand.leave().await;
    let (read, _) = stand.bring_result(&application, &id).await;
    reached(&stand, &read, "done").await;

    register(&stand, &endpoint, "notify = false\nstrict = true").await;
    let (application, id) = stand.leave().await;
    let (held, _) = stand.bring_result(&application, &id).await;
    let why = eventually("the departures", async || {
        let entry = reached(&stand, &held, "pending").await;
        entry["why"].as_str().map(str::to_owned)
    })
    .await;
    let named = "it departs from the schema: Content-Type is \"application/xml\": send text/xml; charset=utf-8; \
                 <sessionId> is not a guid of the form {8-4-4-4-12} with braces";
    assert!(why.contains(named), "{why}");
    endpoint.set(Manner::Signed);
    reached(&stand, &held, "done").await;
}

#[tokio::test]
async fn an_answer_counts_only_while_the_certificate_behind_it_is_in_force() {
    let stand = Stand::start().await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Signed).await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    // Whoever has stolen the key, and sits where the endpoint was, acknowledges nothing in its owner's name.
    let compromise = RevocationReason::KeyCompromise;
    stand.authority.revoke("system-integrator-1", compromise);
    stand.order_to_forget().await;
    register(&stand, &endpoint, "notify = false").await;
    let why = async |part: &str| {
        eventually(part, async || {
            let entry = reached(&stand, &result_id, "pending").await;
            let told = entry["why"].as_str().unwrap_or_default();
            told.contains(part).then_some(())
        })
        .await;
    };
    why("transport-certificate-refused: ").await;
    stand.authority.set_down(true);
    stand.order_to_forget().await;
    why("revocation-unknown: ").await;
    stand.authority.set_down(false);
    stand.authority.say("system-integrator-1", CertStatus::Good);
    stand.order_to_forget().await;
    reached(&stand, &result_id, "done").await;
}

#[tokio::test]
async fn an_endpoint_under_another_tls_authority_is_reached_where_that_is_agreed() {
    let stand = Stand::start().await;
    let (address, ca) = Endpoint::start_tls(&stand.authority).await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    let system =
        format!("[[system]]\nsender = \"integrator-1\"\nnotify = false\npush = \"{address}\"\n");
    stand.register(&system).await.unwrap();
    let entry = eventually("a failed attempt", async || {
        let entry = reached(&stand, &result_id, "pending").await;
        entry["why"].is_string().then_some(entry)
    })
    .await;
    let why = entry["why"].as_str().unwrap();
    assert!(why.contains("invalid peer certificate"), "{why}");
    let view = stand
        .register(&format!("{system}push_trust = '''\n{ca}'''\n"))
        .await
        .unwrap();
    assert_eq!(view["systems"][0]["push_trust"], true);
    reached(&stand, &result_id, "done").await;
    let none = stand
        .register(&format!("{system}push_trust = \"no-such.pem\"\n"))
        .await;
    let none = none.unwrap_err();
    assert!(none.contains("line 6: push_trust: "), "{none}");
}

#[tokio::test]
async fn answers_without_a_signature_are_believed_where_that_is_agreed_and_wrong_ones_never() {
    let stand = Stand::start().await;
    let endpoint = Endpoint::start(&stand.authority, Manner::SignedByAnother).await;
    register(&stand, &endpoint, "answers = \"unsigned\"\nnotify = false").await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    eventually("the refusal", async || {
        let entry = reached(&stand, &result_id, "pending").await;
        entry["why"].as_str().map(str::to_owned)
    })
    .await;
    endpoint.set(Manner::Unsigned);
    reached(&stand, &result_id, "done").await;
}

#[tokio::test]
async fn what_waits_is_delivered_once_the_system_has_an_endpoint_and_waits_again_without_one() {
    let stand = Stand::start().await;
    let (application, id) = stand.leave().await;
    let (result_id, _) = stand.bring_result(&application, &id).await;
    reached(&stand, &result_id, "held").await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Down).await;
    register(&stand, &endpoint, "").await;
    reached(&stand, &result_id, "pending").await;
    stand.register("").await.unwrap();
    let entry = reached(&stand, &result_id, "held").await;
    let why = entry["why"].as_str().unwrap();
    assert_eq!(why, "integrator-1 has no endpoint: it waits to be fetched");
    assert_eq!(stand.fetch().await.len(), 1);
    endpoint.set(Manner::Signed);
    register(&stand, &endpoint, "").await;
    reached(&stand, &result_id, "done").await;
    assert_eq!(endpoint.messages().len(), 1);
}

#[tokio::test]
async fn a_message_that_never_arrives_is_told_of_and_asked_about() {
    let config = Config {
        delivery_attempts_max: Some(2),
        ..Config::default()
    };
    let stand = Stand::start_with(config, Limits::default()).await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Signed).await;
    register(&stand, &endpoint, "").await;
    let (_, id) = stand.leave().await;
    let notice = eventually("the notice", async || endpoint.notices().pop()).await;
    assert_eq!(notice.message_id, id);
    assert_eq!(notice.message_state, MessageState::DeliveryStopped);
    let status = stand.status(&id).await;
    assert_eq!(status.message_state, MessageState::DeliveryStopped);
    assert!(
        status.status.message.contains("given up after 2 attempts"),
        "{}",
        status.status.message
    );
}

#[tokio::test]
async fn what_stopped_is_resent_by_an_operator_and_the_system_is_told_last_what_is_true() {
    let config = Config {
        delivery_attempts_max: Some(2),
        ..Config::default()
    };
    let stand = Stand::start_with(config, Limits::default()).await;
    let endpoint = Endpoint::start(&stand.authority, Manner::Down).await;
    register(&stand, &endpoint, "").await;
    let (_, id) = stand.leave().await;
    // The message stops, and so does the notification that says so.
    let stopped = eventually("both stopped", async || {
        let stopped = stand.control("/outbox?state=stopped").await;
        let stopped = stopped.as_array().unwrap().clone();
        (stopped.len() == 2).then_some(stopped)
    })
    .await;
    let (notice, message) = (&stopped[0], &stopped[1]);
    assert_eq!(notice["destination"], "status/integrator-1");
    assert_eq!(notice["correlation"], id.as_str());
    assert_eq!(message["message"], id.as_str());
    assert_eq!(message["destination"], "regional-gateway");

    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    endpoint.set(Manner::Signed);
    let resent = stand
        .order(&format!("/outbox/{}/resend", message["id"]))
        .await;
    let entry = &resent["resent"][0];
    assert_eq!(
        (&entry["state"], &entry["why"]),
        (&"pending".into(), &serde_json::Value::Null)
    );
    let told = eventually("the notice", async || endpoint.notices().pop()).await;
    assert_eq!(
        (&told.message_id, told.message_state),
        (&id, MessageState::Delivered)
    );
    let status = stand.status(&id).await;
    assert_eq!(status.message_state, MessageState::Delivered);
    assert_eq!(regional.accepted().len(), 1);

    // The old word would be wrong now: it is not said, however often somebody asks for it.
    let resent = stand.order("/outbox/resend").await;
    assert_eq!(resent["resent"][0]["id"], notice["id"]);
    let why = eventually("the end of the old notice", async || {
        let stopped = stand.control("/outbox?state=stopped").await;
        stopped[0]["why"].as_str().map(str::to_owned)
    })
    .await;
    assert_eq!(
        why,
        format!("integrator-1 was told something newer about {id}")
    );
    assert_eq!(endpoint.notices().len(), 1);
}
