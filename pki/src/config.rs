//! The authority's settings.

use std::time::Duration;

use serde::Deserialize;

use crate::personas::Packs;

/// The authority's settings; every field has a default, unknown keys refuse to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
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
    /// Whether certificates may be ordered for numbers with a wrong date or check digit, as the real authority's own test
    /// certificates have them (`IIN123456789011`).
    pub test_identities: bool,
    /// The packs of ready-made people that are issued beside the core, in the background once the doors are open.
    pub packs: Packs,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            person_days: 365,
            system_days: 3 * 365,
            responder_days: 30,
            crl_hours: 24,
            ocsp_certificates_max: 64,
            test_identities: false,
            packs: Packs::CORE,
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
    use crate::personas::Pack;

    #[test]
    fn an_unknown_key_refuses_to_start() {
        assert!(toml::from_str::<Config>("person-dais = 1").is_err());
        assert!(toml::from_str::<Config>("packs = [\"dragons\"]").is_err());
        let config: Config =
            toml::from_str("person-days = 1\npacks = [\"keys\"]\ntest-identities = true").unwrap();
        assert_eq!(config.person(), days(1));
        assert!(config.test_identities && config.packs.has(Pack::Keys));
        assert_eq!(config.system_days, Config::default().system_days);
    }
}
