//! The database behind the store: one set of statements, SQLite or PostgreSQL under it.
//!
//! A room of the store writes `query("… $1 …").bind(value).fetch_optional(connection)` and reads [`Columns`]; which of
//! the two databases answers, only this room knows. Where they do not understand the same text, the statement says both
//! ([`query_of_each`]); a row that is read to be changed is read `for_update`.

mod address;
mod backfill;
mod busy;
mod bytes;
mod columns;
mod connection;
mod inline;
mod postgres;
mod quick;
mod sqlite;
mod statement;
mod writer;

use std::path::Path;
use std::sync::Arc;

use crate::StoreError;
use crate::blobs::Blobs;

pub use address::PostgresAddress;
use backfill::Backfill;
pub(crate) use busy::while_busy;
use bytes::Beside;
pub(crate) use bytes::{Bytes, Unwritten};
pub(crate) use columns::{Columns, Row};
pub(crate) use connection::{Connection, Readers};
pub(crate) use postgres::{Postgres, exclude, hold_name};
pub(crate) use sqlite::Sqlite;
pub(crate) use statement::{Target, query, query_of_each};
use writer::Writer;
pub(crate) use writer::{BoxFuture, Haste};

/// The database of one store.
#[derive(Debug)]
pub(crate) struct Database {
    readers: Readers,
    /// None where the store was opened to be read only.
    writer: Option<Writer>,
    /// None over a server, and where nothing is written.
    backfill: Option<Backfill>,
    name: WriterName,
}

impl Database {
    /// The pool for reading: its connections refuse to write.
    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }

    /// The bytes of this database, those of its rows and these files.
    ///
    /// # Errors
    /// [`StoreError`] where there is no key for what is locked in it, or the files cannot be read.
    pub(crate) async fn bytes(&self, actor_dir: &Path, make: bool) -> Result<Bytes, StoreError> {
        let row = query("SELECT 1 FROM blobs LIMIT 1");
        let any = row.fetch_optional(&self.readers).await?.is_some();
        let files = match make {
            true => Blobs::open(actor_dir, any).await?,
            false => Blobs::open_to_read(actor_dir, any)?,
        };
        Ok(Bytes::Beside(Beside::new(files, self.readers.again())))
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
        self.write_with(Haste::Urgent, work).await
    }

    /// As [`write`](Self::write), for whom somebody waits or nobody.
    pub(crate) async fn write_with<T, F>(&self, haste: Haste, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(haste, work).await,
            None => Err(StoreError::ReadOnly),
        }
    }

    pub(crate) async fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.stop().await;
        }
        if let Some(backfill) = &self.backfill {
            backfill.stop().await;
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
