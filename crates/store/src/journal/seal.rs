//! Seals: what closes a segment, and what the authority's stamp is over.

use qaqpa_model::Moment;

use super::line::{BEGINNING, Fields, Head};
use super::merkle::{Frontier, Hash, leaf};
use super::{Journal, chains};
use crate::database::{Columns, Connection, Row, query};
use crate::{Store, StoreError};

/// Entries that are read together to be sealed.
const PIECE: i64 = 1024;

/// When a segment is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SegmentRule {
    /// The entry of this number in a segment closes it. At least 1.
    pub entries_max: u32,
    /// A segment whose first entry is so much older (or so much younger: the clock was set back) is closed by
    /// [`Journal::seal_due`], and by the next entry before it is written.
    pub age_max: std::time::Duration,
}

impl SegmentRule {
    /// Whether a segment whose first entry is of one moment is due at another, both in milliseconds.
    pub(crate) fn is_due(self, opened: i64, now: i64) -> bool {
        u128::from(now.abs_diff(opened)) >= self.age_max.as_millis()
    }
}

impl Default for SegmentRule {
    /// 1024 entries (32 KB of hashes are read to seal them) or a quarter of an hour.
    fn default() -> Self {
        Self {
            entries_max: 1024,
            age_max: std::time::Duration::from_secs(15 * 60),
        }
    }
}

/// A closed segment: how many entries from where to where, and the hashes that hold them.
/// Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seal {
    /// Whose journal.
    pub writer: String,
    /// Which journal of all: 32 random bytes.
    pub journal: Vec<u8>,
    /// The segment's number, from 1.
    pub segment: i64,
    /// The number of its first entry.
    pub first: i64,
    /// The number of its last entry.
    pub last: i64,
    /// How many entries.
    pub entries: i64,
    /// The earliest moment of its entries.
    pub earliest: Moment,
    /// The latest moment of its entries.
    pub latest: Moment,
    /// When it was closed; the moment of its latest entry where the next one closed it.
    pub sealed_at: Moment,
    /// The hash of the seal before; zeros in the first.
    pub header: Vec<u8>,
    /// The hash of its last entry.
    pub last_hash: Vec<u8>,
    /// The Merkle root over the hashes of its entries.
    pub root: Vec<u8>,
    /// The Merkle root over the seals before.
    pub before: Vec<u8>,
    /// The peaks of the tree over the seals before.
    pub(crate) frontier: Vec<u8>,
    /// The hash of this seal: its leaf in the tree of seals, and what the next segment begins with.
    pub hash: Vec<u8>,
    /// The authority's stamp over [`Seal::octets_to_stamp`], once there is one.
    pub stamp: Option<Vec<u8>>,
}

impl Seal {
    /// What the authority stamps: the root of the tree of all seals up to this one, so that one good stamp
    /// vouches for every entry before it, too. `None` where the row is not one that a store wrote.
    #[must_use]
    pub fn octets_to_stamp(&self) -> Option<Vec<u8>> {
        let tree = self.tree()?;
        let mut fields = Fields::named(b"qaqpa journal tree 1");
        fields.add(self.writer.as_bytes());
        fields.add(&self.journal);
        fields.add(&self.segment.to_be_bytes());
        fields.add(&tree.root());
        Some(fields.octets().to_vec())
    }

    /// The tree of seals with this one.
    pub(crate) fn tree(&self) -> Option<Frontier> {
        let mut tree = self.tree_before()?;
        tree.push(self.leaf());
        Some(tree)
    }

    /// The tree of seals before this one.
    pub(crate) fn tree_before(&self) -> Option<Frontier> {
        let before = u64::try_from(self.segment.checked_sub(1)?).ok()?;
        Frontier::of_bytes(before, &self.frontier)
    }

    /// The hash over every field but the stamp, as it is made anew.
    pub(crate) fn leaf(&self) -> Hash {
        let mut fields = Fields::named(b"qaqpa journal seal 1");
        fields.add(self.writer.as_bytes());
        fields.add(&self.journal);
        for number in [self.segment, self.first, self.last, self.entries] {
            fields.add(&number.to_be_bytes());
        }
        for moment in [self.earliest, self.latest, self.sealed_at] {
            fields.add(&moment.unix_ms().to_be_bytes());
        }
        for hash in [&self.header, &self.last_hash, &self.root, &self.before] {
            fields.add(hash);
        }
        leaf(fields.octets())
    }

    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
        let columns = Columns(row);
        Ok(Self {
            writer: columns.text("writer")?,
            journal: columns.bytes("journal")?,
            segment: columns.number("segment")?,
            first: columns.number("first_id")?,
            last: columns.number("last_id")?,
            entries: columns.number("entries")?,
            earliest: columns.moment("earliest")?,
            latest: columns.moment("latest")?,
            sealed_at: columns.moment("sealed_at")?,
            header: columns.bytes("header")?,
            last_hash: columns.bytes("last_hash")?,
            root: columns.bytes("root")?,
            before: columns.bytes("before")?,
            frontier: columns.bytes("frontier")?,
            hash: columns.bytes("hash")?,
            stamp: columns.bytes_option("stamp")?,
        })
    }
}

impl Journal<'_> {
    /// Closes the open segment if its first entry is older than the rule allows (or of a moment that is
    /// still to come: the clock was set back). Gives the seal that was made.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn seal_due(&self, now: Moment) -> Result<Option<Seal>, StoreError> {
        let rule = self.store.segment_rule();
        let due = |opened: Moment| rule.is_due(opened.unix_ms(), now.unix_ms());
        let opened = query(
            "SELECT journal.at FROM journal JOIN journal_heads USING (writer)
             WHERE writer = $1 AND journal.id = journal_heads.first_id",
        )
        .bind(self.writer())
        .fetch_optional(self.store.readers())
        .await?;
        match opened {
            Some(row) if due(Columns(&row).moment("at")?) => self.seal(now).await,
            _ => Ok(None),
        }
    }

    /// Closes the open segment, whatever its age. `None` where it holds no entry, or not those that it should:
    /// what was tampered with is not sealed, and [`Journal::verify`] names it; and where it is another's who is at work.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn seal(&self, now: Moment) -> Result<Option<Seal>, StoreError> {
        let whose = self.whose();
        self.store
            .write(move |connection| {
                Box::pin(async move {
                    match chains::to_change(connection, whose).await? {
                        Some(writer) => close(connection, &writer, Some(now.unix_ms())).await,
                        None => Ok(None),
                    }
                })
            })
            .await
    }

    /// Seals that wait for a stamp, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn unstamped(&self, limit: u32) -> Result<Vec<Seal>, StoreError> {
        let rows = query(
            "SELECT * FROM journal_seals WHERE writer = $1 AND stamp IS NULL
             ORDER BY segment LIMIT $2",
        )
        .bind(self.writer())
        .bind(i64::from(limit))
        .fetch_all(self.store.readers())
        .await?;
        rows.iter().map(Seal::of).collect()
    }

    /// Keeps the stamp of a seal that waits for one. False where it does not wait (any more), or another seal stands in
    /// its place.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn stamp(&self, seal: &Seal, token: Vec<u8>) -> Result<bool, StoreError> {
        let (writer, segment, hash) = (seal.writer.clone(), seal.segment, seal.hash.clone());
        self.store
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "UPDATE journal_seals SET stamp = $4
                         WHERE writer = $1 AND segment = $2 AND hash = $3 AND stamp IS NULL",
                    )
                    .bind(writer)
                    .bind(segment)
                    .bind(hash)
                    .bind(token)
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected() == 1)
                })
            })
            .await
    }

    /// The newest seals first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn seals(&self, limit: u32) -> Result<Vec<Seal>, StoreError> {
        let rows =
            query("SELECT * FROM journal_seals WHERE writer = $1 ORDER BY segment DESC LIMIT $2")
                .bind(self.writer())
                .bind(i64::from(limit))
                .fetch_all(self.store.readers())
                .await?;
        rows.iter().map(Seal::of).collect()
    }
}

impl Store {
    pub(crate) fn segment_rule(&self) -> SegmentRule {
        self.inner.segments
    }
}

/// Closes the open segment within a transaction, as of this moment or that of its latest entry.
pub(super) async fn close(
    connection: &mut Connection,
    writer: &str,
    at: Option<i64>,
) -> Result<Option<Seal>, StoreError> {
    let Some(head) = Head::read(connection, writer).await? else {
        return Ok(None);
    };
    let Some(content) = Content::read(connection, writer, &head).await? else {
        return Ok(None);
    };
    let before = last_seal(connection, writer).await?;
    let tree = match &before {
        Some(Ok(seal)) if seal.segment + 1 == head.segment => seal.tree(),
        None if head.segment == 1 => Some(Frontier::default()),
        _ => None,
    };
    let Some(tree) = tree else {
        tracing::error!(
            writer,
            segment = head.segment,
            "the seal before is missing or damaged: not sealed"
        );
        return Ok(None);
    };
    let mut seal = Seal {
        writer: writer.to_owned(),
        journal: head.journal,
        segment: head.segment,
        first: head.first,
        last: head.id,
        entries: content.entries,
        earliest: content.earliest,
        latest: content.latest,
        sealed_at: at.map_or(content.latest, Moment::from_unix_ms),
        header: match before {
            Some(Ok(seal)) => seal.hash,
            _ => BEGINNING.to_vec(),
        },
        last_hash: head.hash,
        root: content.tree.root().to_vec(),
        before: tree.root().to_vec(),
        frontier: tree.to_bytes(),
        hash: Vec::new(),
        stamp: None,
    };
    seal.hash = seal.leaf().to_vec();
    insert(connection, &seal).await?;
    query(
        "UPDATE journal_heads SET hash = $2, segment = $3, first_id = $4, opened = NULL WHERE writer = $1",
    )
    .bind(writer)
    .bind(&seal.hash)
    .bind(seal.segment + 1)
    .bind(seal.last + 1)
    .execute(connection)
    .await?;
    Ok(Some(seal))
}

/// What the open segment holds, as a seal tells it.
struct Content {
    tree: Frontier,
    entries: i64,
    earliest: Moment,
    latest: Moment,
}

impl Content {
    /// `None` where the segment is empty, or where its entries are not all there and linked as they were written.
    async fn read(
        connection: &mut Connection,
        writer: &str,
        head: &Head,
    ) -> Result<Option<Self>, StoreError> {
        if head.id < head.first {
            return Ok(None);
        }
        let mut tree = Frontier::default();
        let (mut next, mut last) = (head.first, Vec::new());
        let mut moments: Option<(Moment, Moment)> = None;
        // In pieces: what was written before segments were known is one segment, of whatever length.
        'pieces: loop {
            let rows = query(
                "SELECT id, at, hash FROM journal WHERE writer = $1 AND id BETWEEN $2 AND $3
                 ORDER BY id LIMIT $4",
            )
            .bind(writer)
            .bind(next)
            .bind(head.id)
            .bind(PIECE)
            .fetch_all(&mut *connection)
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let columns = Columns(row);
                // What cannot be read was tampered with: it must not keep the next entry from being written.
                let (Ok(at), Ok(hash)) = (columns.moment("at"), columns.bytes("hash")) else {
                    break 'pieces;
                };
                // Nothing after a gap is read: the segment cannot be sealed.
                if columns.number("id")? != next {
                    break 'pieces;
                }
                moments = Some(match moments {
                    Some((earliest, latest)) => (earliest.min(at), latest.max(at)),
                    None => (at, at),
                });
                tree.push(leaf(&hash));
                last = hash;
                next += 1;
            }
        }
        let whole = next == head.id + 1 && last == head.hash;
        let Some((earliest, latest)) = moments.filter(|_| whole) else {
            tracing::error!(
                writer,
                segment = head.segment,
                "entries of the open segment are missing: not sealed"
            );
            return Ok(None);
        };
        Ok(Some(Self {
            tree,
            entries: head.id - head.first + 1,
            earliest,
            latest,
        }))
    }
}

/// The newest seal, or that it cannot be read.
async fn last_seal(
    connection: &mut Connection,
    writer: &str,
) -> Result<Option<Result<Seal, StoreError>>, StoreError> {
    let row = query("SELECT * FROM journal_seals WHERE writer = $1 ORDER BY segment DESC LIMIT 1")
        .bind(writer)
        .fetch_optional(connection)
        .await?;
    Ok(row.as_ref().map(Seal::of))
}

async fn insert(connection: &mut Connection, seal: &Seal) -> Result<(), StoreError> {
    query(
        "INSERT INTO journal_seals
           (writer, segment, journal, first_id, last_id, entries, earliest, latest, sealed_at,
            header, last_hash, root, before, frontier, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
    )
    .bind(&seal.writer)
    .bind(seal.segment)
    .bind(&seal.journal)
    .bind(seal.first)
    .bind(seal.last)
    .bind(seal.entries)
    .bind(seal.earliest.unix_ms())
    .bind(seal.latest.unix_ms())
    .bind(seal.sealed_at.unix_ms())
    .bind(&seal.header)
    .bind(&seal.last_hash)
    .bind(&seal.root)
    .bind(&seal.before)
    .bind(&seal.frontier)
    .bind(&seal.hash)
    .execute(connection)
    .await?;
    Ok(())
}
