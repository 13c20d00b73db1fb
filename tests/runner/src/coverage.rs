//! How much of the regulation the played scenarios have walked.
//!
//! Counted over every flow of the catalogue, from scenarios that went as they say:
//! - **elements**: processes and conditions that were passed;
//! - **branches**: each condition's yes; each condition's no, and for a certificate condition each
//!   separate cause of it instead;
//! - **mcdc** (modified condition / decision coverage): a condition is a decision over independent
//!   questions, its causes. A cause is covered when a scenario was refused for it alone and another
//!   one passed the same condition: then this question by itself has turned the decision.

use std::collections::BTreeSet;

use qaqpa_model::ServiceAtAct;
use qaqpa_regulations::{Catalogue, Channel, Element, ElementKind, Flow, Meaning};

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
    /// What was not covered: `guardianship-certificate@… · portal: condition-2 no, revocation-unknown`.
    pub missing: Vec<String>,
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
}

/// What one flow's scenarios have seen.
#[derive(Default)]
struct Walked {
    elements: BTreeSet<String>,
    yes: BTreeSet<String>,
    /// Condition and cause.
    no: BTreeSet<(String, String)>,
}

impl Coverage {
    /// The coverage of these scenarios over the whole catalogue.
    #[must_use]
    pub fn of(catalogue: &Catalogue, played: &[Played]) -> Self {
        let mut coverage = Self::default();
        for service in catalogue.services() {
            for flow in &service.flows {
                let walked = walked(&service.id, flow.channel, flow, played);
                let name = format!("{} · {}", service.id, flow.channel);
                for element in &flow.elements {
                    coverage.count(&name, element, &walked);
                }
            }
        }
        coverage
    }

    fn count(&mut self, flow: &str, element: &Element, walked: &Walked) {
        let id = element.id.to_string();
        let seen = walked.elements.contains(&id);
        self.elements.add(seen);
        if !seen {
            self.missing.push(format!("{flow}: {id}"));
        }
        if element.kind != ElementKind::Condition {
            return;
        }
        let yes = walked.yes.contains(&id);
        self.branches.add(yes);
        if !yes {
            self.missing.push(format!("{flow}: {id} yes"));
        }
        let by_cause = element.meaning == Meaning::CheckCertificate;
        let mut any = false;
        for cause in &element.causes {
            let no = walked.no.contains(&(id.clone(), cause.id.clone()));
            any |= no;
            self.mcdc.add(no && yes);
            if by_cause {
                self.branches.add(no);
            }
            if !no {
                self.missing.push(format!("{flow}: {id} no, {}", cause.id));
            }
        }
        if !by_cause {
            self.branches.add(any);
        }
    }
}

fn walked(service: &ServiceAtAct, channel: Channel, flow: &Flow, played: &[Played]) -> Walked {
    let mut walked = Walked::default();
    let of_flow = played.iter().filter(|played| {
        played.ok() && played.scenario.service == *service && played.scenario.channel == channel
    });
    for played in of_flow {
        walked.elements.extend(played.seen.elements.iter().cloned());
        for step in played.seen.path.iter().filter(|step| step.outcome == "yes") {
            walked.yes.insert(step.element.clone());
        }
        let refused_at = played.seen.elements.iter().rev().find_map(|id| {
            flow.elements
                .iter()
                .find(|known| known.id.as_str() == id && known.kind == ElementKind::Condition)
        });
        if let (Some(condition), Some(label)) = (refused_at, played.seen.label) {
            let causes = condition.causes.iter().filter(|cause| cause.label == label);
            let named = played.scenario.expect.cause.as_ref();
            let cause = causes
                .clone()
                .find(|cause| named == Some(&cause.id))
                .or_else(|| causes.clone().next());
            walked
                .no
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

    /// The flows that are played: each has the elements of pattern P1.
    const FLOWS: usize = 8;

    #[test]
    fn the_happy_path_alone_covers_its_elements_and_the_three_yes() {
        let catalogue = Catalogue::embedded().unwrap();
        let coverage = Coverage::of(&catalogue, &[played(HAPPY, None, true)]);
        let elements = 11 * FLOWS;
        assert_eq!(
            (coverage.elements.covered, coverage.elements.of),
            (8, elements)
        );
        // Three yes of: yes and no of conditions 1 and 3; yes and twelve causes of condition 2.
        let branches = 17 * FLOWS;
        assert_eq!(
            (coverage.branches.covered, coverage.branches.of),
            (3, branches)
        );
        assert_eq!((coverage.mcdc.covered, coverage.mcdc.of), (0, 16 * FLOWS));
        assert!(
            coverage.missing.contains(
                &"guardianship-certificate@zhambyl-2019-23 · portal: condition-2 no, iin-mismatch"
                    .to_owned()
            )
        );
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
