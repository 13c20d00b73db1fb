//! Messages that wait until their receiver fetches them.

use std::time::Duration;

use qaqpa_store::{
    Acceptance, Conclusion, Effect, Fetched, HeldFilter, JournalFilter, OutboxState,
    OutgoingMessage, Store, Word,
};

use crate::stand::{Stand, at, incoming, message_id, outgoing};

const LEASE: Duration = Duration::from_secs(30);
const BYTES: usize = 1_000_000;
const TO: &str = "system/integrator-1/service@act";

fn held(id: &str, correlation: &str) -> OutgoingMessage {
    OutgoingMessage {
        destination: TO.to_owned(),
        correlation: Some(message_id(correlation)),
        ..outgoing(id)
    }
}

/// Stores a message because of which these effects happen, and nothing else goes out.
async fn accepted(store: &Store, id: &str, effects: Vec<Effect>) {
    let mut new = incoming(id);
    new.outbox = None;
    new.effects = effects;
    let accepted = store.exchange().accept(new).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
}

fn all() -> HeldFilter {
    HeldFilter {
        destination: TO.to_owned(),
        message_id: None,
        correlation: None,
    }
}

fn ids(fetched: &[Fetched]) -> Vec<(&str, u32)> {
    let named = fetched.iter();
    named
        .map(|one| (one.message.message_id.as_str(), one.times))
        .collect()
}

async fn state(store: &Store, id: &str) -> OutboxState {
    let entry = store.exchange().outbox_of(&message_id(id)).await.unwrap();
    entry.unwrap().state
}

pub(crate) async fn a_held_message_waits_until_its_receiver_says_that_it_has_it(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    accepted(&store, "m1", vec![Effect::Held(held("r1", "m1"))]).await;
    accepted(&store, "m2", vec![Effect::Held(held("r2", "m2"))]).await;
    store.close().await;

    let store = stand.open().await;
    let exchange = store.exchange();
    assert_eq!(exchange.claim(at(9), 9, LEASE).await, Ok(vec![]));
    assert_eq!(exchange.next_due().await, Ok(None));
    assert_eq!(exchange.wake(at(9)).await, Ok(0));

    let first = exchange.fetch(all(), 1, BYTES).await.unwrap();
    assert_eq!(first[0].message, held("r1", "m1"));
    assert_eq!(ids(&first), [("r1", 1)]);
    let second = exchange.fetch(all(), 9, BYTES).await.unwrap();
    assert_eq!(ids(&second), [("r2", 1), ("r1", 2)]);
    assert_eq!(state(&store, "r1").await, OutboxState::Held);

    let settle = |id: &'static str, word| {
        let exchange = store.exchange();
        async move { exchange.settle(TO, &message_id(id), word, at(10)).await }
    };
    assert_eq!(settle("r1", Word::Taken).await, Ok(true));
    assert_eq!(settle("r1", Word::Taken).await, Ok(false));
    assert_eq!(state(&store, "r1").await, OutboxState::Done);
    let other = exchange
        .settle(
            "system/another/service@act",
            &message_id("r2"),
            Word::Taken,
            at(10),
        )
        .await;
    assert_eq!(other, Ok(false));
    let refused = Word::Refused {
        why: "no such case".to_owned(),
    };
    assert_eq!(settle("r2", refused).await, Ok(true));
    let entry = exchange
        .outbox_of(&message_id("r2"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(entry.why.as_deref(), Some("no such case"));
    assert_eq!(exchange.fetch(all(), 9, BYTES).await, Ok(vec![]));

    let journal = store.journal();
    let entries = journal.list(&JournalFilter::default(), 2).await.unwrap();
    let kinds: Vec<_> = entries.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["parked", "delivered"]);
}

pub(crate) async fn held_messages_are_fetched_by_message_and_by_exchange(stand: &impl Stand) {
    let store = stand.open().await;
    let effects = vec![
        Effect::Held(held("r1", "m1")),
        Effect::Held(held("r2", "m1")),
        Effect::Held(held("r3", "m2")),
    ];
    accepted(&store, "m1", effects).await;
    let exchange = store.exchange();
    let one = HeldFilter {
        message_id: Some(message_id("r2")),
        ..all()
    };
    assert_eq!(
        ids(&exchange.fetch(one, 9, BYTES).await.unwrap()),
        [("r2", 1)]
    );
    let of_one = HeldFilter {
        correlation: Some(message_id("m1")),
        ..all()
    };
    let of_one = exchange.fetch(of_one, 9, BYTES).await.unwrap();
    assert_eq!(ids(&of_one), [("r1", 1), ("r2", 2)]);
    // The first comes whole however long it is, and the others later.
    let short = exchange.fetch(all(), 9, 1).await.unwrap();
    assert_eq!(ids(&short), [("r3", 1)]);
    let nobody = HeldFilter {
        destination: "system/integrator-1/other@act".to_owned(),
        ..all()
    };
    assert_eq!(exchange.fetch(nobody, 9, BYTES).await, Ok(vec![]));
}

pub(crate) async fn what_cannot_be_delivered_can_be_held_fetched_and_delivered_after_all(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    accepted(&store, "m1", vec![Effect::Outgoing(held("r1", "m1"))]).await;
    let exchange = store.exchange();
    let ticket = exchange.claim(at(0), 9, LEASE).await.unwrap()[0].ticket;
    // Whoever fetches it while it is under way takes nothing from the delivery.
    assert_eq!(
        ids(&exchange.fetch(all(), 9, BYTES).await.unwrap()),
        [("r1", 1)]
    );
    assert_eq!(exchange.hold(ticket, "no address").await, Ok(true));
    assert_eq!(exchange.hold(ticket, "no address").await, Ok(false));
    assert_eq!(state(&store, "r1").await, OutboxState::Held);
    assert_eq!(exchange.release("system/another/", at(5)).await, Ok(0));
    assert_eq!(exchange.release("system/integrator-1/", at(5)).await, Ok(1));
    let claimed = exchange.claim(at(5), 9, LEASE).await.unwrap();
    assert_eq!(claimed[0].attempt, 1);
    let done = exchange.complete(claimed[0].ticket, Conclusion::at(at(6)));
    assert_eq!(done.await, Ok(true));
    let again = Word::Again {
        push: true,
        why: "lost it".to_owned(),
    };
    let settled = exchange.settle(TO, &message_id("r1"), again, at(7)).await;
    assert_eq!(settled, Ok(true));
    assert_eq!(exchange.claim(at(7), 9, LEASE).await.unwrap().len(), 1);
}
