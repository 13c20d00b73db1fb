//! Three reports from one run, for three readers.
//!
//! | report | for | says |
//! |---|---|---|
//! | [`Simple`] | whoever holds the document | who signed, when, the verdict, the reasons, the remedy; in kk, ru, en |
//! | [`Detailed`] | a reviewer | each check with its rules, its evidence, its clause and its outcome |
//! | [`Facts`] | who judges anew | document, signatures, references, certificates and evidence with digests and times; no judgement |
//!
//! All three, and the ETSI TS 119 102-2 report ([`etsi()`]), are drawn from the stored [`Verdict`]: nothing is examined here.
//! The drawing of the signed scope ([`Overlay`]) needs the document as well.
//!
//! Personal numbers are masked in all of them; certificates in the ETSI report are whole where the verdict has its dossier.

mod detailed;
mod etsi;
mod facts;
mod html;
mod overlay;
mod simple;
mod words;

use qaqpa_model::{Lang, RefusalLabel};
use serde::Serialize;

pub use detailed::{Detailed, DetailedCheck, DetailedRule, EvidenceNote, detailed};
pub use etsi::{OWN_CONSTRAINT, OWN_SUB_INDICATION, etsi};
pub use facts::{Facts, FactsEvidence, FactsSignature, facts};
pub use html::page;
pub use overlay::{Mark, Overlay};
pub use simple::{Simple, SimpleSigner, simple};

use crate::indication::Indication;
use crate::rules::Rule;
use crate::signatures::worst;
use crate::text::{clean, paragraph};
use crate::verdict::{JudgedAs, TrustSource, Verdict};

/// The version of the reports' shapes.
pub const VERSION: u16 = 1;

/// What a refusal means for a person, and what to do about it, where nothing but its label is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    /// Why.
    pub reason: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

impl Advice {
    /// The words of a label.
    #[must_use]
    pub fn of(label: RefusalLabel, lang: Lang) -> Self {
        let words = words::labels::of(label);
        Self {
            reason: words.reason.of(lang),
            remedy: words.remedy.of(lang),
        }
    }

    /// The heading of the remedy: `What to do`.
    #[must_use]
    pub const fn what_to_do(lang: Lang) -> &'static str {
        words::phrases::REMEDY.of(lang)
    }

    /// The heading of what stands there in English: `Technical detail`.
    #[must_use]
    pub const fn technical(lang: Lang) -> &'static str {
        words::phrases::TECHNICAL.of(lang)
    }
}

/// One of the three reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What was found, without judgement.
    Facts,
    /// Each check.
    Detailed,
    /// The verdict in a person's words.
    Simple,
}

impl Kind {
    /// The name in reports: `simple`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Facts => "facts",
            Self::Detailed => "detailed",
            Self::Simple => "simple",
        }
    }
}

/// A report about every signature of one document.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Report<T> {
    version: u16,
    report: &'static str,
    lang: &'static str,
    /// The worst of all, which decides; facts have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    indication: Option<Indication>,
    /// LABORATORY: the checks that were left out or lowered, in a build that can do that; absent in every other build.
    #[serde(skip_serializing_if = "Option::is_none")]
    laboratory: Option<Vec<Rule>>,
    signatures: Vec<T>,
}

/// The report about every signature of a document as JSON (docs/schema/report.schema.json), on several lines.
#[must_use]
pub fn json(kind: Kind, verdicts: &[Verdict], lang: Lang) -> String {
    fn of<T: Serialize>(
        kind: Kind,
        verdicts: &[Verdict],
        lang: Lang,
        signatures: Vec<T>,
    ) -> String {
        let report = Report {
            version: VERSION,
            report: kind.as_str(),
            lang: lang.code(),
            indication: match kind {
                Kind::Facts => None,
                _ => Some(worst(verdicts).map_or(Indication::Indeterminate, |w| w.indication)),
            },
            laboratory: weakened(verdicts),
            signatures,
        };
        serde_json::to_string_pretty(&report)
            .expect("a report has only strings, numbers and lists, and no map with other keys")
    }
    let all = verdicts.iter();
    match kind {
        Kind::Facts => of(kind, verdicts, lang, all.map(facts).collect()),
        Kind::Detailed => of(
            kind,
            verdicts,
            lang,
            all.map(|v| detailed(v, lang)).collect(),
        ),
        Kind::Simple => of(kind, verdicts, lang, all.map(|v| simple(v, lang)).collect()),
    }
}

/// The report about every signature of a document as text.
#[must_use]
pub fn text(kind: Kind, verdicts: &[Verdict], lang: Lang) -> String {
    let mut out = String::new();
    if let Some(weakened) = weakened(verdicts).filter(|_| kind != Kind::Simple) {
        out.push_str(&of_laboratory(&weakened, lang));
        out.push('\n');
    }
    for (place, verdict) in verdicts.iter().enumerate() {
        if place > 0 {
            out.push('\n');
        }
        if verdicts.len() > 1 {
            let name = words::phrases::SIGNATURE_OF.of(lang);
            out.push_str(&format!("{name} {} / {}\n", place + 1, verdicts.len()));
        }
        match kind {
            Kind::Facts => facts(verdict).write(&mut out, lang),
            Kind::Detailed => detailed(verdict, lang).write(&mut out, lang),
            Kind::Simple => simple(verdict, lang).write(&mut out, lang),
        }
    }
    out
}

/// By which profile and by whose anchors it was judged, what is nobody's word, and what nobody looked at.
fn provenance(
    out: &mut String,
    profile: Option<JudgedAs>,
    trust: TrustSource,
    (uncovered, inner_signatures): (&[String], u32),
    lang: Lang,
) {
    use words::phrases;
    let mut say = |what: words::Text, value: &str| {
        paragraph(out, "", &format!("{}: {value}", what.of(lang)));
    };
    if let Some(profile) = profile {
        say(phrases::JUDGED_AS, phrases::profile(profile).of(lang));
    }
    say(phrases::TRUST, phrases::trust(trust).of(lang));
    if !uncovered.is_empty() {
        say(phrases::UNCOVERED, &clean(&uncovered.join(", ")));
    }
    if inner_signatures > 0 {
        say(phrases::INNER_SIGNATURES, &inner_signatures.to_string());
    }
}

/// What the maker of a capsule chose.
pub(crate) fn choices(
    profile: JudgedAs,
    has_submitter: bool,
    has_organisation: bool,
    has_limits: bool,
    lang: Lang,
) -> String {
    let profile = profile.as_str();
    let (says, profile, moment, policy, submitter, organisation, limits) = match lang {
        Lang::Kk => (
            "капсулада айтылғандай тексерілді; мыналарды капсуланы жасаған адам таңдаған",
            format!("{profile} профилі"),
            "тексерілетін сәт",
            "саясат",
            "тапсырушы",
            "ұйым",
            "шектеулер",
        ),
        Lang::Ru => (
            "проверено так, как задано в капсуле; её составитель выбрал",
            format!("профиль {profile}"),
            "момент",
            "политику",
            "подающего",
            "организацию",
            "ограничения",
        ),
        Lang::En => (
            "judged as the capsule says; whoever made it chose",
            format!("the profile {profile}"),
            "the moment",
            "the policy",
            "the submitter",
            "the organisation",
            "limits of its own",
        ),
    };
    let mut chosen = vec![profile.as_str(), moment, policy];
    chosen.extend(has_submitter.then_some(submitter));
    chosen.extend(has_organisation.then_some(organisation));
    chosen.extend(has_limits.then_some(limits));
    format!("{says}: {}", chosen.join(", "))
}

/// What was left out or lowered for any of them, where the build can do that.
fn weakened(verdicts: &[Verdict]) -> Option<Vec<Rule>> {
    let mut all: Vec<Rule> = Vec::new();
    let mut is_laboratory = false;
    for rules in verdicts
        .iter()
        .filter_map(|verdict| verdict.laboratory.as_ref())
    {
        is_laboratory = true;
        all.extend(rules);
    }
    all.sort();
    all.dedup();
    is_laboratory.then_some(all)
}

/// The sentence of a laboratory.
fn of_laboratory(weakened: &[Rule], lang: Lang) -> String {
    let names: Vec<_> = weakened.iter().map(|rule| rule.id()).collect();
    let names = match names.as_slice() {
        [] => words::phrases::NONE.of(lang).to_owned(),
        names => names.join(", "),
    };
    format!("{}: {names}.", words::phrases::LABORATORY.of(lang))
}
