//! What a receiver asked for, and must not be asked in its name once more: visits to a mailbox.

use qaqpa_model::{Moment, SenderId};

use super::{AcceptedMessage, Exchange, accept};
use crate::StoreError;
use crate::database::{Columns, Connection, Row, query};

/// A signed request to a mailbox, as it is remembered.
///
/// Its moments are of a clock that nobody sets: what was seen must not be forgotten because the simulator's was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// Who asked, as authenticated.
    pub sender: SenderId,
    /// SHA-256 of what the sender signed.
    pub signed: [u8; 32],
    /// The answer for a repeat; empty where a repeat has none. Of a visit that is not answered again, what else its
    /// caller wants to know of the first.
    pub answer: Vec<u8>,
    /// When it came.
    pub at: Moment,
    /// From when on the same bytes are refused for another reason, so that they need not be remembered.
    pub keep_until: Moment,
}

/// The same request, when it came first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EarlierVisit {
    /// What was answered then; may be empty.
    pub answer: Vec<u8>,
    /// When.
    pub at: Moment,
}

impl Visit {
    /// Its name among all: whoever has it in hand keeps others from it.
    pub(super) fn name(&self) -> String {
        format!("{} {}", self.sender.as_str(), hex::encode(self.signed))
    }
}

/// Rows that one call forgets at most: a writer must not stand still for it.
const FORGOTTEN_AT_ONCE_MAX: i64 = 10_000;

impl Exchange<'_> {
    /// The same request of the same sender, if it came before and is remembered.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn visited(
        &self,
        sender: &SenderId,
        signed: &[u8; 32],
    ) -> Result<Option<EarlierVisit>, StoreError> {
        query("SELECT answer, at FROM visits WHERE sender = $1 AND signed = $2")
            .bind(sender.as_str())
            .bind(signed.as_slice())
            .fetch_optional(self.0.readers())
            .await?
            .map(|row| earlier_of(&row))
            .transpose()
    }

    /// Remembers a visit. Of two that are the same the first one stays: false for the other.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn remember(&self, visit: Visit) -> Result<bool, StoreError> {
        self.0
            .write(move |connection| Box::pin(async move { insert(connection, &visit).await }))
            .await
    }

    /// Forgets visits that need not be remembered any more: how many, at most ten thousand a call.
    ///
    /// # Errors
    /// [`StoreError`] where the disk or the database could not.
    pub async fn forget_visits(&self, now: Moment) -> Result<u64, StoreError> {
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let done = query(
                        "DELETE FROM visits WHERE (sender, signed) IN (
                           SELECT sender, signed FROM visits WHERE keep_until < $1
                           ORDER BY keep_until LIMIT $2)",
                    )
                    .bind(now.unix_ms())
                    .bind(FORGOTTEN_AT_ONCE_MAX)
                    .execute(connection)
                    .await?;
                    Ok(done.rows_affected())
                })
            })
            .await
    }

    /// Destinations in which something waits to be fetched.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn waiting_for(&self) -> Result<Vec<String>, StoreError> {
        let rows = query("SELECT DISTINCT destination FROM outbox WHERE state = 'held'")
            .fetch_all(self.0.readers())
            .await?;
        rows.iter()
            .map(|row| Columns(row).text("destination"))
            .collect()
    }

    /// The last message that was accepted with this business signature, and the answer that it was given.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn of_signature(
        &self,
        business_signature: &[u8; 32],
    ) -> Result<Option<(AcceptedMessage, Vec<u8>)>, StoreError> {
        query(
            "SELECT * FROM messages WHERE business_signature = $1
             ORDER BY accepted_at DESC LIMIT 1",
        )
        .bind(business_signature.as_slice())
        .fetch_optional(self.0.readers())
        .await?
        .map(|row| {
            let row = Columns(&row);
            Ok((accept::accepted(&row)?, row.bytes("answer")?))
        })
        .transpose()
    }
}

/// Remembers a visit. Of two that are the same the first one stays: false for the other.
pub(super) async fn insert(connection: &mut Connection, visit: &Visit) -> Result<bool, StoreError> {
    let done = query(
        "INSERT INTO visits (sender, signed, answer, at, keep_until)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sender, signed) DO NOTHING",
    )
    .bind(visit.sender.as_str())
    .bind(visit.signed.as_slice())
    .bind(visit.answer.as_slice())
    .bind(visit.at.unix_ms())
    .bind(visit.keep_until.unix_ms())
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The same visit, if it came before and is remembered.
pub(super) async fn earlier(
    connection: &mut Connection,
    visit: &Visit,
) -> Result<Option<EarlierVisit>, StoreError> {
    query("SELECT answer, at FROM visits WHERE sender = $1 AND signed = $2")
        .bind(visit.sender.as_str())
        .bind(visit.signed.as_slice())
        .fetch_optional(connection)
        .await?
        .map(|row| earlier_of(&row))
        .transpose()
}

fn earlier_of(row: &Row) -> Result<EarlierVisit, StoreError> {
    let row = Columns(row);
    Ok(EarlierVisit {
        answer: row.bytes("answer")?,
        at: row.moment("at")?,
    })
}
