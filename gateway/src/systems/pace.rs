//! How many messages each system sends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use qaqpa_model::{Moment, SenderId};

/// Counts the messages of the current minute of the simulated clock, for systems that have a limit.
///
/// In memory: a gateway that starts anew begins to count anew.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<SenderId, (i64, u32)>>);

impl Pace {
    /// Counts one message more; `false` where it is one too many.
    pub(crate) fn takes(&self, sender: &SenderId, per_minute_max: u32, at: Moment) -> bool {
        let minute = at.unix_ms().div_euclid(60_000);
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(sender.clone()).or_insert((minute, 0));
        if count.0 != minute {
            *count = (minute, 0);
        }
        if count.1 >= per_minute_max {
            return false;
        }
        count.1 += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_has_its_messages_and_the_next_begins_anew() {
        let pace = Pace::default();
        let sender = SenderId::parse("a").unwrap();
        let other = SenderId::parse("b").unwrap();
        let at = Moment::from_unix_ms(60_000);
        assert!(pace.takes(&sender, 2, at));
        assert!(pace.takes(&sender, 2, Moment::from_unix_ms(119_999)));
        assert!(!pace.takes(&sender, 2, Moment::from_unix_ms(119_999)));
        assert!(pace.takes(&other, 2, at));
        assert!(pace.takes(&sender, 2, Moment::from_unix_ms(120_000)));
        // The clock was set back: what was counted then is not remembered.
        assert!(pace.takes(&sender, 1, Moment::from_unix_ms(0)));
        assert!(!pace.takes(&sender, 1, Moment::from_unix_ms(0)));
    }
}
