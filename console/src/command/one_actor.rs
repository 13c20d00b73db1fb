//! `qaqpa nca|gateway|regional-gateway|portal|console`: one actor in this process.

use qaqpa_model::{Actor, ActorName};
use qaqpa_pki::mischief::rules_of;
use qaqpa_transport::telemetry::{self, LogFormat};
use qaqpa_transport::{Shutdown, StartError};

use crate::exit::{Exit, Failure, Outcome};
use crate::output;
use crate::settings::Settings;
use crate::simulator::start_named;

/// Says loudly that answers of the authority are wrong on purpose, and which.
pub(crate) fn say_mischief(settings: &Settings) -> Result<(), Failure> {
    let Some(path) = &settings.mischief else {
        return Ok(());
    };
    let rules = rules_of(path).map_err(Failure::usage)?;
    output::say(format_args!(
        "MISCHIEF IS ON (TEST): the authority's answers are wrong on purpose, by {} of {}",
        match rules.len() {
            1 => "the rule".to_owned(),
            many => format!("the {many} rules"),
        },
        path.display()
    ));
    for rule in rules {
        let faults: Vec<_> = rule.faults.iter().map(ToString::to_string).collect();
        let services: Vec<_> = rule.services.iter().map(|one| one.as_str()).collect();
        output::say(format_args!(
            "  {}: {} on {}, for {}",
            rule.id,
            faults.join(", "),
            services.join(", "),
            rule.whose.as_deref().unwrap_or("everybody"),
        ));
    }
    Ok(())
}

/// Starts the actor and stays until Ctrl-C or SIGTERM.
pub(crate) async fn run(settings: &Settings, name: impl Into<ActorName>) -> Outcome {
    let name = name.into();
    telemetry::init(LogFormat::Text);
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
    if name.actor() == Actor::Nca {
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
            Failure::own(&error).remedy("another program has the port: choose another --port-base N, or 0 for free ports")
        }
        StartError::File(_) => Failure::own(&error)
            .remedy("is another simulator running in this data folder? stop it, or choose another --data DIR"),
        _ => Failure::own(&error),
    }
}
