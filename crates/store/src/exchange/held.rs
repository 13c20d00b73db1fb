//! Entries of the outbox that nobody delivers: their receiver fetches them, and says what became of them.

use qaqpa_model::{MessageId, Moment};
use serde_json::json;

use super::{Fetched, HeldFilter, OutgoingMessage, Ticket, Word};
use crate::database::{Columns, Row, query};
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, mask};

pub(super) async fn fetch(
    store: &Store,
    filter: HeldFilter,
    n: u32,
    bytes_max: usize,
) -> Result<Vec<Fetched>, StoreError> {
    let mut rows: Vec<HeldRow> = store
        .write(move |connection| {
            Box::pin(async move {
                // What was handed out least comes first: who never says a word about what was fetched
                // gets the rest all the same. The attempts of a pending entry are its ticket.
                let rows = query(
                    "UPDATE outbox
                     SET attempts = attempts + CASE WHEN state = 'held' THEN 1 ELSE 0 END
                     WHERE id IN (
                       SELECT id FROM outbox
                       WHERE destination = $1 AND state IN ('held', 'pending')
                         AND (CAST($2 AS TEXT) IS NULL OR message_id = $2)
                         AND (CAST($3 AS TEXT) IS NULL OR correlation = $3)
                       ORDER BY attempts, id LIMIT $4)
                     RETURNING *",
                )
                .bind(&filter.destination)
                .bind(filter.message_id.as_ref().map(MessageId::as_str))
                .bind(filter.correlation.as_ref().map(MessageId::as_str))
                .bind(i64::from(n))
                .fetch_all(connection)
                .await?;
                rows.iter().map(HeldRow::of).collect::<Result<Vec<_>, _>>()
            })
        })
        .await?;
    // RETURNING promises no order.
    rows.sort_by_key(|row| (row.times, row.id));
    let mut fetched = Vec::new();
    let mut bytes = 0_usize;
    for row in rows {
        match store.blobs().read(&row.body).await {
            Ok(body) => {
                bytes = bytes.saturating_add(body.len());
                if bytes > bytes_max && !fetched.is_empty() {
                    break;
                }
                fetched.push(row.with(body));
            }
            // One damaged file must not hold up the others; the entry stays for an operator to see.
            Err(error) => {
                tracing::error!(%error, message_id = %row.message_id, "a held message cannot be read");
            }
        }
    }
    Ok(fetched)
}

pub(super) async fn settle(
    store: &Store,
    destination: &str,
    message_id: &MessageId,
    word: Word,
    at: Moment,
) -> Result<bool, StoreError> {
    let (kind, state, why) = match &word {
        Word::Again { push: true, why } => ("asked-again", "pending", why.as_str()),
        Word::Again { push: false, why } => ("asked-again", "held", why.as_str()),
        Word::Refused { why } => ("parked", "parked", why.as_str()),
        Word::Taken => ("delivered", "done", ""),
    };
    let why = mask::numbers(why);
    let entry = JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: Some(message_id.clone()),
        direction: Direction::Out,
        label: None,
        raw: None,
        summary: json!({"destination": destination, "why": why}),
    };
    let line = Line::prepare(store, entry).await?;
    let again = matches!(word, Word::Again { .. });
    let (destination, message_id) = (destination.to_owned(), message_id.clone());
    store
        .write(move |connection| {
            Box::pin(async move {
                // Asked for again, an entry begins anew, concluded or not; another word concludes what waits.
                let text = if again {
                    "UPDATE outbox
                     SET state = $3, why = NULLIF($4, ''), due_at = $5, attempts = 0,
                         concluded_at = NULL, leased_until = NULL
                     WHERE destination = $1 AND message_id = $2"
                } else {
                    "UPDATE outbox
                     SET state = $3, why = NULLIF($4, ''), concluded_at = $5, leased_until = NULL
                     WHERE destination = $1 AND message_id = $2 AND state IN ('held', 'pending')"
                };
                let done = query(text)
                    .bind(&destination)
                    .bind(message_id.as_str())
                    .bind(state)
                    .bind(&why)
                    .bind(at.unix_ms())
                    .execute(&mut *connection)
                    .await?;
                if done.rows_affected() == 0 {
                    return Ok(false);
                }
                line.append(connection).await?;
                Ok(true)
            })
        })
        .await
}

pub(super) async fn hold(store: &Store, ticket: Ticket, why: &str) -> Result<bool, StoreError> {
    let why = mask::numbers(why);
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox SET state = 'held', why = $3, leased_until = NULL
                     WHERE id = $1 AND attempts = $2 AND state = 'pending'",
                )
                .bind(ticket.id)
                .bind(ticket.attempt)
                .bind(&why)
                .execute(connection)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
}

pub(super) async fn release(store: &Store, begin: &str, at: Moment) -> Result<u64, StoreError> {
    let begin = begin.to_owned();
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox SET state = 'pending', due_at = $2, attempts = 0
                     WHERE state = 'held' AND SUBSTR(destination, 1, LENGTH($1)) = $1",
                )
                .bind(&begin)
                .bind(at.unix_ms())
                .execute(connection)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
}

/// A fetched row whose body is still a file.
struct HeldRow {
    id: i64,
    times: i64,
    destination: String,
    message_id: MessageId,
    correlation: Option<MessageId>,
    body: String,
    queued_at: Moment,
}

impl HeldRow {
    fn of(row: &Row) -> Result<Self, StoreError> {
        let row = Columns(row);
        Ok(Self {
            id: row.number("id")?,
            times: row.number("attempts")?,
            destination: row.text("destination")?,
            message_id: row.message_id("message_id")?,
            correlation: row.message_id_option("correlation")?,
            body: row.text("body")?,
            queued_at: row.moment("queued_at")?,
        })
    }

    fn with(self, body: Vec<u8>) -> Fetched {
        Fetched {
            message: OutgoingMessage {
                destination: self.destination,
                message_id: self.message_id,
                correlation: self.correlation,
                body,
            },
            times: u32::try_from(self.times).unwrap_or(u32::MAX),
            queued_at: self.queued_at,
        }
    }
}
