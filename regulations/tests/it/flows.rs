//! Every flow of every service, walked along each of its branches.

use std::collections::BTreeSet;

use proptest::prelude::*;
use qaqpa_model::{ElementId, RefusalLabel};
use qaqpa_regulations::{
    Catalogue, Channel, End, Event, Flow, Meaning, Outcome, Position, State, WalkError, walk,
};

use crate::embedded::catalogue;

/// A "no" that a walk is to meet: the condition, the label, and the element at which it is said.
#[derive(Clone, Debug)]
struct Refusal {
    condition: ElementId,
    label: RefusalLabel,
    said_at: ElementId,
}

/// What a walk saw.
#[derive(Debug, Default)]
struct Seen {
    elements: Vec<ElementId>,
    actions: Vec<ElementId>,
    end: Option<Position>,
}

fn name(service: &impl std::fmt::Display, flow: &Flow) -> String {
    let variant = flow.variant.as_ref().map_or("", |variant| &variant.id);
    format!("{service} · {} {variant}", flow.channel)
}

/// Answers every condition with yes but the refusal's, and finishes actions when they are asked for.
fn drive(flow: &Flow, refusal: Option<&Refusal>) -> Seen {
    let mut state = flow.begin().unwrap();
    let mut seen = Seen::default();
    // Each element and each action once, and a refusal asked again.
    for _ in 0..=flow.elements.len() + flow.actions.len() + 1 {
        let Some(at) = state.waits_for().cloned() else {
            break;
        };
        let element = flow.element(&at).unwrap();
        let event = match refusal {
            Some(refusal) if refusal.said_at == at => Event::No(
                flow.element(&refusal.condition).unwrap().meaning,
                refusal.label,
            ),
            _ if element.takes(Outcome::Done) => Event::Done(element.meaning),
            _ => Event::Yes(element.meaning),
        };
        let walked = match walk(flow, &state, &event) {
            Err(WalkError::ActionOpen { action }) => {
                seen.actions.push(action.clone());
                walk(flow, &state, &Event::ActionDone(action)).unwrap()
            }
            walked => {
                let walked = walked.unwrap();
                seen.elements.push(walked.trace[0].element.clone());
                walked
            }
        };
        state = walked.state;
    }
    seen.end = Some(state.position().clone());
    seen
}

fn refusals(flow: &Flow) -> Vec<Refusal> {
    let mut all = Vec::new();
    for element in &flow.elements {
        for cause in &element.causes {
            for said_at in std::iter::once(&element.id).chain(&element.asked_again_at) {
                all.push(Refusal {
                    condition: element.id.clone(),
                    label: cause.label,
                    said_at: said_at.clone(),
                });
            }
        }
    }
    all
}

fn every_flow() -> Vec<(String, Flow)> {
    let catalogue = catalogue();
    let flows = catalogue
        .regulated()
        .iter()
        .flat_map(|service| service.flows.iter().map(|flow| (&service.id, flow)));
    flows
        .map(|(id, flow)| (name(id, flow), flow.clone()))
        .collect()
}

#[test]
fn the_yes_of_every_condition_leads_every_flow_to_its_delivery() {
    for (name, flow) in every_flow() {
        let seen = drive(&flow, None);
        let Some(Position::Delivered(last)) = &seen.end else {
            panic!("{name}: {seen:?}")
        };
        assert_eq!(
            flow.element(last).unwrap().meaning,
            Meaning::DeliverResult,
            "{name}"
        );
        let actions: Vec<_> = flow
            .actions
            .iter()
            .map(|action| action.id.clone())
            .collect();
        assert_eq!(seen.actions, actions, "{name}");
    }
}

#[test]
fn every_cause_of_every_condition_ends_in_its_refusal_with_its_label() {
    let mut walked = 0;
    for (name, flow) in every_flow() {
        for refusal in refusals(&flow) {
            let seen = drive(&flow, Some(&refusal));
            let Some(Position::Refused { element, label }) = &seen.end else {
                panic!("{name}, {refusal:?}: {seen:?}")
            };
            assert_eq!(*label, refusal.label, "{name}");
            let condition = flow.element(&refusal.condition).unwrap();
            let wanted = flow.next(&condition.id, Outcome::No);
            let Some(qaqpa_regulations::Next::Element(wanted)) = wanted else {
                panic!("{name}: {wanted:?}")
            };
            assert_eq!(*element, wanted.id, "{name}, {refusal:?}");
            if wanted.after_actions {
                let all = flow.actions.len();
                assert_eq!(seen.actions.len(), all, "{name}: the refusal is signed too");
            }
            walked += 1;
        }
    }
    assert!(walked > 400, "{walked}");
}

#[test]
fn the_walks_meet_every_element_of_every_flow() {
    for (name, flow) in every_flow() {
        let mut met: BTreeSet<ElementId> = drive(&flow, None).elements.into_iter().collect();
        for refusal in refusals(&flow) {
            met.extend(drive(&flow, Some(&refusal)).elements);
        }
        let all: BTreeSet<ElementId> = flow.elements.iter().map(|one| one.id.clone()).collect();
        assert_eq!(met, all, "{name}");
    }
}

fn flow_of(id: &str, channel: Channel) -> Flow {
    let catalogue = Catalogue::embedded().unwrap();
    let id = qaqpa_model::ServiceAtAct::parse(id).unwrap();
    catalogue
        .regulation(&id)
        .unwrap()
        .flow(channel)
        .unwrap()
        .clone()
}

fn id(text: &str) -> ElementId {
    ElementId::parse(text).unwrap()
}

/// Source: zhambyl-2019-23, annex 2, item 8: the akimat decides in the fourth action.
#[test]
fn the_akimat_decides_in_its_own_action_and_not_before() {
    let flow = flow_of(
        "guardianship-establishment@zhambyl-2019-23",
        Channel::ProviderOffice,
    );
    let mut state = flow
        .replay(&[
            Event::Done(Meaning::Apply),
            Event::Yes(Meaning::CheckPackage),
        ])
        .unwrap()
        .state;
    for action in ["action-1", "action-2", "action-3"] {
        let early = walk(&flow, &state, &Event::Yes(Meaning::Decide));
        assert_eq!(early, Err(WalkError::ActionOpen { action: id(action) }));
        state = walk(&flow, &state, &Event::ActionDone(id(action)))
            .unwrap()
            .state;
    }
    let unanswered = walk(&flow, &state, &Event::ActionDone(id("action-4")));
    assert_eq!(
        unanswered,
        Err(WalkError::OutOfTurn {
            waits_for: id("check-2")
        })
    );
    let no = Event::No(Meaning::Decide, RefusalLabel::GroundsAbsent);
    state = walk(&flow, &state, &no).unwrap().state;
    let unsigned = walk(&flow, &state, &Event::Done(Meaning::RefuseService));
    assert_eq!(
        unsigned,
        Err(WalkError::ActionOpen {
            action: id("action-4")
        })
    );
    for action in ["action-4", "action-5"] {
        state = walk(&flow, &state, &Event::ActionDone(id(action)))
            .unwrap()
            .state;
    }
    state = walk(&flow, &state, &Event::Done(Meaning::RefuseService))
        .unwrap()
        .state;
    assert_eq!(state.end(), Some(End::Refused));
}

/// Source: zhambyl-2019-23, annex 2, item 8, 1): an incomplete package is not accepted.
#[test]
fn an_incomplete_package_is_refused_at_the_desk_and_withdraws_the_work() {
    let flow = flow_of(
        "guardianship-establishment@zhambyl-2019-23",
        Channel::ProviderOffice,
    );
    let walked = flow
        .replay(&[
            Event::Done(Meaning::Apply),
            Event::No(Meaning::CheckPackage, RefusalLabel::DocumentsRefused),
            Event::Done(Meaning::RefusePackage),
        ])
        .unwrap();
    assert_eq!(walked.tasks.len(), 1, "the office's first task had begun");
    assert_eq!(
        walked.state.position(),
        &Position::Refused {
            element: id("step-2"),
            label: RefusalLabel::DocumentsRefused
        }
    );
    assert_eq!(walked.state.open_action(), None);
}

/// Source: shal-aqyn-2012-238, annex 1, table 1: the text signs in process 7 and delivers in 8.
#[test]
fn at_the_executive_body_delivery_never_precedes_the_signature() {
    let flow = flow_of(
        "unemployed-certificate@shal-aqyn-2012-238",
        Channel::ExecutiveBody,
    );
    let seen = drive(&flow, None);
    let place = |wanted: &str| seen.elements.iter().position(|one| one.as_str() == wanted);
    assert!(place("process-7") < place("process-8"));
    assert_eq!(seen.actions.len(), 12);
    assert_eq!(seen.elements.last(), Some(&id("process-8")));
}

/// Source: east-kazakhstan-2016-293, annex 2, item 9, 5).
#[test]
fn a_power_of_attorney_that_the_register_lacks_ends_in_process_4_of_the_corporation() {
    let flow = flow_of(
        "externship-permission@east-kazakhstan-2016-293",
        Channel::StateCorporation,
    );
    let condition = flow.element_for(Meaning::CheckRegisters).unwrap();
    let cause = condition
        .causes
        .iter()
        .find(|cause| cause.id == "power-of-attorney-not-found")
        .unwrap();
    let refusal = Refusal {
        condition: condition.id.clone(),
        label: cause.label,
        said_at: condition.id.clone(),
    };
    assert_eq!(
        drive(&flow, Some(&refusal)).end,
        Some(Position::Refused {
            element: id("process-4"),
            label: cause.label
        })
    );
}

fn fitting(flow: &Flow, state: &State, yes: bool) -> Option<Event> {
    let element = flow.element(state.waits_for()?)?;
    Some(match (element.takes(Outcome::Done), yes) {
        (true, _) => Event::Done(element.meaning),
        (false, true) => Event::Yes(element.meaning),
        (false, false) => Event::No(element.meaning, element.causes[0].label),
    })
}

proptest! {
    #[test]
    fn whatever_is_answered_every_walk_of_every_flow_ends(
        answers in prop::collection::vec(any::<bool>(), 64),
        eager in any::<bool>(),
    ) {
        static FLOWS: std::sync::LazyLock<Vec<(String, Flow)>> = std::sync::LazyLock::new(every_flow);
        for (name, flow) in FLOWS.iter() {
            let mut state = flow.begin().unwrap();
            for yes in &answers {
                // Somebody who is eager finishes the staff's work whenever it lets them.
                if eager && let Some(action) = state.open_action().cloned()
                    && let Ok(walked) = walk(flow, &state, &Event::ActionDone(action))
                {
                    state = walked.state;
                    continue;
                }
                let Some(event) = fitting(flow, &state, *yes) else { break };
                state = match walk(flow, &state, &event) {
                    Ok(walked) => walked.state,
                    Err(WalkError::ActionOpen { action }) => {
                        walk(flow, &state, &Event::ActionDone(action)).unwrap().state
                    }
                    Err(error) => return Err(TestCaseError::fail(format!("{name}: {error}"))),
                };
            }
            prop_assert!(state.end().is_some(), "{name} waits for {:?}", state.waits_for());
        }
    }
}
