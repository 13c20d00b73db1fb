//! The authority's settings.

use std::time::Duration;

use serde::Deserialize;

/// The authority's settings; every field has a default, unknown keys refuse to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Days for which a person's certificate is valid: the national authority's one year.
    pub person_days: u32,
    /// Days for which a system's certificate is valid: the national authority's three years.
    pub system_days: u32,
    /// Days for which the OCSP responder's certificate is valid; it is not revocable (nocheck), hence short.
    pub responder_days: u32,
    /// Hours from one CRL to the next, where no state changes in between.
    pub crl_hours: u32,
    /// Certificates asked about in one OCSP request.
    pub ocsp_certificates_max: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            person_days: 365,
            system_days: 3 * 365,
            responder_days: 30,
            crl_hours: 24,
            ocsp_certificates_max: 64,
        }
    }
}

impl Config {
    pub(crate) fn person(&self) -> Duration {
        days(self.person_days)
    }

    pub(crate) fn system(&self) -> Duration {
        days(self.system_days)
    }

    pub(crate) fn responder(&self) -> Duration {
        days(self.responder_days)
    }

    pub(crate) fn crl(&self) -> Duration {
        Duration::from_secs(u64::from(self.crl_hours) * 60 * 60)
    }
}

pub(crate) fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 60 * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_refuses_to_start() {
        assert!(toml::from_str::<Config>("person_dais = 1").is_err());
        let config: Config = toml::from_str("person_days = 1").unwrap();
        assert_eq!(config.person(), days(1));
        assert_eq!(config.system_days, Config::default().system_days);
    }
}
