//! Retention: whole sealed and stamped segments are removed from the beginning, and a checkpoint is left.
//!
//! The checkpoint is the last removed segment's seal, with the authority's stamp over the tree of all seals up to it:
//! it holds how many entries there were, the root over their seals, the moment of its stamp. An entry of the journal
//! tells of the removal, so that a checkpoint that somebody puts there to hide a cut is found out unless he writes an
//! entry, too, which names the moment and is sealed with the others.

use std::collections::HashSet;

use qaqpa_model::Moment;
use serde_json::json;
use sqlx::sqlite::SqliteConnection;

use super::finding::{Finding, StampJudge};
use super::line::Line;
use super::seal::Seal;
use super::{Direction, Journal, JournalEntry};
use crate::StoreError;
use crate::sqlite::Columns;

/// The kind of the entry that tells of a removal.
pub(super) const PRUNED: &str = "journal-pruned";

/// What became of a wish to remove old entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pruned {
    /// The journal does not hold: nothing is removed, so that what happened can still be found out.
    Broken(Finding),
    /// No segment is old enough and vouched for by a stamp.
    Nothing,
    /// Removed.
    Removed(Removal),
}

/// What was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Removal {
    /// How many segments.
    pub segments: u64,
    /// How many entries.
    pub entries: u64,
    /// The number of the last of them.
    pub last: i64,
    /// How many files of raw bytes.
    pub files: u64,
}

impl Journal<'_> {
    /// Removes the segments from the beginning whose entries are all of moments before this one, as far as a good
    /// stamp vouches for them, and leaves a checkpoint and an entry that tells of it.
    ///
    /// Only while nobody else writes to this store: raw files that no row names any more are deleted at once, and
    /// somebody who is about to name one again would lose it.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn prune(
        &self,
        before: Moment,
        now: Moment,
        judge: &StampJudge<'_>,
    ) -> Result<Pruned, StoreError> {
        let proof = self.verify(judge).await?;
        if let Some(finding) = proof.finding {
            return Ok(Pruned::Broken(finding));
        }
        let vouched = proof.vouched.map_or(0, |vouched| vouched.segment);
        let kept = self.checkpoint().await?.unwrap_or(0);
        let Some(last) = self.last_to_remove(before, vouched, kept).await? else {
            // What a kill interrupted is done now.
            self.delete_orphans().await?;
            return Ok(Pruned::Nothing);
        };
        let first = i64::try_from(proof.pruned).unwrap_or(i64::MAX) + 1;
        let tree = last.tree().ok_or(StoreError::Unreadable { what: "seal" })?;
        let told = JournalEntry {
            at: now,
            kind: PRUNED.to_owned(),
            message_id: None,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary: json!({
                "before": before.to_string(),
                "first": first,
                "last": last.last,
                "segment": last.segment,
                "seal": hex::encode(&last.hash),
                "tree": hex::encode(tree.root()),
            }),
        };
        let line = Line::prepare(self.0, told).await?;
        let writer = self.0.writer_name();
        let (segment, end) = (last.segment, last.last);
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    remove(connection, writer, segment, end, now).await?;
                    line.append(connection).await
                })
            })
            .await?;
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Pruned::Removed(Removal {
            segments: count(last.segment - kept),
            entries: count(last.last - first + 1),
            last: last.last,
            files: self.delete_orphans().await?,
        }))
    }

    /// The last segment that retention has removed.
    async fn checkpoint(&self) -> Result<Option<i64>, StoreError> {
        let row = sqlx::query("SELECT segment FROM journal_checkpoints WHERE writer = $1")
            .bind(self.0.writer_name())
            .fetch_optional(self.0.readers())
            .await?;
        row.map(|row| Columns(&row).number("segment")).transpose()
    }

    /// The seal of the last segment that may go: it has a stamp itself, and so have entries of all before it
    /// moments that are early enough.
    async fn last_to_remove(
        &self,
        before: Moment,
        vouched: i64,
        kept: i64,
    ) -> Result<Option<Seal>, StoreError> {
        let row = sqlx::query(
            "SELECT * FROM journal_seals
             WHERE writer = $1 AND segment > $2 AND segment <= $3 AND stamp IS NOT NULL
               AND NOT EXISTS (
                 SELECT 1 FROM journal_seals AS young
                 WHERE young.writer = $1 AND young.segment > $2
                   AND young.segment <= journal_seals.segment AND young.latest >= $4)
             ORDER BY segment DESC LIMIT 1",
        )
        .bind(self.0.writer_name())
        .bind(kept)
        .bind(vouched)
        .bind(before.unix_ms())
        .fetch_optional(self.0.readers())
        .await?;
        row.as_ref().map(Seal::of).transpose()
    }

    /// Deletes the files that nothing names: those of removed entries, those that a killed writer put down before
    /// anything named them, and half ones. What a kill interrupted is done by the next call.
    async fn delete_orphans(&self) -> Result<u64, StoreError> {
        let (whole, half) = self.0.blobs().all().await?;
        let elsewhere = self.named_elsewhere().await?;
        let mut deleted = 0;
        for digest in whole {
            let named = elsewhere.contains(&digest) || self.is_in_journal(&digest).await?;
            if !named && self.0.blobs().delete(&digest).await? {
                deleted += 1;
            }
        }
        for path in half {
            if self.0.blobs().delete_half(path).await? {
                deleted += 1;
            }
        }
        self.0
            .write(|connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM orphans")
                        .execute(connection)
                        .await?;
                    Ok(())
                })
            })
            .await?;
        Ok(deleted)
    }

    /// What other rooms than the journal name.
    async fn named_elsewhere(&self) -> Result<HashSet<String>, StoreError> {
        let rows = sqlx::query(
            "SELECT body AS digest FROM outbox
             UNION SELECT document FROM applications
             UNION SELECT body FROM attachments
             UNION SELECT body FROM cabinet
             UNION SELECT document FROM cards
             UNION SELECT result FROM cards",
        )
        .fetch_all(self.0.readers())
        .await?;
        let digests = rows.iter().map(|row| Columns(row).text_option("digest"));
        digests.filter_map(Result::transpose).collect()
    }

    async fn is_in_journal(&self, digest: &str) -> Result<bool, StoreError> {
        let row = sqlx::query("SELECT 1 FROM journal WHERE raw = $1 LIMIT 1")
            .bind(digest)
            .fetch_optional(self.0.readers())
            .await?;
        Ok(row.is_some())
    }
}

async fn remove(
    connection: &mut SqliteConnection,
    writer: &str,
    segment: i64,
    last: i64,
    now: Moment,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT OR IGNORE INTO orphans
         SELECT raw FROM journal WHERE writer = $1 AND id <= $2 AND raw IS NOT NULL",
    )
    .bind(writer)
    .bind(last)
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM journal WHERE writer = $1 AND id <= $2")
        .bind(writer)
        .bind(last)
        .execute(&mut *connection)
        .await?;
    sqlx::query("DELETE FROM journal_seals WHERE writer = $1 AND segment < $2")
        .bind(writer)
        .bind(segment)
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO journal_checkpoints (writer, segment, pruned_at) VALUES ($1, $2, $3)
         ON CONFLICT (writer) DO UPDATE SET segment = excluded.segment, pruned_at = excluded.pruned_at",
    )
    .bind(writer)
    .bind(segment)
    .bind(now.unix_ms())
    .execute(connection)
    .await?;
    Ok(())
}
