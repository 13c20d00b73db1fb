//! Numbers that never repeat, not even after a kill.

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
        let _ = name;
        todo!()
    }
}
