//! `qaqpa stub …`: what its commands take.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `stub …`.
#[derive(Debug, Subcommand)]
pub enum StubCommand {
    /// Have applications answered without a person: the result is signed as the act says, and goes its usual way.
    ///
    /// The stub with the highest priority answers; of equals the one that was added last. Stubs are kept until they are
    /// removed, also when the simulator is stopped.
    #[command(after_help = "Examples:\n  \
        qaqpa stub add guardianship-certificate@zhambyl-2019-23\n  \
        qaqpa stub add guardianship-certificate@zhambyl-2019-23 --set 'purpose=TEST {{today}}'\n  \
        qaqpa stub add --refuse --comment 'no such child' --applicant 931002451325 --priority 1 --times 1\n  \
        qaqpa stub add --leave --sender integrator-1 --priority 9      people answer these\n\n\
        `qaqpa stub places` lists what a text may name between double braces.")]
    Add(Box<StubAdd>),
    /// Every stub, in the order in which they are asked, with how often each answered.
    List(StubAt),
    /// The latest applications that no stub answered, and in what they missed the nearest.
    Misses(StubAt),
    /// What a text may name between double braces.
    Places(StubAt),
    /// Remove one stub, or all.
    Remove(StubRemove),
}

/// Options of `stub add`.
#[derive(Debug, Args)]
pub struct StubAdd {
    /// `SERVICE@ACT`; every service where none is said.
    pub service: Option<String>,
    /// Refuse, with a ground of the service by its id (its first ground where none is said); grant where neither this nor --leave is said.
    #[arg(long, value_name = "GROUND", num_args = 0..=1, default_missing_value = "")]
    pub refuse: Option<String>,
    /// With --refuse: words that follow the ground.
    #[arg(long, value_name = "TEXT", requires = "refuse")]
    pub comment: Option<String>,
    /// Leave the application to people, whatever other stubs say.
    #[arg(long, conflicts_with = "refuse")]
    pub leave: bool,
    /// A field of the granted document with a value of its own; may be given more than once.
    #[arg(long = "set", value_name = "FIELD=TEXT", value_parser = super::pair)]
    pub set: Vec<(String, String)>,
    /// Only the applications of this applicant.
    #[arg(long, value_name = "IIN")]
    pub applicant: Option<String>,
    /// Only those that this person submits.
    #[arg(long, value_name = "IIN")]
    pub submitter: Option<String>,
    /// Only those in the name of this organisation.
    #[arg(long, value_name = "BIN")]
    pub organisation: Option<String>,
    /// Only those that this system sent to the gateway.
    #[arg(long, value_name = "SENDER")]
    pub sender: Option<String>,
    /// Only those of this channel of the service.
    #[arg(long, value_name = "CHANNEL")]
    pub channel: Option<String>,
    /// Only those whose form has this value; may be given more than once.
    #[arg(long, value_name = "FIELD=VALUE", value_parser = super::pair)]
    pub form: Vec<(String, String)>,
    /// Only those whose message has this property; may be given more than once.
    #[arg(long, value_name = "KEY=VALUE", value_parser = super::pair)]
    pub property: Vec<(String, String)>,
    /// The ready-made identity that signs, in place of whom the act names.
    #[arg(long, value_name = "ID")]
    pub signer: Option<String>,
    /// The stub with the highest is asked first.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 0,
        allow_negative_numbers = true
    )]
    pub priority: i32,
    /// Answer so many applications, and no more.
    #[arg(long, value_name = "N")]
    pub times: Option<u64>,
    /// Answer so much later, by the simulated clock: 30m, 2h, 3cd (calendar days). A person who is faster answers instead.
    #[arg(long, value_name = "PERIOD")]
    pub delay: Option<String>,
    /// Its name; stub-1, stub-2, … where none is said.
    #[arg(long, value_name = "NAME")]
    pub id: Option<String>,
    /// A JSON file with the whole stub, in place of the options; `-` reads standard input.
    #[arg(long, value_name = "FILE", exclusive = true)]
    pub file: Option<PathBuf>,
    /// Which regional gateway.
    #[command(flatten)]
    pub at: StubAt,
}

/// Which regional gateway.
#[derive(Clone, Debug, Args)]
pub struct StubAt {
    /// One of several regional gateways: regional-gateway.NAME.
    #[arg(long, value_name = "ACTOR", default_value = "regional-gateway")]
    pub actor: String,
}

/// Options of `stub remove`.
#[derive(Clone, Debug, Args)]
pub struct StubRemove {
    /// Its name, as `stub list` shows it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub id: Option<String>,
    /// Every stub.
    #[arg(long)]
    pub all: bool,
    /// Which regional gateway.
    #[command(flatten)]
    pub at: StubAt,
}
