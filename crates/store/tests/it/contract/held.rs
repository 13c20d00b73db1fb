//! Messages that wait until their receiver fetches them.

use std::time::Duration;

use qaqpa_store::{
    Acceptance, Conclusion, EarlierVisit, Effect, Fetched, Heard, HeldFilter, JournalFilter,
    OutboxState, OutgoingMessage, Store, Visit, Word,
};

use crate::stand::{Stand, at, digest_of, incoming, message_id, outgoing, said, say};

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
    assert_eq!(exchange.next_due(at(9)).await, Ok(None));
    assert_eq!(exchange.wake(at(9)).await, Ok(0));

    let first = exchange.fetch(all(), 1, BYTES).await.unwrap();
    assert_eq!(first[0].message, held("r1", "m1"));
    assert_eq!(ids(&first), [("r1", 1)]);
    let second = exchange.fetch(all(), 9, BYTES).await.unwrap();
    assert_eq!(ids(&second), [("r2", 1), ("r1", 2)]);
    assert_eq!(state(&store, "r1").await, OutboxState::Held);

    assert!(say(&store, TO, "r1", Word::Taken).await);
    assert!(!say(&store, TO, "r1", Word::Taken).await);
    assert_eq!(state(&store, "r1").await, OutboxState::Done);
    let another = "system/another/service@act";
    assert!(!say(&store, another, "r2", Word::Taken).await);
    let refused = Word::Refused {
        why: "no such case".to_owned(),
    };
    assert!(say(&store, TO, "r2", refused).await);
    let entry = exchange
        .outbox_of(&message_id("r2"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(entry.state, OutboxState::Parked);
    assert_eq!(entry.why.as_deref(), Some("no such case"));
    assert_eq!(exchange.fetch(all(), 9, BYTES).await, Ok(vec![]));

    let journal = store.journal();
    let entries = journal.list(&JournalFilter::default(), 6).await.unwrap();
    let told = entries.iter().map(|entry| {
        let changed = entry.summary.get("changed");
        (
            entry.kind.as_str(),
            changed.and_then(serde_json::Value::as_bool),
        )
    });
    let request = |changed| ("delivery-notification", Some(changed));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [
            request(true),
            ("parked", None),
            request(false),
            request(false),
            request(true),
            ("delivered", None),
        ]
    );
}

/// What did not fit into an answer was not handed out: it comes before what was.
pub(crate) async fn behind_long_messages_the_rest_is_handed_out_though_nobody_says_a_word(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let effects = ["r1", "r2", "r3"].map(|id| Effect::Held(held(id, "m1")));
    accepted(&store, "m1", effects.into()).await;
    let exchange = store.exchange();
    let mut seen = Vec::new();
    for _ in 0..4 {
        // One fits, whatever its length.
        let one = exchange.fetch(all(), 9, 1).await.unwrap();
        seen.extend(ids(&one).into_iter().map(|(id, n)| (id.to_owned(), n)));
    }
    let seen: Vec<_> = seen.iter().map(|(id, n)| (id.as_str(), *n)).collect();
    assert_eq!(seen, [("r1", 1), ("r2", 1), ("r3", 1), ("r1", 2)]);
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
    assert_eq!(exchange.hold(ticket, at(1), "no address").await, Ok(true));
    assert_eq!(exchange.hold(ticket, at(1), "no address").await, Ok(false));
    assert_eq!(state(&store, "r1").await, OutboxState::Held);
    assert_eq!(exchange.release("system/another/", at(5)).await, Ok(0));
    assert_eq!(exchange.release("system/integrator-1/", at(5)).await, Ok(1));
    let journal = store.journal();
    let told = journal.list(&JournalFilter::default(), 2).await.unwrap();
    let told: Vec<_> = told
        .into_iter()
        .map(|entry| {
            let mut summary = entry.summary;
            if let Some(body) = summary.get_mut("body") {
                *body = "bytes".into();
            }
            (entry.kind, entry.at, entry.message_id, summary)
        })
        .collect();
    assert_eq!(
        told,
        [
            (
                "released".to_owned(),
                at(5),
                None,
                serde_json::json!({"destinations": "system/integrator-1/", "messages": 1})
            ),
            (
                "held".to_owned(),
                at(1),
                Some(message_id("r1")),
                serde_json::json!({"destination": TO, "attempt": 1, "why": "no address", "body": "bytes"})
            ),
        ]
    );
    let claimed = exchange.claim(at(5), 9, LEASE).await.unwrap();
    assert_eq!(claimed[0].attempt, 1);
    let done = exchange.complete(claimed[0].ticket, Conclusion::at(at(6)));
    assert_eq!(done.await, Ok(true));
    let again = Word::Again {
        push: true,
        why: "lost it".to_owned(),
    };
    assert!(say(&store, TO, "r1", again).await);
    assert_eq!(exchange.claim(at(7), 9, LEASE).await.unwrap().len(), 1);
}

pub(crate) async fn a_receiver_that_has_taken_a_message_may_refuse_it_afterwards(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    accepted(&store, "m1", vec![Effect::Outgoing(held("r1", "m1"))]).await;
    let exchange = store.exchange();
    let ticket = exchange.claim(at(0), 9, LEASE).await.unwrap()[0].ticket;
    let done = exchange.complete(ticket, Conclusion::at(at(1))).await;
    assert_eq!(done, Ok(true));
    let refused = || Word::Refused {
        why: "no such case".to_owned(),
    };
    assert!(say(&store, TO, "r1", refused()).await);
    assert!(!say(&store, TO, "r1", refused()).await);
    // What a person must look at is not delivered because the receiver says so later.
    assert!(!say(&store, TO, "r1", Word::Taken).await);
    assert_eq!(state(&store, "r1").await, OutboxState::Parked);
}

/// Whoever did not get the answer says the same bytes again: after a delivery, or beside the first.
pub(crate) async fn the_same_request_says_its_word_once_and_gets_its_answer_again(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    accepted(&store, "m1", vec![Effect::Outgoing(held("r1", "m1"))]).await;
    let exchange = store.exchange();
    let again = said(
        TO,
        "r1",
        Word::Again {
            push: true,
            why: "lost it".to_owned(),
        },
    );
    let other = stand.open().await;
    let beside = other.exchange();
    let (one, two) = tokio::join!(exchange.hear(again.clone()), beside.hear(again.clone()));
    let earlier = Heard::Before(EarlierVisit {
        answer: b"<answer>r1</answer>".to_vec(),
        at: at(0),
    });
    let now = Heard::Now { changed: true };
    let heard = [one.unwrap(), two.unwrap()];
    assert!(
        heard == [now.clone(), earlier.clone()] || heard == [earlier.clone(), now],
        "{heard:?}"
    );
    other.close().await;
    let ticket = exchange.claim(at(9), 9, LEASE).await.unwrap()[0].ticket;
    let done = exchange.complete(ticket, Conclusion::at(at(9))).await;
    assert_eq!(done, Ok(true));
    // The answer was lost: the word is said again, and the message is not delivered again.
    assert_eq!(exchange.hear(again).await, Ok(earlier));
    assert_eq!(state(&store, "r1").await, OutboxState::Done);
    let filter = JournalFilter {
        kind: Some("asked-again".to_owned()),
        ..JournalFilter::default()
    };
    let mut told = 0;
    for chain in store.journal().chains().await.unwrap() {
        let entries = store.journal().of(&chain).list(&filter, 9).await.unwrap();
        told += entries.len();
    }
    assert_eq!(told, 1);
}

pub(crate) async fn a_visit_is_remembered_until_its_time_is_over_and_the_first_one_stays(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let sender = incoming("m1").sender;
    let visit = |answer: &str, seconds| Visit {
        sender: sender.clone(),
        signed: digest_of("get"),
        answer: answer.as_bytes().to_vec(),
        at: at(seconds),
        keep_until: at(seconds + 10),
    };
    let exchange = store.exchange();
    let none = exchange.visited(&sender, &digest_of("get")).await;
    assert_eq!(none, Ok(None));
    assert_eq!(exchange.remember(visit("first", 0)).await, Ok(true));
    assert_eq!(exchange.remember(visit("second", 1)).await, Ok(false));
    store.close().await;

    let store = stand.open().await;
    let exchange = store.exchange();
    let first = EarlierVisit {
        answer: b"first".to_vec(),
        at: at(0),
    };
    let found = exchange.visited(&sender, &digest_of("get")).await;
    assert_eq!(found, Ok(Some(first)));
    let other = exchange.visited(&sender, &digest_of("other")).await;
    assert_eq!(other, Ok(None));
    assert_eq!(exchange.forget_visits(at(10)).await, Ok(0));
    assert_eq!(exchange.forget_visits(at(11)).await, Ok(1));
    let gone = exchange.visited(&sender, &digest_of("get")).await;
    assert_eq!(gone, Ok(None));
}

pub(crate) async fn mailboxes_in_which_something_waits_are_listed_once(stand: &impl Stand) {
    let store = stand.open().await;
    let effects = vec![
        Effect::Held(held("r1", "m1")),
        Effect::Held(held("r2", "m1")),
        Effect::Outgoing(outgoing("r3")),
    ];
    accepted(&store, "m1", effects).await;
    let exchange = store.exchange();
    assert_eq!(exchange.waiting_for().await, Ok(vec![TO.to_owned()]));
    assert_eq!(exchange.release(TO, at(5)).await, Ok(2));
    assert_eq!(exchange.waiting_for().await, Ok(vec![]));
}

pub(crate) async fn a_message_is_found_by_its_business_signature_with_its_answer(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let mut new = incoming("m1");
    new.business_signature = Some(digest_of("m1"));
    new.response = b"the answer".to_vec();
    let accepted = store.exchange().accept(new).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
    let exchange = store.exchange();
    let found = exchange.of_signature(&digest_of("m1")).await.unwrap();
    let (message, answer) = found.unwrap();
    assert_eq!(message.message_id, message_id("m1"));
    assert_eq!(answer, b"the answer");
    assert_eq!(exchange.of_signature(&digest_of("m2")).await, Ok(None));
}
