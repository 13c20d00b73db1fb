//! Several processes of one actor, of which one does not answer: the others take what there is, and nobody waits for it.

use std::collections::BTreeSet;
use std::net::TcpListener;

use qaqpa_model::Actor;
use qaqpa_transport::{files, paths};
use serde_json::json;

use crate::messages::valid;
use crate::neighbour::Neighbour;
use crate::stand::{Stand, eventually};

/// As many as make it certain that a choice by chance meets every process.
const MESSAGES: usize = 20;

/// An address of this machine that no other test uses.
const ELSEWHERE: &str = "127.0.0.9:0";

/// Makes one more regional gateway known, which has announced this door.
pub(crate) fn beside(stand: &Stand, door: &str, listener: &TcpListener) {
    let address = format!("https://{}/{door}/", listener.local_addr().unwrap());
    let record = json!({"actor": "regional-gateway", "addresses": {door: address}});
    let path = paths::neighbours(stand.dir.path()).join("regional-gateway@elsewhere.json");
    files::write_private(&path, record.to_string().as_bytes()).unwrap();
}

/// Takes connections, as its system does for it, and never says a word.
pub(crate) fn mute() -> TcpListener {
    TcpListener::bind(ELSEWHERE).unwrap()
}

/// Sends messages, and holds that each arrived, once, by the first attempt.
async fn arrive(stand: &Stand, regional: &Neighbour) {
    let mut sent = BTreeSet::new();
    for _ in 0..MESSAGES {
        let (message, envelope) = valid(&stand.authority);
        stand.post(envelope).await.acknowledgement();
        sent.insert(message.message_id);
    }
    eventually("all letters", async || {
        (regional.accepted().len() >= MESSAGES).then_some(())
    })
    .await;
    let arrived = regional.accepted().into_iter();
    let arrived: Vec<_> = arrived.map(|message| message.message_id).collect();
    assert_eq!(arrived.len(), MESSAGES);
    assert_eq!(arrived.into_iter().collect::<BTreeSet<_>>(), sent);
    let failed = stand.control("/journal?kind=attempt-failed").await;
    assert_eq!(failed, json!([]));
    let outbox = eventually("the conclusions", async || {
        let outbox = stand.control("/outbox").await;
        let mut all = outbox.as_array().unwrap().iter();
        all.all(|entry| entry["state"] == "done").then_some(outbox)
    })
    .await;
    for entry in outbox.as_array().unwrap() {
        assert_eq!(entry["attempts"], 1, "{entry}");
    }
}

#[tokio::test]
async fn a_process_that_is_gone_costs_no_message_an_attempt() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    // Bound and dropped: a port where nobody listens.
    let gone = TcpListener::bind(ELSEWHERE).unwrap();
    beside(&stand, "channel", &gone);
    drop(gone);
    arrive(&stand, &regional).await;
}

#[tokio::test]
async fn a_process_that_takes_connections_and_says_nothing_costs_no_message_an_attempt() {
    let stand = Stand::start().await;
    let regional = Neighbour::start(stand.dir.path(), &stand.clock, Actor::RegionalGateway).await;
    let mute = mute();
    beside(&stand, "channel", &mute);
    arrive(&stand, &regional).await;
}
