//! How much of the regulation the played scenarios have walked.
//!
//! Counted over every flow of the catalogue, from scenarios that went as they say:
//! - **elements**: processes and conditions that were passed;
//! - **branches**: each condition's yes; each condition's no, and for a certificate condition each
//!   separate cause of it instead;
//! - **mcdc** (modified condition / decision coverage): a condition is a decision over independent
//!   questions, its causes. A cause is covered when a scenario was refused for it alone and another
//!   one passed the same condition: then this question by itself has turned the decision.
//!
//! What is not covered is named with the input that would cover it: the path of a scenario, and the label of its refusal.

use std::collections::{BTreeMap, BTreeSet};

use qaqpa_model::{ElementId, ServiceAtAct};
use qaqpa_regulations::diagram::Traffic;
use qaqpa_regulations::flow::Branch;
use qaqpa_regulations::{Catalogue, Cause, Channel, Element, ElementKind, Flow, Meaning, Outcome};

use crate::play::Played;

/// Covered and countable things of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// How many were covered.
    pub covered: usize,
    /// How many there are.
    pub of: usize,
}

/// The three figures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Processes and conditions.
    pub elements: Count,
    /// Yes and no of each condition, causes of certificate conditions apart.
    pub branches: Count,
    /// Causes that by themselves turned a condition.
    pub mcdc: Count,
    /// What was not covered.
    pub missing: Vec<Missing>,
    /// The same of each flow that is played.
    pub flows: Vec<FlowCoverage>,
}

/// Something that no scenario has covered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What: `guardianship-certificate@… · portal: condition-2 no, revocation-unknown`.
    pub what: String,
    /// The shortest path of a scenario that would cover it: what its `expect.path` begins with.
    pub path: Vec<String>,
    /// The cause of the refusal that it would have to meet, where it is one.
    pub cause: Option<String>,
}

/// How much of one flow the scenarios have walked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FlowCoverage {
    /// `guardianship-certificate@zhambyl-2019-23`.
    pub service: String,
    /// `portal`.
    pub channel: String,
    /// Processes and conditions.
    pub elements: Count,
    /// Yes and no of each condition, causes of certificate conditions apart.
    pub branches: Count,
    /// Causes that by themselves turned a condition.
    pub mcdc: Count,
    /// What was not covered.
    pub missing: Vec<Missing>,
    /// How often each way was gone.
    pub traffic: Traffic,
}

impl Missing {
    /// What a scenario needs to cover it, in the words of a scenario's file.
    #[must_use]
    pub fn input(&self) -> String {
        let path: Vec<String> = self.path.iter().map(|id| format!("{id:?}")).collect();
        let cause = self.cause.as_ref();
        let cause = cause.map_or_else(String::new, |cause| format!(", expect.cause = {cause:?}"));
        format!("expect.path = [{}, …]{cause}", path.join(", "))
    }
}

impl Count {
    /// Per cent, with one digit after the point; a catalogue with nothing to cover is covered.
    #[must_use]
    pub fn per_cent(self) -> f64 {
        if self.of == 0 {
            return 100.0;
        }
        #[expect(
            clippy::cast_precision_loss,
            reason = "a catalogue has some thousand things"
        )]
        let part = self.covered as f64 / self.of as f64;
        (part * 1000.0).round() / 10.0
    }

    fn add(&mut self, covered: bool) {
        self.of += 1;
        self.covered += usize::from(covered);
    }

    fn add_all(&mut self, other: Self) {
        self.of += other.of;
        self.covered += other.covered;
    }
}

/// What one flow's scenarios have seen.
#[derive(Default)]
struct Walked {
    elements: BTreeMap<String, u32>,
    yes: BTreeMap<String, u32>,
    no: BTreeMap<String, u32>,
    /// Condition and cause.
    causes: BTreeSet<(String, String)>,
}

impl Coverage {
    /// The coverage of these scenarios over the whole catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue, played: &[Played]) -> Self {
        let mut coverage = Self::default();
        for service in catalogue.services() {
            for flow in &service.flows {
                let walked = walked(&service.id, flow.channel, flow, played);
                let of_flow = FlowCoverage::of(&service.id, flow, &walked);
                coverage.elements.add_all(of_flow.elements);
                coverage.branches.add_all(of_flow.branches);
                coverage.mcdc.add_all(of_flow.mcdc);
                coverage.missing.extend(of_flow.missing.iter().cloned());
                coverage.flows.push(of_flow);
            }
        }
        coverage
    }
}

impl FlowCoverage {
    fn of(service: &ServiceAtAct, flow: &Flow, walked: &Walked) -> Self {
        let mut coverage = Self {
            service: service.to_string(),
            channel: flow.channel.to_string(),
            traffic: traffic(flow, walked),
            ..Self::default()
        };
        for element in &flow.elements {
            coverage.count(flow, element, walked);
        }
        coverage
    }

    fn count(&mut self, flow: &Flow, element: &Element, walked: &Walked) {
        let id = element.id.as_str();
        let seen = walked.elements.contains_key(id);
        self.elements.add(seen);
        if !seen {
            self.miss(flow, element, "", None);
        }
        if element.kind != ElementKind::Condition {
            return;
        }
        let yes = walked.yes.contains_key(id);
        self.branches.add(yes);
        if !yes {
            self.miss(flow, element, " yes", None);
        }
        let by_cause = element.meaning == Meaning::CheckCertificate;
        let mut any = false;
        for cause in &element.causes {
            let no = walked.causes.contains(&(id.to_owned(), cause.id.clone()));
            any |= no;
            self.mcdc.add(no && yes);
            if by_cause {
                self.branches.add(no);
            }
            if !no {
                self.miss(flow, element, " no, ", Some(cause));
            }
        }
        if !by_cause {
            self.branches.add(any);
        }
    }

    fn miss(&mut self, flow: &Flow, element: &Element, outcome: &str, cause: Option<&Cause>) {
        let cause = cause.map(|cause| cause.id.clone());
        let mut path = way_to(flow, &element.id);
        let after = match (&element.branch, outcome, &cause) {
            (Branch::Question { yes, .. }, " yes", None) => Some(yes),
            (Branch::Question { no, .. }, _, Some(_)) => Some(no),
            _ => None,
        };
        path.extend(after.map(ToString::to_string));
        let (service, channel) = (&self.service, &self.channel);
        let told = cause.clone().unwrap_or_default();
        self.missing.push(Missing {
            what: format!("{service} · {channel}: {}{outcome}{told}", element.id),
            path,
            cause,
        });
    }
}

/// The shortest way from the start of a flow to an element, both included.
fn way_to(flow: &Flow, target: &ElementId) -> Vec<String> {
    let Some(start) = flow.start() else {
        return Vec::new();
    };
    let mut ways = vec![vec![&start.id]];
    let mut seen = BTreeSet::from([start.id.as_str()]);
    let mut next = 0;
    while let Some(way) = ways.get(next).cloned() {
        next += 1;
        let Some(last) = way.last().copied() else {
            continue;
        };
        if last == target {
            return way.into_iter().map(ToString::to_string).collect();
        }
        let branch = flow.element(last).map(|element| &element.branch);
        let after = match branch {
            Some(Branch::Next(after)) => vec![after],
            Some(Branch::Question { yes, no }) => vec![yes, no],
            Some(Branch::End(_)) | None => Vec::new(),
        };
        for id in after {
            if seen.insert(id.as_str()) {
                ways.push([way.as_slice(), &[id]].concat());
            }
        }
    }
    Vec::new()
}

fn traffic(flow: &Flow, walked: &Walked) -> Traffic {
    let mut traffic = Traffic::default();
    for element in &flow.elements {
        let count = |of: &BTreeMap<String, u32>| of.get(element.id.as_str()).copied().unwrap_or(0);
        let all = count(&walked.elements);
        traffic.elements.insert(element.id.clone(), all);
        let outcomes = match element.kind {
            ElementKind::Process => vec![(Outcome::Done, all)],
            ElementKind::Condition => vec![
                (Outcome::Yes, count(&walked.yes)),
                (Outcome::No, count(&walked.no)),
            ],
        };
        for (outcome, runs) in outcomes {
            traffic.outcomes.insert((element.id.clone(), outcome), runs);
        }
    }
    traffic
}

fn walked(service: &ServiceAtAct, channel: Channel, flow: &Flow, played: &[Played]) -> Walked {
    let mut walked = Walked::default();
    let of_flow = played.iter().filter(|played| {
        played.ok() && played.scenario.service == *service && played.scenario.channel == channel
    });
    for played in of_flow {
        for id in &played.seen.elements {
            *walked.elements.entry(id.clone()).or_default() += 1;
        }
        for step in played.seen.path.iter().filter(|step| step.outcome == "yes") {
            *walked.yes.entry(step.element.clone()).or_default() += 1;
        }
        let refused_at = played.seen.elements.iter().rev().find_map(|id| {
            flow.elements
                .iter()
                .find(|known| known.id.as_str() == id && known.kind == ElementKind::Condition)
        });
        if let (Some(condition), Some(label)) = (refused_at, played.seen.label) {
            *walked.no.entry(condition.id.to_string()).or_default() += 1;
            let causes = condition.causes.iter().filter(|cause| cause.label == label);
            let named = played.scenario.expect.cause.as_ref();
            let cause = causes
                .clone()
                .find(|cause| named == Some(&cause.id))
                .or_else(|| causes.clone().next());
            walked
                .causes
                .extend(cause.map(|cause| (condition.id.to_string(), cause.id.clone())));
        }
    }
    walked
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use qaqpa_model::{Actor, Moment, RefusalLabel};

    use super::*;
    use crate::play::Seen;
    use crate::scenario::{Expected, ExpectedEnd, Scenario};
    use crate::stand::Recorded;

    fn played(path: &[(&str, &str)], label: Option<RefusalLabel>, ok: bool) -> Played {
        let catalogue = Catalogue::embedded().unwrap();
        let scenario = Scenario::embedded(&catalogue).unwrap().remove(0);
        let steps: Vec<Recorded> = path
            .iter()
            .map(|(element, outcome)| Recorded {
                actor: Actor::Portal,
                at: Moment::from_unix_ms(0),
                element: (*element).to_owned(),
                outcome: (*outcome).to_owned(),
                label: label.filter(|_| *outcome == "no"),
            })
            .collect();
        let expect = Expected {
            path: Vec::new(),
            label,
            cause: None,
            end: ExpectedEnd::Waiting,
        };
        Played {
            scenario: Scenario { expect, ..scenario },
            seen: Seen {
                elements: steps.iter().map(|step| step.element.clone()).collect(),
                path: steps,
                label,
                ..Seen::default()
            },
            differences: if ok {
                Vec::new()
            } else {
                vec!["another path".to_owned()]
            },
            document: None,
            took: Duration::ZERO,
        }
    }

    const HAPPY: &[(&str, &str)] = &[
        ("process-1", "done"),
        ("condition-1", "yes"),
        ("process-3", "done"),
        ("condition-2", "yes"),
        ("process-5", "done"),
        ("process-6", "done"),
        ("condition-3", "yes"),
        ("process-8", "done"),
    ];

    /// The flows that are played: of patterns P1, P2, and P3 in the acts of 2014 and of 2018.
    const FLOWS: [usize; 4] = [8, 2, 1, 1];

    /// So many of a flow of each of these, over all of them.
    fn over_all(of: [usize; 4]) -> usize {
        of.iter().zip(FLOWS).map(|(of, flows)| of * flows).sum()
    }

    #[test]
    fn the_happy_path_alone_covers_its_elements_and_the_three_yes() {
        let catalogue = Catalogue::embedded().unwrap();
        let coverage = Coverage::of(&catalogue, &[played(HAPPY, None, true)]);
        let elements = over_all([11, 13, 9, 11]);
        assert_eq!(
            (coverage.elements.covered, coverage.elements.of),
            (8, elements)
        );
        // Three yes of: yes and no of each other condition; yes and twelve causes of condition 2.
        let branches = over_all([17, 19, 15, 17]);
        assert_eq!(
            (coverage.branches.covered, coverage.branches.of),
            (3, branches)
        );
        assert_eq!(
            (coverage.mcdc.covered, coverage.mcdc.of),
            (0, over_all([16, 16, 14, 15]))
        );
        let what =
            "guardianship-certificate@zhambyl-2019-23 · portal: condition-2 no, iin-mismatch";
        let missing = coverage
            .missing
            .iter()
            .find(|one| one.what == what)
            .unwrap();
        assert_eq!(
            missing.input(),
            "expect.path = [\"process-1\", \"condition-1\", \"process-3\", \"condition-2\", \"process-4\", …], \
             expect.cause = \"iin-mismatch\""
        );
        let covered: Vec<_> = coverage
            .flows
            .iter()
            .filter(|flow| flow.elements.covered > 0)
            .collect();
        assert_eq!(covered.len(), 1);
        let runs = |id: &str| covered[0].traffic.elements[&ElementId::parse(id).unwrap()];
        assert_eq!((runs("process-8"), runs("process-7")), (1, 0));
    }

    #[test]
    fn a_cause_counts_for_mcdc_only_beside_a_yes() {
        let catalogue = Catalogue::embedded().unwrap();
        let no = &[
            ("process-1", "done"),
            ("condition-1", "yes"),
            ("process-3", "done"),
            ("condition-2", "no"),
            ("process-4", "done"),
        ];
        let refused = played(no, Some(RefusalLabel::IinMismatch), true);
        let alone = Coverage::of(&catalogue, std::slice::from_ref(&refused));
        assert_eq!((alone.branches.covered, alone.mcdc.covered), (2, 0));
        let both = Coverage::of(&catalogue, &[played(HAPPY, None, true), refused]);
        assert_eq!((both.branches.covered, both.mcdc.covered), (4, 1));
    }

    #[test]
    fn a_scenario_that_failed_covers_nothing() {
        let catalogue = Catalogue::embedded().unwrap();
        let coverage = Coverage::of(&catalogue, &[played(HAPPY, None, false)]);
        assert_eq!(coverage.elements.covered, 0);
    }

    #[test]
    fn per_cent_has_one_digit() {
        assert_eq!(Count { covered: 2, of: 3 }.per_cent().to_string(), "66.7");
        assert_eq!(Count { covered: 3, of: 3 }.per_cent().to_string(), "100");
        assert_eq!(Count::default().per_cent().to_string(), "100");
    }
}
