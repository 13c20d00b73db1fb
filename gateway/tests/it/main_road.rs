//! From a signed application to the regional gateway, and from a signed result to the portal.

use qaqpa_model::Actor;
use qaqpa_wire::StatusCode;
use qaqpa_wire::request::{JUDGED_AT, SENDER, VERDICT};

use crate::messages::{application, message, result_of, seal, sign, valid};
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

#[tokio::test]
async fn a_signed_application_is_acknowledged_and_reaches_the_regional_gateway() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let (message, envelope) = valid(&stand.authority);

    let reply = stand.post(envelope).await;
    assert_eq!(reply.http.status, 200);
    stand.assert_signed_by_the_gateway(&reply);
    let acknowledgement = reply.acknowledgement();
    assert_eq!(acknowledgement.status, StatusCode::Success);
    assert_eq!(
        acknowledgement.correlation_id.as_ref(),
        Some(&message.message_id)
    );
    let session = acknowledgement.session_id.unwrap();
    assert!(session.starts_with('{') && session.len() == 38, "{session}");

    let arrived = eventually("the letter", async || regional.accepted().pop()).await;
    assert_eq!(arrived.message_id, message.message_id);
    assert_eq!(arrived.data.bytes, message.data.bytes);
    assert_eq!(arrived.correlation_id, None);
    assert_eq!(arrived.sender.as_ref().unwrap().id.as_str(), "gateway");
    assert_eq!(arrived.property(VERDICT), Some("TOTAL-PASSED"));
    assert_eq!(arrived.property(SENDER), Some("integrator-1"));
    assert!(
        arrived
            .property(JUDGED_AT)
            .unwrap()
            .starts_with("2026-11-22T12:0")
    );

    let outbox = eventually("the conclusion", async || {
        let outbox = stand.control("/outbox").await;
        (outbox[0]["state"] == "done").then_some(outbox)
    })
    .await;
    assert_eq!(outbox[0]["destination"], "regional-gateway");
    assert_eq!(outbox[0]["attempts"], 1);
    let trace = stand
        .control(&format!(
            "/trace/{}",
            urlencoded(message.message_id.as_str())
        ))
        .await;
    let taken: Vec<_> = trace
        .as_array()
        .unwrap()
        .iter()
        .map(|step| format!("{} {}", step["element"], step["outcome"]))
        .collect();
    assert_eq!(taken, [r#""condition-2" "yes""#, r#""process-5" "done""#]);
    let journal = stand
        .control(&format!(
            "/journal?message={}&kind=accepted",
            urlencoded(message.message_id.as_str())
        ))
        .await;
    assert_eq!(journal[0]["summary"]["sender"], "integrator-1");
    assert_eq!(journal[0]["summary"]["submitter"], "93********25");
    let text = journal.to_string();
    assert!(
        !text.contains("931002451325") && !text.contains("password-of"),
        "{text}"
    );
}

fn urlencoded(text: &str) -> String {
    text.replace('{', "%7B").replace('}', "%7D")
}

#[tokio::test]
async fn the_portal_sends_with_its_tls_identity_and_the_result_comes_back_to_it() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let portal = Neighbour::start(stand.dir.path(), &stand.clock, Actor::Portal).await;
    let authority = &stand.authority;

    let application = application();
    let document = sign(&application.to_xml(), authority.signatory("citizen-1"));
    let first = message("portal", document);
    let envelope = seal(&first.write(), authority.signatory("system-portal"));
    let reply = stand.post_as(Actor::Portal, envelope).await;
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);
    eventually("the application", async || regional.accepted().pop()).await;

    let result = result_of(&application, &first.message_id);
    let document = sign(&result.to_xml(), authority.signatory("officer-1"));
    let mut second = message("regional-gateway", document.clone());
    second.correlation_id = Some(first.message_id.clone());
    let envelope = seal(
        &second.write(),
        authority.signatory("system-regional-gateway"),
    );
    let reply = stand.post_as(Actor::RegionalGateway, envelope).await;
    stand.assert_signed_by_the_gateway(&reply);
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);

    let arrived = eventually("the result", async || portal.accepted().pop()).await;
    assert_eq!(arrived.message_id, second.message_id);
    assert_eq!(arrived.correlation_id, Some(first.message_id));
    assert_eq!(arrived.data.bytes, document);
    assert_eq!(regional.accepted().len(), 1);
    let verified = stand.control("/journal/verify").await;
    assert_eq!(verified["broken"], serde_json::Value::Null);
}
