//! `qaqpa ca status`: the state of one certificate, or of all.

use qaqpa_transport::ControlClient;
use serde_json::Value;

use super::{check_name, say_certificate};
use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::{output, running};

pub(super) async fn run(
    authority: &ControlClient,
    certificate: Option<&str>,
    format: Format,
) -> Outcome {
    if let Some(name) = certificate {
        check_name(name)?;
    }
    let all: Vec<Value> = authority
        .get("/certificates")
        .await
        .map_err(running::refused)?;
    let named = |one: &&Value| {
        certificate.is_none_or(|name| {
            one["identity"] == name
                || one["serial"]
                    .as_str()
                    .is_some_and(|serial| serial.eq_ignore_ascii_case(name))
        })
    };
    let chosen: Vec<&Value> = all.iter().filter(named).collect();
    if chosen.is_empty() {
        return Err(Failure::no(format!(
            "certificate-unknown: the authority issued no certificate {:?}",
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
