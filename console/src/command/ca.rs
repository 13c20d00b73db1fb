//! `qaqpa ca issue|revoke|suspend|resume|status|trust`: the authority of the running simulator.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use qaqpa_model::Actor;
use qaqpa_transport::{ControlClient, paths};
use serde_json::{Value, json};

use crate::cli::{CaCommand, Format};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output, running};

/// Runs one of the authority's commands.
pub(crate) async fn run(settings: &Settings, command: &CaCommand, format: Format) -> Outcome {
    if matches!(command, CaCommand::Trust) {
        return trust(settings);
    }
    let authority = running::control(&settings.data, Actor::Nca)?;
    match command {
        CaCommand::Trust => trust(settings),
        CaCommand::Issue { .. } => issue(&authority, command, format).await,
        CaCommand::Revoke {
            certificate,
            reason,
        } => {
            change(
                &authority,
                certificate,
                "revoke",
                json!({ "reason": reason }),
                format,
            )
            .await
        }
        CaCommand::Suspend { certificate } => {
            change(&authority, certificate, "suspend", json!({}), format).await
        }
        CaCommand::Resume { certificate } => {
            change(&authority, certificate, "resume", json!({}), format).await
        }
        CaCommand::Status { certificate } => {
            status(&authority, certificate.as_deref(), format).await
        }
    }
}

fn trust(settings: &Settings) -> Outcome {
    let path = paths::trust_signature(&settings.data);
    output::say_bytes(&key_input::read_file(&path)?);
    Ok(Exit::Yes)
}

async fn issue(authority: &ControlClient, command: &CaCommand, format: Format) -> Outcome {
    let CaCommand::Issue {
        id,
        iin,
        name,
        role,
        bin,
        password_file,
        out,
    } = command
    else {
        return Err(Failure::own("not an issue command"));
    };
    let password = key_input::password(password_file.as_deref(), "Password of the new key file: ")?;
    let body = json!({
        "id": id, "iin": iin, "name": name, "role": role, "bin": bin, "password": password.as_str(),
    });
    let answer: Value = authority
        .post("/issue", &body)
        .await
        .map_err(running::refused)?;
    let key = answer["p12"]
        .as_str()
        .ok_or_else(|| Failure::own("the authority's answer has no key file"))?;
    let key = zeroize::Zeroizing::new(STANDARD.decode(key).map_err(Failure::own)?);
    qaqpa_transport::files::write_private(out, &key).map_err(Failure::usage)?;
    let shown = json!({ "id": id, "serial": answer["serial"], "key": out });
    match format {
        Format::Json => output::say_json(&shown)?,
        _ => output::say(format_args!(
            "{id}: serial {}, key file {}",
            text(&answer["serial"]),
            out.display()
        )),
    }
    Ok(Exit::Yes)
}

async fn change(
    authority: &ControlClient,
    certificate: &str,
    what: &str,
    body: Value,
    format: Format,
) -> Outcome {
    check_name(certificate)?;
    let path = format!("/certificates/{certificate}/{what}");
    let answer: Value = authority
        .post(&path, &body)
        .await
        .map_err(running::refused)?;
    match format {
        Format::Json => output::say_json(&answer)?,
        _ => say_certificate(&answer),
    }
    Ok(Exit::Yes)
}

async fn status(authority: &ControlClient, certificate: Option<&str>, format: Format) -> Outcome {
    let all: Vec<Value> = authority
        .get("/certificates")
        .await
        .map_err(running::refused)?;
    let chosen: Vec<&Value> = all
        .iter()
        .filter(|one| {
            certificate
                .is_none_or(|name| one["identity"] == name || one["serial"].as_str() == Some(name))
        })
        .collect();
    if chosen.is_empty() {
        return Err(Failure::no(format!(
            "no certificate {:?}",
            certificate.unwrap_or_default()
        ))
        .remedy("`qaqpa ca status` lists all"));
    }
    match format {
        Format::Json => output::say_json(&chosen)?,
        _ => chosen.into_iter().for_each(say_certificate),
    }
    Ok(Exit::Yes)
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
