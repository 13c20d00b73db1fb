//! How things of the simulator are shown to people: moments, deadlines, people, verdicts, steps.

use std::time::Duration;

use qaqpa_model::{Actor, Lang, Moment};
use qaqpa_regulations::flow::Branch;
use qaqpa_regulations::{Element, ElementKind, Flow, Period, PeriodUnit};
use qaqpa_store::{CardState, PersonName, Task, TaskState, TraceEntry, TraceOutcome};
use qaqpa_verdict::{Indication, Outcome, Verdict};
use qaqpa_web::Words;
use qaqpa_web::components::{Step, StepState};

use crate::views::{CheckView, VerdictView};

/// A moment in Kazakhstan's time, for people.
pub(crate) fn moment(moment: Moment, lang: Lang) -> String {
    let format = match lang {
        Lang::En => "%-d %b %Y, %H:%M",
        Lang::Kk | Lang::Ru => "%d.%m.%Y, %H:%M",
    };
    moment.in_almaty().strftime(format).to_string()
}

/// A person's name in one line.
pub(crate) fn name(name: &PersonName) -> String {
    let parts = [
        Some(name.surname.as_str()),
        Some(name.given.as_str()),
        name.patronymic.as_deref(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

/// A deadline of an action for people.
pub(crate) fn period(period: Period, w: &Words) -> String {
    let key = match period.unit() {
        PeriodUnit::CalendarDays => "period-calendar-days",
        PeriodUnit::Hours => "period-hours",
        PeriodUnit::Minutes => "period-minutes",
        PeriodUnit::WorkingDays => "period-working-days",
    };
    w.with(key, &[("n", period.amount().into())])
}

/// How long a task still has, or for how long it is overdue; empty for one that is done.
pub(crate) fn left(task: &Task, now: Moment, w: &Words) -> String {
    if task.state == TaskState::Done {
        return String::new();
    }
    if task.deadline < now {
        let over = span(now.since(task.deadline), w);
        return w.with_text("deadline-over", "span", &over);
    }
    let span = span(task.deadline.since(now), w);
    w.with_text("deadline-left", "span", &span)
}

/// A span in the unit that a person would use.
fn span(span: Duration, w: &Words) -> String {
    let minutes = span.as_secs() / 60;
    let (key, n) = match minutes {
        0..120 => ("period-minutes", minutes),
        120..2880 => ("period-hours", minutes / 60),
        _ => ("period-days", minutes / 1440),
    };
    w.with(key, &[("n", n.into())])
}

/// Bytes for people.
pub(crate) fn size(bytes: usize, w: &Words) -> String {
    let (key, n) = match bytes {
        0..1024 => ("size-bytes", bytes.to_string()),
        1024..1_048_576 => ("size-kilobytes", bytes.div_ceil(1024).to_string()),
        _ => {
            let tenths = bytes.saturating_mul(10).div_ceil(1_048_576);
            let decimal = if w.lang() == Lang::En { '.' } else { ',' };
            (
                "size-megabytes",
                format!("{}{decimal}{}", tenths / 10, tenths % 10),
            )
        }
    };
    w.with_text(key, "n", &n)
}

/// The class of a card's state in the stylesheet: the status that the applicant sees.
pub(crate) const fn state_class(state: CardState) -> &'static str {
    match state {
        CardState::Granted => "completed",
        CardState::Open => "in-work",
        CardState::Refused => "refused",
    }
}

/// The words for a card's state.
pub(crate) fn state(state: CardState, w: &Words) -> String {
    w.t(match state {
        CardState::Granted => "card-state-granted",
        CardState::Open => "card-state-open",
        CardState::Refused => "card-state-refused",
    })
}

/// The role in the reader's language.
pub(crate) fn role(role: &str, w: &Words) -> String {
    let key = match role {
        "officer" => "role-officer",
        "head" => "role-head",
        "clerk" => "role-clerk",
        "executor" => "role-executor",
        "specialist" => "role-specialist",
        _ => return role.to_owned(),
    };
    w.t(key)
}

/// A verdict with every check, and the question that only a reader of the document can ask.
pub(crate) fn verdict(verdict: &Verdict, w: &Words) -> VerdictView {
    let (state, key) = match verdict.indication {
        Indication::TotalPassed => ("passed", "verdict-total-passed"),
        Indication::TotalFailed => ("failed", "verdict-total-failed"),
        Indication::Indeterminate => ("undecided", "verdict-indeterminate"),
    };
    let signer = verdict.signer.as_ref();
    VerdictView {
        state,
        title: w.t(key),
        at: moment(verdict.at, w.lang()),
        indication: verdict.indication.as_str(),
        signer: signer.map_or_else(String::new, |signer| signer.common_name.clone()),
        signer_iin: signer
            .and_then(|signer| signer.iin_masked.clone())
            .unwrap_or_default(),
        serial: signer.map_or_else(String::new, |signer| signer.serial.clone()),
        covered: verdict
            .scope
            .as_ref()
            .and_then(|scope| scope.covered.clone())
            .unwrap_or_default(),
        checks: verdict
            .checks
            .iter()
            .map(|check| {
                let (outcome, key) = match check.outcome {
                    Outcome::Pass => ("pass", "answer-pass"),
                    Outcome::Fail => ("fail", "answer-fail"),
                    Outcome::Undecided => ("undecided", "answer-undecided"),
                    Outcome::NotAsked => ("not-asked", "answer-not-asked"),
                };
                CheckView {
                    id: check.id.as_str(),
                    title: w.t(&format!("check-{}", check.id.as_str())),
                    outcome,
                    answer: w.t(key),
                    why: check.why.clone(),
                }
            })
            .collect(),
    }
}

/// The element's name, its kind and number, in the reader's language. What the act does not number is called otherwise.
pub(crate) fn spoken(element: &Element, w: &Words) -> String {
    let key = format!("element-{}", element.word());
    w.with_text(&key, "number", &element.number.to_string())
}

/// The steps of the flow that are carried out here, with what came of them.
///
/// The element that forms a refusal is shown only where the way went through it.
pub(crate) fn steps(flow: &Flow, trace: &[TraceEntry], w: &Words) -> Vec<Step> {
    let refused = trace.iter().any(|entry| entry.outcome == TraceOutcome::No);
    let mut here_given = false;
    let mut steps = Vec::new();
    let ours = |element: &&Element| element.actor == Actor::RegionalGateway;
    for element in flow.elements.iter().filter(ours) {
        let entry = trace.iter().rev().find(|entry| entry.element == element.id);
        if entry.is_none() && !refused && is_refusal(flow, element) {
            continue;
        }
        let state = match entry {
            Some(entry) if entry.outcome == TraceOutcome::No => StepState::Refused,
            Some(_) if is_refusal(flow, element) => StepState::Refused,
            Some(_) => StepState::Done,
            None if here_given => StepState::Ahead,
            None => {
                here_given = true;
                StepState::Here
            }
        };
        steps.push(Step {
            element: element.id.to_string(),
            is_condition: element.kind == ElementKind::Condition,
            name: spoken(element, w),
            title: element.title.get(w.lang()).to_owned(),
            state,
            answer: match entry.map(|entry| entry.outcome) {
                Some(TraceOutcome::Yes) => w.t("answer-yes"),
                Some(TraceOutcome::No) => w.t("answer-no"),
                Some(TraceOutcome::Done) | None => String::new(),
            },
            label: entry
                .and_then(|entry| entry.label)
                .map_or_else(String::new, |label| label.to_string()),
            at: entry.map_or_else(String::new, |entry| moment(entry.at, w.lang())),
        });
    }
    steps
}

/// Whether an element is where a condition's "no" leads to.
fn is_refusal(flow: &Flow, element: &Element) -> bool {
    flow.elements
        .iter()
        .any(|other| matches!(&other.branch, Branch::Question { no, .. } if *no == element.id))
}
