//! Walks of the first service.

use proptest::prelude::*;
use qaqpa_model::{ElementId, RefusalLabel};
use qaqpa_regulations::{
    End, Event, Flow, Meaning, Next, Outcome, Position, State, WalkError, walk,
};

use crate::embedded::guardianship;

fn path(flow: &Flow, events: &[Event]) -> (Vec<String>, Position) {
    let walked = flow.replay(events).unwrap();
    let path = walked
        .trace
        .iter()
        .map(|step| step.element.to_string())
        .collect();
    (path, walked.state.position().clone())
}

fn id(text: &str) -> ElementId {
    ElementId::parse(text).unwrap()
}

fn until_registered() -> Vec<Event> {
    vec![
        Event::Done(Meaning::Authenticate),
        Event::Yes(Meaning::CheckApplicant),
        Event::Done(Meaning::Prepare),
        Event::Yes(Meaning::CheckCertificate),
        Event::Done(Meaning::Certify),
        Event::Done(Meaning::Register),
    ]
}

#[test]
fn the_happy_path_goes_through_eight_elements_to_the_delivery() {
    let mut events = until_registered();
    events.extend([
        Event::Yes(Meaning::CheckDocuments),
        Event::ActionDone(id("action-1")),
        Event::Done(Meaning::DeliverResult),
    ]);
    let (path, position) = path(&guardianship(), &events);
    assert_eq!(
        path,
        [
            "process-1",
            "condition-1",
            "process-3",
            "condition-2",
            "process-5",
            "process-6",
            "condition-3",
            "action-1",
            "process-8",
        ]
    );
    assert_eq!(position, Position::Delivered(id("process-8")));
}

#[test]
fn each_no_ends_in_its_own_process_with_its_label() {
    let flow = guardianship();
    let wrong = RefusalLabel::PasswordWrong;
    let (path_1, position) = path(
        &flow,
        &[
            Event::Done(Meaning::Authenticate),
            Event::No(Meaning::CheckApplicant, wrong),
            Event::Done(Meaning::RefuseAuthorisation),
        ],
    );
    assert_eq!(path_1, ["process-1", "condition-1", "process-2"]);
    assert_eq!(
        position,
        Position::Refused {
            element: id("process-2"),
            label: wrong
        }
    );

    let mut events = until_registered();
    let absent = RefusalLabel::GroundsAbsent;
    events.extend([
        Event::No(Meaning::CheckDocuments, absent),
        Event::Done(Meaning::RefuseDocuments),
    ]);
    let (_, position) = path(&flow, &events);
    assert_eq!(
        position,
        Position::Refused {
            element: id("process-7"),
            label: absent
        }
    );
}

#[test]
fn the_gateways_refusal_comes_back_as_the_no_of_condition_2() {
    let changed = RefusalLabel::ContentChanged;
    let mut events = until_registered()[..4].to_vec();
    events.extend([
        Event::No(Meaning::CheckCertificate, changed),
        Event::Done(Meaning::RefuseSignature),
    ]);
    let (path, position) = path(&guardianship(), &events);
    assert_eq!(
        path,
        [
            "process-1",
            "condition-1",
            "process-3",
            "condition-2",
            "condition-2",
            "process-4"
        ]
    );
    assert_eq!(
        position,
        Position::Refused {
            element: id("process-4"),
            label: changed
        }
    );
}

#[test]
fn what_does_not_fit_is_refused_and_changes_nothing() {
    let flow = guardianship();
    let state = flow.begin().unwrap();
    let out_of_turn = WalkError::OutOfTurn {
        waits_for: id("process-1"),
    };
    for (event, error) in [
        (Event::Done(Meaning::Certify), out_of_turn.clone()),
        (
            Event::No(Meaning::CheckCertificate, RefusalLabel::IinMismatch),
            out_of_turn.clone(),
        ),
        (Event::ActionDone(id("action-1")), out_of_turn),
        (Event::ActionDone(id("action-9")), WalkError::NotInFlow),
        (Event::Yes(Meaning::Authenticate), WalkError::NotInFlow),
        (Event::Done(Meaning::CheckApplicant), WalkError::NotInFlow),
        (Event::Done(Meaning::Enrol), WalkError::NotInFlow),
    ] {
        assert_eq!(walk(&flow, &state, &event), Err(error), "{event:?}");
    }
}

#[test]
fn a_refusal_withdraws_the_open_task() {
    let flow = guardianship();
    let state = flow.replay(&until_registered()).unwrap().state;
    assert_eq!(state.open_action(), Some(&id("action-1")));
    let no = Event::No(Meaning::CheckDocuments, RefusalLabel::DocumentsRefused);
    assert_eq!(walk(&flow, &state, &no).unwrap().state.open_action(), None);
}

#[test]
fn next_says_what_follows_each_outcome() {
    let flow = guardianship();
    let after = |from: &str, outcome| match flow.next(&id(from), outcome) {
        Some(Next::Element(element)) => element.id.to_string(),
        Some(Next::End(end)) => end.as_str().to_owned(),
        None => "nothing".to_owned(),
    };
    assert_eq!(after("condition-2", Outcome::Yes), "process-5");
    assert_eq!(after("condition-2", Outcome::No), "process-4");
    assert_eq!(after("condition-2", Outcome::Done), "nothing");
    assert_eq!(after("process-4", Outcome::Done), "refused");
    assert_eq!(after("process-8", Outcome::Done), "delivered");
    assert_eq!(after("process-9", Outcome::Done), "nothing");
}

fn any_event() -> impl Strategy<Value = Event> {
    let meaning = || prop::sample::select(Meaning::ALL);
    prop_oneof![
        meaning().prop_map(Event::Done),
        meaning().prop_map(Event::Yes),
        (meaning(), prop::sample::select(RefusalLabel::ALL)).prop_map(|(m, l)| Event::No(m, l)),
        (0u8..4).prop_map(|n| Event::ActionDone(id(&format!("action-{n}")))),
    ]
}

/// An event that fits, so that long walks are met and not only refusals of the first event.
fn fitting(flow: &Flow, state: &State, yes: bool) -> Option<Event> {
    let element = flow.element(state.waits_for()?)?;
    if let Some(action) = state.open_action()
        && element.meaning == Meaning::DeliverResult
    {
        return Some(Event::ActionDone(action.clone()));
    }
    Some(match (element.takes(Outcome::Done), yes) {
        (true, _) => Event::Done(element.meaning),
        (false, true) => Event::Yes(element.meaning),
        (false, false) => Event::No(element.meaning, element.causes[0].label),
    })
}

proptest! {
    #[test]
    fn any_sequence_of_events_ends_in_exactly_one_end_or_waits(
        events in prop::collection::vec((any_event(), any::<bool>(), any::<bool>()), 0..40)
    ) {
        let flow = guardianship();
        let mut state = flow.begin().unwrap();
        let mut ended = false;
        for (event, fit, yes) in events {
            let event = if fit { fitting(&flow, &state, yes).unwrap_or(event) } else { event };
            match walk(&flow, &state, &event) {
                Ok(walked) => {
                    prop_assert!(!ended, "an ended request went on with {event:?}");
                    prop_assert_eq!(walked.trace.len(), 1);
                    state = walked.state;
                }
                Err(error) => prop_assert_eq!(ended, error == WalkError::Ended),
            }
            match state.position() {
                Position::Waiting(element) => {
                    prop_assert!(!ended && flow.element(element).is_some());
                }
                Position::Delivered(element) => {
                    let next = flow.next(element, Outcome::Done);
                    prop_assert_eq!(next, Some(Next::End(End::Delivered)));
                    ended = true;
                }
                Position::Refused { element, .. } => {
                    let next = flow.next(element, Outcome::Done);
                    prop_assert_eq!(next, Some(Next::End(End::Refused)));
                    ended = true;
                }
            }
        }
    }

    #[test]
    fn following_fitting_events_always_ends(answers in prop::collection::vec(any::<bool>(), 20)) {
        let flow = guardianship();
        let mut state = flow.begin().unwrap();
        for yes in answers {
            let Some(event) = fitting(&flow, &state, yes) else { break };
            state = walk(&flow, &state, &event).unwrap().state;
        }
        prop_assert!(state.end().is_some());
    }
}
