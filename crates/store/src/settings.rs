//! Small facts of an actor that outlive its process.

use crate::database::{Columns, query};
use crate::{Store, StoreError};

/// The settings of this actor: a text per name.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'s>(pub(crate) &'s Store);

impl Settings<'_> {
    /// The text of that name.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn read(&self, name: &str) -> Result<Option<String>, StoreError> {
        query("SELECT value FROM settings WHERE name = $1")
            .bind(name)
            .fetch_optional(self.0.readers())
            .await?
            .map(|row| Columns(&row).text("value"))
            .transpose()
    }

    /// Sets the text of that name.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn write(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    query(
                        "INSERT INTO settings (name, value) VALUES ($1, $2)
                         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    )
                    .bind(name)
                    .bind(value)
                    .execute(connection)
                    .await?;
                    Ok(())
                })
            })
            .await
    }

    /// Sets the text of that name, if it is still the one that was read; false where somebody else was faster: read
    /// again.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn replace(
        &self,
        name: &str,
        read: Option<&str>,
        value: &str,
    ) -> Result<bool, StoreError> {
        let (name, value) = (name.to_owned(), value.to_owned());
        let read = read.map(str::to_owned);
        self.0
            .write(move |connection| {
                Box::pin(async move {
                    let statement = if read.is_some() {
                        query("UPDATE settings SET value = $2 WHERE name = $1 AND value = $3")
                    } else {
                        query(
                            "INSERT INTO settings (name, value) VALUES ($1, $2)
                             ON CONFLICT (name) DO NOTHING",
                        )
                    };
                    let statement = statement.bind(name).bind(value);
                    let statement = match read {
                        Some(read) => statement.bind(read),
                        None => statement,
                    };
                    Ok(statement.execute(connection).await?.rows_affected() == 1)
                })
            })
            .await
    }
}
