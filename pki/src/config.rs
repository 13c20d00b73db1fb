//! The authority's settings.

use std::num::NonZeroU32;
use std::time::Duration;

use serde::Deserialize;

use crate::personas::Packs;

/// The authority's settings; every field has a default, unknown keys refuse to start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// Days for which a person's certificate is valid from its issue on: the national authority's one year.
    pub person_days: NonZeroU32,
    /// Days for which a system's certificate is valid: the national authority's three years.
    pub system_days: NonZeroU32,
    /// Days for which the OCSP responder's certificate is valid; it is not revocable (nocheck), hence short.
    pub responder_days: NonZeroU32,
    /// Hours from one complete CRL to the next, where no state changes in between.
    pub crl_hours: NonZeroU32,
    /// Hours from one delta CRL to the next, where no state changes in between.
    pub delta_hours: NonZeroU32,
    /// Hours for which a complete CRL is the base of every delta.
    pub base_hours: NonZeroU32,
    /// Certificates asked about in one OCSP request.
    pub ocsp_certificates_max: usize,
    /// Seconds for which an OCSP answer without a nonce is good, and is kept; 0: each is signed anew, without `nextUpdate`.
    pub ocsp_fresh_seconds: u32,
    /// OCSP answers kept at once; one takes 3 KB at most: only answers about one issued certificate are kept.
    pub ocsp_kept_max: usize,
    /// Whether certificates may be ordered for numbers with a wrong date or check digit, as the real authority's own test
    /// certificates have them (`IIN123456789011`).
    pub test_identities: bool,
    /// The packs of ready-made people that are issued beside the core, in the background once the doors are open.
    pub packs: Packs,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            person_days: at_least_one(365),
            system_days: at_least_one(3 * 365),
            responder_days: at_least_one(30),
            crl_hours: at_least_one(24),
            delta_hours: at_least_one(6),
            base_hours: at_least_one(24),
            ocsp_certificates_max: 64,
            ocsp_fresh_seconds: 300,
            ocsp_kept_max: 20_000,
            test_identities: false,
            packs: Packs::CORE,
        }
    }
}

impl Config {
    pub(crate) fn person(&self) -> Duration {
        days(self.person_days.get())
    }

    pub(crate) fn system(&self) -> Duration {
        days(self.system_days.get())
    }

    pub(crate) fn responder(&self) -> Duration {
        days(self.responder_days.get())
    }

    pub(crate) fn ocsp_fresh(&self) -> Duration {
        Duration::from_secs(u64::from(self.ocsp_fresh_seconds))
    }

    pub(crate) fn crl(&self) -> Duration {
        hours(self.crl_hours.get())
    }

    pub(crate) fn delta(&self) -> Duration {
        hours(self.delta_hours.get())
    }

    pub(crate) fn base(&self) -> Duration {
        hours(self.base_hours.get())
    }
}

const fn at_least_one(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

fn hours(hours: u32) -> Duration {
    Duration::from_secs(u64::from(hours) * 60 * 60)
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

    #[test]
    fn no_days_and_no_hours_refuse_to_start() {
        for key in [
            "person-days",
            "system-days",
            "responder-days",
            "crl-hours",
            "delta-hours",
            "base-hours",
        ] {
            assert!(
                toml::from_str::<Config>(&format!("{key} = 0")).is_err(),
                "{key}"
            );
            assert!(
                toml::from_str::<Config>(&format!("{key} = 1")).is_ok(),
                "{key}"
            );
        }
        // Of these, none is a way of saying never.
        let never = "ocsp-fresh-seconds = 0\nocsp-kept-max = 0";
        assert!(toml::from_str::<Config>(never).is_ok());
    }
}
