//! The report as text and as JSON.

use std::fmt::Write as _;

use qaqpa_model::{ElementId, Lang};
use serde_json::{Value, json};

use super::report::{Conformed, Departure, Expected, Overdue, Report, Verdict, flow_name};
use crate::flow::Flow;
use crate::mark::Mark;
use crate::text::Text;
use crate::view;
use crate::vocabulary::Outcome;

/// The report for people.
#[must_use]
pub fn text(report: &Report<'_>, lang: Lang) -> String {
    let mut out = String::new();
    for case in &report.cases {
        let _ = write!(
            out,
            "{} ({}, {}): ",
            case.id,
            case.service.id,
            flow_name(case.flow)
        );
        match &case.verdict {
            Verdict::Ended { end, label } => {
                let label = label.map_or_else(String::new, |label| format!(": {label}"));
                let _ = writeln!(out, "conforms, {}{label}", end.as_str());
            }
            Verdict::Leaves(departure) => departure_text(&mut out, case.flow, departure, lang),
            Verdict::Unfinished { waits_for } => {
                let _ = writeln!(out, "conforms so far");
                steps_text(&mut out, "waits for", case.flow, waits_for, lang);
            }
        }
        for overdue in &case.overdue {
            overdue_text(&mut out, case.flow, overdue, lang);
        }
    }
    let _ = write!(
        out,
        "{} cases: {} conform and ended, {} conform so far, {} leave the regulation; steps overdue: {}",
        report.cases.len(),
        report.count("ended"),
        report.count("unfinished"),
        report.count("leaves"),
        report.overdue()
    );
    out
}

fn departure_text(out: &mut String, flow: &Flow, departure: &Departure, lang: Lang) {
    let event = &departure.event;
    let _ = writeln!(
        out,
        "leaves the regulation at event {} (line {})",
        departure.number, event.line
    );
    let _ = write!(out, "    came       {}", event.activity);
    if let Some(outcome) = &event.outcome {
        let _ = write!(out, " = {outcome}");
    }
    if let Some(at) = event.at {
        let _ = write!(out, ", {at}");
    }
    if let Some(who) = &event.who {
        let _ = write!(out, ", {who}");
    }
    out.push('\n');
    let steps = departure.steps.iter().filter_map(|id| Step::of(flow, id));
    for step in steps {
        let _ = writeln!(
            out,
            "    which is   {} — {} [{}]",
            step.spoken,
            step.title.get(lang),
            step.mark
        );
    }
    if departure.expected.is_empty() {
        let _ = writeln!(out, "    expected   nothing more");
    }
    steps_text(out, "expected", flow, &departure.expected, lang);
    let _ = writeln!(out, "    why        {}", departure.why);
}

fn steps_text(out: &mut String, word: &str, flow: &Flow, steps: &[Expected], lang: Lang) {
    for one in steps {
        if let Some(step) = Step::of(flow, &one.step) {
            let _ = writeln!(
                out,
                "    {word:<10} {}{} — {} [{}]",
                step.spoken,
                answers(&one.outcomes),
                step.title.get(lang),
                step.mark
            );
        }
    }
}

/// A process has one outcome, which needs no word.
fn answers(outcomes: &[Outcome]) -> String {
    let words: Vec<_> = outcomes
        .iter()
        .filter(|outcome| **outcome != Outcome::Done)
        .map(|outcome| outcome.as_str())
        .collect();
    if words.is_empty() {
        return String::new();
    }
    format!(" = {}", words.join(" or "))
}

fn overdue_text(out: &mut String, flow: &Flow, overdue: &Overdue, lang: Lang) {
    if let Some(step) = Step::of(flow, &overdue.step) {
        let _ = writeln!(
            out,
            "    overdue    {} — {}: {} from {}, due {}, finished {} (line {}) [{}]",
            step.spoken,
            step.title.get(lang),
            overdue.deadline,
            overdue.began,
            overdue.due,
            overdue.finished,
            overdue.line,
            step.mark
        );
    }
}

/// What an element and an action have in common.
struct Step<'f> {
    spoken: String,
    title: &'f Text,
    mark: &'f Mark,
}

impl<'f> Step<'f> {
    fn of(flow: &'f Flow, id: &ElementId) -> Option<Self> {
        let element = flow.element(id).map(|element| Self {
            spoken: element.spoken(),
            title: &element.title,
            mark: &element.mark,
        });
        element.or_else(|| {
            flow.action(id).map(|action| Self {
                spoken: action.spoken(),
                title: &action.title,
                mark: &action.mark,
            })
        })
    }
}

/// The report for programs; the shape is docs/schema/conform.schema.json.
#[must_use]
pub fn json(report: &Report<'_>) -> Value {
    json!({
        "cases": report.cases.iter().map(case_json).collect::<Value>(),
        "ended": report.count("ended"),
        "unfinished": report.count("unfinished"),
        "leave": report.count("leaves"),
        "overdue": report.overdue(),
    })
}

fn case_json(case: &Conformed<'_>) -> Value {
    let flow = case.flow;
    let mut value = json!({
        "case": case.id,
        "service": case.service.id.to_string(),
        "channel": flow.channel.as_str(),
        "variant": flow.variant.as_ref().map(|variant| variant.id.as_str()),
        "events": case.events,
        "passedOver": case.passed_over,
        "verdict": case.verdict.as_str(),
        "overdue": case.overdue.iter().map(|one| overdue_json(flow, one)).collect::<Value>(),
    });
    match &case.verdict {
        Verdict::Ended { end, label } => {
            value["end"] = json!(end.as_str());
            value["label"] = json!(label.map(|label| label.as_str()));
        }
        Verdict::Leaves(departure) => {
            let event = &departure.event;
            value["leaves"] = json!({
                "event": departure.number,
                "line": event.line,
                "activity": event.activity,
                "outcome": event.outcome,
                "time": event.at.map(|at| at.to_string()),
                "resource": event.who,
                "steps": departure.steps.iter().map(|id| step_json(flow, id)).collect::<Value>(),
                "why": departure.why.as_str(),
                "reason": departure.why.to_string(),
                "expected": expected_json(flow, &departure.expected),
            });
        }
        Verdict::Unfinished { waits_for } => {
            value["waitsFor"] = expected_json(flow, waits_for);
        }
    }
    value
}

fn expected_json(flow: &Flow, expected: &[Expected]) -> Value {
    let one = |one: &Expected| {
        let mut value = step_json(flow, &one.step);
        value["outcomes"] = one.outcomes.iter().map(|it| json!(it.as_str())).collect();
        value
    };
    expected.iter().map(one).collect()
}

fn overdue_json(flow: &Flow, overdue: &Overdue) -> Value {
    let mut value = step_json(flow, &overdue.step);
    value["event"] = json!(overdue.number);
    value["line"] = json!(overdue.line);
    value["deadline"] = json!(overdue.deadline.to_string());
    value["began"] = json!(overdue.began.to_string());
    value["due"] = json!(overdue.due.to_string());
    value["finished"] = json!(overdue.finished.to_string());
    value
}

fn step_json(flow: &Flow, id: &ElementId) -> Value {
    let mut value = json!({"step": id.as_str()});
    if let Some(step) = Step::of(flow, id) {
        value["spoken"] = json!(step.spoken);
        value["title"] = view::text_json(step.title);
        value["mark"] = view::mark_json(step.mark);
    }
    value
}
