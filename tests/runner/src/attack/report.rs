//! What came of the corpus: scored by family, for people, programs, CI servers and code scanners.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use qaqpa_xml::write::Writer;
use serde_json::{Value, json};

use super::{Case, Expected};
use crate::forge::Judged;

/// What one verifier did with one case.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Our own verdict.
    Judged(Judged),
    /// Another verifier accepted it.
    Accepted,
    /// Another verifier refused it, in its words (a label, where it has them).
    Refused(String),
    /// It gave no answer: it hung, crashed, or cut the connection. Never a refusal, and never right.
    Died(String),
    /// It was not run, for this reason.
    NotRun(String),
}

/// One case that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Ran {
    /// The case.
    pub case: Case,
    /// What the verifier did.
    pub outcome: Outcome,
    /// How that differs from what the case expects.
    pub difference: Option<String>,
}

/// Everything that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Who was asked: `qaqpa`, an address, a command.
    pub verifier: String,
    /// The cases in the order of the corpus.
    pub ran: Vec<Ran>,
}

/// One family's score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Score {
    refused: usize,
    attacks: usize,
    accepted: usize,
    controls: usize,
    not_run: usize,
}

impl Ran {
    /// What came of a case.
    #[must_use]
    pub fn new(case: &Case, outcome: Outcome) -> Self {
        let wrong = |what: &str, how: &str| Some(format!("{what}: {how}"));
        let difference = match (&outcome, case.expect.verdict) {
            (Outcome::Judged(judged), _) => case.difference(judged),
            (Outcome::Accepted, Expected::Refuse) => wrong("accepted", &case.means),
            (Outcome::Refused(how), Expected::Accept) => wrong("refused", how),
            (Outcome::Died(how), _) => wrong("no answer", how),
            (Outcome::Accepted, Expected::Accept)
            | (Outcome::Refused(_), Expected::Refuse)
            | (Outcome::NotRun(_), _) => None,
        };
        Self {
            case: case.clone(),
            outcome,
            difference,
        }
    }

    /// The same, of a verifier that has our labels: the label must be the case's.
    #[must_use]
    pub fn with_label(case: &Case, outcome: Outcome) -> Self {
        let mut ran = Self::new(case, outcome);
        if let (None, Outcome::Refused(label), Some(expected)) =
            (&ran.difference, &ran.outcome, &case.expect.label)
            && label != expected
        {
            ran.difference = Some(format!("refused with {label}, not {expected}"));
        }
        ran
    }

    /// Whether the verifier did what the case expects.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.difference.is_none()
    }

    fn was_run(&self) -> bool {
        !matches!(self.outcome, Outcome::NotRun(_))
    }

    fn seen(&self) -> (&str, Option<&str>) {
        match &self.outcome {
            Outcome::Judged(judged) if judged.label.is_none() => ("accept", None),
            Outcome::Judged(judged) => ("refuse", judged.label.map(|label| label.as_str())),
            Outcome::Accepted => ("accept", None),
            Outcome::Refused(how) => ("refuse", Some(how)),
            Outcome::Died(how) => ("no-answer", Some(how)),
            Outcome::NotRun(_) => ("not-run", None),
        }
    }
}

impl Report {
    /// Whether every case that was run went as it must, and any was run at all.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.ran.iter().any(Ran::was_run) && self.ran.iter().all(Ran::ok)
    }

    fn scores(&self) -> BTreeMap<&str, Score> {
        let mut scores: BTreeMap<&str, Score> = BTreeMap::new();
        for ran in &self.ran {
            let score = scores.entry(&ran.case.family).or_default();
            match (ran.was_run(), ran.case.expect.verdict) {
                (false, _) => score.not_run += 1,
                (true, Expected::Refuse) => {
                    score.attacks += 1;
                    score.refused += usize::from(ran.ok());
                }
                (true, Expected::Accept) => {
                    score.controls += 1;
                    score.accepted += usize::from(ran.ok());
                }
            }
        }
        scores
    }

    /// How many cases were not run, by the reason.
    fn not_run(&self) -> BTreeMap<&str, usize> {
        let mut reasons = BTreeMap::new();
        for ran in &self.ran {
            if let Outcome::NotRun(why) = &ran.outcome {
                *reasons.entry(why.as_str()).or_default() += 1;
            }
        }
        reasons
    }

    /// For people: every difference with what it means, then the score of each family.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        for ran in self.ran.iter().filter(|ran| !ran.ok()) {
            let case = &ran.case;
            let _ = writeln!(out, "FAIL {}/{} — {}", case.family, case.id, case.title);
            let _ = writeln!(out, "     done: {}", case.done);
            let _ = writeln!(
                out,
                "     {}",
                ran.difference.as_deref().unwrap_or_default()
            );
            let _ = writeln!(out, "     known from: {}", case.source);
        }
        let _ = writeln!(out, "{}\n", self.verifier);
        let _ = writeln!(
            out,
            "{:<18} {:>17} {:>18} {:>8}",
            "family", "attacks refused", "controls accepted", "not run"
        );
        let mut all = Score::default();
        for (family, score) in self.scores() {
            row(&mut out, family, score);
            all.refused += score.refused;
            all.attacks += score.attacks;
            all.accepted += score.accepted;
            all.controls += score.controls;
            all.not_run += score.not_run;
        }
        row(&mut out, "all", all);
        for (why, cases) in self.not_run() {
            let _ = writeln!(out, "\nnot run, {cases}: {why}");
        }
        if all.controls > 0 && all.accepted == 0 {
            out.push_str(
                "\nThis verifier accepted none of the controls: that it refused the attacks shows nothing. Does it trust the world's root, and judge at its moment?\n",
            );
        }
        out
    }

    /// For programs: docs/schema/attack-report.schema.json.
    #[must_use]
    pub fn json(&self) -> Value {
        let cases = self.ran.iter().filter(|ran| ran.was_run()).map(|ran| {
            let (seen, label_seen) = ran.seen();
            json!({
                "id": ran.case.id,
                "family": ran.case.family,
                "classes": ran.case.classes,
                "title": ran.case.title,
                "expected": ran.case.expect.verdict.as_str(),
                "label": ran.case.expect.label,
                "indication": ran.case.expect.indication,
                "subIndication": ran.case.expect.sub_indication,
                "seen": seen,
                "seenLabel": label_seen,
                "ok": ran.ok(),
                "difference": ran.difference,
                "source": ran.case.source,
            })
        });
        let not_run = self.ran.iter().filter_map(|ran| match &ran.outcome {
            Outcome::NotRun(why) => {
                Some(json!({"id": ran.case.id, "family": ran.case.family, "why": why}))
            }
            _ => None,
        });
        let families: serde_json::Map<String, Value> = self
            .scores()
            .into_iter()
            .map(|(family, score)| {
                let shown = json!({
                    "attacks": score.attacks, "refused": score.refused,
                    "controls": score.controls, "accepted": score.accepted, "notRun": score.not_run,
                });
                (family.to_owned(), shown)
            })
            .collect();
        json!({
            "verifier": self.verifier,
            "cases": cases.collect::<Vec<_>>(),
            "notRun": not_run.collect::<Vec<_>>(),
            "families": families,
            "ok": self.ok(),
        })
    }

    /// For CI servers: JUnit's XML, a suite a family.
    #[must_use]
    pub fn junit(&self) -> String {
        let mut xml = Writer::new();
        xml.start("testsuites").attribute("name", "qaqpa attacks");
        for family in self.scores().keys() {
            let of = || self.ran.iter().filter(|ran| ran.case.family == **family);
            xml.start("testsuite").attribute("name", family);
            xml.attribute("tests", &of().count().to_string());
            let died = |ran: &&Ran| matches!(ran.outcome, Outcome::Died(_));
            let failures = of().filter(|ran| !ran.ok() && !died(ran)).count();
            xml.attribute("failures", &failures.to_string());
            xml.attribute("errors", &of().filter(died).count().to_string());
            xml.attribute(
                "skipped",
                &of().filter(|ran| !ran.was_run()).count().to_string(),
            );
            for ran in of() {
                xml.start("testcase").attribute("classname", family);
                xml.attribute("name", &ran.case.id);
                if let Outcome::NotRun(why) = &ran.outcome {
                    xml.start("skipped").attribute("message", why);
                    xml.end();
                }
                if let Some(difference) = &ran.difference {
                    let kind = match ran.outcome {
                        Outcome::Died(_) => "error",
                        _ => "failure",
                    };
                    xml.start(kind).attribute("message", difference);
                    xml.text(&format!(
                        "{}\nknown from: {}",
                        ran.case.done, ran.case.source
                    ));
                    xml.end();
                }
                xml.end();
            }
            xml.end();
        }
        xml.end();
        xml.finish()
    }

    /// For code scanners: SARIF 2.1.0, a rule a case that failed.
    #[must_use]
    pub fn sarif(&self) -> Value {
        let failed = || self.ran.iter().filter(|ran| !ran.ok());
        let rules: Vec<Value> = failed()
            .map(|ran| {
                json!({
                    "id": ran.case.id,
                    "name": ran.case.title,
                    "shortDescription": {"text": ran.case.title},
                    "fullDescription": {"text": ran.case.done},
                    "help": {"text": format!("{} Known from: {}", ran.case.means, ran.case.source)},
                    "properties": {"tags": ["security", ran.case.family], "classes": ran.case.classes},
                })
            })
            .collect();
        let results: Vec<Value> = failed()
            .enumerate()
            .map(|(index, ran)| {
                json!({
                    "ruleId": ran.case.id,
                    "ruleIndex": index,
                    "level": "error",
                    "message": {"text": ran.difference},
                    "locations": [{"physicalLocation": {"artifactLocation": {
                        "uri": format!("tests/attacks/{}/{}/case.toml", ran.case.family, ran.case.id)}}}],
                })
            })
            .collect();
        json!({
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{
                "tool": {"driver": {"name": "qaqpa attack", "rules": rules}},
                "results": results,
                // Whether anything was run at all: no result says nothing where nobody was asked.
                "invocations": [{"executionSuccessful": self.ran.iter().any(Ran::was_run)}],
                "properties": {"verifier": self.verifier},
            }],
        })
    }
}

fn row(out: &mut String, family: &str, score: Score) {
    let refused = format!("{}/{}", score.refused, score.attacks);
    let accepted = format!("{}/{}", score.accepted, score.controls);
    let _ = writeln!(
        out,
        "{family:<18} {refused:>17} {accepted:>18} {:>8}",
        score.not_run
    );
}
