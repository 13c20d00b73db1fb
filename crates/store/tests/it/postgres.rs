//! PostgreSQL: the contract, and what only several processes over one database can be asked.

use std::collections::BTreeSet;
use std::time::Duration;

use qaqpa_model::Actor;
use qaqpa_store::{
    Acceptance, Backend, Claim, Company, Conclusion, Conflict, Doubted, JournalEntry,
    JournalFilter, OutboxState, PostgresAddress, Pruned, Removal, Room, Store, StoreConfig,
    StoreError, Wish, no_judge,
};
use sqlx::{Connection as _, PgConnection};

use crate::contract::journal::{stamp_all, test_judge};
use crate::server::{Server, server};
use crate::stand::{SqliteStand, Stand, at, digest_of, incoming, message_id, outgoing};

/// A schema of its own on the server that the tests share.
pub(crate) struct PostgresStand {
    pub(crate) dir: tempfile::TempDir,
    url: String,
    schema: String,
}

impl PostgresStand {
    fn on(server: &Server) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            url: server.url(),
            schema: server.schema(),
        }
    }

    pub(crate) fn config(&self) -> StoreConfig {
        self.config_of("one")
    }

    /// As another machine has it: a folder of its own.
    fn config_of(&self, machine: &str) -> StoreConfig {
        let address = PostgresAddress::new(&self.url, &self.schema).unwrap();
        StoreConfig {
            dir: self.dir.path().join(machine),
            backend: Backend::Postgres(address),
            ..SqliteStand::fresh().config()
        }
    }

    /// Runs statements behind the store's back.
    pub(crate) async fn tamper(&self, statements: &str) {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let text = format!("SET search_path TO {}; {statements}", self.schema);
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
    }

    async fn count(&self, question: &str) -> i64 {
        let mut connection = PgConnection::connect(&self.url).await.unwrap();
        let text = format!("SET search_path TO {}", self.schema);
        sqlx::raw_sql(sqlx::AssertSqlSafe(text))
            .execute(&mut connection)
            .await
            .unwrap();
        let count = sqlx::query_scalar(sqlx::AssertSqlSafe(question.to_owned()))
            .fetch_one(&mut connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        count
    }
}

impl Stand for PostgresStand {
    fn fresh() -> Self {
        Self::on(server())
    }

    async fn open(&self) -> Store {
        Store::open(&self.config(), Actor::Gateway).await.unwrap()
    }
}

crate::contract::hold!(crate::postgres::PostgresStand);

const LEASE: Duration = Duration::from_secs(30);

fn file_error<T>(outcome: Result<T, StoreError>) -> String {
    match outcome {
        Err(StoreError::File { path, why }) if path.ends_with("raw.key") => why,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("opened"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_that_open_an_empty_database_at_once_all_find_it_made() {
    let stand = PostgresStand::fresh();
    let opening: Vec<_> = (0..8)
        .map(|_| {
            let config = stand.config();
            tokio::spawn(async move { Store::open(&config, Actor::Gateway).await.unwrap() })
        })
        .collect();
    let mut stores = Vec::new();
    for task in opening {
        stores.push(task.await.unwrap());
    }
    for (turn, store) in stores.iter().enumerate() {
        let accepted = store.exchange().accept(incoming(&format!("m{turn}"))).await;
        assert_eq!(accepted, Ok(Acceptance::Accepted));
    }
    // A chain a process, each whole by itself.
    for store in &stores {
        let proof = store.journal().verify(&no_judge).await.unwrap();
        assert_eq!((proof.entries, proof.finding), (1, None));
    }
    let chains = stand.count("SELECT COUNT(DISTINCT writer) FROM journal");
    assert_eq!(chains.await, 8);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_identical_accepts_at_two_processes_exactly_one_is_accepted() {
    let stand = PostgresStand::fresh();
    let stores = [stand.open().await, stand.open().await];
    let tasks: Vec<_> = (0..48)
        .map(|turn| {
            let store = stores[turn % 2].clone();
            let id = format!("m{}", turn / 8);
            tokio::spawn(async move { (id.clone(), store.exchange().accept(incoming(&id)).await) })
        })
        .collect();
    let mut accepted = BTreeSet::new();
    for task in tasks {
        let (id, outcome) = task.await.unwrap();
        match outcome.unwrap() {
            Acceptance::Accepted => assert!(accepted.insert(id.clone()), "{id} twice"),
            other => {
                let answer = format!("<answer>{id}</answer>").into_bytes();
                assert_eq!(other, Acceptance::Duplicate { answer });
            }
        }
    }
    assert_eq!(accepted.len(), 6);
    assert_eq!(stand.count("SELECT COUNT(*) FROM outbox").await, 6);
    assert_eq!(stand.count("SELECT COUNT(*) FROM journal").await, 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_one_signature_at_two_processes_exactly_one_is_accepted() {
    let stand = PostgresStand::fresh();
    let stores = [stand.open().await, stand.open().await];
    let tasks: Vec<_> = (0..24)
        .map(|turn| {
            let store = stores[turn % 2].clone();
            tokio::spawn(async move {
                let mut new = incoming(&format!("m{turn}"));
                new.business_signature = Some(digest_of("one"));
                new.correlation = Some(message_id("first"));
                new.settles = true;
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_processes_share_the_outbox_and_never_an_entry() {
    let stand = PostgresStand::fresh();
    let stores = [stand.open().await, stand.open().await];
    for turn in 0..40 {
        let _ = stores[turn % 2]
            .exchange()
            .accept(incoming(&format!("m{turn}")))
            .await
            .unwrap();
    }
    let tasks: Vec<_> = (0..2)
        .map(|process| {
            let store: Store = stores[process].clone();
            tokio::spawn(async move {
                let mut own = Vec::new();
                loop {
                    let claimed = store.exchange().claim(at(0), 3, LEASE).await.unwrap();
                    if claimed.is_empty() {
                        return own;
                    }
                    for entry in claimed {
                        let conclusion = Conclusion::at(at(1));
                        let done = store.exchange().complete(entry.ticket, conclusion).await;
                        assert_eq!(done, Ok(true));
                        own.push(entry.message.message_id.to_string());
                    }
                }
            })
        })
        .collect();
    let mut all = Vec::new();
    for task in tasks {
        all.extend(task.await.unwrap());
    }
    let once: BTreeSet<_> = all.iter().cloned().collect();
    assert_eq!((all.len(), once.len()), (40, 40));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_actor_is_delivered_to_by_each_process_and_a_systems_endpoint_by_all_together() {
    let stand = PostgresStand::fresh();
    let stores = [stand.open().await, stand.open().await];
    for destination in ["portal", "system/X/s@a"] {
        for turn in 0..6 {
            let mut message = outgoing(&format!("{}-{turn}", &destination[..1]));
            destination.clone_into(&mut message.destination);
            let exchange = stores[0].exchange();
            let put = exchange.enqueue(message, Vec::new(), at(0)).await;
            put.unwrap();
        }
    }
    let room = Room { all: 9, each: 2 };
    let claim = Claim {
        actors: room,
        systems: room,
        ..Claim::none(at(1), LEASE)
    };
    let mut claimed = Vec::new();
    for store in &stores {
        let now = store.exchange().claim_fairly(&claim).await.unwrap();
        let ids = now.entries.iter();
        let mut ids: Vec<_> = ids.map(|one| one.message.message_id.to_string()).collect();
        ids.sort();
        claimed.push(ids);
    }
    assert_eq!(claimed[0], ["p-0", "p-1", "s-0", "s-1"]);
    assert_eq!(claimed[1], ["p-2", "p-3"]);
}

#[tokio::test]
async fn who_starts_ends_the_leases_of_his_own_name_and_no_others() {
    let stand = PostgresStand::fresh();
    let (one, two) = (stand.open().await, stand.open().await);
    for id in ["m1", "m2"] {
        let _ = one.exchange().accept(incoming(id)).await.unwrap();
    }
    assert_eq!(
        one.exchange().claim(at(0), 1, LEASE).await.unwrap().len(),
        1
    );
    let short = Duration::from_secs(3);
    assert_eq!(
        two.exchange().claim(at(0), 1, short).await.unwrap().len(),
        1
    );
    // The first process ends; another starts, takes its name and what it had in hand.
    one.close().await;
    let next = stand.open().await;
    let exchange = next.exchange();
    assert_eq!(exchange.take_over(at(1), LEASE).await, Ok(0));
    let gone = exchange.predecessors().await.unwrap();
    assert_eq!(gone.len(), 1);
    assert!(gone[0].starts_with("gateway/"), "{gone:?}");
    assert_eq!(exchange.inherit(gone).await, Ok(1));
    assert_eq!(exchange.predecessors().await, Ok(vec![]));
    let claimed = next.exchange().claim(at(1), 9, LEASE).await.unwrap();
    let ids: Vec<_> = claimed
        .iter()
        .map(|entry| &entry.message.message_id)
        .collect();
    assert_eq!(ids, [&message_id("m1")]);
    // What the second has in hand comes when its lease ends.
    tokio::time::sleep(short).await;
    let claimed = next.exchange().claim(at(1), 9, LEASE).await.unwrap();
    let ids: Vec<_> = claimed
        .iter()
        .map(|entry| &entry.message.message_id)
        .collect();
    assert_eq!(ids, [&message_id("m2")]);
    let journal = next.journal().list(&JournalFilter::default(), 9).await;
    assert_eq!(journal.unwrap().len(), 2, "the chain of the first goes on");
}

/// Ends the connection at the server that has this name.
async fn cut_off(stand: &PostgresStand, name: &str) {
    let holds = "locktype = 'advisory' AND objsubid = 1
         AND ((CAST(classid AS BIGINT) << 32) | CAST(objid AS BIGINT))
           = hashtextextended(current_schema() || ' writer ";
    let cut = format!("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE {holds}{name}', 0)");
    stand.tamper(&cut).await;
    let left = format!("SELECT COUNT(*) FROM pg_locks WHERE {holds}{name}', 0)");
    while stand.count(&left).await > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Its connection is gone, and its name another's: what it has in hand is its own all the same.
#[tokio::test]
async fn what_a_process_has_in_hand_stays_its_own_when_its_name_has_become_anothers() {
    let stand = PostgresStand::fresh();
    let one = stand.open().await;
    let _ = one.exchange().accept(incoming("m1")).await.unwrap();
    let in_hand = one.exchange().claim(at(0), 1, LEASE).await.unwrap();
    assert_eq!(in_hand.len(), 1);
    cut_off(&stand, "gateway").await;
    let next = stand.open().await;
    assert_eq!(next.journal().name(), "gateway");
    // Until the first is back, it looks as if it were gone: that is why there is a second look.
    assert_eq!(next.exchange().predecessors().await.unwrap().len(), 1);
    one.exchange().wake(at(0)).await.unwrap();
    assert_eq!(one.journal().name(), "gateway-2");
    assert_eq!(next.exchange().predecessors().await, Ok(vec![]));
    assert_eq!(next.exchange().take_over(at(1), LEASE).await, Ok(0));
    assert_eq!(next.exchange().claim(at(1), 9, LEASE).await, Ok(vec![]));
    let done = Conclusion::at(at(2));
    let done = one.exchange().complete(in_hand[0].ticket, done).await;
    assert_eq!(done, Ok(true));
}

/// Each lease has begun when the bytes are read: what cannot be read in a third of it is nobody's again.
#[tokio::test]
async fn bytes_that_the_database_does_not_give_in_time_give_all_their_entries_back() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    for id in ["m1", "m2", "m3"] {
        let _ = store.exchange().accept(incoming(id)).await.unwrap();
    }
    let mut other = PgConnection::connect(&stand.url).await.unwrap();
    let lock = format!("BEGIN; LOCK TABLE {}.blobs", stand.schema);
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock))
        .execute(&mut other)
        .await
        .unwrap();
    let begun = std::time::Instant::now();
    let lease = Duration::from_secs(6);
    let claimed = store.exchange().claim(at(0), 9, lease).await;
    assert_eq!(claimed, Ok(vec![]));
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
    let why = "the store does not answer";
    let whys: Vec<_> = store.exchange().outbox(9).await.unwrap();
    let whys: Vec<_> = whys.iter().map(|entry| entry.why.as_deref()).collect();
    let not_begun = "it was not its turn in time";
    assert_eq!(whys, [Some(not_begun), Some(not_begun), Some(why)]);
    other.close().await.unwrap();
    let claimed = store.exchange().claim(at(2), 9, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 3);
}

#[tokio::test]
async fn a_lease_holds_however_far_the_clocks_of_two_processes_are_apart() {
    let stand = PostgresStand::fresh();
    let (one, two) = (stand.open().await, stand.open().await);
    let mut new = incoming("m1");
    new.at = at(-100_000);
    let _ = one.exchange().accept(new).await.unwrap();
    assert_eq!(
        one.exchange().claim(at(0), 1, LEASE).await.unwrap().len(),
        1
    );
    for seconds in [-100_000, -31, 31, 100_000] {
        let claimed = two.exchange().claim(at(seconds), 1, LEASE).await;
        assert_eq!(claimed, Ok(vec![]), "{seconds}");
    }
}

#[tokio::test]
async fn what_lies_in_the_database_is_locked_and_every_machine_reads_it_with_the_key() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    let plain = "SELECT COUNT(*) FROM blobs WHERE position('m1'::bytea IN locked) > 0";
    assert_eq!(stand.count("SELECT COUNT(*) FROM blobs").await, 2);
    assert_eq!(stand.count(plain).await, 0);
    assert_eq!(std::fs::read_dir(stand.config().dir).unwrap().count(), 1);

    let other = stand.config_of("two");
    let why = file_error(Store::open(&other, Actor::Gateway).await);
    assert!(why.starts_with("is missing"), "{why}");
    assert!(!other.dir.join("raw.key").exists(), "no other key is made");
    std::fs::write(other.dir.join("raw.key"), [7; 32]).unwrap();
    for outcome in [
        Store::open(&other, Actor::Gateway).await,
        Store::open_to_read(&other, Actor::Gateway).await,
    ] {
        let why = file_error(outcome);
        assert!(why.starts_with("is another key"), "{why}");
    }
    std::fs::copy(
        stand.config().dir.join("raw.key"),
        other.dir.join("raw.key"),
    )
    .unwrap();
    let second = Store::open(&other, Actor::Gateway).await.unwrap();
    let claimed = second.exchange().claim(at(0), 1, LEASE).await.unwrap();
    assert_eq!(claimed[0].message.body, b"<body>m1</body>");
    let reader = Store::open_to_read(&other, Actor::Gateway).await.unwrap();
    assert_eq!(
        reader.journal().raw(1).await,
        Ok(Some(b"<raw>m1</raw>".to_vec()))
    );
    assert_eq!(
        reader.exchange().accept(incoming("m2")).await,
        Err(StoreError::ReadOnly)
    );
}

#[tokio::test]
async fn a_damaged_body_is_told_and_holds_up_no_other() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    for id in ["m1", "m2"] {
        let _ = store.exchange().accept(incoming(id)).await.unwrap();
    }
    stand
        .tamper("UPDATE blobs SET locked = '\\x00' WHERE digest = (SELECT body FROM outbox WHERE message_id = 'm1')")
        .await;
    let claimed = store.exchange().claim(at(0), 9, LEASE).await.unwrap();
    let ids: Vec<_> = claimed
        .iter()
        .map(|one| (one.message.message_id.as_str(), one.damaged.is_some()))
        .collect();
    assert_eq!(ids, [("m1", true), ("m2", false)]);
}

#[tokio::test]
async fn a_process_prunes_its_own_chain_and_leaves_what_another_names() {
    let stand = PostgresStand::fresh();
    let (one, two) = (stand.open().await, stand.open().await);
    let entry = |number: u8| JournalEntry {
        raw: Some(vec![number]),
        ..crate::tampering::entry(number)
    };
    for number in 1..=9 {
        one.journal().append(entry(number)).await.unwrap();
    }
    two.journal().append(entry(3)).await.unwrap();
    stamp_all(&one).await;
    let wish = Wish {
        before: at(5),
        now: at(500),
        company: Company::Nobody,
        doubted: Doubted::Kept,
    };
    let removal = Removal {
        segments: 1,
        entries: 4,
        last: 4,
        // The other process names the third.
        files: 3,
    };
    let pruned = one.journal().prune(wish, &test_judge).await;
    assert_eq!(pruned, Ok(Pruned::Removed(removal)));
    let proof = one.journal().verify(&test_judge).await.unwrap();
    assert_eq!((proof.finding, proof.pruned), (None, 4));
    assert_eq!(two.journal().raw(1).await, Ok(Some(vec![3])));
    let proof = two.journal().verify(&test_judge).await.unwrap();
    assert_eq!((proof.writer.as_str(), proof.entries), ("gateway-2", 1));
}

#[tokio::test]
async fn a_body_that_cannot_be_read_now_parks_nothing() {
    let stand = PostgresStand::fresh();
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    stand.tamper("ALTER TABLE blobs RENAME TO away").await;
    assert_eq!(store.exchange().claim(at(0), 9, LEASE).await, Ok(vec![]));
    let list = store.exchange().outbox(9).await.unwrap();
    assert_eq!(list[0].state, OutboxState::Pending);
    stand.tamper("ALTER TABLE away RENAME TO blobs").await;
    let claimed = store.exchange().claim(at(30), 9, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
}

#[tokio::test]
async fn a_store_of_another_version_is_not_opened() {
    let stand = PostgresStand::fresh();
    stand.open().await.close().await;
    stand
        .tamper(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (9999, 'newer', true, '\\x00', 0)",
        )
        .await;
    let outcome = Store::open(&stand.config(), Actor::Gateway).await;
    assert!(matches!(outcome, Err(StoreError::Database { .. })));
    let outcome = Store::open_to_read(&stand.config(), Actor::Gateway).await;
    assert!(matches!(
        outcome,
        Err(StoreError::Version { found: 9999, .. })
    ));
}

#[test]
fn an_address_is_checked_and_its_password_is_not_shown() {
    let address = PostgresAddress::new("postgres://me:Qwerty12@db/x", "regional-gateway.taraz");
    let address = address.unwrap();
    assert_eq!(
        format!("{address:?}"),
        "PostgresAddress { schema: \"regional_gateway__taraz\", .. }"
    );
    for (url, schema) in [
        ("mysql://db/x", "gateway"),
        ("postgres://db:port/x", "gateway"),
        ("postgres://db/x", ""),
        ("postgres://db/x", "a; DROP SCHEMA gateway"),
    ] {
        let outcome = PostgresAddress::new(url, schema);
        assert!(matches!(outcome, Err(StoreError::Address { .. })), "{url}");
    }
}

/// The server fails and comes back while messages arrive: who was told "accepted" was told the truth.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_restart_of_the_server_under_load_loses_nothing_that_was_accepted() {
    let server = Server::start();
    let stand = PostgresStand::on(&server);
    let store = stand.open().await;
    let senders: Vec<_> = (0..4)
        .map(|sender| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut faults = 0;
                for turn in 0..60 {
                    let id = format!("m-{sender}-{turn}");
                    // As a sender does who is told to try again.
                    loop {
                        match store.exchange().accept(incoming(&id)).await {
                            Ok(Acceptance::Accepted | Acceptance::Duplicate { .. }) => break,
                            Ok(other) => panic!("{other:?}"),
                            Err(error) => assert!(error.is_transient(), "{error}"),
                        }
                        faults += 1;
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
                faults
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let server = tokio::task::spawn_blocking(move || {
        server.fail();
        server.begin();
        server
    })
    .await
    .unwrap();
    for sender in senders {
        let _ = sender.await.unwrap();
    }
    assert_eq!(stand.count("SELECT COUNT(*) FROM messages").await, 240);
    assert_eq!(stand.count("SELECT COUNT(*) FROM outbox").await, 240);
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!((proof.entries, proof.finding), (240, None));
    store.close().await;
    drop(server);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_server_a_store_says_so_and_works_again_when_it_is_back() {
    let server = Server::start();
    let stand = PostgresStand::on(&server);
    let store = stand.open().await;
    let _ = store.exchange().accept(incoming("m1")).await.unwrap();
    server.fail();
    let outcome = store.exchange().accept(incoming("m2")).await;
    assert!(matches!(outcome, Err(StoreError::Unreachable { .. })));
    let outcome = store.counters().next("cards").await;
    assert!(matches!(outcome, Err(StoreError::Unreachable { .. })));
    server.begin();
    assert_eq!(
        store.exchange().accept(incoming("m2")).await,
        Ok(Acceptance::Accepted)
    );
    let proof = store.journal().verify(&no_judge).await.unwrap();
    assert_eq!((proof.entries, proof.finding), (2, None));
}
