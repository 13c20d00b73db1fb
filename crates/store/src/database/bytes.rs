//! Stored bytes: in files beside a file of a database, in the database where it is a server's.
//!
//! In the database, because every machine must reach them, and because one backup then holds a message's row and its
//! bytes as of one moment. They are locked there as they are in files, with the same key: whoever reads the database or
//! its backup without the key file reads nothing of them.

use std::path::PathBuf;
use std::sync::Arc;

use qaqpa_crypto::StorageKey;

use super::{Columns, Readers, query};
use crate::StoreError;
use crate::blobs::{Blobs, Idle, blocking, digest_of};

/// Where bytes lie that are named by their SHA-256 digest.
#[derive(Debug)]
pub(crate) enum Bytes {
    Files(Blobs),
    Rows(Rows),
}

impl Bytes {
    /// Stores bytes and gives their name. They are on disk before anybody can name them.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        match self {
            Self::Files(files) => files.put(bytes).await,
            Self::Rows(rows) => rows.put(bytes).await,
        }
    }

    /// The bytes of that name.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where they are missing or changed.
    pub(crate) async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Files(files) => files.read(digest).await,
            Self::Rows(rows) => rows.read(digest).await,
        }
    }

    /// Deletes the bytes of that name if they have lain for so long. False where there are none, or they have not.
    pub(crate) async fn delete(&self, digest: &str, idle: Idle) -> Result<bool, StoreError> {
        match self {
            Self::Files(files) => files.delete(digest, idle).await,
            Self::Rows(rows) => rows.delete(digest, idle).await,
        }
    }

    /// Whether something lies under that name, whole or not.
    pub(crate) async fn is_there(&self, digest: &str) -> Result<bool, StoreError> {
        match self {
            Self::Files(files) => Ok(files.is_there(digest)),
            Self::Rows(rows) => rows.is_there(digest).await,
        }
    }

    /// Whether anything is stored although nobody has a journal.
    pub(crate) async fn lie_alone(&self) -> Result<bool, StoreError> {
        match self {
            Self::Files(files) => Ok(files.holds_any()),
            Self::Rows(rows) => rows.lie_alone().await,
        }
    }

    /// Every name, and the files that a kill left half written.
    pub(crate) async fn all(&self) -> Result<(Vec<String>, Vec<PathBuf>), StoreError> {
        match self {
            Self::Files(files) => files.all().await,
            Self::Rows(rows) => Ok((rows.all().await?, Vec::new())),
        }
    }

    /// The same of a file that a kill left half written.
    pub(crate) async fn delete_file(&self, path: PathBuf, idle: Idle) -> Result<bool, StoreError> {
        match self {
            Self::Files(files) => files.delete_file(path, idle).await,
            Self::Rows(_) => Ok(false),
        }
    }

    pub(crate) async fn close(&self) {
        if let Self::Rows(rows) = self {
            rows.pool.close().await;
        }
    }
}

/// Bytes in a table.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Each put is a commit that is waited for: were it not, a server that fails between it and the commit of the row
    /// that names the bytes would come back with the row and without the bytes.
    pool: Readers,
    key: Arc<StorageKey>,
    read_only: bool,
}

impl Rows {
    pub(super) fn new(pool: Readers, key: StorageKey) -> Self {
        Self {
            pool,
            key: Arc::new(key),
            read_only: false,
        }
    }

    pub(super) fn read_only(self) -> Self {
        Self {
            read_only: true,
            ..self
        }
    }

    async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        let key = Arc::clone(&self.key);
        let (digest, locked) = blocking(move || {
            let digest = digest_of(&bytes);
            let locked = key
                .lock(digest.as_bytes(), &bytes)
                .map_err(|_| StoreError::Unreadable { what: "raw.key" })?;
            Ok((digest, locked))
        })
        .await?;
        // What is there already is put anew: whoever is about to delete it as unnamed must see that.
        query(
            "INSERT INTO blobs (digest, locked) VALUES ($1, $2)
             ON CONFLICT (digest) DO UPDATE SET put_at = now()",
        )
        .bind(&digest)
        .bind(locked)
        .execute(&self.pool)
        .await?;
        Ok(digest)
    }

    async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let row = query("SELECT locked FROM blobs WHERE digest = $1")
            .bind(digest)
            .fetch_optional(&self.pool)
            .await?;
        let damaged = StoreError::BlobDamaged {
            digest: digest.to_owned(),
        };
        let Some(row) = row else {
            return Err(damaged);
        };
        let locked = Columns(&row).bytes("locked")?;
        let (key, digest) = (Arc::clone(&self.key), digest.to_owned());
        blocking(move || {
            let unlocked = key.unlock(digest.as_bytes(), &locked).ok();
            unlocked
                .filter(|bytes| digest_of(bytes) == digest)
                .ok_or(damaged)
        })
        .await
    }

    /// By the server's clock, the one that all machines have in common.
    async fn delete(&self, digest: &str, idle: Idle) -> Result<bool, StoreError> {
        let idle_ms = i64::try_from(idle.0.as_millis()).unwrap_or(i64::MAX);
        let done = query(
            "DELETE FROM blobs
             WHERE digest = $1 AND put_at <= now() - $2 * interval '1 millisecond'",
        )
        .bind(digest)
        .bind(idle_ms)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    async fn is_there(&self, digest: &str) -> Result<bool, StoreError> {
        let row = query("SELECT 1 FROM blobs WHERE digest = $1")
            .bind(digest)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    async fn lie_alone(&self) -> Result<bool, StoreError> {
        let row = query("SELECT 1 FROM blobs WHERE NOT EXISTS (SELECT 1 FROM journal) LIMIT 1")
            .fetch_optional(&self.pool)
            .await?;
        Ok(row.is_some())
    }

    async fn all(&self) -> Result<Vec<String>, StoreError> {
        let rows = query("SELECT digest FROM blobs")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| Columns(row).text("digest")).collect()
    }
}
