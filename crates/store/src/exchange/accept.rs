//! Accepting a message, once.

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{BodyDigest, MessageId, SenderId};

use super::effects::{self, PreparedOutgoing};
use super::{Acceptance, AcceptedMessage, Conflict, Incoming, Seen};
use crate::database::{Columns, Connection, Target, Unwritten, exclude, query, while_busy};
use crate::journal::{ACCEPTED, Direction, JournalEntry, Line, with_verdict};
use crate::trace;
use crate::{Store, StoreError};

pub(super) async fn accept(store: &Store, mut new: Incoming) -> Result<Acceptance, StoreError> {
    // Saves the files of a repeat; the transaction decides again. Where bytes are rows there are none.
    if !store.is_over_a_server() {
        let seen = lookup(store, &new.sender, &new.message_id, &new.digest).await?;
        if let Some(seen) = seen {
            return Ok(seen.into());
        }
    }
    let mut line = Line::prepare(
        store,
        JournalEntry {
            at: new.at,
            kind: ACCEPTED.to_owned(),
            message_id: Some(new.message_id.clone()),
            direction: Direction::In,
            label: None,
            raw: Some(std::mem::take(&mut new.raw)),
            summary: with_verdict(std::mem::take(&mut new.summary), &new.verdict_json),
        },
    )
    .await?;
    let mut effects = effects::prepare(store, std::mem::take(&mut new.effects)).await?;
    let mut outgoing = PreparedOutgoing::prepare_option(store, new.outbox.take()).await?;
    let mut unwritten = line.take_unwritten();
    unwritten.and(effects::take_unwritten(&mut effects));
    if let Some(outgoing) = &mut outgoing {
        unwritten.and(outgoing.take_unwritten());
    }
    let ready = Arc::new(Ready {
        window_begin: new.at.minus(store.inner.replay_window).unix_ms(),
        new,
        unwritten,
        line,
        effects,
        outgoing,
    });
    // Another process has the same in hand: what came of it is seen in a moment.
    while_busy(BUSY_MAX, || {
        let ready = Arc::clone(&ready);
        store.write(move |connection| Box::pin(async move { ready.write(connection).await }))
    })
    .await
}

/// How long it is tried again where another process has the same in hand.
const BUSY_MAX: Duration = Duration::from_secs(2);

/// A message whose bytes are stored: ready to be accepted within a transaction.
struct Ready {
    new: Incoming,
    /// The bytes of all that follows: a server takes them together.
    unwritten: Unwritten,
    line: Line,
    effects: Vec<effects::Prepared>,
    outgoing: Option<PreparedOutgoing>,
    window_begin: i64,
}

impl Ready {
    async fn write(&self, connection: &mut Connection) -> Result<Acceptance, StoreError> {
        let new = &self.new;
        let signature = new.business_signature.map(hex::encode);
        let things = [
            Some(("message", new.message_id.as_str())),
            signature.as_deref().map(|value| ("signature", value)),
            settles(new).map(|id| ("settles", id)),
        ];
        exclude(connection, things).await?;
        if let Some(earlier) = earlier(connection, new, self.window_begin).await? {
            return Ok(earlier);
        }
        insert(connection, new).await?;
        self.unwritten.write(connection).await?;
        self.line.append(connection).await?;
        if let Some(outgoing) = &self.outgoing {
            outgoing.insert(connection, new.at.unix_ms()).await?;
        }
        effects::apply(connection, &self.effects, new.at.unix_ms()).await?;
        trace::record(connection, &new.trace).await?;
        Ok(Acceptance::Accepted)
    }
}

pub(super) async fn lookup(
    store: &Store,
    sender: &SenderId,
    message_id: &MessageId,
    digest: &BodyDigest,
) -> Result<Option<Seen>, StoreError> {
    look(store.readers(), sender, message_id, digest).await
}

pub(super) async fn message(
    store: &Store,
    message_id: &MessageId,
) -> Result<Option<AcceptedMessage>, StoreError> {
    query("SELECT * FROM messages WHERE message_id = $1")
        .bind(message_id.as_str())
        .fetch_optional(store.readers())
        .await?
        .map(|row| accepted(&Columns(&row)))
        .transpose()
}

/// A row of `messages`.
pub(super) fn accepted(row: &Columns<'_>) -> Result<AcceptedMessage, StoreError> {
    Ok(AcceptedMessage {
        sender: row.sender("sender")?,
        message_id: row.message_id("message_id")?,
        correlation: row.message_id_option("correlation")?,
        digest: row.body_digest("digest")?,
        verdict_json: row.text("verdict_json")?,
        facts_json: row.text("facts_json")?,
        at: row.moment("accepted_at")?,
    })
}

async fn look<'t>(
    on: impl Into<Target<'t>>,
    sender: &SenderId,
    message_id: &MessageId,
    digest: &BodyDigest,
) -> Result<Option<Seen>, StoreError> {
    let found = query("SELECT sender, digest, answer FROM messages WHERE message_id = $1")
        .bind(message_id.as_str())
        .fetch_optional(on)
        .await?;
    found.map_or(Ok(None), |row| {
        seen(&Columns(&row), sender, digest).map(Some)
    })
}

/// What the message of that id is to one of this sender with this digest.
fn seen(row: &Columns<'_>, sender: &SenderId, digest: &BodyDigest) -> Result<Seen, StoreError> {
    // Ids are one namespace: were they one per sender, a stranger could take the id of a message
    // that an answer will name, and the answer would find two.
    let same = row.sender("sender")? == *sender && row.body_digest("digest")? == *digest;
    Ok(if same {
        Seen::Duplicate {
            answer: row.bytes("answer")?,
        }
    } else {
        Seen::MessageIdReused
    })
}

impl From<Seen> for Acceptance {
    fn from(seen: Seen) -> Self {
        match seen {
            Seen::Duplicate { answer } => Self::Duplicate { answer },
            Seen::MessageIdReused => Self::Conflict(Conflict::MessageIdReused),
        }
    }
}

/// What came before, and stands in the way; one statement, for a server is asked within a transaction.
async fn earlier(
    connection: &mut Connection,
    new: &Incoming,
    window_begin: i64,
) -> Result<Option<Acceptance>, StoreError> {
    // No upper bound of the moment: where the clock was set back, what came "later" came before.
    let row = query(
        "SELECT found.message_id, found.sender, found.digest, found.answer,
           CAST(CASE WHEN EXISTS (
             SELECT 1 FROM messages WHERE business_signature = $2 AND accepted_at >= $3
           ) THEN 1 ELSE 0 END AS BIGINT) AS replayed,
           CAST(CASE WHEN EXISTS (
             SELECT 1 FROM messages WHERE settles = $4
           ) THEN 1 ELSE 0 END AS BIGINT) AS settled
         FROM (SELECT 1) AS one LEFT JOIN messages AS found ON found.message_id = $1",
    )
    .bind(new.message_id.as_str())
    .bind(new.business_signature.map(|value| value.to_vec()))
    .bind(window_begin)
    .bind(settles(new))
    .fetch_one(connection)
    .await?;
    let row = Columns(&row);
    Ok(if row.text_option("message_id")?.is_some() {
        Some(seen(&row, &new.sender, &new.digest)?.into())
    } else if row.number("replayed")? == 1 {
        Some(Acceptance::Conflict(Conflict::Replayed))
    } else if row.number("settled")? == 1 {
        Some(Acceptance::Conflict(Conflict::Settled))
    } else {
        None
    })
}

async fn insert(connection: &mut Connection, new: &Incoming) -> Result<(), StoreError> {
    query(
        "INSERT INTO messages
           (message_id, sender, digest, business_signature, correlation, settles,
            verdict_json, facts_json, answer, accepted_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(new.message_id.as_str())
    .bind(new.sender.as_str())
    .bind(new.digest.0.as_slice())
    .bind(new.business_signature.map(|value| value.to_vec()))
    .bind(new.correlation.as_ref().map(MessageId::as_str))
    .bind(settles(new))
    .bind(&new.verdict_json)
    .bind(&new.facts_json)
    .bind(&new.response)
    .bind(new.at.unix_ms())
    .execute(connection)
    .await?;
    Ok(())
}

fn settles(new: &Incoming) -> Option<&str> {
    new.correlation
        .as_ref()
        .filter(|_| new.settles)
        .map(MessageId::as_str)
}
