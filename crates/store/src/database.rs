//! The database behind the store: statements that more than one database can answer.
//!
//! A room of the store writes `query("… $1 …").bind(value).fetch_optional(connection)` and reads [`Columns`]; which
//! database answers, only this room knows.

mod columns;
mod connection;
mod sqlite;
mod statement;
mod writer;

use crate::StoreError;

pub(crate) use columns::{Columns, Row};
pub(crate) use connection::{Connection, Readers};
pub(crate) use sqlite::Sqlite;
pub(crate) use statement::query;
pub(crate) use writer::BoxFuture;
use writer::Writer;

/// The database of one store.
#[derive(Debug)]
pub(crate) struct Database {
    readers: Readers,
    /// None where the store was opened to be read only.
    writer: Option<Writer>,
}

impl Database {
    /// The pool for reading: its connections refuse to write.
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
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
