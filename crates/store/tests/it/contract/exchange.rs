//! Messages in and out.

use std::time::Duration;

use qaqpa_model::{BodyDigest, SenderId};
use qaqpa_store::{
    ATTEMPT_FAILED, Acceptance, Conclusion, Conflict, Direction, Effect, Failure, JournalFilter,
    OutboxEntry, OutboxFilter, OutboxState, Resend, ResentAll, Seen, Store, StoreError,
};

use crate::stand::{
    IIN, Stand, at, card, digest_of, failure, incoming, message_id, outgoing, step,
};

const LEASE: Duration = Duration::from_secs(30);

pub(crate) async fn an_accepted_message_has_its_answer_journal_outbox_effects_and_steps(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let mut new = incoming("m1");
    new.facts_json = r#"{"service":"s"}"#.to_owned();
    new.effects = vec![Effect::Card(card("m1"))];
    assert_eq!(store.exchange().accept(new).await, Ok(Acceptance::Accepted));
    store.close().await;

    let store = stand.open().await;
    let message = store
        .exchange()
        .message(&message_id("m1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(message.sender, SenderId::parse("portal").unwrap());
    assert_eq!(message.facts_json, r#"{"service":"s"}"#);
    assert_eq!(message.at, at(0));
    assert_eq!(
        store.trace().of(&message_id("m1")).await.unwrap(),
        [step("m1", "process-6")]
    );
    let journal = store
        .journal()
        .list(&JournalFilter::default(), 10)
        .await
        .unwrap();
    assert_eq!(journal.len(), 1);
    assert_eq!(journal[0].kind, "accepted");
    assert_eq!(
        store.journal().raw(journal[0].id).await.unwrap().unwrap(),
        b"<raw>m1</raw>"
    );
    let claimed = store.exchange().claim(at(0), 9, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].message, outgoing("m1"));
    let card = store
        .cards()
        .by_message(&message_id("m1"))
        .await
        .unwrap()
        .unwrap();
    assert_eq!((card.id.as_str(), card.number), ("card-m1", 1));
    assert_eq!(store.exchange().message(&message_id("m2")).await, Ok(None));
}

pub(crate) async fn the_same_message_gets_the_stored_answer_and_changes_nothing(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let answer = b"<answer>m1</answer>".to_vec();
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let mut again = incoming("m1");
    again.response = b"another".to_vec();
    again.at = at(10_000_000);
    assert_eq!(
        store.exchange().accept(again.clone()).await,
        Ok(Acceptance::Duplicate {
            answer: answer.clone()
        })
    );
    assert_eq!(
        store
            .exchange()
            .lookup(&again.sender, &again.message_id, &again.digest)
            .await,
        Ok(Some(Seen::Duplicate { answer }))
    );
    assert_eq!(counts(&store).await, (1, 1, 1));
}

pub(crate) async fn the_same_id_with_another_body_or_sender_is_reused(stand: &impl Stand) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let mut other_body = incoming("m1");
    other_body.digest = BodyDigest(digest_of("other"));
    other_body.business_signature = None;
    let mut other_sender = incoming("m1");
    other_sender.sender = SenderId::parse("integrator-1").unwrap();
    for new in [other_body, other_sender] {
        assert_eq!(
            store
                .exchange()
                .lookup(&new.sender, &new.message_id, &new.digest)
                .await,
            Ok(Some(Seen::MessageIdReused))
        );
        assert_eq!(
            store.exchange().accept(new).await,
            Ok(Acceptance::Conflict(Conflict::MessageIdReused))
        );
    }
    assert_eq!(counts(&store).await, (1, 1, 1));
}

pub(crate) async fn the_same_signature_under_another_id_is_replayed_within_the_window_only(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let replay = |id: &str, seconds| {
        let mut new = incoming(id);
        new.business_signature = Some(digest_of("m1"));
        new.at = at(seconds);
        new
    };
    // The stand's window is one hour; its last moment belongs to it.
    for (id, seconds) in [("m2", 0), ("m3", 3600), ("m4", -50)] {
        assert_eq!(
            store.exchange().accept(replay(id, seconds)).await,
            Ok(Acceptance::Conflict(Conflict::Replayed)),
            "{seconds} s later"
        );
    }
    assert_eq!(
        store.exchange().accept(replay("m5", 3601)).await,
        Ok(Acceptance::Accepted)
    );
}

pub(crate) async fn a_second_final_answer_is_settled(stand: &impl Stand) {
    let store = stand.open().await;
    let answer = |id: &str, settles| {
        let mut new = incoming(id);
        new.correlation = Some(message_id("m1"));
        new.settles = settles;
        new
    };
    for (id, settles, expected) in [
        ("a1", false, Acceptance::Accepted),
        ("a2", true, Acceptance::Accepted),
        ("a3", false, Acceptance::Accepted),
        ("a4", true, Acceptance::Conflict(Conflict::Settled)),
    ] {
        let outcome = store.exchange().accept(answer(id, settles)).await;
        assert_eq!(outcome, Ok(expected), "{id}");
    }
}

pub(crate) async fn of_many_identical_accepts_exactly_one_is_accepted(stand: &impl Stand) {
    let store = stand.open().await;
    let tasks: Vec<_> = (0..24)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.exchange().accept(incoming("m1")).await.unwrap() })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        match task.await.unwrap() {
            Acceptance::Accepted => accepted += 1,
            other => assert_eq!(
                other,
                Acceptance::Duplicate {
                    answer: b"<answer>m1</answer>".to_vec()
                }
            ),
        }
    }
    assert_eq!(accepted, 1);
    assert_eq!(counts(&store).await, (1, 1, 1));
}

pub(crate) async fn of_many_accepts_with_one_signature_exactly_one_is_accepted(stand: &impl Stand) {
    let store = stand.open().await;
    let tasks: Vec<_> = (0..24)
        .map(|turn| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut new = incoming(&format!("m{turn}"));
                new.business_signature = Some(digest_of("one"));
                store.exchange().accept(new).await.unwrap()
            })
        })
        .collect();
    let mut accepted = 0;
    for task in tasks {
        match task.await.unwrap() {
            Acceptance::Accepted => accepted += 1,
            other => assert_eq!(other, Acceptance::Conflict(Conflict::Replayed)),
        }
    }
    assert_eq!(accepted, 1);
}

pub(crate) async fn an_effect_that_cannot_be_stored_leaves_nothing_behind(stand: &impl Stand) {
    let store = stand.open().await;
    let mut first = incoming("m1");
    first.effects = vec![Effect::Card(card("m1"))];
    let _ = store.exchange().accept(first).await.unwrap();
    let mut second = incoming("m2");
    // The card's id is taken.
    second.effects = vec![Effect::Card(card("m1"))];
    let outcome = store.exchange().accept(second.clone()).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
    assert_eq!(counts(&store).await, (1, 1, 1));
    assert_eq!(store.exchange().message(&message_id("m2")).await, Ok(None));
    assert_eq!(store.trace().of(&message_id("m2")).await, Ok(vec![]));
    // The sender may retry, and the writer still works.
    second.effects = Vec::new();
    assert_eq!(
        store.exchange().accept(second).await,
        Ok(Acceptance::Accepted)
    );
}

pub(crate) async fn an_entry_is_claimed_by_one_until_its_lease_ends(stand: &impl Stand) {
    let store = stand.open().await;
    for id in ["m1", "m2", "m3"] {
        let _ = store.exchange().accept(incoming(id)).await.unwrap();
    }
    let ids = |claimed: &[qaqpa_store::Claimed]| -> Vec<(String, u32)> {
        claimed
            .iter()
            .map(|one| (one.message.message_id.to_string(), one.attempt))
            .collect()
    };
    let exchange = store.exchange();
    let short = Duration::from_secs(1);
    let first = exchange.claim(at(0), 2, short).await.unwrap();
    assert_eq!(ids(&first), [("m1".to_owned(), 1), ("m2".to_owned(), 1)]);
    // A lease is real time: years of the simulated clock do not end it, nor does setting it back.
    let second = exchange.claim(at(100_000_000), 9, LEASE).await.unwrap();
    assert_eq!(ids(&second), [("m3".to_owned(), 1)]);
    let next = exchange.next_due(at(0)).await.unwrap().unwrap();
    assert!(next <= short, "{next:?}");
    assert_eq!(exchange.claim(at(0), 9, LEASE).await, Ok(vec![]));
    tokio::time::sleep(short).await;
    assert_eq!(exchange.claim(at(-1), 9, LEASE).await, Ok(vec![]));
    let third = exchange.claim(at(0), 9, LEASE).await.unwrap();
    assert_eq!(ids(&third), [("m1".to_owned(), 2), ("m2".to_owned(), 2)]);
}

pub(crate) async fn a_late_ticket_cannot_retry_or_park_but_its_delivery_counts(stand: &impl Stand) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let exchange = store.exchange();
    let moment = Duration::from_millis(1);
    let late = exchange.claim(at(0), 1, moment).await.unwrap()[0].ticket;
    tokio::time::sleep(moment * 10).await;
    let current = exchange.claim(at(31), 1, LEASE).await.unwrap()[0].ticket;
    assert_eq!(
        exchange.retry_at(late, failure(at(99), "late")).await,
        Ok(false)
    );
    let parked = exchange.park(late, "late", Conclusion::at(at(32))).await;
    assert_eq!(parked, Ok(false));
    let done = exchange.complete(late, Conclusion::at(at(33))).await;
    assert_eq!(done, Ok(true));
    let again = exchange.complete(current, Conclusion::at(at(34))).await;
    assert_eq!(again, Ok(false));
    assert_eq!(
        exchange.retry_at(current, failure(at(99), "done")).await,
        Ok(false)
    );
    let list = exchange.outbox(10).await.unwrap();
    assert_eq!((list.len(), list[0].state), (1, OutboxState::Done));
    assert_eq!(exchange.next_due(at(40)).await, Ok(None));
}

pub(crate) async fn a_retried_entry_waits_and_a_woken_one_does_not(stand: &impl Stand) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let exchange = store.exchange();
    let ticket = exchange.claim(at(0), 1, LEASE).await.unwrap()[0].ticket;
    let retried = exchange
        .retry_at(ticket, failure(at(60), "931002451325 is down"))
        .await;
    assert_eq!(retried, Ok(true));
    assert_eq!(exchange.claim(at(59), 1, LEASE).await, Ok(vec![]));
    let list = exchange.outbox(1).await.unwrap();
    let entry = exchange.outbox_of(&message_id("m1")).await;
    assert_eq!(entry, Ok(Some(list[0].clone())));
    assert_eq!(exchange.outbox_of(&message_id("m2")).await, Ok(None));
    let next = exchange.next_due(at(50)).await;
    assert_eq!(next, Ok(Some(Duration::from_secs(10))));
    assert_eq!(list[0].why.as_deref(), Some("93********25 is down"));
    assert_eq!((list[0].attempts, list[0].due_at), (1, at(60)));
    assert_eq!(exchange.wake(at(5)).await, Ok(1));
    let claimed = exchange.claim(at(5), 1, LEASE).await.unwrap();
    assert_eq!(claimed[0].attempt, 2);
    // A process that starts wakes what a killed one had claimed.
    let longest = Duration::from_secs(5);
    assert_eq!(exchange.wake(at(6)).await, Ok(0));
    assert_eq!(exchange.claim(at(6), 1, LEASE).await, Ok(vec![]));
    assert_eq!(exchange.take_over(at(6), longest).await, Ok(1));
    let ticket = exchange.claim(at(6), 1, LEASE).await.unwrap()[0].ticket;
    // A wait goes on over a start, unless it is one from before the clock was set back.
    assert_eq!(
        exchange.retry_at(ticket, failure(at(11), "down")).await,
        Ok(true)
    );
    assert_eq!(exchange.take_over(at(6), longest).await, Ok(0));
    assert_eq!(exchange.claim(at(6), 1, LEASE).await, Ok(vec![]));
    assert_eq!(exchange.take_over(at(5), longest).await, Ok(1));
    assert_eq!(exchange.claim(at(5), 1, LEASE).await.unwrap().len(), 1);
}

/// A receiver that is down for hours does not fill the journal: the first attempts are told, then ever fewer.
pub(crate) async fn failed_attempts_are_told_with_their_number_their_reason_and_the_next_one(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let exchange = store.exchange();
    let mut late = None;
    for attempt in 1..=9 {
        let ticket = exchange.claim(at(attempt), 1, LEASE).await.unwrap()[0].ticket;
        late.get_or_insert(ticket);
        let failure = Failure {
            at: at(attempt),
            next: at(attempt + 1),
            why: format!("{IIN} is down"),
        };
        assert_eq!(exchange.retry_at(ticket, failure.clone()).await, Ok(true));
        // Whoever has not got it any more, or says it twice, tells nothing.
        let again = exchange.retry_at(late.unwrap(), failure).await;
        assert_eq!(again, Ok(false));
    }
    let filter = JournalFilter {
        message_id: Some(message_id("m1")),
        kind: Some(ATTEMPT_FAILED.to_owned()),
        before: None,
    };
    let mut told = store.journal().list(&filter, 99).await.unwrap();
    told.reverse();
    let found: Vec<_> = told
        .iter()
        .map(|entry| {
            let mut summary = entry.summary.clone();
            assert!(summary["body"].take().is_string());
            (entry.at, entry.direction, summary)
        })
        .collect();
    let expected = |attempt: i64, untold: i64| {
        let summary = serde_json::json!({
            "destination": "regional-gateway",
            "attempt": attempt,
            "next": at(attempt + 1).to_string(),
            "untold": untold,
            "why": "93********25 is down",
            "body": null,
        });
        (at(attempt), Direction::Out, summary)
    };
    assert_eq!(
        found,
        [
            expected(1, 0),
            expected(2, 0),
            expected(3, 0),
            expected(4, 0),
            expected(8, 3),
        ]
    );
}

pub(crate) async fn a_conclusion_stores_its_effects_once(stand: &impl Stand) {
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let exchange = store.exchange();
    let ticket = exchange.claim(at(0), 1, LEASE).await.unwrap()[0].ticket;
    let conclusion = Conclusion {
        at: at(1),
        answer: b"<fault/>".to_vec(),
        effects: vec![Effect::Card(card("m1"))],
        trace: vec![step("m1", "process-4")],
    };
    let parked = exchange.park(ticket, "refused", conclusion.clone()).await;
    assert_eq!(parked, Ok(true));
    assert_eq!(
        exchange.park(ticket, "refused", conclusion).await,
        Ok(false)
    );
    let steps = store.trace().of(&message_id("m1")).await.unwrap();
    assert_eq!(steps, [step("m1", "process-6"), step("m1", "process-4")]);
    let kinds: Vec<_> = store
        .journal()
        .list(&JournalFilter::default(), 10)
        .await
        .unwrap()
        .into_iter()
        .map(|entry| entry.kind)
        .collect();
    assert_eq!(kinds, ["answered", "parked", "accepted"]);
    assert_eq!(
        exchange.outbox(9).await.unwrap()[0].state,
        OutboxState::Parked
    );
}

/// Puts a message into the outbox and gives it up at the first attempt, a second later.
async fn stop(store: &Store, id: &str, destination: &str, seconds: i64) -> OutboxEntry {
    let mut message = outgoing(id);
    destination.clone_into(&mut message.destination);
    let exchange = store.exchange();
    let queued = exchange.enqueue(message, Vec::new(), at(seconds)).await;
    queued.unwrap();
    let ticket = exchange.claim(at(seconds), 1, LEASE).await.unwrap()[0].ticket;
    let conclusion = Conclusion::at(at(seconds + 1));
    let parked = exchange.park(ticket, "refused", conclusion).await;
    assert_eq!(parked, Ok(true));
    exchange.outbox(1).await.unwrap().remove(0)
}

fn stopped() -> OutboxFilter {
    OutboxFilter {
        state: Some(OutboxState::Parked),
        ..OutboxFilter::default()
    }
}

pub(crate) async fn what_stopped_is_listed_by_state_and_destination_page_by_page(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let first = stop(&store, "m1", "portal", 0).await;
    let second = stop(&store, "m2", "regional-gateway", 10).await;
    let _ = store.exchange().accept(incoming("m3")).await.unwrap();
    assert_eq!(
        (first.state, first.attempts, first.concluded_at),
        (OutboxState::Parked, 1, Some(at(1)))
    );
    assert_eq!(first.why.as_deref(), Some("refused"));
    let list = async |filter: OutboxFilter, limit| -> Vec<String> {
        let entries = store.exchange().outbox_where(&filter, limit).await.unwrap();
        let ids = entries.into_iter().map(|one| one.message_id.to_string());
        ids.collect()
    };
    assert_eq!(list(OutboxFilter::default(), 9).await, ["m3", "m2", "m1"]);
    assert_eq!(list(stopped(), 9).await, ["m2", "m1"]);
    assert_eq!(list(stopped(), 1).await, ["m2"]);
    let of_portal = OutboxFilter {
        destination: Some("portal".to_owned()),
        ..stopped()
    };
    assert_eq!(list(of_portal, 9).await, ["m1"]);
    let before = OutboxFilter {
        before: Some(second.id),
        ..OutboxFilter::default()
    };
    assert_eq!(list(before, 9).await, ["m1"]);
    let pending = OutboxFilter {
        state: Some(OutboxState::Pending),
        ..OutboxFilter::default()
    };
    assert_eq!(list(pending, 9).await, ["m3"]);
}

pub(crate) async fn what_stopped_is_put_back_once_with_a_fresh_count_and_the_journal_says_so(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let parked = stop(&store, "m1", "portal", 0).await;
    let exchange = store.exchange();
    let on_its_way = OutboxEntry {
        state: OutboxState::Pending,
        attempts: 0,
        why: None,
        concluded_at: None,
        ..parked.clone()
    };
    let resent = exchange.resend(parked.id, at(60)).await;
    assert_eq!(resent, Ok(Resend::Resent(on_its_way)));
    let again = exchange.resend(parked.id, at(61)).await;
    assert_eq!(again, Ok(Resend::NotStopped(OutboxState::Pending)));
    let unknown = exchange.resend(parked.id + 1, at(61)).await;
    assert_eq!(unknown, Ok(Resend::Unknown));
    let journal = store.journal().list(&JournalFilter::default(), 10).await;
    let journal = journal.unwrap();
    let kinds: Vec<_> = journal.iter().map(|entry| entry.kind.as_str()).collect();
    assert_eq!(kinds, ["resent", "parked"]);
    let line = &journal[0];
    assert_eq!(
        (line.message_id.clone(), line.direction, line.at),
        (Some(message_id("m1")), Direction::Own, at(60))
    );
    assert_eq!(
        line.summary,
        serde_json::json!({
            "asked_by": "control-token",
            "entry": parked.id,
            "destination": "portal",
            "attempts": 1,
            "why": "refused",
        })
    );
    let claimed = exchange.claim(at(60), 9, LEASE).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].attempt), (1, 1));
    let ticket = claimed[0].ticket;
    let done = exchange.complete(ticket, Conclusion::at(at(62))).await;
    assert_eq!(done, Ok(true));
    let late = exchange.resend(parked.id, at(63)).await;
    assert_eq!(late, Ok(Resend::NotStopped(OutboxState::Done)));
    // The clock was set back: what is resent is due now.
    let parked = stop(&store, "m2", "portal", 1000).await;
    let Ok(Resend::Resent(back)) = exchange.resend(parked.id, at(500)).await else {
        panic!("not resent");
    };
    assert_eq!(back.due_at, at(500));
}

pub(crate) async fn of_many_resends_exactly_one_puts_it_back(stand: &impl Stand) {
    let store = stand.open().await;
    let id = stop(&store, "m1", "portal", 0).await.id;
    let tasks: Vec<_> = (0..16)
        .map(|_| {
            let store = store.clone();
            tokio::spawn(async move { store.exchange().resend(id, at(60)).await.unwrap() })
        })
        .collect();
    let mut resent = 0;
    for task in tasks {
        match task.await.unwrap() {
            Resend::Resent(_) => resent += 1,
            other => assert_eq!(other, Resend::NotStopped(OutboxState::Pending)),
        }
    }
    assert_eq!(resent, 1);
    let journal = store.journal().list(&JournalFilter::default(), 99).await;
    assert_eq!(journal.unwrap().len(), 2);
}

pub(crate) async fn all_that_stopped_or_what_is_for_one_destination_is_put_back_oldest_first(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    for (id, destination, seconds) in [
        ("m1", "portal", 0),
        ("m2", "regional-gateway", 10),
        ("m3", "portal", 20),
        ("m4", "regional-gateway", 30),
    ] {
        stop(&store, id, destination, seconds).await;
    }
    let exchange = store.exchange();
    let ids = |all: ResentAll| -> Vec<String> {
        assert_eq!(all.ended, []);
        let ids = all.resent.into_iter().map(|one| one.message_id.to_string());
        ids.collect()
    };
    let portal = exchange.resend_all(Some("portal"), at(60)).await.unwrap();
    assert_eq!(ids(portal), ["m1", "m3"]);
    let rest = exchange.resend_all(None, at(60)).await.unwrap();
    assert_eq!(ids(rest), ["m2", "m4"]);
    let nothing = exchange.resend_all(None, at(61)).await;
    assert_eq!(nothing, Ok(ResentAll::default()));
    let claimed = exchange.claim(at(60), 9, LEASE).await.unwrap();
    let order: Vec<_> = claimed
        .iter()
        .map(|one| one.message.message_id.as_str())
        .collect();
    assert_eq!(order, ["m1", "m2", "m3", "m4"]);
}

pub(crate) async fn the_entries_of_one_exchange_are_told_in_their_order(stand: &impl Stand) {
    let store = stand.open().await;
    let exchange = store.exchange();
    for (id, destination, correlation) in [
        ("n1", "status/a", Some("m1")),
        ("n2", "status/b", Some("m1")),
        ("n3", "status/a", Some("m2")),
        ("n4", "status/a", None),
        ("n5", "status/a", Some("m1")),
    ] {
        let mut message = outgoing(id);
        destination.clone_into(&mut message.destination);
        message.correlation = correlation.map(message_id);
        let queued = exchange.enqueue(message, Vec::new(), at(0)).await;
        queued.unwrap();
    }
    let found = exchange
        .outbox_of_exchange("status/a", &message_id("m1"))
        .await
        .unwrap();
    let ids: Vec<_> = found.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(ids, ["n1", "n5"]);
}

/// Journal entries, outbox entries and steps of `m1`.
async fn counts(store: &Store) -> (usize, usize, usize) {
    let journal = store.journal().list(&JournalFilter::default(), 99).await;
    let outbox = store.exchange().outbox(99).await;
    let steps = store.trace().of(&message_id("m1")).await;
    (
        journal.unwrap().len(),
        outbox.unwrap().len(),
        steps.unwrap().len(),
    )
}
