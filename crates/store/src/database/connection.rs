//! Connections: the writer's own, a reader's, a snapshot.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{Connection as _, PgPool, SqlitePool, Transaction};

use super::inline::Inline;
use super::quick::Quick;
use crate::StoreError;

/// A connection to whichever database.
#[derive(Debug)]
pub(crate) struct Connection {
    kind: Kind,
    writer: Arc<str>,
    holder: Arc<str>,
    once_committed: Hooks,
}

/// What is done once the transaction is on disk, in order.
#[derive(Default)]
pub(super) struct Hooks(Vec<Box<dyn FnOnce() + Send>>);

impl std::fmt::Debug for Hooks {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{} hooks", self.0.len())
    }
}

impl Hooks {
    pub(super) fn run(self) {
        for hook in self.0 {
            hook();
        }
    }
}

#[derive(Debug)]
enum Kind {
    Inline(Inline),
    PostgresOwn(PgConnection),
    PostgresReader(PoolConnection<Postgres>),
    PostgresSnapshot(Transaction<'static, Postgres>),
    SqliteReader(PoolConnection<Sqlite>),
    SqliteSnapshot(Transaction<'static, Sqlite>),
}

/// The driver's connection.
pub(super) enum Raw<'c> {
    Inline(&'c mut Inline),
    Postgres(&'c mut PgConnection),
    Sqlite(&'c mut SqliteConnection),
}

impl Connection {
    /// The writer's connection to a file, with the name that the journal has for him.
    pub(super) fn sqlite(connection: Inline, writer: &str) -> Self {
        Self {
            kind: Kind::Inline(connection),
            writer: Arc::from(writer),
            holder: Arc::from(writer),
            once_committed: Hooks::default(),
        }
    }

    /// The writer's connection to a server. It holds the lock on its name, and shares the one on its process.
    pub(super) fn postgres(connection: PgConnection, writer: Arc<str>, process: &str) -> Self {
        Self {
            kind: Kind::PostgresOwn(connection),
            holder: Arc::from(format!("{writer}/{process}")),
            writer,
            once_committed: Hooks::default(),
        }
    }

    fn reader(kind: Kind) -> Self {
        Self {
            kind,
            writer: Arc::from(""),
            holder: Arc::from(""),
            once_committed: Hooks::default(),
        }
    }

    /// Does this when the transaction is on disk; never where it is undone. Only the writer's transactions do.
    pub(crate) fn once_committed(&mut self, hook: impl FnOnce() + Send + 'static) {
        self.once_committed.0.push(Box::new(hook));
    }

    /// How many hooks there are: what a job that is undone goes back to.
    pub(super) fn hooks(&self) -> usize {
        self.once_committed.0.len()
    }

    pub(super) fn forget_hooks(&mut self, but: usize) {
        self.once_committed.0.truncate(but);
    }

    pub(super) fn take_hooks(&mut self) -> Hooks {
        std::mem::take(&mut self.once_committed)
    }

    /// The name under which this connection appends to the journal.
    pub(crate) fn writer(&self) -> Arc<str> {
        Arc::clone(&self.writer)
    }

    /// Whose the leases are that this connection takes: a name may become another process's while what was taken under
    /// it is still in hand, so over a server the process stands beside it.
    pub(crate) fn holder(&self) -> Arc<str> {
        Arc::clone(&self.holder)
    }

    /// Whether each statement is a way to a server and back.
    pub(crate) const fn is_of_a_server(&self) -> bool {
        match &self.kind {
            Kind::Inline(_) | Kind::SqliteReader(_) | Kind::SqliteSnapshot(_) => false,
            Kind::PostgresOwn(_) | Kind::PostgresReader(_) | Kind::PostgresSnapshot(_) => true,
        }
    }

    pub(super) fn raw(&mut self) -> Raw<'_> {
        match &mut self.kind {
            Kind::Inline(connection) => Raw::Inline(connection),
            Kind::PostgresOwn(connection) => Raw::Postgres(connection),
            Kind::PostgresReader(connection) => Raw::Postgres(connection),
            Kind::PostgresSnapshot(connection) => Raw::Postgres(connection),
            Kind::SqliteReader(connection) => Raw::Sqlite(connection),
            Kind::SqliteSnapshot(connection) => Raw::Sqlite(connection),
        }
    }

    /// Ends it in order, where it is the writer's own.
    pub(super) async fn close(self) {
        if let Kind::PostgresOwn(mut connection) = self.kind {
            // Its name is free when this returns, not when the server has seen that it is gone.
            let free = sqlx::raw_sql("SELECT pg_advisory_unlock_all()");
            let _ = free.execute(&mut connection).await;
            let _ = connection.close().await;
        }
    }
}

/// The pool for reading.
#[derive(Debug)]
pub(crate) enum Readers {
    Postgres(PgPool),
    Sqlite(SqlitePool, Arc<Quick>),
}

impl Readers {
    /// One connection, for several statements.
    ///
    /// # Errors
    /// [`StoreError`] where there is none to be had.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        Ok(Connection::reader(match self {
            Self::Postgres(pool) => Kind::PostgresReader(pool.acquire().await?),
            Self::Sqlite(pool, _) => Kind::SqliteReader(pool.acquire().await?),
        }))
    }

    /// A snapshot: what is written from now on is no part of what it reads.
    ///
    /// # Errors
    /// [`StoreError`] where there is none to be had.
    pub(crate) async fn begin(&self) -> Result<Connection, StoreError> {
        Ok(Connection::reader(match self {
            Self::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                Kind::PostgresSnapshot(pool.begin_with(begin).await?)
            }
            Self::Sqlite(pool, _) => Kind::SqliteSnapshot(pool.begin().await?),
        }))
    }

    /// The same pool once more.
    pub(super) fn again(&self) -> Self {
        match self {
            Self::Postgres(pool) => Self::Postgres(pool.clone()),
            Self::Sqlite(pool, quick) => Self::Sqlite(pool.clone(), Arc::clone(quick)),
        }
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool, quick) => {
                quick.close();
                pool.close().await;
            }
        }
    }
}
