//! The gateway's settings.

use qaqpa_channel::Backoff;
use qaqpa_wire::Reading;
use serde::Deserialize;

/// The gateway's settings; every field has a default, unknown keys refuse to start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Refuses every departure of an envelope from the schema, and names them all.
    pub strict: bool,
    /// Attempts after which an entry of the outbox is parked.
    pub delivery_attempts_max: Option<u32>,
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
        let config: Config = toml::from_str("strict = true\ndelivery_attempts_max = 3").unwrap();
        assert_eq!(config.reading(), Reading::Strict);
        assert_eq!(config.backoff().attempts_max, 3);
    }
}
