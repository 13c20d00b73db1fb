//! PostgreSQL behind the store: several processes of one actor over one database.
//!
//! - Each actor has a schema of its own; all its processes, on whatever machine, share it.
//! - Each process has one writer, as over a file. What it reads to decide, it locks: the row
//!   (`for_update`) or, where there is no row yet, the thing itself ([`exclude`]).
//! - Each process writes a journal of its own, a chain a name: it takes the first name that nobody holds, and holds it by
//!   a lock of its session. A killed process's name is free at once, and whoever starts next goes on with its chain.
//! - A commit is answered when it is on disk (`synchronous_commit`), whatever the server's default is.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions as _, Connection as _};

use super::address::PostgresAddress;
use super::bytes::{Bytes, Rows};
use super::connection::{Connection, Raw, Readers};
use super::writer::Writer;
use super::{Columns, Database, WriterName, query, sqlite};
use crate::StoreError;
use crate::blobs::{key_of, make_dir};

/// The migrations, embedded; each is applied once and never changed afterwards.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/postgres");

/// Connections of one process for reading, and as many for stored bytes.
const READERS: u32 = 4;

/// How long one waits for a connection to read.
const ACQUIRE: Duration = Duration::from_secs(5);

/// How long the writer tries to find the server again before it tells who waits: longer than a restart takes.
const RECONNECT: Duration = Duration::from_secs(3);

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(100);

/// Processes of one actor over one database, at most.
const NAMES_MAX: usize = 256;

/// The server of one actor's database, for the writer of one process.
pub(crate) struct Postgres {
    options: PgConnectOptions,
    actor: String,
    name: WriterName,
    /// This process among all that ever were: random.
    process: String,
}

/// Without the options: a password stands in them.
impl std::fmt::Debug for Postgres {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Postgres")
            .field("actor", &self.actor)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

impl Postgres {
    /// Opens the actor's schema, makes it where there is none, and brings an older one up to date, while every other
    /// process that does the same waits.
    ///
    /// # Errors
    /// [`StoreError`] where the server cannot be reached, a newer version wrote it, or this machine has another key
    /// than the bytes in it are locked with.
    pub(crate) async fn open(
        address: &PostgresAddress,
        actor_dir: &Path,
        actor: &str,
    ) -> Result<(Database, Bytes), StoreError> {
        let options = address.options()?;
        let mut connection = options.connect().await?;
        // Everything that only the first process does: under one lock, which ends with the connection. Whoever migrates
        // may take longer than anybody else may hold a lock.
        sqlx::raw_sql("SET lock_timeout = '300s'")
            .execute(&mut connection)
            .await?;
        let opening =
            "SELECT pg_advisory_lock(hashtextextended(current_database() || ' opening ' || $1, 0))";
        sqlx::query(opening)
            .bind(address.schema())
            .execute(&mut connection)
            .await?;
        sqlx::raw_sql("SET lock_timeout = '10s'")
            .execute(&mut connection)
            .await?;
        check_server(&mut connection).await?;
        let make = format!("CREATE SCHEMA IF NOT EXISTS {}", address.schema());
        sqlx::raw_sql(sqlx::AssertSqlSafe(make))
            .execute(&mut connection)
            .await?;
        MIGRATIONS.run_direct(None, &mut connection, false).await?;
        make_dir(actor_dir)?;
        let key = match fingerprint(&mut connection).await? {
            None => key_of(actor_dir, true)?,
            Some(_) => key_of(actor_dir, false)?,
        };
        let key = known_key(&mut connection, actor_dir, key).await?;
        let process: String = sqlx::query_scalar("SELECT CAST(gen_random_uuid() AS TEXT)")
            .fetch_one(&mut connection)
            .await?;
        connection.close().await?;

        let server = Arc::new(Self {
            options: options.clone(),
            actor: actor.to_owned(),
            name: WriterName::new(actor),
            process,
        });
        let writer = server.connect().await?;
        let bytes = pool(options.clone());
        let database = Database {
            readers: readers(options),
            writer: Some(Writer::start(writer, Arc::clone(&server))),
            backfill: None,
            name: server.name.clone(),
        };
        Ok((database, Bytes::Rows(Rows::new(bytes, key))))
    }

    /// Opens a schema that is there, to read it only.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be opened, or another version wrote it.
    pub(crate) async fn open_to_read(
        address: &PostgresAddress,
        actor_dir: &Path,
        actor: &str,
    ) -> Result<(Database, Bytes), StoreError> {
        let options = address.options()?;
        let bytes = readers(options.clone());
        let readers = readers(options.clone());
        sqlite::check_version(&readers, &MIGRATIONS).await?;
        let mut connection = options.connect().await?;
        let key = key_of(actor_dir, false)?;
        let key = known_key(&mut connection, actor_dir, key).await?;
        connection.close().await?;
        let database = Database {
            readers,
            writer: None,
            backfill: None,
            name: WriterName::new(actor),
        };
        Ok((database, Bytes::Rows(Rows::new(bytes, key).read_only())))
    }

    /// A connection for the writer, with a name of its own.
    async fn connect(&self) -> Result<Connection, StoreError> {
        let mut connection = self.options.connect().await?;
        let name = self.take_name(&mut connection).await?;
        // Shared: the server may still have this process's connection of before.
        sqlx::query(
            "SELECT pg_advisory_lock_shared(hashtextextended(current_schema() || ' holder ' || $1, 0))",
        )
        .bind(&self.process)
        .execute(&mut connection)
        .await?;
        self.name.becomes(&name);
        Ok(Connection::postgres(connection, name, &self.process))
    }

    /// A connection after one was lost: the server may be starting.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where it does not come back soon.
    pub(super) async fn connect_again(&self) -> Result<Connection, StoreError> {
        let begun = tokio::time::Instant::now();
        loop {
            let outcome = tokio::time::timeout(RECONNECT, self.connect()).await;
            let error = match outcome {
                Ok(Ok(connection)) => return Ok(connection),
                Ok(Err(error)) => error,
                Err(_) => StoreError::Unreachable {
                    why: "it does not answer".to_owned(),
                },
            };
            if !error.is_transient() || begun.elapsed() >= RECONNECT {
                return Err(error);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Takes the first name that nobody holds, but first of all the one from before: after a restart of the server
    /// every process is to find its own again.
    async fn take_name(&self, connection: &mut PgConnection) -> Result<Arc<str>, StoreError> {
        let own = self.name.now();
        let others = (1..=NAMES_MAX).map(|number| match number {
            1 => Arc::from(self.actor.as_str()),
            _ => Arc::from(format!("{}-{number}", self.actor)),
        });
        for name in std::iter::once(Arc::clone(&own)).chain(others) {
            let taken: bool = sqlx::query_scalar(
                "SELECT pg_try_advisory_lock(hashtextextended(current_schema() || ' writer ' || $1, 0))",
            )
            .bind(&*name)
            .fetch_one(&mut *connection)
            .await?;
            if taken {
                return Ok(name);
            }
        }
        Err(StoreError::Busy {
            why: format!("{NAMES_MAX} processes of this actor are at work"),
        })
    }
}

/// Keeps other processes from these things (a kind and a name each) until this transaction ends, so that what is not
/// there when it is looked for is not there when it is written either.
///
/// In SQLite a transaction of the writer is alone anyway.
///
/// # Errors
/// [`StoreError::Busy`] where another process has one of them: never waits, so that two cannot wait for each other.
pub(crate) async fn exclude(
    connection: &mut Connection,
    things: [Option<(&'static str, &str)>; 3],
) -> Result<(), StoreError> {
    if !matches!(connection.raw(), Raw::Postgres(_)) {
        return Ok(());
    }
    let mut statement = query(
        "SELECT CASE WHEN
           ($1 = '' OR pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $1, 0)))
           AND ($2 = '' OR pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $2, 0)))
           AND ($3 = '' OR pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $3, 0)))
         THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS alone",
    );
    for thing in things {
        statement = statement.bind(match thing {
            Some((kind, name)) => format!("{kind} {name}"),
            None => String::new(),
        });
    }
    let row = statement.fetch_one(connection).await?;
    if Columns(&row).number("alone")? == 1 {
        return Ok(());
    }
    Err(StoreError::Busy {
        why: "it has the same message".to_owned(),
    })
}

/// Holds the name of a chain until this transaction ends, if no process has it. A file has one writer and one name.
///
/// # Errors
/// [`StoreError`] where the database could not.
pub(crate) async fn hold_name(connection: &mut Connection, name: &str) -> Result<bool, StoreError> {
    if !matches!(connection.raw(), Raw::Postgres(_)) {
        return Ok(false);
    }
    let row = query(
        "SELECT CASE WHEN
           pg_try_advisory_xact_lock(hashtextextended(current_schema() || ' writer ' || $1, 0))
         THEN CAST(1 AS BIGINT) ELSE CAST(0 AS BIGINT) END AS held",
    )
    .bind(name)
    .fetch_one(connection)
    .await?;
    Ok(Columns(&row).number("held")? == 1)
}

/// Whether the server can hold what we store: every character, and that durably.
async fn check_server(connection: &mut PgConnection) -> Result<(), StoreError> {
    let encoding: String = sqlx::query_scalar("SHOW server_encoding")
        .fetch_one(&mut *connection)
        .await?;
    if encoding != "UTF8" {
        return Err(StoreError::Address {
            why: format!("the database is encoded in {encoding}: make one with ENCODING 'UTF8'"),
        });
    }
    let fsync: String = sqlx::query_scalar("SHOW fsync")
        .fetch_one(connection)
        .await?;
    if fsync != "on" {
        tracing::warn!(
            "the server has fsync = {fsync}: what is accepted may be lost when its machine fails"
        );
    }
    Ok(())
}

/// By which key the stored bytes are locked: its fingerprint, once somebody has stored any.
async fn fingerprint(connection: &mut PgConnection) -> Result<Option<Vec<u8>>, StoreError> {
    let found = sqlx::query_scalar("SELECT fingerprint FROM raw_key")
        .fetch_optional(connection)
        .await?;
    Ok(found)
}

/// The key, if it is the one that the stored bytes are locked with; of the first, this is noted.
async fn known_key(
    connection: &mut PgConnection,
    actor_dir: &Path,
    key: Option<qaqpa_crypto::StorageKey>,
) -> Result<qaqpa_crypto::StorageKey, StoreError> {
    let wrong = |why: &str| StoreError::File {
        path: actor_dir.join("raw.key").display().to_string(),
        why: why.to_owned(),
    };
    let key = key.ok_or_else(|| {
        wrong("is missing, and the bytes in the database are locked with it: copy it from this actor's folder on another machine, or from the backup")
    })?;
    let mut digest = Sha256::new();
    digest.update(b"qaqpa raw key 1");
    digest.update(key.to_bytes().as_slice());
    let own = digest.finalize().to_vec();
    match fingerprint(&mut *connection).await? {
        Some(stored) if stored == own => Ok(key),
        Some(_) => Err(wrong(
            "is another key than the bytes in the database are locked with: copy it from this actor's folder on another machine",
        )),
        None => {
            sqlx::query("INSERT INTO raw_key (one, fingerprint) VALUES (1, $1)")
                .bind(own)
                .execute(connection)
                .await?;
            Ok(key)
        }
    }
}

/// Connections that refuse to write.
fn readers(options: PgConnectOptions) -> Readers {
    pool(options.options([("default_transaction_read_only", "on")]))
}

fn pool(options: PgConnectOptions) -> Readers {
    let pool = PgPoolOptions::new()
        .max_connections(READERS)
        .acquire_timeout(ACQUIRE);
    Readers::Postgres(pool.connect_lazy_with(options))
}
