//! How many messages each system sends.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use qaqpa_model::{Moment, SenderId};

/// The messages of the last minute of the simulated clock, for systems that have a limit.
///
/// In memory, and of this process: a gateway that starts anew begins to count anew, and several count each for itself.
/// As long as the messages of one minute, however high the limit.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<SenderId, VecDeque<i64>>>);

/// A minute.
const WINDOW_MS: i64 = 60_000;

impl Pace {
    /// Counts one more.
    ///
    /// # Errors
    /// Where it is one too many within the minute that ends now: in how many seconds there is room.
    pub(crate) fn takes(
        &self,
        sender: &SenderId,
        per_minute_max: u32,
        at: Moment,
    ) -> Result<(), u32> {
        self.look(sender, per_minute_max, at, true)
    }

    /// As [`takes`](Self::takes), and counts nothing.
    ///
    /// # Errors
    /// As [`takes`](Self::takes).
    pub(crate) fn has_room(
        &self,
        sender: &SenderId,
        per_minute_max: u32,
        at: Moment,
    ) -> Result<(), u32> {
        self.look(sender, per_minute_max, at, false)
    }

    fn look(
        &self,
        sender: &SenderId,
        per_minute_max: u32,
        at: Moment,
        counts: bool,
    ) -> Result<(), u32> {
        let at = at.unix_ms();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let came = match all.get_mut(sender) {
            Some(came) => came,
            None if counts => all.entry(sender.clone()).or_default(),
            None => return Ok(()),
        };
        // The clock was set back: what was counted then is not remembered.
        if came.back().is_some_and(|last| *last > at + WINDOW_MS) {
            came.clear();
        }
        while came.front().is_some_and(|first| *first <= at - WINDOW_MS) {
            came.pop_front();
        }
        if came.len() >= usize::try_from(per_minute_max).unwrap_or(usize::MAX) {
            let free = came
                .front()
                .map_or(WINDOW_MS, |first| first + WINDOW_MS - at);
            let seconds = (free + 999).div_euclid(1000).clamp(1, 120);
            return Err(u32::try_from(seconds).unwrap_or(1));
        }
        if counts {
            came.push_back(at);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_minute_wherever_it_begins_has_more_messages_than_agreed() {
        let pace = Pace::default();
        let sender = SenderId::parse("a").unwrap();
        let other = SenderId::parse("b").unwrap();
        let takes = |ms| pace.takes(&sender, 2, Moment::from_unix_ms(ms));
        assert_eq!(takes(100_000), Ok(()));
        assert_eq!(takes(159_000), Ok(()));
        assert_eq!(takes(159_001), Err(1));
        assert_eq!(
            pace.has_room(&sender, 3, Moment::from_unix_ms(159_001)),
            Ok(())
        );
        assert_eq!(pace.takes(&other, 2, Moment::from_unix_ms(159_999)), Ok(()));
        // The first is a minute ago, the second is not.
        assert_eq!(takes(160_000), Ok(()));
        assert_eq!(takes(160_001), Err(59));
        assert_eq!(takes(219_000), Ok(()));
        // The clock was set back: what was counted then is not remembered.
        assert_eq!(takes(0), Ok(()));
        assert_eq!(takes(1), Ok(()));
        assert_eq!(takes(2), Err(60));
        assert_eq!(
            pace.takes(&sender, 0, Moment::from_unix_ms(900_000)),
            Err(60)
        );
        let nobody = SenderId::parse("c").unwrap();
        assert_eq!(pace.has_room(&nobody, 1, Moment::from_unix_ms(0)), Ok(()));
    }
}
