//! Flows: the pattern's elements with the service's places and overrides, and the actions.

use qaqpa_model::{Actor, RefusalLabel, RequestStatus};

use super::omit::{self, Leads};
use super::{Known, element_id, mark, text, unique, word};
use crate::act::Act;
use crate::file::{RawAction, RawCause, RawElement, RawEmpty, RawFlow, RawOverride, RawPattern};
use crate::flow::{
    ActionDef, Branch, Cause, Element, EmptyAction, End, Flow, Numbering, Preliminary, Variant,
};
use crate::lint::{self, Findings, Rule};
use crate::mark::Mark;
use crate::period::Period;
use crate::vocabulary::{Channel, Deed, ElementKind, Meaning, Performer, Role};

pub(super) fn flow(
    raw: &RawFlow,
    act: &Act,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) -> Option<Flow> {
    let at = format!("flow {}", raw.channel);
    let channel = word(
        &raw.channel,
        Channel::parse(&raw.channel),
        Channel::ALL.iter().map(|channel| channel.as_str()),
        &at,
        findings,
    );
    let Some(pattern) = known.patterns.get(&raw.pattern) else {
        let what = format!("there is no pattern {:?}", raw.pattern);
        findings.add(Rule::UnknownReference, at, what);
        return None;
    };
    for id in raw.element.keys().chain(&raw.omit) {
        if !pattern.element.iter().any(|element| element.id == *id) {
            let what = format!("{} has no {id}", pattern.id);
            findings.add(Rule::UnknownReference, at.clone(), what);
        }
    }
    let (shape, actions_open_at) = omit::without(pattern, &raw.omit);
    for id in raw.element.keys() {
        let in_pattern = pattern.element.iter().any(|element| element.id == *id);
        if in_pattern && !shape.iter().any(|(element, _)| element.id == *id) {
            let what = format!("{id} is overridden and omitted");
            findings.add(Rule::Omit, at.clone(), what);
        }
    }
    let elements: Vec<Element> = shape
        .iter()
        .filter_map(|(element, leads)| {
            self::element(element, leads, raw.element.get(&element.id), act, findings)
        })
        .collect();
    let whole = elements.len() == shape.len();
    let variant = raw.variant.as_ref().map(|variant| Variant {
        id: variant.id.clone(),
        title: text(&variant.title, &at, findings),
    });
    let has_code = elements
        .iter()
        .all(|element| crate::map::code_of(element.meaning).is_some());
    let flow = Flow {
        channel: channel?,
        variant,
        played: raw.played && has_code && channel == Some(Channel::Portal),
        empty_actions: raw
            .empty
            .iter()
            .filter_map(|empty| self::empty(empty, act, findings))
            .collect(),
        pattern: pattern.id.clone(),
        preliminaries: preliminaries(pattern, act, findings),
        elements,
        actions_open_at: element_id(&actions_open_at, "actions_open_at", findings)?,
        actions: raw
            .action
            .iter()
            .filter_map(|action| self::action(action, act, findings))
            .collect(),
        mark: mark(raw.mark.as_ref(), None, &act.id, &at, findings),
    };
    unique(
        flow.elements.iter().map(|element| element.id.as_str()),
        "element",
        findings,
    );
    // An element that was not understood is found already; its absence would only cause echoes.
    if whole
        && flow.actions.len() == raw.action.len()
        && flow.empty_actions.len() == raw.empty.len()
    {
        lint::flow(&flow, findings);
    }
    Some(flow)
}

fn preliminaries(pattern: &RawPattern, act: &Act, findings: &mut Findings<'_>) -> Vec<Preliminary> {
    let read = |raw: &crate::file::RawPreliminary| {
        let at = format!("preliminary {}", raw.meaning);
        Some(Preliminary {
            meaning: meaning(&raw.meaning, &at, findings)?,
            title: text(&raw.title, &at, findings),
            mark: mark(raw.mark.as_ref(), None, &act.id, &at, findings),
        })
    };
    pattern.preliminary.iter().filter_map(read).collect()
}

fn element(
    raw: &RawElement,
    leads: &Leads,
    own: Option<&RawOverride>,
    act: &Act,
    findings: &mut Findings<'_>,
) -> Option<Element> {
    let at = format!("element {}", raw.id);
    let own_mark = own.and_then(|own| own.mark.as_ref()).or(raw.mark.as_ref());
    let mark = mark(own_mark, None, &act.id, &at, findings);
    let title = own.and_then(|own| own.title.as_ref()).unwrap_or(&raw.title);
    let words = own.and_then(|own| own.text.as_ref()).unwrap_or(&raw.text);
    let title = text(title, &at, findings);
    let words = text(words, &at, findings);
    let id = element_id(&raw.id, &at, findings)?;
    let kind_and_number = kind_and_number(&raw.id);
    if kind_and_number.is_none() {
        let what = format!(
            "{:?} is not process-N, condition-N, step-N or check-N",
            raw.id
        );
        findings.add(Rule::Form, at.clone(), what);
    }
    let meaning = meaning(&raw.meaning, &at, findings);
    let actor = own.and_then(|own| own.actor.as_ref()).unwrap_or(&raw.actor);
    let actor = word(
        actor,
        Actor::parse(actor),
        Actor::ALL.iter().map(|actor| actor.name()),
        &at,
        findings,
    );
    let performer = own.and_then(|own| own.performer.as_ref());
    let performer = performer.unwrap_or(&raw.performer);
    let performer = word(
        performer,
        Performer::parse(performer),
        Performer::ALL.iter().map(|performer| performer.as_str()),
        &at,
        findings,
    );
    let branch = branch(leads, &at, findings);
    let during = own.and_then(|own| own.during.as_ref());
    let during = during.and_then(|id| element_id(id, &at, findings));
    let deadline = own.and_then(|own| own.deadline.as_ref());
    let deadline = deadline.and_then(|text| period(text, &at, findings));
    let causes: Vec<Cause> = raw
        .cause
        .iter()
        .filter_map(|cause| self::cause(cause, &at, act, &mark, findings))
        .collect();
    unique(causes.iter().map(|cause| cause.id.as_str()), &at, findings);
    let (kind, numbering, number) = kind_and_number?;
    Some(Element {
        id,
        kind,
        numbering,
        number,
        meaning: meaning?,
        actor: actor?,
        performer: performer?,
        branch: branch?,
        causes,
        asked_again_at: raw
            .asked_again_at
            .iter()
            .filter_map(|id| element_id(id, &at, findings))
            .collect(),
        during,
        after_actions: raw.after_actions,
        deadline,
        title,
        text: words,
        mark,
    })
}

fn kind_and_number(id: &str) -> Option<(ElementKind, Numbering, u32)> {
    let (word, number) = id.split_once('-')?;
    let (kind, numbering) = match word {
        "process" => (ElementKind::Process, Numbering::Act),
        "condition" => (ElementKind::Condition, Numbering::Act),
        "step" => (ElementKind::Process, Numbering::Own),
        "check" => (ElementKind::Condition, Numbering::Own),
        _ => return None,
    };
    Some((kind, numbering, number.parse().ok()?))
}

pub(super) fn period(text: &str, at: &str, findings: &mut Findings<'_>) -> Option<Period> {
    Period::parse(text)
        .map_err(|error| findings.add(Rule::Form, at, error.to_string()))
        .ok()
}

fn empty(raw: &RawEmpty, act: &Act, findings: &mut Findings<'_>) -> Option<EmptyAction> {
    let at = format!("empty {}", raw.id);
    if act.unit(&raw.unit).is_none() {
        let what = format!("{} has no unit {:?}", act.id, raw.unit);
        findings.add(Rule::UnknownReference, at.clone(), what);
    }
    Some(EmptyAction {
        id: element_id(&raw.id, &at, findings)?,
        unit: raw.unit.clone(),
        mark: mark(raw.mark.as_ref(), None, &act.id, &at, findings),
    })
}

fn branch(raw: &Leads, at: &str, findings: &mut Findings<'_>) -> Option<Branch> {
    let mut id = |id: &str| element_id(id, at, findings);
    match (&raw.next, &raw.yes, &raw.no, &raw.end) {
        (Some(next), None, None, None) => Some(Branch::Next(id(next)?)),
        (None, Some(yes), Some(no), None) => Some(Branch::Question {
            yes: id(yes)?,
            no: id(no)?,
        }),
        (None, None, None, Some(end)) => {
            let known = [End::Delivered, End::Refused];
            let value = known.into_iter().find(|known| known.as_str() == end);
            word(end, value, known.into_iter().map(End::as_str), at, findings).map(Branch::End)
        }
        (_, yes, no, _) if yes.is_some() || no.is_some() => {
            let what = "a condition has both yes and no, and neither next nor end";
            findings.add(Rule::ConditionBranches, at, what);
            None
        }
        _ => {
            findings.add(Rule::Ends, at, "a process has either next or end");
            None
        }
    }
}

fn cause(
    raw: &RawCause,
    at: &str,
    act: &Act,
    element: &Mark,
    findings: &mut Findings<'_>,
) -> Option<Cause> {
    let at = format!("{at}, cause {}", raw.id.as_ref().unwrap_or(&raw.label));
    let title = text(&raw.title, &at, findings);
    let mark = mark(raw.mark.as_ref(), Some(element), &act.id, &at, findings);
    let label = label(&raw.label, &at, findings)?;
    Some(Cause {
        id: raw.id.clone().unwrap_or_else(|| raw.label.clone()),
        label,
        title,
        mark,
    })
}

fn action(raw: &RawAction, act: &Act, findings: &mut Findings<'_>) -> Option<ActionDef> {
    let at = format!("action {}", raw.id);
    let id = element_id(&raw.id, &at, findings);
    let unit = act.unit(&raw.unit);
    if unit.is_none() {
        let what = format!("{} has no unit {:?}", act.id, raw.unit);
        findings.add(Rule::UnknownReference, at.clone(), what);
    }
    let role = role(&raw.role, &at, findings);
    let known = || Deed::ALL.iter().map(|deed| deed.as_str());
    let does: Vec<Deed> = raw
        .does
        .iter()
        .filter_map(|deed| word(deed, Deed::parse(deed), known(), &at, findings))
        .collect();
    if raw.does.is_empty() {
        findings.add(Rule::Form, at.clone(), "an action does something");
    }
    let deadline = period(&raw.deadline, &at, findings);
    let deadline_min = raw.deadline_min.as_ref();
    let deadline_min = deadline_min.and_then(|text| period(text, &at, findings));
    let completion = raw.completion.as_ref();
    let completion = completion.map(|words| text(words, &at, findings));
    let told = [
        RequestStatus::Received,
        RequestStatus::InWork,
        RequestStatus::Completed,
    ];
    let tells = raw.tells.as_ref().and_then(|status| {
        let known = told.into_iter().find(|one| one.as_str() == status);
        let names = told.into_iter().map(RequestStatus::as_str);
        word(status, known, names, &at, findings)
    });
    let title = text(&raw.title, &at, findings);
    let mark = mark(raw.mark.as_ref(), None, &act.id, &at, findings);
    Some(ActionDef {
        id: id?,
        unit: raw.unit.clone(),
        unit_title: unit?.title.clone(),
        role: role?,
        does,
        deadline: deadline?,
        deadline_min,
        completion,
        next_printed: raw.next_printed,
        tells,
        title,
        mark,
    })
}

fn meaning(text: &str, at: &str, findings: &mut Findings<'_>) -> Option<Meaning> {
    let known = Meaning::ALL.iter().map(|meaning| meaning.as_str());
    word(text, Meaning::parse(text), known, at, findings)
}

pub(super) fn role(text: &str, at: &str, findings: &mut Findings<'_>) -> Option<Role> {
    word(
        text,
        Role::parse(text),
        Role::ALL.iter().map(|role| role.as_str()),
        at,
        findings,
    )
}

pub(super) fn label(text: &str, at: &str, findings: &mut Findings<'_>) -> Option<RefusalLabel> {
    let label = RefusalLabel::parse(text);
    if label.is_none() {
        let what = format!("{text:?} is not a refusal label of the model");
        findings.add(Rule::UnknownReference, at, what);
    }
    label
}
