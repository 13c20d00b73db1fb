//! `qaqpa ca …`: the authority of the running simulator.

mod change;
mod guide;
mod issue;
mod people;
mod status;
mod trust;

use qaqpa_model::Actor;
use serde_json::{Value, json};

use crate::cli::{CaCommand, Format};
use crate::exit::{Failure, Outcome};
use crate::settings::Settings;
use crate::{output, running};

/// Runs one of the authority's commands.
pub(crate) async fn run(settings: &Settings, command: &CaCommand, format: Format) -> Outcome {
    if let CaCommand::Trust(options) = command {
        return trust::run(settings, options, format);
    }
    let authority = running::control(&settings.data, Actor::Nca)?;
    match command {
        CaCommand::Trust(options) => trust::run(settings, options, format),
        CaCommand::Issue(options) => issue::run(&authority, options, format).await,
        CaCommand::Revoke {
            certificate,
            reason,
        } => {
            let order = json!({ "reason": reason });
            change::run(&authority, certificate, "revoke", order, format).await
        }
        CaCommand::Suspend { certificate } => {
            change::run(&authority, certificate, "suspend", json!({}), format).await
        }
        CaCommand::Resume { certificate } => {
            change::run(&authority, certificate, "resume", json!({}), format).await
        }
        CaCommand::Status { certificate } => {
            status::run(&authority, certificate.as_deref(), format).await
        }
        CaCommand::People(options) => people::run(settings, &authority, options, format).await,
    }
}

fn say_certificate(one: &Value) {
    output::say(format_args!(
        "{:<24} {:<10} {} … {}  {}",
        text(&one["identity"]),
        text(&one["state"]),
        text(&one["not_before"]),
        text(&one["not_after"]),
        text(&one["serial"]),
    ));
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("–")
}

/// The name goes into a path.
fn check_name(certificate: &str) -> Result<(), Failure> {
    let good = !certificate.is_empty()
        && certificate
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if good {
        Ok(())
    } else {
        Err(Failure::usage(format!(
            "{certificate:?} is neither an identity nor a serial number"
        )))
    }
}
