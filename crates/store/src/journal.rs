//! The journal: what was received, decided and sent, in a chain that shows every cut and change.

use qaqpa_model::{MessageId, Moment, RefusalLabel};

use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::sqlite::Columns;
use crate::{Store, StoreError, mask};

/// Which way the bytes went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Received.
    In,
    /// Neither: a decision or an event of our own.
    Own,
    /// Sent.
    Out,
}

impl Direction {
    /// The name in reports and in storage: `in`, `own`, `out`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Own => "own",
            Self::Out => "out",
        }
    }

    /// The direction of that name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::In, Self::Own, Self::Out]
            .into_iter()
            .find(|direction| direction.as_str() == text)
    }
}

/// An entry to append.
#[derive(Clone, Debug)]
pub struct JournalEntry {
    /// When it happened.
    pub at: Moment,
    /// What happened, in kebab case: `accepted`, `refused`, `clock-set`, `certificate-revoked`.
    pub kind: String,
    /// The message that it is about.
    pub message_id: Option<MessageId>,
    /// Which way.
    pub direction: Direction,
    /// Why, where it is a refusal.
    pub label: Option<RefusalLabel>,
    /// The raw bytes; kept in a file named by their digest.
    pub raw: Option<Vec<u8>>,
    /// What views show. The store masks IINs and drops what is named like a secret.
    pub summary: serde_json::Value,
}

/// An entry as it stands in the journal. Stored: changing this needs a migration.
#[derive(Clone, Debug, PartialEq)]
pub struct JournalRecord {
    /// Its number in the chain of its writer, from 1.
    pub id: i64,
    /// Who wrote it: the actor's name.
    pub writer: String,
    /// When it happened.
    pub at: Moment,
    /// What happened.
    pub kind: String,
    /// The message that it is about.
    pub message_id: Option<MessageId>,
    /// Which way.
    pub direction: Direction,
    /// Why, where it is a refusal.
    pub label: Option<RefusalLabel>,
    /// The digest of the raw bytes, in hexadecimal.
    pub raw_digest: Option<String>,
    /// What views show, masked.
    pub summary: serde_json::Value,
    /// The hash of the entry before, in hexadecimal.
    pub previous: String,
    /// The hash of this entry, in hexadecimal.
    pub hash: String,
}

/// Which entries to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JournalFilter {
    /// Only those about this message.
    pub message_id: Option<MessageId>,
    /// Only those of this kind.
    pub kind: Option<String>,
    /// Only those with a smaller number: for paging back.
    pub before: Option<i64>,
}

/// What the proof of the chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainReport {
    /// Entries that were looked at before the first break, or all.
    pub entries: u64,
    /// The hash of the last good entry, in hexadecimal.
    pub head: String,
    /// The first break, if there is one.
    pub broken: Option<ChainBreak>,
}

/// Where the chain breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChainBreak {
    /// The number of the entry.
    pub id: i64,
    /// How.
    pub kind: BreakKind,
}

/// How the chain can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BreakKind {
    /// The entry's own hash does not fit its fields.
    Changed,
    /// The entry is missing between its neighbours, or at the end.
    Cut,
    /// The raw bytes are missing or others.
    RawDamaged,
}

/// The journal of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Journal<'s>(pub(crate) &'s Store);

/// Entries looked at together while the chain is proven.
const PAGE: i64 = 256;

/// What stands before the first entry.
const BEGINNING: [u8; 32] = [0; 32];

impl Journal<'_> {
    /// Appends an entry and gives its number.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn append(&self, entry: JournalEntry) -> Result<i64, StoreError> {
        let line = Line::prepare(self.0, entry).await?;
        self.0
            .write(move |connection| Box::pin(async move { line.append(connection).await }))
            .await
    }

    /// Entries, newest first.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list(
        &self,
        filter: &JournalFilter,
        limit: u32,
    ) -> Result<Vec<JournalRecord>, StoreError> {
        let rows = sqlx::query(
            "SELECT * FROM journal
             WHERE writer = $1
               AND ($2 IS NULL OR message_id = $2)
               AND ($3 IS NULL OR kind = $3)
               AND ($4 IS NULL OR id < $4)
             ORDER BY id DESC LIMIT $5",
        )
        .bind(self.0.writer_name())
        .bind(filter.message_id.as_ref().map(MessageId::as_str))
        .bind(filter.kind.as_deref())
        .bind(filter.before)
        .bind(i64::from(limit))
        .fetch_all(self.0.readers())
        .await?;
        rows.iter().map(record_of).collect()
    }

    /// One entry.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn show(&self, id: i64) -> Result<Option<JournalRecord>, StoreError> {
        sqlx::query("SELECT * FROM journal WHERE writer = $1 AND id = $2")
            .bind(self.0.writer_name())
            .bind(id)
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(record_of)
            .transpose()
    }

    /// The raw bytes of one entry. They hold personal data: not for views and logs.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where the file is missing or changed.
    pub async fn raw(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        match self.show(id).await?.and_then(|record| record.raw_digest) {
            Some(digest) => self.0.blobs().read(&digest).await.map(Some),
            None => Ok(None),
        }
    }

    /// Proves that nothing was cut or changed, raw bytes included.
    ///
    /// The end of the chain is kept apart, so that entries cut off there are missed too. Who can
    /// rewrite the whole database can also rewrite the chain: compare `head` with one noted elsewhere.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn verify_chain(&self) -> Result<ChainReport, StoreError> {
        // The end first: what is appended while we read is not part of this proof.
        let end = sqlx::query("SELECT id, hash FROM journal_heads WHERE writer = $1")
            .bind(self.0.writer_name())
            .fetch_optional(self.0.readers())
            .await?;
        let (last, head) = match &end {
            Some(row) => (Columns(row).number("id")?, Columns(row).bytes("hash")?),
            None => (0, BEGINNING.to_vec()),
        };
        let mut previous = BEGINNING.to_vec();
        let mut done = 0;
        loop {
            let rows = sqlx::query(
                "SELECT * FROM journal WHERE writer = $1 AND id > $2 ORDER BY id LIMIT $3",
            )
            .bind(self.0.writer_name())
            .bind(done)
            .bind(PAGE)
            .fetch_all(self.0.readers())
            .await?;
            if rows.is_empty() {
                break;
            }
            for row in &rows {
                let id = done + 1;
                if let Some(kind) = self.break_at(row, id, &previous).await? {
                    return Ok(report(done, &previous, Some(ChainBreak { id, kind })));
                }
                previous = Columns(row).bytes("hash")?;
                done = id;
                if id == last && previous != head {
                    let kind = BreakKind::Changed;
                    return Ok(report(done, &previous, Some(ChainBreak { id, kind })));
                }
            }
        }
        let broken = (done < last).then_some(ChainBreak {
            id: done + 1,
            kind: BreakKind::Cut,
        });
        Ok(report(done, &previous, broken))
    }

    async fn break_at(
        &self,
        row: &SqliteRow,
        id: i64,
        previous: &[u8],
    ) -> Result<Option<BreakKind>, StoreError> {
        let columns = Columns(row);
        if columns.number("id")? != id {
            return Ok(Some(BreakKind::Cut));
        }
        let stored = Stored::of(row)?;
        if stored.previous != previous || stored.hash().as_slice() != columns.bytes("hash")? {
            return Ok(Some(BreakKind::Changed));
        }
        if let Some(digest) = &stored.raw
            && self.0.blobs().read(digest).await.is_err()
        {
            return Ok(Some(BreakKind::RawDamaged));
        }
        Ok(None)
    }
}

fn report(entries: i64, head: &[u8], broken: Option<ChainBreak>) -> ChainReport {
    ChainReport {
        entries: u64::try_from(entries).unwrap_or(0),
        head: hex::encode(head),
        broken,
    }
}

fn record_of(row: &SqliteRow) -> Result<JournalRecord, StoreError> {
    let columns = Columns(row);
    Ok(JournalRecord {
        id: columns.number("id")?,
        writer: columns.text("writer")?,
        at: columns.moment("at")?,
        kind: columns.text("kind")?,
        message_id: columns.message_id_option("message_id")?,
        direction: columns.parsed("direction", Direction::parse)?,
        label: columns.label_option("label")?,
        raw_digest: columns.text_option("raw")?,
        summary: columns.parsed("summary", |text| serde_json::from_str(text).ok())?,
        previous: hex::encode(columns.bytes("previous")?),
        hash: hex::encode(columns.bytes("hash")?),
    })
}

/// An entry whose raw bytes are on disk already: ready to be appended within a transaction.
pub(crate) struct Line {
    writer: &'static str,
    at: i64,
    kind: String,
    message_id: Option<String>,
    direction: Direction,
    label: Option<RefusalLabel>,
    raw: Option<String>,
    summary: String,
}

impl Line {
    /// Puts the raw bytes on disk and masks the summary.
    pub(crate) async fn prepare(store: &Store, entry: JournalEntry) -> Result<Self, StoreError> {
        let raw = match entry.raw {
            Some(bytes) => Some(store.blobs().put(bytes).await?),
            None => None,
        };
        Ok(Self {
            writer: store.writer_name(),
            at: entry.at.unix_ms(),
            kind: entry.kind,
            message_id: entry.message_id.map(|id| id.as_str().to_owned()),
            direction: entry.direction,
            label: entry.label,
            raw,
            summary: mask::summary(&entry.summary).to_string(),
        })
    }

    /// Appends the entry to the chain.
    pub(crate) async fn append(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<i64, StoreError> {
        let end = sqlx::query("SELECT id, hash FROM journal_heads WHERE writer = $1")
            .bind(self.writer)
            .fetch_optional(&mut *connection)
            .await?;
        let (last, previous) = match &end {
            Some(row) => (Columns(row).number("id")?, Columns(row).bytes("hash")?),
            None => (0, BEGINNING.to_vec()),
        };
        let stored = Stored {
            writer: self.writer.to_owned(),
            id: last + 1,
            at: self.at,
            kind: self.kind.clone(),
            message_id: self.message_id.clone(),
            direction: self.direction.as_str().to_owned(),
            label: self.label.map(|label| label.as_str().to_owned()),
            raw: self.raw.clone(),
            summary: self.summary.clone(),
            previous,
        };
        let hash = stored.hash();
        sqlx::query(
            "INSERT INTO journal
               (writer, id, at, kind, message_id, direction, label, raw, summary, previous, hash)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(&stored.writer)
        .bind(stored.id)
        .bind(stored.at)
        .bind(&stored.kind)
        .bind(&stored.message_id)
        .bind(&stored.direction)
        .bind(&stored.label)
        .bind(&stored.raw)
        .bind(&stored.summary)
        .bind(&stored.previous)
        .bind(hash.as_slice())
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT INTO journal_heads (writer, id, hash) VALUES ($1, $2, $3)
             ON CONFLICT (writer) DO UPDATE SET id = excluded.id, hash = excluded.hash",
        )
        .bind(&stored.writer)
        .bind(stored.id)
        .bind(hash.as_slice())
        .execute(connection)
        .await?;
        Ok(stored.id)
    }
}

/// An entry exactly as its columns hold it: what the hash is made over.
struct Stored {
    writer: String,
    id: i64,
    at: i64,
    kind: String,
    message_id: Option<String>,
    direction: String,
    label: Option<String>,
    raw: Option<String>,
    summary: String,
    previous: Vec<u8>,
}

impl Stored {
    fn of(row: &SqliteRow) -> Result<Self, StoreError> {
        let columns = Columns(row);
        Ok(Self {
            writer: columns.text("writer")?,
            id: columns.number("id")?,
            at: columns.number("at")?,
            kind: columns.text("kind")?,
            message_id: columns.text_option("message_id")?,
            direction: columns.text("direction")?,
            label: columns.text_option("label")?,
            raw: columns.text_option("raw")?,
            summary: columns.text("summary")?,
            previous: columns.bytes("previous")?,
        })
    }

    /// SHA-256 over every field with its length before it, so that no two entries give the same bytes.
    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut field = |present: u8, bytes: &[u8]| {
            hash.update([present]);
            hash.update((bytes.len() as u64).to_be_bytes());
            hash.update(bytes);
        };
        field(1, b"qaqpa journal 1");
        field(1, self.writer.as_bytes());
        field(1, &self.id.to_be_bytes());
        field(1, &self.at.to_be_bytes());
        field(1, self.kind.as_bytes());
        for option in [&self.message_id, &self.label, &self.raw] {
            match option {
                Some(text) => field(1, text.as_bytes()),
                None => field(0, b""),
            }
        }
        field(1, self.direction.as_bytes());
        field(1, self.summary.as_bytes());
        field(1, &self.previous);
        hash.finalize().into()
    }
}
