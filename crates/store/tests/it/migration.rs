//! A store of an earlier version is brought up to date, and nothing of its journal is lost or doubted.

use std::path::Path;

use qaqpa_model::Actor;
use qaqpa_store::{DoubtKind, Indication, Store};
use sqlx::{ConnectOptions as _, Connection as _};

use crate::contract::journal::{entry, stamp_all, test_judge};
use crate::stand::SqliteStand;
use crate::tampering::entry_hash;

/// Makes a store with the first migrations only, and a journal in it as that version wrote it.
async fn store_of_before(stand: &SqliteStand, migrations: &[&str], entries: i64) {
    let dir = stand.config().dir;
    std::fs::create_dir_all(&dir).unwrap();
    let some = tempfile::tempdir().unwrap();
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/sqlite");
    for name in migrations {
        std::fs::copy(all.join(name), some.path().join(name)).unwrap();
    }
    let mut connection = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(dir.join("store.sqlite"))
        .create_if_missing(true)
        .connect()
        .await
        .unwrap();
    let migrator = sqlx::migrate::Migrator::new(some.path()).await.unwrap();
    migrator
        .run_direct(None, &mut connection, false)
        .await
        .unwrap();
    let mut previous = vec![0; 32];
    for id in 1..=entries {
        sqlx::query(
            "INSERT INTO journal (writer, id, at, kind, direction, summary, previous, hash)
             VALUES ('gateway', $1, $2, 'sent', 'out', '{}', $3, x'')",
        )
        .bind(id)
        .bind(1_790_000_000_000 + id)
        .bind(&previous)
        .execute(&mut connection)
        .await
        .unwrap();
        let row = sqlx::query("SELECT * FROM journal WHERE id = $1")
            .bind(id)
            .fetch_one(&mut connection)
            .await
            .unwrap();
        previous = entry_hash(&row);
        sqlx::query("UPDATE journal SET hash = $2 WHERE id = $1")
            .bind(id)
            .bind(&previous)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::query("INSERT INTO journal_heads (writer, id, hash) VALUES ('gateway', $1, $2)")
        .bind(entries)
        .bind(&previous)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

const BEFORE_SEALS: [&str; 3] = [
    "0001_begin.sql",
    "0002_issuers_by_kind.sql",
    "0003_certificates_by_place.sql",
];

#[tokio::test]
async fn a_journal_from_before_seals_goes_on_as_the_first_segment() {
    let stand = SqliteStand {
        dir: tempfile::tempdir().unwrap(),
    };
    store_of_before(&stand, &BEFORE_SEALS, 6).await;
    let store = Store::open(&stand.config(), Actor::Gateway).await.unwrap();
    let proof = store.journal().verify(&test_judge).await.unwrap();
    assert_eq!(
        (&proof.finding, proof.entries, proof.unsealed),
        (&None, 6, 6)
    );
    assert_eq!(proof.journal.len(), 64);
    // Segments of four: the old entries are more than that already, and the next multiple closes the first.
    for number in 7..=9 {
        assert_eq!(store.journal().append(entry("sent")).await, Ok(number));
    }
    stamp_all(&store).await;
    let seals = store.journal().seals(9).await.unwrap();
    assert_eq!(seals.len(), 1);
    assert_eq!((seals[0].first, seals[0].last), (1, 8));
    let proof = store.journal().verify(&test_judge).await.unwrap();
    // It holds, but a first segment of whatever length is what segments that were made into one look like, too.
    assert_eq!(proof.finding, None);
    assert_eq!((proof.entries, proof.segments, proof.unsealed), (9, 1, 1));
    let doubts: Vec<_> = proof.doubts.iter().map(|doubt| doubt.kind).collect();
    assert_eq!(doubts, [DoubtKind::SegmentTooLong]);
    assert_eq!(proof.indication(), Indication::Undecided);
}
