//! A migration beside running processes: those of before work on while the new ones start.

use qaqpa_store::{
    Acceptance, CardFilter, Conclusion, Effect, JournalFilter, Store, Word, no_judge,
};

use crate::postgres::PostgresStand;
use crate::stand::{Stand, at, card, failure, incoming, message_id, say};

const LEASE: std::time::Duration = std::time::Duration::from_secs(30);

/// A round of a process's life: every statement that it repeats, with plans that its connections keep.
async fn life(store: &Store, round: usize) {
    let exchange = store.exchange();
    let id = format!("m-{round}");
    let mut new = incoming(&id);
    new.effects = vec![Effect::Card(card(&id))];
    assert_eq!(exchange.accept(new).await, Ok(Acceptance::Accepted));
    assert!(exchange.message(&message_id(&id)).await.unwrap().is_some());
    let claimed = exchange.claim(at(5), 9, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1, "{round}");
    let done = exchange.complete(claimed[0].ticket, Conclusion::at(at(5)));
    assert_eq!(done.await, Ok(true));
    let again = Word::Again {
        push: true,
        why: String::new(),
    };
    assert!(say(store, "regional-gateway", &id, again).await);
    let ticket = exchange.claim(at(5), 9, LEASE).await.unwrap()[0].ticket;
    let parked = exchange.park(ticket, "no", Conclusion::at(at(5))).await;
    assert_eq!(parked, Ok(true));
    assert_eq!(
        exchange.resend_all(None, at(5)).await.unwrap().resent.len(),
        1
    );
    let ticket = exchange.claim(at(5), 9, LEASE).await.unwrap()[0].ticket;
    assert_eq!(
        exchange.retry_at(ticket, failure(at(5), "later")).await,
        Ok(true)
    );
    let ticket = exchange.claim(at(5), 9, LEASE).await.unwrap()[0].ticket;
    let done = exchange.complete(ticket, Conclusion::at(at(5))).await;
    assert_eq!(done, Ok(true));
    assert_eq!(exchange.outbox(99).await.unwrap().len(), round + 1);
    let cards = store.cards().list(CardFilter::default(), 99).await.unwrap();
    assert_eq!(cards.len(), round + 1);
    let filter = JournalFilter::default();
    assert!(!store.journal().list(&filter, 3).await.unwrap().is_empty());
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!(proof.finding, None);
}

#[tokio::test]
async fn a_running_process_works_on_when_a_newer_version_adds_columns_and_indexes_to_every_table() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    // Often enough that every pooled connection has its plans.
    for round in 0..6 {
        life(&store, round).await;
    }
    for table in [
        "messages",
        "outbox",
        "journal",
        "journal_heads",
        "journal_seals",
        "journal_checkpoints",
        "trace",
        "accounts",
        "sessions",
        "applications",
        "cabinet",
        "cards",
        "tasks",
        "blobs",
    ] {
        let text = format!(
            "ALTER TABLE {table} ADD COLUMN of_a_newer_version TEXT;
             CREATE INDEX ON {table} (of_a_newer_version)"
        );
        stand.tamper(&text).await;
    }
    for round in 6..12 {
        life(&store, round).await;
    }
}

/// The newest migration of this version, run while the process of the version before accepts and delivers.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_version_before_puts_into_the_outbox_beside_the_new_one_is_delivered_by_it() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    // As the version before writes it: it knows of no lane.
    stand
        .tamper(
            "INSERT INTO outbox (destination, message_id, body, state, due_at, queued_at)
             SELECT 'regional-gateway', 'old-' || n, 'none', 'pending', 0, 0 FROM generate_series(1, 3) AS n",
        )
        .await;
    let _ = store.exchange().accept(incoming("new")).await.unwrap();
    let claimed = store.exchange().claim(at(5), 9, LEASE).await.unwrap();
    let ids: Vec<_> = claimed
        .iter()
        .map(|one| one.message.message_id.as_str())
        .collect();
    assert_eq!(ids, ["old-1", "old-2", "old-3", "new"]);
    // And what it has claimed for itself, by a clock that may be another, is not claimed beside it for the lease.
    stand
        .tamper(
            "INSERT INTO outbox (destination, message_id, body, state, due_at, queued_at, leased_until, leased_by)
             VALUES ('regional-gateway', 'taken', 'none', 'pending', 0, 0,
                     CAST(EXTRACT(EPOCH FROM now()) * 1000 AS BIGINT) + 20000, 'gateway-7')",
        )
        .await;
    assert_eq!(store.exchange().claim(at(5), 9, LEASE).await, Ok(vec![]));
}
