//! Numbers that never repeat, not even after a kill.

use crate::database::{Columns, Connection, query};
use crate::{Store, StoreError};

/// The counters of this actor.
#[derive(Clone, Copy, Debug)]
pub struct Counters<'s>(pub(crate) &'s Store);

impl Counters<'_> {
    /// The next number of that name, from 1. It is on disk before it is given.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn next(&self, name: &str) -> Result<u64, StoreError> {
        let name = name.to_owned();
        self.0
            .write(move |connection| Box::pin(async move { next(connection, &name).await }))
            .await
    }
}

/// The next number of that name, within a transaction.
pub(crate) async fn next(connection: &mut Connection, name: &str) -> Result<u64, StoreError> {
    let row = query(
        "INSERT INTO counters (name, value) VALUES ($1, 1)
         ON CONFLICT (name) DO UPDATE SET value = counters.value + 1
         RETURNING value",
    )
    .bind(name)
    .fetch_one(connection)
    .await?;
    Columns(&row).count("value")
}
