//! Entries on their way into the chain, and as the chain's hashes see them.

use qaqpa_model::RefusalLabel;
use sha2::{Digest as _, Sha256};

use super::merkle::Hash;
use super::{Direction, JournalEntry, SegmentRule, seal};
use crate::database::{Columns, Connection, Row, Unwritten, query};
use crate::mask::Masked;
use crate::{Store, StoreError};

/// What stands before the first entry of all.
pub(crate) const BEGINNING: Hash = [0; 32];

/// An entry whose raw bytes are stored already, or will be with it: ready to be appended within a transaction.
pub(crate) struct Line {
    /// When a segment is closed.
    rule: SegmentRule,
    at: i64,
    kind: String,
    message_id: Option<String>,
    direction: Direction,
    label: Option<RefusalLabel>,
    raw: Option<String>,
    withheld: Option<String>,
    summary: String,
    /// What `raw` and `withheld` name, where it is not on disk yet.
    unwritten: Unwritten,
}

impl Line {
    /// Stores the raw bytes, masks the summary, and stores what it does not show.
    pub(crate) async fn prepare(store: &Store, entry: JournalEntry) -> Result<Self, StoreError> {
        let mut unwritten = Unwritten::default();
        let raw = match entry.raw {
            Some(bytes) => Some(store.blobs().put(bytes, &mut unwritten).await?),
            None => None,
        };
        let masked = Masked::of(&entry.summary);
        let withheld = match masked.withheld_bytes() {
            Some(bytes) => Some(store.blobs().put(bytes, &mut unwritten).await?),
            None => None,
        };
        Ok(Self {
            unwritten,
            rule: store.segment_rule(),
            at: entry.at.unix_ms(),
            kind: entry.kind,
            message_id: entry.message_id.map(|id| id.as_str().to_owned()),
            direction: entry.direction,
            label: entry.label,
            raw,
            withheld,
            summary: masked.shown.to_string(),
        })
    }

    /// What is to be written with the entry: who takes it writes it.
    pub(crate) fn take_unwritten(&mut self) -> Unwritten {
        std::mem::take(&mut self.unwritten)
    }

    /// Appends the entry to the chain. A segment that is too old for it is closed before; the entry that fills a
    /// segment closes it.
    pub(crate) async fn append(&self, connection: &mut Connection) -> Result<i64, StoreError> {
        let writer = connection.writer();
        self.append_as(connection, &writer).await
    }

    /// The same with one fact more in the summary, which is known in the transaction alone.
    pub(crate) async fn append_telling(
        &self,
        connection: &mut Connection,
        name: &str,
        fact: impl Into<serde_json::Value>,
    ) -> Result<i64, StoreError> {
        let mut summary: serde_json::Value = serde_json::from_str(&self.summary)
            .map_err(|_| StoreError::Unreadable { what: "summary" })?;
        if let Some(summary) = summary.as_object_mut() {
            summary.insert(name.to_owned(), fact.into());
        }
        let writer = connection.writer();
        self.append_saying(connection, &writer, summary.to_string())
            .await
    }

    /// The same to another chain, whose name the connection holds.
    pub(super) async fn append_as(
        &self,
        connection: &mut Connection,
        writer: &str,
    ) -> Result<i64, StoreError> {
        self.append_saying(connection, writer, self.summary.clone())
            .await
    }

    async fn append_saying(
        &self,
        connection: &mut Connection,
        writer: &str,
        summary: String,
    ) -> Result<i64, StoreError> {
        self.unwritten.write(connection).await?;
        let mut head = Head::read(connection, writer).await?.unwrap_or_default();
        let mut opened = head.opened(self.at);
        if self.rule.is_due(opened, self.at) {
            // As of its latest entry: the new one may be of another time, if the clock was moved.
            if seal::close(connection, writer, None).await?.is_some() {
                head = Head::read(connection, writer).await?.unwrap_or_default();
            }
            // Also where it cannot be sealed: it is not read again at every entry.
            opened = self.at;
        }
        let stored = Stored {
            writer: writer.to_string(),
            id: head.id + 1,
            at: self.at,
            kind: self.kind.clone(),
            message_id: self.message_id.clone(),
            direction: self.direction.as_str().to_owned(),
            label: self.label.map(|label| label.as_str().to_owned()),
            raw: self.raw.clone(),
            withheld: self.withheld.clone(),
            summary,
            previous: head.hash,
        };
        let hash = stored.hash();
        // A server is told both in one statement.
        let at_once = connection.is_of_a_server();
        let entry = query(if at_once { ENTRY_AND_HEAD } else { ENTRY });
        let entry = entry
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
            .bind(&stored.withheld);
        if at_once {
            entry.bind(opened).execute(&mut *connection).await?;
        } else {
            entry.execute(&mut *connection).await?;
            query(HEAD)
                .bind(&stored.writer)
                .bind(stored.id)
                .bind(hash.as_slice())
                .bind(opened)
                .execute(&mut *connection)
                .await?;
        }
        // A multiple, not "at least": a segment that cannot be sealed is not read again at every entry.
        let entries = stored.id - head.first + 1;
        if entries % i64::from(self.rule.entries_max.max(1)) == 0 {
            seal::close(connection, writer, Some(self.at)).await?;
        }
        Ok(stored.id)
    }
}

macro_rules! entry {
    () => {
        "INSERT INTO journal
           (writer, id, at, kind, message_id, direction, label, raw, summary, previous, hash, withheld)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    };
}

macro_rules! head {
    ($values:literal) => {
        concat!(
            "INSERT INTO journal_heads (writer, id, hash, opened, journal) VALUES ",
            $values,
            " ON CONFLICT (writer) DO UPDATE
             SET id = excluded.id, hash = excluded.hash, opened = excluded.opened"
        )
    };
}

const ENTRY: &str = entry!();
const HEAD: &str = head!("($1, $2, $3, $4, randomblob(32))");

/// PostgreSQL has random numbers only as UUIDs, of 122 bits each.
const ENTRY_AND_HEAD: &str = concat!(
    "WITH entry AS (",
    entry!(),
    ") ",
    head!(
        "($1, $2, $11, $13, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))"
    )
);

/// The end of a journal, kept apart from its entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// The number of the last entry; 0 where there is none.
    pub(crate) id: i64,
    /// What the next entry holds as `previous`: the last entry's hash, or the last seal's where that came later.
    pub(crate) hash: Vec<u8>,
    /// Which journal of all.
    pub(crate) journal: Vec<u8>,
    /// The open segment.
    pub(crate) segment: i64,
    /// The number of its first entry, which may not be there yet.
    pub(crate) first: i64,
    /// The moment of its first entry; `None` where an earlier version wrote it.
    opened: Option<i64>,
}

impl Default for Head {
    fn default() -> Self {
        Self {
            id: 0,
            hash: BEGINNING.to_vec(),
            journal: Vec::new(),
            segment: 1,
            first: 1,
            opened: None,
        }
    }
}

impl Head {
    pub(crate) async fn read(
        connection: &mut Connection,
        writer: &str,
    ) -> Result<Option<Self>, StoreError> {
        let row = query(
            "SELECT id, hash, journal, segment, first_id, opened FROM journal_heads WHERE writer = $1",
        )
        .bind(writer)
        .fetch_optional(connection)
        .await?;
        row.map(|row| {
            let columns = Columns(&row);
            Ok(Self {
                id: columns.number("id")?,
                hash: columns.bytes("hash")?,
                journal: columns.bytes("journal")?,
                segment: columns.number("segment")?,
                first: columns.number("first_id")?,
                // Only a hint: what cannot be read must not keep the next entry out.
                opened: columns.number_option("opened").unwrap_or(None),
            })
        })
        .transpose()
    }

    /// The moment of the open segment's first entry, which may be the one that comes now.
    fn opened(&self, now: i64) -> i64 {
        let any = self.id >= self.first;
        self.opened.filter(|_| any).unwrap_or(now)
    }
}

/// An entry exactly as its columns hold it: what the hash is made over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) writer: String,
    pub(crate) id: i64,
    pub(crate) at: i64,
    pub(crate) kind: String,
    pub(crate) message_id: Option<String>,
    pub(crate) direction: String,
    pub(crate) label: Option<String>,
    pub(crate) raw: Option<String>,
    pub(crate) withheld: Option<String>,
    pub(crate) summary: String,
    pub(crate) previous: Vec<u8>,
}

impl Stored {
    pub(crate) fn of(row: &Row) -> Result<Self, StoreError> {
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
            withheld: columns.text_option("withheld")?,
            summary: columns.text("summary")?,
            previous: columns.bytes("previous")?,
        })
    }

    pub(crate) fn hash(&self) -> Hash {
        self.hash_as(self.id)
    }

    /// The hash that the same fields would have under another number.
    pub(crate) fn hash_as(&self, id: i64) -> Hash {
        let mut fields = Fields::named(b"qaqpa journal 1");
        fields.add(self.writer.as_bytes());
        fields.add(&id.to_be_bytes());
        fields.add(&self.at.to_be_bytes());
        fields.add(self.kind.as_bytes());
        for option in [&self.message_id, &self.label, &self.raw] {
            fields.add_option(option.as_deref().map(str::as_bytes));
        }
        fields.add(self.direction.as_bytes());
        fields.add(self.summary.as_bytes());
        fields.add(&self.previous);
        // A field more only where there is one: so the hashes of entries that were written before it was known stay.
        if let Some(withheld) = &self.withheld {
            fields.add(withheld.as_bytes());
        }
        Sha256::digest(fields.octets()).into()
    }
}

/// Fields, each with its length before it, so that no two lists of fields give the same octets.
pub(crate) struct Fields(Vec<u8>);

impl Fields {
    /// Begins with the name of what they are fields of.
    pub(crate) fn named(name: &[u8]) -> Self {
        let mut fields = Self(Vec::with_capacity(512));
        fields.add(name);
        fields
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.add_option(Some(bytes));
    }

    /// One byte says whether there is a field: an absent one is not an empty one.
    pub(crate) fn add_option(&mut self, bytes: Option<&[u8]>) {
        self.0.push(u8::from(bytes.is_some()));
        let bytes = bytes.unwrap_or_default();
        self.0
            .extend_from_slice(&(bytes.len() as u64).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn octets(&self) -> &[u8] {
        &self.0
    }
}
