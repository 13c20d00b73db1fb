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

/// Commits without rest: the next is always there before all of the log is at home.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_of_a_writer_who_never_rests_begins_anew_before_his_commits_bring_it_home() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.sqlite");
    let log = dir.path().join("store.sqlite-wal");
    let database = Sqlite::open(&file, "gateway").await.unwrap();
    let writing = {
        let database = Sqlite::open(&file, "gateway").await.unwrap();
        tokio::spawn(async move {
            for number in 0..2000 {
                let put = database.write(move |connection| {
                    Box::pin(async move {
                        let text = "INSERT INTO settings (name, value) VALUES ($1, $2)";
                        let (name, value) = (format!("n{number}"), "a".repeat(64 * 1024));
                        let put = query(text).bind(name).bind(value);
                        put.execute(connection).await.map(|_| ())
                    })
                });
                put.await.unwrap();
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
            database.close().await;
        })
    };
    let (mut connection, mut seen) = (None, None);
    let mut longest = 0;
    while !writing.is_finished() {
        bring_home(&mut connection, &mut seen, || Inline::open(&file, BUSY)).unwrap();
        longest = longest.max(std::fs::metadata(&log).unwrap().len());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    writing.await.unwrap();
    // Of 131 MB. Without a new beginning it is 20 MB and more, and goes on to where the writer's own commits bring it home.
    let long = u64::try_from(LONG_PAGES).unwrap() * 4096;
    assert!(longest < 3 * long, "{longest} bytes");
    drop(connection);
    database.close().await;
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
