//! The pure walker: where a request stands in its flow, and what an event makes of it.
//!
//! `walk` knows no clock, no store and no other actor. Every sequence of events leaves a request in
//! exactly one of three positions: delivered, refused (with the element and the label), or waiting.

use qaqpa_model::{ElementId, RefusalLabel};
use thiserror::Error;

use crate::flow::{ActionDef, Branch, Element, End, Flow};
use crate::vocabulary::{Meaning, Outcome};

/// Where a request stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    position: Position,
    reason: Option<RefusalLabel>,
    open_action: Option<ElementId>,
}

/// One of the three positions of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// The result is delivered; the element that delivered it.
    Delivered(ElementId),
    /// Refused: the element that formed the refusal, and the reason.
    Refused {
        /// The process that formed the refusal.
        element: ElementId,
        /// The label of the condition's "no".
        label: RefusalLabel,
    },
    /// Waiting for somebody to carry out this element.
    Waiting(ElementId),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A member of the staff has finished an action.
    ActionDone(ElementId),
    /// A process was carried out.
    Done(Meaning),
    /// A condition was answered "no", for this reason.
    No(Meaning, RefusalLabel),
    /// A condition was answered "yes".
    Yes(Meaning),
}

/// One line of the trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The element (or the action) that the event concerned.
    pub element: ElementId,
    /// Its meaning; `None` for an action of the staff.
    pub meaning: Option<Meaning>,
    /// What came of it.
    pub outcome: Outcome,
    /// Of a "no": the reason.
    pub label: Option<RefusalLabel>,
}

/// What an event made of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// Where the request stands now.
    pub state: State,
    /// What is to be recorded.
    pub trace: Vec<Step>,
    /// The tasks that begin now: each for a unit and a role, with a deadline.
    pub tasks: Vec<ActionDef>,
}

/// Why an event does not fit. The state stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WalkError {
    /// The staff's actions are not finished, so the result cannot be delivered yet.
    #[error("{action} is not finished")]
    ActionOpen {
        /// The action that is open.
        action: ElementId,
    },
    /// The request has ended: delivered and refused are final.
    #[error("the request has ended")]
    Ended,
    /// The flow has no such element, or the element does not take such an outcome.
    #[error("the flow has no such step")]
    NotInFlow,
    /// The request waits for another element.
    #[error("the request waits for {waits_for}")]
    OutOfTurn {
        /// The element that the request waits for.
        waits_for: ElementId,
    },
}

impl State {
    /// Delivered, refused or waiting.
    #[must_use]
    pub const fn position(&self) -> &Position {
        &self.position
    }

    /// The element that the request waits for; `None` once it has ended.
    #[must_use]
    pub const fn waits_for(&self) -> Option<&ElementId> {
        match &self.position {
            Position::Waiting(element) => Some(element),
            Position::Delivered(_) | Position::Refused { .. } => None,
        }
    }

    /// The action of the staff that is being carried out.
    #[must_use]
    pub const fn open_action(&self) -> Option<&ElementId> {
        self.open_action.as_ref()
    }

    /// The end, if it has come.
    #[must_use]
    pub const fn end(&self) -> Option<End> {
        match self.position {
            Position::Delivered(_) => Some(End::Delivered),
            Position::Refused { .. } => Some(End::Refused),
            Position::Waiting(_) => None,
        }
    }
}

impl Flow {
    /// A request at the first element; `None` only for a flow without elements, which the lint refuses.
    #[must_use]
    pub fn begin(&self) -> Option<State> {
        self.start().map(|start| self.enter(start, None, None).0)
    }

    /// A request that is known to wait for this element. The staff's actions begin anew at the
    /// element where they open; beyond it they count as finished.
    #[must_use]
    pub fn resume(&self, element: &ElementId) -> Option<State> {
        self.element(element)
            .map(|element| self.enter(element, None, None).0)
    }

    /// Walks a whole story from the beginning.
    ///
    /// # Errors
    /// [`WalkError`] of the first event that does not fit.
    pub fn replay(&self, events: &[Event]) -> Result<Walked, WalkError> {
        let state = self.begin().ok_or(WalkError::NotInFlow)?;
        let mut whole = Walked {
            state,
            trace: Vec::new(),
            tasks: Vec::new(),
        };
        for event in events {
            let walked = walk(self, &whole.state, event)?;
            whole.state = walked.state;
            whole.trace.extend(walked.trace);
            whole.tasks.extend(walked.tasks);
        }
        Ok(whole)
    }

    /// The tasks that begin as soon as a request does.
    #[must_use]
    pub fn opening_tasks(&self) -> Vec<ActionDef> {
        self.start()
            .map(|start| self.enter(start, None, None).1)
            .unwrap_or_default()
    }

    /// A request that goes on with this element, not refused and with the same open action.
    pub(crate) fn go_on(&self, element: &Element, state: &State) -> State {
        self.enter(element, None, state.open_action.clone()).0
    }

    /// The open action that has to be finished before that element is answered.
    fn open_before<'s>(&self, state: &'s State, element: &Element) -> Option<&'s ElementId> {
        let during = element.during.as_ref()?;
        let open = state.open_action.as_ref()?;
        let place = |id: &ElementId| self.actions.iter().position(|action| action.id == *id);
        (place(open)? < place(during)?).then_some(open)
    }

    /// The state on coming to an element, and the tasks that begin there.
    fn enter(
        &self,
        element: &Element,
        reason: Option<RefusalLabel>,
        open_action: Option<ElementId>,
    ) -> (State, Vec<ActionDef>) {
        let opens = element.id == self.actions_open_at && open_action.is_none();
        let tasks: Vec<ActionDef> = self
            .first_action()
            .filter(|_| opens)
            .cloned()
            .into_iter()
            .collect();
        let open_action = tasks.first().map(|task| task.id.clone()).or(open_action);
        // A refusal needs no more work of the staff, and what was open is withdrawn; unless it is
        // prepared and signed as a result is.
        let open_action = open_action.filter(|_| reason.is_none() || element.after_actions);
        (
            State {
                position: Position::Waiting(element.id.clone()),
                reason,
                open_action,
            },
            tasks,
        )
    }
}

/// What `event` makes of a request that stands at `state`.
///
/// A condition that the flow asks again later (the gateway repeats the portal's check of the
/// certificate) takes a "no" there too. A result is delivered only when the staff's actions are
/// finished.
///
/// # Errors
/// [`WalkError`] where the event does not fit; nothing has happened then.
pub fn walk(flow: &Flow, state: &State, event: &Event) -> Result<Walked, WalkError> {
    let waits_for = state.waits_for().ok_or(WalkError::Ended)?;
    match event {
        Event::ActionDone(action) => finish_action(flow, state, waits_for, action),
        Event::Done(meaning) => step(flow, state, waits_for, *meaning, Outcome::Done, None),
        Event::No(meaning, label) => {
            step(flow, state, waits_for, *meaning, Outcome::No, Some(*label))
        }
        Event::Yes(meaning) => step(flow, state, waits_for, *meaning, Outcome::Yes, None),
    }
}

fn step(
    flow: &Flow,
    state: &State,
    waits_for: &ElementId,
    meaning: Meaning,
    outcome: Outcome,
    label: Option<RefusalLabel>,
) -> Result<Walked, WalkError> {
    let element = flow.element_for(meaning).ok_or(WalkError::NotInFlow)?;
    if !element.takes(outcome) {
        return Err(WalkError::NotInFlow);
    }
    let asked_again = outcome == Outcome::No && element.asked_again_at.contains(waits_for);
    if element.id != *waits_for && !asked_again {
        return Err(WalkError::OutOfTurn {
            waits_for: waits_for.clone(),
        });
    }
    if let Some(open) = flow.open_before(state, element) {
        return Err(WalkError::ActionOpen {
            action: open.clone(),
        });
    }
    let trace = vec![Step {
        element: element.id.clone(),
        meaning: Some(meaning),
        outcome,
        label,
    }];
    let after = match (&element.branch, outcome) {
        (Branch::End(end), _) => {
            return finish(state, element, *end).map(|state| Walked {
                state,
                trace,
                tasks: Vec::new(),
            });
        }
        (Branch::Next(after), _) => after,
        (Branch::Question { yes, .. }, Outcome::Yes) => yes,
        (Branch::Question { no, .. }, _) => no,
    };
    let after = flow.element(after).ok_or(WalkError::NotInFlow)?;
    let (state, tasks) = flow.enter(after, label.or(state.reason), state.open_action.clone());
    Ok(Walked {
        state,
        trace,
        tasks,
    })
}

fn finish(state: &State, element: &Element, end: End) -> Result<State, WalkError> {
    let position = match (end, state.reason, &state.open_action) {
        (End::Delivered, _, Some(action)) | (End::Refused, Some(_), Some(action)) => {
            return Err(WalkError::ActionOpen {
                action: action.clone(),
            });
        }
        (End::Delivered, _, None) => Position::Delivered(element.id.clone()),
        (End::Refused, Some(label), None) => Position::Refused {
            element: element.id.clone(),
            label,
        },
        // The lint lets a refusal be reached only over a condition's "no", which carries a label.
        (End::Refused, None, _) => return Err(WalkError::NotInFlow),
    };
    Ok(State {
        position,
        reason: state.reason,
        open_action: None,
    })
}

fn finish_action(
    flow: &Flow,
    state: &State,
    waits_for: &ElementId,
    action: &ElementId,
) -> Result<Walked, WalkError> {
    flow.action(action).ok_or(WalkError::NotInFlow)?;
    let out_of_turn = || WalkError::OutOfTurn {
        waits_for: waits_for.clone(),
    };
    // The staff's first action begins with the check of the documents and cannot end before it; nor
    // does an action end without the answer that is given in it.
    let asked = flow.element(waits_for).is_some_and(|element| {
        let here = match &element.during {
            Some(during) => during == action,
            None => flow.actions_open_at == *waits_for,
        };
        here && matches!(element.branch, Branch::Question { .. })
    });
    if state.open_action.as_ref() != Some(action) || asked {
        return Err(out_of_turn());
    }
    let after = flow.action_after(action).cloned();
    let trace = vec![Step {
        element: action.clone(),
        meaning: None,
        outcome: Outcome::Done,
        label: None,
    }];
    let open_action = after.as_ref().map(|after| after.id.clone());
    let state = State {
        open_action,
        ..state.clone()
    };
    Ok(Walked {
        state,
        trace,
        tasks: after.into_iter().collect(),
    })
}
