//! SQLite: the contract, and what only a file can be asked.

use std::os::unix::fs::PermissionsExt as _;

use qaqpa_model::Actor;
use qaqpa_store::{Acceptance, Store, StoreConfig, StoreError, no_judge};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::stand::{SqliteStand, Stand, at, incoming, message_id};

crate::contract::hold!(crate::stand::SqliteStand);

/// Changes the file behind the store's back.
pub(crate) async fn tamper(stand: &SqliteStand, statement: &str) {
    let file = stand.config().dir.join("store.sqlite");
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .connect()
        .await
        .unwrap();
    let done = sqlx::raw_sql(sqlx::AssertSqlSafe(statement.to_owned()))
        .execute(&mut connection)
        .await
        .unwrap();
    assert!(done.rows_affected() > 0, "{statement}");
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_damaged_body_parks_its_entry_and_holds_up_no_other() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    for id in ["m1", "m2"] {
        let _ = store.exchange().accept(incoming(id)).await.unwrap();
    }
    tamper(
        &stand,
        "UPDATE outbox SET body = 'none' WHERE message_id = 'm1'",
    )
    .await;
    let lease = std::time::Duration::from_secs(1);
    let claimed = store.exchange().claim(at(0), 9, lease).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].message.message_id, message_id("m2"));
    let list = store.exchange().outbox(9).await.unwrap();
    assert_eq!(list[1].state, qaqpa_store::OutboxState::Parked);
}

#[tokio::test]
async fn the_files_are_for_their_owner_alone() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let dir = stand.config().dir;
    for name in ["store.sqlite", "store.sqlite-wal", "store.sqlite-shm"] {
        let mode = std::fs::metadata(dir.join(name))
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_not_opened() {
    let stand = SqliteStand::fresh();
    stand.open().await.close().await;
    tamper(
        &stand,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         VALUES (9999, 'newer', 1, x'00', 0)",
    )
    .await;
    let outcome = Store::open(&stand.config(), Actor::Gateway).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named() {
    let config = StoreConfig::in_folder("/dev/null/store");
    let Err(StoreError::File { path, .. }) = Store::open(&config, Actor::Portal).await else {
        panic!("opened");
    };
    assert_eq!(path, "/dev/null/store/blobs");
}

/// What is written is on disk when the answer comes, even if nothing is closed.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_accepted_is_seen_by_another_opening_at_once() {
    let stand = SqliteStand::fresh();
    let one = stand.open().await;
    let other = stand.open().await;
    assert_eq!(
        one.exchange().accept(incoming("m1")).await,
        Ok(Acceptance::Accepted)
    );
    assert_eq!(
        other.exchange().accept(incoming("m1")).await,
        Ok(Acceptance::Duplicate {
            answer: b"<answer>m1</answer>".to_vec()
        })
    );
    assert_eq!(
        other.exchange().accept(incoming("m2")).await,
        Ok(Acceptance::Accepted)
    );
    let proof = one.journal().verify(&no_judge).await.unwrap();
    assert_eq!((proof.entries, proof.finding), (2, None));
}

mod random {
    use proptest::prelude::*;

    use super::*;

    /// What a sender may do with one of three ids, two bodies and two signatures.
    fn attempts() -> impl Strategy<Value = Vec<(u8, u8, u8)>> {
        proptest::collection::vec((0..3_u8, 0..2_u8, 0..2_u8), 1..24)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever arrives at once: one message an id, one an id and a signature, an outbox entry each.
        #[test]
        fn whatever_arrives_at_once_is_accepted_once(attempts in attempts()) {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let stand = SqliteStand::fresh();
                let store = stand.open().await;
                let tasks: Vec<_> = attempts
                    .iter()
                    .map(|&(id, body, signature)| {
                        let store = store.clone();
                        tokio::spawn(async move {
                            let mut new = incoming(&format!("m{id}"));
                            new.digest = qaqpa_model::BodyDigest([body; 32]);
                            new.business_signature = Some([signature; 32]);
                            let answer = vec![id, body];
                            new.response = answer.clone();
                            (id, signature, answer, store.exchange().accept(new).await.unwrap())
                        })
                    })
                    .collect();
                let mut ids = std::collections::BTreeMap::new();
                let mut signatures = std::collections::BTreeSet::new();
                let mut repeats = Vec::new();
                for task in tasks {
                    let (id, signature, answer, outcome) = task.await.unwrap();
                    match outcome {
                        Acceptance::Accepted => {
                            assert!(ids.insert(id, answer).is_none(), "an id twice");
                            assert!(signatures.insert(signature), "a signature twice");
                        }
                        Acceptance::Duplicate { answer: stored } => {
                            assert_eq!(stored, answer);
                            repeats.push((id, answer));
                        }
                        Acceptance::Conflict(_) => {}
                    }
                }
                for (id, answer) in repeats {
                    assert_eq!(ids.get(&id), Some(&answer), "a repeat of nothing");
                }
                assert!(!ids.is_empty());
                let outbox = store.exchange().outbox(99).await.unwrap();
                assert_eq!(outbox.len(), ids.len());
                let proof = store.journal().verify(&no_judge).await.unwrap();
                assert_eq!((proof.entries, proof.finding), (ids.len() as u64, None));
            });
        }
    }
}
