//! A run: the kept cases first, then documents made from the seed; failures are made small and kept.

use std::collections::BTreeMap;
use std::time::Instant;

use crate::case::{self, Case};
use crate::judges::{self, Judge, Question, Says};
use crate::keys::{self, Key};
use crate::ours::Ours;
use crate::plan::{Made, Plan};
use crate::rule::{Difference, Judged, differences, judge};
use crate::view::View;

/// How many attempts making one failure smaller may take.
const ATTEMPTS_MAX: usize = 400;

/// What a run is asked for.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many documents are made.
    pub documents: u64,
    /// What they follow from.
    pub seed: u64,
    /// Whether failures are kept in `found`.
    pub keep: bool,
    /// Judges that are not asked: for looking into something, never for a verdict about us.
    pub without: Vec<String>,
}

struct Run {
    keys: Vec<Key>,
    judges: Vec<Judge>,
    known: Vec<Case>,
    /// How often each listed difference was met.
    met: BTreeMap<String, u64>,
    failures: BTreeMap<String, u64>,
}

/// Does it; true if there was no failure.
pub fn run(options: &Options) -> bool {
    let started = Instant::now();
    let mut run = Run {
        keys: keys::load(),
        judges: judges::all(),
        known: case::load("known"),
        met: BTreeMap::new(),
        failures: BTreeMap::new(),
    };
    run.judges
        .retain(|judge| !options.without.iter().any(|name| name == judge.name));
    run.known
        .retain(|case| !options.without.contains(&case.judge));
    run.check_known();
    run.check_found();
    let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
    for number in 0..options.documents {
        let plan = Plan::new(options.seed, number, &run.keys);
        let Some(made) = plan.make(&run.keys) else {
            *counts.entry("not signed").or_default() += 1;
            continue;
        };
        let judged = run.judge_plan(&plan, &made);
        *counts.entry(outcome(&judged)).or_default() += 1;
        let new = run.unlisted(&judged, Some(&made.signed.views), &plan, &made);
        for difference in new {
            let number_of = run.failures.entry(difference.kind()).or_default();
            *number_of += 1;
            if *number_of == 1 {
                run.report(number, plan.clone(), &difference, options.keep);
            }
        }
    }
    run.summary(&counts, options, started)
}

fn outcome(judged: &Judged) -> &'static str {
    let accepting = judged
        .others
        .iter()
        .filter(|(_, says)| *says == Says::Accept)
        .count();
    match (&judged.ours, accepting) {
        (Ours::Accepts(_), n) if n == judged.others.len() => "accepted by all",
        (Ours::Accepts(_), 0) => "accepted by us alone",
        (Ours::Accepts(_), _) => "accepted by us and some",
        (_, 0) => "refused by all",
        (_, n) if n == judged.others.len() => "refused by us alone",
        (..) => "refused by us and some",
    }
}

impl Run {
    fn judge_plan(&mut self, plan: &Plan, made: &Made) -> Judged {
        self.judge(
            plan.template.profile.name(),
            plan.template.key,
            plan.template.algorithm.uri(),
            &made.bytes,
        )
    }

    fn judge(&mut self, profile: &str, key: &str, algorithm: &str, bytes: &[u8]) -> Judged {
        let profile =
            crate::template::Profile::parse(profile).expect("profiles are written by their names");
        let found = self.keys.iter().find(|known| known.name == key);
        let spki = found
            .unwrap_or_else(|| panic!("there is no key {key}"))
            .private
            .spki_der()
            .to_vec();
        judge(
            &mut self.judges,
            Question {
                profile,
                key,
                algorithm,
                bytes,
            },
            &spki,
        )
    }

    /// The differences that no entry lists; those that one does are counted.
    fn unlisted(
        &mut self,
        judged: &Judged,
        signed: Option<&[View]>,
        plan: &Plan,
        made: &Made,
    ) -> Vec<Difference> {
        let mut new = differences(judged, signed);
        new.retain(
            |difference| match self.entry(difference, plan.template.profile, &made.bytes) {
                None => true,
                Some(name) => {
                    *self.met.entry(name).or_default() += 1;
                    false
                }
            },
        );
        new
    }

    fn entry(
        &self,
        difference: &Difference,
        profile: crate::template::Profile,
        bytes: &[u8],
    ) -> Option<String> {
        if matches!(difference, Difference::Changed | Difference::Panic(_)) {
            return None;
        }
        let (judge, reason) = (difference.judge(), difference.reason());
        let entry = self
            .known
            .iter()
            .find(|case| case.lists(judge, reason, profile, bytes))?;
        Some(entry.name.clone())
    }

    /// Each entry's witness must still show its difference, and say why it is one.
    fn check_known(&mut self) {
        for case in self.known.clone() {
            let judged = self.judge(&case.profile, &case.key, &case.algorithm, &case.bytes);
            let profile = case.parsed_profile();
            let shows = differences(&judged, None).iter().any(|difference| {
                case.lists(
                    difference.judge(),
                    difference.reason(),
                    profile,
                    &case.bytes,
                )
            });
            if !shows && case.unsteady.is_none() {
                self.fail(format!("known/{}: no longer applies", case.name), &judged);
            } else if case.cause.is_none() || case.clause.is_none() {
                self.fail(
                    format!("known/{}: without cause or clause", case.name),
                    &judged,
                );
            }
        }
    }

    fn check_found(&mut self) {
        for case in case::load("found") {
            let judged = self.judge(&case.profile, &case.key, &case.algorithm, &case.bytes);
            let profile = case.parsed_profile();
            let differs = differences(&judged, None)
                .iter()
                .any(|difference| self.entry(difference, profile, &case.bytes).is_none());
            let as_expected = match case.expected.as_deref() {
                Some("accept") => matches!(judged.ours, Ours::Accepts(_)),
                Some("refuse") => matches!(judged.ours, Ours::Refuses(_)),
                _ => true,
            };
            if differs || !as_expected {
                self.fail(format!("found/{}: found again", case.name), &judged);
            }
        }
    }

    fn fail(&mut self, what: String, judged: &Judged) {
        println!("FAILURE {what}");
        print_verdicts(judged);
        *self.failures.entry(what).or_default() += 1;
    }

    /// Makes the document of a failure small, shows it, and keeps it.
    fn report(&mut self, number: u64, mut plan: Plan, difference: &Difference, keep: bool) {
        let mut attempts = 0;
        'smaller: loop {
            for smaller in plan.smaller() {
                attempts += 1;
                if attempts > ATTEMPTS_MAX {
                    break 'smaller;
                }
                let Some(made) = smaller.make(&self.keys) else {
                    continue;
                };
                let judged = self.judge_plan(&smaller, &made);
                // Of the same kind, and still not one that is listed.
                let same = differences(&judged, Some(&made.signed.views))
                    .iter()
                    .any(|other| {
                        other.is_like(difference)
                            && self
                                .entry(other, smaller.template.profile, &made.bytes)
                                .is_none()
                    });
                if same {
                    plan = smaller;
                    continue 'smaller;
                }
            }
            break;
        }
        let Some(made) = plan.make(&self.keys) else {
            return;
        };
        let judged = self.judge_plan(&plan, &made);
        println!("\nFAILURE document {number}: {}", difference.kind());
        plan.story().iter().for_each(|line| println!("  {line}"));
        print_verdicts(&judged);
        println!("{}\n", String::from_utf8_lossy(&made.bytes));
        let expected = match difference {
            Difference::Changed => "refuse",
            Difference::Alone(..) | Difference::Panic(_) | Difference::Strict(_) => "agree",
        };
        let case = Case {
            name: file_name(difference),
            profile: plan.template.profile.name().to_owned(),
            key: plan.template.key.to_owned(),
            algorithm: plan.template.algorithm.uri().to_owned(),
            story: plan.story(),
            expected: Some(expected.to_owned()),
            judge: difference.judge().to_owned(),
            reason: difference.reason().to_owned(),
            contains: Vec::new(),
            values_with: String::new(),
            profiles: Vec::new(),
            cause: None,
            unsteady: None,
            clause: None,
            bytes: made.bytes,
        };
        if keep && let Err(error) = case.write(&case::folder_of("found")) {
            println!("not kept: {error}");
        }
    }

    fn summary(
        mut self,
        counts: &BTreeMap<&str, u64>,
        options: &Options,
        started: Instant,
    ) -> bool {
        println!(
            "{} documents of seed {} in {:.0} s",
            options.documents,
            options.seed,
            started.elapsed().as_secs_f64()
        );
        for (outcome, n) in counts {
            println!("{n:>8}  {outcome}");
        }
        println!("listed differences:");
        for (entry, n) in &self.met {
            println!("{n:>8}  {entry}");
        }
        for judge in &self.judges {
            if judge.deaths > 0 {
                println!("{:>8}  deaths of {}", judge.deaths, judge.name);
            }
        }
        // A run in which hardly anything is accepted would prove nothing.
        let accepted = counts.get("accepted by all").copied().unwrap_or_default();
        if accepted * 10 < options.documents {
            self.failures.insert(
                "fewer than one document in ten is accepted by all".to_owned(),
                1,
            );
        }
        if !self.failures.is_empty() {
            println!("failures:");
        }
        for (kind, n) in &self.failures {
            println!("{n:>8}  {kind}");
        }
        self.failures.is_empty()
    }
}

fn print_verdicts(judged: &Judged) {
    println!("  {:<12} {}", "ours", judged.ours.line());
    for (name, says) in &judged.others {
        println!("  {name:<12} {}", says.line());
    }
}

fn file_name(difference: &Difference) -> String {
    let mut name = String::new();
    for c in difference.kind().chars() {
        match c {
            'a'..='z' | 'A'..='Z' => name.push(c.to_ascii_lowercase()),
            _ if name.ends_with('-') => {}
            _ => name.push('-'),
        }
    }
    name.truncate(90);
    name.trim_matches('-').to_owned()
}
