//! Stored bytes beside a database in a file: the short ones are rows of it, the long ones files.

use std::path::PathBuf;

use qaqpa_crypto::locked::LOCKED_MORE;

use super::{Unwritten, all, damaged, is_there, lie_alone, locked, unlock};
use crate::StoreError;
use crate::blobs::{Blobs, Idle, digest_of};
use crate::database::{Connection, Database, Readers, query, query_of_each};

/// The longest bytes that become a row, locked: what is longer would make the database's file large and its commits
/// slow. An envelope with a signed application is a few KiB.
pub(super) const ROW_BYTES_MAX: usize = 64 * 1024;

/// Rows that one transaction deletes: a writer must not stand still for it.
const DELETED_AT_ONCE_MAX: usize = 500;

/// Rows and files.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(super) files: Blobs,
    rows: Readers,
}

impl Beside {
    /// These files, and the rows of the database that is read here.
    pub(crate) fn new(files: Blobs, rows: Readers) -> Self {
        Self { files, rows }
    }

    pub(super) async fn put(
        &self,
        bytes: Vec<u8>,
        unwritten: &mut Unwritten,
    ) -> Result<String, StoreError> {
        if bytes.len() + LOCKED_MORE > ROW_BYTES_MAX {
            return self.files.put(bytes).await;
        }
        let digest = digest_of(&bytes);
        let locked = self.files.lock(&digest, &bytes)?;
        unwritten.0.push((digest.clone(), locked));
        Ok(digest)
    }

    pub(super) async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        match locked(&self.rows, digest).await? {
            Some(locked) => {
                let key = self.files.key().ok_or_else(|| damaged(digest))?;
                unlock(key, digest, &locked)
            }
            None => self.files.read(digest).await,
        }
    }

    /// A name may have both, where an earlier version put the same bytes.
    pub(super) async fn delete(
        &self,
        digests: Vec<String>,
        idle: Idle,
        database: &Database,
    ) -> Result<u64, StoreError> {
        let mut deleted = 0;
        let mut left = digests.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<String> = left.by_ref().take(DELETED_AT_ONCE_MAX).collect();
            let (rows, some) = database
                .write(move |connection| {
                    Box::pin(async move {
                        let mut rows = Vec::with_capacity(some.len());
                        for digest in &some {
                            rows.push(delete(connection, digest, idle).await?);
                        }
                        Ok((rows, some))
                    })
                })
                .await?;
            for (digest, row) in some.iter().zip(rows) {
                let file = self.files.delete(digest, idle).await?;
                deleted += u64::from(row || file);
            }
        }
        Ok(deleted)
    }

    pub(super) async fn is_there(&self, digest: &str) -> Result<bool, StoreError> {
        Ok(is_there(&self.rows, digest).await? || self.files.is_there(digest))
    }

    pub(super) async fn lie_alone(&self) -> Result<bool, StoreError> {
        Ok(self.files.holds_any() || lie_alone(&self.rows).await?)
    }

    pub(super) async fn all(&self) -> Result<(Vec<String>, Vec<PathBuf>), StoreError> {
        let (mut whole, half) = self.files.all().await?;
        whole.extend(all(&self.rows).await?);
        whole.sort_unstable();
        whole.dedup();
        Ok((whole, half))
    }
}

/// Rows of one statement.
pub(super) const ROWS_AT_ONCE: usize = 2;

macro_rules! sqlite {
    ($first:literal $(, $next:literal)+) => {
        concat!(
            "INSERT INTO blobs (digest, locked, put_at) VALUES ",
            $first,
            $("CAST(unixepoch('subsec') * 1000 AS INTEGER)", $next,)+
            " ON CONFLICT (digest) DO UPDATE SET locked = excluded.locked, put_at = excluded.put_at"
        )
    };
}

macro_rules! postgres {
    ($values:literal) => {
        concat!(
            "INSERT INTO blobs (digest, locked) VALUES ",
            $values,
            " ON CONFLICT (digest) DO UPDATE SET put_at = now()"
        )
    };
}

/// What is there already is put anew: whoever is about to delete it as unnamed must see that, and damage is mended.
pub(super) async fn insert(
    connection: &mut Connection,
    rows: &[(&String, &Vec<u8>)],
) -> Result<(), StoreError> {
    let mut statement = match rows {
        [] => return Ok(()),
        [_] => query_of_each(sqlite!("($1, $2, ", ")"), postgres!("($1, $2)")),
        _ => query_of_each(
            sqlite!("($1, $2, ", "), ($3, $4, ", ")"),
            postgres!("($1, $2), ($3, $4)"),
        ),
    };
    for (digest, locked) in rows {
        statement = statement.bind(digest.as_str()).bind(*locked);
    }
    statement.execute(connection).await?;
    Ok(())
}

/// One of a moment to come has not lain long.
async fn delete(connection: &mut Connection, digest: &str, idle: Idle) -> Result<bool, StoreError> {
    let idle_ms = i64::try_from(idle.0.as_millis()).unwrap_or(i64::MAX);
    let done = query(
        "DELETE FROM blobs
         WHERE digest = $1 AND ($2 = 0 OR put_at <= unixepoch('subsec') * 1000 - $2)",
    )
    .bind(digest)
    .bind(idle_ms)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
