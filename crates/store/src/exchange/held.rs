//! Entries of the outbox that nobody delivers: their receiver fetches them.

use qaqpa_model::{MessageId, Moment};
use serde_json::json;

use super::outbox::let_go;
use super::{Fetched, HeldFilter, OutgoingMessage, RELEASED, Ticket, failed};
use crate::database::{Columns, Row, query, query_of_each};
use crate::journal::{Direction, JournalEntry, Line};
use crate::{Store, StoreError, mask};

/// The state is asked for twice: beside another process it may have changed between the two.
macro_rules! fetch_text {
    ($begin:literal, $end:literal) => {
        concat!(
            "UPDATE outbox
             SET attempts = attempts + CASE WHEN state = 'held' THEN 1 ELSE 0 END ",
            $begin,
            "  SELECT id FROM outbox
               WHERE destination = $1 AND state IN ('held', 'pending', 'behind')
                 AND (CAST($2 AS TEXT) IS NULL OR message_id = $2)
                 AND (CAST($3 AS TEXT) IS NULL OR correlation = $3)
               ORDER BY attempts, id LIMIT $4",
            $end,
            " AND state IN ('held', 'pending', 'behind')
             RETURNING id, attempts, anew, state, destination, message_id, correlation, body, queued_at"
        )
    };
}

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
                let rows = query_of_each(
                    fetch_text!("WHERE id IN (", ")"),
                    // What another process settles or hands out at this moment is passed over, not waited for.
                    fetch_text!("WHERE id = ANY(ARRAY(", " FOR UPDATE SKIP LOCKED))"),
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
    let mut rows = rows.into_iter();
    while let Some(row) = rows.next() {
        match store.blobs().read(&row.body).await {
            Ok(body) => {
                bytes = bytes.saturating_add(body.len());
                if bytes > bytes_max && !fetched.is_empty() {
                    not_handed_out(store, std::iter::once(row).chain(rows).collect()).await?;
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

/// What did not fit into the answer was not handed out: the next one begins with it. Where a kill prevents this, it
/// waits one turn longer.
async fn not_handed_out(store: &Store, rows: Vec<HeldRow>) -> Result<(), StoreError> {
    store
        .write(move |connection| {
            Box::pin(async move {
                for row in rows.iter().filter(|row| row.held) {
                    // Whoever has fetched it or begun it anew meanwhile has counted anew.
                    query(
                        "UPDATE outbox SET attempts = attempts - 1
                         WHERE id = $1 AND attempts = $2 AND anew = $3 AND state = 'held'",
                    )
                    .bind(row.id)
                    .bind(row.times)
                    .bind(row.anew)
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(())
            })
        })
        .await
}

pub(super) async fn hold(
    store: &Store,
    ticket: Ticket,
    at: Moment,
    why: &str,
) -> Result<bool, StoreError> {
    let line = failed::held(store, ticket, at, why).await?;
    let why = mask::numbers(why);
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox SET state = 'held', why = $3, leased_until = NULL
                     WHERE id = $1 AND attempts = $2 AND anew = $4 AND state = 'pending'",
                )
                .bind(ticket.id)
                .bind(ticket.attempt)
                .bind(&why)
                .bind(ticket.anew)
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
            })
        })
        .await
}

pub(super) async fn release(store: &Store, begin: &str, at: Moment) -> Result<u64, StoreError> {
    let begin = begin.to_owned();
    let entry = JournalEntry {
        at,
        kind: RELEASED.to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary: json!({"destinations": begin}),
    };
    let line = Line::prepare(store, entry).await?;
    store
        .write(move |connection| {
            Box::pin(async move {
                let done = query(
                    "UPDATE outbox
                     SET due_at = $2, attempts = 0, anew = anew + 1,
                         state = CASE WHEN EXISTS (
                           SELECT 1 FROM outbox AS earlier
                           WHERE earlier.correlation = outbox.correlation
                             AND earlier.destination = outbox.destination
                             AND earlier.id < outbox.id
                             AND earlier.state IN ('held', 'pending', 'behind'))
                           THEN 'behind' ELSE 'pending' END
                     WHERE state = 'held' AND SUBSTR(destination, 1, LENGTH($1)) = $1",
                )
                .bind(&begin)
                .bind(at.unix_ms())
                .execute(&mut *connection)
                .await?;
                let released = done.rows_affected();
                if released > 0 {
                    line.append_telling(connection, "messages", released)
                        .await?;
                }
                Ok(released)
            })
        })
        .await
}

/// A fetched row whose body is still a file.
struct HeldRow {
    id: i64,
    times: i64,
    anew: i64,
    /// Nobody is delivering it.
    held: bool,
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
            anew: row.number("anew")?,
            held: row.text("state")? == "held",
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

#[cfg(test)]
mod tests {
    use qaqpa_model::Actor;

    use super::*;
    use crate::StoreConfig;

    /// What SQLite would do for a text, line by line.
    async fn plan(store: &Store, text: &'static str) -> Vec<String> {
        let lines = store.write(move |connection| {
            Box::pin(async move {
                let explained = query(text)
                    .bind("mailbox")
                    .bind(None::<&str>)
                    .bind(None::<&str>)
                    .bind(9_i64);
                let rows: Vec<Row> = explained.fetch_all(connection).await?;
                let line = |row: &Row| Columns(row).text("detail");
                rows.iter().map(line).collect::<Result<Vec<_>, _>>()
            })
        });
        lines.await.unwrap()
    }

    #[tokio::test]
    async fn a_fetch_reads_its_mailbox_and_nothing_of_what_was_delivered() {
        const TEXT: &str = concat!("EXPLAIN QUERY PLAN ", fetch_text!("WHERE id IN (", ")"));
        let folder = tempfile::tempdir().unwrap();
        let config = StoreConfig::in_folder(folder.path());
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        assert_eq!(
            plan(&store, TEXT).await,
            [
                "SEARCH outbox USING INTEGER PRIMARY KEY (rowid=?)",
                "LIST SUBQUERY 1",
                "SEARCH outbox USING INDEX outbox_mailbox (destination=?)",
                "CREATE BLOOM FILTER",
            ]
        );
    }
}
