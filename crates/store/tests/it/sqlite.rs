//! SQLite: the contract, and what only a file can be asked.

use std::os::unix::fs::PermissionsExt as _;

use qaqpa_model::Actor;
use qaqpa_store::{
    Acceptance, Claimed, Conclusion, Effect, Heard, Incoming, JournalFilter, OutboxState,
    OutgoingMessage, Store, StoreConfig, StoreError, Word, no_judge,
};
use sha2::{Digest as _, Sha256};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::stand::{SqliteStand, Stand, at, card, failure, incoming, message_id, outgoing, said};

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

/// Changes stored bytes behind the store's back, or takes them away.
pub(crate) async fn spoil(stand: &SqliteStand, digest: &str, bytes: Option<&[u8]>) {
    let statement = match bytes {
        Some(bytes) => format!(
            "UPDATE blobs SET locked = x'{}' WHERE digest = '{digest}'",
            hex::encode(bytes)
        ),
        None => format!("DELETE FROM blobs WHERE digest = '{digest}'"),
    };
    tamper(stand, &statement).await;
}

/// So long that they lie in a file: these bytes, and more.
pub(crate) fn long(bytes: &[u8]) -> Vec<u8> {
    let mut long = bytes.to_vec();
    long.resize(70_000, b'x');
    long
}

#[tokio::test]
async fn a_damaged_body_is_told_and_holds_up_no_other() {
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
    let ids: Vec<_> = claimed
        .iter()
        .map(|one| (one.message.message_id.as_str(), one.damaged.as_deref()))
        .collect();
    let why = "the stored file none is damaged or missing";
    assert_eq!(ids, [("m1", Some(why)), ("m2", None)]);
}

/// The request, what it changes and what the journal tells of it are one: none of them without the others.
#[tokio::test]
async fn a_word_whose_request_cannot_be_remembered_changes_nothing_and_counts_when_it_is_said_again()
 {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let lease = std::time::Duration::from_secs(30);
    let ticket = store.exchange().claim(at(0), 9, lease).await.unwrap()[0].ticket;
    let done = Conclusion::at(at(1));
    let done = store.exchange().complete(ticket, done).await;
    assert_eq!(done, Ok(true));
    let stood = store.exchange().outbox(9).await;
    let entries = store.journal().list(&JournalFilter::default(), 9).await;
    let word = said(
        "regional-gateway",
        "m1",
        Word::Again {
            push: true,
            why: "lost it".to_owned(),
        },
    );
    for table in ["visits", "journal"] {
        let trigger = format!(
            "CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END;
             UPDATE outbox SET why = why"
        );
        tamper(&stand, &trigger).await;
        let heard = store.exchange().hear(word.clone()).await;
        assert!(
            matches!(heard, Err(StoreError::Database { .. })),
            "{heard:?}"
        );
        assert_eq!(store.exchange().outbox(9).await, stood);
        let now = store.journal().list(&JournalFilter::default(), 9).await;
        assert_eq!(now, entries);
        tamper(&stand, "DROP TRIGGER full; UPDATE outbox SET why = why").await;
    }
    let heard = store.exchange().hear(word).await;
    assert_eq!(heard, Ok(Heard::Now { changed: true }));
    let again = store.exchange().claim(at(9), 9, lease).await.unwrap();
    assert_eq!(again.len(), 1);
}

/// A file that cannot be read at this moment, whoever asks and whatever the reason, is no damage.
#[tokio::test]
async fn a_body_that_cannot_be_read_now_waits_and_goes_out_later_and_only_a_missing_one_is_damaged()
{
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let lease = LEASE;
    let body = long(&outgoing("m1").body);
    for (id, body) in [("m1", body.clone()), ("m2", b"short".to_vec())] {
        let outbox = Some(OutgoingMessage {
            body,
            ..outgoing(id)
        });
        let new = Incoming {
            outbox,
            ..incoming(id)
        };
        let _ = store.exchange().accept(new).await.unwrap();
    }
    let digest = hex::encode(Sha256::digest(&body));
    let file = stand.config().dir.join("blobs").join(&digest[..2]);
    let file = file.join(&digest);
    let (aside, link) = (file.with_extension("aside"), &file);
    std::fs::rename(&file, &aside).unwrap();
    std::os::unix::fs::symlink(&file, link).unwrap();

    let claimed = store.exchange().claim(at(0), 9, lease).await.unwrap();
    let ids = |claimed: &[Claimed]| -> Vec<(String, bool)> {
        let each = claimed.iter();
        each.map(|one| (one.message.message_id.to_string(), one.damaged.is_some()))
            .collect()
    };
    assert_eq!(ids(&claimed), [("m2".to_owned(), false)]);
    let entry = store.exchange().outbox_of(&message_id("m1")).await;
    let entry = entry.unwrap().unwrap();
    assert_eq!(entry.state, OutboxState::Pending);
    let why = entry.why.unwrap();
    assert!(why.contains("symbolic links"), "{why}");

    std::fs::remove_file(link).unwrap();
    std::fs::rename(&aside, &file).unwrap();
    let later = store.exchange().claim(at(60), 9, lease).await.unwrap();
    assert_eq!(ids(&later), [("m1".to_owned(), false)]);
    assert_eq!(later[0].message.body, body);

    std::fs::remove_file(&file).unwrap();
    let exchange = store.exchange();
    let given_back = exchange
        .retry_at(later[0].ticket, failure(at(61), "another time"))
        .await;
    assert_eq!(given_back, Ok(true));
    let gone = exchange.claim(at(99), 9, lease).await.unwrap();
    assert_eq!(ids(&gone), [("m1".to_owned(), true)]);
}

/// 64 KiB when locked, and no octet more.
#[tokio::test]
async fn short_bytes_lie_locked_in_the_database_and_long_ones_in_files() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let longest = 64 * 1024 - 28;
    for (id, length, files) in [("m1", 0, 0), ("m2", longest, 0), ("m3", longest + 1, 1)] {
        let body = vec![b'7'; length];
        let new = Incoming {
            outbox: Some(OutgoingMessage {
                body: body.clone(),
                ..outgoing(id)
            }),
            ..incoming(id)
        };
        let _ = store.exchange().accept(new).await.unwrap();
        assert_eq!(files_in(&stand), files, "{length}");
        let claimed = store.exchange().claim(at(0), 9, LEASE).await.unwrap();
        assert_eq!(claimed[0].message.body, body);
    }
    assert_eq!(rows_of(&stand).await, 5);
    let bytes = std::fs::read(stand.config().dir.join("store.sqlite-wal")).unwrap();
    for open in [b"<raw>m1".as_slice(), &[b'7'; 20]] {
        assert!(!bytes.windows(open.len()).any(|part| part == open));
    }
    // Another opening has the key; without it nothing is opened, and no other is made.
    store.close().await;
    let again = stand.open().await;
    assert_eq!(
        again.journal().raw(1).await.unwrap().unwrap(),
        b"<raw>m1</raw>"
    );
    again.close().await;
    let key = stand.config().dir.join("raw.key");
    std::fs::remove_file(&key).unwrap();
    std::fs::remove_dir_all(stand.config().dir.join("blobs")).unwrap();
    for outcome in [
        Store::open(&stand.config(), Actor::Gateway).await,
        Store::open_to_read(&stand.config(), Actor::Gateway).await,
    ] {
        let Err(StoreError::File { path, why }) = outcome else {
            panic!("opened");
        };
        assert_eq!(path, key.display().to_string());
        assert!(why.contains("backup"), "{why}");
    }
    assert!(!key.exists());
}

/// What is refused leaves no bytes behind, and a repeat none but those of the first.
#[tokio::test]
async fn bytes_are_stored_with_who_names_them_or_not_at_all() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    assert_eq!(rows_of(&stand).await, 2);
    let replayed = Incoming {
        business_signature: incoming("m1").business_signature,
        ..incoming("m2")
    };
    assert!(matches!(
        store.exchange().accept(replayed).await,
        Ok(Acceptance::Conflict(_))
    ));
    let failing = Incoming {
        effects: vec![Effect::Card(card("m1")); 2],
        ..incoming("m3")
    };
    assert!(store.exchange().accept(failing).await.is_err());
    assert_eq!((rows_of(&stand).await, files_in(&stand)), (2, 0));
}

/// A folder of before: what lies in files is read there, put again it is found, and it goes as one.
#[tokio::test]
async fn bytes_in_files_of_an_earlier_version_are_read_and_swept() {
    let stand = SqliteStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let raw = b"<raw>m1</raw>".to_vec();
    let digest = hex::encode(Sha256::digest(&raw));
    spoil(&stand, &digest, None).await;
    assert!(store.journal().raw(1).await.is_err());
    // As the version before locking left it.
    let folder = stand.config().dir.join("blobs").join(&digest[..2]);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(&digest), &raw).unwrap();
    assert_eq!(store.journal().raw(1).await.unwrap().unwrap(), raw);
    assert_eq!(
        store.journal().kept(&digest).await.unwrap(),
        Some(raw.clone())
    );
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

const LEASE: std::time::Duration = std::time::Duration::from_secs(30);

/// How many files hold bytes.
pub(crate) fn files_in(stand: &SqliteStand) -> usize {
    let folders = std::fs::read_dir(stand.config().dir.join("blobs")).unwrap();
    folders
        .flatten()
        .filter(|folder| folder.path().is_dir())
        .map(|folder| std::fs::read_dir(folder.path()).unwrap().count())
        .sum()
}

/// How many rows do.
pub(crate) async fn rows_of(stand: &SqliteStand) -> usize {
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(stand.config().dir.join("store.sqlite"))
        .connect()
        .await
        .unwrap();
    let rows: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM blobs")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    usize::try_from(rows).unwrap()
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
