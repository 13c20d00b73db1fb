//! The protocol of a run: what was played, by which texts and which build, and what came of it, without anything that differs
//! from run to run.
//!
//! It has no moments, no message ids and no durations: whoever plays the same scenarios over the same catalogue gets the same bytes.
//! So a protocol that an authority's time stamp (RFC 3161) seals can be checked on another machine by playing it again.

use std::collections::BTreeMap;

use qaqpa_crypto::sha256;
use qaqpa_model::RefusalLabel;
use qaqpa_regulations::Catalogue;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::coverage::Count;
use crate::path::spoken;
use crate::play::Played;
use crate::report::Report;
use crate::scenario::{ExpectedEnd, Scenario, Step};

/// What a protocol says that it is.
const FORMAT: &str = "qaqpa scenario protocol 1";

/// Bytes of a protocol: some ten thousand scenarios.
pub const PROTOCOL_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A protocol and the bytes that are sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Protocol {
    told: Told,
    bytes: Vec<u8>,
}

/// The program that played.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Its version.
    pub version: String,
    /// The SHA-256 of its file, in hexadecimal.
    pub sha256: String,
}

impl Build {
    /// A build of this version, whose file has this SHA-256.
    #[must_use]
    pub fn new(version: &str, sha256: &[u8]) -> Self {
        Self {
            version: version.to_owned(),
            sha256: hex::encode(sha256),
        }
    }
}

/// Why a file is no protocol.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// It is longer than any.
    #[error("longer than {PROTOCOL_BYTES_MAX} bytes")]
    TooLong,
    /// Not this JSON.
    #[error("not a protocol of a run: {0}")]
    Malformed(#[from] serde_json::Error),
    /// Another format.
    #[error("its format is {0:?}; this program knows {FORMAT:?}")]
    Format(String),
    /// The same content written in another way: the seal is over other bytes.
    #[error("not as a protocol is written: something was added, moved or left out")]
    Rewritten,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    format: String,
    build: Build,
    /// The SHA-256 over the sorted digests of the catalogue's files.
    catalogue: String,
    /// The same over the scenarios' ids and files.
    corpus: String,
    coverage: Figures,
    scenarios: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figures {
    elements: Figure,
    branches: Figure,
    mcdc: Figure,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Figure {
    covered: usize,
    of: usize,
}

/// One scenario and what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    id: String,
    source: String,
    service: String,
    channel: String,
    seeds: Vec<u64>,
    path: Vec<String>,
    label: Option<String>,
    end: Option<String>,
    ok: bool,
    differences: Vec<String>,
}

impl Protocol {
    /// The protocol of what was played.
    ///
    /// # Errors
    /// [`ProtocolError::Malformed`] where it cannot be written.
    pub fn of(report: &Report, catalogue: &Catalogue, build: Build) -> Result<Self, ProtocolError> {
        let coverage = &report.coverage;
        let mut scenarios: Vec<Line> = report.played.iter().map(Line::of).collect();
        scenarios.sort_by(|a, b| a.id.cmp(&b.id));
        let told = Told {
            format: FORMAT.to_owned(),
            build,
            catalogue: digest_of_all(catalogue.texts().map(str::to_owned)),
            corpus: digest_of_all(scenarios.iter().map(Line::name)),
            coverage: Figures {
                elements: coverage.elements.into(),
                branches: coverage.branches.into(),
                mcdc: coverage.mcdc.into(),
            },
            scenarios,
        };
        let bytes = written(&told)?;
        Ok(Self { told, bytes })
    }

    /// Reads one, and holds that it is written as this program writes it.
    ///
    /// # Errors
    /// [`ProtocolError`].
    pub fn read(bytes: &[u8]) -> Result<Self, ProtocolError> {
        if bytes.len() > PROTOCOL_BYTES_MAX {
            return Err(ProtocolError::TooLong);
        }
        let told: Told = serde_json::from_slice(bytes)?;
        if told.format != FORMAT {
            return Err(ProtocolError::Format(told.format));
        }
        if written(&told)? != bytes {
            return Err(ProtocolError::Rewritten);
        }
        Ok(Self {
            told,
            bytes: bytes.to_owned(),
        })
    }

    /// What is written and sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The program that played.
    #[must_use]
    pub const fn build(&self) -> &Build {
        &self.told.build
    }

    /// How many scenarios were played.
    #[must_use]
    pub fn len(&self) -> usize {
        self.told.scenarios.len()
    }

    /// Whether nothing was played.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.told.scenarios.is_empty()
    }

    /// The scenarios that were played, among these; else, for each that is not the one that was played, why.
    ///
    /// # Errors
    /// One sentence for each scenario that is not there or whose file is another.
    pub fn choose(&self, known: &[Scenario]) -> Result<Vec<Scenario>, Vec<String>> {
        let by_id: BTreeMap<&str, &Scenario> =
            known.iter().map(|one| (one.id.as_str(), one)).collect();
        let (mut chosen, mut wrong) = (Vec::new(), Vec::new());
        for line in &self.told.scenarios {
            match by_id.get(line.id.as_str()) {
                None => wrong.push(format!("{}: there is no such scenario here", line.id)),
                Some(one) if one.source != line.source => wrong.push(format!(
                    "{}: its file is another one here (SHA-256 {}, played {})",
                    line.id, one.source, line.source
                )),
                Some(one) => chosen.push((*one).clone()),
            }
        }
        if wrong.is_empty() {
            Ok(chosen)
        } else {
            Err(wrong)
        }
    }

    /// What another run came to that this one did not: empty where both are the same. The builds may differ.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let (here, there) = (&self.told, &other.told);
        let mut found = Vec::new();
        let mut hold = |what: &str, a: &dyn std::fmt::Display, b: &dyn std::fmt::Display| {
            let (a, b) = (a.to_string(), b.to_string());
            if a != b {
                found.push(format!("{what}: {a}; now {b}"));
            }
        };
        hold("the catalogue", &here.catalogue, &there.catalogue);
        hold("the corpus", &here.corpus, &there.corpus);
        hold(
            "elements covered",
            &here.coverage.elements,
            &there.coverage.elements,
        );
        hold(
            "branches covered",
            &here.coverage.branches,
            &there.coverage.branches,
        );
        hold("MC/DC covered", &here.coverage.mcdc, &there.coverage.mcdc);
        let now: BTreeMap<&str, &Line> = there
            .scenarios
            .iter()
            .map(|line| (line.id.as_str(), line))
            .collect();
        for line in &here.scenarios {
            match now.get(line.id.as_str()) {
                None => hold(&line.id, &"played", &"not played"),
                Some(again) => hold(&line.id, &line.outcome(), &again.outcome()),
            }
        }
        for line in &there.scenarios {
            if !here.scenarios.iter().any(|one| one.id == line.id) {
                hold(&line.id, &"not played", &"played");
            }
        }
        found
    }
}

impl Line {
    fn of(played: &Played) -> Self {
        let scenario = &played.scenario;
        let seeds = scenario.steps.iter().filter_map(|step| match step {
            Step::Mischief(mischief) => mischief.seed,
            _ => None,
        });
        Self {
            id: scenario.id.clone(),
            source: scenario.source.clone(),
            service: scenario.service.to_string(),
            channel: scenario.channel.as_str().to_owned(),
            seeds: seeds.collect(),
            path: played.seen.elements.clone(),
            label: played
                .seen
                .label
                .map(RefusalLabel::as_str)
                .map(str::to_owned),
            end: played.seen.end.map(ExpectedEnd::as_str).map(str::to_owned),
            ok: played.ok(),
            differences: played.differences.clone(),
        }
    }

    /// Which scenario of which file.
    fn name(&self) -> String {
        format!("{} {}", self.id, self.source)
    }

    /// What came of it, for people.
    fn outcome(&self) -> String {
        let label = self.label.as_deref().unwrap_or("no refusal");
        let end = self.end.as_deref().unwrap_or("no end");
        let mut outcome = format!("{}, {label}, {end}", spoken(&self.path));
        if !self.ok {
            outcome += &format!(", not as it says ({})", self.differences.join("; "));
        }
        outcome
    }
}

impl From<Count> for Figure {
    fn from(count: Count) -> Self {
        Self {
            covered: count.covered,
            of: count.of,
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}/{}", self.covered, self.of)
    }
}

/// Fields in the order of their declaration, two spaces a level, a line feed at the end.
fn written(told: &Told) -> Result<Vec<u8>, ProtocolError> {
    let mut bytes = serde_json::to_vec_pretty(told)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// The SHA-256 over the digests of these texts, whatever their order.
fn digest_of_all(texts: impl Iterator<Item = String>) -> String {
    let mut digests: Vec<[u8; 32]> = texts.map(|text| sha256(text.as_bytes())).collect();
    digests.sort_unstable();
    hex::encode(sha256(&digests.concat()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use qaqpa_model::MessageId;

    use super::*;
    use crate::play::Seen;

    fn build(version: &str) -> Build {
        Build::new(version, &[0; 32])
    }

    /// A run of these scenarios in which each went as it says, with a message id and a duration of its own.
    fn run(ids: &[&str], salt: u64) -> Report {
        let catalogue = Catalogue::embedded().unwrap();
        let scenarios = Scenario::embedded(&catalogue).unwrap();
        let played = ids.iter().map(|id| {
            let found = scenarios.iter().find(|known| known.id == *id).unwrap();
            Played {
                seen: Seen {
                    message: Some(MessageId::parse(&format!("{{m-{salt}}}")).unwrap()),
                    elements: found.expect.path.clone(),
                    label: found.expect.label,
                    end: Some(found.expect.end),
                    ..Seen::default()
                },
                scenario: found.clone(),
                differences: Vec::new(),
                document: None,
                took: Duration::from_millis(salt),
            }
        });
        Report::new(&catalogue, played.collect())
    }

    fn protocol(report: &Report, version: &str) -> Protocol {
        let catalogue = Catalogue::embedded().unwrap();
        Protocol::of(report, &catalogue, build(version)).unwrap()
    }

    const IDS: [&str; 2] = ["guardianship-happy", "guardianship-expired"];

    #[test]
    fn two_runs_of_the_same_are_the_same_bytes_in_whatever_order_they_were_played() {
        let first = protocol(&run(&IDS, 1), "1");
        let again = protocol(&run(&[IDS[1], IDS[0]], 2), "1");
        assert_eq!(first.bytes(), again.bytes());
        assert_eq!(first.differences(&again), Vec::<String>::new());
        assert_eq!(Protocol::read(first.bytes()).unwrap(), first);
        // Of another build only that differs.
        let other = protocol(&run(&IDS, 1), "2");
        assert_ne!(first.bytes(), other.bytes());
        assert_eq!(first.differences(&other), Vec::<String>::new());
    }

    #[test]
    fn what_another_run_came_to_is_told_for_each_scenario() {
        let first = protocol(&run(&IDS, 1), "1");
        let mut report = run(&IDS[..1], 1);
        report.played[0].seen.elements.truncate(2);
        report.played[0].seen.end = None;
        report.played[0].differences = vec!["it stopped".to_owned()];
        let other = protocol(&report, "1");
        let found = first.differences(&other);
        assert_eq!(
            &found[found.len() - 2..],
            [
                "guardianship-expired: played; now not played".to_owned(),
                "guardianship-happy: process 1 → condition 1 → process 3 → condition 2 → process 5 → process 6 → condition 3 → process 8, \
                 no refusal, delivered; now process 1 → condition 1, no refusal, no end, not as it says (it stopped)"
                    .to_owned(),
            ]
        );
        assert!(found[0].starts_with("the corpus: "), "{}", found[0]);
    }

    #[test]
    fn what_is_not_written_as_a_protocol_is_none() {
        let good = protocol(&run(&IDS, 1), "1");
        let text = String::from_utf8(good.bytes().to_vec()).unwrap();
        let spaced = text.replacen("\": ", "\":  ", 1);
        let more = text.replacen('{', "{ \"note\": 1,", 1);
        let other = text.replacen("protocol 1", "protocol 2", 1);
        let says = |text: &str| Protocol::read(text.as_bytes()).unwrap_err().to_string();
        assert_eq!(
            says(&spaced),
            "not as a protocol is written: something was added, moved or left out"
        );
        assert!(says(&more).starts_with("not a protocol of a run: unknown field `note`"));
        assert_eq!(
            says(&other),
            "its format is \"qaqpa scenario protocol 2\"; this program knows \"qaqpa scenario protocol 1\""
        );
    }

    #[test]
    fn a_scenario_of_another_file_is_not_played_for_the_one_that_was() {
        let catalogue = Catalogue::embedded().unwrap();
        let mut known = Scenario::embedded(&catalogue).unwrap();
        let told = protocol(&run(&IDS, 1), "1");
        let chosen = told.choose(&known).unwrap();
        assert_eq!(
            chosen.iter().map(|one| &one.id).collect::<Vec<_>>(),
            ["guardianship-expired", "guardianship-happy"]
        );
        known.retain(|one| one.id != "guardianship-expired");
        let happy = known
            .iter_mut()
            .find(|one| one.id == "guardianship-happy")
            .unwrap();
        let source = std::mem::replace(&mut happy.source, "11".repeat(32));
        assert_eq!(
            told.choose(&known).unwrap_err(),
            [
                "guardianship-expired: there is no such scenario here".to_owned(),
                format!(
                    "guardianship-happy: its file is another one here (SHA-256 {}, played {source})",
                    "11".repeat(32)
                ),
            ]
        );
    }
}
