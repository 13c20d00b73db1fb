//! `qaqpa ca status`: the state of one certificate, or of all.

use qaqpa_transport::ControlClient;
use serde_json::Value;

use super::{check_name, say_certificate};
use crate::cli::Format;
use crate::exit::{Exit, Failure, Outcome};
use crate::{output, running};

/// Certificates asked for at once: as many as the authority gives.
const PAGE: usize = 1000;

pub(super) async fn run(
    authority: &ControlClient,
    certificate: Option<&str>,
    format: Format,
) -> Outcome {
    if let Some(name) = certificate {
        check_name(name)?;
    }
    let chosen = all(authority, certificate).await?;
    if chosen.is_empty() {
        return Err(Failure::no(format!(
            "certificate-unknown: the authority issued no certificate {:?}",
            certificate.unwrap_or_default()
        ))
        .remedy("`qaqpa ca status` lists all"));
    }
    match format {
        Format::Json => output::say_json(&chosen)?,
        _ => chosen.iter().for_each(say_certificate),
    }
    Ok(Exit::Yes)
}

/// The certificates of that name, or all, page by page.
async fn all(authority: &ControlClient, name: Option<&str>) -> Result<Vec<Value>, Failure> {
    // The name was checked: it needs no escaping.
    let of_name = name.map_or_else(String::new, |name| format!("&name={name}"));
    let mut all = Vec::new();
    let mut before = String::new();
    loop {
        let path = format!("/certificates?limit={PAGE}{of_name}{before}");
        let page: Vec<Value> = authority.get(&path).await.map_err(running::refused)?;
        let last = page.last().and_then(|last| last["position"].as_u64());
        let is_full = page.len() == PAGE;
        all.extend(page);
        match last {
            Some(last) if is_full => before = format!("&before={last}"),
            _ => return Ok(all),
        }
    }
}
