//! `qaqpa mischief …`: what its commands take.

use clap::{Args, Subcommand, ValueEnum};

/// `mischief …`.
#[derive(Debug, Subcommand)]
pub enum MischiefCommand {
    /// Switch a rule on (TEST): what goes wrong, where, for whom, and how often. It is off when its process stops.
    ///
    /// All that is said must hold. A rule counts the requests that it fits, from 1, in each process for itself. Where
    /// several rules hit one message, all their faults befall it. What the gateway and the authority keep stays honest.
    #[command(after_help = "Examples:\n  \
        qaqpa mischief add close --at answer --first 1          accepted, and nobody is told: send again\n  \
        qaqpa mischief add delay=250 duplicate --sender integrator-1\n  \
        qaqpa mischief add down --to regional-gateway --until 2026-12-01\n  \
        qaqpa mischief add corrupt-byte --at answer --share 0.1 --seed 7\n  \
        qaqpa mischief add try-later --for citizen-1 --nth 1,3  the authority's OCSP answers\n  \
        qaqpa mischief add http-status=404 --actor nca --at crl\n\n\
        Faults of both (delay, http-status, slow-drip) are the gateway's where no --actor is said.\n\
        `qaqpa mischief catalogue` lists what can go wrong; docs/GATEWAY-MISCHIEF.md and\n\
        docs/MISCHIEF.md say what becomes of the message.")]
    Add(Box<MischiefAdd>),
    /// Every fault that there is, what it does and which mistake it finds; no simulator need run.
    Catalogue(MischiefAt),
    /// The rules that are on, with how many requests each fitted and how many it hit.
    List(MischiefAt),
    /// Switch one rule off, or all. `qaqpa reset` does that too, and takes stubs and expectations away.
    Remove(MischiefRemove),
}

/// Options of `mischief add`.
#[derive(Debug, Args)]
pub struct MischiefAdd {
    /// What goes wrong, with its number where it takes one: delay=250 (see `mischief catalogue`).
    #[arg(required = true, value_name = "FAULT[=NUMBER]")]
    pub faults: Vec<String>,
    /// Where: answer, delivery, register of the gateway; ocsp, crl, delta, tsp, cert of the authority. All that the faults
    /// can befall where none is said.
    #[arg(long, value_name = "PLACE", value_delimiter = ',')]
    pub at: Vec<String>,
    /// Gateway: messages of this service, SERVICE@ACT or a register's; may be given more than once.
    #[arg(long, value_name = "SERVICE")]
    pub service: Vec<String>,
    /// Gateway: messages of this sender, as the envelope says; may be given more than once.
    #[arg(long, value_name = "SENDER")]
    pub sender: Vec<String>,
    /// Gateway: deliveries and questions on their way to this actor or system; may be given more than once.
    #[arg(long, value_name = "NAME")]
    pub to: Vec<String>,
    /// Gateway: requests for this operation, getMessages; may be given more than once.
    #[arg(long, value_name = "OPERATION")]
    pub operation: Vec<String>,
    /// Gateway: this message, or messages of its exchange.
    #[arg(long, value_name = "ID")]
    pub message: Option<String>,
    /// Gateway: requests with this property.
    #[arg(long, value_name = "KEY=VALUE", value_parser = super::pair)]
    pub property: Option<(String, String)>,
    /// Authority: what is asked about this identity or serial number.
    #[arg(long = "for", value_name = "ID")]
    pub whose: Option<String>,
    /// Authority: requests with this header.
    #[arg(long, value_name = "NAME=VALUE", value_parser = super::pair)]
    pub header: Option<(String, String)>,
    /// These of the requests that fit, counted from 1: 1,3.
    #[arg(long, value_name = "N", value_delimiter = ',')]
    pub nth: Option<Vec<u64>>,
    /// The first so many.
    #[arg(long, value_name = "N")]
    pub first: Option<u64>,
    /// Those after so many.
    #[arg(long, value_name = "N")]
    pub after: Option<u64>,
    /// Every so-manyth.
    #[arg(long, value_name = "N")]
    pub every: Option<u64>,
    /// Each with this probability: 0.1 is a tenth of them.
    #[arg(long, value_name = "SHARE")]
    pub share: Option<f64>,
    /// At most so often.
    #[arg(long, value_name = "N")]
    pub times: Option<u64>,
    /// Until this moment of the simulated clock.
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
    /// What chances follow from: the same seed and name hit the same requests.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
    /// Its name; rule-1, rule-2, … where none is said.
    #[arg(long, value_name = "NAME")]
    pub id: Option<String>,
    /// Whose faults.
    #[command(flatten)]
    pub whose_faults: MischiefAt,
}

/// Whose faults.
#[derive(Clone, Copy, Debug, Args)]
pub struct MischiefAt {
    /// Whose faults: the gateway's or the authority's.
    #[arg(long, value_enum)]
    pub actor: Option<Mischievous>,
}

/// Who has deliberate faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Mischievous {
    /// The gateway: what befalls messages and their answers.
    Gateway,
    /// The authority: what befalls the answers of OCSP, lists and time stamps.
    Nca,
}

/// Options of `mischief remove`.
#[derive(Clone, Debug, Args)]
pub struct MischiefRemove {
    /// Its name, as `mischief list` shows it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub id: Option<String>,
    /// Every rule.
    #[arg(long)]
    pub all: bool,
    /// Whose.
    #[command(flatten)]
    pub at: MischiefAt,
}
