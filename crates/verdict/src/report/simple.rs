//! The simple report: who signed, when, the verdict, the reasons and the remedy, in a person's words.

use std::fmt::Write as _;

use qaqpa_model::{Lang, Moment, RefusalLabel};
use serde::Serialize;

use super::words::{causes, labels, phrases};
use crate::border;
use crate::indication::{Indication, SubIndication};
use crate::text::{clean, paragraph};
use crate::verdict::{JudgedAs, RuleOutcome, SubjectKind, TrustSource, Verdict};

/// The verdict about one signature in the words of one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Simple {
    /// What was examined.
    pub subject: SubjectKind,
    /// By which profile; none of a certificate alone, and of bytes that could not be read.
    pub profile: Option<JudgedAs>,
    /// Whose trust anchors it was judged by.
    pub trust: TrustSource,
    /// What of the document is nobody's word, where something of it is proven to be signed.
    pub uncovered: Vec<String>,
    /// The main result.
    pub indication: Indication,
    /// The standard's reason, where the indication is not TOTAL-PASSED.
    pub sub_indication: Option<SubIndication>,
    /// The refusal label, where the indication is not TOTAL-PASSED.
    #[serde(with = "border::label")]
    pub label: Option<RefusalLabel>,
    /// The verdict in one sentence.
    pub verdict: String,
    /// Who signed, as the certificate says; absent where none could be read.
    pub signer: Option<SimpleSigner>,
    /// When the signer says that it signed: nobody vouches for it.
    #[serde(with = "border::moment_option")]
    pub claimed_signing_time: Option<Moment>,
    /// When the signature is proven to have existed, by a time stamp.
    #[serde(with = "border::moment_option")]
    pub best_signature_time: Option<Moment>,
    /// The moment that was judged.
    #[serde(with = "border::moment")]
    pub judged_at: Moment,
    /// Why, where the indication is not TOTAL-PASSED.
    pub reasons: Vec<String>,
    /// What to do about it.
    pub remedies: Vec<String>,
    /// What else a reader should know.
    pub remarks: Vec<String>,
}

/// Who signed, as the certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SimpleSigner {
    /// The common name.
    pub name: String,
    /// The IIN, masked (`93********25`).
    pub iin: Option<String>,
    /// The BIN of the organisation.
    pub bin: Option<String>,
    /// The OID of an information system.
    pub system: Option<String>,
    /// The serial number of the certificate, hexadecimal.
    pub serial: String,
    /// Whether it is proven: every check passed.
    pub proven: bool,
}

/// The simple report about one signature.
#[must_use]
pub fn simple(verdict: &Verdict, lang: Lang) -> Simple {
    let words = verdict.label.map(labels::of);
    let causes: Vec<_> = verdict
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.causes)
        .map(|cause| causes::of(*cause))
        .collect();
    let mut reasons: Vec<String> = Vec::new();
    reasons.extend(words.map(|words| words.reason.of(lang).to_owned()));
    reasons.extend(causes.iter().map(|cause| cause.reason.of(lang).to_owned()));
    // A cause that is known has the better remedy.
    let remedies = match causes.as_slice() {
        [] => words
            .iter()
            .map(|words| words.remedy.of(lang).to_owned())
            .collect(),
        causes => causes
            .iter()
            .map(|cause| cause.remedy.of(lang).to_owned())
            .collect(),
    };
    Simple {
        subject: verdict.subject,
        profile: verdict.profile,
        trust: verdict.trust,
        uncovered: verdict.uncovered().to_vec(),
        indication: verdict.indication,
        sub_indication: verdict.sub_indication,
        label: verdict.label,
        verdict: phrases::verdict(verdict.subject, verdict.indication)
            .of(lang)
            .to_owned(),
        signer: verdict.signer.as_ref().map(|signer| SimpleSigner {
            name: signer.common_name.clone(),
            iin: signer.iin_masked.clone(),
            bin: signer.bin.clone(),
            system: signer.system.clone(),
            serial: signer.serial.clone(),
            proven: verdict.is_passed(),
        }),
        claimed_signing_time: verdict.claimed_signing_time,
        best_signature_time: verdict.best_signature_time,
        judged_at: verdict.at,
        reasons,
        remedies,
        remarks: remarks(verdict, lang),
    }
}

fn remarks(verdict: &Verdict, lang: Lang) -> Vec<String> {
    let mut remarks = Vec::new();
    if let Some(scope) = &verdict.scope {
        if let Some(of) = scope.counter_signs {
            remarks.push(format!(
                "{} {}.",
                phrases::COUNTER_SIGNATURE.of(lang),
                of + 1
            ));
        }
        if scope.has_comments {
            remarks.push(phrases::COMMENTS.of(lang).to_owned());
        }
    }
    if let [_, ..] = verdict.uncovered() {
        remarks.push(format!(
            "{}: {}.",
            phrases::UNCOVERED.of(lang),
            clean(&verdict.uncovered().join(", "))
        ));
    }
    for rule in verdict.checks.iter().flat_map(|check| &check.rules) {
        if rule.outcome == RuleOutcome::Warned {
            let why = rule.why.as_deref().unwrap_or(rule.id.clause());
            remarks.push(format!(
                "{}: {}. {why}",
                phrases::rule(rule.outcome).of(lang),
                rule.id
            ));
        }
    }
    if verdict.trust == TrustSource::Capsule {
        remarks.push(phrases::TRUST_OF_CAPSULE.of(lang).to_owned());
    }
    if let Some(weakened) = &verdict.laboratory {
        remarks.push(super::of_laboratory(weakened, lang));
    }
    remarks
}

impl Simple {
    pub(super) fn write(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "{}\n", phrases::SIMPLE_TITLE.of(lang));
        let mut code = self.indication.to_string();
        if let Some(sub) = self.sub_indication {
            let _ = write!(code, " / {sub}");
        }
        line(out, phrases::VERDICT.of(lang), &self.verdict);
        let _ = writeln!(out, "  {code}");
        self.write_signer(out, lang);
        let time = |moment: Option<Moment>, absent: &str| {
            moment.map_or_else(|| absent.to_owned(), border::moment::text)
        };
        if self.subject != SubjectKind::Certificate {
            let claimed = time(self.claimed_signing_time, phrases::NOT_CLAIMED.of(lang));
            line(out, phrases::CLAIMED_TIME.of(lang), &claimed);
            let best = time(self.best_signature_time, phrases::NOT_STAMPED.of(lang));
            line(out, phrases::BEST_TIME.of(lang), &best);
        }
        line(
            out,
            phrases::JUDGED_AT.of(lang),
            &border::moment::text(self.judged_at),
        );
        // What is not covered stands among the remarks.
        super::provenance(out, self.profile, self.trust, &[], lang);
        if self.reasons.is_empty() {
            line(out, phrases::RESULT.of(lang), phrases::ALL_PASSED.of(lang));
            line(
                out,
                phrases::REMEDY.of(lang),
                phrases::NOTHING_TO_DO.of(lang),
            );
        } else {
            several(out, phrases::REASON.of(lang), &self.reasons);
            if let Some(label) = self.label {
                let _ = writeln!(out, "  [{label}]");
            }
            several(out, phrases::REMEDY.of(lang), &self.remedies);
        }
        if !self.remarks.is_empty() {
            several(out, phrases::REMARKS.of(lang), &self.remarks);
        }
    }

    fn write_signer(&self, out: &mut String, lang: Lang) {
        let who = match self.subject {
            SubjectKind::Certificate => phrases::CERTIFICATE_HOLDER,
            _ => phrases::SIGNED_BY,
        };
        let Some(signer) = &self.signer else {
            line(out, who.of(lang), phrases::NOBODY.of(lang));
            return;
        };
        let name = clean(&signer.name);
        let name = match signer.proven {
            true => name,
            false => format!("{name} ({})", phrases::NOT_BELIEVED.of(lang)),
        };
        line(out, who.of(lang), &name);
        for (what, value) in [
            (phrases::IIN, &signer.iin),
            (phrases::BIN, &signer.bin),
            (phrases::SYSTEM, &signer.system),
            (phrases::SERIAL, &Some(signer.serial.clone())),
        ] {
            if let Some(value) = value {
                let _ = writeln!(out, "  {}: {}", what.of(lang), clean(value));
            }
        }
    }
}

fn line(out: &mut String, what: &str, value: &str) {
    paragraph(out, "", &format!("{what}: {value}"));
}

fn several(out: &mut String, what: &str, values: &[String]) {
    if let [value] = values {
        return line(out, what, value);
    }
    let _ = writeln!(out, "{what}:");
    for value in values {
        paragraph(out, "  ", &format!("- {value}"));
    }
}
