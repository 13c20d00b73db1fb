//! Connections: the writer's own, a reader's, a snapshot.

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{Sqlite, SqliteConnection};
use sqlx::{Connection as _, SqlitePool, Transaction};

use crate::StoreError;

/// A connection to the database.
#[derive(Debug)]
pub(crate) struct Connection(Kind);

#[derive(Debug)]
enum Kind {
    SqliteOwn(SqliteConnection),
    SqliteReader(PoolConnection<Sqlite>),
    SqliteSnapshot(Transaction<'static, Sqlite>),
}

impl Connection {
    /// The writer's connection to a file.
    pub(super) const fn sqlite(connection: SqliteConnection) -> Self {
        Self(Kind::SqliteOwn(connection))
    }

    pub(super) fn raw(&mut self) -> &mut SqliteConnection {
        match &mut self.0 {
            Kind::SqliteOwn(connection) => connection,
            Kind::SqliteReader(connection) => connection,
            Kind::SqliteSnapshot(connection) => connection,
        }
    }

    /// Ends it in order, where it is the writer's own.
    pub(super) async fn close(self) {
        if let Kind::SqliteOwn(connection) = self.0 {
            let _ = connection.close().await;
        }
    }
}

/// The pool for reading.
#[derive(Debug)]
pub(crate) enum Readers {
    Sqlite(SqlitePool),
}

impl Readers {
    /// One connection, for several statements.
    ///
    /// # Errors
    /// [`StoreError`] where there is none to be had.
    pub(crate) async fn acquire(&self) -> Result<Connection, StoreError> {
        let Self::Sqlite(pool) = self;
        Ok(Connection(Kind::SqliteReader(pool.acquire().await?)))
    }

    /// A snapshot: what is written from now on is no part of what it reads.
    ///
    /// # Errors
    /// [`StoreError`] where there is none to be had.
    pub(crate) async fn begin(&self) -> Result<Connection, StoreError> {
        let Self::Sqlite(pool) = self;
        Ok(Connection(Kind::SqliteSnapshot(pool.begin().await?)))
    }

    pub(super) async fn close(&self) {
        let Self::Sqlite(pool) = self;
        pool.close().await;
    }
}
