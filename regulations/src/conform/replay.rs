//! A case through the walker, event by event.

use qaqpa_model::{ElementId, Moment, RefusalLabel};

use super::log::{Case, LogEvent};
use super::names::{self, ActivityMap, Claim, Names, Said};
use super::report::{Departure, Expected, Overdue, Verdict, Why};
use crate::calendar::Calendar;
use crate::flow::{End, Flow};
use crate::vocabulary::Outcome;
use crate::walk::{Event, State, WalkError, walk};

/// What came of a case.
pub(super) struct Replayed {
    pub(super) verdict: Verdict,
    pub(super) overdue: Vec<Overdue>,
    pub(super) passed_over: usize,
}

/// One way in which the case may have gone so far.
#[derive(Clone)]
struct Way {
    state: State,
    /// When the element that it waits for came in turn.
    element_since: Option<Moment>,
    /// When the open action began.
    action_since: Option<Moment>,
    label: Option<RefusalLabel>,
    overdue: Vec<Overdue>,
}

/// Replays a case, up to the first event that does not fit.
pub(super) fn replay(
    flow: &Flow,
    names: &Names<'_>,
    map: &ActivityMap,
    calendar: &Calendar,
    case: &Case,
) -> Replayed {
    let mut ways: Vec<Way> = flow.begin().map(Way::of).into_iter().collect();
    let mut passed_over = 0;
    let mut is_begun = false;
    for (place, event) in case.events.iter().enumerate() {
        let number = place + 1;
        let (steps, went) = match names.said(event, map) {
            Ok(Said::PassedOver) => {
                passed_over += 1;
                continue;
            }
            Ok(Said::Before) if !is_begun => continue,
            Ok(Said::Before) => (Vec::new(), Err(Why::OutOfTurn)),
            Ok(Said::Steps(claims)) => {
                let went = go(flow, calendar, &ways, &claims, number, event);
                let mut steps: Vec<_> = claims.into_iter().map(|claim| claim.step).collect();
                steps.dedup();
                (steps, went)
            }
            Err(why) => (Vec::new(), Err(why)),
        };
        match went {
            Ok(next) => ways = next,
            Err(why) => {
                let departure = Departure {
                    number,
                    event: event.clone(),
                    steps,
                    why,
                    expected: expected(flow, &ways),
                };
                return Replayed {
                    verdict: Verdict::Leaves(Box::new(departure)),
                    overdue: first(ways).overdue,
                    passed_over,
                };
            }
        }
        is_begun = true;
    }
    let waits_for = expected(flow, &ways);
    let way = first(ways);
    let verdict = match way.end {
        Some(end) => Verdict::Ended {
            end,
            label: way.label,
        },
        None => Verdict::Unfinished { waits_for },
    };
    Replayed {
        verdict,
        overdue: way.overdue,
        passed_over,
    }
}

struct First {
    end: Option<End>,
    label: Option<RefusalLabel>,
    overdue: Vec<Overdue>,
}

/// Only a last condition without its answer leaves several ways; none of them has ended then.
fn first(ways: Vec<Way>) -> First {
    let way = ways.into_iter().next();
    way.map_or(
        First {
            end: None,
            label: None,
            overdue: Vec::new(),
        },
        |way| First {
            end: way.state.end(),
            label: way.label,
            overdue: way.overdue,
        },
    )
}

/// Every way in which the event can go on, or why there is none.
fn go(
    flow: &Flow,
    calendar: &Calendar,
    ways: &[Way],
    claims: &[Claim],
    number: usize,
    event: &LogEvent,
) -> Result<Vec<Way>, Why> {
    let mut next: Vec<Way> = Vec::new();
    let mut why = None;
    for way in ways {
        for claim in claims {
            match walk(flow, &way.state, &claim.event) {
                Ok(walked) => {
                    if next.iter().any(|one| one.state == walked.state) {
                        continue;
                    }
                    let mut overdue = way.overdue.clone();
                    overdue.extend(way.overdue_at(flow, calendar, claim, number, event));
                    let is_same = walked.state.waits_for() == way.state.waits_for();
                    let is_open = walked.state.open_action() == way.state.open_action();
                    next.push(Way {
                        element_since: if is_same { way.element_since } else { event.at },
                        action_since: if is_open { way.action_since } else { event.at },
                        label: claim.label.or(way.label),
                        overdue,
                        state: walked.state,
                    });
                }
                Err(error) => why = why.or(Some(because(&error, &way.state))),
            }
        }
    }
    if next.is_empty() {
        return Err(why.unwrap_or(Why::OutOfTurn));
    }
    Ok(next)
}

fn because(error: &WalkError, state: &State) -> Why {
    match error {
        WalkError::ActionOpen { action } => Why::ActionOpen(action.clone()),
        WalkError::Ended => state.end().map_or(Why::OutOfTurn, Why::Ended),
        WalkError::NotInFlow => Why::OutcomeNotTaken,
        WalkError::OutOfTurn { .. } => Why::OutOfTurn,
    }
}

impl Way {
    fn of(state: State) -> Self {
        Self {
            state,
            element_since: None,
            action_since: None,
            label: None,
            overdue: Vec::new(),
        }
    }

    /// Whether what was finished took longer than it may.
    fn overdue_at(
        &self,
        flow: &Flow,
        calendar: &Calendar,
        claim: &Claim,
        number: usize,
        event: &LogEvent,
    ) -> Option<Overdue> {
        let id = &claim.step;
        let (deadline, began) = if matches!(claim.event, Event::ActionDone(_)) {
            (flow.action(id)?.deadline, self.action_since?)
        } else {
            // A check that is repeated has no time of its own.
            let is_in_turn = self.state.waits_for() == Some(id);
            let element = flow.element(id).filter(|_| is_in_turn)?;
            (element.deadline?, self.element_since?)
        };
        let finished = event.at?;
        let due = deadline.due(began, calendar);
        (finished > due).then(|| Overdue {
            number,
            line: event.line,
            step: id.clone(),
            deadline,
            began,
            due,
            finished,
        })
    }
}

/// Everything that the walker would have taken, in the order of the act.
fn expected(flow: &Flow, ways: &[Way]) -> Vec<Expected> {
    let takes = |event: &Event| ways.iter().any(|way| walk(flow, &way.state, event).is_ok());
    let elements = flow.elements.iter().filter_map(|element| {
        let fits = |outcome: &Outcome| {
            element.takes(*outcome)
                && names::event(element, *outcome, None).is_some_and(|event| takes(&event))
        };
        let outcomes: Vec<_> = Outcome::ALL.iter().copied().filter(fits).collect();
        (!outcomes.is_empty()).then(|| Expected {
            step: element.id.clone(),
            outcomes,
        })
    });
    let is_open = |id: &ElementId| takes(&Event::ActionDone(id.clone()));
    let actions = flow
        .actions
        .iter()
        .filter(|action| is_open(&action.id))
        .map(|action| Expected {
            step: action.id.clone(),
            outcomes: vec![Outcome::Done],
        });
    elements.chain(actions).collect()
}
