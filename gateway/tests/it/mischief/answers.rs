//! Answers that are not what they should be: each names its mistake, and the message arrives once all the same.

use std::time::{Duration, Instant};

use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_model::Limits;
use qaqpa_transport::{HttpAnswer, HttpError};
use qaqpa_wire::asynchronous::MessageState;
use qaqpa_wire::{SendMessageResponse, StatusCode};
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_wsse;
use serde_json::json;

use super::{announced, raw};
use crate::messages::valid;
use crate::stand::{Reply, Stand};

/// Whether the gateway's key has signed the Body of this answer.
fn is_genuine(stand: &Stand, body: &[u8]) -> bool {
    let gateway = &stand.authority.signatory("system-gateway").certificate;
    let Ok(document) = Document::parse(body, &xml_limits(&stand.limits)) else {
        return false;
    };
    find_wsse(&document, &bounds(&stand.limits))
        .is_ok_and(|found| found.cover(gateway.spki_der()).is_ok())
}

fn read(body: &[u8]) -> Reply {
    let document = Document::parse(body, &xml_limits(&Limits::default())).unwrap();
    let http = HttpAnswer {
        status: http::StatusCode::OK,
        headers: http::HeaderMap::new(),
        body: body.to_vec().into(),
    };
    Reply { http, document }
}

#[tokio::test]
async fn corrupt_byte_leaves_a_well_formed_answer_that_nobody_can_have_signed() {
    let stand = Stand::start().await;
    for seed in 0..8 {
        let (_, envelope) = valid(&stand.authority);
        let rule = json!({"faults": ["corrupt-byte"], "at": "answer", "seed": seed});
        stand.mischief(rule).await.unwrap();
        let spoilt = stand.try_post(&envelope).await.unwrap();
        // Whoever verifies nothing reads it like any other.
        let document = Document::parse(&spoilt.body, &xml_limits(&stand.limits)).unwrap();
        assert!(find_wsse(&document, &bounds(&stand.limits)).is_ok());
        assert!(!is_genuine(&stand, &spoilt.body), "seed {seed}");
        stand.no_mischief().await;
        assert!(is_genuine(
            &stand,
            &stand.try_post(&envelope).await.unwrap().body
        ));
    }
    assert_eq!(stand.count("accepted").await, 8);
    assert_eq!(stand.count("repeated").await, 8);
}

#[tokio::test]
async fn wrong_correlation_is_signed_and_about_nobodys_message() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["wrong-correlation"], "at": "answer"}))
        .await
        .unwrap();
    let reply = stand.post(envelope.clone()).await;
    stand.assert_signed_by_the_gateway(&reply);
    let about = reply.acknowledgement().correlation_id.unwrap();
    assert_ne!(about, message.message_id);
    assert_eq!(about.as_str().len(), 38);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn wrong_namespace_is_signed_and_of_another_contract() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["wrong-namespace"], "at": "answer"}))
        .await
        .unwrap();
    let reply = stand.post(envelope.clone()).await;
    stand.assert_signed_by_the_gateway(&reply);
    assert!(
        reply
            .http
            .text()
            .contains("http://bip.bee.kz/SyncChannel/v9/Types")
    );
    assert!(SendMessageResponse::read(&reply.document).is_err());
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn status_lie_is_signed_and_untrue_until_the_rule_is_off() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["status-lie"]}))
        .await
        .unwrap();
    let reply = stand.post(envelope.clone()).await;
    stand.assert_signed_by_the_gateway(&reply);
    assert_eq!(reply.acknowledgement().status.as_str(), "SCSE003");
    // Nobody has it yet, and the gateway says otherwise.
    let state = stand.status(&message.message_id).await.message_state;
    assert_eq!(state, MessageState::Delivered);
    stand.no_mischief().await;
    let state = stand.status(&message.message_id).await.message_state;
    assert_ne!(state, MessageState::Delivered);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn unsigned_and_other_key_are_answers_that_are_nobodys() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand
        .mischief(json!({"faults": ["unsigned"], "at": "answer"}))
        .await
        .unwrap();
    let reply = stand.post(envelope.clone()).await;
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);
    assert!(
        !reply.http.text().contains("Signature"),
        "{}",
        reply.http.text()
    );
    stand.no_mischief().await;

    stand
        .mischief(json!({"faults": ["other-key"], "at": "answer"}))
        .await
        .unwrap();
    let reply = stand.post(envelope.clone()).await;
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);
    assert!(!is_genuine(&stand, &reply.http.body));
    let found = find_wsse(&reply.document, &bounds(&stand.limits)).unwrap();
    assert!(found.verify_digests().is_ok());
    let (issuer, serial) = found.issuer_serial().unwrap();
    let gateway = &stand.authority.signatory("system-gateway").certificate;
    assert!(gateway.matches_issuer_serial(issuer, serial));
    // A refusal has its faults, too.
    let refused = stand.post(b"<a/>".to_vec()).await;
    assert!(!is_genuine(&stand, &refused.http.body));
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn http_status_lies_about_an_envelope_that_does_not() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let rule = json!({"faults": [{"fault": "http-status", "status": 418}], "at": "answer"});
    stand.mischief(rule).await.unwrap();
    let answer = stand.try_post(&envelope).await.unwrap();
    assert_eq!(answer.status, 418);
    let reply = read(&answer.body);
    stand.assert_signed_by_the_gateway(&reply);
    assert_eq!(reply.acknowledgement().status, StatusCode::Success);
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn half_an_answer_is_announced_whole_and_then_the_connection_ends() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand.mischief(json!({"faults": ["half"]})).await.unwrap();
    let (head, body) = raw(&stand, &envelope).await;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body.len(), announced(&head) / 2);
    assert!(body.starts_with(b"<"));
    let failed = stand.try_post(&envelope).await;
    assert!(matches!(failed, Err(HttpError::Network(_))), "{failed:?}");
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}

#[tokio::test]
async fn slow_drip_brings_the_whole_answer_byte_by_byte() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    let rule = json!({"faults": [{"fault": "slow-drip", "ms": 1}]});
    stand.mischief(rule).await.unwrap();
    let begun = Instant::now();
    let (head, body) = raw(&stand, &envelope).await;
    assert_eq!(body.len(), announced(&head));
    assert!(begun.elapsed() >= Duration::from_millis(body.len() as u64));
    stand.assert_signed_by_the_gateway(&read(&body));
    stand
        .is_recognized_and_arrives_once(&message.message_id, &envelope)
        .await;
}
