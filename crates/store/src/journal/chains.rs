//! The chains of one database: a name each, of which every process holds one.
//!
//! Who ends leaves a chain that nobody writes any more. The others seal it, get it stamped and prune it, each while it
//! holds the name itself, so that nobody begins to write it meanwhile. And each tells in its own chain which others there
//! are: a chain that is gone with everything that is in it is missed by those that remain. What retention removes does
//! not take that with it: the entry that tells of a removal names the chains of which the removed ones told.

use std::collections::BTreeSet;
use std::sync::Arc;

use qaqpa_model::Moment;
use serde_json::json;

use super::retention::PRUNED;
use super::{Direction, Journal, JournalEntry};
use crate::database::{Columns, Connection, Row, hold_name, query, query_of_each};
use crate::{Store, StoreError};

/// The kind of the entries that tell which chains there are.
pub const JOURNAL_CHAINS: &str = "journal-chains";

/// The kind of the entries that tell which chains are there no more.
pub const JOURNAL_CHAIN_GONE: &str = "journal-chain-gone";

impl Journal<'_> {
    /// The name of the chain that is read here.
    #[must_use]
    pub fn name(&self) -> String {
        self.writer().to_string()
    }

    /// The names of all chains of this database, whoever writes them; of a file there is one, once anything is written.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn chains(&self) -> Result<Vec<String>, StoreError> {
        let rows = query(
            "SELECT writer FROM journal_heads
             UNION SELECT writer FROM journal_seals
             UNION SELECT writer FROM journal_checkpoints
             UNION SELECT writer FROM (SELECT DISTINCT writer FROM journal) AS entries
             ORDER BY writer",
        )
        .fetch_all(self.store.readers())
        .await?;
        rows.iter().map(|row| Columns(row).text("writer")).collect()
    }

    /// The same by what names the ends of chains: cheap, where nobody has changed anything.
    async fn heads(&self) -> Result<Vec<String>, StoreError> {
        let rows = query("SELECT writer FROM journal_heads ORDER BY writer")
            .fetch_all(self.store.readers())
            .await?;
        rows.iter().map(|row| Columns(row).text("writer")).collect()
    }

    /// The names of the chains that nobody writes at this moment: somebody may begin to a moment later.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn abandoned(&self) -> Result<Vec<String>, StoreError> {
        let own = self.store.writer_name();
        // It is looked at who holds them: were they held for it, whoever starts at this moment would take another name,
        // and with it neither the chain nor the work of before.
        let rows = query_of_each(
            "SELECT writer FROM journal_heads WHERE 1 = 0 AND writer <> $1",
            "SELECT writer FROM journal_heads
             WHERE writer <> $1 AND NOT EXISTS (
               SELECT 1 FROM pg_locks AS held
               WHERE held.locktype = 'advisory' AND held.granted AND held.objsubid = 1
                 AND held.database = (SELECT oid FROM pg_database WHERE datname = current_database())
                 AND ((CAST(held.classid AS BIGINT) << 32) | CAST(held.objid AS BIGINT))
                   = hashtextextended(current_schema() || ' writer ' || writer, 0))
             ORDER BY writer",
        )
        .bind(own)
        .fetch_all(self.store.readers())
        .await?;
        rows.iter().map(|row| Columns(row).text("writer")).collect()
    }

    /// Tells in the chain of this process which chains there are, where another than these is there, and which of these
    /// is gone. Gives the names as they are told from now on.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn tell_chains(
        &self,
        told: &[String],
        at: Moment,
    ) -> Result<Option<Vec<String>>, StoreError> {
        let chains = self.heads().await?;
        if chains == told {
            return Ok(None);
        }
        let entry = |kind: &str, chains: &[String]| JournalEntry {
            at,
            kind: kind.to_owned(),
            message_id: None,
            direction: Direction::Own,
            label: None,
            raw: None,
            summary: json!({ "chains": chains }),
        };
        let gone: Vec<String> = told
            .iter()
            .filter(|name| !chains.contains(name))
            .cloned()
            .collect();
        if !gone.is_empty() {
            tracing::error!(?gone, "chains of the journal are gone");
            self.append(entry(JOURNAL_CHAIN_GONE, &gone)).await?;
        } else if chains.len() < 2 {
            return Ok(None);
        }
        if chains.len() > 1 {
            self.append(entry(JOURNAL_CHAINS, &chains)).await?;
        }
        Ok(Some(chains))
    }

    /// The chains that an entry of some chain tells of, and of which nothing is there.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn missing(&self) -> Result<Vec<String>, StoreError> {
        let rows = query("SELECT summary FROM journal WHERE kind IN ($1, $2, $3)")
            .bind(JOURNAL_CHAINS)
            .bind(JOURNAL_CHAIN_GONE)
            .bind(PRUNED)
            .fetch_all(self.store.readers())
            .await?;
        let mut told = names_told(&rows);
        for name in self.chains().await? {
            told.remove(&name);
        }
        Ok(told.into_iter().collect())
    }
}

/// The chains of which the entries of one chain up to this one tell.
pub(super) async fn told_up_to(
    store: &Store,
    writer: &str,
    last: i64,
) -> Result<BTreeSet<String>, StoreError> {
    let rows = query(
        "SELECT summary FROM journal WHERE writer = $1 AND id <= $2 AND kind IN ($3, $4, $5)",
    )
    .bind(writer)
    .bind(last)
    .bind(JOURNAL_CHAINS)
    .bind(JOURNAL_CHAIN_GONE)
    .bind(PRUNED)
    .fetch_all(store.readers())
    .await?;
    Ok(names_told(&rows))
}

/// What cannot be read is named by the proof of the chain that it stands in.
fn names_told(rows: &[Row]) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    for row in rows {
        let summary = Columns(row).text("summary").unwrap_or_default();
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap_or_default();
        let names = summary["chains"].as_array().into_iter().flatten();
        told.extend(names.filter_map(|name| name.as_str()).map(str::to_owned));
    }
    told
}

/// The name of the chain that may be changed in this transaction: the connection's own, or another that nobody holds,
/// which is held from now to the end of the transaction. `None` where somebody writes it.
pub(super) async fn to_change(
    connection: &mut Connection,
    whose: Option<Arc<str>>,
) -> Result<Option<Arc<str>>, StoreError> {
    let own = connection.writer();
    match whose {
        None => Ok(Some(own)),
        Some(name) if name == own => Ok(Some(own)),
        Some(name) => Ok(hold_name(connection, &name).await?.then_some(name)),
    }
}
