//! What an operator does with the outbox: sees what stopped, and puts it back on its way.

use qaqpa_model::{MessageId, Moment, RequestStatus};
use serde_json::json;

use super::outbox::entry_of;
use super::{OutboxEntry, OutboxFilter, OutboxState, Resend, ResentAll};
use crate::database::{Connection, query};
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError};

pub(super) async fn list(
    store: &Store,
    filter: &OutboxFilter,
    limit: u32,
) -> Result<Vec<OutboxEntry>, StoreError> {
    // What stopped is little among what was delivered: it has an index, which wants the word itself.
    let text = if filter.state == Some(OutboxState::Parked) {
        "SELECT * FROM outbox
         WHERE state = 'parked' AND state = $1
           AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
           AND (CAST($3 AS BIGINT) IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4"
    } else {
        "SELECT * FROM outbox
         WHERE (CAST($1 AS TEXT) IS NULL OR state = $1)
           AND (CAST($2 AS TEXT) IS NULL OR destination = $2)
           AND (CAST($3 AS BIGINT) IS NULL OR id < $3)
         ORDER BY id DESC LIMIT $4"
    };
    let rows = query(text)
        .bind(filter.state.map(OutboxState::as_str))
        .bind(filter.destination.as_deref())
        .bind(filter.before)
        .bind(i64::from(limit))
        .fetch_all(store.readers())
        .await?;
    rows.iter().map(entry_of).collect()
}

pub(super) async fn of_exchange(
    store: &Store,
    destination: &str,
    correlation: &MessageId,
) -> Result<Vec<OutboxEntry>, StoreError> {
    let rows =
        query("SELECT * FROM outbox WHERE correlation = $1 AND destination = $2 ORDER BY id")
            .bind(correlation.as_str())
            .bind(destination)
            .fetch_all(store.readers())
            .await?;
    rows.iter().map(entry_of).collect()
}

pub(super) async fn resend(store: &Store, id: i64, at: Moment) -> Result<Resend, StoreError> {
    let found = query("SELECT * FROM outbox WHERE id = $1")
        .bind(id)
        .fetch_optional(store.readers())
        .await?;
    let entry = match found.as_ref().map(entry_of).transpose()? {
        None => return Ok(Resend::Unknown),
        Some(entry) if entry.state != OutboxState::Parked => {
            return Ok(Resend::NotStopped(entry.state));
        }
        Some(entry) => entry,
    };
    let line = JournalEntry {
        at,
        kind: "resent".to_owned(),
        message_id: Some(entry.message_id.clone()),
        direction: Direction::Own,
        label: None,
        raw: None,
        summary: json!({
            "asked_by": "control-token",
            "entry": entry.id,
            "destination": entry.destination,
            "attempts": entry.attempts,
            "why": entry.why,
        }),
    };
    let line = Line::prepare(store, line).await?;
    store
        .write(move |connection| {
            Box::pin(async move {
                if has_ended(connection, &entry.message_id).await? {
                    return Ok(Resend::Ended);
                }
                // The moment at which it is due stays: it keeps its place in the queue, before what came later.
                let resent = query(
                    "UPDATE outbox
                     SET state = 'pending', attempts = 0, anew = anew + 1, why = NULL, concluded_at = NULL,
                         leased_until = NULL,
                         due_at = CASE WHEN due_at < $2 THEN due_at ELSE $2 END
                     WHERE id = $1 AND state = 'parked'
                     RETURNING *",
                )
                .bind(id)
                .bind(at.unix_ms())
                .fetch_optional(&mut *connection)
                .await?;
                let Some(row) = resent else {
                    // Somebody else was faster.
                    return Ok(Resend::NotStopped(OutboxState::Pending));
                };
                line.append(connection).await?;
                Ok(Resend::Resent(entry_of(&row)?))
            })
        })
        .await
}

pub(super) async fn resend_all(
    store: &Store,
    destination: Option<&str>,
    at: Moment,
) -> Result<ResentAll, StoreError> {
    let stopped = query(
        "SELECT * FROM outbox
         WHERE state = 'parked' AND (CAST($1 AS TEXT) IS NULL OR destination = $1)
         ORDER BY id",
    )
    .bind(destination)
    .fetch_all(store.readers())
    .await?;
    // What stops again meanwhile is not looked at twice: this ends.
    let mut all = ResentAll::default();
    for row in &stopped {
        let entry = entry_of(row)?;
        match resend(store, entry.id, at).await? {
            Resend::Resent(entry) => all.resent.push(entry),
            Resend::Ended => all.ended.push(entry),
            Resend::NotStopped(_) | Resend::Unknown => {}
        }
    }
    Ok(all)
}

/// Whether the message is an application of this store that has its final status: its applicant was told.
async fn has_ended(
    connection: &mut Connection,
    message_id: &MessageId,
) -> Result<bool, StoreError> {
    let found = query("SELECT id FROM applications WHERE message_id = $1 AND status IN ($2, $3)")
        .bind(message_id.as_str())
        .bind(RequestStatus::Completed.as_str())
        .bind(RequestStatus::Refused.as_str())
        .fetch_optional(connection)
        .await?;
    Ok(found.is_some())
}
