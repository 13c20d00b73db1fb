//! Work that another process stands in the way of for a moment.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::StoreError;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(20);

/// Does the work, and does it again where the database is busy, until the patience is over. A busy database has undone
/// all of a try, so that nothing is done twice.
///
/// # Errors
/// What the work says; [`StoreError::Busy`] where it was busy to the end.
pub(crate) async fn while_busy<T, F>(
    patience: Duration,
    mut work: impl FnMut() -> F,
) -> Result<T, StoreError>
where
    F: Future<Output = Result<T, StoreError>>,
{
    let begun = Instant::now();
    loop {
        match work().await {
            Err(StoreError::Busy { .. }) if begun.elapsed() < patience => {
                tokio::time::sleep(PAUSE).await;
            }
            other => return other,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn busy() -> StoreError {
        StoreError::Busy {
            why: "another process".to_owned(),
        }
    }

    #[tokio::test]
    async fn what_meets_a_busy_database_is_done_again_and_nothing_else_is() {
        let tries = Cell::new(0);
        let done = while_busy(Duration::from_secs(60), async || {
            tries.set(tries.get() + 1);
            if tries.get() < 3 { Err(busy()) } else { Ok(7) }
        });
        assert_eq!(done.await, Ok(7));
        assert_eq!(tries.get(), 3);

        let closed = while_busy(Duration::from_secs(60), async || {
            tries.set(tries.get() + 1);
            Err::<(), _>(StoreError::Closed)
        });
        assert_eq!(closed.await, Err(StoreError::Closed));
        assert_eq!(tries.get(), 4);

        let at_last = while_busy(Duration::ZERO, async || Err::<(), _>(busy()));
        assert_eq!(at_last.await, Err(busy()));
    }

    /// Both drivers of SQLite: a file that somebody else writes to, and one whose schema he changes.
    #[test]
    fn a_busy_file_is_told_from_a_damaged_one() {
        let failed = |code| {
            let failure = rusqlite::ffi::Error::new(code);
            StoreError::from(rusqlite::Error::SqliteFailure(failure, None))
        };
        for code in [5, 6, 261, 262, 517, 773] {
            assert!(failed(code).is_transient(), "{code}");
        }
        for code in [1, 11, 13, 19] {
            assert!(!failed(code).is_transient(), "{code}");
        }
    }
}
