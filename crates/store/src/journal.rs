//! The journal: what was received, decided and sent, in chains, seals and stamps that show every cut and change.
//!
//! ```text
//! segment 1                       segment 2                        open segment: no seal yet
//! entry ◄─ entry ◄─ … ◄─ seal 1 ◄─ entry ◄─ entry ◄─ … ◄─ seal 2 ◄─ entry ◄─ entry
//!                          └──────── tree of seals ────────┘
//!                                         └─ the authority's stamp over its root
//! ```
//!
//! Each entry holds the hash of the one before; a segment's first holds the hash of the seal before it. A seal
//! ([`Seal`]) holds count, numbers, moments and the Merkle root of its entries, and the root of the seals before.
//! The stamp ([`Journal::stamp`]) is over the tree of seals: one good stamp vouches for every entry up to it. What it
//! is and who gives it, the store does not know: octets go out ([`Journal::unstamped`]), a token comes back, and who
//! asks for the proof ([`Journal::verify`]) brings a judge of tokens.

mod chains;
mod finding;
mod kept;
mod line;
mod merkle;
mod proof;
mod retention;
mod seal;

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{MessageId, Moment, RefusalLabel};

pub use chains::{JOURNAL_CHAIN_GONE, JOURNAL_CHAINS};
pub use finding::{
    Doubt, DoubtKind, Finding, FindingKind, Indication, JournalProof, StampJudge, StampJudgement,
    Vouched, no_judge,
};
pub(crate) use kept::{ACCEPTED, with_verdict};
pub(crate) use line::Line;
pub use retention::{Company, Doubted, Pruned, Removal, Wish};
pub use seal::{Seal, SegmentRule};

use crate::database::{Columns, Row, query, query_of_each, while_busy};
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
    /// What views show. The store masks IINs, drops what is named like a secret, and withholds what is encoded.
    pub summary: serde_json::Value,
}

/// The kind of the entries that tell that the clock was set back: `moved_ms` in the summary says by how much (below
/// zero), or `offset_ms` and `offset_ms_before`.
pub const CLOCK_SET_BACK: &str = "clock-set-back";

/// The kind of the entries that mark deliberate faults.
pub const MISCHIEF: &str = "mischief";

impl JournalEntry {
    /// The mark that a deliberate fault was done to a message: which fault, by its name, and what it did.
    ///
    /// An entry of its own, not a field of the message's: the message's entry is what was received or sent, and a
    /// fault is done before, after or instead of that. [`JournalFilter::kind`] with [`MISCHIEF`] finds the marks.
    #[must_use]
    pub fn mischief(
        at: Moment,
        message_id: Option<MessageId>,
        fault: &str,
        detail: serde_json::Value,
    ) -> Self {
        Self {
            at,
            kind: MISCHIEF.to_owned(),
            message_id,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary: serde_json::json!({ "fault": fault, "detail": detail }),
        }
    }
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
    /// The digest of what the summary does not show, in hexadecimal: [`Journal::whole`] puts it back.
    pub withheld_digest: Option<String>,
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

/// The journal of this actor: the chain that this process writes or, after [`of`](Self::of), another's.
#[derive(Clone, Copy, Debug)]
pub struct Journal<'s> {
    pub(crate) store: &'s Store,
    whose: Option<&'s str>,
}

impl<'s> Journal<'s> {
    pub(crate) const fn own(store: &'s Store) -> Self {
        Self { store, whose: None }
    }

    /// The chain of this name. What others may be writing to it is not disturbed: it is changed only while nobody
    /// holds the name.
    #[must_use]
    pub const fn of(self, writer: &'s str) -> Self {
        Self {
            whose: Some(writer),
            ..self
        }
    }

    /// The name of the chain, now.
    pub(crate) fn writer(&self) -> Arc<str> {
        self.whose
            .map_or_else(|| self.store.writer_name(), Arc::from)
    }

    /// For a closure that runs later: the name, or that it is the connection's own.
    fn whose(&self) -> Option<Arc<str>> {
        self.whose.map(Arc::from)
    }
}

/// How long an entry is tried again that met a busy database. A file is waited for within each try, too.
const BUSY_MAX: Duration = Duration::from_secs(30);

impl Journal<'_> {
    /// Appends an entry to the chain of this process, whichever this is, and gives its number.
    ///
    /// Where another process has the database in hand it is tried again, for half a minute: nothing was written then, so
    /// that the entry cannot come twice.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn append(&self, entry: JournalEntry) -> Result<i64, StoreError> {
        let line = Arc::new(Line::prepare(self.store, entry).await?);
        while_busy(BUSY_MAX, || {
            let line = Arc::clone(&line);
            self.store
                .write(move |connection| Box::pin(async move { line.append(connection).await }))
        })
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
        let rows = query(
            "SELECT * FROM journal
             WHERE writer = $1
               AND ($2 IS NULL OR message_id = $2)
               AND ($3 IS NULL OR kind = $3)
               AND ($4 IS NULL OR id < $4)
             ORDER BY id DESC LIMIT $5",
        )
        .bind(self.writer())
        .bind(filter.message_id.as_ref().map(MessageId::as_str))
        .bind(filter.kind.as_deref())
        .bind(filter.before)
        .bind(i64::from(limit))
        .fetch_all(self.store.readers())
        .await?;
        rows.iter().map(record_of).collect()
    }

    /// The numbers of entries below this one, or of the newest, in falling order: also of those that cannot be read.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn numbers(&self, before: Option<i64>, limit: u32) -> Result<Vec<i64>, StoreError> {
        // In a file a number may have been made a text; a server holds a column to its type.
        let rows = query_of_each(
            "SELECT id FROM journal
             WHERE writer = $1 AND ($2 IS NULL OR id < $2) AND typeof(id) = 'integer'
             ORDER BY id DESC LIMIT $3",
            "SELECT id FROM journal
             WHERE writer = $1 AND ($2 IS NULL OR id < $2)
             ORDER BY id DESC LIMIT $3",
        )
        .bind(self.writer())
        .bind(before)
        .bind(i64::from(limit))
        .fetch_all(self.store.readers())
        .await?;
        rows.iter().map(|row| Columns(row).number("id")).collect()
    }

    /// One entry.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn show(&self, id: i64) -> Result<Option<JournalRecord>, StoreError> {
        query("SELECT * FROM journal WHERE writer = $1 AND id = $2")
            .bind(self.writer())
            .bind(id)
            .fetch_optional(self.store.readers())
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
            Some(digest) => self.store.blobs().read(&digest).await.map(Some),
            None => Ok(None),
        }
    }

    /// The raw bytes of this digest, in hexadecimal; `None` where they were removed with their entry. As
    /// [`raw`](Self::raw): not for views and logs.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where they are changed.
    pub async fn kept(&self, digest: &str) -> Result<Option<Vec<u8>>, StoreError> {
        if self.store.blobs().is_there(digest).await? {
            return self.store.blobs().read(digest).await.map(Some);
        }
        Ok(None)
    }

    /// The summary of one entry with what views do not show: certificates and evidence, byte for byte, and the verdict
    /// of an accepted message. They hold personal data: not for views and logs. Secrets were never kept, and IINs in
    /// plain text stay masked.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where the file with it is missing or changed; [`StoreError::Unreadable`] where it is
    /// not what belongs to this summary, or the verdict is missing or changed.
    pub async fn whole(&self, id: i64) -> Result<Option<serde_json::Value>, StoreError> {
        let Some(mut record) = self.show(id).await? else {
            return Ok(None);
        };
        if let Some(verdict) = self.verdict_of(&record).await? {
            record.summary["verdict"] = verdict;
        }
        let Some(digest) = record.withheld_digest else {
            return Ok(Some(record.summary));
        };
        let withheld = self.store.blobs().read(&digest).await?;
        let whole = mask::restored(record.summary, &withheld);
        whole
            .map(Some)
            .ok_or(StoreError::Unreadable { what: "withheld" })
    }

    /// The verdict that the entry of an accepted message names.
    async fn verdict_of(
        &self,
        record: &JournalRecord,
    ) -> Result<Option<serde_json::Value>, StoreError> {
        let digest = kept::digest_named(&record.kind, &record.summary);
        let Some((digest, message_id)) = digest.zip(record.message_id.as_ref()) else {
            return Ok(None);
        };
        let mut connection = self.store.readers().acquire().await?;
        let verdict = kept::verdict_of(&mut connection, message_id.as_str()).await?;
        let verdict = verdict
            .filter(|verdict| kept::is_of(verdict, &digest))
            .and_then(|verdict| serde_json::from_str(&verdict).ok());
        verdict
            .map(Some)
            .ok_or(StoreError::Unreadable { what: "verdict" })
    }

    /// Proves that no entry was changed, cut, moved or removed, raw bytes included, and names the first that was.
    ///
    /// Whoever can write to the database can do what he likes with entries that are not sealed yet, and where no
    /// stamp vouches he can write the whole journal anew: [`JournalProof`] says which entries these are. Where he has
    /// what he wrote stamped anew, the stamps are late: that is a [`Doubt`], and the proof is undecided.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn verify(&self, judge: &StampJudge<'_>) -> Result<JournalProof, StoreError> {
        proof::prove(self.store, self.writer(), judge).await
    }
}

fn record_of(row: &Row) -> Result<JournalRecord, StoreError> {
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
        // Earlier versions masked otherwise; what is masked already stays as it is.
        summary: columns.parsed("summary", |text| {
            serde_json::from_str(text)
                .ok()
                .map(|summary| mask::summary(&summary))
        })?,
        withheld_digest: columns.text_option("withheld")?,
        previous: hex::encode(columns.bytes("previous")?),
        hash: hex::encode(columns.bytes("hash")?),
    })
}
