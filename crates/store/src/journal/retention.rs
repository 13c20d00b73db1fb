//! Retention: whole sealed and stamped segments are removed from the beginning, and a checkpoint is left.
//!
//! The checkpoint is the last removed segment's seal, with the authority's stamp over the tree of all seals up to it:
//! it holds how many entries there were, the root over their seals, the moment of its stamp. An entry of the journal
//! tells of the removal, so that a checkpoint that somebody puts there to hide a cut is found out unless he writes an
//! entry, too, which names the moment and is sealed with the others.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::TryStreamExt as _;
use qaqpa_model::Moment;
use serde_json::{Value, json};

use super::finding::{Doubt, Finding, Indication, StampJudge};
use super::line::Line;
use super::seal::Seal;
use super::{Direction, Journal, JournalEntry, chains};
use crate::StoreError;
use crate::blobs::Idle;
use crate::database::{Columns, Connection, query};

/// The kind of the entry that tells of a removal.
pub(super) const PRUNED: &str = "journal-pruned";

/// Who else works with the store while old entries are removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// Nobody: files that no row names are deleted at once.
    Nobody,
    /// Its own actor, within this process: a file that no row names may be one that is about to be named, so only those
    /// are deleted that have lain for an hour.
    Writers,
}

impl Company {
    /// How long a file that no row names must have lain.
    const fn idle(self) -> Idle {
        Idle(match self {
            Self::Nobody => Duration::ZERO,
            Self::Writers => Duration::from_secs(60 * 60),
        })
    }
}

/// What is done where a doubt stands against the journal: what is removed can no longer show whether it was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubted {
    /// Nothing is removed.
    Kept,
    /// Old segments are removed all the same, and the entry that tells of it names the doubts.
    Removed,
}

/// The wish to remove old entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Only segments whose entries are all of moments before this one.
    pub before: Moment,
    /// When it is done.
    pub now: Moment,
    /// Who else works with the store.
    pub company: Company,
    /// What is done where there is a doubt.
    pub doubted: Doubted,
}

/// What became of a wish to remove old entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pruned {
    /// The journal does not hold: nothing is removed, so that what happened can still be found out.
    Broken(Finding),
    /// There are doubts, and nobody said that it is to be done despite them: nothing is removed.
    Doubtful(Vec<Doubt>),
    /// No segment is old enough and vouched for by a stamp. Files that nothing names are deleted all the same: all of
    /// them, where everything is looked at and the journal is proven; those of entries that were removed before, otherwise.
    Nothing {
        /// How many.
        files: u64,
    },
    /// Removed.
    Removed(Removal),
}

impl Pruned {
    /// The shape of `POST /journal/prune` at a control port, and of one journal of `qaqpa journal prune --format json`,
    /// described by `docs/schema/journal-prune.schema.json`.
    #[must_use]
    pub fn to_json(&self, writer: &str) -> Value {
        let none: &[Doubt] = &[];
        let (broken, doubts, removed, swept) = match self {
            Self::Broken(finding) => (Some(finding), none, None, 0),
            Self::Doubtful(doubts) => (None, doubts.as_slice(), None, 0),
            Self::Nothing { files } => (None, none, None, *files),
            Self::Removed(removal) => (None, none, Some(removal), removal.files),
        };
        json!({
            "writer": writer,
            "removed": removed.map(|removal| json!({
                "segments": removal.segments,
                "entries": removal.entries,
                "last": removal.last,
                "files": removal.files,
            })),
            "broken": broken.map(|finding| json!({
                "entry": finding.entry,
                "kind": finding.kind.as_str(),
                "how": finding.how,
            })),
            "doubts": doubts.iter().map(Doubt::to_json).collect::<Vec<_>>(),
            "swept": swept,
            "failed": null,
        })
    }
}

/// Which files are looked at.
#[derive(Clone, Copy)]
enum Sweep {
    Everything,
    OfRemovedEntries,
}

/// What is looked at before it is known whether anything is old.
#[derive(Clone, Copy)]
enum Scope {
    /// The whole journal is proven, and every file looked at.
    Everything,
    /// The seals alone. Only where one is old, the journal is proven.
    Seals,
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
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn prune(&self, wish: Wish, judge: &StampJudge<'_>) -> Result<Pruned, StoreError> {
        self.prune_in(Scope::Everything, wish, judge).await
    }

    /// The same, but the seals are looked at first: where no segment is old enough, nothing is proven and no file read,
    /// and only the files of entries that were removed before are looked at. Cheap enough to be done again and again.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn prune_old(
        &self,
        wish: Wish,
        judge: &StampJudge<'_>,
    ) -> Result<Pruned, StoreError> {
        self.prune_in(Scope::Seals, wish, judge).await
    }

    async fn prune_in(
        &self,
        scope: Scope,
        wish: Wish,
        judge: &StampJudge<'_>,
    ) -> Result<Pruned, StoreError> {
        let Wish {
            before,
            now,
            company,
            doubted,
        } = wish;
        // One name from here to the end: the process's own may become another's when its connection is lost.
        let writer = self.writer();
        if matches!(scope, Scope::Seals) {
            let kept = self.checkpoint(&writer).await?.unwrap_or(0);
            let any = self.last_to_remove(&writer, before, i64::MAX, kept).await?;
            if any.is_none() {
                let files = self
                    .delete_orphans(company, Sweep::OfRemovedEntries)
                    .await?;
                return Ok(Pruned::Nothing { files });
            }
        }
        let proof = super::proof::prove(self.store, Arc::clone(&writer), judge).await?;
        if let Some(finding) = proof.finding {
            return Ok(Pruned::Broken(finding));
        }
        let in_doubt = proof
            .doubts
            .iter()
            .any(|doubt| doubt.kind.forbids_removal());
        if in_doubt && doubted == Doubted::Kept {
            return Ok(Pruned::Doubtful(proof.doubts));
        }
        // Files that nothing names may be all that is left of entries that somebody cut.
        let sweep = match (scope, proof.indication()) {
            (Scope::Everything, Indication::Proven) => Sweep::Everything,
            (Scope::Seals, _) | (_, Indication::Broken | Indication::Undecided) => {
                Sweep::OfRemovedEntries
            }
        };
        let vouched = proof.vouched.map_or(0, |vouched| vouched.segment);
        let kept = self.checkpoint(&writer).await?.unwrap_or(0);
        let Some(last) = self.last_to_remove(&writer, before, vouched, kept).await? else {
            // What a kill interrupted is done now.
            let files = self.delete_orphans(company, sweep).await?;
            return Ok(Pruned::Nothing { files });
        };
        let first = i64::try_from(proof.pruned).unwrap_or(i64::MAX) + 1;
        let tree = last.tree().ok_or(StoreError::Unreadable { what: "seal" })?;
        let chains = chains::told_up_to(self.store, &writer, last.last).await?;
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
                "doubts": proof.doubts.iter().map(Doubt::to_json).collect::<Vec<_>>(),
                // What the removed entries told of other chains is told on.
                "chains": chains,
            }),
        };
        let line = Line::prepare(self.store, told).await?;
        let (segment, end) = (last.segment, last.last);
        let removed = self
            .store
            .write(move |connection| {
                Box::pin(async move {
                    if chains::to_change(connection, Some(Arc::clone(&writer)))
                        .await?
                        .is_none()
                    {
                        return Ok(false);
                    }
                    // Somebody else may have removed them meanwhile.
                    if checkpoint(connection, &writer).await?.unwrap_or(0) != kept {
                        return Ok(false);
                    }
                    remove(connection, &writer, segment, end, now).await?;
                    line.append_as(connection, &writer).await.map(|_| true)
                })
            })
            .await?;
        if !removed {
            return Ok(Pruned::Nothing { files: 0 });
        }
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Ok(Pruned::Removed(Removal {
            segments: count(last.segment - kept),
            entries: count(last.last - first + 1),
            last: last.last,
            files: self.delete_orphans(company, sweep).await?,
        }))
    }

    /// The last segment that retention has removed.
    async fn checkpoint(&self, writer: &str) -> Result<Option<i64>, StoreError> {
        let mut connection = self.store.readers().acquire().await?;
        checkpoint(&mut connection, writer).await
    }

    /// The seal of the last segment that may go: it has a stamp itself, and so have entries of all before it
    /// moments that are early enough.
    async fn last_to_remove(
        &self,
        writer: &str,
        before: Moment,
        vouched: i64,
        kept: i64,
    ) -> Result<Option<Seal>, StoreError> {
        let row = query(
            "SELECT * FROM journal_seals
             WHERE writer = $1 AND segment > $2 AND segment <= $3 AND stamp IS NOT NULL
               AND NOT EXISTS (
                 SELECT 1 FROM journal_seals AS young
                 WHERE young.writer = $1 AND young.segment > $2
                   AND young.segment <= journal_seals.segment AND young.latest >= $4)
             ORDER BY segment DESC LIMIT 1",
        )
        .bind(writer)
        .bind(kept)
        .bind(vouched)
        .bind(before.unix_ms())
        .fetch_optional(self.store.readers())
        .await?;
        row.as_ref().map(Seal::of).transpose()
    }

    /// Deletes the files that nothing names: those of removed entries, those that a killed writer put down before
    /// anything named them, and half ones. What a kill interrupted is done by the next call.
    async fn delete_orphans(&self, company: Company, sweep: Sweep) -> Result<u64, StoreError> {
        let idle = company.idle();
        let (whole, half) = match sweep {
            Sweep::Everything => self.store.blobs().all().await?,
            Sweep::OfRemovedEntries => (self.orphans().await?, Vec::new()),
        };
        if whole.is_empty() && half.is_empty() {
            return Ok(0);
        }
        let elsewhere = self.named_elsewhere().await?;
        let mut unnamed = Vec::new();
        for digest in whole {
            let named = octets_of(&digest).is_some_and(|octets| elsewhere.contains(&octets));
            let named = named || self.is_in_journal(&digest).await?;
            if !named {
                unnamed.push(digest);
            }
        }
        let mut deleted = self.store.delete_bytes(unnamed, idle).await?;
        for path in half {
            if self.store.blobs().delete_file(path, idle).await? {
                deleted += 1;
            }
        }
        // Beside writers, those that are too young now are looked at again.
        if company == Company::Nobody {
            self.store
                .write(|connection| {
                    Box::pin(async move {
                        query("DELETE FROM orphans").execute(connection).await?;
                        Ok(())
                    })
                })
                .await?;
        }
        Ok(deleted)
    }

    /// The files of entries that were removed.
    async fn orphans(&self) -> Result<Vec<String>, StoreError> {
        let rows = query("SELECT digest FROM orphans")
            .fetch_all(self.store.readers())
            .await?;
        rows.iter().map(|row| Columns(row).text("digest")).collect()
    }

    /// What other rooms than the journal name: as octets, which are a third of what the texts would be.
    async fn named_elsewhere(&self) -> Result<HashSet<[u8; 32]>, StoreError> {
        let mut rows = query(
            "SELECT body AS digest FROM outbox
             UNION ALL SELECT document FROM applications
             UNION ALL SELECT body FROM attachments
             UNION ALL SELECT body FROM cabinet
             UNION ALL SELECT document FROM cards
             UNION ALL SELECT result FROM cards",
        )
        .fetch(self.store.readers());
        let mut named = HashSet::new();
        while let Some(row) = rows.try_next().await? {
            let digest = Columns(&row).text_option("digest")?;
            named.extend(digest.as_deref().and_then(octets_of));
        }
        Ok(named)
    }

    async fn is_in_journal(&self, digest: &str) -> Result<bool, StoreError> {
        let row = query("SELECT 1 FROM journal WHERE raw = $1 OR withheld = $1 LIMIT 1")
            .bind(digest)
            .fetch_optional(self.store.readers())
            .await?;
        Ok(row.is_some())
    }
}

/// The digest that a file is named by; `None` for what is no such name.
fn octets_of(digest: &str) -> Option<[u8; 32]> {
    let mut octets = [0; 32];
    hex::decode_to_slice(digest, &mut octets).ok()?;
    Some(octets)
}

/// The last segment that retention has removed.
async fn checkpoint(connection: &mut Connection, writer: &str) -> Result<Option<i64>, StoreError> {
    let row = query("SELECT segment FROM journal_checkpoints WHERE writer = $1")
        .bind(writer)
        .fetch_optional(connection)
        .await?;
    row.map(|row| Columns(&row).number("segment")).transpose()
}

async fn remove(
    connection: &mut Connection,
    writer: &str,
    segment: i64,
    last: i64,
    now: Moment,
) -> Result<(), StoreError> {
    query(
        "INSERT INTO orphans
         SELECT raw FROM journal WHERE writer = $1 AND id <= $2 AND raw IS NOT NULL
         UNION
         SELECT withheld FROM journal WHERE writer = $1 AND id <= $2 AND withheld IS NOT NULL
         ON CONFLICT (digest) DO NOTHING",
    )
    .bind(writer)
    .bind(last)
    .execute(&mut *connection)
    .await?;
    query("DELETE FROM journal WHERE writer = $1 AND id <= $2")
        .bind(writer)
        .bind(last)
        .execute(&mut *connection)
        .await?;
    query("DELETE FROM journal_seals WHERE writer = $1 AND segment < $2")
        .bind(writer)
        .bind(segment)
        .execute(&mut *connection)
        .await?;
    query(
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
