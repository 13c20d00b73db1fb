//! `qaqpa doctor`: what it takes.

use clap::Args;
use qaqpa_model::ActorName;

/// Options of `doctor`.
#[derive(Clone, Debug, Args)]
pub struct Doctor {
    /// Instead: why this message was refused, or what became of it; by the journals of all actors, whether or not they run.
    #[arg(long = "for", value_name = "MESSAGE-ID")]
    pub message: Option<String>,
    /// Leave out what takes long: the proof of the journals.
    #[arg(long, conflicts_with = "message")]
    pub quick: bool,
    /// Instead: whether this actor takes work, which is what a probe asks: `gateway`, `regional-gateway.taraz`.
    #[arg(long, value_name = "ACTOR", value_parser = actor, conflicts_with_all = ["message", "quick"])]
    pub ready: Option<ActorName>,
    /// With --ready: the process whose control port this is; else every one of that actor.
    #[arg(long, value_name = "PORT", requires = "ready")]
    pub control_port: Option<u16>,
}

fn actor(text: &str) -> Result<ActorName, String> {
    ActorName::parse(text).ok_or_else(|| {
        let names: Vec<_> = qaqpa_model::Actor::ALL
            .map(qaqpa_model::Actor::name)
            .to_vec();
        format!(
            "write one of {}, or `regional-gateway.NAME`",
            names.join(", ")
        )
    })
}
