//! Connections: the writer's own, a reader's, a snapshot.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, Postgres};
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{Connection as _, PgPool, SqlitePool, Transaction};

use crate::StoreError;

/// A connection to whichever database.
#[derive(Debug)]
pub(crate) struct Connection {
    kind: Kind,
    writer: Arc<str>,
}

#[derive(Debug)]
enum Kind {
    PostgresOwn(PgConnection),
    PostgresReader(PoolConnection<Postgres>),
    PostgresSnapshot(Transaction<'static, Postgres>),
    SqliteOwn(SqliteConnection),
    SqliteReader(PoolConnection<Sqlite>),
    SqliteSnapshot(Transaction<'static, Sqlite>),
}

/// The driver's connection.
pub(super) enum Raw<'c> {
    Postgres(&'c mut PgConnection),
    Sqlite(&'c mut SqliteConnection),
}

impl Connection {
    /// The writer's connection to a file, with the name that the journal has for him.
    pub(super) fn sqlite(connection: SqliteConnection, writer: &str) -> Self {
        Self {
            kind: Kind::SqliteOwn(connection),
            writer: Arc::from(writer),
        }
    }

    /// The writer's connection to a server. It holds the lock on its name.
    pub(super) fn postgres(connection: PgConnection, writer: Arc<str>) -> Self {
        Self {
            kind: Kind::PostgresOwn(connection),
            writer,
        }
    }

    fn reader(kind: Kind) -> Self {
        Self {
            kind,
            writer: Arc::from(""),
        }
    }

    /// The name under which this connection appends to the journal.
    pub(crate) fn writer(&self) -> Arc<str> {
        Arc::clone(&self.writer)
    }

    pub(super) fn raw(&mut self) -> Raw<'_> {
        match &mut self.kind {
            Kind::PostgresOwn(connection) => Raw::Postgres(connection),
            Kind::PostgresReader(connection) => Raw::Postgres(connection),
            Kind::PostgresSnapshot(connection) => Raw::Postgres(connection),
            Kind::SqliteOwn(connection) => Raw::Sqlite(connection),
            Kind::SqliteReader(connection) => Raw::Sqlite(connection),
            Kind::SqliteSnapshot(connection) => Raw::Sqlite(connection),
        }
    }

    /// Ends it in order, where it is the writer's own.
    pub(super) async fn close(self) {
        let _ = match self.kind {
            Kind::PostgresOwn(mut connection) => {
                // Its name is free when this returns, not when the server has seen that it is gone.
                let free = sqlx::raw_sql("SELECT pg_advisory_unlock_all()");
                let _ = free.execute(&mut connection).await;
                connection.close().await
            }
            Kind::SqliteOwn(connection) => connection.close().await,
            Kind::PostgresReader(_)
            | Kind::PostgresSnapshot(_)
            | Kind::SqliteReader(_)
            | Kind::SqliteSnapshot(_) => Ok(()),
        };
    }
}

/// The pool for reading.
#[derive(Debug)]
pub(crate) enum Readers {
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

impl Readers {
    /// One connection, for several statements.
    ///
    /// # Errors
    /// [`StoreError`] where there is none to be had.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        Ok(Connection::reader(match self {
            Self::Postgres(pool) => Kind::PostgresReader(pool.acquire().await?),
            Self::Sqlite(pool) => Kind::SqliteReader(pool.acquire().await?),
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
            Self::Sqlite(pool) => Kind::SqliteSnapshot(pool.begin().await?),
        }))
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite(pool) => pool.close().await,
        }
    }
}
