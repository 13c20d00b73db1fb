//! What others may see of a store's work: how long its transactions take, how much its outbox holds, whether it takes a
//! write at all.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::Moment;

use crate::database::{Columns, query};
use crate::exchange::OutboxState;
use crate::{Store, StoreError};

/// How a transaction ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Written {
    /// On disk.
    Committed,
    /// Not stored; it will not be stored by trying again.
    Failed,
    /// Not stored; a little later it may be ([`StoreError::is_transient`]).
    NotNow,
}

impl Written {
    /// The name in numbers: `committed`, `failed`, `not-now`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Committed => "committed",
            Self::Failed => "failed",
            Self::NotNow => "not-now",
        }
    }

    fn of<T>(result: &Result<T, StoreError>) -> Self {
        match result {
            Ok(_) => Self::Committed,
            Err(error) if error.is_transient() => Self::NotNow,
            Err(_) => Self::Failed,
        }
    }
}

/// Is told of every transaction, by its caller's task: how long it took, its wait for the writer included.
pub type WriteWatch = dyn Fn(Written, Duration) + Send + Sync;

/// Who is told of the transactions, where somebody is.
#[derive(Clone, Default)]
pub(crate) struct Watched(Arc<std::sync::OnceLock<Box<WriteWatch>>>);

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

impl Watched {
    pub(crate) fn tell<T>(&self, result: &Result<T, StoreError>, took: Duration) {
        if let Some(watch) = self.0.get() {
            watch(Written::of(result), took);
        }
    }
}

/// How much of the outbox is in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Which state; what is done is not told: it only grows.
    pub state: OutboxState,
    /// How many entries.
    pub entries: u64,
    /// When the oldest of them was put in.
    pub oldest: Option<Moment>,
}

/// The name of the setting that a probe writes.
const PROBE: &str = "probe";

impl Store {
    /// From now on this is told of every transaction. The first one stays.
    pub fn watched_by(&self, watch: impl Fn(Written, Duration) + Send + Sync + 'static) {
        self.inner.watched.0.set(Box::new(watch)).ok();
    }

    /// How much the outbox holds that nobody has yet.
    ///
    /// # Errors
    /// [`StoreError`] where the database could not.
    pub async fn outbox_depth(&self) -> Result<Vec<Depth>, StoreError> {
        // Each state by itself: their indexes are partial, and what is done may be millions.
        let rows = query(
            "SELECT 'behind' AS state, COUNT(*) AS entries, MIN(queued_at) AS oldest
               FROM outbox WHERE state = 'behind'
             UNION ALL
             SELECT 'pending' AS state, COUNT(*) AS entries, MIN(queued_at) AS oldest
               FROM outbox WHERE state = 'pending'
             UNION ALL
             SELECT 'held' AS state, COUNT(*) AS entries, MIN(queued_at) AS oldest
               FROM outbox WHERE state = 'held'
             UNION ALL
             SELECT 'parked' AS state, COUNT(*) AS entries, MIN(queued_at) AS oldest
               FROM outbox WHERE state = 'parked'",
        )
        .fetch_all(self.readers())
        .await?;
        rows.iter()
            .map(|row| {
                let row = Columns(row);
                Ok(Depth {
                    state: row.parsed("state", OutboxState::parse)?,
                    entries: row.count("entries")?,
                    oldest: row.moment_option("oldest")?,
                })
            })
            .collect()
    }

    /// Writes a word of its own, so that a full disk or a lost server is known before a message meets it.
    ///
    /// # Errors
    /// [`StoreError`] where nothing can be written.
    pub async fn probe(&self, now: Moment) -> Result<(), StoreError> {
        self.settings().write(PROBE, &now.to_string()).await
    }
}
