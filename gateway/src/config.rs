//! The gateway's settings.

use std::time::Duration;

use qaqpa_channel::Backoff;
use qaqpa_model::Limits;
use qaqpa_transport::Reach;
use serde::Deserialize;

/// The gateway's settings; every field has a default, unknown keys refuse to start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Refuses every departure of an envelope from the schema, and names them all.
    pub strict: bool,
    /// Attempts after which an entry of the outbox is parked.
    pub delivery_attempts_max: Option<u32>,
    /// Where endpoints of information systems may be.
    pub push_reach: PushReach,
    /// Messages of one system within a minute of the simulated clock, where the register agrees on no other number;
    /// without it as many as come.
    pub sender_per_minute_max: Option<u32>,
    /// Requests of one system that are worked on at once, where the register agrees on no other number; without it
    /// half of what the gateway works on at once.
    pub sender_at_once_max: Option<u32>,
    /// How far back a signed document is known again under another messageId.
    pub replay_days: ReplayDays,
    /// Bytes that are free on the disk of the store, below which the journal keeps nothing of strangers and no bytes of
    /// what is refused.
    pub journal_free_bytes_min: Option<u64>,
    /// Bytes that are free on the disk of the store, below which no new message is accepted.
    pub accept_free_bytes_min: Option<u64>,
}

/// Days of the replay window, on the simulator's clock: at least 1, at most 3650.
///
/// A sender may repeat for hours what was not acknowledged, so less than a day would call honest repeats new. The upper
/// end is the longest that documents are looked for: ten years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u16")]
pub struct ReplayDays(u16);

impl ReplayDays {
    const MIN: u16 = 1;
    const MAX: u16 = 3650;
    const USUAL: u16 = 90;

    /// The window.
    #[must_use]
    pub fn window(self) -> Duration {
        Duration::from_secs(u64::from(self.0) * 24 * 60 * 60)
    }
}

impl Default for ReplayDays {
    fn default() -> Self {
        Self(Self::USUAL)
    }
}

impl TryFrom<u16> for ReplayDays {
    type Error = String;

    fn try_from(days: u16) -> Result<Self, String> {
        if (Self::MIN..=Self::MAX).contains(&days) {
            Ok(Self(days))
        } else {
            let (min, max) = (Self::MIN, Self::MAX);
            Err(format!("replay-days is {days}, and must be {min} to {max}"))
        }
    }
}

/// Where endpoints of information systems may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PushReach {
    /// On any machine.
    Anywhere,
    /// On this machine.
    #[default]
    Loopback,
}

impl From<PushReach> for Reach {
    fn from(reach: PushReach) -> Self {
        match reach {
            PushReach::Anywhere => Self::Anywhere,
            PushReach::Loopback => Self::Loopback,
        }
    }
}

impl Config {
    /// How many requests of one system are worked on at once, where the register agrees on no other number.
    #[must_use]
    pub fn at_once_max(&self, limits: &Limits) -> u32 {
        let half = u32::try_from(limits.requests_at_once_max / 2).unwrap_or(u32::MAX);
        self.sender_at_once_max.unwrap_or(half.max(1))
    }

    /// Below how many free bytes the journal keeps nothing of strangers, and no bytes of what is refused: room for an
    /// hour of accepted messages of two kilobytes, fifty a second.
    #[must_use]
    pub fn journal_free_bytes_min(&self) -> u64 {
        self.journal_free_bytes_min.unwrap_or(512 * 1024 * 1024)
    }

    /// Below how many free bytes no new message is accepted: room to deliver three thousand accepted ones.
    #[must_use]
    pub fn accept_free_bytes_min(&self) -> u64 {
        self.accept_free_bytes_min.unwrap_or(128 * 1024 * 1024)
    }

    /// How deliveries are repeated.
    #[must_use]
    pub fn backoff(&self) -> Backoff {
        let usual = Backoff::default();
        Backoff {
            attempts_max: self.delivery_attempts_max.unwrap_or(usual.attempts_max),
            ..usual
        }
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_store::StoreConfig;

    use super::*;

    #[test]
    fn an_unknown_key_refuses_to_start() {
        assert!(toml::from_str::<Config>("stritc = true").is_err());
        let config: Config = toml::from_str("strict = true\ndelivery-attempts-max = 3").unwrap();
        assert!(config.strict);
        assert_eq!(config.backoff().attempts_max, 3);
        assert_eq!(config.push_reach, PushReach::Loopback);
        assert_eq!(config.at_once_max(&Limits::default()), 128);
        let config: Config =
            toml::from_str("push-reach = \"anywhere\"\nsender-at-once-max = 3").unwrap();
        assert_eq!(Reach::from(config.push_reach), Reach::Anywhere);
        assert_eq!(config.at_once_max(&Limits::default()), 3);
    }

    #[test]
    fn the_replay_window_is_ninety_days_unless_said_and_within_its_bounds() {
        let days = |text: &str| toml::from_str::<Config>(text).map(|config| config.replay_days);
        let day = Duration::from_secs(86_400);
        assert_eq!(Config::default().replay_days.window(), day * 90);
        assert_eq!(
            Config::default().replay_days.window(),
            StoreConfig::REPLAY_WINDOW
        );
        for (said, length) in [("1", day), ("3650", day * 3650)] {
            let found = days(&format!("replay-days = {said}")).unwrap();
            assert_eq!(found.window(), length);
        }
        for said in ["0", "3651", "65535"] {
            let refused = days(&format!("replay-days = {said}")).unwrap_err();
            assert_eq!(
                refused.message(),
                format!("replay-days is {said}, and must be 1 to 3650")
            );
        }
        for said in ["-1", "70000", "\"90\"", "1.5"] {
            assert!(days(&format!("replay-days = {said}")).is_err(), "{said}");
        }
    }
}
