//! The command line: every command, its options, and the help that teaches them.

mod attack;
mod bench;
mod ca;
mod conform;
#[cfg(test)]
mod deploy;
mod doctor;
mod expect;
mod journal;
mod mischief;
mod outbox;
#[cfg(test)]
mod page;
mod sign;
mod snapshot;
mod stub;
mod verify;
#[cfg(test)]
mod widths;

use std::net::IpAddr;
use std::path::PathBuf;

pub use attack::{AttackChoice, AttackCommand, AttackRun};
pub use bench::Bench;
pub use ca::{CaCommand, Issue, KeyKindChoice, People, PurposeChoice, RoleChoice, Trust};
use clap::{Args, Parser, Subcommand, ValueEnum};
pub use conform::Conform;
pub use doctor::Doctor;
pub use expect::{Expect, History, KindChoice, OutcomeChoice, Reset, Which};
pub use journal::{JournalCommand, JournalExport, JournalVerify};
pub use mischief::{MischiefAdd, MischiefAt, MischiefCommand, MischiefRemove, Mischievous};
pub use outbox::{OutboxCommand, OutboxResend};
use qaqpa_model::Branch;
use qaqpa_transport::{Advertised, MachineError};
pub use sign::{KeyInfoForm, Sign, SignProfile};
pub use snapshot::SnapshotCommand;
pub use stub::{StubAdd, StubAt, StubCommand, StubRemove};
pub use verify::{Report, Verify, VerifyProfile};

/// The e-government gateway that you can run at home: a TEST simulator of ЭҮШ/ШЭП, ЭҮӨШ/РШЭП, the portal and the authority.
#[derive(Debug, Parser)]
#[command(
    name = "qaqpa",
    version,
    max_term_width = 110,
    propagate_version = true,
    after_help = "Exit codes: 0 yes, 1 no (refused, failed), 2 undecided, 64 usage or configuration, 70 own fault.\n\n\
                  First steps:\n  \
                  qaqpa up                                        start everything, write DIR/endpoints.json\n  \
                  qaqpa scenario run guardianship-happy           play the main flow against it\n  \
                  qaqpa sample guardianship-certificate@zhambyl-2019-23 --signed-by citizen-1 > request.xml\n  \
                  qaqpa send request.xml                          see what the gateway answers, and why\n  \
                  qaqpa verify request.xml                        every check of the verdict"
)]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub common: Common,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// Options that every command takes.
#[derive(Clone, Debug, Args)]
pub struct Common {
    /// The data folder: keys, stores, certificates, endpoints.json.
    #[arg(long, global = true, value_name = "DIR", default_value = "qaqpa-data")]
    pub data: PathBuf,
    /// A TOML file with the same settings; an unknown key is an error (exit 64).
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// The first of twelve ports in a row; 0 takes free ones.
    #[arg(long, global = true, value_name = "N")]
    pub port_base: Option<u16>,
    /// The address of this machine at which doors listen; 127.0.0.1 unless actors of other machines are to reach them.
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen: Option<IpAddr>,
    /// The host that others are told to call, and that stands in certificates; with a port where ports are mapped on the
    /// way: the first of the twelve there. The address of --listen unless said.
    #[arg(long, global = true, value_name = "HOST[:PORT]", value_parser = advertised)]
    pub advertise: Option<Advertised>,
    /// The address at which the control port listens, over TLS where it is not this machine's own; 127.0.0.1 unless said,
    /// whatever --listen says.
    #[arg(long, global = true, value_name = "ADDRESS")]
    pub listen_control: Option<IpAddr>,
    /// Where gateway, regional gateways and portal keep their data: `sqlite:` (files in the data folder) or
    /// `postgres://user@host/database` (a schema each).
    #[arg(long, global = true, value_name = "URL")]
    pub store: Option<String>,
    /// Switch deliberate faults on (TEST): a TOML file of rules, of the authority (docs/MISCHIEF.md) and of the gateway
    /// (docs/GATEWAY-MISCHIEF.md).
    #[arg(long, global = true, value_name = "FILE")]
    pub mischief: Option<PathBuf>,
    /// Forbid switching any deliberate fault on.
    #[arg(long, global = true)]
    pub calm: bool,
    /// The language of texts.
    #[arg(long, global = true, value_enum)]
    pub lang: Option<LangChoice>,
    /// How log lines on standard error look; QAQPA_LOG filters them (info, or as RUST_LOG: qaqpa=debug).
    // `scenario conform --log FILE` has that name for itself: the id is what it overrides there.
    #[arg(
        id = "log-lines",
        long = "log",
        value_name = "LOG",
        global = true,
        value_enum
    )]
    pub log: Option<LogChoice>,
    /// How to show things.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// For programs; the schemas are in docs/schema.
    Json,
    /// For CI servers (scenarios and attacks).
    Junit,
    /// For code scanners: SARIF 2.1.0 (attacks only).
    Sarif,
    /// PEM blocks and nothing else (`ca trust` only).
    Pem,
    /// Binary certificates (`ca trust --out DIR` only).
    Der,
    /// XML of ETSI TS 119 102-2 (`verify` only).
    Etsi,
    /// A page that stands alone (`verify` and `scenario run`).
    Html,
    /// A picture of a flow (`services show` only).
    Svg,
    /// BPMN 2.0 XML of a flow, with its layout (`services show` only).
    Bpmn,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogChoice {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LangChoice {
    /// Kazakh.
    Kk,
    /// Russian.
    Ru,
    /// English.
    En,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the whole simulator in this process and stay up until Ctrl-C.
    Up(Up),
    /// Run one actor: the mock national certifying authority (ҰКО / НУЦ).
    Nca,
    /// Run one actor: the e-government gateway (ЭҮШ / ШЭП).
    Gateway,
    /// Run one actor: the regional gateway with its workplace (ЭҮӨШ АЖО / АРМ РШЭП).
    RegionalGateway {
        /// One of several, each with its region: the gateway's routes send it what is for `regional-gateway.NAME`
        #[arg(long, value_name = "NAME", value_parser = branch)]
        name: Option<Branch>,
    },
    /// Run one actor: the portal with the personal cabinet (ЭҮП / ПЭП).
    Portal,
    /// Run one actor: the console, which owns the clock and writes endpoints.json.
    Console,
    /// The catalogue: acts, services, channels, flows, steps, deadlines.
    Services {
        /// One service instead of the whole catalogue.
        #[command(subcommand)]
        command: Option<ServicesCommand>,
    },
    /// Play scenarios through public pages and channels.
    #[command(subcommand)]
    Scenario(ScenarioCommand),
    /// Run the corpus of attacks, against ourselves or another verifier.
    #[command(subcommand)]
    Attack(AttackCommand),
    /// Write a valid request to start from.
    Sample(Sample),
    /// Send a request to the gateway's synchronous channel and show the answer.
    Send(Send),
    /// Sign a document with a key file: XML, a SOAP envelope, or any bytes; with a time stamp, if you like.
    Sign(Sign),
    /// Give the verdict about a signed document: every check, its evidence, and what was signed.
    Verify(Verify),
    /// The certifying authority of a running simulator.
    #[command(subcommand)]
    Ca(CaCommand),
    /// The one simulated clock of a running simulator.
    #[command(subcommand)]
    Clock(ClockCommand),
    /// What the actors received, decided and sent.
    #[command(subcommand)]
    Journal(JournalCommand),
    /// Is everything up and trusted; or why a message was refused, and what to do.
    ///
    /// Looks at the actors, their readiness, doors and TLS, at certificates and their ends, the clock, the evidence, the
    /// outboxes, the journals and the disk. Exit 0: all well (there may be warnings); 1: something is amiss; 2: something
    /// could not be found out. With --for it exits 1 where the message was refused or stopped, 2 where somebody could
    /// not work.
    Doctor(Doctor),
    /// What the actors have to deliver; what of it stopped, and why; and how it goes on.
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Send pre-signed requests to a running simulator: rate, delays, and processor time beside the bare work.
    Bench(Bench),
    /// Have applications answered without a person, for those who test what comes before and after.
    #[command(subcommand)]
    Stub(StubCommand),
    /// Deliberate faults of the gateway and of the authority (TEST): switch them on and off, and see what they hit.
    #[command(subcommand)]
    Mischief(MischiefCommand),
    /// Say how many messages should have come to the gateway, and see whether they did; else what came nearest.
    Expect(Expect),
    /// The messages that came to the gateway, and what became of them.
    History(History),
    /// Take every stub, expectation and deliberate fault away, and count messages from now on. Deletes nothing.
    Reset(Reset),
    /// Keep the whole state of the simulator under a name, and bring it back.
    #[command(subcommand)]
    Snapshot(SnapshotCommand),
}

/// `NAME=VALUE`; the value may hold more of them.
fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("write NAME=VALUE".to_owned()),
    }
}

fn advertised(text: &str) -> Result<Advertised, MachineError> {
    Advertised::parse(text)
}

/// Clap's own reading of an argument wants text for an error.
fn branch(name: &str) -> Result<Branch, String> {
    Branch::parse(name).map_err(|error| {
        format!("{error}: lower-case letters, digits and hyphens, at most 32 of them")
    })
}

/// Options of `up`.
#[derive(Debug, Args)]
pub struct Up {
    /// Play a scenario once everything is up, and show the path taken.
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, default_missing_value = "guardianship-happy")]
    pub play: Option<String>,
    /// Stop after the scenario; exit 0 only if the signed document is in the cabinet and verifies.
    #[arg(long)]
    pub once: bool,
}

/// `services …`.
#[derive(Debug, Subcommand)]
pub enum ServicesCommand {
    /// One flow with its elements, actions and deadlines: as text, JSON, a picture (svg) or BPMN 2.0 XML (bpmn).
    ///
    /// `qaqpa services show guardianship-certificate@zhambyl-2019-23 --format svg --lang kk > flow.svg`
    Show(ShowService),
}

/// `services show`.
#[derive(Debug, Args)]
pub struct ShowService {
    /// `SERVICE@ACT`, e.g. guardianship-certificate@zhambyl-2019-23.
    pub service: String,
    /// One channel of several.
    #[arg(long)]
    pub channel: Option<String>,
    /// One of several flows through one channel.
    #[arg(long, requires = "channel")]
    pub variant: Option<String>,
    /// The path of a run on top of the picture: ids of elements and actions in the order of the run (svg only).
    #[arg(long, value_name = "ELEMENT,…", value_delimiter = ',')]
    pub trail: Vec<String>,
}

/// `scenario …`.
#[derive(Debug, Subcommand)]
pub enum ScenarioCommand {
    /// Hold a real system's event log against the regulation: for each case, the first step at which it leaves it.
    Conform(Conform),
    /// The scenarios that there are.
    List,
    /// Play scenarios; exit 1 if one does not go as it says.
    Run {
        /// Which ones: ids of `scenario list`, or paths of files and folders of your own.
        #[arg(required_unless_present = "all", value_name = "ID|PATH")]
        ids: Vec<String>,
        /// Every scenario.
        #[arg(long)]
        all: bool,
        /// The endpoints.json of the simulator to play against (default: the data folder's; none running: one is started for the run).
        #[arg(long, value_name = "ENDPOINTS.json")]
        against: Option<PathBuf>,
        /// Also write report.txt, report.json, report.junit.xml and report.html there, and protocol.json, sealed by the authority (protocol.tsr).
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
    /// Check the seal of a run's protocol, and play its scenarios again: exit 1 if they come to something else.
    ///
    /// A protocol tells what was played and what came of it, without anything that differs from run to run. Whoever has the same
    /// catalogue and scenarios gets the same; another build is told, and is no difference.
    Replay(Replay),
}

/// Options of `scenario replay`.
#[derive(Debug, Args)]
pub struct Replay {
    /// The protocol.json that `scenario run --out DIR` wrote.
    pub file: PathBuf,
    /// Its seal, a token of RFC 3161 (default: the file beside it that ends in .tsr).
    #[arg(long, value_name = "FILE")]
    pub seal: Option<PathBuf>,
    /// The authorities that may have sealed it, PEM, such as trust/signature.pem of the simulator that played (default: the data folder's).
    #[arg(long, value_name = "FILE")]
    pub trust: Option<PathBuf>,
    /// Scenarios of your own that were played, a file or a folder; as often as needed.
    #[arg(long = "scenarios", value_name = "PATH")]
    pub scenarios: Vec<PathBuf>,
    /// Only check the seal; play nothing.
    #[arg(long)]
    pub seal_only: bool,
    /// The endpoints.json of the simulator to play against (default: the data folder's; none running: one is started for the run).
    #[arg(long, value_name = "ENDPOINTS.json")]
    pub against: Option<PathBuf>,
}

/// Options of `sample`.
#[derive(Debug, Args)]
pub struct Sample {
    /// `SERVICE@ACT`.
    pub service: String,
    /// Sign it with this ready-made identity's key.
    #[arg(long, value_name = "ID")]
    pub signed_by: Option<String>,
    /// The application's id follows from this number: the same number, service, person and moment give the same bytes.
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
}

/// Options of `send`.
#[derive(Debug, Args)]
pub struct Send {
    /// A signed business document (wrapped and signed for the transport here), or a whole SOAP envelope (sent as it is). `-` reads standard input.
    pub file: PathBuf,
    /// The sender to be.
    #[arg(long = "as", value_name = "SENDER", default_value = "integrator-1")]
    pub sender: String,
    /// The service, if the document does not say it.
    #[arg(long, value_name = "SERVICE@ACT")]
    pub service: Option<String>,
}

/// `clock …`.
#[derive(Debug, Subcommand)]
pub enum ClockCommand {
    /// Show the simulated moment.
    Show,
    /// Set the clock; returns when every actor has acknowledged.
    Set {
        /// RFC 3339 or a date, between 2010 and 2045.
        moment: String,
    },
    /// Advance the clock by minutes, hours, working days or calendar days: 30m, 2h, 9wd, 3cd.
    Advance {
        /// How far. Working days are those of Kazakhstan's calendar (`clock days`), the day of the clock not counted.
        period: String,
    },
    /// The days of a year that are not what their weekday says: holidays, days given off instead, moved days.
    Days {
        /// The year, e.g. 2026.
        #[arg(value_parser = clap::value_parser!(i16).range(2010..=2045))]
        year: i16,
    },
}
