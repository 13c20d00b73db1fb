//! The register's file: read, and refused with the line of each fault.
//!
//! ```toml
//! version = 1
//!
//! [[system]]
//! sender = "integrator-1"              # what the envelope names
//! certificate = "integrator-1.pem"     # beside this file; without it the ready-made one
//! tls = "integrator-1-tls.pem"         # shown in the TLS handshake; without it any or none
//! password = "…"                       # without it the ready-made one, or none
//! services = ["SERVICE@ACT"]           # without it every one
//! push = "https://127.0.0.1:9443/async/"
//! push_trust = "integrator-1-ca.pem"   # whose TLS certificate `push` has; without it the simulator's own authority
//! answers = "unsigned"                 # what answers at `push` may be; "signed" without it
//! notify = true                        # whether it is told statuses, and where its messages are
//! strict = true                        # refuses every departure from the WSDL and its schemas
//! per_minute_max = 600                 # messages within a minute; without it the gateway's usual limit
//! at_once_max = 16                     # requests worked on at once; without it the gateway's usual limit
//! body_bytes_max = 1000000
//! ```
//!
//! `push` is on this machine, unless the configuration says `push-reach = "anywhere"` under `[gateway]`. A text in the place of a
//! value that is none is not repeated in what is said about it: it may be a password, whose line has slipped.

use std::collections::{BTreeSet, HashMap};
use std::fmt;
use std::ops::Range;
use std::path::Path;

use qaqpa_channel::AnswersOf;
use qaqpa_crypto::sha256;
use qaqpa_model::{ActorName, SenderId, ServiceAtAct};
use qaqpa_regulations::Catalogue;
use qaqpa_transport::{Reach, random_bytes};
use serde::Deserialize;
use toml::Spanned;

use super::named;
use super::terms::{Password, Register, Registered, Terms};

/// The version of the format.
const VERSION: u32 = 1;

/// Why a register is not taken: every fault with its line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RegisterError {
    /// The file, as people know it.
    pub(crate) file: String,
    /// Lines from 1, and what is wrong there.
    pub(crate) faults: Vec<(usize, String)>,
}

impl fmt::Display for RegisterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (line, why)) in self.faults.iter().enumerate() {
            if n > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{}, line {line}: {why}", self.file)?;
        }
        Ok(())
    }
}

impl std::error::Error for RegisterError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFile {
    version: Spanned<u32>,
    #[serde(default)]
    system: Vec<RawSystem>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSystem {
    sender: Spanned<String>,
    certificate: Option<Spanned<String>>,
    tls: Option<Spanned<String>>,
    /// Any value: what is said about one that is no text must not show it.
    password: Option<Spanned<toml::Value>>,
    services: Option<Vec<Spanned<String>>>,
    push: Option<Spanned<String>>,
    push_trust: Option<Spanned<String>>,
    #[serde(default)]
    answers: RawAnswers,
    #[serde(default = "yes")]
    notify: bool,
    #[serde(default)]
    strict: bool,
    per_minute_max: Option<u32>,
    at_once_max: Option<u32>,
    body_bytes_max: Option<usize>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum RawAnswers {
    #[default]
    Signed,
    Unsigned,
}

impl From<RawAnswers> for AnswersOf {
    fn from(answers: RawAnswers) -> Self {
        match answers {
            RawAnswers::Signed => Self::Signed,
            RawAnswers::Unsigned => Self::Unsigned,
        }
    }
}

const fn yes() -> bool {
    true
}

/// What a register is read beside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surroundings<'a> {
    /// The folder of its certificates.
    pub(super) folder: &'a Path,
    pub(super) catalogue: &'a Catalogue,
    /// Where endpoints may be.
    pub(super) reach: Reach,
}

/// Reads a register. Certificates are files beside it, or PEM in the text itself.
pub(super) fn read(
    name: &str,
    text: &str,
    around: Surroundings<'_>,
) -> Result<Register, RegisterError> {
    let line = |at: usize| text.get(..at).unwrap_or(text).matches('\n').count() + 1;
    let refused = |faults| RegisterError {
        file: name.to_owned(),
        faults,
    };
    let raw: RawFile = toml::from_str(text).map_err(|error| {
        let span = error.span();
        let at = span.as_ref().map_or(1, |span| line(span.start));
        refused(vec![(at, without_value(error.message(), text, span))])
    })?;
    let mut faults = Vec::new();
    if *raw.version.get_ref() != VERSION {
        let at = line(raw.version.span().start);
        faults.push((at, format!("the version is not {VERSION}")));
    }
    let mut seen = BTreeSet::new();
    let mut systems = Vec::with_capacity(raw.system.len());
    for system in raw.system {
        let at = line(system.sender.span().start);
        if !seen.insert(system.sender.get_ref().clone()) {
            let again = format!("{:?} is registered twice", system.sender.get_ref());
            faults.push((at, again));
        }
        match take(system, around, &line) {
            Ok(system) => systems.push(system),
            Err(mut found) => faults.append(&mut found),
        }
    }
    faults.append(&mut told_apart_by_nothing(&systems));
    if faults.is_empty() {
        return Ok(Register::of(systems));
    }
    faults.sort();
    Err(refused(faults))
}

/// The files that a text names beside itself, with the places where their names stand; none where it cannot be read.
pub(super) fn files_named(text: &str) -> Vec<Spanned<String>> {
    let Ok(raw) = toml::from_str::<RawFile>(text) else {
        return Vec::new();
    };
    let systems = raw.system.into_iter();
    let named = systems.flat_map(|one| [one.certificate, one.tls, one.push_trust]);
    let named = named.flatten();
    named
        .filter(|named| !named::is_pem(named.get_ref()))
        .collect()
}

/// What a reader's message says without the value that it names: the value may be a password, in its own place or in
/// another's.
fn without_value(message: &str, text: &str, span: Option<Range<usize>>) -> String {
    let kinds = [
        "invalid type",
        "invalid value",
        "invalid length",
        "unknown variant",
    ];
    if let Some(kind) = kinds.into_iter().find(|kind| message.starts_with(kind)) {
        let expected = message.rsplit_once(", expected ");
        return match expected {
            Some((_, expected)) => format!("{kind}: expected {expected}"),
            None => kind.to_owned(),
        };
    }
    let value = span.and_then(|span| text.get(span)).unwrap_or_default();
    let value = value.trim().trim_matches(['"', '\'']);
    // A key that is not known is named: it stands on the other side of the sign.
    if !message.starts_with("unknown field") && value.len() > 2 && message.contains(value) {
        return "this is not what TOML has here".to_owned();
    }
    message.to_owned()
}

/// Systems with one certificate of which one says nothing else about itself: either could speak for the other.
fn told_apart_by_nothing(systems: &[Registered]) -> Vec<(usize, String)> {
    let mut by_certificate: HashMap<&[u8], Vec<&Registered>> = HashMap::new();
    for system in systems {
        if let Some(certificate) = &system.certificate {
            let of_it = by_certificate.entry(certificate.der()).or_default();
            of_it.push(system);
        }
    }
    let shared = by_certificate.values().filter(|of_it| of_it.len() > 1);
    shared
        .flatten()
        .filter(|system| system.password.is_none() && system.terms.tls.is_none())
        .map(|system| {
            let why = format!(
                "{}: another system has this certificate, too: give each of them a password or a \
                 tls certificate, or the signature does not tell them apart",
                system.sender
            );
            (system.line, why)
        })
        .collect()
}

fn take(
    raw: RawSystem,
    around: Surroundings<'_>,
    line: &impl Fn(usize) -> usize,
) -> Result<Registered, Vec<(usize, String)>> {
    let Surroundings {
        folder,
        catalogue,
        reach,
    } = around;
    let mut faults = Vec::new();
    let at = line(raw.sender.span().start);
    let sender = SenderId::parse(raw.sender.get_ref())
        .map_err(|error| faults.push((at, format!("sender: {error}"))))
        .ok();
    if ActorName::parse(raw.sender.get_ref()).is_some() {
        let why = format!("{} is an actor of the simulator", raw.sender.get_ref());
        faults.push((at, why));
    }
    let mut read = |key: &str, named: Option<Spanned<String>>| {
        let named = named?;
        let read = named::certificate(named.get_ref(), folder);
        read.map_err(|why| faults.push((line(named.span().start), format!("{key}: {why}"))))
            .ok()
    };
    let certificate = read("certificate", raw.certificate);
    let tls = read("tls", raw.tls);
    let services = raw.services.map(|services| {
        let mut known = Vec::with_capacity(services.len());
        for (n, service) in services.into_iter().enumerate() {
            // A service of an act is in the catalogue; any other name is a register's, which the routes know.
            let name = service.get_ref();
            let act = name.contains('@');
            if act && !ServiceAtAct::parse(name).is_ok_and(|id| catalogue.service(&id).is_some()) {
                let why = format!(
                    "services: the catalogue has no service of the name that stands at place {}",
                    n + 1
                );
                faults.push((line(service.span().start), why));
            }
            known.push(service.into_inner());
        }
        known
    });
    let password = match &raw.password {
        None => None,
        Some(value) => match value.get_ref() {
            toml::Value::String(text) => Some(Password::of(text)),
            _ => {
                let why = "password: a text in quotes is expected".to_owned();
                faults.push((line(value.span().start), why));
                None
            }
        },
    };
    if let Some(push) = &raw.push
        && let Err(why) = named::check_endpoint(push.get_ref(), raw.answers.into(), reach)
    {
        faults.push((line(push.span().start), format!("push: {why}")));
    }
    let push_trust = raw.push_trust.and_then(|named| {
        named::trust(named.get_ref(), folder)
            .map_err(|why| faults.push((line(named.span().start), format!("push_trust: {why}"))))
            .ok()
    });
    match sender {
        Some(sender) if faults.is_empty() => Ok(Registered {
            sender,
            certificate,
            password,
            terms: Terms {
                services,
                push: raw.push.map(Spanned::into_inner),
                push_trust,
                answers: raw.answers.into(),
                notify: raw.notify,
                tls,
                strict: raw.strict,
                per_minute_max: raw.per_minute_max,
                at_once_max: raw.at_once_max,
                body_bytes_max: raw.body_bytes_max,
            },
            line: at,
        }),
        _ => Err(faults),
    }
}

impl Password {
    fn of(text: &str) -> Self {
        let salt = random_bytes::<16>();
        Self {
            salt,
            digest: salted(&salt, text),
        }
    }

    /// Whether it is this one, compared in constant time.
    pub(crate) fn is(&self, offered: &str) -> bool {
        qaqpa_crypto::constant_time_eq(&self.digest, &salted(&self.salt, offered))
    }
}

fn salted(salt: &[u8; 16], password: &str) -> [u8; 32] {
    let mut bytes = salt.to_vec();
    bytes.extend_from_slice(password.as_bytes());
    sha256(&bytes)
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
