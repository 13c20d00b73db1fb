//! What a run is started with: the command line over the configuration file over the defaults.

mod file;

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_model::{Actor, Lang, Limits};
use qaqpa_pki::mischief::rules_of;
use qaqpa_store::StoreConfig;
use qaqpa_transport::telemetry::LogFormat;
use qaqpa_transport::{Advertised, Machine, StoreChoice, Watching, watch};

use crate::cli::{Common, LangChoice, LogChoice};
use crate::exit::Failure;
use file::{File, WatchingFile};

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
    /// The gateway's own settings.
    pub gateway: qaqpa_gateway::Config,
    /// Where gateway, regional gateways and portal keep what they store.
    pub store: StoreChoice,
    /// How long entries of journals are kept, by the simulated clock; `None`: for ever.
    pub journal_kept_for: Option<Duration>,
    /// How log lines look.
    pub log: LogFormat,
    /// What others may see of the actors' work.
    pub watching: Watching,
    /// Whether the configuration says itself which packs of people are issued.
    pub packs_said: bool,
    /// Where the doors listen, and what others are told to call.
    pub machine: Machine,
}

impl Settings {
    /// Merges the options over the configuration file over the defaults.
    ///
    /// # Errors
    /// A usage failure (exit 64): a file that cannot be read, an unknown key, a store that is not offered.
    pub fn read(common: &Common) -> Result<Self, Failure> {
        let file = match &common.config {
            None => File::default(),
            Some(path) => file::read(path)?,
        };
        let store = store(common.store.clone().or(file.store))?;
        let lang = match (common.lang, file.lang.as_deref()) {
            (Some(LangChoice::Kk), _) => Lang::Kk,
            (Some(LangChoice::Ru), _) => Lang::Ru,
            (Some(LangChoice::En), _) | (None, None) => Lang::En,
            (None, Some(code)) => Lang::parse(code)
                .ok_or_else(|| Failure::usage(format!("lang = {code:?} is not kk, ru or en")))?,
        };
        let log = match (common.log, file.log.as_deref()) {
            (Some(LogChoice::Json), _) | (None, Some("json")) => LogFormat::Json,
            (Some(LogChoice::Text), _) | (None, None | Some("text")) => LogFormat::Text,
            (None, Some(other)) => {
                return Err(Failure::usage(format!(
                    "log = {other:?} is not text or json"
                )));
            }
        };
        let watching = watching(file.watching)?;
        let told = file.advertise.as_deref().map(Advertised::parse).transpose();
        let told = told.map_err(|error| Failure::usage(format!("advertise: {error}")))?;
        let machine = Machine::new(
            common.listen.or(file.listen),
            common.listen_control.or(file.listen_control),
            common.advertise.clone().or(told),
        )
        .map_err(Failure::usage)?;
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
            log,
            watching,
            machine,
            catalogue: file.catalogue,
            store,
            journal_kept_for: file
                .journal
                .keep_days
                .map(|days| Duration::from_secs(u64::from(days.get()) * 24 * 60 * 60)),
            packs_said: file
                .nca
                .as_ref()
                .is_some_and(|nca| nca.contains_key("packs")),
            nca: file::nca(file.nca)?,
            gateway: file::gateway(file.gateway)?,
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

/// Where traces go, if anywhere: whoever cannot send them there must not start.
fn watching(file: WatchingFile) -> Result<Watching, Failure> {
    let watching = Watching {
        traces: file.traces,
        traces_trust: file.traces_trust,
    };
    match watch::collector(&watching) {
        Ok(()) => Ok(watching),
        Err(why) => Err(Failure::usage(format!("[watching] {why}"))),
    }
}

/// The authority reads the rules itself, in whichever process it runs; what cannot be read must not start anybody.
fn check_mischief(path: &Path, calm: bool) -> Result<(), Failure> {
    if calm {
        return Err(Failure::usage(
            "--mischief and --calm contradict each other: calm forbids deliberate faults",
        )
        .remedy("leave one of them out"));
    }
    rules_of(path).map_err(|error| {
        Failure::usage(error).remedy("docs/MISCHIEF.md has the grammar and every fault")
    })?;
    qaqpa_gateway::mischief::rules_of(path).map_err(|error| {
        Failure::usage(error).remedy("docs/GATEWAY-MISCHIEF.md has the grammar and every fault")
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use clap::Parser as _;
    use qaqpa_transport::TlsAuthority;

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
    fn how_the_log_looks_and_where_traces_go_is_said_or_off() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        let read = |text: &str, more: &[&str]| {
            std::fs::write(&file, text).unwrap();
            let arguments = [&["--config", file.to_str().unwrap()], more].concat();
            Settings::read(&common(&arguments))
        };
        let none = read("", &[]).unwrap();
        assert_eq!((none.log, none.watching.traces), (LogFormat::Text, None));
        let json = "log = \"json\"\n";
        assert_eq!(read(json, &[]).unwrap().log, LogFormat::Json);
        assert_eq!(read(json, &["--log", "text"]).unwrap().log, LogFormat::Text);
        let traces = "[watching]\ntraces = \"http://127.0.0.1:4318\"\n";
        let said = read(traces, &[]).unwrap().watching.traces;
        assert_eq!(said.as_deref(), Some("http://127.0.0.1:4318"));
        let trust = folder.path().join("collector.pem");
        let authority = TlsAuthority::open_or_create(folder.path()).unwrap();
        std::fs::write(&trust, authority.root_pem()).unwrap();
        let traces =
            format!("[watching]\ntraces = \"https://127.0.0.1:4318\"\ntraces-trust = {trust:?}\n");
        let said = read(&traces, &[]).unwrap().watching;
        assert_eq!(said.traces_trust, Some(trust));
        for wrong in [
            "log = \"xml\"\n",
            "[watching]\ntrace = \"http://127.0.0.1:4318\"\n",
            "[watching]\ntraces = \"grpc://127.0.0.1:4318\"\n",
            "[watching]\ntraces = \"https://127.0.0.1:4318\"\ntraces-trust = \"nowhere.pem\"\n",
            "[watching]\ntraces-trust = \"nowhere.pem\"\n",
            "[watching]\ntraces = \"http://me:Qwerty12@127.0.0.1\"\n",
        ] {
            let failure = read(wrong, &[]).unwrap_err();
            assert_eq!(failure.exit, Exit::Usage, "{wrong}");
            assert!(!failure.message.contains("Qwerty12"), "{failure}");
        }
    }

    #[test]
    fn a_machine_keeps_its_doors_to_itself_unless_the_command_line_or_the_file_says_otherwise() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        let read = |text: &str, more: &[&str]| {
            std::fs::write(&file, text).unwrap();
            let arguments = [&["--config", file.to_str().unwrap()], more].concat();
            Settings::read(&common(&arguments))
        };
        assert_eq!(read("", &[]).unwrap().machine, Machine::default());
        let of = |listen: &str, control: Option<&str>, told: &str| {
            let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
            let told = Some(Advertised::parse(told).unwrap());
            Machine::new(address(listen), control.and_then(address), told).unwrap()
        };
        let text = "listen = \"10.0.0.2\"\nadvertise = \"gw.example:24500\"\n";
        assert_eq!(
            read(text, &[]).unwrap().machine,
            of("10.0.0.2", None, "gw.example:24500")
        );
        let more = ["--listen", "10.0.0.3", "--listen-control", "10.0.0.3"];
        assert_eq!(
            read(text, &more).unwrap().machine,
            of("10.0.0.3", Some("10.0.0.3"), "gw.example:24500")
        );
        for wrong in [
            "listen = \"0.0.0.0\"\n",
            "listen-control = \"0.0.0.0\"\n",
            "listen = \"gw.example\"\n",
            "advertise = \"https://gw.example\"\n",
        ] {
            assert_eq!(read(wrong, &[]).unwrap_err().exit, Exit::Usage, "{wrong}");
        }
        let nowhere = read("listen = \"0.0.0.0\"\n", &[]).unwrap_err();
        assert!(
            nowhere.message.ends_with("say advertise = \"HOST\" too"),
            "{nowhere}"
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
        let settings = read("[gateway]\nstrict = true\npush-reach = \"anywhere\"\n").unwrap();
        assert!(settings.gateway.strict);
        assert!(read("[gateway]\npush-reach = \"mars\"\n").is_err());
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
    fn old_entries_of_journals_are_kept_for_ever_unless_the_file_says_how_many_days() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("qaqpa.toml");
        let read = |text: &str| {
            std::fs::write(&file, text).unwrap();
            Settings::read(&common(&["--config", file.to_str().unwrap()]))
        };
        assert_eq!(read("").unwrap().journal_kept_for, None);
        let kept = read("[journal]\nkeep-days = 3\n").unwrap().journal_kept_for;
        assert_eq!(kept, Some(Duration::from_secs(3 * 86_400)));
        for wrong in ["[journal]\nkeep-days = 0\n", "[journal]\nkeep = 3\n"] {
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
        // The gateway's rules stand in the same file.
        let rules = "[[rule]]\nfaults = [\"try-later\"]\n[[gateway]]\nfaults = [\"drop\"]\n";
        std::fs::write(&file, rules).unwrap();
        assert!(Settings::read(&common(&["--mischief", path])).is_ok());
        std::fs::write(&file, "[[gateway]]\nfaults = [\"drp\"]\n").unwrap();
        let failure = Settings::read(&common(&["--mischief", path])).unwrap_err();
        let why = "mischief.toml: line 1: there is no fault \"drp\"";
        assert!(failure.message.contains(why), "{failure}");
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
