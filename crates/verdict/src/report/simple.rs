//! The simple report: who signed, when, the verdict, the reasons and the remedy, in a person's words.

use std::fmt::Write as _;

use qaqpa_model::{Lang, Moment, RefusalLabel};
use serde::Serialize;

use super::words::{Text, causes, phrases, refusals};
use crate::border;
use crate::cause::Cause;
use crate::indication::{Indication, SubIndication};
use crate::text::{clean, item, paragraph};
use crate::verdict::{CheckId, JudgedAs, Outcome, RuleOutcome, SubjectKind, TrustSource, Verdict};

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
    /// What was found that decided, where the indication is not TOTAL-PASSED; none of a verdict of before.
    pub cause: Option<Cause>,
    /// The verdict in one sentence.
    pub verdict: String,
    /// Who signed, as the certificate says; absent where none was read.
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
    /// What was passed, where the indication is TOTAL-PASSED: everything, or everything that was asked.
    pub result: Option<String>,
    /// The questions that were not asked, where the indication is TOTAL-PASSED.
    pub not_asked: Vec<CheckId>,
    /// Why, where the indication is not TOTAL-PASSED.
    pub reasons: Vec<String>,
    /// What to do about it.
    pub remedies: Vec<String>,
    /// What else a reader should know.
    pub remarks: Vec<String>,
    /// What is said where there is nothing to say of these.
    #[serde(skip)]
    absent: Absent,
}

/// Why there is no signer, no claimed time and no proven one: none in the signature, or nobody looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Absent {
    signer: Text,
    claimed: Text,
    proven: Text,
}

impl Absent {
    fn of(verdict: &Verdict) -> Self {
        let is_read = |id: &CheckId| {
            let check = verdict.check(*id);
            check.is_some_and(|check| check.outcome == Outcome::Pass)
        };
        // What a signature says about its time is read once the signature itself is proven.
        let was_looked_at = [
            CheckId::Structure,
            CheckId::Scope,
            CheckId::Content,
            CheckId::Value,
        ]
        .iter()
        .all(is_read);
        Self {
            signer: match (verdict.label, verdict.sub_indication) {
                (
                    Some(RefusalLabel::SignatureMissing | RefusalLabel::TransportSignatureMissing),
                    _,
                ) => phrases::NOBODY_SIGNED,
                (_, Some(SubIndication::NoSigningCertificateFound)) => phrases::NOBODY,
                _ => phrases::NOT_LOOKED_AT,
            },
            claimed: match was_looked_at {
                true => phrases::NOT_CLAIMED,
                false => phrases::NOT_LOOKED_AT,
            },
            proven: match (verdict.stamps.is_empty(), was_looked_at) {
                (false, _)
                    if verdict.subject == SubjectKind::Transport
                        && is_read(&CheckId::Timestamp) =>
                {
                    phrases::STAMPED_ENVELOPE
                }
                (false, _) => phrases::NOT_PROVEN,
                (true, true) => phrases::NOT_STAMPED,
                (true, false) => phrases::NOT_LOOKED_AT,
            },
        }
    }
}

/// One line of the report: a heading, and what stands under it.
pub(super) struct Row {
    pub(super) what: Text,
    pub(super) values: Vec<String>,
    /// Whether it says more about the row before.
    pub(super) is_detail: bool,
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
    let words = refusals::of_verdict(verdict);
    let causes: Vec<_> = verdict
        .diagnosis
        .iter()
        .flat_map(|diagnosis| &diagnosis.causes)
        .map(|cause| causes::of(*cause))
        .collect();
    let said = |text: Text| text.of(lang).to_owned();
    let mut reasons: Vec<String> = Vec::new();
    reasons.extend(words.map(|words| said(words.reason)));
    reasons.extend(causes.iter().map(|cause| said(cause.reason)));
    // A cause that is known has the better remedy.
    let mut remedies: Vec<String> = match causes.as_slice() {
        [] => words.iter().map(|words| said(words.remedy)).collect(),
        causes => causes.iter().map(|cause| said(cause.remedy)).collect(),
    };
    if verdict.is_passed() && verdict.trust == TrustSource::Capsule {
        remedies.push(said(phrases::REMEDY_OF_CAPSULE));
    }
    let remarks = remarks(verdict, lang);
    let not_asked: Vec<CheckId> = verdict
        .checks
        .iter()
        .filter(|check| verdict.is_passed() && check.outcome == Outcome::NotAsked)
        .map(|check| check.id)
        .collect();
    Simple {
        subject: verdict.subject,
        profile: verdict.profile,
        trust: verdict.trust,
        uncovered: verdict.uncovered().to_vec(),
        indication: verdict.indication,
        sub_indication: verdict.sub_indication,
        label: verdict.label,
        cause: verdict.cause(),
        verdict: said(phrases::verdict(
            verdict.subject,
            verdict.indication,
            verdict.trust,
        )),
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
        result: verdict
            .is_passed()
            .then(|| result(&not_asked, &remarks, lang)),
        not_asked,
        reasons,
        remedies,
        remarks,
        absent: Absent::of(verdict),
    }
}

/// What was passed: "every check" is said where every question was asked, and nothing besides is to be known.
fn result(not_asked: &[CheckId], remarks: &[String], lang: Lang) -> String {
    let text = match (not_asked, remarks) {
        ([], []) => phrases::ALL_PASSED,
        ([], _) => phrases::PASSED_BUT,
        _ => {
            let questions: Vec<_> = not_asked
                .iter()
                .map(|id| phrases::question(*id).of(lang))
                .collect();
            let what = phrases::PASSED_AS_ASKED.of(lang);
            let mut told = format!("{what}: {}", questions.join(" "));
            if let [_, ..] = remarks {
                let _ = write!(told, " {}", phrases::SEE_REMARKS.of(lang));
            }
            return told;
        }
    };
    text.of(lang).to_owned()
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
    if verdict.inner_signatures > 0 {
        remarks.push(format!(
            "{}: {}.",
            phrases::INNER_SIGNATURES.of(lang),
            verdict.inner_signatures
        ));
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
            let why = rule
                .why
                .as_deref()
                .unwrap_or(rule.id.clause_of(verdict.subject));
            remarks.push(format!(
                "{}: {} ({}). {}: {why}.",
                phrases::rule(rule.outcome).of(lang),
                phrases::warned(rule.id).of(lang),
                rule.id,
                phrases::TECHNICAL.of(lang),
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
    /// The lines of the report below the verdict.
    pub(super) fn rows(&self, lang: Lang) -> Vec<Row> {
        let mut rows = Rows(Vec::new());
        let said = |text: Text| text.of(lang).to_owned();
        self.add_signer(&mut rows, lang);
        if self.subject != SubjectKind::Certificate {
            let time = |moment: Option<Moment>, absent: Text| {
                moment.map_or_else(|| said(absent), border::moment::text)
            };
            let claimed = time(self.claimed_signing_time, self.absent.claimed);
            rows.add(phrases::CLAIMED_TIME, claimed);
            let proven = time(self.best_signature_time, self.absent.proven);
            rows.add(phrases::BEST_TIME, proven);
        }
        rows.add(phrases::JUDGED_AT, border::moment::text(self.judged_at));
        if let Some(profile) = self.profile {
            rows.add(phrases::JUDGED_AS, said(phrases::profile(profile)));
        }
        rows.add(phrases::TRUST, said(phrases::trust(self.trust)));
        match &self.result {
            Some(result) => rows.add(phrases::RESULT, result.clone()),
            None => rows.several(phrases::REASON, &self.reasons),
        }
        match self.remedies.as_slice() {
            [] => rows.add(phrases::REMEDY, said(phrases::NOTHING_TO_DO)),
            remedies => rows.several(phrases::REMEDY, remedies),
        }
        if !self.remarks.is_empty() {
            rows.several(phrases::REMARKS, &self.remarks);
        }
        rows.0
    }

    fn add_signer(&self, rows: &mut Rows, lang: Lang) {
        let who = match self.subject {
            SubjectKind::Certificate => phrases::CERTIFICATE_HOLDER,
            _ => phrases::SIGNED_BY,
        };
        let Some(signer) = &self.signer else {
            return rows.add(who, self.absent.signer.of(lang).to_owned());
        };
        let name = clean(&signer.name);
        rows.add(
            who,
            match signer.proven {
                true => name,
                false => format!("{name} ({})", phrases::NOT_BELIEVED.of(lang)),
            },
        );
        for (what, value) in [
            (phrases::IIN, &signer.iin),
            (phrases::BIN, &signer.bin),
            (phrases::SYSTEM, &signer.system),
            (phrases::SERIAL, &Some(signer.serial.clone())),
        ] {
            if let Some(value) = value {
                rows.detail(what, clean(value));
            }
        }
    }

    /// The codes of the verdict: `TOTAL-FAILED / HASH_FAILURE [content-changed]`.
    fn codes(&self) -> String {
        let mut code = self.indication.to_string();
        if let Some(sub) = self.sub_indication {
            let _ = write!(code, " / {sub}");
        }
        if let Some(label) = self.label {
            let _ = write!(code, " [{label}]");
        }
        code
    }

    pub(super) fn write(&self, out: &mut String, lang: Lang) {
        let _ = writeln!(out, "{}\n", phrases::SIMPLE_TITLE.of(lang));
        paragraph(
            out,
            "",
            &format!("{}: {}", phrases::VERDICT.of(lang), self.verdict),
        );
        let _ = writeln!(out, "  {}", self.codes());
        for row in self.rows(lang) {
            row.write(out, lang);
        }
    }
}

struct Rows(Vec<Row>);

impl Rows {
    fn add(&mut self, what: Text, value: String) {
        self.several(what, &[value]);
    }

    fn several(&mut self, what: Text, values: &[String]) {
        self.0.push(Row {
            what,
            values: values.to_vec(),
            is_detail: false,
        });
    }

    fn detail(&mut self, what: Text, value: String) {
        self.0.push(Row {
            what,
            values: vec![value],
            is_detail: true,
        });
    }
}

impl Row {
    fn write(&self, out: &mut String, lang: Lang) {
        let indent = if self.is_detail { "  " } else { "" };
        let what = self.what.of(lang);
        match self.values.as_slice() {
            [value] => item(out, indent, &format!("{what}: {value}")),
            values => {
                let _ = writeln!(out, "{indent}{what}:");
                for value in values {
                    item(out, "  - ", value);
                }
            }
        }
    }
}
