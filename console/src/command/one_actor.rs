//! `qaqpa nca|gateway|regional-gateway|portal|console`: one actor in this process.

use qaqpa_model::{Actor, ActorName};
use qaqpa_pki::mischief::rules_of;
use qaqpa_transport::telemetry;
use qaqpa_transport::{Shutdown, StartError};

use crate::command::snapshot;
use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use crate::simulator::start_named;

/// Says loudly that answers of the authority, or messages of the gateway, are wrong on purpose, and which.
pub(crate) fn say_mischief(settings: &Settings) -> Result<(), Failure> {
    let Some(path) = &settings.mischief else {
        return Ok(());
    };
    let begin = |whose: &str, rules: usize| {
        let by = match rules {
            1 => "the rule".to_owned(),
            many => format!("the {many} rules"),
        };
        output::say(format_args!(
            "MISCHIEF IS ON (TEST): {whose} are wrong on purpose, by {by} of {}",
            path.display()
        ));
    };
    let of_the_gateway = qaqpa_gateway::mischief::rules_of(path).map_err(Failure::usage)?;
    let rules = rules_of(path).map_err(Failure::usage)?;
    if !rules.is_empty() || of_the_gateway.is_empty() {
        begin("the authority's answers", rules.len());
    }
    for rule in rules {
        let faults: Vec<_> = rule.faults.iter().map(ToString::to_string).collect();
        let services: Vec<_> = rule.places.iter().map(|one| one.as_str()).collect();
        output::say(format_args!(
            "  {}: {} on {}, for {}",
            rule.id,
            faults.join(", "),
            services.join(", "),
            rule.whom.whose.as_deref().unwrap_or("everybody"),
        ));
    }
    if !of_the_gateway.is_empty() {
        begin("the gateway's messages", of_the_gateway.len());
    }
    for rule in of_the_gateway {
        let faults: Vec<_> = rule.faults.iter().map(ToString::to_string).collect();
        let places: Vec<_> = rule.places.iter().map(|one| one.as_str()).collect();
        output::say(format_args!(
            "  {}: {} at {}",
            rule.id,
            faults.join(", "),
            places.join(", "),
        ));
    }
    Ok(())
}

/// Starts the actor and stays until Ctrl-C or SIGTERM.
pub(crate) async fn run(settings: &Settings, name: impl Into<ActorName>) -> Outcome {
    let name = name.into();
    telemetry::init(settings.log);
    snapshot::finish_what_was_cut_short(&settings.data).await?;
    let shutdown = Shutdown::new();
    shutdown.on_signals().map_err(Failure::own)?;
    let running = start_named(settings, &name, shutdown)
        .await
        .map_err(could_not_start)?;
    output::say(format_args!(
        "{name} is up; control {}",
        running.record().control
    ));
    for (name, address) in &running.record().addresses {
        output::say(format_args!("  {name} {address}"));
    }
    if matches!(name.actor(), Actor::Gateway | Actor::Nca) {
        say_mischief(settings)?;
    }
    running.ended().await;
    Ok(Exit::Yes)
}

/// Why an actor did not start, with the remedy where it is known.
pub(crate) fn could_not_start(error: StartError) -> Failure {
    match &error {
        StartError::Config(_) => Failure::usage(&error),
        StartError::Listen(_) => {
            Failure::own(&error).remedy("another program has the port (choose another --port-base N, or 0 for free ports), or --listen names no address of this machine")
        }
        StartError::File(_) => Failure::own(&error)
            .remedy("is another simulator running in this data folder? stop it, or choose another --data DIR"),
        _ => Failure::own(&error),
    }
}
