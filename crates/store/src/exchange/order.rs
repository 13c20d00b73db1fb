//! Messages of one exchange go to one destination in the order in which they were put in: a status that was overtaken by
//! the next one, or by the result, would tell the receiver something that is not so any more.
//!
//! An entry that is put in while an earlier one of its exchange is on its way to the same destination stands behind it,
//! and no claim sees it. Whoever concludes the earlier one, delivered or given up, brings the next one forward.

use qaqpa_model::MessageId;

use super::OutgoingMessage;
use crate::StoreError;
use crate::database::{Connection, query, query_of_each};

/// Whether an earlier message of this one's exchange is on its way to the same destination.
pub(super) async fn is_behind(
    connection: &mut Connection,
    message: &OutgoingMessage,
) -> Result<bool, StoreError> {
    let Some(correlation) = &message.correlation else {
        return Ok(false);
    };
    let earlier = query(
        "SELECT 1 FROM outbox
         WHERE correlation = $1 AND destination = $2 AND state IN ('pending', 'behind') LIMIT 1",
    )
    .bind(correlation.as_str())
    .bind(&message.destination)
    .fetch_optional(connection)
    .await?;
    Ok(earlier.is_some())
}

/// Brings forward what stood behind an entry that is concluded now. True where there was any.
pub(super) async fn bring_next(
    connection: &mut Connection,
    destination: &str,
    correlation: Option<&MessageId>,
    at: i64,
) -> Result<bool, StoreError> {
    let Some(correlation) = correlation else {
        return Ok(false);
    };
    let done = query(
        "UPDATE outbox SET state = 'pending', due_at = $3
         WHERE state = 'behind' AND id = (
           SELECT MIN(id) FROM outbox
           WHERE state = 'behind' AND correlation = $1 AND destination = $2)",
    )
    .bind(correlation.as_str())
    .bind(destination)
    .bind(at)
    .execute(connection)
    .await?;
    Ok(done.rows_affected() > 0)
}

/// Brings forward what stands behind nothing any more; how many. Two processes over one database may each have missed the
/// other: one put an entry in behind another, which the other one was concluding at that moment.
pub(super) async fn mend(connection: &mut Connection, now: i64) -> Result<u64, StoreError> {
    // What somebody is bringing forward at this moment is passed over.
    let done = query_of_each(
        "UPDATE outbox SET state = 'pending', due_at = $1
         WHERE state = 'behind' AND NOT EXISTS (
           SELECT 1 FROM outbox AS earlier
           WHERE earlier.correlation = outbox.correlation AND earlier.destination = outbox.destination
             AND earlier.id < outbox.id AND earlier.state IN ('pending', 'behind'))",
        "UPDATE outbox SET state = 'pending', due_at = CAST($1 AS BIGINT)
         WHERE id = ANY(ARRAY(
           SELECT o.id FROM outbox AS o
           WHERE o.state = 'behind' AND NOT EXISTS (
             SELECT 1 FROM outbox AS earlier
             WHERE earlier.correlation = o.correlation AND earlier.destination = o.destination
               AND earlier.id < o.id AND earlier.state IN ('pending', 'behind'))
           ORDER BY o.id FOR UPDATE OF o SKIP LOCKED))",
    )
    .bind(now)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
