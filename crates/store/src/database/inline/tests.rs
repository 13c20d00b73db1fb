//! The same answers, and the same words where there is none, as of the readers' driver.

use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

use super::*;
use crate::database::quick::Quick;
use crate::database::{Columns, Connection, Readers, Sqlite, query};

/// The same file by either driver, and what else must stay.
struct Both {
    dir: tempfile::TempDir,
    each: [Connection; 2],
    _readers: Readers,
}

const BUSY: Duration = Duration::from_millis(20);

async fn both() -> Both {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.sqlite");
    let database = Sqlite::open(&file, "gateway").await.unwrap();
    database.close().await;
    let own = Connection::sqlite(Inline::open(&file, BUSY).unwrap(), "gateway");
    let options = SqliteConnectOptions::new().filename(&file);
    let pool = SqlitePoolOptions::new()
        .connect_with(options.busy_timeout(BUSY))
        .await
        .unwrap();
    let quick = Quick::new(file.clone(), true, BUSY);
    let readers = Readers::Sqlite(pool, Arc::new(quick));
    let mut each = [own, readers.acquire().await.unwrap()];
    for text in [
        "CREATE TABLE things (at INTEGER PRIMARY KEY, value UNIQUE)",
        "INSERT INTO things (value)
         VALUES (7), ('text'), (x'00ff'), (x''), (''), (1.5), (NULL), (CAST(x'ff' AS TEXT))",
    ] {
        query(text).execute(&mut each[0]).await.unwrap();
    }
    Both {
        dir,
        each,
        _readers: readers,
    }
}

/// What comes of a statement, the same by either driver.
async fn trouble(both: &mut Both, text: &'static str) -> String {
    let [one, other] = &mut both.each;
    let one = query(text).execute(one).await.err();
    assert_eq!(one, query(text).execute(other).await.err(), "{text}");
    one.map(|error| error.to_string()).unwrap_or_default()
}

#[tokio::test]
async fn a_trouble_has_the_same_words_by_either_driver() {
    let mut both = both().await;
    assert_eq!(
        trouble(&mut both, "INSERT INTO nowhere VALUES (1)").await,
        "the database: error returned from database: (code: 1) no such table: nowhere"
    );
    assert_eq!(
        trouble(&mut both, "INSERT INTO things (value) VALUES (7)").await,
        "the database: error returned from database: (code: 2067) UNIQUE constraint failed: things.value"
    );
    assert_eq!(trouble(&mut both, "PRAGMA max_page_count = 1").await, "");
    let much = "INSERT INTO things (value) VALUES (zeroblob(1000000))";
    assert_eq!(
        trouble(&mut both, much).await,
        "the database: error returned from database: (code: 13) database or disk is full"
    );
    let another = rusqlite::Connection::open(both.dir.path().join("store.sqlite")).unwrap();
    another.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert_eq!(
        trouble(&mut both, "BEGIN IMMEDIATE").await,
        "the database is busy with the work of another process: error returned from database: (code: 5) database is locked"
    );
    drop(another);
    assert_eq!(trouble(&mut both, "PRAGMA query_only = ON").await, "");
    assert_eq!(
        trouble(&mut both, "DELETE FROM things").await,
        "the database: error returned from database: (code: 8) attempt to write a readonly database"
    );
}

#[tokio::test]
async fn every_kind_of_value_is_read_or_refused_as_by_the_other_driver() {
    let mut both = both().await;
    let mut read = [Vec::new(), Vec::new()];
    for (connection, read) in both.each.iter_mut().zip(&mut read) {
        let rows = query("SELECT *, value AS at FROM things ORDER BY things.at");
        let rows = rows.fetch_all(connection).await.unwrap();
        assert_eq!(rows.len(), 8);
        read.extend(rows.iter().map(|row| {
            let row = Columns(row);
            (
                (row.text("value"), row.text_here("value").map(str::len)),
                (row.bytes("value"), row.bytes_option("value")),
                (row.number("value"), row.number_option("value")),
                // Of two of one name; and of none.
                (row.text_option("at"), row.number("nowhere")),
            )
        }));
    }
    // Where nothing stands the other reads "" and 0 as well; PostgreSQL does not, and neither do we.
    let [own, other] = read.each_mut().map(|rows| rows.remove(6));
    assert_eq!(
        (own.0.0.is_err(), own.1.0.is_err(), own.2.0.is_err()),
        (true, true, true)
    );
    assert_eq!((own.1.1, own.2.1, own.3), (other.1.1, other.2.1, other.3));
    assert_eq!(read[0], read[1]);
    let texts = read[0].iter().filter(|row| row.0.0.is_ok()).count();
    let numbers = read[0].iter().filter(|row| row.2.0.is_ok()).count();
    assert_eq!((texts, numbers), (2, 1));
}

#[tokio::test]
async fn values_are_bound_by_their_numbers_and_come_back() {
    let mut both = both().await;
    for connection in &mut both.each {
        let row = query("SELECT $2 AS b, $1 AS a, $2 AS again, $3 AS c, $4 AS none")
            .bind(1)
            .bind("b")
            .bind(vec![0, 255])
            .bind(None::<String>)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        let row = Columns(&row);
        assert_eq!(row.number("a"), Ok(1));
        assert_eq!(
            (row.text_here("b"), row.text_here("again")),
            (Ok("b"), Ok("b"))
        );
        assert_eq!(row.bytes("c"), Ok(vec![0, 255]));
        assert_eq!(row.text_option("none"), Ok(None));
    }
    let refused = query("SELECT $2 AS b").bind(1);
    let refused = refused.fetch_one(&mut both.each[0]).await.err().unwrap();
    assert!(
        refused.to_string().contains("nothing is bound"),
        "{refused}"
    );
}

#[tokio::test]
async fn rows_are_counted_and_missed_as_by_the_other_driver() {
    let mut both = both().await;
    let mut seen = Vec::new();
    for connection in &mut both.each {
        let changed = query("UPDATE things SET value = value WHERE at < $1")
            .bind(4)
            .execute(&mut *connection)
            .await
            .unwrap();
        let none = "SELECT at FROM things WHERE at = 99";
        let missed = query(none).fetch_one(&mut *connection).await.err();
        let optional = query(none).fetch_optional(&mut *connection).await;
        let first = query("SELECT at FROM things ORDER BY at DESC");
        let first = first.fetch_optional(connection).await.unwrap().unwrap();
        seen.push((
            changed.rows_affected(),
            missed,
            optional.map(|row| row.is_some()),
            Columns(&first).number("at"),
        ));
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!((seen[0].0, &seen[0].2, &seen[0].3), (3, &Ok(false), &Ok(8)));
}

/// A statement that is kept is read anew when another process changes the table.
#[tokio::test]
async fn a_kept_statement_sees_the_column_that_another_process_adds() {
    let mut both = both().await;
    let all = "SELECT * FROM things WHERE at = 1";
    let [own, other] = &mut both.each;
    let before = query(all).fetch_one(&mut *own).await.unwrap();
    assert!(Columns(&before).number("more").is_err());
    let add = query("ALTER TABLE things ADD COLUMN more INTEGER DEFAULT 5");
    add.execute(other).await.unwrap();
    let after = query(all).fetch_one(own).await.unwrap();
    assert_eq!(Columns(&after).number("more"), Ok(5));
}

#[tokio::test]
async fn a_quick_reader_reads_one_row_writes_none_and_is_closed_with_the_others() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("store.sqlite");
    let database = Sqlite::open(&file, "gateway").await.unwrap();
    let readers = database.readers();
    let row = query("SELECT $1 AS one, $2 AS two").bind(7).bind("text");
    let row = row.fetch_optional(readers).await.unwrap().unwrap();
    let row = Columns(&row);
    assert_eq!(
        (row.number("one"), row.text("two")),
        (Ok(7), Ok("text".to_owned()))
    );
    let none = query("SELECT 1 FROM blobs").fetch_optional(readers).await;
    assert!(none.unwrap().is_none());
    let written = query("DELETE FROM blobs RETURNING digest").fetch_optional(readers);
    let refused = written.await.map(drop).unwrap_err().to_string();
    assert_eq!(
        refused,
        "the database: error returned from database: (code: 8) attempt to write a readonly database"
    );
    database.close().await;
    let closed = query("SELECT 1").fetch_optional(database.readers()).await;
    assert_eq!(closed.map(drop), Err(StoreError::Closed));
}
