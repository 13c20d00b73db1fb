//! What `qaqpa verify` shows: one run, and the reports that are asked for.

use std::path::Path;

use qaqpa_model::{Lang, Limits, Moment};
use qaqpa_verdict::report::{self, Kind, Overlay};
use qaqpa_verdict::{Indication, Matter, Proven, Verdict, diagnose, profile_of, worst};
use qaqpa_wire::namespace::DOCUMENT;
use qaqpa_wire::{Application, ResultDocument};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, FoundSignature, Ledger, Profile, Work, find_all_nested};

use crate::cli::{Format, Report, Verify};
use crate::exit::{Exit, Failure, Outcome};
use crate::output;

/// What was examined, with the verdict about each of its signatures.
pub(super) struct Examined<'a> {
    pub(super) matter: &'a Matter,
    pub(super) verdicts: Vec<Verdict>,
}

impl Examined<'_> {
    /// The document and where its signatures stand, if it is one that can be drawn.
    fn document(&self) -> Option<(Document, Profile)> {
        let (bytes, profile) = match self.matter {
            Matter::Document(bytes) => (bytes, Profile::Enveloped),
            Matter::Signatures { document, profile } => (document, *profile),
            Matter::Transport(bytes) => (bytes, Profile::Wsse),
            _ => return None,
        };
        let document = Document::parse(bytes, &XmlLimits::default()).ok()?;
        Some((document, profile))
    }
}

/// The verdict with what the gateway would read of the document, where it is an application or a result with one signature over
/// all of it: the gateway reads no other.
pub(super) fn with_consumed(
    verdict: Verdict,
    proven: Option<&Proven<'_>>,
    matter: &Matter,
    limits: &Limits,
) -> Verdict {
    let (Some(proven), Matter::Document(_)) = (proven, matter) else {
        return verdict;
    };
    let ledger = Ledger::default();
    let covered = proven.covered.noted_in(&ledger);
    // Whether it follows its schema is the gateway's question; what was read until then was read.
    if proven.covered.root().is(DOCUMENT, "application") {
        Application::read(&covered, limits).ok();
    } else if proven.covered.root().is(DOCUMENT, "result") {
        ResultDocument::read(&covered).ok();
    }
    verdict.with_consumed(&covered)
}

/// Whether the gateway reads documents of this root: it takes one signature, over all of it.
fn is_consumed_whole(document: &Document) -> bool {
    let root = document.root();
    ["application", "result"]
        .iter()
        .any(|name| root.is(DOCUMENT, name))
}

/// The matter as its consumer takes it: an application or a result is no file whose signature chooses what it is about.
pub(super) fn as_consumed(matter: Matter, limits: &Limits) -> Matter {
    match matter {
        Matter::Signatures { document, profile } => {
            let parsed = Document::parse(&document, &xml_limits(limits));
            match parsed.is_ok_and(|parsed| is_consumed_whole(&parsed)) {
                true => Matter::Document(document),
                false => Matter::Signatures { document, profile },
            }
        }
        other => other,
    }
}

/// What to do where a signature is refused for what it is not about.
pub(super) fn remedy_of_scope(matter: &Matter, limits: &Limits) -> Option<&'static str> {
    let Matter::Document(bytes) = matter else {
        return None;
    };
    let document = Document::parse(bytes, &xml_limits(limits)).ok()?;
    match profile_of(&document) {
        _ if is_consumed_whole(&document) => None,
        Profile::ById => Some(
            "sign the whole document, or, where nothing but the signed element is used of it, give --profile by-id",
        ),
        Profile::Detached => Some(
            "sign the whole document, or, where nothing but the signed elements is used of it, give --profile detached",
        ),
        Profile::Enveloped | Profile::Wsse => None,
    }
}

const fn xml_limits(limits: &Limits) -> XmlLimits {
    XmlLimits {
        bytes_max: limits.body_bytes_max,
        depth_max: limits.xml_depth_max,
        elements_max: limits.xml_elements_max,
        attributes_max: limits.xml_attributes_max,
    }
}

/// Shows the reports; the exit code is that of the worst verdict. `now` is the moment of this run.
pub(super) fn show(
    mut examined: Examined<'_>,
    options: &Verify,
    format: Format,
    lang: Lang,
    limits: &Limits,
    now: Moment,
) -> Outcome {
    let parsed = examined.document();
    let bounds = Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    };
    let found = parsed.as_ref().and_then(|(document, profile)| {
        let found = find_all_nested(document, *profile, &bounds).ok()?;
        Some((document, found))
    });
    if let Some((_, found)) = &found {
        tell_causes(found, &mut examined.verdicts);
        if let Some(folder) = &options.canonical {
            write_canonical(found, folder)?;
        }
    }
    let verdicts = examined.verdicts.as_slice();
    // Drawn only where it is shown: it is made of all the document.
    let is_drawn = match (format, options.report) {
        (Format::Etsi | Format::Json, _) => false,
        (Format::Html, asked) => asked.is_none(),
        (_, asked) => matches!(asked, None | Some(Report::Scope)),
    };
    let overlay = found
        .as_ref()
        .filter(|_| is_drawn)
        .map(|(document, found)| draw(document, found, verdicts));
    match (format, options.report) {
        (Format::Etsi, None) => output::say(report::etsi(verdicts, now)),
        (Format::Html, None) => output::say(report::page(verdicts, overlay.as_ref(), lang)),
        (Format::Etsi | Format::Html, Some(_)) => {
            return Err(Failure::usage(
                "--format etsi and html are whole reports: leave --report out",
            ));
        }
        (Format::Json, None) => output::say(as_json(verdicts)),
        (Format::Json, Some(Report::Scope)) => {
            return Err(Failure::usage(
                "the scope is drawn as text or html; as data it is `consumed` and `scope` of the verdict: --format json without --report",
            ));
        }
        (Format::Json, Some(asked)) => output::say(report::json(asked.kind(), verdicts, lang)),
        (_, asked) => output::say(as_text(verdicts, overlay.as_ref(), asked, lang)),
    }
    Ok(match worst(verdicts).map(|verdict| verdict.indication) {
        Some(Indication::TotalPassed) => Exit::Yes,
        Some(Indication::Indeterminate) => Exit::Undecided,
        Some(Indication::TotalFailed) | None => Exit::No,
    })
}

/// Looks for the cause of each digest that differs, all within the measure of one document.
fn tell_causes(found: &[FoundSignature<'_>], verdicts: &mut [Verdict]) {
    let mut work = Work::default();
    for (found, verdict) in found.iter().zip(verdicts) {
        if !verdict.is_passed() {
            verdict.diagnosis = diagnose(found, &mut work);
        }
    }
}

fn draw<'d>(document: &'d Document, found: &[FoundSignature<'d>], verdicts: &[Verdict]) -> Overlay {
    // Where one verdict is about several signatures, it says that there are too many.
    let of = |place: usize| verdicts.get(place).or(verdicts.last());
    let signatures: Vec<_> = found
        .iter()
        .enumerate()
        .filter_map(|(place, found)| Some((found, of(place)?)))
        .collect();
    Overlay::draw(document, &signatures)
}

/// The verdict as it is stored; of several signatures, a list.
fn as_json(verdicts: &[Verdict]) -> String {
    match verdicts {
        [verdict] => verdict.to_json(),
        several => {
            let all: Vec<_> = several.iter().map(Verdict::to_json).collect();
            format!("[{}]", all.join(",\n"))
        }
    }
}

/// One report, or else what most people want: the simple one, the signed scope, and each check.
fn as_text(
    verdicts: &[Verdict],
    overlay: Option<&Overlay>,
    asked: Option<Report>,
    lang: Lang,
) -> String {
    let scope = || overlay.map(|overlay| overlay.text(lang));
    let parts = match asked {
        Some(Report::Scope) => vec![scope().unwrap_or_default()],
        Some(asked) => vec![report::text(asked.kind(), verdicts, lang)],
        None => {
            let mut parts = vec![report::text(Kind::Simple, verdicts, lang)];
            parts.extend(scope());
            parts.push(report::text(Kind::Detailed, verdicts, lang));
            parts
        }
    };
    parts.join("\n").trim_end().to_owned()
}

/// Writes the canonical octets of each reference into a folder: the very ones that are digested.
fn write_canonical(found: &[FoundSignature<'_>], folder: &Path) -> Result<(), Failure> {
    let complain = |error: std::io::Error| Failure::usage(format!("{}: {error}", folder.display()));
    std::fs::create_dir_all(folder).map_err(complain)?;
    for (place, found) in found.iter().enumerate() {
        for number in 0..found.extents().len() {
            if let Some(octets) = found.canonical_octets(number) {
                let name = format!("signature-{}-reference-{}.c14n", place + 1, number + 1);
                std::fs::write(folder.join(name), octets).map_err(complain)?;
            }
        }
    }
    Ok(())
}

impl Report {
    /// The report of the verdict; the scope is drawn, and has none.
    const fn kind(self) -> Kind {
        match self {
            Self::Facts => Kind::Facts,
            Self::Detailed | Self::Scope => Kind::Detailed,
            Self::Simple => Kind::Simple,
        }
    }
}
