//! Connections for one row at once: what an index finds in microseconds is not worth two hops to another thread.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::inline::{Inline, InlineRow, Wanted};
use super::statement::Value;
use crate::StoreError;

/// Connections to a file that read one row on the thread of whoever asks.
///
/// As many are open as threads have asked at the same moment.
#[derive(Debug)]
pub(crate) struct Quick {
    file: PathBuf,
    may_write: bool,
    busy: Duration,
    idle: Mutex<Option<Vec<Inline>>>,
}

impl Quick {
    /// Opens nothing yet. `may_write` where the file's folder is ours, and side files may have to be made.
    pub(super) fn new(file: PathBuf, may_write: bool, busy: Duration) -> Self {
        Self {
            file,
            may_write,
            busy,
            idle: Mutex::new(Some(Vec::new())),
        }
    }

    /// The first row.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not, or is closed.
    pub(super) fn first(
        &self,
        text: &str,
        bound: &[Value<'_>],
    ) -> Result<Option<InlineRow>, StoreError> {
        let connection = self.take()?;
        let answer = connection.run(text, bound, Wanted::First);
        self.put(connection);
        Ok(answer?.first())
    }

    fn take(&self) -> Result<Inline, StoreError> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.as_mut().ok_or(StoreError::Closed)?.pop()
        };
        match idle {
            Some(connection) => Ok(connection),
            None => Inline::open_to_read(&self.file, self.may_write, self.busy),
        }
    }

    fn put(&self, connection: Inline) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(idle) = idle.as_mut() {
            idle.push(connection);
        }
    }

    /// Closes those that nobody has, and the others when they come back.
    pub(super) fn close(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        *idle = None;
    }
}
