//! The configuration file: its shape, and why one is not taken.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::exit::Failure;

/// The remedy for a key that nobody knows; the message itself names those of its table.
const PAGE: &str = "docs/OPERATIONS.md, \"Settings\", has every key with its default";

/// The shape of the configuration file. An unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct File {
    pub(super) port_base: Option<u16>,
    pub(super) listen: Option<IpAddr>,
    pub(super) listen_control: Option<IpAddr>,
    pub(super) advertise: Option<String>,
    pub(super) store: Option<String>,
    pub(super) calm: Option<bool>,
    pub(super) mischief: Option<PathBuf>,
    pub(super) lang: Option<String>,
    pub(super) log: Option<String>,
    pub(super) watching: WatchingFile,
    pub(super) catalogue: Vec<PathBuf>,
    pub(super) limits: LimitsFile,
    pub(super) journal: JournalFile,
    pub(super) nca: Option<toml::Table>,
    pub(super) gateway: Option<toml::Table>,
}

/// What becomes of old entries of the journals.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct JournalFile {
    pub(super) keep_days: Option<NonZeroU32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct WatchingFile {
    pub(super) traces: Option<String>,
    pub(super) traces_trust: Option<PathBuf>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(super) struct LimitsFile {
    pub(super) body_bytes_max: Option<usize>,
    pub(super) attachment_bytes_max: Option<usize>,
    pub(super) request_seconds_max: Option<u64>,
    pub(super) requests_at_once_max: Option<usize>,
}

pub(super) fn read(path: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("--config {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        Failure::usage(format!("--config {}: {}", path.display(), error.message())).remedy(PAGE)
    })
}

/// The `[gateway]` table, whose keys are the gateway's own.
pub(super) fn gateway(table: Option<toml::Table>) -> Result<qaqpa_gateway::Config, Failure> {
    let Some(table) = table else {
        return Ok(qaqpa_gateway::Config::default());
    };
    table.try_into().map_err(|error: toml::de::Error| {
        Failure::usage(format!("[gateway]: {}", error.message())).remedy(PAGE)
    })
}

/// The `[nca]` table, whose keys are the authority's own.
pub(super) fn nca(table: Option<toml::Table>) -> Result<qaqpa_pki::Config, Failure> {
    let Some(table) = table else {
        return Ok(qaqpa_pki::Config::default());
    };
    table.try_into().map_err(|error: toml::de::Error| {
        Failure::usage(format!("[nca]: {}", error.message())).remedy(PAGE)
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use qaqpa_model::Limits;
    use serde::de::DeserializeOwned;

    use super::*;
    use crate::settings::PORT_BASE_DEFAULT;

    const OPERATIONS: &str = include_str!("../../../docs/OPERATIONS.md");

    /// The keys of a table, as whoever misspells one is told them.
    fn keys<T: DeserializeOwned>(table: &str) -> Vec<String> {
        let error = toml::from_str::<T>("no-such-key = 1").err().unwrap();
        let known = error.message().split('`').skip(3).step_by(2);
        known.map(|key| format!("{table}{key}")).collect()
    }

    /// Key and default of each row of the table "Settings".
    fn rows() -> Vec<(String, String)> {
        let table = OPERATIONS.split("\n## Settings\n").nth(1).unwrap();
        let table = table.split("\n## ").next().unwrap();
        let rows = table.lines().filter(|line| line.starts_with("| `"));
        rows.map(|row| {
            let cells: Vec<_> = row.split('|').map(|cell| cell.trim()).collect();
            let plain = |cell: &str| cell.replace('`', "");
            (plain(cells[1]), plain(cells[2]))
        })
        .collect()
    }

    #[test]
    fn operations_tell_of_every_setting_and_of_no_other() {
        let tables = ["watching", "limits", "journal", "nca", "gateway"];
        let mut known = keys::<File>("");
        known.retain(|key| !tables.contains(&key.as_str()));
        known.extend(keys::<WatchingFile>("[watching] "));
        known.extend(keys::<LimitsFile>("[limits] "));
        known.extend(keys::<JournalFile>("[journal] "));
        known.extend(keys::<qaqpa_pki::Config>("[nca] "));
        known.extend(keys::<qaqpa_gateway::Config>("[gateway] "));
        assert!(known.len() > 30, "{known:?}");
        let told: Vec<_> = rows().into_iter().map(|(key, _)| key).collect();
        let sorted = |keys: &[String]| keys.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(sorted(&told), sorted(&known));
        assert_eq!(told.len(), known.len(), "one is told of twice");
    }

    #[test]
    fn operations_tell_the_defaults_that_the_code_has() {
        let limits = Limits::default();
        let nca = qaqpa_pki::Config::default();
        let gateway = qaqpa_gateway::Config::default();
        let expected = [
            ("port-base", PORT_BASE_DEFAULT.to_string()),
            ("[limits] body-bytes-max", limits.body_bytes_max.to_string()),
            (
                "[limits] attachment-bytes-max",
                limits.attachment_bytes_max.to_string(),
            ),
            (
                "[limits] request-seconds-max",
                limits.request_seconds_max.to_string(),
            ),
            (
                "[limits] requests-at-once-max",
                limits.requests_at_once_max.to_string(),
            ),
            ("[nca] person-days", nca.person_days.to_string()),
            ("[nca] system-days", nca.system_days.to_string()),
            ("[nca] responder-days", nca.responder_days.to_string()),
            ("[nca] crl-hours", nca.crl_hours.to_string()),
            ("[nca] delta-hours", nca.delta_hours.to_string()),
            ("[nca] base-hours", nca.base_hours.to_string()),
            (
                "[nca] ocsp-certificates-max",
                nca.ocsp_certificates_max.to_string(),
            ),
            (
                "[nca] ocsp-fresh-seconds",
                nca.ocsp_fresh_seconds.to_string(),
            ),
            ("[nca] ocsp-kept-max", nca.ocsp_kept_max.to_string()),
            ("[nca] test-identities", nca.test_identities.to_string()),
            ("[gateway] strict", gateway.strict.to_string()),
            (
                "[gateway] delivery-attempts-max",
                gateway.backoff().attempts_max.to_string(),
            ),
            (
                "[gateway] replay-days",
                (gateway.replay_days.window().as_secs() / 86_400).to_string(),
            ),
            (
                "[gateway] sender-at-once-max",
                gateway.at_once_max(&limits).to_string(),
            ),
            (
                "[gateway] journal-free-bytes-min",
                gateway.journal_free_bytes_min().to_string(),
            ),
        ];
        let rows = rows();
        for (key, default) in expected {
            let told = rows.iter().find(|(told, _)| told == key);
            assert_eq!(told.map(|(_, told)| told), Some(&default), "{key}");
        }
    }
}
