//! Claiming: the oldest entries that are due, but of no endpoint more than may be under way to it at once, and to slow
//! endpoints together no more than a few: they must not take the places of the others.
//!
//! A lease is measured by the database's clock, the one that all processes have in common; when an entry is due, by the
//! simulated one. In SQLite the database's clock is the machine's.

use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::{MessageId, Moment};
use tokio::time::Instant;

use super::{Claimed, Failure, OutgoingMessage, Ticket};
use crate::database::{Columns, Row, query_of_each};
use crate::{Store, StoreError};

/// How many deliveries may be begun: altogether, and to one endpoint those under way included, whoever made them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many are claimed, at most.
    pub all: u32,
    /// How many may be under way in one lane ([`OutgoingMessage::lane`]): to an actor from one process, to an endpoint of a
    /// system from all of them, though two that claim at the same moment may each fill what is left.
    pub each: u32,
}

/// Which entries are claimed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The simulated moment: what is due by it.
    pub now: Moment,
    /// How long nobody else takes them; real time.
    pub lease: Duration,
    /// Of the actors' own lanes.
    pub actors: Room,
    /// Of the lanes of other people's endpoints.
    pub systems: Room,
    /// Of those among them that are slow, beside the others.
    pub slow: Room,
    /// The lanes that are slow.
    pub slow_lanes: Vec<String>,
    /// Lanes of which none is claimed now.
    pub closed: Vec<String>,
    /// What the claimer has in hand already. It is not claimed once more beside that, also where its lease is over: a
    /// machine that slept, or whose clock was set, finds all its leases over at once.
    pub in_hand: Vec<Ticket>,
}

impl Claim {
    /// A claim of nothing: fill in how much.
    #[must_use]
    pub const fn none(now: Moment, lease: Duration) -> Self {
        let none = Room { all: 0, each: 0 };
        Self {
            now,
            lease,
            actors: none,
            systems: none,
            slow: none,
            slow_lanes: Vec::new(),
            closed: Vec::new(),
            in_hand: Vec::new(),
        }
    }
}

/// What was claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimedNow {
    /// The entries, oldest first.
    pub entries: Vec<Claimed>,
    /// Whether another process was faster with some: to look once more at once is worth it.
    pub contended: bool,
}

impl OutgoingMessage {
    /// What goes to the same endpoint has the same lane. An actor's destination is a name (`portal`) and its own lane;
    /// an information system's is a path (`system/X/…`, `status/X`), and all of X have the lane `/X`.
    #[must_use]
    pub fn lane(&self) -> String {
        let mut parts = self.destination.split('/');
        match (parts.next(), parts.next()) {
            (Some(_), Some(whose)) => format!("/{whose}"),
            _ => self.destination.clone(),
        }
    }
}

/// The database's clock: real time in milliseconds.
macro_rules! clock {
    (sqlite) => {
        "CAST(unixepoch('now', 'subsec') * 1000 AS INTEGER)"
    };
    (postgres) => {
        "CAST(EXTRACT(EPOCH FROM statement_timestamp()) * 1000 AS BIGINT)"
    };
}
pub(super) use clock;

/// Nobody has it. A lease that is further away than any can be comes from before the machine's clock was set back; ten
/// minutes are left for processes whose leases are longer than this one's.
macro_rules! free {
    ($database:ident, $lease:literal) => {
        concat!(
            "(leased_until IS NULL OR leased_until <= ",
            clock!($database),
            " OR leased_until > ",
            clock!($database),
            " + 600000 + 2 * CAST(",
            $lease,
            " AS BIGINT))"
        )
    };
}

/// $1 the moment, $2 the lease, $3 and $4 how many an actor's and a system's lane may have under way, $5 and $6 how many
/// are wanted of each, $7 the closed lanes, a line each, $8 how many are wanted of slow lanes and $9 how many one may have
/// under way, $10 the slow lanes, $11 the entries that are in hand, $12 who claims.
macro_rules! choose_text {
    ($database:ident, $is_closed:literal, $is_slow:literal, $in_hand:literal, $first_of_each:expr) => {
        concat!(
            "WITH RECURSIVE lanes (lane) AS (
               SELECT (SELECT COALESCE(o.lane, o.destination) FROM outbox AS o WHERE o.state = 'pending'
                       ORDER BY COALESCE(o.lane, o.destination) LIMIT 1)
               UNION ALL
               SELECT (SELECT COALESCE(o.lane, o.destination) FROM outbox AS o
                       WHERE o.state = 'pending' AND COALESCE(o.lane, o.destination) > lanes.lane
                       ORDER BY COALESCE(o.lane, o.destination) LIMIT 1)
               FROM lanes WHERE lanes.lane IS NOT NULL
             ), open_lanes AS (
               SELECT lane,
                 CASE WHEN ",
            $is_slow,
            " > 0 THEN 2 WHEN SUBSTR(lane, 1, 1) = '/' THEN 1 ELSE 0 END AS far,
                 (SELECT COUNT(*) FROM outbox AS b
                  WHERE b.state = 'pending' AND b.leased_until IS NOT NULL
                    AND COALESCE(b.lane, b.destination) = lanes.lane
                    AND (b.id ",
            $in_hand,
            "     OR b.leased_until > ",
            clock!($database),
            "       AND b.leased_until <= ",
            clock!($database),
            " + 600000 + 2 * CAST($2 AS BIGINT))
                    AND (SUBSTR(lanes.lane, 1, 1) = '/' OR b.leased_by = $12)) AS busy
               FROM lanes
               WHERE lane IS NOT NULL AND ",
            $is_closed,
            " = 0
             ), oldest AS (",
            $first_of_each,
            "), fair AS (
               SELECT id, due_at, far, ROW_NUMBER() OVER (PARTITION BY far ORDER BY due_at, id) AS place
               FROM oldest
               WHERE busy + place <= CASE far WHEN 2 THEN CAST($9 AS BIGINT)
                 WHEN 1 THEN CAST($4 AS BIGINT) ELSE CAST($3 AS BIGINT) END
             )
             SELECT id FROM fair
             WHERE place <= CASE far WHEN 2 THEN CAST($8 AS BIGINT)
               WHEN 1 THEN CAST($6 AS BIGINT) ELSE CAST($5 AS BIGINT) END
             ORDER BY due_at, id"
        )
    };
}

const CHOOSE_SQLITE: &str = choose_text!(
    sqlite,
    "INSTR(CAST($7 AS TEXT), CHAR(10) || lane || CHAR(10))",
    "INSTR(CAST($10 AS TEXT), CHAR(10) || lane || CHAR(10))",
    "IN (SELECT value FROM json_each('[' || $11 || ']'))",
    concat!(
        "SELECT o.id, o.due_at, open_lanes.far, open_lanes.busy,
           ROW_NUMBER() OVER (PARTITION BY open_lanes.lane ORDER BY o.due_at, o.id) AS place
         FROM open_lanes CROSS JOIN outbox AS o
         WHERE o.id IN (
           SELECT id FROM outbox
           WHERE state = 'pending' AND COALESCE(lane, destination) = open_lanes.lane
             AND due_at <= $1 AND ",
        free!(sqlite, "$2"),
        "    AND id NOT IN (SELECT value FROM json_each('[' || $11 || ']'))
           ORDER BY due_at, id LIMIT MAX($3, $4, $9))"
    )
);

const CHOOSE_POSTGRES: &str = choose_text!(
    postgres,
    "STRPOS(CAST($7 AS TEXT), CHR(10) || lane || CHR(10))",
    "STRPOS(CAST($10 AS TEXT), CHR(10) || lane || CHR(10))",
    "= ANY(CAST(STRING_TO_ARRAY($11, ',') AS BIGINT[]))",
    concat!(
        "SELECT q.id, q.due_at, open_lanes.far, open_lanes.busy,
           ROW_NUMBER() OVER (PARTITION BY open_lanes.lane ORDER BY q.due_at, q.id) AS place
         FROM open_lanes CROSS JOIN LATERAL (
           SELECT id, due_at FROM outbox
           WHERE state = 'pending' AND COALESCE(lane, destination) = open_lanes.lane
             AND due_at <= CAST($1 AS BIGINT) AND ",
        free!(postgres, "$2"),
        "    AND id <> ALL(CAST(STRING_TO_ARRAY($11, ',') AS BIGINT[]))
           ORDER BY due_at, id
           LIMIT GREATEST(CAST($3 AS BIGINT), CAST($4 AS BIGINT), CAST($9 AS BIGINT))) AS q"
    )
);

/// $1 the lease, $2 whose, $3 the entries, $4 the moment. What another process is taking at this moment is passed over,
/// not waited for. The entries are found once, before any is changed.
const TAKE_SQLITE: &str = concat!(
    "UPDATE outbox
     SET attempts = attempts + 1, leased_by = $2, leased_until = ",
    clock!(sqlite),
    " + CAST($1 AS INTEGER)
     WHERE id IN (SELECT value FROM json_each('[' || $3 || ']'))
       AND state = 'pending' AND due_at <= $4 AND ",
    free!(sqlite, "$1"),
    " RETURNING id, attempts, anew, destination, message_id, correlation, body, due_at, queued_at"
);

const TAKE_POSTGRES: &str = concat!(
    "UPDATE outbox
     SET attempts = attempts + 1, leased_by = $2, leased_until = ",
    clock!(postgres),
    " + CAST($1 AS BIGINT)
     WHERE id = ANY(ARRAY(
       SELECT id FROM outbox
       WHERE id = ANY(CAST(STRING_TO_ARRAY($3, ',') AS BIGINT[]))
         AND state = 'pending' AND due_at <= CAST($4 AS BIGINT) AND ",
    free!(postgres, "$1"),
    "  ORDER BY id FOR UPDATE SKIP LOCKED))
     RETURNING id, attempts, anew, destination, message_id, correlation, body, due_at, queued_at"
);

pub(super) async fn claim(store: &Store, wish: &Claim) -> Result<ClaimedNow, StoreError> {
    let begun = Instant::now();
    let now = wish.now.unix_ms();
    let lease = i64::try_from(wish.lease.as_millis()).unwrap_or(i64::MAX / 4);
    let (closed, slow_lanes) = (lines(&wish.closed), lines(&wish.slow_lanes));
    let in_hand: Vec<_> = wish.in_hand.iter().map(|one| one.id.to_string()).collect();
    let in_hand = in_hand.join(",");
    let (actors, systems, slow) = (wish.actors, wish.systems, wish.slow);
    let (rows, chosen) = store
        .write(move |connection| {
            Box::pin(async move {
                let holder = connection.holder();
                let chosen = query_of_each(CHOOSE_SQLITE, CHOOSE_POSTGRES)
                    .bind(now)
                    .bind(lease)
                    .bind(i64::from(actors.each))
                    .bind(i64::from(systems.each))
                    .bind(i64::from(actors.all))
                    .bind(i64::from(systems.all))
                    .bind(closed)
                    .bind(i64::from(slow.all))
                    .bind(i64::from(slow.each))
                    .bind(slow_lanes)
                    .bind(in_hand)
                    .bind(Arc::clone(&holder))
                    .fetch_all(&mut *connection)
                    .await?;
                if chosen.is_empty() {
                    return Ok((Vec::new(), 0));
                }
                let ids: Vec<String> = chosen
                    .iter()
                    .map(|row| Ok(Columns(row).number("id")?.to_string()))
                    .collect::<Result<_, StoreError>>()?;
                let rows = query_of_each(TAKE_SQLITE, TAKE_POSTGRES)
                    .bind(lease)
                    .bind(holder)
                    .bind(ids.join(","))
                    .bind(now)
                    .fetch_all(connection)
                    .await?;
                let mut rows: Vec<ClaimedRow> =
                    rows.iter().map(ClaimedRow::of).collect::<Result<_, _>>()?;
                // RETURNING promises no order.
                rows.sort_by_key(|row| (row.due_at, row.ticket.id));
                Ok((rows, chosen.len()))
            })
        })
        .await?;
    let contended = rows.len() < chosen;
    // One deadline for all of them: each lease has begun, and most of it is for the delivery.
    let deadline = begun + (wish.lease / 3).max(READ_MIN);
    let mut entries = Vec::with_capacity(rows.len());
    let mut unread = Vec::new();
    for row in rows {
        let ticket = row.ticket;
        match row.with_body(store, deadline).await {
            Ok(entry) => entries.push(entry),
            Err(why) => unread.push((ticket, why)),
        }
    }
    give_back(store, unread, wish.now).await;
    Ok(ClaimedNow { entries, contended })
}

/// A line each, and a line's end before the first: what is looked for stands between two.
fn lines(lanes: &[String]) -> String {
    let mut lines = String::from("\n");
    for lane in lanes {
        lines.push_str(lane);
        lines.push('\n');
    }
    lines
}

/// Entries that cannot be read now must not hold up the others: they are due again in a moment.
async fn give_back(store: &Store, unread: Vec<(Ticket, String)>, at: Moment) {
    for (ticket, why) in unread {
        let next = at.plus(PAUSE * 10);
        let given = super::outbox::retry_at(store, ticket, Failure { at, next, why }).await;
        if let Err(error) = given {
            tracing::error!(%error, "an outbox entry that cannot be read waits until its lease ends");
        }
    }
}

/// A row of the outbox whose body is still a file.
pub(super) struct ClaimedRow {
    pub(super) ticket: Ticket,
    pub(super) destination: String,
    pub(super) message_id: MessageId,
    pub(super) correlation: Option<MessageId>,
    pub(super) body: String,
    due_at: i64,
    queued_at: Moment,
}

impl ClaimedRow {
    pub(super) fn of(row: &Row) -> Result<Self, StoreError> {
        let row = Columns(row);
        Ok(Self {
            ticket: Ticket {
                id: row.number("id")?,
                attempt: row.number("attempts")?,
                anew: row.number("anew")?,
            },
            destination: row.text("destination")?,
            message_id: row.message_id("message_id")?,
            correlation: row.message_id_option("correlation")?,
            body: row.text("body")?,
            due_at: row.number("due_at")?,
            queued_at: row.moment("queued_at")?,
        })
    }

    /// The entry with its bytes, or why they cannot be read now. One that is damaged is told apart, so that whoever
    /// claimed it can say so.
    async fn with_body(self, store: &Store, deadline: Instant) -> Result<Claimed, String> {
        let mut last = "it was not its turn in time".to_owned();
        let read = loop {
            // Where the time is over, it is not even begun.
            if Instant::now() >= deadline {
                break Err(last);
            }
            match tokio::time::timeout_at(deadline, store.blobs().read(&self.body)).await {
                Ok(Ok(body)) => break Ok((body, None)),
                Ok(Err(error @ StoreError::BlobDamaged { .. })) => {
                    break Ok((Vec::new(), Some(error.to_string())));
                }
                Ok(Err(error)) if error.is_transient() => last = error.to_string(),
                Ok(Err(error)) => break Err(error.to_string()),
                Err(_) => last = "the store does not answer".to_owned(),
            }
            tokio::time::sleep(PAUSE).await;
        };
        let (body, damaged) = read.inspect_err(|why| {
            tracing::error!(why, message_id = %self.message_id, "an outbox entry cannot be read now");
        })?;
        Ok(Claimed {
            ticket: self.ticket,
            attempt: u32::try_from(self.ticket.attempt).unwrap_or(u32::MAX),
            message: OutgoingMessage {
                destination: self.destination,
                message_id: self.message_id,
                correlation: self.correlation,
                body,
            },
            queued_at: self.queued_at,
            damaged,
        })
    }
}

/// Between two tries to read bytes of a server that is starting.
const PAUSE: Duration = Duration::from_millis(200);

/// How long the bytes of one claim may be read at least, however short its lease.
const READ_MIN: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_for_one_system_has_one_lane_and_no_actor_shares_it() {
        let lane = |destination: &str| {
            OutgoingMessage {
                destination: destination.to_owned(),
                message_id: MessageId::parse("m1").unwrap(),
                correlation: None,
                body: Vec::new(),
            }
            .lane()
        };
        assert_eq!(lane("portal"), "portal");
        assert_eq!(lane("regional-gateway.taraz"), "regional-gateway.taraz");
        assert_eq!(lane("system/portal/service@act"), "/portal");
        assert_eq!(lane("status/portal"), "/portal");
    }
}
