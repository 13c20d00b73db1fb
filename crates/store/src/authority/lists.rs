//! The revocation lists that were signed.

use qaqpa_model::Moment;

use super::Authority;
use crate::StoreError;
use crate::database::{Columns, Row, query};

/// A revocation list that was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevocationList {
    /// Its name: `rsa`, `rsa-delta`.
    pub name: String,
    /// Its number, never repeated for this name.
    pub number: u64,
    /// The list; empty where a newer one took its place.
    pub der: Vec<u8>,
    /// When it was signed.
    pub at: Moment,
    /// When the next one is due.
    pub next_update: Moment,
    /// The position of the last change that it knows of; 0 for none.
    pub changes: u64,
    /// The number of the complete list that opened the base period; 0 for the empty list before the first.
    pub base: u64,
}

impl Authority<'_> {
    /// Keeps lists that were signed together, all or none; of earlier ones of the same name, all but the bytes.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or a number exists for its name.
    pub async fn save_lists(&self, lists: Vec<RevocationList>) -> Result<(), StoreError> {
        let number = |number: u64| {
            i64::try_from(number).map_err(|_| StoreError::Unreadable {
                what: "number of the list",
            })
        };
        let mut numbered = Vec::with_capacity(lists.len());
        for list in lists {
            let numbers = [list.number, list.changes, list.base].map(number);
            let [own, changes, base] = numbers;
            numbered.push((own?, changes?, base?, list));
        }
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    for (number, changes, base, list) in &numbered {
                        query("UPDATE revocation_lists SET der = $2 WHERE name = $1 AND der <> $2")
                            .bind(&list.name)
                            .bind(Vec::new())
                            .execute(&mut *connection)
                            .await?;
                        query(
                            "INSERT INTO revocation_lists
                               (name, number, der, at, next_update, changes, base)
                             VALUES ($1, $2, $3, $4, $5, $6, $7)",
                        )
                        .bind(&list.name)
                        .bind(number)
                        .bind(&list.der)
                        .bind(list.at.unix_ms())
                        .bind(list.next_update.unix_ms())
                        .bind(changes)
                        .bind(base)
                        .execute(&mut *connection)
                        .await?;
                    }
                    Ok(())
                })
            })
            .await
    }

    /// The revocation list with the highest number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn latest_list(&self, name: &str) -> Result<Option<RevocationList>, StoreError> {
        query("SELECT * FROM revocation_lists WHERE name = $1 ORDER BY number DESC LIMIT 1")
            .bind(name)
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(list_of)
            .transpose()
    }

    /// The revocation list of that number.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn numbered_list(
        &self,
        name: &str,
        number: u64,
    ) -> Result<Option<RevocationList>, StoreError> {
        query("SELECT * FROM revocation_lists WHERE name = $1 AND number = $2")
            .bind(name)
            .bind(i64::try_from(number).unwrap_or(i64::MAX))
            .fetch_optional(self.0.readers())
            .await?
            .as_ref()
            .map(list_of)
            .transpose()
    }

    /// The newest revocation list that was made at this moment or before it, by the clock of then.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn list_at(
        &self,
        name: &str,
        at: Moment,
    ) -> Result<Option<RevocationList>, StoreError> {
        query(
            "SELECT * FROM revocation_lists WHERE name = $1 AND at <= $2
             ORDER BY number DESC LIMIT 1",
        )
        .bind(name)
        .bind(at.unix_ms())
        .fetch_optional(self.0.readers())
        .await?
        .as_ref()
        .map(list_of)
        .transpose()
    }
}

fn list_of(row: &Row) -> Result<RevocationList, StoreError> {
    let row = Columns(row);
    Ok(RevocationList {
        name: row.text("name")?,
        number: row.count("number")?,
        der: row.bytes("der")?,
        at: row.moment("at")?,
        next_update: row.moment("next_update")?,
        changes: row.count("changes")?,
        base: row.count("base")?,
    })
}
