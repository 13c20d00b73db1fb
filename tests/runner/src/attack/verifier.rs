//! Other verifiers: a command, or a server that is shaped like the signing servers that integrators run.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use qaqpa_transport::HttpClient;
use serde_json::json;

use super::error::AttackError;
use super::report::{Outcome, Ran};
use super::{Case, Level, Profile};
use crate::forge::knobs::{EvidenceKnobs, PolicyKnobs, SubjectKnob};
use crate::forge::{Forged, World};

/// Whom the corpus is run against.
#[derive(Clone, Debug)]
pub enum Verifier {
    /// A command line: exit code 0 means accepted. `{file}`, `{content}` (beside a detached CMS message), `{trust}`,
    /// `{pool}`, `{crl}` and `{time}` are replaced.
    Command {
        /// The line, without a shell: words are divided by white space.
        line: String,
        /// A program that has not ended after so long is stopped, and has given no answer.
        time_max: Duration,
    },
    /// The address of a server with `POST /xml/verify` and `POST /wsse/verify`.
    Http(String, Box<HttpClient>),
}

/// A program may take so long for one case, where nothing else is said.
pub const COMMAND_TIME_MAX: Duration = Duration::from_secs(30);

impl Verifier {
    /// Runs one case; `folder` is for the files that a command reads.
    ///
    /// # Errors
    /// Where the case cannot be built, or the verifier cannot be asked at all.
    pub async fn run(&self, world: &World, case: &Case, folder: &Path) -> Result<Ran, AttackError> {
        if let Some(why) = self.passes_over(case) {
            return Ok(Ran::new(case, Outcome::NotRun(why.to_owned())));
        }
        let forged = world.forge(&case.build)?;
        let outcome = match self {
            Self::Command { line, time_max } => command(line, *time_max, &forged, folder).await?,
            Self::Http(url, client) => http(url, client, &forged).await?,
        };
        Ok(Ran::new(case, outcome))
    }

    /// Cases that say nothing about a verifier that only gets a document and a trusted root.
    fn passes_over(&self, case: &Case) -> Option<&'static str> {
        let build = &case.build;
        if case.level == Level::Gateway {
            return Some("needs a running simulator (--against)");
        }
        if build.subject == SubjectKnob::Certificate || case.profiles == [Profile::Certificate] {
            return Some("a certificate alone is no document");
        }
        if build.submitter.is_some() || build.organisation.is_some() {
            return Some("who the submitter is stands outside of the document");
        }
        if build.subject == SubjectKnob::Message && matches!(self, Self::Http(..)) {
            return Some("a CMS message is no XML");
        }
        let ocsp = [&build.ocsp, &build.authority_ocsp, &build.stamp_ocsp];
        if ocsp.iter().any(|knobs| **knobs != EvidenceKnobs::default()) {
            return Some("its OCSP answers cannot be handed to this verifier");
        }
        if build.policy != PolicyKnobs::default() {
            return Some("its policy is ours, and this verifier has its own");
        }
        if build.at.is_some() {
            return Some("its moment cannot be handed to this verifier");
        }
        None
    }
}

async fn command(
    line: &str,
    time_max: Duration,
    forged: &Forged<'_>,
    folder: &Path,
) -> Result<Outcome, AttackError> {
    let write = |name: &str, bytes: &[u8]| -> Result<PathBuf, String> {
        let path = folder.join(name);
        std::fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(path)
    };
    let file = write("case.xml", &forged.bytes)?;
    let content = write("content", forged.beside.as_deref().unwrap_or_default())?;
    let trust = write("trust.pem", forged.trust_pem()?.as_bytes())?;
    let pool = write("pool.pem", forged.pool_pem()?.as_bytes())?;
    let crl = write("list.crl", &forged.list_der()?)?;
    let time = forged.at.to_string();
    // Without a shell: words are divided by white space, and a placeholder is one word or a part of one.
    let words: Vec<String> = line
        .split_whitespace()
        .map(|word| {
            word.replace("{file}", &file.to_string_lossy())
                .replace("{content}", &content.to_string_lossy())
                .replace("{trust}", &trust.to_string_lossy())
                .replace("{pool}", &pool.to_string_lossy())
                .replace("{crl}", &crl.to_string_lossy())
                .replace("{time}", &time)
        })
        .collect();
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let child = tokio::process::Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let output = match tokio::time::timeout(time_max, child).await {
        Err(_) => return Ok(Outcome::Died("it did not end in time".to_owned())),
        Ok(output) => output.map_err(|error| format!("{program}: {error}"))?,
    };
    if output.status.success() {
        return Ok(Outcome::Accepted);
    }
    if output.status.code().is_none() {
        return Ok(Outcome::Died(output.status.to_string()));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said
        .lines()
        .rfind(|line| !line.trim().is_empty())
        .unwrap_or_default();
    Ok(Outcome::Refused(format!("{}: {last}", output.status)))
}

/// `{"xml": …, "revocationCheck": []}` → `{"valid": true, …}`; `{"valid": false, …}` and `{"message": …}` are refusals, and anything
/// else is no answer.
async fn http(url: &str, client: &HttpClient, forged: &Forged<'_>) -> Result<Outcome, AttackError> {
    let Ok(xml) = std::str::from_utf8(&forged.bytes) else {
        return Ok(Outcome::NotRun(
            "bytes that are no text cannot stand in JSON".to_owned(),
        ));
    };
    let path = match forged.subject {
        SubjectKnob::Transport => "/wsse/verify",
        _ => "/xml/verify",
    };
    let url = format!("{}{path}", url.trim_end_matches('/'));
    let body = json!({ "xml": xml, "revocationCheck": [] }).to_string();
    let asked = client.post(&url, "application/json", body.into_bytes());
    let answer = match asked.await {
        Ok(answer) => answer,
        Err(error) => return Ok(Outcome::Died(format!("{url}: {error}"))),
    };
    let read: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let status = answer.status.as_u16();
    if answer.status.is_success() && read["valid"] == true {
        return Ok(Outcome::Accepted);
    }
    // A page of an error, or nothing: the server has not judged, and so has not refused.
    let message = match (&read["message"], &read["valid"]) {
        (serde_json::Value::String(message), _) => message,
        (_, serde_json::Value::Bool(_)) => "no reason given",
        _ => return Ok(Outcome::Died(format!("HTTP {status}, and no answer"))),
    };
    Ok(Outcome::Refused(format!("HTTP {status}: {message}")))
}
