//! `qaqpa expect` and `qaqpa history`: what they take.

use clap::{Args, ValueEnum};

/// Options of `expect`.
#[derive(Clone, Debug, Args)]
#[command(
    after_help = "Exit codes: 0 met, 1 not any more (too many, or too late), 2 not yet.\n\n\
    Examples:\n  \
    qaqpa expect --type request --applicant 931002451325 --exactly 1\n  \
    qaqpa expect --sender integrator-1 --at-least 3 --wait 30\n  \
    qaqpa expect --outcome refused --label certificate-revoked --exactly 0\n  \
    qaqpa reset                                  count from now on"
)]
pub struct Expect {
    /// Which messages.
    #[command(flatten)]
    pub which: Which,
    /// As many as this, no more.
    #[arg(long, value_name = "N", conflicts_with_all = ["at_least", "at_most"])]
    pub exactly: Option<u64>,
    /// As many as this, or more; 1 where no number is said.
    #[arg(long, value_name = "N")]
    pub at_least: Option<u64>,
    /// As many as this, or fewer.
    #[arg(long, value_name = "N")]
    pub at_most: Option<u64>,
    /// Until so long after --since (or after the last reset), by the simulated clock: 30m, 2h, 3cd.
    #[arg(long, value_name = "PERIOD", conflicts_with = "until")]
    pub within: Option<String>,
    /// Wait so many seconds of real time for what has not come yet; with --exactly and --at-most to their end, for what must
    /// not come.
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    pub wait: u64,
}

/// Options of `history`.
#[derive(Clone, Debug, Args)]
pub struct History {
    /// Which messages.
    #[command(flatten)]
    pub which: Which,
    /// How many at the most.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
}

/// Options of `reset`.
#[derive(Clone, Debug, Args)]
pub struct Reset {
    /// The ids of the answers of stubs follow from this number and from the message that is answered.
    ///
    /// With `sample --seed` and the seed of a rule of mischief, a run can be had again.
    #[arg(long, value_name = "NUMBER")]
    pub seed: Option<u64>,
}

/// Which messages: all that is said must hold.
#[derive(Clone, Debug, Args)]
pub struct Which {
    /// An application or a question, or a result.
    #[arg(long = "type", value_enum)]
    pub kind: Option<KindChoice>,
    /// What became of them; `expect` takes the accepted ones where it is not said, `history` any.
    #[arg(long, value_enum)]
    pub outcome: Option<OutcomeChoice>,
    /// The system that sent them.
    #[arg(long, value_name = "SENDER")]
    pub sender: Option<String>,
    /// The envelope's serviceId.
    #[arg(long, value_name = "SERVICE")]
    pub service: Option<String>,
    /// The applicant of an accepted application.
    #[arg(long, value_name = "IIN")]
    pub applicant: Option<String>,
    /// The application's own id.
    #[arg(long, value_name = "ID")]
    pub application: Option<String>,
    /// The messageId.
    #[arg(long, value_name = "ID")]
    pub message: Option<String>,
    /// The correlationId.
    #[arg(long, value_name = "ID")]
    pub correlation: Option<String>,
    /// The label of the refusal.
    #[arg(long, value_name = "LABEL")]
    pub label: Option<String>,
    /// From this moment of the simulated clock on; since the last reset where it is not said.
    #[arg(long, value_name = "MOMENT")]
    pub since: Option<String>,
    /// Until this moment.
    #[arg(long, value_name = "MOMENT")]
    pub until: Option<String>,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum KindChoice {
    /// A status.
    Notification,
    /// An application, or a question to a register.
    Request,
    /// A result.
    Response,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutcomeChoice {
    /// It is on disk, and goes on.
    Accepted,
    /// Whatever became of it.
    Any,
    /// The gateway could not work on it.
    Faulted,
    /// A check or the regulation says no.
    Refused,
    /// It had come before, and got the answer of then.
    Repeated,
}
