//! `qaqpa verify`: the verdict about a signed document, or the same verdict again from a capsule.

mod show;

use std::fmt::Display;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use qaqpa_evidence::{Examiner, NcaAddresses};
use qaqpa_model::{Actor, Bin, Iin, Lang, Limits, Moment};
use qaqpa_transport::{ClientLimits, Clock, ClockState, HttpClient, paths, registry};
use qaqpa_verdict::{Capsule, Known, Matter, Policy};
use qaqpa_x509::{Certificate, TrustAnchors};
use qaqpa_xmldsig::Profile;

use crate::cli::{Format, Verify, VerifyProfile};
use crate::exit::{Failure, Outcome};
use crate::key_input;
use crate::output;
use crate::settings::Settings;

use self::show::{Examined, Named};

/// Said of a capsule before it is written.
const CAPSULE_WARNING: &str = "WARNING: a capsule holds the whole document, with personal data as it stands there, and the certificates \
                               of its signers. Give it only to those who may read that.";

/// Examines the file, every signature of it; exit 0 for TOTAL-PASSED, 1 for TOTAL-FAILED, 2 for INDETERMINATE.
pub(crate) async fn run(settings: &Settings, options: &Verify, format: Format) -> Outcome {
    let limits = settings.limits;
    if matches!(format, Format::Junit | Format::Sarif) {
        return Err(Failure::usage(
            "--format junit and sarif are for scenarios and attacks; of a verdict there are text, json, html and etsi",
        ));
    }
    if options.capsule {
        let now = clock(settings)?.now();
        return again(options, format, settings.lang, now);
    }
    let matter = matter(options, &limits)?;
    let named = named(options)?;
    let clock = clock(settings)?;
    let now = clock.now();
    let at = match &options.at {
        None => now,
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
    let others = options.certificates.as_deref();
    let others = others.map(certificates).transpose()?.unwrap_or_default();
    let examiner = examiner_by(policy, &settings.data, &trust, others, limits, clock)?;
    let mut verdicts = Vec::new();
    {
        let opened = matter.open(&limits);
        let signatures = opened.signatures();
        for subject in opened.subjects(signatures.as_ref()) {
            let (verdict, proven) = examiner.examine(subject, at).await;
            let proven = proven.as_ref();
            if named.is_anybody() && show::names_submitter(&verdict, proven, &limits) {
                return Err(Failure::usage(
                    "an application or a result names its submitter itself: leave --submitter and --organisation out",
                ));
            }
            verdicts.push(show::as_answered(verdict, proven, &named, &limits));
        }
    }
    if let Some(path) = &options.write_capsule {
        let capsule = examiner
            .capsule_each(matter.clone(), &verdicts)
            .map_err(|gap| Failure::own(format!("{}: {gap}", path.display())))?;
        output::progress(CAPSULE_WARNING);
        write_for_its_owner(path, &capsule)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    let examined = Examined {
        matter: &matter,
        verdicts,
    };
    show::show(examined, options, format, settings.lang, &limits, now)
}

/// A file that was there keeps its mode.
fn write_for_its_owner(path: &Path, capsule: &Capsule) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)?.write_all(capsule.to_json().as_bytes())
}

/// What the file is: as it was said to be, or by its bytes alone.
fn matter(options: &Verify, limits: &Limits) -> Result<Matter, Failure> {
    let bytes = key_input::read_file(&options.file)?;
    let content = options.content.as_deref();
    let content = content.map(key_input::read_file).transpose()?;
    let has_content = content.is_some();
    let matter = match options.profile.map(VerifyProfile::in_xml) {
        None => show::as_consumed(Matter::of_file(bytes, content, limits), limits),
        Some(Some(profile)) => Matter::Signatures {
            document: bytes,
            profile,
        },
        Some(None) => match Matter::of_file(bytes.clone(), content.clone(), limits) {
            seems @ Matter::Cms { .. } => seems,
            _ => Matter::Cms {
                message: bytes,
                content,
            },
        },
    };
    if has_content && !matches!(matter, Matter::Cms { .. }) {
        return Err(Failure::usage(format!(
            "--content is for a CMS message, and {} is none",
            options.file.display()
        )));
    }
    Ok(matter)
}

/// Whom the caller has the certificate compared with.
fn named(options: &Verify) -> Result<Named, Failure> {
    Ok(Named {
        submitter: parsed(options.submitter.as_deref(), Iin::parse)?,
        organisation: parsed(options.organisation.as_deref(), Bin::parse)?,
    })
}

fn parsed<T, E: Display>(
    text: Option<&str>,
    parse: fn(&str) -> Result<T, E>,
) -> Result<Option<T>, Failure> {
    text.map(parse).transpose().map_err(Failure::usage)
}

/// The simulator's clock.
fn clock(settings: &Settings) -> Result<Clock, Failure> {
    let state = ClockState::load(&settings.data).map_err(Failure::own)?;
    Ok(Clock::with_offset(state.offset_ms))
}

/// The verdict of a capsule: by the anchors of a file, or else by those that it brings along.
fn again(options: &Verify, format: Format, lang: Lang, now: Moment) -> Outcome {
    let refused = |error| Failure::no(format!("{}: {error}", options.file.display()));
    let bytes = key_input::read_capsule(&options.file)?;
    let capsule = Capsule::parse(&bytes).map_err(refused)?;
    let limits = capsule.limits();
    let trusted = options.trust.as_deref().map(anchors).transpose()?;
    let examined = Examined {
        matter: capsule.matter(),
        verdicts: capsule.judge_each_reading(trusted.as_ref(), |verdict, proven| {
            show::as_answered(verdict, proven, &Named::default(), limits)
        }),
    };
    if let Some(profile) = examined.verdicts.iter().find_map(|verdict| verdict.profile) {
        output::progress(capsule.choices(profile, lang));
    }
    show::show(examined, options, format, lang, limits, now)
}

fn policy(path: &Path) -> Result<Policy, Failure> {
    let complain = |error: &dyn Display| Failure::usage(format!("{}: {error}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| complain(&error))?;
    Policy::parse(&text).map_err(|error| complain(&error))
}

/// Certificates to look signers up in; none of them is trusted for standing there.
fn certificates(path: &Path) -> Result<Vec<Certificate>, Failure> {
    let complain = |error: &dyn Display| Failure::usage(format!("{}: {error}", path.display()));
    let pem = std::fs::read(path).map_err(|error| complain(&error))?;
    Certificate::chain_from_file(&pem).map_err(|error| complain(&error))
}

fn anchors(trust: &Path) -> Result<TrustAnchors, Failure> {
    let pem = std::fs::read(trust).map_err(|error| {
        Failure::usage(format!("{}: {error}", trust.display()))
            .remedy("name the trusted authorities with --trust FILE, or the simulator's folder with --data DIR")
    })?;
    TrustAnchors::from_file(&pem)
        .map_err(|error| Failure::usage(format!("{}: {error}", trust.display())))
}

/// An examiner that trusts this file and asks the running authority, or else the addresses in certificates.
pub(crate) fn examiner(
    data: &Path,
    trust: &Path,
    limits: Limits,
    clock: Clock,
) -> Result<Examiner, Failure> {
    examiner_by(Policy::default(), data, trust, Vec::new(), limits, clock)
}

fn examiner_by(
    policy: Policy,
    data: &Path,
    trust: &Path,
    others: Vec<Certificate>,
    limits: Limits,
    clock: Clock,
) -> Result<Examiner, Failure> {
    let anchors = anchors(trust)?;
    let mut pool = anchors.intermediates().to_vec();
    pool.extend(others);
    let record = registry::read(data, Actor::Nca).map_err(Failure::own)?;
    let nca = record.and_then(|record| {
        Some(NcaAddresses {
            ocsp: record.addresses.get("ocsp")?.clone(),
            crl: record.addresses.get("crl-rsa")?.clone(),
        })
    });
    let client = HttpClient::plain(ClientLimits::default()).reaching_actors_of(data);
    Ok(Examiner::new(
        &client,
        nca,
        Known { anchors, pool },
        policy,
        limits,
        clock,
    ))
}

impl VerifyProfile {
    /// The profile of XML signatures; a message has none.
    const fn in_xml(self) -> Option<Profile> {
        match self {
            Self::ById => Some(Profile::ById),
            Self::Cms => None,
            Self::Detached => Some(Profile::Detached),
            Self::Enveloped => Some(Profile::Enveloped),
            Self::Wsse => Some(Profile::Wsse),
        }
    }
}
