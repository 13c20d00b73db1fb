//! `qaqpa verify`: the verdict about a signed document, or the same verdict again from a capsule.

mod show;

use std::fmt::Display;
use std::path::Path;

use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Actor, Lang, Limits, Moment};
use qaqpa_transport::{ClientLimits, Clock, ClockState, HttpClient, paths, registry};
use qaqpa_verdict::{Capsule, Known, Matter, Policy, Signatures, Subject, SubjectKind, Verdict};
use qaqpa_x509::TrustAnchors;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::Profile;

use crate::cli::{Format, Verify, VerifyProfile};
use crate::exit::{Failure, Outcome};
use crate::key_input;
use crate::settings::Settings;

use self::show::Examined;

/// Examines the document; exit 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE.
pub(crate) async fn run(settings: &Settings, options: &Verify, format: Format) -> Outcome {
    let limits = settings.limits;
    if options.capsule {
        return again(options, format, settings.lang, &limits);
    }
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
    let policy = match &options.policy {
        None => Policy::default(),
        Some(path) => policy(path)?,
    };
    let examiner = examiner_by(policy, &settings.data, &trust, settings.limits, clock)?;
    let parsed = Document::parse(&bytes, &XmlLimits::default());
    if let (Some(profile), Ok(document)) = (options.profile, &parsed) {
        let profile = profile.into();
        let verdicts = each(&examiner, document, profile, at, &limits).await;
        let matter = Matter::Signatures {
            document: bytes,
            profile,
        };
        let examined = Examined {
            matter: &matter,
            verdicts,
        };
        return show::show(examined, options, format, settings.lang, &limits);
    }
    let subject = match &parsed {
        Ok(document) if document.root().name() == "Envelope" => Subject::Transport(document),
        Ok(document) => Subject::Document(document),
        Err(error) => Subject::NotXml {
            kind: SubjectKind::Document,
            error,
        },
    };
    let kind = subject.kind();
    let (verdict, proven) = examiner.examine(subject, at).await;
    let verdict = show::with_consumed(verdict, proven.as_ref(), &limits);
    let matter = match kind {
        SubjectKind::Transport => Matter::Transport(bytes),
        _ => Matter::Document(bytes),
    };
    if let Some(path) = &options.write_capsule {
        let capsule = examiner.capsule(matter.clone(), &verdict);
        std::fs::write(path, capsule.to_json())
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    let examined = Examined {
        matter: &matter,
        verdicts: vec![verdict],
    };
    show::show(examined, options, format, settings.lang, &limits)
}

/// Every signature of a profile: a verdict each, in the order of the text.
async fn each(
    examiner: &Examiner,
    document: &Document,
    profile: Profile,
    at: Moment,
    limits: &Limits,
) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let signatures = Signatures::find(document, profile, limits);
    for subject in signatures.subjects() {
        let (verdict, proven) = examiner.examine(subject, at).await;
        verdicts.push(show::with_consumed(verdict, proven.as_ref(), limits));
    }
    verdicts
}

/// The verdict of a capsule: by the anchors of a file, or else by those that it brings along.
fn again(options: &Verify, format: Format, lang: Lang, limits: &Limits) -> Outcome {
    let refused = |error| Failure::no(format!("{}: {error}", options.file.display()));
    let bytes = key_input::read_capsule(&options.file)?;
    let capsule = Capsule::parse(&bytes).map_err(refused)?;
    let trusted = options.trust.as_deref().map(anchors).transpose()?;
    let examined = Examined {
        matter: capsule.matter(),
        verdicts: capsule.judge_each_reading(trusted.as_ref(), |verdict, proven| {
            show::with_consumed(verdict, proven, limits)
        }),
    };
    show::show(examined, options, format, lang, limits)
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    let complain = |error: &dyn Display| Failure::usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(&error))?;
    Policy::parse(&text).map_err(|error| complain(&error))
}

fn anchors(trust: &Path) -> Result<TrustAnchors, Failure> {
    let pem = std::fs::read(trust).map_err(|error| {
        Failure::usage(format!("{}: {error}", trust.display()))
            .remedy("name the trusted authorities with --trust FILE, or the simulator's folder with --data DIR")
    })?;
    TrustAnchors::from_pem(&pem)
        .map_err(|error| Failure::usage(format!("{}: {error}", trust.display())))
}

/// An examiner that trusts this file and asks the running authority, or else the addresses in certificates.
pub(crate) fn examiner(
    data: &Path,
    trust: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<Examiner, Failure> {
    examiner_by(Policy::default(), data, trust, limits, clock)
}

fn examiner_by(
    policy: Policy,
    data: &Path,
    trust: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<Examiner, Failure> {
    let anchors = anchors(trust)?;
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
        policy,
        limits,
        clock,
    ))
}

impl From<VerifyProfile> for Profile {
    fn from(profile: VerifyProfile) -> Self {
        match profile {
            VerifyProfile::ById => Self::ById,
            VerifyProfile::Detached => Self::Detached,
            VerifyProfile::Enveloped => Self::Enveloped,
            VerifyProfile::Wsse => Self::Wsse,
        }
    }
}
