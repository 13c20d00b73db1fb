//! `qaqpa ca revoke|suspend|resume`: changes the state of a certificate.

use qaqpa_transport::ControlClient;
use serde_json::Value;

use super::{check_name, say_certificate};
use crate::cli::Format;
use crate::exit::{Exit, Outcome};
use crate::{output, running};

pub(super) async fn run(
    authority: &ControlClient,
    certificate: &str,
    what: &str,
    order: Value,
    format: Format,
) -> Outcome {
    check_name(certificate)?;
    let path = format!("/certificates/{certificate}/{what}");
    let answer: Value = authority
        .post(&path, &order)
        .await
        .map_err(running::refused)?;
    match format {
        Format::Json => output::say_json(&answer)?,
        _ => say_certificate(&answer),
    }
    Ok(Exit::Yes)
}
