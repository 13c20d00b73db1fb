//! The one clock: real time and an offset, a value that is handed down.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use qaqpa_model::Moment;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio::sync::watch;

use crate::{files, paths};

/// The simulated clock: real time plus an offset in milliseconds.
///
/// Clones share the offset. There is no static: two simulators at different moments live in one
/// process. TLS and time-outs use real time and never ask this clock.
#[derive(Clone, Debug)]
pub struct Clock {
    offset_ms: Arc<watch::Sender<i64>>,
}

/// Why the clock was not set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ClockError {
    /// The moment lies outside the life of the authority's roots, in which nothing can be verified.
    #[error(
        "the clock cannot be set to {moment}: the authority's roots live from 2010-01-01 to 2045-01-01"
    )]
    OutsideRootLife {
        /// The moment that was asked for.
        moment: Moment,
    },
}

impl Clock {
    /// A clock that shows real time.
    #[must_use]
    pub fn real() -> Self {
        Self::with_offset(0)
    }

    /// A clock with this offset, as it was stored.
    #[must_use]
    pub fn with_offset(offset_ms: i64) -> Self {
        Self {
            offset_ms: Arc::new(watch::Sender::new(offset_ms)),
        }
    }

    /// A clock that shows this moment now, and goes on from there.
    #[must_use]
    pub fn at(moment: Moment) -> Self {
        Self::with_offset(moment.unix_ms().saturating_sub(real_unix_ms()))
    }

    /// The moment that the simulator lives in.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment::from_unix_ms(real_unix_ms().saturating_add(*self.offset_ms.borrow()))
    }

    /// Milliseconds by which the simulator is ahead of real time (negative: behind).
    #[must_use]
    pub fn offset_ms(&self) -> i64 {
        *self.offset_ms.borrow()
    }

    /// Moves the clock so that it shows this moment now; gives back the new offset.
    ///
    /// # Errors
    /// [`ClockError::OutsideRootLife`]; the clock is then as before.
    pub fn set(&self, moment: Moment) -> Result<i64, ClockError> {
        let offset_ms = moment.unix_ms().saturating_sub(real_unix_ms());
        self.set_offset(offset_ms)?;
        Ok(offset_ms)
    }

    /// Moves the clock to this offset and wakes those who [subscribed](Self::subscribe).
    ///
    /// # Errors
    /// [`ClockError::OutsideRootLife`]; the clock is then as before.
    pub fn set_offset(&self, offset_ms: i64) -> Result<(), ClockError> {
        let moment = Moment::from_unix_ms(real_unix_ms().saturating_add(offset_ms));
        if moment < Moment::ROOT_BEGIN || moment >= Moment::ROOT_END {
            return Err(ClockError::OutsideRootLife { moment });
        }
        self.offset_ms.send_replace(offset_ms);
        Ok(())
    }

    /// Wakes when the offset changes; the value is the offset in milliseconds.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.offset_ms.subscribe()
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

/// What `DIR/clock.json` holds. Stored: changing this needs a migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockState {
    /// Milliseconds by which the simulator is ahead of real time.
    pub offset_ms: i64,
}

impl ClockState {
    /// Reads `DIR/clock.json`; real time where there is none.
    ///
    /// # Errors
    /// [`files::FileError`] where the file is there and cannot be read.
    pub fn load(dir: &Path) -> Result<Self, files::FileError> {
        Ok(files::read_json(&paths::clock(dir))?.unwrap_or_default())
    }

    /// Writes `DIR/clock.json`; the console's task, since it owns the clock.
    ///
    /// # Errors
    /// [`files::FileError`] where the file cannot be written.
    pub fn save(self, dir: &Path) -> Result<(), files::FileError> {
        files::write_json(&paths::clock(dir), &self)
    }
}

/// Real time in milliseconds since 1970-01-01T00:00:00Z.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one clock that everything else is told to ask"
)]
pub(crate) fn real_unix_ms() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or(Duration::ZERO);
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_clocks_show_different_moments_in_one_process() {
        let spring = Clock::at(Moment::parse("2024-03-01").unwrap());
        let autumn = Clock::at(Moment::parse("2026-11-22").unwrap());
        assert!(spring.now().to_string().starts_with("2024-03-01T00:00:0"));
        assert!(autumn.now().to_string().starts_with("2026-11-22T00:00:0"));
    }

    #[test]
    fn a_clone_moves_with_its_clock_and_subscribers_wake() {
        let clock = Clock::real();
        let clone = clock.clone();
        let mut changes = clone.subscribe();
        clock.set(Moment::parse("2030-01-01").unwrap()).unwrap();
        assert!(clone.now().to_string().starts_with("2030-01-01T"));
        assert!(changes.has_changed().unwrap());
        assert_eq!(*changes.borrow_and_update(), clock.offset_ms());
    }

    #[test]
    fn a_moment_outside_the_roots_life_is_refused_and_nothing_moves() {
        let clock = Clock::real();
        for text in ["2009-12-31", "2045-01-01T00:00:00Z", "2099-01-01"] {
            let moment = Moment::parse(text).unwrap();
            assert!(matches!(
                clock.set(moment),
                Err(ClockError::OutsideRootLife { .. })
            ));
        }
        assert_eq!(clock.offset_ms(), 0);
    }

    #[test]
    fn the_state_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(ClockState::load(dir.path()).unwrap().offset_ms, 0);
        ClockState {
            offset_ms: -86_400_000,
        }
        .save(dir.path())
        .unwrap();
        assert_eq!(ClockState::load(dir.path()).unwrap().offset_ms, -86_400_000);
    }
}
