//! Stored bytes: in a server's database all of them; over a file the short ones in it, the long ones in files beside it.
//!
//! In a server's database, because every machine must reach them, and because one backup then holds a message's row and
//! its bytes as of one moment. In a file's, because a file of their own costs more than the whole transaction that names
//! them. They are locked there as they are in files, with the same key: whoever reads the database or its backup without
//! the key file reads nothing of them.

mod beside;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use qaqpa_crypto::StorageKey;
use qaqpa_crypto::locked::LOCKED_MORE;

use super::{Columns, Connection, Database, Readers, query};
use crate::StoreError;
use crate::blobs::{Idle, blocking, digest_of};
pub(crate) use beside::Beside;
use beside::ROW_BYTES_MAX;

/// Where bytes lie that are named by their SHA-256 digest.
#[derive(Debug)]
pub(crate) enum Bytes {
    Beside(Beside),
    Rows(Rows),
}

/// Bytes that become part of the transaction that names them, each with its name.
#[derive(Debug, Default)]
#[must_use = "bytes that nobody writes are lost"]
pub(crate) struct Unwritten(Vec<(String, Vec<u8>)>);

impl Unwritten {
    /// Writes them. The same bytes may be there, from before.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub(crate) async fn write(&self, connection: &mut Connection) -> Result<(), StoreError> {
        // Of two with one name one is enough; a server is asked once for two.
        let all: BTreeMap<_, _> = self
            .0
            .iter()
            .map(|(digest, locked)| (digest, locked))
            .collect();
        let all: Vec<_> = all.into_iter().collect();
        for some in all.chunks(beside::ROWS_AT_ONCE) {
            beside::insert(connection, some).await?;
        }
        Ok(())
    }

    /// These with those.
    pub(crate) fn and(&mut self, others: Self) {
        self.0.extend(others.0);
    }
}

impl Bytes {
    /// Stores bytes and gives their name. They are on disk before anybody can name them, or among the `unwritten`: the
    /// transaction that names them writes these.
    pub(crate) async fn put(
        &self,
        bytes: Vec<u8>,
        unwritten: &mut Unwritten,
    ) -> Result<String, StoreError> {
        match self {
            Self::Beside(beside) => beside.put(bytes, unwritten).await,
            Self::Rows(rows) => rows.put(bytes, unwritten).await,
        }
    }

    /// The bytes of that name.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where they are missing or changed; another where they cannot be read now.
    pub(crate) async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        match self {
            Self::Beside(beside) => beside.read(digest).await,
            Self::Rows(rows) => rows.read(digest).await,
        }
    }

    /// Deletes the bytes of these names that have lain for so long, and counts them.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub(crate) async fn delete(
        &self,
        digests: Vec<String>,
        idle: Idle,
        database: &Database,
    ) -> Result<u64, StoreError> {
        match self {
            Self::Beside(beside) => beside.delete(digests, idle, database).await,
            Self::Rows(rows) => {
                let mut deleted = 0;
                for digest in digests {
                    deleted += u64::from(rows.delete(&digest, idle).await?);
                }
                Ok(deleted)
            }
        }
    }

    /// Whether something lies under that name, whole or not.
    pub(crate) async fn is_there(&self, digest: &str) -> Result<bool, StoreError> {
        match self {
            Self::Beside(beside) => beside.is_there(digest).await,
            Self::Rows(rows) => rows.is_there(digest).await,
        }
    }

    /// Whether anything is stored although nobody has a journal.
    pub(crate) async fn lie_alone(&self) -> Result<bool, StoreError> {
        match self {
            Self::Beside(beside) => beside.lie_alone().await,
            Self::Rows(rows) => rows.lie_alone().await,
        }
    }

    /// Every name, and the files that a kill left half written.
    pub(crate) async fn all(&self) -> Result<(Vec<String>, Vec<PathBuf>), StoreError> {
        match self {
            Self::Beside(beside) => beside.all().await,
            Self::Rows(rows) => Ok((rows.all().await?, Vec::new())),
        }
    }

    /// The same of a file that a kill left half written.
    pub(crate) async fn delete_file(&self, path: PathBuf, idle: Idle) -> Result<bool, StoreError> {
        match self {
            Self::Beside(beside) => beside.files.delete_file(path, idle).await,
            Self::Rows(_) => Ok(false),
        }
    }

    /// The key, where the bytes lie in a server's database: every machine has the same.
    pub(crate) fn shared_key(&self) -> Option<&StorageKey> {
        match self {
            Self::Beside(_) => None,
            Self::Rows(rows) => Some(&rows.key),
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
    /// Long bytes are put by a commit of their own that is waited for: were it not, a server that fails between it and
    /// the commit of the row that names the bytes would come back with the row and without the bytes.
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

    async fn put(&self, bytes: Vec<u8>, unwritten: &mut Unwritten) -> Result<String, StoreError> {
        if self.read_only {
            return Err(StoreError::ReadOnly);
        }
        if bytes.len() + LOCKED_MORE <= ROW_BYTES_MAX {
            let digest = digest_of(&bytes);
            let locked = lock(&self.key, &digest, &bytes)?;
            unwritten.0.push((digest.clone(), locked));
            return Ok(digest);
        }
        let key = Arc::clone(&self.key);
        let (digest, locked) = blocking(move || {
            let digest = digest_of(&bytes);
            let locked = lock(&key, &digest, &bytes)?;
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
        let locked = locked(&self.pool, digest).await?;
        let locked = locked.ok_or_else(|| damaged(digest))?;
        let (key, digest) = (Arc::clone(&self.key), digest.to_owned());
        blocking(move || unlock(&key, &digest, &locked)).await
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
        is_there(&self.pool, digest).await
    }

    async fn lie_alone(&self) -> Result<bool, StoreError> {
        lie_alone(&self.pool).await
    }

    async fn all(&self) -> Result<Vec<String>, StoreError> {
        all(&self.pool).await
    }
}

/// The locked bytes of that name.
async fn locked(readers: &Readers, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
    let row = query("SELECT locked FROM blobs WHERE digest = $1")
        .bind(digest)
        .fetch_optional(readers)
        .await?;
    row.map(|row| Columns(&row).bytes("locked")).transpose()
}

async fn is_there(readers: &Readers, digest: &str) -> Result<bool, StoreError> {
    let row = query("SELECT 1 FROM blobs WHERE digest = $1")
        .bind(digest)
        .fetch_optional(readers)
        .await?;
    Ok(row.is_some())
}

async fn lie_alone(readers: &Readers) -> Result<bool, StoreError> {
    let row = query("SELECT 1 FROM blobs WHERE NOT EXISTS (SELECT 1 FROM journal) LIMIT 1")
        .fetch_optional(readers)
        .await?;
    Ok(row.is_some())
}

async fn all(readers: &Readers) -> Result<Vec<String>, StoreError> {
    let rows = query("SELECT digest FROM blobs").fetch_all(readers).await?;
    rows.iter().map(|row| Columns(row).text("digest")).collect()
}

fn lock(key: &StorageKey, digest: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
    key.lock(digest.as_bytes(), bytes)
        .map_err(|_| StoreError::Unreadable { what: "raw.key" })
}

/// The bytes, if it is they that are locked here.
fn unlock(key: &StorageKey, digest: &str, locked: &[u8]) -> Result<Vec<u8>, StoreError> {
    key.unlock(digest.as_bytes(), locked)
        .ok()
        .filter(|bytes| digest_of(bytes) == digest)
        .ok_or_else(|| damaged(digest))
}

fn damaged(digest: &str) -> StoreError {
    StoreError::BlobDamaged {
        digest: digest.to_owned(),
    }
}
