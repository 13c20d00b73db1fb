//! What a run is started with: the command line over the configuration file over the defaults.

use std::path::{Path, PathBuf};

use qaqpa_model::{Actor, Lang, Limits};
use qaqpa_pki::mischief::rules_of;
use qaqpa_store::StoreConfig;
use qaqpa_transport::StoreChoice;
use serde::Deserialize;

use crate::cli::{Common, LangChoice};
use crate::exit::Failure;

/// The first of the ports where nobody said another.
pub const PORT_BASE_DEFAULT: u16 = 14_500;

/// Everything that a simulator needs to be started.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The data folder, absolute.
    pub data: PathBuf,
    /// The first of the ports in a row; 0 takes free ones.
    pub port_base: u16,
    /// Whether deliberate faults are forbidden.
    pub calm: bool,
    /// The file of deliberate faults that are on from the start.
    pub mischief: Option<PathBuf>,
    /// The language of texts on the command line.
    pub lang: Lang,
    /// Limits on everything that peers send.
    pub limits: Limits,
    /// Folders with more services for the catalogue.
    pub catalogue: Vec<PathBuf>,
    /// The authority's own settings.
    pub nca: qaqpa_pki::Config,
    /// Where gateway, regional gateways and portal keep what they store.
    pub store: StoreChoice,
    /// Whether the configuration says itself which packs of people are issued.
    pub packs_said: bool,
}

/// The shape of the configuration file. An unknown key is an error.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct File {
    port_base: Option<u16>,
    store: Option<String>,
    calm: Option<bool>,
    mischief: Option<PathBuf>,
    lang: Option<String>,
    catalogue: Vec<PathBuf>,
    limits: LimitsFile,
    nca: Option<toml::Table>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct LimitsFile {
    body_bytes_max: Option<usize>,
    attachment_bytes_max: Option<usize>,
    request_seconds_max: Option<u64>,
    requests_at_once_max: Option<usize>,
}

impl Settings {
    /// Merges the options over the configuration file over the defaults.
    ///
    /// # Errors
    /// A usage failure (exit 64): a file that cannot be read, an unknown key, a store that is not offered.
    pub fn read(common: &Common) -> Result<Self, Failure> {
        let file = match &common.config {
            None => File::default(),
            Some(path) => read_file(path)?,
        };
        let store = store(common.store.clone().or(file.store))?;
        let lang = match (common.lang, file.lang.as_deref()) {
            (Some(LangChoice::Kk), _) => Lang::Kk,
            (Some(LangChoice::Ru), _) => Lang::Ru,
            (Some(LangChoice::En), _) | (None, None) => Lang::En,
            (None, Some(code)) => Lang::parse(code)
                .ok_or_else(|| Failure::usage(format!("lang = {code:?} is not kk, ru or en")))?,
        };
        let defaults = Limits::default();
        let limits = Limits {
            body_bytes_max: file
                .limits
                .body_bytes_max
                .unwrap_or(defaults.body_bytes_max),
            attachment_bytes_max: file
                .limits
                .attachment_bytes_max
                .unwrap_or(defaults.attachment_bytes_max),
            request_seconds_max: file
                .limits
                .request_seconds_max
                .unwrap_or(defaults.request_seconds_max),
            requests_at_once_max: file
                .limits
                .requests_at_once_max
                .unwrap_or(defaults.requests_at_once_max),
            ..defaults
        };
        let data = std::path::absolute(&common.data).map_err(|error| {
            Failure::usage(format!("--data {}: {error}", common.data.display()))
        })?;
        let port_base = common
            .port_base
            .or(file.port_base)
            .unwrap_or(PORT_BASE_DEFAULT);
        if port_base > u16::MAX - 12 {
            return Err(Failure::usage(format!(
                "--port-base {port_base}: twelve ports in a row do not fit"
            )));
        }
        let calm = common.calm || file.calm.unwrap_or(false);
        let mischief = common.mischief.clone().or(file.mischief);
        if let Some(path) = &mischief {
            check_mischief(path, calm)?;
        }
        Ok(Self {
            data,
            port_base,
            calm,
            mischief,
            lang,
            limits,
            catalogue: file.catalogue,
            store,
            packs_said: file
                .nca
                .as_ref()
                .is_some_and(|nca| nca.contains_key("packs")),
            nca: nca(file.nca)?,
        })
    }
}

impl Settings {
    /// Where that actor keeps what it stores: there is one authority and one console, and theirs is in files.
    #[must_use]
    pub fn store_of(&self, actor: Actor) -> &StoreChoice {
        match actor {
            Actor::Console | Actor::Nca => &StoreChoice::Embedded,
            Actor::Gateway | Actor::Portal | Actor::RegionalGateway => &self.store,
        }
    }
}

/// Whether actors can keep something there; who cannot must not start at all.
fn store(address: Option<String>) -> Result<StoreChoice, Failure> {
    let Some(address) = address.filter(|address| address != "sqlite:") else {
        return Ok(StoreChoice::Embedded);
    };
    let gateway = Actor::Gateway.name();
    // Without the address itself: a password may stand in it.
    StoreConfig::by_address(Some(&address), gateway, gateway).map_err(|error| {
        Failure::usage(format!("--store: {error}"))
            .remedy(
            "write --store sqlite: (files in the data folder) or --store postgres://user@host/database",
        )
    })?;
    Ok(StoreChoice::Url(address))
}

/// The authority reads the rules itself, in whichever process it runs; what cannot be read must not start anybody.
fn check_mischief(path: &Path, calm: bool) -> Result<(), Failure> {
    if calm {
        return Err(Failure::usage(
            "--mischief and --calm contradict each other: calm forbids deliberate faults",
        )
        .remedy("leave one of them out"));
    }
    match rules_of(path) {
        Ok(_) => Ok(()),
        Err(error) => {
            Err(Failure::usage(error).remedy("docs/MISCHIEF.md has the grammar and every fault"))
        }
    }
}

/// The `[nca]` table, whose keys are the authority's own.
fn nca(table: Option<toml::Table>) -> Result<qaqpa_pki::Config, Failure> {
    let Some(table) = table else {
        return Ok(qaqpa_pki::Config::default());
    };
    table
        .try_into()
        .map_err(|error: toml::de::Error| Failure::usage(format!("[nca]: {}", error.message())))
}

fn read_file(path: &Path) -> Result<File, Failure> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("--config {}: {error}", path.display())))?;
    toml::from_str(&text).map_err(|error| {
        Failure::usage(format!("--config {}: {}", path.display(), error.message()))
            .remedy("known keys: port-base, store, calm, mischief, lang, catalogue, [limits] body-bytes-max, attachment-bytes-max, request-seconds-max, requests-at-once-max, [nca] packs, test-identities, person-days, system-days, responder-days, crl-hours, delta-hours, base-hours, ocsp-certificates-max, ocsp-fresh-seconds, ocsp-kept-max")
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::exit::Exit;

    fn common(arguments: &[&str]) -> Common {
        let arguments = ["qaqpa"]
            .into_iter()
            .chain(arguments.iter().copied())
            .chain(["services"]);
        crate::cli::Cli::try_parse_from(arguments).unwrap().common
    }

    #[test]
    fn the_command_line_wins_over_the_file_and_the_file_over_the_default() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        std::fs::write(
            &file,
            "port-base = 20000\nlang = \"kk\"\n[limits]\nbody-bytes-max = 1000\n",
        )
        .unwrap();
        let file = file.to_str().unwrap();
        let settings = Settings::read(&common(&["--config", file, "--lang", "ru"])).unwrap();
        assert_eq!(
            (
                settings.port_base,
                settings.lang,
                settings.limits.body_bytes_max
            ),
            (20_000, Lang::Ru, 1000)
        );
        assert_eq!(
            Settings::read(&common(&[])).unwrap().port_base,
            PORT_BASE_DEFAULT
        );
    }

    #[test]
    fn an_unknown_key_is_a_usage_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        std::fs::write(&file, "portbase = 20000\n").unwrap();
        let failure = Settings::read(&common(&["--config", file.to_str().unwrap()])).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(
            failure.message.contains("unknown field `portbase`"),
            "{failure}"
        );
    }

    #[test]
    fn the_authoritys_table_is_read_and_its_unknown_keys_are_usage_errors() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Settings::read(&common(&["--config", file.to_str().unwrap()]))
        };
        let settings = read("[nca]\npacks = [\"families\"]\ntest-identities = true\n").unwrap();
        assert!(settings.packs_said && settings.nca.test_identities);
        let settings = read("[nca]\nperson-days = 10\n").unwrap();
        assert_eq!(
            (settings.packs_said, settings.nca.person_days.get()),
            (false, 10)
        );
        for wrong in ["[nca]\npax = []\n", "[nca]\npacks = [\"dragons\"]\n"] {
            assert_eq!(read(wrong).unwrap_err().exit, Exit::Usage, "{wrong}");
        }
    }

    #[test]
    fn deliberate_faults_are_read_before_anything_starts() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("mischief.toml");
        std::fs::write(&file, "[[rule]]\nfaults = [\"try-later\"]\n").unwrap();
        let path = file.to_str().unwrap();
        let settings = Settings::read(&common(&["--mischief", path])).unwrap();
        assert_eq!(settings.mischief.as_deref(), Some(file.as_path()));
        assert_eq!(Settings::read(&common(&[])).unwrap().mischief, None);

        let failure = Settings::read(&common(&["--mischief", path, "--calm"])).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        std::fs::write(&file, "[[rule]]\nfaults = [\"try-latr\"]\n").unwrap();
        let failure = Settings::read(&common(&["--mischief", path])).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        let why = "mischief.toml: line 1: there is no fault \"try-latr\"; perhaps \"try-later\"?";
        assert!(failure.message.ends_with(why), "{failure}");
        let failure = Settings::read(&common(&["--mischief", "nowhere.toml"])).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
    }

    #[test]
    fn a_store_that_is_not_offered_is_a_usage_error() {
        let failure = Settings::read(&common(&["--store", "mysql://me:Qwerty12@x"])).unwrap_err();
        assert_eq!(failure.exit, Exit::Usage);
        assert!(!failure.message.contains("Qwerty12"), "{failure}");
        let settings = Settings::read(&common(&["--store", "sqlite:"])).unwrap();
        assert_eq!(settings.store, StoreChoice::Embedded);
        let address = "postgres://me@localhost/qaqpa";
        let settings = Settings::read(&common(&["--store", address])).unwrap();
        assert_eq!(settings.store, StoreChoice::Url(address.to_owned()));
    }
}
