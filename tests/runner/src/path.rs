//! The path that a request took: one line of steps out of what each actor recorded.

use std::collections::VecDeque;

use qaqpa_regulations::{Event, Flow, Meaning, State, walk};

use crate::stand::Recorded;

/// Joins the actors' records into one path.
///
/// Moments have the resolution of a second, so several actors' steps can share one: among the
/// earliest, the step that the regulation allows next goes first. Nothing is left out, and a record
/// that the regulation does not allow stays where its moment puts it, to be seen.
#[must_use]
pub fn join(flow: &Flow, traces: Vec<Vec<Recorded>>) -> Vec<Recorded> {
    let mut queues: Vec<VecDeque<Recorded>> = traces.into_iter().map(VecDeque::from).collect();
    let mut path = Vec::new();
    let mut state = flow.begin();
    while let Some(earliest) = queues
        .iter()
        .filter_map(|queue| queue.front())
        .map(|s| s.at)
        .min()
    {
        let at_once: Vec<usize> = (0..queues.len())
            .filter(|n| queues[*n].front().is_some_and(|step| step.at == earliest))
            .collect();
        let fits = |n: &&usize| {
            queues[**n]
                .front()
                .and_then(|step| after(flow, state.as_ref()?, step))
                .is_some()
        };
        let Some(chosen) = at_once
            .iter()
            .find(fits)
            .or_else(|| at_once.first())
            .copied()
        else {
            break;
        };
        let Some(step) = queues[chosen].pop_front() else {
            break;
        };
        let next = state.as_ref().and_then(|state| after(flow, state, &step));
        state = next.or(state);
        path.push(step);
    }
    path
}

/// The state after a recorded step; `None` where the flow does not allow it.
fn after(flow: &Flow, state: &State, step: &Recorded) -> Option<State> {
    let event = event(flow, step)?;
    let element = flow.elements.iter().find(|e| e.id.as_str() == step.element);
    // The staff's actions are recorded nowhere as steps: the delivery shows that they are done, and a check that is made
    // during one of them shows that those before it are.
    let until = match element {
        Some(element) if element.meaning == Meaning::DeliverResult || element.after_actions => None,
        Some(element) if element.during.is_some() => element.during.as_ref(),
        _ => return walk(flow, state, &event).ok().map(|walked| walked.state),
    };
    let mut state = state.clone();
    while let Some(action) = state.open_action().filter(|open| Some(*open) != until) {
        let done = Event::ActionDone(action.clone());
        state = walk(flow, &state, &done).ok()?.state;
    }
    walk(flow, &state, &event).ok().map(|walked| walked.state)
}

fn event(flow: &Flow, step: &Recorded) -> Option<Event> {
    let element = flow
        .elements
        .iter()
        .find(|element| element.id.as_str() == step.element);
    let Some(element) = element else {
        let action = flow
            .actions
            .iter()
            .find(|action| action.id.as_str() == step.element)?;
        return Some(Event::ActionDone(action.id.clone()));
    };
    Some(match step.outcome.as_str() {
        "done" => Event::Done(element.meaning),
        "yes" => Event::Yes(element.meaning),
        "no" => Event::No(element.meaning, step.label?),
        _ => return None,
    })
}

/// `process 1 → condition 1 → …`.
#[must_use]
pub fn spoken(elements: &[String]) -> String {
    let spoken: Vec<String> = elements
        .iter()
        .map(|element| element.replacen('-', " ", 1))
        .collect();
    spoken.join(" → ")
}

#[cfg(test)]
mod tests {
    use qaqpa_model::{Actor, Moment, RefusalLabel, ServiceAtAct};
    use qaqpa_regulations::{Catalogue, Channel};

    use super::*;

    fn flow() -> Flow {
        let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
        Catalogue::embedded()
            .unwrap()
            .service(&id)
            .unwrap()
            .flow(Channel::Portal)
            .unwrap()
            .clone()
    }

    fn step(actor: Actor, second: i64, element: &str, outcome: &str) -> Recorded {
        Recorded {
            actor,
            at: Moment::from_unix_ms(second * 1000),
            element: element.into(),
            outcome: outcome.into(),
            label: (outcome == "no").then_some(RefusalLabel::ContentChanged),
        }
    }

    fn elements(path: &[Recorded]) -> String {
        spoken(
            &path
                .iter()
                .map(|step| step.element.clone())
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn steps_of_one_second_stand_in_the_order_of_the_regulation() {
        let p = |element: &str, outcome: &str| step(Actor::Portal, 7, element, outcome);
        let r = |element: &str, outcome: &str| step(Actor::RegionalGateway, 7, element, outcome);
        let portal = vec![
            p("process-1", "done"),
            p("condition-1", "yes"),
            p("process-3", "done"),
            p("condition-2", "yes"),
            p("process-5", "done"),
            p("process-8", "done"),
        ];
        let regional = vec![r("process-6", "done"), r("condition-3", "yes")];
        assert_eq!(
            elements(&join(&flow(), vec![portal, vec![], regional])),
            "process 1 → condition 1 → process 3 → condition 2 → process 5 → process 6 → condition 3 → process 8"
        );
    }

    #[test]
    fn a_step_out_of_turn_is_shown_and_not_mended() {
        let portal = vec![
            step(Actor::Portal, 1, "process-8", "done"),
            step(Actor::Portal, 2, "process-1", "done"),
        ];
        assert_eq!(
            elements(&join(&flow(), vec![portal])),
            "process 8 → process 1"
        );
    }

    #[test]
    fn a_later_moment_never_comes_first() {
        let portal = vec![step(Actor::Portal, 9, "process-1", "done")];
        let regional = vec![step(Actor::RegionalGateway, 3, "process-6", "done")];
        assert_eq!(
            elements(&join(&flow(), vec![portal, regional])),
            "process 6 → process 1"
        );
    }
}
