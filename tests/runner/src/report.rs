//! Reports of played scenarios: for people, for programs, for CI servers.

mod html;
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
            let _ = writeln!(
                out,
                "  not covered: {}\n    a scenario with {}",
                missing.what,
                missing.input()
            );
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
                "missing": self.coverage.missing.iter().map(|one| &one.what).collect::<Vec<_>>(),
                "inputs": self.coverage.missing.iter().map(|one| json!({
                    "what": one.what,
                    "path": one.path,
                    "cause": one.cause,
                })).collect::<Vec<_>>(),
            },
        })
    }

    /// For people with a browser: a page that stands alone, with every flow as a picture of what was covered.
    #[must_use]
    pub fn html(&self, catalogue: &Catalogue, lang: Lang) -> String {
        html::page(self, catalogue, lang)
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use qaqpa_model::MessageId;
    use qaqpa_xml::{Document, XmlLimits};

    use super::*;
    use crate::play::Seen;
    use crate::scenario::{ExpectedEnd, Scenario};

    fn report() -> Report {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = Scenario::embedded(&catalogue).unwrap();
        let find = |id: &str| {
            scenarios
                .iter()
                .find(|known| known.id == id)
                .unwrap()
                .clone()
        };
        let happy = find("guardianship-happy");
        let good = Played {
            seen: Seen {
                message: Some(MessageId::parse("{m-1}").unwrap()),
                elements: happy.expect.path.clone(),
                end: Some(ExpectedEnd::Delivered),
                ..Seen::default()
            },
            scenario: happy,
            differences: Vec::new(),
            document: None,
            took: Duration::from_millis(1234),
        };
        let bad = Played {
            scenario: find("guardianship-expired"),
            seen: Seen {
                message: Some(MessageId::parse("{m-2}").unwrap()),
                elements: vec!["process-1".to_owned()],
                label: Some(RefusalLabel::CertificateRevoked),
                end: Some(ExpectedEnd::Refused),
                ..Seen::default()
            },
            differences: vec!["expected <this>".to_owned(), "saw & that".to_owned()],
            document: None,
            took: Duration::from_millis(66),
        };
        Report::new(&catalogue, vec![good, bad])
    }

    #[test]
    fn people_read_the_path_and_each_difference() {
        let text = report().text(Lang::Ru);
        assert!(text.starts_with(
            "ok   guardianship-happy — Гражданин получает справку через портал (1.2 s)\n     \
             process 1 → condition 1 → process 3 → condition 2 → process 5 → process 6 → condition 3 → process 8\n\
             FAIL guardianship-expired — Условие 2: срок сертификата истёк (0.1 s)\n     \
             process 1 [certificate-revoked]\n     ! expected <this>\n     ! saw & that\n     message {m-2}\n\n\
             2 played, 1 failed\nelements 8/134 (6 %)\n"
        ), "{text}");
    }

    #[test]
    fn programs_read_the_stable_shape() {
        let report = report();
        assert!(!report.ok());
        let json = report.json();
        let scenarios = json["scenarios"].as_array().unwrap();
        let read: Vec<_> = scenarios
            .iter()
            .map(|played| (played["id"].as_str(), played["ok"].as_bool()))
            .collect();
        assert_eq!(
            read,
            [
                (Some("guardianship-happy"), Some(true)),
                (Some("guardianship-expired"), Some(false))
            ]
        );
        assert_eq!(json["coverage"]["elements"], 6.0);
        assert_eq!(json["coverage"]["mcdc"], 0.0);
        assert_eq!(scenarios[1]["expected"]["label"], "certificate-expired");
        assert_eq!(scenarios[1]["differences"][1], "saw & that");
    }

    #[test]
    fn people_with_a_browser_see_each_flow_with_what_was_covered_and_where_a_scenario_left_its_way()
    {
        let catalogue = Catalogue::embedded().unwrap();
        let report = report();
        let page = report.html(&catalogue, Lang::Kk);
        assert!(page.starts_with("<!doctype html>\n<html lang=\"kk\">"));
        // A picture for each flow, and one for the scenario that failed.
        assert_eq!(
            page.matches("<svg ").count(),
            report.coverage.flows.len() + 1
        );
        assert_eq!(
            page.matches("</svg>").count(),
            page.matches("<svg ").count()
        );
        assert!(page.contains("<li class=\"failed\">expected &lt;this&gt;"));
        assert!(page.contains("<li class=\"failed\">saw &amp; that"));
        let flow = "guardianship-certificate-zhambyl-2019-23-portal";
        let group = |node: &str, class: &str| format!("<g id=\"{flow}-{node}\" class=\"{class}\">");
        assert!(page.contains(&group("process-8", "went")));
        assert!(page.contains(&group("process-7", "missed")));
        // The second scenario went no further than its first step.
        assert!(page.contains(&group("1-condition-1", "left")));
        let input = "expect.path = [&quot;process-1&quot;, &quot;condition-1&quot;, &quot;process-2&quot;, …], \
                     expect.cause = &quot;password-wrong&quot;";
        assert!(page.contains(input));
        let ids: Vec<&str> = page
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let different: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), different.len(), "each id is there once");
    }

    #[test]
    fn ci_servers_read_a_suite_with_one_failure() {
        let xml = report().junit();
        let document = Document::parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
        let suite = document.root();
        let read = |name: &str| suite.attribute(None, name).map(str::to_owned);
        assert_eq!(
            (read("tests").as_deref(), read("failures").as_deref()),
            (Some("2"), Some("1"))
        );
        let cases: Vec<_> = suite.children().collect();
        assert_eq!(cases.len(), 2);
        assert!(cases[0].child(None, "failure").is_none());
        let failure = cases[1].child(None, "failure").unwrap();
        assert_eq!(failure.attribute(None, "message"), Some("expected <this>"));
        assert_eq!(failure.text(), "expected <this>\nsaw & that");
    }
}
