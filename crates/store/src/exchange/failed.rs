//! What the journal tells of attempts that came to nothing, and of messages that wait to be fetched instead.
//!
//! A receiver that is down for hours fails each message thousands of times. The first three attempts have an entry each,
//! then those whose number is a power of two; each says how many before it have none. So N attempts have no more than
//! 3 + log2 N entries, and the one with which the message stops says how many there were.

use qaqpa_model::Moment;
use serde_json::json;

use super::claim::ClaimedRow;
use super::{ATTEMPT_FAILED, Failure, HELD, Ticket};
use crate::database::query;
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, mask};

/// Attempts from the first that have an entry each.
const EACH: i64 = 3;

/// How many attempts before this one, since the last that has an entry, have none; `None` where it has none itself.
const fn untold_before(attempt: i64) -> Option<i64> {
    if attempt < 1 {
        return None;
    }
    if attempt <= EACH + 1 {
        return Some(0);
    }
    if attempt.count_ones() == 1 {
        Some(attempt / 2 - 1)
    } else {
        None
    }
}

/// The entry of a failed attempt, where it has one.
pub(super) async fn line(
    store: &Store,
    ticket: Ticket,
    failure: &Failure,
) -> Result<Option<Line>, StoreError> {
    let Some(untold) = untold_before(ticket.attempt) else {
        return Ok(None);
    };
    let more = json!({"next": failure.next.to_string(), "untold": untold});
    of(
        store,
        ATTEMPT_FAILED,
        ticket,
        failure.at,
        &failure.why,
        more,
    )
    .await
}

/// The entry of a message that cannot be delivered and waits to be fetched.
pub(super) async fn held(
    store: &Store,
    ticket: Ticket,
    at: Moment,
    why: &str,
) -> Result<Option<Line>, StoreError> {
    of(store, HELD, ticket, at, why, json!({})).await
}

async fn of(
    store: &Store,
    kind: &str,
    ticket: Ticket,
    at: Moment,
    why: &str,
    more: serde_json::Value,
) -> Result<Option<Line>, StoreError> {
    let row = query(
        "SELECT id, attempts, anew, destination, message_id, correlation, body, due_at, queued_at
         FROM outbox WHERE id = $1",
    )
    .bind(ticket.id)
    .fetch_optional(store.readers())
    .await?;
    let Some(row) = row else {
        return Ok(None);
    };
    let row = ClaimedRow::of(&row)?;
    let mut summary = json!({
        "destination": row.destination,
        "attempt": ticket.attempt,
        "body": row.body,
        "why": mask::numbers(why),
    });
    if let (Some(summary), Some(more)) = (summary.as_object_mut(), more.as_object()) {
        summary.extend(more.clone());
    }
    let entry = JournalEntry {
        at,
        kind: kind.to_owned(),
        message_id: Some(row.message_id),
        direction: Direction::Out,
        label: None,
        raw: None,
        summary,
    };
    Line::prepare(store, entry).await.map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_attempts_are_told_then_each_power_of_two_and_none_is_uncounted() {
        let told: Vec<_> = (1..=6000)
            .filter_map(|attempt| untold_before(attempt).map(|untold| (attempt, untold)))
            .collect();
        assert_eq!(
            told,
            [
                (1, 0),
                (2, 0),
                (3, 0),
                (4, 0),
                (8, 3),
                (16, 7),
                (32, 15),
                (64, 31),
                (128, 63),
                (256, 127),
                (512, 255),
                (1024, 511),
                (2048, 1023),
                (4096, 2047),
            ]
        );
        let counted: i64 = told.iter().map(|(_, untold)| untold + 1).sum();
        assert_eq!(counted, 4096);
        assert_eq!([untold_before(0), untold_before(i64::MIN)], [None, None]);
    }
}
