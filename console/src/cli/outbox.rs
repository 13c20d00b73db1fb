//! `qaqpa outbox …`: what its commands take.

use clap::{Args, Subcommand};

/// `outbox …`.
#[derive(Debug, Subcommand)]
pub enum OutboxCommand {
    /// The newest entries of every actor that sends: where to, how often it was tried, and why it has not arrived.
    List {
        /// Only this actor's.
        #[arg(long)]
        actor: Option<String>,
        /// Only what stopped: nothing more is tried until it is resent.
        #[arg(long)]
        stopped: bool,
        /// How many at the most, of each actor.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Put what stopped back on its way, with a fresh count of attempts. The actor's journal says so.
    ///
    /// To ask twice is safe: what is on its way again has not stopped. An application whose applicant was told that it
    /// is refused is not sent again: they send a new one.
    Resend(OutboxResend),
}

/// Options of `outbox resend`.
#[derive(Clone, Debug, Args)]
pub struct OutboxResend {
    /// One entry: `ACTOR:NUMBER` as `outbox list --stopped` shows it.
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    pub id: Option<String>,
    /// Everything that stopped.
    #[arg(long)]
    pub all: bool,
    /// With --all, only this actor's.
    #[arg(long, conflicts_with = "id")]
    pub actor: Option<String>,
    /// With --all, only what is for this destination, as the list shows it.
    #[arg(long, value_name = "NAME", conflicts_with = "id")]
    pub destination: Option<String>,
}
