//! `qaqpa verify`: the verdict about a signed document.

use std::path::Path;

use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Actor, Limits, Moment};
use qaqpa_transport::{ClientLimits, Clock, ClockState, HttpClient, paths, registry};
use qaqpa_verdict::{Indication, Known, Policy, Subject};
use qaqpa_x509::TrustAnchors;
use qaqpa_xml::{Document, XmlLimits};

use crate::cli::{Format, Verify};
use crate::exit::{Exit, Failure, Outcome};
use crate::settings::Settings;
use crate::{key_input, output};

/// Examines the document; exit 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE.
pub(crate) async fn run(settings: &Settings, options: &Verify, format: Format) -> Outcome {
    let bytes = key_input::read_file(&options.file)?;
    let clock = Clock::with_offset(
        ClockState::load(&settings.data)
            .map_err(Failure::own)?
            .offset_ms,
    );
    let at = match &options.at {
        None => clock.now(),
        Some(text) => Moment::parse(text).map_err(Failure::usage)?,
    };
    let trust = options
        .trust
        .clone()
        .unwrap_or_else(|| paths::trust_signature(&settings.data));
    let examiner = examiner(&settings.data, &trust, settings.limits, clock)?;
    let document = Document::parse(&bytes, &XmlLimits::default())
        .map_err(|error| Failure::no(format!("{}: {error}", options.file.display())))?;
    let subject = if document.root().name() == "Envelope" {
        Subject::Transport(&document)
    } else {
        Subject::Document(&document)
    };
    let (verdict, _) = examiner.examine(subject, at).await;
    match format {
        Format::Json => output::say(verdict.to_json()),
        _ => output::say(verdict.to_text()),
    }
    Ok(match verdict.indication {
        Indication::TotalPassed => Exit::Yes,
        Indication::TotalFailed => Exit::No,
        Indication::Indeterminate => Exit::Undecided,
    })
}

/// An examiner that trusts this file and asks the running authority, or else the addresses in certificates.
pub(crate) fn examiner(
    data: &Path,
    trust: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<Examiner, Failure> {
    let pem = std::fs::read(trust).map_err(|error| {
        Failure::usage(format!("{}: {error}", trust.display()))
            .remedy("name the trusted authorities with --trust FILE, or the simulator's folder with --data DIR")
    })?;
    let anchors = TrustAnchors::from_pem(&pem)
        .map_err(|error| Failure::usage(format!("{}: {error}", trust.display())))?;
    let pool = anchors.intermediates().to_vec();
    let record = registry::read(data, Actor::Nca).map_err(Failure::own)?;
    let nca = record.and_then(|record| {
        Some(NcaAddresses {
            ocsp: record.addresses.get("ocsp")?.clone(),
            crl: record.addresses.get("crl-rsa")?.clone(),
        })
    });
    let client = HttpClient::plain(ClientLimits::default());
    Ok(Examiner::new(
        &client,
        nca,
        Known { anchors, pool },
        Policy::default(),
        limits,
        clock,
    ))
}
