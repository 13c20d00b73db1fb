//! `qaqpa doctor`: what it takes.

use clap::Args;

/// Options of `doctor`.
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// Instead: why this message was refused, or what became of it; by the journals of all actors, whether or not they run.
    #[arg(long = "for", value_name = "MESSAGE-ID")]
    pub message: Option<String>,
    /// Leave out what takes long: the proof of the journals.
    #[arg(long, conflicts_with = "message")]
    pub quick: bool,
}
