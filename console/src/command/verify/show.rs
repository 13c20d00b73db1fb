//! What `qaqpa verify` shows: one run, and the reports that are asked for.

mod octets;

use qaqpa_model::{Bin, Iin, Lang, Limits, Moment, RefusalLabel};
use qaqpa_verdict::report::{self, Advice, Kind, Overlay};
use qaqpa_verdict::{
    Indication, JudgedAs, Matter, Proven, SignedMessage, Verdict, diagnose, worst,
};
use qaqpa_wire::namespace::DOCUMENT;
use qaqpa_wire::{Application, DocumentError, Organisation, ResultDocument};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, Covered, FoundSignature, Ledger, Profile, Work, find_all_nested};

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

/// Whom the certificate is compared with, where the file itself names nobody.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Named {
    pub(super) submitter: Option<Iin>,
    pub(super) organisation: Option<Bin>,
}

impl Named {
    pub(super) const fn is_anybody(&self) -> bool {
        self.submitter.is_some() || self.organisation.is_some()
    }
}

/// The verdict as the file's consumer has it: each signature over all of an application or a result, whatever the profile by which it
/// was found, with what the gateway would read and what it would ask of the signer; any other file with what the examiner asks.
pub(super) fn as_answered(
    verdict: Verdict,
    proven: Option<&Proven<'_>>,
    named: &Named,
    limits: &Limits,
) -> Verdict {
    let verdict = match proven {
        Some(proven) => as_admitted(verdict, proven, named, limits),
        None => as_named(verdict, named),
    };
    verdict.with_unasked()
}

/// What the command's caller asks.
fn as_named(mut verdict: Verdict, named: &Named) -> Verdict {
    if let Some(submitter) = &named.submitter {
        verdict = verdict.with_submitter(submitter);
    }
    if let Some(organisation) = &named.organisation {
        verdict = verdict.with_organisation(organisation);
    }
    verdict
}

/// Whom a document names, where it is one that should.
#[derive(PartialEq)]
struct Names {
    submitter: Iin,
    /// `None` of a result: an officer decides in the name of the state, and the unit stands in it.
    acts: Option<Option<Organisation>>,
}

/// Why it is not known whom a document names.
struct Unread {
    label: RefusalLabel,
    why: String,
}

/// Whom the applications and results among what was signed name, or why that cannot be read; of any other document nothing is asked.
///
/// Of several all name the same, or nobody knows for whom the signature is.
fn names(
    verdict: &Verdict,
    covered: &Covered<'_>,
    limits: &Limits,
) -> Option<Result<Names, Unread>> {
    let parts = covered.each_content();
    let named = parts.filter_map(|part| names_of(verdict, &part, limits));
    named.reduce(|first, other| {
        let first = first?;
        if first == other? {
            return Ok(first);
        }
        Err(Unread {
            label: RefusalLabel::ApplicationMalformed,
            why: "the signed parts do not name the same submitter".to_owned(),
        })
    })
}

/// Of one part. As the gateway reads them: what is called so and is in another name space is an application that does not read. Of a part
/// of a file that only holds for the name itself.
fn names_of(
    verdict: &Verdict,
    covered: &Covered<'_>,
    limits: &Limits,
) -> Option<Result<Names, Unread>> {
    let unread = |error: DocumentError| Unread {
        label: error.label(),
        why: error.to_string(),
    };
    let root = covered.root();
    if root.is(DOCUMENT, "result") {
        let read = ResultDocument::read(covered).map(|result| Names {
            submitter: result.submitter,
            acts: None,
        });
        return Some(read.map_err(unread));
    }
    let is_whole = verdict.profile == Some(JudgedAs::Enveloped);
    let is_called = is_whole && NAMES.contains(&root.name());
    (is_called || root.is(DOCUMENT, "application")).then(|| {
        let read = Application::read(covered, limits).map(|application| Names {
            submitter: application.submitter,
            acts: Some(application.organisation),
        });
        read.map_err(unread)
    })
}

/// What the gateway asks where it admits a document. One that it cannot read it refuses, and whom it names nobody knows.
fn as_admitted(
    mut verdict: Verdict,
    proven: &Proven<'_>,
    named: &Named,
    limits: &Limits,
) -> Verdict {
    let ledger = Ledger::default();
    let covered = proven.covered.noted_in(&ledger);
    verdict = match names(&verdict, &covered, limits) {
        None => as_named(verdict, named),
        Some(Err(unread)) => as_named(verdict, named).with_fields_unread(unread.label, &unread.why),
        Some(Ok(names)) => {
            let verdict = verdict.with_submitter(&names.submitter);
            match &names.acts {
                Some(Some(organisation)) => acting_for(verdict, organisation),
                Some(None) => verdict.with_no_organisation(),
                None => verdict,
            }
        }
    };
    verdict.with_consumed(&covered)
}

fn acting_for(verdict: Verdict, organisation: &Organisation) -> Verdict {
    let verdict = verdict.with_organisation(&organisation.bin);
    match organisation.role {
        Some(role) if verdict.is_passed() => verdict.with_role(role.as_str()),
        _ => verdict,
    }
}

/// Whether the file itself names whom its signer is compared with. One that does not read names nobody.
pub(super) fn names_submitter(
    verdict: &Verdict,
    proven: Option<&Proven<'_>>,
    limits: &Limits,
) -> bool {
    let read = proven.and_then(|proven| names(verdict, &proven.covered, limits));
    matches!(read, Some(Ok(_)))
}

/// What the gateway reads.
const NAMES: [&str; 2] = ["application", "result"];

/// Whether the gateway reads documents of this root: it takes one signature, over all of it.
fn is_consumed_whole(document: &Document) -> bool {
    let root = document.root();
    NAMES.iter().any(|name| root.is(DOCUMENT, name))
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
    } else if let Matter::Cms { message, content } = examined.matter {
        let message = SignedMessage::read(message, content.as_deref(), limits);
        for (place, verdict) in examined.verdicts.iter_mut().enumerate() {
            if !verdict.is_passed() {
                verdict.diagnosis = message.diagnose(place);
            }
        }
    }
    if let Some(folder) = &options.canonical {
        octets::write(
            examined.matter,
            found.as_ref().map(|(_, found)| &found[..]),
            folder,
        )?;
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
    if !says_what_to_do(format, options.report) {
        tell_remedies(verdicts, lang);
    }
    Ok(match worst(verdicts).map(|verdict| verdict.indication) {
        Some(Indication::TotalPassed) => Exit::Yes,
        Some(Indication::Indeterminate) => Exit::Undecided,
        Some(Indication::TotalFailed) | None => Exit::No,
    })
}

/// Whether what is shown says what to do: data do not, and the reports for reviewers do not.
fn says_what_to_do(format: Format, asked: Option<Report>) -> bool {
    match format {
        Format::Html => true,
        Format::Etsi => false,
        Format::Json => asked == Some(Report::Simple),
        _ => matches!(asked, None | Some(Report::Simple)),
    }
}

/// The simple report's words about the verdict that decided, beside a report that has none.
fn tell_remedies(verdicts: &[Verdict], lang: Lang) {
    if let Some(verdict) = worst(verdicts) {
        for remedy in report::simple(verdict, lang).remedies {
            output::progress(format!("{}: {remedy}", Advice::what_to_do(lang)));
        }
    }
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

/// A message, a certificate, and what is no XML or has no signature.
const NO_TREE: &str = "No tree can be drawn: the file is no XML document with a signature. `--report facts` says what it is, and `--report detailed` why.";

/// One report, or else what most people want: the simple one, the signed scope, and each check.
fn as_text(
    verdicts: &[Verdict],
    overlay: Option<&Overlay>,
    asked: Option<Report>,
    lang: Lang,
) -> String {
    let scope = || overlay.map(|overlay| overlay.text(lang));
    let parts = match asked {
        Some(Report::Scope) => vec![scope().unwrap_or_else(|| NO_TREE.to_owned())],
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
