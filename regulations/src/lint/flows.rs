//! Rules on the shape of a flow.

use std::collections::BTreeSet;

use qaqpa_model::{ElementId, RefusalLabel};

use super::{Findings, Rule};
use crate::file::RawPattern;
use crate::flow::{Branch, Element, End, Flow};
use crate::vocabulary::{ElementKind, Meaning};

/// The causes that every certificate condition must be able to end in.
const CERTIFICATE_CAUSES: &[RefusalLabel] = &[
    RefusalLabel::AuthorityRevoked,
    RefusalLabel::CertificateExpired,
    RefusalLabel::CertificateNotYetValid,
    RefusalLabel::CertificatePurpose,
    RefusalLabel::CertificateRevoked,
    RefusalLabel::CertificateSuspended,
    RefusalLabel::ContentChanged,
    RefusalLabel::IinMismatch,
    RefusalLabel::IssuerUntrusted,
    RefusalLabel::RevocationUnknown,
    RefusalLabel::SignatureValueWrong,
];

/// Rules that a pattern holds by itself, whether or not a service uses it.
pub(crate) fn pattern_order(pattern: &RawPattern, findings: &mut Findings<'_>) {
    for word in ["process", "condition", "step", "check"] {
        let prefix = format!("{word}-");
        let numbers = pattern
            .element
            .iter()
            .filter_map(|element| element.id.strip_prefix(prefix.as_str()));
        for (expected, number) in (1u32..).zip(numbers) {
            if number != expected.to_string() {
                let what = format!("{prefix}{number} stands where {prefix}{expected} belongs");
                findings.add(
                    Rule::ElementOrder,
                    format!("element {prefix}{number}"),
                    what,
                );
            }
        }
    }
    if pattern.element.is_empty() {
        findings.add(Rule::Ends, "pattern", "a flow has at least one element");
    }
}

/// Every rule on a resolved flow.
pub(crate) fn flow(flow: &Flow, findings: &mut Findings<'_>) {
    references(flow, findings);
    meanings(flow, findings);
    conditions(flow, findings);
    reached(flow, findings);
    ends(flow, findings);
    actions(flow, findings);
}

fn at(element: &Element) -> String {
    format!("element {}", element.id)
}

fn leads_to(element: &Element) -> Vec<&ElementId> {
    match &element.branch {
        Branch::End(_) => Vec::new(),
        Branch::Next(next) => vec![next],
        Branch::Question { yes, no } => vec![yes, no],
    }
}

fn references(flow: &Flow, findings: &mut Findings<'_>) {
    for element in &flow.elements {
        for id in leads_to(element).into_iter().chain(&element.asked_again_at) {
            if flow.element(id).is_none() {
                findings.add(
                    Rule::UnknownReference,
                    at(element),
                    format!("there is no {id}"),
                );
            }
        }
    }
    if flow.element(&flow.actions_open_at).is_none() {
        let what = format!("there is no {}", flow.actions_open_at);
        findings.add(Rule::UnknownReference, "actions_open_at", what);
    }
}

fn meanings(flow: &Flow, findings: &mut Findings<'_>) {
    let mut seen = BTreeSet::new();
    for element in &flow.elements {
        if !seen.insert(element.meaning) {
            findings.add(
                Rule::Meaning,
                at(element),
                format!("{} is there twice", element.meaning),
            );
        }
        if element.meaning.is_condition() != (element.kind == ElementKind::Condition) {
            let what = format!(
                "{} cannot be the meaning of a {}",
                element.meaning, element.kind
            );
            findings.add(Rule::Meaning, at(element), what);
        }
    }
}

fn conditions(flow: &Flow, findings: &mut Findings<'_>) {
    for element in &flow.elements {
        let asks = matches!(element.branch, Branch::Question { .. });
        match (element.kind, asks) {
            (ElementKind::Condition, false) => {
                findings.add(
                    Rule::ConditionBranches,
                    at(element),
                    "a condition has a yes and a no",
                );
            }
            (ElementKind::Process, true) => {
                findings.add(
                    Rule::ConditionBranches,
                    at(element),
                    "a process asks nothing",
                );
            }
            _ => {}
        }
        if asks == element.causes.is_empty() {
            let what = "a condition, and nothing else, has the causes of its no";
            findings.add(Rule::ConditionBranches, at(element), what);
        }
        if let Branch::Question { yes, no } = &element.branch
            && yes == no
        {
            findings.add(
                Rule::ConditionBranches,
                at(element),
                "yes and no lead to the same element",
            );
        }
        if !asks && !element.asked_again_at.is_empty() {
            findings.add(
                Rule::ConditionBranches,
                at(element),
                "only a condition is asked again",
            );
        }
        if element.meaning == Meaning::CheckCertificate {
            for label in CERTIFICATE_CAUSES {
                if !element.causes.iter().any(|cause| cause.label == *label) {
                    findings.add(
                        Rule::CertificateCauses,
                        at(element),
                        format!("{label} is missing"),
                    );
                }
            }
        }
    }
}

fn reached(flow: &Flow, findings: &mut Findings<'_>) {
    let from_start = flow
        .start()
        .map(|start| closure(flow, &start.id))
        .unwrap_or_default();
    for element in &flow.elements {
        if !from_start.contains(&element.id) {
            let what = format!("{} is not reached from the first element", element.id);
            findings.add(Rule::UnreachableElement, at(element), what);
        }
        let ends = closure(flow, &element.id)
            .iter()
            .filter_map(|id| flow.element(id))
            .any(|element| matches!(element.branch, Branch::End(_)));
        if !ends {
            findings.add(
                Rule::DeadCycle,
                at(element),
                "no end can be reached from here",
            );
        }
    }
}

/// The element and all that can come after it.
fn closure(flow: &Flow, from: &ElementId) -> BTreeSet<ElementId> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.clone()];
    while let Some(id) = open.pop() {
        if let Some(element) = flow.element(&id)
            && seen.insert(id)
        {
            open.extend(leads_to(element).into_iter().cloned());
        }
    }
    seen
}

fn ends(flow: &Flow, findings: &mut Findings<'_>) {
    let delivers = |element: &&Element| element.branch == Branch::End(End::Delivered);
    match flow.elements.iter().filter(delivers).count() {
        1 => {}
        n => findings.add(
            Rule::Ends,
            "flow",
            format!("{n} elements deliver the result, not one"),
        ),
    }
    for element in &flow.elements {
        let (refusal, other) = match &element.branch {
            Branch::Question { yes, no } => (Some(no), Some(yes)),
            Branch::Next(next) => (None, Some(next)),
            Branch::End(_) => (None, None),
        };
        if let Some(id) = other
            && refuses(flow, id)
        {
            findings.add(
                Rule::Ends,
                at(element),
                format!("{id} refuses, but no condition said no"),
            );
        }
        if let Some(id) = refusal
            && !refuses(flow, id)
        {
            findings.add(
                Rule::Ends,
                at(element),
                format!("no leads to {id}, which refuses nothing"),
            );
        }
    }
    if flow.start().is_some_and(|start| refuses(flow, &start.id)) {
        findings.add(Rule::Ends, "flow", "the first element refuses");
    }
}

fn refuses(flow: &Flow, id: &ElementId) -> bool {
    flow.element(id)
        .is_some_and(|element| element.branch == Branch::End(End::Refused))
}

fn actions(flow: &Flow, findings: &mut Findings<'_>) {
    let is_empty = |id: &str| flow.empty_actions.iter().any(|one| one.id.as_str() == id);
    let mut expected = 1u32;
    for action in &flow.actions {
        while is_empty(&format!("action-{expected}")) {
            expected += 1;
        }
        if action.id.as_str() != format!("action-{expected}") {
            let what = format!("{} stands where action-{expected} belongs", action.id);
            findings.add(Rule::ActionOrder, format!("action {}", action.id), what);
        }
        expected += 1;
    }
    for element in &flow.elements {
        if element.after_actions && element.branch != Branch::End(End::Refused) {
            let what = "only a process that refuses comes after the actions by its own word";
            findings.add(Rule::Ends, at(element), what);
        }
        let Some(during) = &element.during else {
            continue;
        };
        if flow.action(during).is_none() {
            findings.add(
                Rule::UnknownReference,
                at(element),
                format!("there is no {during}"),
            );
        }
        if element.kind != ElementKind::Condition {
            let what = "only a condition is asked during an action";
            findings.add(Rule::ConditionBranches, at(element), what);
        }
    }
}
