//! Messages of one exchange go to one destination in the order in which they were put in.

use std::time::Duration;

use qaqpa_store::{
    Claimed, Conclusion, Effect, Handover, HeldFilter, OutboxState, OutgoingMessage, Store, Word,
};

use crate::contract::handed::Taker;
use crate::stand::{Stand, at, failure, incoming, message_id, outgoing, say};

const LEASE: Duration = Duration::from_secs(30);
const MAILBOX: &str = "system/a/service";

fn of(exchange: &str, id: &str) -> OutgoingMessage {
    OutgoingMessage {
        correlation: Some(message_id(exchange)),
        ..outgoing(id)
    }
}

async fn put(store: &Store, messages: &[OutgoingMessage]) {
    for message in messages {
        let exchange = store.exchange();
        let put = exchange.enqueue(message.clone(), Vec::new(), at(0));
        put.await.unwrap();
    }
}

async fn claimed(store: &Store, seconds: i64) -> Vec<Claimed> {
    store.exchange().claim(at(seconds), 9, LEASE).await.unwrap()
}

fn ids(claimed: &[Claimed]) -> Vec<&str> {
    let ids = claimed.iter().map(|one| one.message.message_id.as_str());
    ids.collect()
}

async fn state(store: &Store, id: &str) -> OutboxState {
    let entry = store.exchange().outbox_of(&message_id(id)).await;
    entry.unwrap().unwrap().state
}

pub(crate) async fn an_exchange_goes_out_in_its_order_and_holds_up_nothing_else(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let elsewhere = OutgoingMessage {
        destination: "portal".to_owned(),
        ..of("m1", "n3")
    };
    let all = [
        of("m1", "n1"),
        of("m1", "n2"),
        elsewhere,
        of("m2", "n4"),
        outgoing("n5"),
        outgoing("n6"),
        of("m1", "n7"),
    ];
    put(&store, &all).await;
    let first = claimed(&store, 1).await;
    assert_eq!(ids(&first), ["n1", "n3", "n4", "n5", "n6"]);
    assert_eq!(state(&store, "n2").await, OutboxState::Behind);
    // What has failed is still on its way.
    let exchange = store.exchange();
    let put_off = exchange.retry_at(first[0].ticket, failure(at(9), "why"));
    assert_eq!(put_off.await, Ok(true));
    assert_eq!(ids(&claimed(&store, 2).await), [] as [&str; 0]);
    let again = claimed(&store, 9).await;
    assert_eq!(ids(&again), ["n1"]);
    let done = exchange.complete(again[0].ticket, Conclusion::at(at(10)));
    assert_eq!(done.await, Ok(true));
    let second = claimed(&store, 10).await;
    assert_eq!(ids(&second), ["n2"]);
    assert_eq!(state(&store, "n7").await, OutboxState::Behind);
    let depth = store.outbox_depth().await.unwrap();
    let behind = depth.iter().find(|one| one.state == OutboxState::Behind);
    assert_eq!(behind.map(|one| one.entries), Some(1));
    // What is given up lets the next one go.
    let parked = exchange.park(second[0].ticket, "why", Conclusion::at(at(11)));
    assert_eq!(parked.await, Ok(true));
    assert_eq!(ids(&claimed(&store, 11).await), ["n7"]);
}

pub(crate) async fn what_stands_behind_is_not_handed_over_and_the_bell_rings_when_its_turn_has_come(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let taker = Taker::with_places(1);
    store.exchange().hand_to(Some(taker.clone()));
    put(&store, &[of("m1", "n1")]).await;
    let lane = outgoing("n1").lane();
    let (reserve, release) = (format!("reserve {lane}"), format!("release {lane}"));
    assert_eq!(taker.told(), [reserve.clone(), "hand n1".to_owned()]);
    taker.release(&lane);
    assert_eq!(taker.told(), std::slice::from_ref(&release));
    put(&store, &[of("m1", "n2")]).await;
    assert_eq!(taker.told(), [reserve, release]);
    let handed = taker.handed();
    let exchange = store.exchange();
    let done = exchange.complete(handed[0].ticket, Conclusion::at(at(1)));
    assert_eq!(done.await, Ok(true));
    assert_eq!(taker.told(), ["ring"]);
    assert_eq!(ids(&claimed(&store, 1).await), ["n2"]);
}

pub(crate) async fn held_messages_that_are_released_go_out_in_their_order(stand: &impl Stand) {
    let store = stand.open().await;
    let mut new = incoming("m1");
    new.outbox = None;
    let held = |id| {
        Effect::Held(OutgoingMessage {
            destination: MAILBOX.to_owned(),
            ..of("m1", id)
        })
    };
    new.effects = vec![held("n1"), held("n2")];
    let _ = store.exchange().accept(new).await.unwrap();
    assert_eq!(state(&store, "n2").await, OutboxState::Held);
    assert_eq!(store.exchange().release("system/a/", at(1)).await, Ok(2));
    let first = claimed(&store, 1).await;
    assert_eq!(ids(&first), ["n1"]);
    // Fetched meanwhile, and in their order.
    let filter = HeldFilter {
        destination: MAILBOX.to_owned(),
        message_id: None,
        correlation: None,
    };
    let fetched = store.exchange().fetch(filter, 9, usize::MAX).await.unwrap();
    let fetched: Vec<_> = fetched.iter().map(|one| &one.message.message_id).collect();
    assert_eq!(fetched, [&message_id("n2"), &message_id("n1")]);
    // Its receiver has it: nothing stands before the next one any more, and whoever looks brings that forward.
    assert!(say(&store, MAILBOX, "n1", Word::Taken).await);
    assert_eq!(state(&store, "n2").await, OutboxState::Behind);
    let brought = store.exchange().bring_forward(at(2), LEASE).await;
    assert_eq!(brought, Ok(1));
    assert_eq!(ids(&claimed(&store, 2).await), ["n2"]);
    assert_eq!(store.exchange().bring_forward(at(2), LEASE).await, Ok(0));
}
