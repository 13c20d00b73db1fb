//! The outbox: what is put in, and what becomes of what was claimed.

use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use serde_json::json;

use super::claim::{ClaimedRow, clock};
use super::effects::{self, PreparedOutgoing};
use super::{Conclusion, Failure, OutboxEntry, OutboxState, OutgoingMessage, Ticket};
use super::{failed, order};
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

pub(super) async fn complete(
    store: &Store,
    ticket: Ticket,
    conclusion: Conclusion,
) -> Result<bool, StoreError> {
    // Delivered is a fact, whoever holds the lease by now: no look at the attempt. But what was asked for again
    // meanwhile is delivered again.
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
    failure: Failure,
) -> Result<bool, StoreError> {
    let line = failed::line(store, ticket, &failure).await?;
    store
        .write(move |connection| {
            Box::pin(async move { put_off(connection, ticket, &failure, line.as_ref()).await })
        })
        .await
}

/// Nobody has the entry any more, and its next attempt may be made then; the journal tells it, where it is an attempt
/// that it tells. False where the ticket is no longer valid: nothing is told then.
async fn put_off(
    connection: &mut Connection,
    ticket: Ticket,
    failure: &Failure,
    line: Option<&Line>,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE outbox SET due_at = $4, leased_until = NULL, why = $5
         WHERE id = $1 AND attempts = $2 AND anew = $3 AND state = 'pending'
           AND leased_until IS NOT NULL",
    )
    .bind(ticket.id)
    .bind(ticket.attempt)
    .bind(ticket.anew)
    .bind(failure.next.unix_ms())
    .bind(mask::numbers(&failure.why))
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() == 1 {
        if let Some(line) = line {
            line.append(connection).await?;
        }
        return Ok(true);
    }
    let_go(connection, ticket).await?;
    Ok(false)
}

/// An entry that was begun anew while it was under way kept its lease, so that nobody delivers it a second time at the
/// same moment. Whatever came of that delivery, the entry is to be taken again now.
pub(super) async fn let_go(connection: &mut Connection, ticket: Ticket) -> Result<(), StoreError> {
    query(
        "UPDATE outbox SET leased_until = NULL
         WHERE id = $1 AND anew > $2 AND attempts = 0 AND state = 'pending'",
    )
    .bind(ticket.id)
    .bind(ticket.anew)
    .execute(connection)
    .await
    .map(drop)
}

pub(super) async fn wake(store: &Store, now: Moment) -> Result<u64, StoreError> {
    make_due(store, now.unix_ms(), now.unix_ms()).await
}

pub(super) async fn take_over(
    store: &Store,
    now: Moment,
    longest: Duration,
) -> Result<u64, StoreError> {
    let freed = store
        .write(move |connection| {
            Box::pin(async move {
                // Of nobody, as earlier versions wrote it; of its name alone, as a file has it; its own.
                let (name, own) = (connection.writer(), connection.holder());
                free(connection, format!("\n\n{name}\n{own}\n")).await
            })
        })
        .await?;
    Ok(freed + bring_forward(store, now, longest).await?)
}

pub(super) async fn inherit(store: &Store, gone: Vec<String>) -> Result<u64, StoreError> {
    let gone = format!("\n{}\n", gone.join("\n"));
    store
        .write(move |connection| Box::pin(async move { free(connection, gone).await }))
        .await
}

/// Ends the leases of these holders, a line each. What somebody is concluding at this moment is passed over.
async fn free(connection: &mut Connection, holders: String) -> Result<u64, StoreError> {
    let done = query_of_each(
        "UPDATE outbox SET leased_until = NULL
         WHERE state = 'pending' AND leased_until IS NOT NULL
           AND INSTR($1, CHAR(10) || COALESCE(leased_by, '') || CHAR(10)) > 0",
        "UPDATE outbox SET leased_until = NULL
         WHERE id = ANY(ARRAY(
           SELECT id FROM outbox
           WHERE state = 'pending' AND leased_until IS NOT NULL
             AND STRPOS(CAST($1 AS TEXT), CHR(10) || COALESCE(leased_by, '') || CHR(10)) > 0
           ORDER BY id FOR UPDATE SKIP LOCKED))",
    )
    .bind(holders)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Who has leases of this process's name and is not connected to the database at this moment.
pub(super) async fn predecessors(store: &Store) -> Result<Vec<String>, StoreError> {
    store
        .write(move |connection| {
            Box::pin(async move {
                let (name, own) = (connection.writer(), connection.holder());
                // A file has one process: whoever had it before is gone, and all leases are of its name alone.
                let rows = query_of_each(
                    "SELECT leased_by FROM outbox WHERE 1 = 0 AND leased_by <> $1 AND leased_by <> $2",
                    "SELECT DISTINCT leased_by FROM outbox
                     WHERE state = 'pending' AND leased_until IS NOT NULL AND leased_by <> $2
                       AND SUBSTR(leased_by, 1, LENGTH(CAST($1 AS TEXT)) + 1) = CAST($1 AS TEXT) || '/'
                       AND NOT EXISTS (
                         SELECT 1 FROM pg_locks AS held
                         WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
                           AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                           AND ((CAST(held.classid AS BIGINT) << 32) | CAST(held.objid AS BIGINT))
                             = hashtextextended(current_schema() || ' holder ' || SPLIT_PART(leased_by, '/', 2), 0))",
                )
                .bind(name)
                .bind(own)
                .fetch_all(connection)
                .await?;
                rows.iter()
                    .map(|row| Columns(row).text("leased_by"))
                    .collect()
            })
        })
        .await
}

/// What is due later than any wait lasts was put off, or put in, before the clock was set back.
pub(super) async fn bring_forward(
    store: &Store,
    now: Moment,
    longest: Duration,
) -> Result<u64, StoreError> {
    let beyond = now.plus(longest).unix_ms();
    let behind = store
        .write(move |connection| {
            Box::pin(async move { order::mend(connection, now.unix_ms()).await })
        })
        .await?;
    Ok(behind + make_due(store, beyond, now.unix_ms()).await?)
}

/// Makes what is due after one moment due at another. What somebody is concluding at this moment is passed over: he
/// knows the clock himself.
async fn make_due(store: &Store, after: i64, at: i64) -> Result<u64, StoreError> {
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query_of_each(
                    "UPDATE outbox SET due_at = $2 WHERE state = 'pending' AND due_at > $1",
                    "UPDATE outbox SET due_at = CAST($2 AS BIGINT)
                     WHERE id = ANY(ARRAY(
                       SELECT id FROM outbox WHERE state = 'pending' AND due_at > CAST($1 AS BIGINT)
                       ORDER BY id FOR UPDATE SKIP LOCKED))",
                )
                .bind(after)
                .bind(at)
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

pub(super) async fn body_of(
    store: &Store,
    message_id: &MessageId,
) -> Result<Option<Vec<u8>>, StoreError> {
    let found = query("SELECT body FROM outbox WHERE message_id = $1 ORDER BY id LIMIT 1")
        .bind(message_id.as_str())
        .fetch_optional(store.readers())
        .await?;
    match found {
        Some(row) => {
            let body = Columns(&row).text("body")?;
            store.blobs().read(&body).await.map(Some)
        }
        None => Ok(None),
    }
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

pub(super) async fn next_due(store: &Store, now: Moment) -> Result<Option<Duration>, StoreError> {
    let row = query_of_each(
        concat!(
            "SELECT (SELECT MIN(due_at) FROM outbox WHERE state = 'pending' AND due_at > $1) - $1 AS due,
                    (SELECT MIN(leased_until) FROM outbox
                     WHERE state = 'pending' AND leased_until IS NOT NULL
                       AND leased_until > ",
            clock!(sqlite),
            ") - ",
            clock!(sqlite),
            " AS free"
        ),
        concat!(
            "SELECT (SELECT MIN(due_at) FROM outbox WHERE state = 'pending' AND due_at > CAST($1 AS BIGINT))
                      - CAST($1 AS BIGINT) AS due,
                    (SELECT MIN(leased_until) FROM outbox
                     WHERE state = 'pending' AND leased_until IS NOT NULL
                       AND leased_until > ",
            clock!(postgres),
            ") - ",
            clock!(postgres),
            " AS free"
        ),
    )
    .bind(now.unix_ms())
    .fetch_one(store.readers())
    .await?;
    let row = Columns(&row);
    let waits = [row.number_option("due")?, row.number_option("free")?];
    let next = waits.into_iter().flatten().min();
    Ok(next.map(|ms| Duration::from_millis(u64::try_from(ms).unwrap_or(0))))
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
    let row = query(
        "SELECT id, attempts, anew, destination, message_id, correlation, body, due_at, queued_at
         FROM outbox WHERE id = $1",
    )
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
        OutboxState::Behind | OutboxState::Held | OutboxState::Parked | OutboxState::Pending => {
            "parked"
        }
    };
    let mut lines = vec![Line::prepare(store, line(kind, Direction::Out, None)).await?];
    if !conclusion.answer.is_empty() {
        let entry = line("answered", Direction::In, Some(conclusion.answer));
        lines.push(Line::prepare(store, entry).await?);
    }
    let effects = effects::prepare(store, conclusion.effects).await?;
    let trace = conclusion.trace;
    let taker = store.taker().now();
    let (destination, correlation) = (row.destination, row.correlation);
    store
        .write_patiently(move |connection| {
            Box::pin(async move {
                if !set_state(connection, ticket, attempt, state, &why, at).await? {
                    let_go(connection, ticket).await?;
                    return Ok(false);
                }
                for line in &lines {
                    line.append(connection).await?;
                }
                let correlation = correlation.as_ref();
                let next = order::bring_next(connection, &destination, correlation, at.unix_ms());
                if next.await?
                    && let Some(taker) = taker
                {
                    connection.once_committed(move || taker.ring());
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
    ticket: Ticket,
    attempt: Option<i64>,
    state: OutboxState,
    why: &str,
    at: Moment,
) -> Result<bool, StoreError> {
    let done = query(
        "UPDATE outbox
         SET state = $3, why = NULLIF($4, ''), concluded_at = $5, leased_until = NULL
         WHERE id = $1 AND state = 'pending' AND anew = $6
           AND (CAST($2 AS BIGINT) IS NULL OR attempts = $2)",
    )
    .bind(ticket.id)
    .bind(attempt)
    .bind(state.as_str())
    .bind(why)
    .bind(at.unix_ms())
    .bind(ticket.anew)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}
