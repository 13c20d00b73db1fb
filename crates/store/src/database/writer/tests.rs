//! What becomes of a group over a file, whoever of it fails.

use std::path::Path;
use std::sync::mpsc::channel;

use super::*;
use crate::database::{Columns, Database, Sqlite};

async fn opened(folder: &Path) -> Database {
    let database = Sqlite::open(&folder.join("store.sqlite"), "gateway").await;
    let database = database.unwrap();
    run_in(&database, &["CREATE TABLE things (name TEXT, bytes BLOB)"])
        .await
        .unwrap();
    database
}

/// One job of these statements.
async fn run_in(database: &Database, texts: &'static [&'static str]) -> Result<(), StoreError> {
    database
        .write(move |connection| {
            Box::pin(async move {
                for text in texts {
                    query(text).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn names(database: &Database) -> Vec<String> {
    let rows = query("SELECT name FROM things ORDER BY rowid");
    let rows = rows.fetch_all(database.readers()).await.unwrap();
    let names = rows.iter().map(|row| Columns(row).text("name"));
    names.collect::<Result<_, _>>().unwrap()
}

const GOOD: [&[&str]; 3] = [
    &["INSERT INTO things (name) VALUES ('one')"],
    &["INSERT INTO things (name) VALUES ('two')"],
    &["INSERT INTO things (name) VALUES ('three')"],
];

const BAD: [&[&str]; 3] = [
    &[
        "INSERT INTO things (name) VALUES ('bad one')",
        "DELETE FROM nowhere",
    ],
    &[
        "INSERT INTO things (name) VALUES ('bad two')",
        "DELETE FROM nowhere",
    ],
    &[
        "INSERT INTO things (name) VALUES ('bad three')",
        "DELETE FROM nowhere",
    ],
];

#[tokio::test]
async fn a_job_that_fails_leaves_nothing_wherever_it_stands_among_those_that_wait() {
    for bad in 0..8_u8 {
        let dir = tempfile::tempdir().unwrap();
        let database = opened(dir.path()).await;
        let fails = |at: usize| bad & (1 << at) != 0;
        let job = |at: usize| match fails(at) {
            true => BAD[at],
            false => GOOD[at],
        };
        // The writer is held up until all three wait.
        let (begun, begins) = channel();
        let (release, held) = channel();
        let hold = database.write(move |_| {
            Box::pin(async move {
                begun.send(()).unwrap();
                held.recv().map_err(|_| StoreError::Closed)
            })
        });
        let all = async {
            tokio::task::spawn_blocking(move || begins.recv())
                .await
                .unwrap()
                .unwrap();
            futures::join!(
                run_in(&database, job(0)),
                run_in(&database, job(1)),
                run_in(&database, job(2)),
                async { release.send(()).unwrap() },
            )
        };
        let (holds, (one, two, three, ())) = futures::join!(hold, all);
        assert_eq!(holds, Ok(()));
        let failed = [one, two, three].map(|outcome| outcome.is_err());
        assert_eq!(failed, [fails(0), fails(1), fails(2)]);
        let kept: Vec<&str> = ["one", "two", "three"]
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !fails(*at))
            .map(|(_, name)| name)
            .collect();
        assert_eq!(names(&database).await, kept);
        database.close().await;
    }
}

/// Alone, and behind another in a group: `SAVEPOINT` or not, the caller hears of the disk.
#[tokio::test]
async fn a_full_disk_is_told_as_it_is_and_there_is_writing_again_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    run_in(&database, &["PRAGMA max_page_count = 1"])
        .await
        .unwrap();
    let much: &[&str] = &["INSERT INTO things (bytes) VALUES (zeroblob(1000000))"];
    for _ in 0..3 {
        let outcomes = futures::join!(run_in(&database, much), run_in(&database, much));
        for outcome in [outcomes.0, outcomes.1] {
            let error = outcome.unwrap_err().to_string();
            assert!(
                error.ends_with("(code: 13) database or disk is full"),
                "{error}"
            );
        }
    }
    run_in(&database, &["PRAGMA max_page_count = 100000"])
        .await
        .unwrap();
    run_in(&database, GOOD[0]).await.unwrap();
    assert_eq!(names(&database).await, ["one"]);
}

#[tokio::test]
async fn a_job_that_panics_ends_the_writer_and_nobody_waits_for_ever() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    let panics = database.write::<(), _>(|_| Box::pin(async { panic!("as the test wants it") }));
    assert_eq!(panics.await, Err(StoreError::Closed));
    assert_eq!(run_in(&database, GOOD[0]).await, Err(StoreError::Closed));
    database.close().await;
}

/// The last connection clears the side file away: it is gone when this returns, not some time later.
#[tokio::test]
async fn a_closed_store_has_let_go_of_its_file() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    let side = dir.path().join("store.sqlite-wal");
    run_in(&database, GOOD[0]).await.unwrap();
    assert!(side.exists());
    database.close().await;
    assert!(!side.exists());
}

/// What was handed in is carried out, though nobody waits for it and the runtime is gone.
#[test]
fn what_is_begun_is_ended_though_the_runtime_is_gone() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = || tokio::runtime::Runtime::new().unwrap();
    let (begun, begins) = channel();
    let (release, held) = channel::<()>();
    let first = runtime();
    first.block_on(async {
        let database = opened(dir.path()).await;
        tokio::spawn(async move {
            let job = database.write(move |connection| {
                Box::pin(async move {
                    query(GOOD[0][0]).execute(connection).await?;
                    begun.send(()).unwrap();
                    held.recv().map_err(|_| StoreError::Closed)
                })
            });
            let _ = job.await;
        });
        tokio::task::spawn_blocking(move || begins.recv())
            .await
            .unwrap()
            .unwrap();
    });
    drop(first);
    release.send(()).unwrap();
    runtime().block_on(async {
        let file = dir.path().join("store.sqlite");
        let database = Sqlite::open(&file, "gateway").await.unwrap();
        // Waits for whoever writes.
        run_in(&database, GOOD[1]).await.unwrap();
        assert_eq!(names(&database).await, ["one", "two"]);
    });
}

#[tokio::test]
async fn a_patient_job_goes_with_the_next_one_and_alone_where_none_comes() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    let patient = || {
        database.write_with(Haste::Patient, |connection| {
            Box::pin(async move {
                query(GOOD[0][0]).execute(connection).await?;
                Ok(())
            })
        })
    };
    patient().await.unwrap();
    assert_eq!(names(&database).await, ["one"]);
    // The one that somebody waits for is written first, and takes the other along.
    let (first, second) = tokio::join!(patient(), run_in(&database, GOOD[1]));
    assert_eq!((first, second), (Ok(()), Ok(())));
    assert_eq!(names(&database).await, ["one", "two", "one"]);
}

#[tokio::test]
async fn what_waits_patiently_when_the_writer_is_told_to_stop_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    let patient = database.write_with(Haste::Patient, |connection| {
        Box::pin(async move {
            query(GOOD[0][0]).execute(connection).await?;
            Ok(())
        })
    });
    let stop = async { database.writer.as_ref().unwrap().stop().await };
    let (written, ()) = tokio::join!(patient, stop);
    assert_eq!(written, Ok(()));
    let again = Sqlite::open(&dir.path().join("store.sqlite"), "gateway").await;
    assert_eq!(names(&again.unwrap()).await, ["one"]);
}

#[tokio::test]
async fn hooks_run_when_their_job_is_on_disk_and_are_dropped_where_it_is_undone() {
    let dir = tempfile::tempdir().unwrap();
    let database = opened(dir.path()).await;
    let (told, hears) = channel();
    let job = |name: &'static str, texts: &'static [&'static str]| {
        let told = told.clone();
        database.write(move |connection| {
            connection.once_committed(move || told.send(name).unwrap());
            Box::pin(async move {
                for text in texts {
                    query(text).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
    };
    let (one, bad, two) =
        tokio::join!(job("one", GOOD[0]), job("bad", BAD[1]), job("two", GOOD[1]));
    assert_eq!((one.is_ok(), bad.is_ok(), two.is_ok()), (true, false, true));
    assert_eq!(hears.try_iter().collect::<Vec<_>>(), ["one", "two"]);
    job("bad", BAD[0]).await.unwrap_err();
    assert_eq!(hears.try_iter().count(), 0);
}

#[tokio::test]
async fn a_patient_job_whose_time_has_come_goes_before_what_floods_the_writer() {
    let (writer, waiting) = mpsc::channel(9);
    let (told, hears) = channel();
    let job = |name: &'static str| -> Work {
        let told = told.clone();
        Box::new(move |_| {
            told.send(name).unwrap();
            let tell: Tell = Box::new(drop);
            Box::pin(async move { Outcome { keep: false, tell } })
        })
    };
    let run = async |work: Work| {
        work(Err(StoreError::Closed)).await;
    };
    let mut jobs = Jobs::new(waiting);
    let urgent = |name| writer.try_send(Order::Work(Haste::Urgent, job(name)));
    let patient = writer.try_send(Order::Work(Haste::Patient, job("patient")));
    assert!(patient.is_ok() && urgent("one").is_ok());
    run(jobs.first().await.unwrap()).await;
    jobs.until = Instant::now() + Duration::from_secs(3600);
    assert!(urgent("two").is_ok() && urgent("three").is_ok());
    run(jobs.another().unwrap()).await;
    jobs.until = Instant::now();
    run(jobs.another().unwrap()).await;
    run(jobs.another().unwrap()).await;
    assert!(jobs.another().is_none());
    assert_eq!(
        hears.try_iter().collect::<Vec<_>>(),
        ["one", "two", "patient", "three"]
    );
}
