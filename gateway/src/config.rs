//! The gateway's settings.

use qaqpa_channel::Backoff;
use qaqpa_model::Limits;
use qaqpa_transport::Reach;
use qaqpa_wire::Reading;
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
    /// Bytes that are free on the disk of the store, below which the journal keeps nothing of strangers and no bytes of
    /// what is refused.
    pub journal_free_bytes_min: Option<u64>,
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
    /// How envelopes are read.
    #[must_use]
    pub const fn reading(&self) -> Reading {
        if self.strict {
            Reading::Strict
        } else {
            Reading::Lenient
        }
    }

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
    use super::*;

    #[test]
    fn an_unknown_key_refuses_to_start() {
        assert!(toml::from_str::<Config>("stritc = true").is_err());
        let config: Config = toml::from_str("strict = true\ndelivery-attempts-max = 3").unwrap();
        assert_eq!(config.reading(), Reading::Strict);
        assert_eq!(config.backoff().attempts_max, 3);
        assert_eq!(config.push_reach, PushReach::Loopback);
        assert_eq!(config.at_once_max(&Limits::default()), 128);
        let config: Config =
            toml::from_str("push-reach = \"anywhere\"\nsender-at-once-max = 3").unwrap();
        assert_eq!(Reach::from(config.push_reach), Reach::Anywhere);
        assert_eq!(config.at_once_max(&Limits::default()), 3);
    }
}
