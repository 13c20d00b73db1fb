//! Who takes a message to its destination, what came of it, and how long it is waited before the next attempt.

use std::future::Future;
use std::time::Duration;

use qaqpa_store::{Effect, OutgoingMessage, TraceEntry};

use super::LaneLimits;

/// Takes one message to its destination.
///
/// Implemented by each actor: it knows the addresses, and what follows from an acknowledgement or a
/// refusal.
pub trait Courier: Send + Sync + 'static {
    /// Tries once. Must be safe to repeat.
    fn deliver(
        &self,
        message: &OutgoingMessage,
        attempt: u32,
    ) -> impl Future<Output = Delivery> + Send;

    /// The last attempt failed, and no other will be made: what else happens because of that.
    fn given_up(&self, _message: &OutgoingMessage) -> impl Future<Output = Vec<Effect>> + Send {
        async { Vec::new() }
    }
}

/// What came of one attempt.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// Acknowledged.
    Done {
        /// The answer as it came, for the journal.
        answer: Vec<u8>,
        /// What else happens.
        effects: Vec<Effect>,
        /// Steps that are taken by it.
        trace: Vec<TraceEntry>,
    },
    /// There is nowhere to deliver it: it waits until its receiver fetches it.
    Held {
        /// Why, for people.
        why: String,
    },
    /// Not now.
    Later {
        /// Why, for people.
        why: String,
    },
    /// Refused for good: a person must look.
    Never {
        /// Why, for people.
        why: String,
        /// The answer as it came, for the journal; may be empty.
        answer: Vec<u8>,
        /// What else happens.
        effects: Vec<Effect>,
        /// Steps that are taken by it.
        trace: Vec<TraceEntry>,
    },
}

impl Delivery {
    /// The name in numbers: `done`, `held`, `later`, `never`.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Done { .. } => "done",
            Self::Held { .. } => "held",
            Self::Later { .. } => "later",
            Self::Never { .. } => "never",
        }
    }

    /// Acknowledged, and nothing else happens.
    #[must_use]
    pub const fn done(answer: Vec<u8>) -> Self {
        Self::Done {
            answer,
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// Not now.
    #[must_use]
    pub fn later(why: impl std::fmt::Display) -> Self {
        Self::Later {
            why: why.to_string(),
        }
    }

    /// Refused for good, and nothing else happens.
    #[must_use]
    pub fn never(why: impl std::fmt::Display) -> Self {
        Self::Never {
            why: why.to_string(),
            answer: Vec::new(),
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }
}

/// How long to wait between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// The longest wait; each failure doubles the wait up to here.
    pub longest: Duration,
    /// Attempts after which an entry is parked. At the longest wait the default is about eight hours.
    pub attempts_max: u32,
    /// The length of a lease: longer than one attempt can take. Real time.
    pub lease: Duration,
    /// Deliveries at once.
    pub lanes: LaneLimits,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(5),
            attempts_max: 6000,
            lease: Duration::from_secs(90),
            lanes: LaneLimits::default(),
        }
    }
}

impl Backoff {
    /// The wait after the `attempt`th failure (from 1), between three quarters and the whole of the
    /// doubled wait: entries that failed together do not come back together.
    #[must_use]
    pub fn wait(&self, attempt: u32, random: u8) -> Duration {
        let doubled = self
            .first
            .saturating_mul(
                1_u32
                    .checked_shl(attempt.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(self.longest);
        doubled * 3 / 4 + doubled * u32::from(random) / (4 * 255)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_the_longest_and_jitter_stays_below() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(1),
            ..Backoff::default()
        };
        let whole = |attempt| backoff.wait(attempt, 255);
        assert_eq!(whole(1), Duration::from_millis(100));
        assert_eq!(whole(2), Duration::from_millis(200));
        assert_eq!(whole(4), Duration::from_millis(800));
        assert_eq!(whole(5), Duration::from_secs(1));
        assert_eq!(whole(u32::MAX), Duration::from_secs(1));
        assert_eq!(backoff.wait(1, 0), Duration::from_millis(75));
    }
}
