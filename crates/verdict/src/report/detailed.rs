//! The detailed report: each check with its rules, its evidence, its clause and its outcome.

use std::fmt::Write as _;

use qaqpa_model::{Lang, RefusalLabel};
use serde::Serialize;

use super::words::{Text, phrases, refusals, terms};
use crate::border;
use crate::diagnosis::DiagnosisView;
use crate::indication::{Indication, SubIndication};
use crate::rules::Rule;
use crate::text::{clean, item, paragraph};
use crate::verdict::{
    CheckId, CheckReport, ConsumedView, JudgedAs, Outcome, RuleOutcome, RuleReport, SubjectKind,
    TrustSource, Verdict,
};

/// Every check about one signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Detailed {
    /// What was examined.
    pub subject: SubjectKind,
    /// By which profile; none of a certificate alone, and of bytes that could not be read.
    pub profile: Option<JudgedAs>,
    /// Whose trust anchors it was judged by.
    pub trust: TrustSource,
    /// What of the document is nobody's word, where something of it is proven to be signed.
    pub uncovered: Vec<String>,
    /// Of an envelope: the signatures in its Body, which nobody looked at here.
    #[serde(skip_serializing_if = "crate::verdict::is_zero")]
    pub inner_signatures: u32,
    /// The main result.
    pub indication: Indication,
    /// The standard's reason, where the indication is not TOTAL-PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The refusal label, where the indication is not TOTAL-PASSED.
    #[serde(with = "border::label")]
    pub label: Option<RefusalLabel>,
    /// Every check, in the order in which they are asked; the first that was not passed decides.
    pub checks: Vec<DetailedCheck>,
    /// What the consumer read of the document, and the reference that covers each.
    pub consumed: Vec<ConsumedView>,
    /// Why the digest differs, where it was looked for.
    pub diagnosis: Option<DiagnosisView>,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetailedCheck {
    /// The check.
    pub id: CheckId,
    /// Its question in words.
    pub question: String,
    /// The answer.
    pub outcome: Outcome,
    /// The answer in words.
    pub answer: String,
    /// The clause that asks it.
    pub clause: String,
    /// Its own label, where the answer is not a pass.
    #[serde(with = "border::label")]
    pub label: Option<RefusalLabel>,
    /// Its own reason, where the answer is not a pass.
    pub sub_indication: Option<SubIndication>,
    /// Why the answer is not a pass, in words.
    pub reason: Option<String>,
    /// What was found, in English: the words of the examination itself, a technical detail.
    pub found: String,
    /// What it was decided by.
    pub evidence: Vec<EvidenceNote>,
    /// Its rules, one by one.
    pub rules: Vec<DetailedRule>,
}

/// A piece of what a check was decided by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceNote {
    /// What it is.
    pub what: String,
    /// Its digest, hexadecimal, where it has one.
    pub digest: Option<String>,
}

/// One rule of a check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DetailedRule {
    /// The rule.
    pub id: Rule,
    /// What came of it.
    pub outcome: RuleOutcome,
    /// The same in words.
    pub answer: String,
    /// The clause that asks for it.
    pub clause: &'static str,
    /// Whether a type holds it, so that no policy reaches it.
    pub held_by_types: bool,
    /// What was found, where it was not simply passed.
    pub found: Option<String>,
}

/// The detailed report about one signature.
#[must_use]
pub fn detailed(verdict: &Verdict, lang: Lang) -> Detailed {
    Detailed {
        subject: verdict.subject,
        profile: verdict.profile,
        trust: verdict.trust,
        uncovered: verdict.uncovered().to_vec(),
        inner_signatures: verdict.inner_signatures,
        indication: verdict.indication,
        sub_indication: verdict.sub_indication,
        label: verdict.label,
        checks: verdict
            .checks
            .iter()
            .map(|report| check(verdict, report, lang))
            .collect(),
        consumed: verdict.consumed.clone(),
        diagnosis: verdict.diagnosis.clone(),
    }
}

fn check(verdict: &Verdict, report: &CheckReport, lang: Lang) -> DetailedCheck {
    DetailedCheck {
        id: report.id,
        question: phrases::question(report.id).of(lang).to_owned(),
        outcome: report.outcome,
        answer: phrases::answer(report.outcome).of(lang).to_owned(),
        clause: report.clause.to_string(),
        label: report.label,
        sub_indication: report.sub_indication,
        reason: refusals::of_check(verdict, report).map(|words| words.reason.of(lang).to_owned()),
        found: report.why.clone(),
        evidence: match report.outcome {
            Outcome::NotAsked => Vec::new(),
            _ => evidence(verdict, report.id, lang),
        },
        rules: report
            .rules
            .iter()
            .map(|report| rule(report, verdict.subject, lang))
            .collect(),
    }
}

fn rule(report: &RuleReport, kind: SubjectKind, lang: Lang) -> DetailedRule {
    DetailedRule {
        id: report.id,
        outcome: report.outcome,
        answer: phrases::rule(report.outcome).of(lang).to_owned(),
        clause: report.id.clause_of(kind),
        held_by_types: report.held_by_types,
        found: report.why.clone(),
    }
}

/// What a check was decided by.
fn evidence(verdict: &Verdict, id: CheckId, lang: Lang) -> Vec<EvidenceNote> {
    let note = |what: String, digest: Option<String>| EvidenceNote { what, digest };
    let certificates = || verdict.path.iter();
    let scope = verdict.scope.iter();
    match id {
        CheckId::Structure => scope
            .map(|scope| note(scope.algorithm.clone(), None))
            .collect(),
        CheckId::Scope | CheckId::Content => scope
            .flat_map(|scope| &scope.references)
            .map(|reference| {
                let what = format!(
                    "{} {:?} → {}",
                    phrases::REFERENCE.of(lang),
                    reference.uri,
                    terms::target(&reference.target, lang)
                );
                note(what, reference.digest_value.clone())
            })
            .collect(),
        CheckId::Value => scope
            .map(|scope| {
                let what = phrases::VALUE.of(lang).to_owned();
                note(what, Some(scope.value_sha256.clone()))
            })
            .collect(),
        CheckId::Timestamp => verdict
            .stamps
            .iter()
            .map(|stamp| {
                let mut what = phrases::TIME_STAMP.of(lang).to_owned();
                if let Some(at) = stamp.at {
                    let _ = write!(what, ": {}", border::moment::text(at));
                }
                if let Some(authority) = &stamp.authority {
                    let _ = write!(what, ", {}", authority.subject);
                }
                note(what, Some(stamp.sha256.clone()))
            })
            .collect(),
        CheckId::Revocation => verdict
            .evidence
            .iter()
            .map(|item| {
                let kind = phrases::evidence(item.kind).of(lang);
                let standing = terms::standing(&item.standing, lang);
                let what = format!("{kind} / {}: {standing}", item.about);
                note(what, item.sha256.clone())
            })
            .collect(),
        CheckId::Chain => certificates()
            .map(|certificate| {
                note(
                    certificate.subject.clone(),
                    Some(certificate.sha256.clone()),
                )
            })
            .collect(),
        // Of the signer's certificate alone.
        _ => certificates()
            .take(1)
            .map(|certificate| {
                note(
                    certificate.subject.clone(),
                    Some(certificate.sha256.clone()),
                )
            })
            .collect(),
    }
}

impl Detailed {
    pub(super) fn write(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "{}\n", phrases::DETAILED_TITLE.of(lang));
        super::provenance(
            out,
            self.profile,
            self.trust,
            (&self.uncovered, self.inner_signatures),
            lang,
        );
        if let Some(note) = phrases::in_english(lang) {
            paragraph(out, "", note);
        }
        for (place, check) in self.checks.iter().enumerate() {
            let _ = writeln!(
                out,
                "\n{}. {} — {}",
                place + 1,
                check.question,
                check.answer
            );
            if let (Some(label), Some(sub)) = (check.label, check.sub_indication) {
                let own = match sub.is_own() {
                    true => format!(" ({})", phrases::OWN_REASON.of(lang)),
                    false => String::new(),
                };
                let _ = writeln!(out, "   [{label}] {sub}{own}");
            }
            let mut say = |what: Text, value: &str| {
                item(out, "   ", &format!("{}: {value}", what.of(lang)));
            };
            if let Some(reason) = &check.reason {
                say(phrases::REASON, reason);
            }
            say(phrases::FOUND, &check.found);
            say(phrases::CLAUSE, &check.clause);
            for note in &check.evidence {
                note.write(out);
            }
            write_rules(out, check, lang);
        }
        if !self.consumed.is_empty() {
            let _ = writeln!(out, "\n{}", phrases::CONSUMED.of(lang));
            for element in &self.consumed {
                let _ = writeln!(out, "   {} {}", element.reference, clean(&element.path));
            }
        }
        if let Some(diagnosis) = &self.diagnosis {
            write_diagnosis(out, diagnosis, lang);
        }
    }
}

impl EvidenceNote {
    fn write(&self, out: &mut String) {
        item(out, "   · ", &self.what);
        if let Some(digest) = &self.digest {
            paragraph(out, "     ", digest);
        }
    }
}

fn write_rules(out: &mut String, check: &DetailedCheck, lang: Lang) {
    for rule in &check.rules {
        let held = match rule.held_by_types {
            true => format!(" ({})", phrases::HELD_BY_TYPES.of(lang)),
            false => String::new(),
        };
        let mark = match rule.outcome {
            RuleOutcome::Passed => "+",
            RuleOutcome::NotAsked => "-",
            _ => "!",
        };
        item(
            out,
            &format!("   {mark} "),
            &format!("{}: {} [{}]{held}", rule.id, rule.answer, rule.clause),
        );
        if let Some(found) = rule.found.as_deref().filter(|found| *found != check.found) {
            paragraph(out, "     ", found);
        }
    }
}

fn write_diagnosis(out: &mut String, diagnosis: &DiagnosisView, lang: Lang) {
    use super::words::causes;
    let _ = writeln!(out, "\n{}", phrases::DIAGNOSIS.of(lang));
    let _ = writeln!(
        out,
        "   {} {} {:?}",
        phrases::REFERENCE.of(lang),
        diagnosis.reference,
        clean(&diagnosis.uri)
    );
    for (what, value) in [
        (phrases::CLAIMED, &diagnosis.claimed),
        (phrases::COMPUTED, &diagnosis.computed),
    ] {
        let _ = writeln!(
            out,
            "   {} ({}): {value}",
            phrases::DIGEST.of(lang),
            what.of(lang)
        );
    }
    match diagnosis.causes.as_slice() {
        [] => paragraph(out, "   ", phrases::DIAGNOSIS_UNKNOWN.of(lang)),
        causes => {
            for cause in causes {
                let words = causes::of(*cause);
                paragraph(
                    out,
                    "   ",
                    &format!("{}: {}", cause.as_str(), words.reason.of(lang)),
                );
                paragraph(out, "     → ", words.remedy.of(lang));
            }
        }
    }
    if let Some(place) = diagnosis.first_difference {
        let _ = writeln!(out, "   {}: {place}", phrases::FIRST_DIFFERENCE.of(lang));
    }
    let _ = writeln!(
        out,
        "   {} ({} {}):\n     {}",
        phrases::CANONICAL.of(lang),
        diagnosis.octets,
        phrases::OCTETS.of(lang),
        clean(&diagnosis.canonical)
    );
    if let Some(signed) = &diagnosis.signed {
        let _ = writeln!(
            out,
            "   {}:\n     {}",
            phrases::SIGNED_OCTETS.of(lang),
            clean(signed)
        );
    }
}
