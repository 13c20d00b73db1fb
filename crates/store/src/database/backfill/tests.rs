//! What was committed is brought home once, beside the writer, and nothing of it is left when the store is closed.

use std::path::Path;

use super::*;
use crate::database::{Sqlite, query};

const BUSY: Duration = Duration::from_secs(10);

/// The rows of the file without its log.
fn at_home(file: &Path) -> i64 {
    let dir = tempfile::tempdir().unwrap();
    let alone = dir.path().join("store.sqlite");
    std::fs::copy(file, &alone).unwrap();
    let rows = Inline::open_to_read(&alone, true, BUSY).unwrap().run(
        "SELECT COUNT(*) AS rows FROM settings",
        &[],
        Wanted::First,
    );
    rows.unwrap().first().unwrap().value("rows").unwrap()
}

#[tokio::test]
async fn what_was_committed_is_brought_home_once_and_a_closed_store_leaves_no_log() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.sqlite");
    let log = dir.path().join("store.sqlite-wal");
    let database = Sqlite::open(&file, "gateway").await.unwrap();
    let (mut connection, mut seen) = (None, None);
    let mut home = || bring_home(&mut connection, &mut seen, || Inline::open(&file, BUSY));
    home().unwrap();
    let before = at_home(&file);
    let text = "INSERT INTO settings (name, value) VALUES ('a', '1')";
    let put = database.write(move |connection| {
        Box::pin(async move { query(text).execute(connection).await.map(|_| ()) })
    });
    put.await.unwrap();
    // It is on disk, in the log.
    assert!(log.exists());
    home().unwrap();
    assert_eq!(at_home(&file), before + 1);
    home().unwrap();
    assert_eq!(at_home(&file), before + 1);
    drop(connection);
    database.close().await;
    assert!(!log.exists());
}

#[tokio::test]
async fn a_store_that_nobody_closes_does_not_keep_its_thread() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.sqlite");
    let database = Sqlite::open(&file, "gateway").await.unwrap();
    let backfill = Backfill::start(file, BUSY).unwrap();
    let running = backfill.0.lock().unwrap().take().unwrap();
    drop(running.end);
    running.thread.join().unwrap();
    database.close().await;
}
