//! Small facts of an actor that outlive its process.

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
        let _ = name;
        todo!()
    }

    /// Sets the text of that name.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn write(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let _ = (name, value);
        todo!()
    }
}
