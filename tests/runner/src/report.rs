//! Reports of played scenarios: for people, for programs, for CI servers.

mod junit;

use std::fmt::Write as _;

use qaqpa_model::{Lang, RefusalLabel};
use qaqpa_regulations::Catalogue;
use serde_json::{Value, json};

use crate::coverage::{Count, Coverage};
use crate::path::spoken;
use crate::play::Played;

/// Played scenarios and what they cover.
#[derive(Clone, Debug)]
pub struct Report {
    /// The scenarios in the order in which they were played.
    pub played: Vec<Played>,
    /// How much of the catalogue they walked.
    pub coverage: Coverage,
}

impl Report {
    /// The report of these scenarios.
    #[must_use]
    pub fn new(catalogue: &Catalogue, played: Vec<Played>) -> Self {
        let coverage = Coverage::of(catalogue, &played);
        Self { played, coverage }
    }

    /// Whether every scenario went as it says.
    #[must_use]
    pub fn ok(&self) -> bool {
        self.played.iter().all(Played::ok)
    }

    /// For people: a line a scenario, its path, and every difference.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        for played in &self.played {
            out.push_str(&story(played, lang));
        }
        let failed = self.played.iter().filter(|played| !played.ok()).count();
        let figure =
            |count: Count| format!("{}/{} ({} %)", count.covered, count.of, count.per_cent());
        let _ = writeln!(out, "\n{} played, {failed} failed", self.played.len());
        let _ = writeln!(out, "elements {}", figure(self.coverage.elements));
        let _ = writeln!(out, "branches {}", figure(self.coverage.branches));
        let _ = writeln!(out, "mc/dc    {}", figure(self.coverage.mcdc));
        for missing in &self.coverage.missing {
            let _ = writeln!(out, "  not covered: {missing}");
        }
        out
    }

    /// For programs: `{"scenarios": [{"id", "ok", …}], "coverage": {"elements", "branches", "mcdc"}}`,
    /// the coverage in per cent.
    #[must_use]
    pub fn json(&self) -> Value {
        json!({
            "scenarios": self.played.iter().map(scenario).collect::<Vec<_>>(),
            "coverage": {
                "elements": self.coverage.elements.per_cent(),
                "branches": self.coverage.branches.per_cent(),
                "mcdc": self.coverage.mcdc.per_cent(),
                "missing": self.coverage.missing,
            },
        })
    }

    /// For CI servers: JUnit's XML.
    #[must_use]
    pub fn junit(&self) -> String {
        junit::write(self)
    }
}

/// One scenario for people.
#[must_use]
pub fn story(played: &Played, lang: Lang) -> String {
    let mut out = String::new();
    let mark = if played.ok() { "ok  " } else { "FAIL" };
    let seconds = played.took.as_secs_f64();
    let _ = writeln!(
        out,
        "{mark} {} — {} ({seconds:.1} s)",
        played.scenario.id,
        played.scenario.title.get(lang)
    );
    let label = played
        .seen
        .label
        .map(|label| format!(" [{label}]"))
        .unwrap_or_default();
    if !played.seen.elements.is_empty() || !label.is_empty() {
        let _ = writeln!(out, "     {}{label}", spoken(&played.seen.elements));
    }
    for difference in &played.differences {
        let _ = writeln!(out, "     ! {difference}");
    }
    if let (false, Some(message)) = (played.ok(), &played.seen.message) {
        let _ = writeln!(out, "     message {message}");
    }
    out
}

fn scenario(played: &Played) -> Value {
    let expected = &played.scenario.expect;
    json!({
        "id": played.scenario.id,
        "ok": played.ok(),
        "service": played.scenario.service.to_string(),
        "channel": played.scenario.channel.as_str(),
        "message": played.seen.message.as_ref().map(qaqpa_model::MessageId::as_str),
        "path": played.seen.elements,
        "label": played.seen.label.map(RefusalLabel::as_str),
        "end": played.seen.end.map(crate::scenario::ExpectedEnd::as_str),
        "expected": {
            "path": expected.path,
            "label": expected.label.map(RefusalLabel::as_str),
            "end": expected.end.as_str(),
        },
        "differences": played.differences,
        "milliseconds": u64::try_from(played.took.as_millis()).unwrap_or(u64::MAX),
    })
}
