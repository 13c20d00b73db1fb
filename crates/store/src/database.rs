//! The database behind the store: one set of statements, SQLite or PostgreSQL under it.
//!
//! A room of the store writes `query("… $1 …").bind(value).fetch_optional(connection)` and reads [`Columns`]; which of
//! the two databases answers, only this room knows. Where they do not understand the same text, the statement says both
//! ([`query_of_each`]); a row that is read to be changed is read `for_update`.

mod bytes;
mod columns;
mod connection;
mod postgres;
mod sqlite;
mod statement;
mod writer;

use std::sync::Arc;

use crate::StoreError;

pub(crate) use bytes::Bytes;
pub(crate) use columns::{Columns, Row};
pub(crate) use connection::{Connection, Readers};
pub use postgres::PostgresAddress;
pub(crate) use postgres::{Postgres, exclude};
pub(crate) use sqlite::Sqlite;
pub(crate) use statement::{query, query_of_each};
pub(crate) use writer::BoxFuture;
use writer::Writer;

/// The database of one store.
#[derive(Debug)]
pub(crate) struct Database {
    readers: Readers,
    /// None where the store was opened to be read only.
    writer: Option<Writer>,
    name: WriterName,
}

impl Database {
    /// The pool for reading: its connections refuse to write.
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// Under which name this process writes its journal, now.
    pub(crate) fn writer_name(&self) -> Arc<str> {
        self.name.now()
    }

    /// One transaction of the writer. When this returns `Ok`, it is on disk; when `work` answers an
    /// error, nothing of it is.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => Err(StoreError::ReadOnly),
        }
    }

    pub(crate) async fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.stop().await;
        }
        self.readers.close().await;
    }
}

/// The name under which a process writes its journal: a chain of entries has one writer at a time.
///
/// The actor's name in a file of its own. Of several processes over one database each has a name of its own
/// ([`postgres`]), which may become another when its connection was lost.
#[derive(Clone, Debug)]
pub(crate) struct WriterName(Arc<std::sync::RwLock<Arc<str>>>);

impl WriterName {
    pub(crate) fn new(name: &str) -> Self {
        Self(Arc::new(std::sync::RwLock::new(Arc::from(name))))
    }

    pub(crate) fn now(&self) -> Arc<str> {
        let name = self
            .0
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        Arc::clone(&name)
    }

    pub(crate) fn becomes(&self, name: &Arc<str>) {
        let mut own = self
            .0
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        *own = Arc::clone(name);
    }
}
