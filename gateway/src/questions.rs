//! How many questions may wait for registers at once, so that a register that does not answer takes no place of a message.
//!
//! A question holds one of the places of `requests-at-once-max` for as long as its register takes. All questions together
//! have half of these places, and those of one register a quarter: messages always have the other half, and another
//! register always has a quarter.

use qaqpa_channel::Refused;
use qaqpa_model::{Limits, RefusalLabel};

use crate::places::{Occupied, Places};

/// Seconds for the answer of a register. A chosen number: half of what a sender waits for a whole answer.
pub(crate) const ANSWER_SECONDS_MAX: u64 = 15;

/// In how many seconds who was told that there is no place may ask again.
const COME_AGAIN_SECONDS: u32 = 5;

/// The questions that wait.
#[derive(Debug)]
pub(crate) struct Questions {
    of_one: Places<String>,
    of_all: Places<()>,
    of_one_max: u32,
    of_all_max: u32,
}

/// A question that waits: its places are free again when this is dropped.
#[derive(Debug)]
#[must_use = "dropped, it gives its places back"]
pub(crate) struct Asking {
    _of_one: Occupied<String>,
    _of_all: Occupied<()>,
}

impl Questions {
    /// Beside messages, of whom so many requests are worked on at once.
    pub(crate) fn within(limits: &Limits) -> Self {
        let share = |of: usize| {
            let share = limits.requests_at_once_max / of;
            u32::try_from(share).unwrap_or(u32::MAX).max(1)
        };
        Self {
            of_one: Places::default(),
            of_all: Places::default(),
            of_one_max: share(4),
            of_all_max: share(2),
        }
    }

    /// Takes the places of a question to the register of this service.
    ///
    /// # Errors
    /// `limit-exceeded` where too many wait already; the same question is welcome later.
    pub(crate) fn begin(&self, service: &str) -> Result<Asking, Refused> {
        let full = |wait: u32, whom: &str| {
            let why = format!("{wait} questions wait for {whom} already");
            Refused::new(RefusalLabel::LimitExceeded, why).come_again_in(COME_AGAIN_SECONDS)
        };
        let of_one = self.of_one.take(&service.to_owned(), self.of_one_max);
        let of_one = of_one.ok_or_else(|| full(self.of_one_max, "this register"))?;
        let of_all = self.of_all.take(&(), self.of_all_max);
        let of_all = of_all.ok_or_else(|| full(self.of_all_max, "registers"))?;
        Ok(Asking {
            _of_one: of_one,
            _of_all: of_all,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_register_has_a_quarter_of_the_places_and_all_registers_a_half() {
        let limits = Limits {
            requests_at_once_max: 12,
            ..Limits::default()
        };
        let questions = Questions::within(&limits);
        let mut first: Vec<Asking> = (0..3).map(|_| questions.begin("a").unwrap()).collect();
        let refused = questions.begin("a").unwrap_err();
        assert_eq!(refused.label, RefusalLabel::LimitExceeded);
        assert_eq!(refused.retry_seconds, Some(5));
        assert_eq!(refused.why, "3 questions wait for this register already");
        let second: Vec<Asking> = (0..3).map(|_| questions.begin("b").unwrap()).collect();
        let refused = questions.begin("c").unwrap_err();
        assert_eq!(refused.why, "6 questions wait for registers already");
        // Who was refused has taken nothing.
        first.pop();
        let third = questions.begin("c").unwrap();
        assert!(questions.begin("a").is_err());
        drop((second, third));
        first.push(questions.begin("a").unwrap());
        assert!(questions.begin("a").is_err());
    }

    #[test]
    fn where_there_is_room_for_one_request_one_question_may_wait() {
        let limits = Limits {
            requests_at_once_max: 1,
            ..Limits::default()
        };
        let questions = Questions::within(&limits);
        let _asking = questions.begin("a").unwrap();
        assert!(questions.begin("b").is_err());
    }
}
