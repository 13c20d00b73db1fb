//! The journal: what was received, decided and sent, in a chain that shows every cut and change.

use qaqpa_model::{MessageId, Moment, RefusalLabel};

use crate::{Store, StoreError};

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

impl Journal<'_> {
    /// Appends an entry and gives its number.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn append(&self, entry: JournalEntry) -> Result<i64, StoreError> {
        let _ = entry;
        todo!()
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
        let _ = (filter, limit);
        todo!()
    }

    /// One entry.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn show(&self, id: i64) -> Result<Option<JournalRecord>, StoreError> {
        let _ = id;
        todo!()
    }

    /// The raw bytes of one entry. They hold personal data: not for views and logs.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where the file is missing or changed.
    pub async fn raw(&self, id: i64) -> Result<Option<Vec<u8>>, StoreError> {
        let _ = id;
        todo!()
    }

    /// Proves that nothing was cut or changed, raw bytes included.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn verify_chain(&self) -> Result<ChainReport, StoreError> {
        todo!()
    }
}
