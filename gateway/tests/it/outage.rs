//! Neighbours that are down, answers that are lost, a gateway that is killed: nothing accepted is lost,
//! and nothing is accepted twice.

use qaqpa_model::Actor;

use crate::messages::valid;
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

#[tokio::test]
async fn a_request_is_accepted_while_the_regional_gateway_is_down_and_delivered_later() {
    let stand = Stand::start().await;
    let (message, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    let waiting = eventually("a failed attempt", async || {
        let outbox = stand.control("/outbox").await;
        (outbox[0]["attempts"].as_u64() >= Some(1) && outbox[0]["why"].is_string())
            .then(|| outbox[0].clone())
    })
    .await;
    assert_eq!(waiting["state"], "pending");
    assert_eq!(waiting["why"], "regional-gateway is not up");

    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let arrived = eventually("the letter", async || regional.accepted().pop()).await;
    assert_eq!(arrived.message_id, message.message_id);
}

#[tokio::test]
async fn an_acknowledgement_that_is_lost_repeats_the_delivery_and_not_the_message() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    regional.swallow_acknowledgements(1);
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    eventually("the conclusion", async || {
        (stand.control("/outbox").await[0]["state"] == "done").then_some(())
    })
    .await;
    assert_eq!(regional.came(), 2);
    assert_eq!(regional.accepted().len(), 1);
}

#[tokio::test]
async fn twenty_kills_between_acceptance_and_delivery_lose_nothing_and_double_nothing() {
    let mut stand = Stand::start().await;
    let mut sent = Vec::new();
    for _ in 0..20 {
        let (message, envelope) = valid(&stand.authority);
        stand.post(envelope).await.acknowledgement();
        sent.push(message.message_id);
        stand = stand.kill_and_restart().await;
    }
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    eventually("all letters", async || {
        (regional.accepted().len() >= sent.len()).then_some(())
    })
    .await;
    let mut arrived: Vec<_> = regional
        .accepted()
        .into_iter()
        .map(|r| r.message_id)
        .collect();
    arrived.sort();
    sent.sort();
    assert_eq!(arrived, sent);
    let verified = stand.control("/journal/verify").await;
    assert_eq!(verified["broken"], serde_json::Value::Null, "{verified}");
}

#[tokio::test]
async fn a_neighbour_that_went_away_and_came_back_elsewhere_is_found() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let (_, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    eventually("the first letter", async || regional.accepted().pop()).await;
    regional.stop().await;
    let (second, envelope) = valid(&stand.authority);
    stand.post(envelope).await.acknowledgement();
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let arrived = eventually("the second letter", async || regional.accepted().pop()).await;
    assert_eq!(arrived.message_id, second.message_id);
}
