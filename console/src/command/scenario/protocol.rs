//! The protocol of a run: sealed by the authority's time stamp, checked, and played again.

use std::io::Read as _;
use std::path::Path;

use qaqpa_crypto::DigestAlgorithm;
use qaqpa_regulations::Catalogue;
use qaqpa_runner::{Build, Protocol, Report, Scenario};
use qaqpa_transport::{Clock, ClockState, paths};
use qaqpa_x509::TrustAnchors;
use qaqpa_x509::tsp::{self, Stamp};
use serde_json::json;

use super::malformed;
use super::stage::Stage;
use crate::cli::{Format, Replay};
use crate::command::stamping::Stamper;
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output};

/// The protocol's name in the folder of reports.
pub(super) const FILE: &str = "protocol.json";

/// The name of its seal.
pub(super) const SEAL: &str = "protocol.tsr";

/// A protocol, and what the authority gave for it.
pub(super) struct Sealed {
    pub(super) protocol: Protocol,
    /// The token over its bytes (RFC 3161), or why there is none.
    pub(super) token: Result<Vec<u8>, Failure>,
}

/// The protocol of what was played on this stage, sealed by the stage's authority.
pub(super) async fn seal(report: &Report, stage: &Stage) -> Result<Sealed, Failure> {
    let protocol =
        Protocol::of(report, stage.stand.catalogue(), this_build()?).map_err(Failure::own)?;
    let token = stamped(&protocol, stage).await;
    Ok(Sealed { protocol, token })
}

async fn stamped(protocol: &Protocol, stage: &Stage) -> Result<Vec<u8>, Failure> {
    let clock = ClockState::load(&stage.data).map_err(Failure::own)?;
    let at = Clock::with_offset(clock.offset_ms).now();
    let url = &stage.stand.endpoints().nca.tsp;
    let stamper = Stamper::of(&stage.data, Some(url), at)?;
    stamper.stamp(protocol.bytes()).await.map_err(|failure| {
        failure.remedy("the reports are written; without its seal nobody can tell when the protocol was made: play again when the authority answers")
    })
}

/// This program, by its version and its file.
fn this_build() -> Result<Build, Failure> {
    let mut hasher = DigestAlgorithm::Sha256.hasher();
    let program = std::env::current_exe().map_err(Failure::own)?;
    let mut file = std::fs::File::open(program).map_err(Failure::own)?;
    let mut part = vec![0; 64 * 1024];
    loop {
        let read = file.read(&mut part).map_err(Failure::own)?;
        if read == 0 {
            break;
        }
        hasher.update(part.get(..read).unwrap_or_default());
    }
    Ok(Build::new(env!("CARGO_PKG_VERSION"), &hasher.finish()))
}

/// Checks the seal; unless that is all, plays the same again and holds one against the other.
pub(super) async fn replay(
    settings: &Settings,
    catalogue: Catalogue,
    mut known: Vec<Scenario>,
    options: &Replay,
    format: Format,
) -> Outcome {
    if !matches!(format, Format::Text | Format::Json) {
        return Err(Failure::usage(
            "`qaqpa scenario replay` has --format text and json",
        ));
    }
    let bytes = key_input::read_file(&options.file)?;
    let in_file = |error: &dyn std::fmt::Display| format!("{}: {error}", options.file.display());
    let told = Protocol::read(&bytes).map_err(|error| Failure::no(in_file(&error)))?;
    let stamp = sealed_by(settings, options, &bytes)?;
    let here = this_build()?;
    let differences = if options.seal_only {
        None
    } else {
        for path in &options.scenarios {
            let more = match path.is_dir() {
                true => Scenario::of_folder(path, &catalogue),
                false => Scenario::of_file(path, &catalogue),
            };
            known.extend(more.map_err(malformed)?);
        }
        let chosen = told.choose(&known).map_err(|wrong| {
            Failure::no(in_file(&wrong.join("\n")))
                .remedy("name the scenarios that were played with --scenarios PATH, or take the version that has them")
        })?;
        let against = options.against.as_deref();
        let (stage, report) = Stage::play(settings, &catalogue, against, &chosen).await?;
        stage.clear().await;
        let again = Protocol::of(&report, &catalogue, here.clone()).map_err(Failure::own)?;
        Some(told.differences(&again))
    };
    let is_same = differences.as_ref().is_none_or(Vec::is_empty);
    if format == Format::Json {
        output::say_json(&json!({
            "ok": is_same,
            "seal": {"at": stamp.gen_time.to_string(), "authority": stamp.tsa.issuer_name(), "serial": stamp.tsa.serial_hex()},
            "scenarios": told.len(),
            "played": differences.is_some(),
            "differences": differences.unwrap_or_default(),
            "build": {"then": told.build(), "now": here},
        }))?;
    } else {
        tell(&told, &stamp, &here, differences.as_deref());
    }
    Ok(if is_same { Exit::Yes } else { Exit::No })
}

fn tell(told: &Protocol, stamp: &Stamp, here: &Build, differences: Option<&[String]>) {
    output::say(format_args!(
        "sealed at {} by certificate {} of {}",
        stamp.gen_time,
        stamp.tsa.serial_hex(),
        stamp.tsa.issuer_name()
    ));
    if told.build() != here {
        output::say(format_args!(
            "played by another build: version {}, SHA-256 {}",
            told.build().version,
            told.build().sha256
        ));
    }
    let count = told.len();
    match differences {
        None => output::say(format_args!("{count} played then, not again now")),
        Some([]) => output::say(format_args!("{count} played again: the same")),
        Some(found) => {
            output::say(format_args!("{count} played again:"));
            for difference in found {
                output::say(format_args!("  {difference}"));
            }
        }
    }
}

/// The stamp that seals these bytes, of an authority that is trusted.
fn sealed_by(settings: &Settings, options: &Replay, bytes: &[u8]) -> Result<Stamp, Failure> {
    let seal = options
        .seal
        .clone()
        .unwrap_or_else(|| options.file.with_extension("tsr"));
    let token = key_input::read_file(&seal)?;
    let trust = options
        .trust
        .clone()
        .unwrap_or_else(|| paths::trust_signature(&settings.data));
    let anchors = anchors(&trust)?;
    tsp::verify_kept(&token, bytes, &anchors, &settings.limits).map_err(|error| {
        let failure = Failure::no(format!("{}: {error}", seal.display()));
        match error {
            tsp::Unproven::Authority(_) => failure.remedy(format!(
                "{} holds the authorities that are trusted here; --trust FILE names those of the simulator that played",
                trust.display()
            )),
            _ => failure,
        }
    })
}

fn anchors(trust: &Path) -> Result<TrustAnchors, Failure> {
    let pem = key_input::read_file(trust).map_err(|failure| {
        failure.remedy("--trust FILE names the authorities of the simulator that played: its trust/signature.pem")
    })?;
    TrustAnchors::from_pem(&pem)
        .map_err(|error| Failure::usage(format!("{}: {error}", trust.display())))
}
