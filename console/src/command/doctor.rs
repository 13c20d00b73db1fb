//! `qaqpa doctor`: is everything up and trusted; or why a message was refused, and the remedy.

mod certificates;
mod disk;
mod doors;
mod files;
mod finding;
mod simulator;
mod why;

use crate::cli::{Doctor, Format};
use crate::exit::Outcome;
use crate::output;
use crate::settings::Settings;

use finding::Report;

/// Looks at everything, or at what became of one message.
pub(crate) async fn run(settings: &Settings, options: &Doctor, format: Format) -> Outcome {
    if let Some(message) = &options.message {
        return why::run(settings, message, format).await;
    }
    let found = match &options.ready {
        Some(name) => simulator::probe(&settings.data, name, options.control_port).await,
        None => simulator::look(settings, options.quick).await,
    };
    let report = Report::of(found);
    match format {
        Format::Json => output::say_json(&report)?,
        _ => report.say(),
    }
    Ok(report.exit())
}
