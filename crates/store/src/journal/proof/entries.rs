//! The proof of entries: each by itself, and whom to blame.

use std::sync::Arc;

use super::super::finding::FindingKind;
use super::super::line::Stored;
use super::super::merkle::{Frontier, leaf};
use super::super::retention::PRUNED;
use super::super::{CLOCK_SET_BACK, kept};
use super::{Stop, Walk, doubts, retained};
use crate::StoreError;
use crate::database::{Columns, Row, query};

/// Entries looked at together.
const PAGE: i64 = 256;

/// How far around its place a moved entry's own number is sought.
const MOVED_FAR: i64 = 8192;

/// What a segment's entries give for its seal.
#[derive(Default)]
pub(super) struct Content {
    pub(super) tree: Frontier,
    /// The earliest and the latest moment.
    pub(super) moments: Option<(i64, i64)>,
}

impl Content {
    fn add(&mut self, at: i64, hash: &[u8]) {
        self.tree.push(leaf(hash));
        self.moments = Some(match self.moments {
            Some((earliest, latest)) => (earliest.min(at), latest.max(at)),
            None => (at, at),
        });
    }
}

impl Walk<'_> {
    /// The entries that no seal holds yet.
    pub(super) async fn tail(&mut self) -> Result<(), Stop> {
        if self.head.first != self.next {
            let how = format!(
                "the end of the journal says that the open segment begins with entry {}, but the seals lead to {}",
                self.head.first, self.next
            );
            return Err(self.found(FindingKind::HeadWrong, (self.next, self.next), how));
        }
        let first = self.next;
        let content = self.entries(i64::MAX).await?;
        let last = self.next - 1;
        if last < self.head.id {
            let how = format!(
                "the journal ends with entry {last}, but entry {} was written",
                self.head.id
            );
            return Err(self.found(FindingKind::Cut, (self.next, self.head.id), how));
        }
        if last > self.head.id {
            let how = format!(
                "the end of the journal names entry {} as the last, but entry {last} is there",
                self.head.id
            );
            return Err(self.found(FindingKind::HeadWrong, (self.head.id + 1, last), how));
        }
        if self.previous != self.head.hash {
            let how = "the last entry's hash is not the one that is kept beside the journal";
            let kind = if last < first {
                FindingKind::HeadWrong
            } else {
                FindingKind::Changed
            };
            return Err(self.found(kind, (first, last), how));
        }
        self.set_back_next = 0;
        self.open_segment(self.next - first, content.moments);
        self.proof.unsealed = u64::try_from(self.next - first).unwrap_or(0);
        Ok(())
    }

    /// Proves entries up to this number or the last that is there.
    pub(super) async fn entries(&mut self, last: i64) -> Result<Content, Stop> {
        let mut content = Content::default();
        loop {
            let rows = query(
                "SELECT * FROM journal WHERE writer = $1 AND id BETWEEN $2 AND $3 ORDER BY id LIMIT $4",
            )
            .bind(Arc::clone(&self.writer))
            .bind(self.next)
            .bind(last)
            .bind(PAGE)
            .fetch_all(&mut *self.connection)
            .await?;
            if rows.is_empty() {
                return Ok(content);
            }
            for row in &rows {
                let (at, hash) = self.entry(row).await?;
                content.add(at, &hash);
                self.previous = hash;
                self.next += 1;
                self.proof.entries += 1;
            }
        }
    }

    /// Proves one entry; gives its moment and its hash.
    async fn entry(&mut self, row: &Row) -> Result<(i64, Vec<u8>), Stop> {
        let columns = Columns(row);
        let Ok(id) = columns.number("id") else {
            let here = (self.next, self.next);
            let how = "beside it stands an entry under a number that is none";
            return Err(self.found(FindingKind::Moved, here, how));
        };
        if id != self.next {
            return Err(self.missing(id).await?);
        }
        let here = (id, id);
        let (Ok(stored), Ok(hash)) = (Stored::of(row), columns.bytes("hash")) else {
            return Err(self.found(
                FindingKind::Changed,
                here,
                "it has a field that cannot be read",
            ));
        };
        if stored.previous != self.previous || stored.hash().as_slice() != hash {
            return Err(self.blame(&stored, &hash).await?);
        }
        for digest in [&stored.raw, &stored.withheld].into_iter().flatten() {
            self.file(here, digest).await?;
        }
        self.verdict(here, &stored).await?;
        if stored.kind == PRUNED {
            self.told = retained::removal_told(&stored.summary);
        }
        if stored.kind == CLOCK_SET_BACK
            && let Some(by_ms) = doubts::set_back_by(&stored.summary)
        {
            self.set_back(by_ms);
        }
        Ok((stored.at, hash))
    }

    /// Proves that the file of that name holds the bytes of its name.
    async fn file(&mut self, here: (i64, i64), digest: &str) -> Result<(), Stop> {
        let store = self.store;
        let blobs = store.blobs();
        match blobs.read(digest).await {
            Ok(_) => return Ok(()),
            // Not seen is neither changed nor missing.
            Err(error) if !matches!(error, StoreError::BlobDamaged { .. }) => {
                return Err(error.into());
            }
            Err(_) if self.is_removed_meanwhile(here.0).await? => return Ok(()),
            Err(_) => {}
        }
        Err(if blobs.is_there(digest).await? {
            self.found(
                FindingKind::RawChanged,
                here,
                format!("the file {digest} does not hold the bytes of its name"),
            )
        } else {
            self.found(
                FindingKind::RawMissing,
                here,
                format!("the file {digest} is missing"),
            )
        })
    }

    /// Proves that the verdict that is kept with an accepted message is the one that its entry names.
    async fn verdict(&mut self, here: (i64, i64), stored: &Stored) -> Result<(), Stop> {
        let summary = serde_json::from_str(&stored.summary).unwrap_or_default();
        let named = kept::digest_named(&stored.kind, &summary);
        let Some((digest, message_id)) = named.zip(stored.message_id.as_ref()) else {
            return Ok(());
        };
        let verdict = kept::verdict_of(&mut *self.connection, message_id).await;
        let (kind, how) = match verdict {
            Ok(Some(verdict)) if kept::is_of(&verdict, &digest) => return Ok(()),
            Err(error) if error.is_transient() => return Err(error.into()),
            Ok(None) => (
                FindingKind::RawMissing,
                "the message with its verdict is missing",
            ),
            // The database could not: that says nothing of the journal.
            Err(error) if !matches!(error, StoreError::Unreadable { .. }) => {
                return Err(error.into());
            }
            _ => (
                FindingKind::RawChanged,
                "the verdict that is kept with the message is not the one that the entry names",
            ),
        };
        Err(self.found(kind, here, how))
    }

    /// Whether retention has removed this entry since the proof began: then its file may go, too.
    async fn is_removed_meanwhile(&mut self, entry: i64) -> Result<bool, Stop> {
        // Another connection: this one sees the journal as it was.
        let row = query(
            "SELECT 1 FROM journal_checkpoints JOIN journal_seals USING (writer, segment)
             WHERE writer = $1 AND last_id >= $2",
        )
        .bind(Arc::clone(&self.writer))
        .bind(entry)
        .fetch_optional(self.store.readers())
        .await?;
        Ok(row.is_some())
    }

    /// Instead of the next entry there is this later one.
    async fn missing(&mut self, there: i64) -> Result<Stop, Stop> {
        let next = self.next;
        let rows = query(
            "SELECT * FROM journal WHERE writer = $1 AND previous = $2 AND id > $3 ORDER BY id",
        )
        .bind(Arc::clone(&self.writer))
        .bind(&self.previous)
        .bind(next)
        .fetch_all(&mut *self.connection)
        .await?;
        for row in &rows {
            let hash = Columns(row).bytes("hash").unwrap_or_default();
            if let Ok(stored) = Stored::of(row)
                && stored.hash_as(next).as_slice() == hash
            {
                let how = format!(
                    "it stands as entry {} now: only with its own number does its hash come out",
                    stored.id
                );
                return Ok(self.found(FindingKind::Moved, (next, next), how));
            }
        }
        let how = match next {
            1 => format!("the journal begins with entry {there}"),
            _ => format!("after entry {} comes entry {there}", next - 1),
        };
        Ok(self.found(FindingKind::Removed, (next, there - 1), how))
    }

    /// The entry's link or hash does not hold: who is to blame?
    async fn blame(&mut self, stored: &Stored, hash: &[u8]) -> Result<Stop, Stop> {
        let id = stored.id;
        let here = (id, id);
        if stored.hash().as_slice() != hash {
            let near = (id - MOVED_FAR).max(1)..=id + MOVED_FAR;
            let own = near
                .into_iter()
                .find(|number| stored.hash_as(*number).as_slice() == hash);
            return Ok(match own {
                Some(own) => self.found(
                    FindingKind::Moved,
                    here,
                    format!("what stands here is entry {own}: only with that number does its hash come out"),
                ),
                None => self.found(FindingKind::Changed, here, "its fields do not give its hash"),
            });
        }
        // It holds in itself. If the next one still names it, it was written so, and the one before was rewritten.
        let named = match &self.closing {
            Some((last, hash)) if *last == id => Some(hash.clone()),
            _ => match self.row(id + 1).await? {
                Some(follower) => Columns(&follower).bytes("previous").ok(),
                None => Some(self.head.hash.clone()),
            },
        };
        if named.as_deref() != Some(hash) {
            return Ok(self.found(FindingKind::Changed, here, "it was written anew with its hash: neither the entry before nor the one after it fits"));
        }
        if id > self.opened {
            let how = format!(
                "entry {id} holds another hash of it than it has: it was written anew with its hash"
            );
            return Ok(self.found(FindingKind::Changed, (self.opened, id - 1), how));
        }
        if self.segment > 1 {
            return Ok(self.before_changed(format!(
                "entry {id} holds another hash of the seal of segment {}",
                self.segment - 1
            )));
        }
        Ok(self.found(
            FindingKind::Changed,
            here,
            "it is the first and names one before it",
        ))
    }
}
