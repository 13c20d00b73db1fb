//! The outbox: entries are claimed for a lease, so that who is killed loses the lease and nothing else.

use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use serde_json::json;

use super::effects::{self, PreparedOutgoing};
use super::{Claimed, Conclusion, OutboxEntry, OutboxState, OutgoingMessage, Ticket};
use crate::database::{Columns, Connection, Row, query, query_of_each};
use crate::journal::{Direction, JournalEntry, Line};
use crate::trace::{self, TraceEntry};
use crate::{Store, StoreError, mask};

pub(super) async fn enqueue(
    store: &Store,
    message: OutgoingMessage,
    trace: Vec<TraceEntry>,
    at: Moment,
) -> Result<(), StoreError> {
    let outgoing = PreparedOutgoing::prepare(store, message).await?;
    store
        .write(move |connection| {
            Box::pin(async move {
                outgoing.insert(connection, at.unix_ms()).await?;
                trace::record(connection, &trace).await
            })
        })
        .await
}

/// Takes the oldest entries that are due. What another process is taking at this moment is passed over, not waited for.
macro_rules! claim_text {
    ($lock:literal) => {
        concat!(
            "UPDATE outbox SET attempts = attempts + 1, leased_until = $2, leased_by = $5
             WHERE id IN (
               SELECT id FROM outbox
               WHERE state = 'pending' AND due_at <= $1
                 AND (leased_until IS NULL OR leased_until <= $1 OR leased_until > $4)
               ORDER BY due_at, id LIMIT $3 ",
            $lock,
            ") RETURNING *"
        )
    };
}

pub(super) async fn claim(
    store: &Store,
    now: Moment,
    n: u32,
    lease: Duration,
) -> Result<Vec<Claimed>, StoreError> {
    let until = now.plus(lease).unix_ms();
    // A lease that is further away than any can be comes from before the clock was set back.
    let beyond = now.plus(lease).plus(lease).unix_ms();
    let rows: Vec<ClaimedRow> = store
        .write(move |connection| {
            Box::pin(async move {
                let rows = query_of_each(claim_text!(""), claim_text!("FOR UPDATE SKIP LOCKED"))
                    .bind(now.unix_ms())
                    .bind(until)
                    .bind(i64::from(n))
                    .bind(beyond)
                    .bind(connection.writer())
                    .fetch_all(connection)
                    .await?;
                let mut rows: Vec<ClaimedRow> =
                    rows.iter().map(ClaimedRow::of).collect::<Result<_, _>>()?;
                // RETURNING promises no order.
                rows.sort_by_key(|row| (row.due_at, row.ticket.id));
                Ok(rows)
            })
        })
        .await?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match store.blobs().read(&row.body).await {
            Ok(body) => claimed.push(row.with(body)),
            // One damaged body must not hold up the others. One that could not be read now is not damaged.
            Err(error @ StoreError::BlobDamaged { .. }) => {
                tracing::error!(%error, message_id = %row.message_id, "an outbox entry is parked");
                park(store, row.ticket, &error.to_string(), Conclusion::at(now)).await?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(claimed)
}

pub(super) async fn complete(
    store: &Store,
    ticket: Ticket,
    conclusion: Conclusion,
) -> Result<bool, StoreError> {
    // Delivered is a fact, whoever holds the lease by now: no look at the attempt.
    conclude(store, ticket, None, OutboxState::Done, "", conclusion).await
}

pub(super) async fn park(
    store: &Store,
    ticket: Ticket,
    why: &str,
    conclusion: Conclusion,
) -> Result<bool, StoreError> {
    let attempt = Some(ticket.attempt);
    conclude(store, ticket, attempt, OutboxState::Parked, why, conclusion).await
}

pub(super) async fn retry_at(
    store: &Store,
    ticket: Ticket,
    next: Moment,
    why: &str,
) -> Result<bool, StoreError> {
    let why = mask::numbers(why);
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox SET due_at = $3, leased_until = NULL, why = $4
                     WHERE id = $1 AND attempts = $2 AND state = 'pending'",
                )
                .bind(ticket.id)
                .bind(ticket.attempt)
                .bind(next.unix_ms())
                .bind(why)
                .execute(connection)
                .await?;
                Ok(done.rows_affected() == 1)
            })
        })
        .await
}

pub(super) async fn wake(store: &Store, now: Moment) -> Result<u64, StoreError> {
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox
                     SET due_at = CASE WHEN due_at > $1 THEN $1 ELSE due_at END,
                       leased_until = CASE WHEN leased_by IS NULL OR leased_by = $2
                                      THEN NULL ELSE leased_until END
                     WHERE state = 'pending'",
                )
                .bind(now.unix_ms())
                .bind(connection.writer())
                .execute(connection)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
}

pub(super) async fn list(store: &Store, limit: u32) -> Result<Vec<OutboxEntry>, StoreError> {
    let rows = query("SELECT * FROM outbox ORDER BY id DESC LIMIT $1")
        .bind(i64::from(limit))
        .fetch_all(store.readers())
        .await?;
    rows.iter().map(entry_of).collect()
}

pub(super) async fn of(
    store: &Store,
    message_id: &MessageId,
) -> Result<Option<OutboxEntry>, StoreError> {
    query("SELECT * FROM outbox WHERE message_id = $1 ORDER BY id DESC LIMIT 1")
        .bind(message_id.as_str())
        .fetch_optional(store.readers())
        .await?
        .as_ref()
        .map(entry_of)
        .transpose()
}

pub(super) fn entry_of(row: &Row) -> Result<OutboxEntry, StoreError> {
    let row = Columns(row);
    Ok(OutboxEntry {
        id: row.number("id")?,
        destination: row.text("destination")?,
        message_id: row.message_id("message_id")?,
        correlation: row.message_id_option("correlation")?,
        state: row.parsed("state", OutboxState::parse)?,
        attempts: u32::try_from(row.number("attempts")?).unwrap_or(u32::MAX),
        due_at: row.moment("due_at")?,
        why: row.text_option("why")?,
        queued_at: row.moment("queued_at")?,
        concluded_at: row.moment_option("concluded_at")?,
    })
}

pub(super) async fn next_due(store: &Store) -> Result<Option<Moment>, StoreError> {
    let row = query(
        "SELECT MIN(CASE WHEN leased_until > due_at THEN leased_until ELSE due_at END) AS due
         FROM outbox WHERE state = 'pending'",
    )
    .fetch_one(store.readers())
    .await?;
    Columns(&row).moment_option("due")
}

/// A claimed row whose body is still a file.
struct ClaimedRow {
    ticket: Ticket,
    destination: String,
    message_id: MessageId,
    correlation: Option<MessageId>,
    body: String,
    due_at: i64,
    queued_at: Moment,
}

impl ClaimedRow {
    fn of(row: &Row) -> Result<Self, StoreError> {
        let row = Columns(row);
        Ok(Self {
            ticket: Ticket {
                id: row.number("id")?,
                attempt: row.number("attempts")?,
            },
            destination: row.text("destination")?,
            message_id: row.message_id("message_id")?,
            correlation: row.message_id_option("correlation")?,
            body: row.text("body")?,
            due_at: row.number("due_at")?,
            queued_at: row.moment("queued_at")?,
        })
    }

    fn with(self, body: Vec<u8>) -> Claimed {
        Claimed {
            ticket: self.ticket,
            attempt: u32::try_from(self.ticket.attempt).unwrap_or(u32::MAX),
            message: OutgoingMessage {
                destination: self.destination,
                message_id: self.message_id,
                correlation: self.correlation,
                body,
            },
            queued_at: self.queued_at,
        }
    }
}

/// The last word about an entry, with what follows from it and its journal entries.
async fn conclude(
    store: &Store,
    ticket: Ticket,
    attempt: Option<i64>,
    state: OutboxState,
    why: &str,
    conclusion: Conclusion,
) -> Result<bool, StoreError> {
    let row = query("SELECT * FROM outbox WHERE id = $1")
        .bind(ticket.id)
        .fetch_optional(store.readers())
        .await?;
    let Some(row) = row else {
        return Ok(false);
    };
    let row = ClaimedRow::of(&row)?;
    let at = conclusion.at;
    let why = mask::numbers(why);
    let line = |kind: &str, direction, raw| JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: Some(row.message_id.clone()),
        direction,
        label: None,
        raw,
        summary: json!({
            "destination": row.destination,
            "attempts": row.ticket.attempt,
            "body": row.body,
            "why": why,
        }),
    };
    let kind = match state {
        OutboxState::Done => "delivered",
        OutboxState::Held | OutboxState::Parked | OutboxState::Pending => "parked",
    };
    let mut lines = vec![Line::prepare(store, line(kind, Direction::Out, None)).await?];
    if !conclusion.answer.is_empty() {
        let entry = line("answered", Direction::In, Some(conclusion.answer));
        lines.push(Line::prepare(store, entry).await?);
    }
    let effects = effects::prepare(store, conclusion.effects).await?;
    let trace = conclusion.trace;
    store
        .write(move |connection| {
            Box::pin(async move {
                if !set_state(connection, ticket.id, attempt, state, &why, at).await? {
                    return Ok(false);
                }
                for line in &lines {
                    line.append(connection).await?;
                }
                effects::apply(connection, &effects, at.unix_ms()).await?;
                trace::record(connection, &trace).await?;
                Ok(true)
            })
        })
        .await
}

async fn set_state(
    connection: &mut Connection,
    id: i64,
    attempt: Option<i64>,
    state: OutboxState,
    why: &str,
    at: Moment,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE outbox
         SET state = $3, why = NULLIF($4, ''), concluded_at = $5, leased_until = NULL
         WHERE id = $1 AND state = 'pending' AND ($2 IS NULL OR attempts = $2)",
    )
    .bind(id)
    .bind(attempt)
    .bind(state.as_str())
    .bind(why)
    .bind(at.unix_ms())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
