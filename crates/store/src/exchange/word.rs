//! What a receiver says about a message that was for it, and that it counts once.
//!
//! The request that says so, what it changes and what the journal tells of it are one transaction: a request that comes
//! again after a kill, or twice at the same moment, gets the answer of the first and changes nothing.

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use serde_json::json;

use super::visits::{self, EarlierVisit, Visit};
use crate::database::{Connection, exclude, query, while_busy};
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, mask};

/// What a receiver says about a message that waited for it or was delivered to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// It wants the message once more.
    Again {
        /// Whether it is delivered again, or waits to be fetched again.
        push: bool,
        /// Why, for people; may be empty.
        why: String,
    },
    /// It did not take it and does not want it once more: a person must look.
    Refused {
        /// Why, for people.
        why: String,
    },
    /// It has it.
    Taken,
}

/// A receiver's word, with the request that brings it.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whose message: the whole destination of the entry.
    pub destination: String,
    /// Which message.
    pub message_id: MessageId,
    /// What is said about it.
    pub word: Word,
    /// When.
    pub at: Moment,
    /// The request, with the answer that it gets now and at every repeat.
    pub visit: Visit,
    /// What the journal tells of the request; `changed` is put into its summary.
    pub note: JournalEntry,
}

/// What came of a word.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Heard {
    /// The same request came before; nothing was changed.
    Before(EarlierVisit),
    /// It is on disk with all that follows from it.
    Now {
        /// Whether the message stands otherwise than before: who repeats himself in another request changes nothing.
        changed: bool,
    },
}

/// How long it is tried again where another process has the same in hand.
const BUSY_MAX: Duration = Duration::from_secs(2);

pub(super) async fn hear(store: &Store, said: Said) -> Result<Heard, StoreError> {
    let ready = Arc::new(Ready::prepare(store, said).await?);
    // Another process has the same in hand: what came of it is seen in a moment.
    while_busy(BUSY_MAX, || {
        let ready = Arc::clone(&ready);
        store.write(move |connection| Box::pin(async move { ready.write(connection).await }))
    })
    .await
}

/// A word whose bytes are stored: ready to be heard within a transaction.
struct Ready {
    destination: String,
    message_id: MessageId,
    at: Moment,
    again: bool,
    state: &'static str,
    why: String,
    visit: Visit,
    /// What the journal tells of the message, where it changes.
    line: Line,
    /// What it tells of the request.
    note: Line,
}

impl Ready {
    async fn prepare(store: &Store, said: Said) -> Result<Self, StoreError> {
        let (kind, state, why) = match &said.word {
            Word::Again { push: true, why } => ("asked-again", "pending", why.as_str()),
            Word::Again { push: false, why } => ("asked-again", "held", why.as_str()),
            Word::Refused { why } => ("parked", "parked", why.as_str()),
            Word::Taken => ("delivered", "done", ""),
        };
        let why = mask::numbers(why);
        let entry = JournalEntry {
            at: said.at,
            kind: kind.to_owned(),
            message_id: Some(said.message_id.clone()),
            direction: Direction::Out,
            label: None,
            raw: None,
            summary: json!({"destination": said.destination, "why": why}),
        };
        Ok(Self {
            line: Line::prepare(store, entry).await?,
            note: Line::prepare(store, said.note).await?,
            again: matches!(said.word, Word::Again { .. }),
            destination: said.destination,
            message_id: said.message_id,
            at: said.at,
            state,
            why,
            visit: said.visit,
        })
    }

    async fn write(&self, connection: &mut Connection) -> Result<Heard, StoreError> {
        let whose = self.visit.name();
        exclude(connection, [Some(("visit", whose.as_str())), None, None]).await?;
        if let Some(earlier) = visits::earlier(connection, &self.visit).await? {
            return Ok(Heard::Before(earlier));
        }
        visits::insert(connection, &self.visit).await?;
        let changed = self.settle(connection).await?;
        if changed {
            self.line.append(connection).await?;
        }
        self.note
            .append_telling(connection, "changed", changed)
            .await?;
        Ok(Heard::Now { changed })
    }

    /// Asked for again, an entry begins anew, concluded or not. Taken, what waits is concluded; refused, also what was
    /// delivered: whoever takes a message and checks it then refuses it afterwards.
    async fn settle(&self, connection: &mut Connection) -> Result<bool, StoreError> {
        let text = if self.again {
            "UPDATE outbox
             SET state = $3, why = NULLIF($4, ''), due_at = $5, attempts = 0, anew = anew + 1,
                 concluded_at = NULL,
                 leased_until = CASE WHEN $3 = 'pending' AND state = 'pending' THEN leased_until END
             WHERE destination = $1 AND message_id = $2"
        } else {
            "UPDATE outbox
             SET state = $3, why = NULLIF($4, ''), concluded_at = $5, leased_until = NULL
             WHERE destination = $1 AND message_id = $2
               AND (state IN ('held', 'pending', 'behind') OR (state = 'done' AND $3 = 'parked'))"
        };
        let done = query(text)
            .bind(&self.destination)
            .bind(self.message_id.as_str())
            .bind(self.state)
            .bind(&self.why)
            .bind(self.at.unix_ms())
            .execute(connection)
            .await?;
        Ok(done.rows_affected() > 0)
    }
}
