//! What follows when a member of the staff ends an action: asked of the walker.

use qaqpa_model::RefusalLabel;
use qaqpa_regulations::{ActionDef, Event, Flow, Step, WalkError, walk};
use qaqpa_store::CardState;

use crate::chain::Chain;

/// What the staff decided about an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// The documents are those of the list, and there is a ground for the service.
    Grant,
    /// They are not, or there is none.
    Refuse(RefusalLabel),
}

/// Where a card stands: what was decided, and which actions are done.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'c> {
    /// The flow of the card.
    pub flow: &'c Flow,
    /// Its chain of actions.
    pub chain: &'c Chain,
    /// The decision; `None` until it is made, in the action that the catalogue names. It stands from the end of that
    /// action on.
    pub ruling: Option<Ruling>,
    /// The actions that were done before, in their order.
    pub done: &'c [ActionDef],
}

/// What the end of an action brings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Advance {
    /// The elements of the flow that are taken by it.
    pub steps: Vec<Step>,
    /// The actions that begin now.
    pub next: Vec<ActionDef>,
    /// Whether the signed result goes out now.
    pub sends: bool,
    /// How the card stands afterwards.
    pub state: CardState,
}

impl Progress<'_> {
    /// Ends this action.
    ///
    /// A refusal needs no action but a signature: where the act has another role sign, that role's
    /// action follows, and the refusal is formed with its signature. Where the act has it prepared and signed as a
    /// result is, it goes through every action.
    ///
    /// # Errors
    /// [`WalkError`] where the flow does not allow it: the action is not the open one, or the decision that is made in
    /// it, or was to be made before it, is missing.
    pub fn end(&self, action: &ActionDef) -> Result<Advance, WalkError> {
        let check = self.flow.decision().ok_or(WalkError::NotInFlow)?;
        let before = self.chain.is_before_the_decision(action);
        if self.ruling.is_none() && !before {
            return Err(WalkError::OutOfTurn {
                waits_for: check.id.clone(),
            });
        }
        let mut state = self
            .flow
            .resume_unworked(&check.id)
            .ok_or(WalkError::NotInFlow)?;
        for system in self.chain.systems_first() {
            let done = Event::ActionDone(system.id.clone());
            state = walk(self.flow, &state, &done)?.state;
        }
        for past in self.done {
            for event in self.events(past) {
                state = walk(self.flow, &state, &event)?.state;
            }
        }
        let mut steps = Vec::new();
        let mut next = Vec::new();
        for event in self.events(action) {
            let walked = walk(self.flow, &state, &event)?;
            state = walked.state;
            // The staff's actions are tasks, not elements of the flow: cards and journal hold them.
            steps.extend(
                walked
                    .trace
                    .into_iter()
                    .filter(|step| step.meaning.is_some()),
            );
            // What systems do is done at once, and nobody's task.
            let people = walked.tasks.into_iter();
            next.extend(people.filter(|one| !one.is_of_a_system()));
        }
        let (sends, end) = match self.ruling.filter(|_| !before) {
            None => (false, CardState::Open),
            Some(Ruling::Grant) => (self.chain.sends(action), CardState::Granted),
            Some(Ruling::Refuse(_)) => {
                if !self.chain.signs(action) && !self.chain.refusal_comes_last() {
                    next.extend(self.chain.signing_after(action).cloned());
                }
                (self.chain.signs(action), CardState::Refused)
            }
        };
        Ok(Advance {
            state: if next.is_empty() {
                end
            } else {
                CardState::Open
            },
            steps,
            next,
            sends,
        })
    }

    /// What happens in the flow with this action.
    fn events(&self, action: &ActionDef) -> Vec<Event> {
        let done = std::iter::once(action)
            .chain(self.chain.systems_after(action))
            .filter(|_| self.chain.is_from_the_act())
            .map(|done| Event::ActionDone(done.id.clone()));
        let Some(check) = self.flow.decision() else {
            return done.collect();
        };
        let decides = self.chain.decides(action);
        let ruling = self.ruling;
        match ruling.filter(|_| !self.chain.is_before_the_decision(action)) {
            None => done.collect(),
            Some(Ruling::Grant) => decides
                .then_some(Event::Yes(check.meaning))
                .into_iter()
                .chain(done)
                .collect(),
            Some(Ruling::Refuse(label)) => {
                let refusal = self.flow.refusal_of(check);
                let formed = refusal.filter(|_| self.chain.signs(action));
                decides
                    .then_some(Event::No(check.meaning, label))
                    .into_iter()
                    .chain(done.filter(|_| self.chain.refusal_comes_last()))
                    .chain(formed.map(|refusal| Event::Done(refusal.meaning)))
                    .collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::{RequestStatus, ServiceAtAct};
    use qaqpa_regulations::{Catalogue, Channel, Deed, Meaning, Period, Role, Service};

    use super::*;

    fn service() -> Service {
        let id = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
        Catalogue::embedded().unwrap().service(&id).unwrap().clone()
    }

    /// A worker prepares, the head signs, the worker sends: the chain of other services of the act.
    fn with_three_actions() -> Service {
        let mut service = service();
        let flow = &mut service.flows[0];
        let one = flow.actions[0].clone();
        let action = |number: u32, role, deeds: &[Deed]| ActionDef {
            id: qaqpa_model::ElementId::parse(&format!("action-{number}")).unwrap(),
            role,
            does: deeds.to_vec(),
            deadline: Period::parse("1wd").unwrap(),
            ..one.clone()
        };
        flow.actions = vec![
            action(1, Role::Officer, &[Deed::Accept, Deed::Prepare]),
            action(2, Role::Head, &[Deed::Sign]),
            action(3, Role::Officer, &[Deed::Send]),
        ];
        service
    }

    /// Ends the actions one after the other and tells of each: meanings and outcomes of the steps, the
    /// next actions, whether it sends, the state.
    fn story(
        service: &Service,
        ruling: impl Into<Option<Ruling>>,
        actions: &[usize],
    ) -> Vec<String> {
        let flow = service.flow(Channel::Portal).unwrap();
        let chain = Chain::of(service, flow).unwrap();
        let ruling = ruling.into();
        let mut done = Vec::new();
        let mut told = Vec::new();
        for place in actions {
            let action = chain.actions()[*place].clone();
            let progress = Progress {
                flow,
                chain: &chain,
                ruling,
                done: &done,
            };
            let advance = progress.end(&action).unwrap();
            let steps: Vec<_> = advance
                .steps
                .iter()
                .map(|step| format!("{}:{}", step.meaning.unwrap(), step.outcome))
                .collect();
            let next: Vec<_> = advance
                .next
                .iter()
                .map(|next| next.id.to_string())
                .collect();
            told.push(format!(
                "[{}] -> [{}] sends={} {}",
                steps.join(" "),
                next.join(" "),
                advance.sends,
                advance.state.as_str()
            ));
            done.push(action);
        }
        told
    }

    const REFUSE: Ruling = Ruling::Refuse(RefusalLabel::DocumentsRefused);

    #[test]
    fn one_officer_decides_signs_and_sends() {
        assert_eq!(
            story(&service(), Ruling::Grant, &[0]),
            ["[check-documents:yes] -> [] sends=true granted"]
        );
        assert_eq!(
            story(&service(), REFUSE, &[0]),
            ["[check-documents:no refuse-documents:done] -> [] sends=true refused"]
        );
    }

    #[test]
    fn the_worker_prepares_the_head_signs_and_it_is_sent() {
        assert_eq!(
            story(&with_three_actions(), Ruling::Grant, &[0, 1, 2]),
            [
                "[check-documents:yes] -> [action-2] sends=false open",
                "[] -> [action-3] sends=false open",
                "[] -> [] sends=true granted",
            ]
        );
    }

    #[test]
    fn a_refusal_is_formed_with_the_heads_signature_and_needs_no_more() {
        assert_eq!(
            story(&with_three_actions(), REFUSE, &[0, 1]),
            [
                "[check-documents:no] -> [action-2] sends=false open",
                "[refuse-documents:done] -> [] sends=true refused",
            ]
        );
    }

    /// The office registers, the head names the worker, who decides and prepares; the head signs, the office sends.
    fn with_five_actions() -> Service {
        let mut service = service();
        let flow = &mut service.flows[0];
        let one = flow.actions[0].clone();
        let chain = [
            (Role::Clerk, Deed::Register),
            (Role::Head, Deed::Assign),
            (Role::Officer, Deed::Prepare),
            (Role::Head, Deed::Sign),
            (Role::Clerk, Deed::Send),
        ];
        let actions = (1..).zip(chain).map(|(number, (role, deed))| ActionDef {
            id: qaqpa_model::ElementId::parse(&format!("action-{number}")).unwrap(),
            role,
            does: vec![deed],
            ..one.clone()
        });
        flow.actions = actions.collect();
        let third = flow.actions[2].id.clone();
        let mut elements = flow.elements.iter_mut();
        let check = elements.find(|element| element.meaning == Meaning::CheckDocuments);
        check.unwrap().during = Some(third);
        service
    }

    #[test]
    fn before_the_decision_the_card_goes_from_hand_to_hand() {
        assert_eq!(
            story(&with_five_actions(), None, &[0, 1]),
            [
                "[] -> [action-2] sends=false open",
                "[] -> [action-3] sends=false open",
            ]
        );
        assert_eq!(
            story(&with_five_actions(), Ruling::Grant, &[0, 1, 2, 3, 4]),
            [
                "[] -> [action-2] sends=false open",
                "[] -> [action-3] sends=false open",
                "[check-documents:yes] -> [action-4] sends=false open",
                "[] -> [action-5] sends=false open",
                "[] -> [] sends=true granted",
            ]
        );
        assert_eq!(
            story(&with_five_actions(), REFUSE, &[0, 1, 2, 3]),
            [
                "[] -> [action-2] sends=false open",
                "[] -> [action-3] sends=false open",
                "[check-documents:no] -> [action-4] sends=false open",
                "[refuse-documents:done] -> [] sends=true refused",
            ]
        );
    }

    #[test]
    fn the_action_of_the_decision_does_not_end_without_it() {
        for service in [service(), with_three_actions(), with_five_actions()] {
            let flow = service.flow(Channel::Portal).unwrap();
            let chain = Chain::of(&service, flow).unwrap();
            let mut actions = chain.actions().iter();
            let deciding = actions.position(|one| chain.decides(one)).unwrap();
            let progress = Progress {
                flow,
                chain: &chain,
                ruling: None,
                done: &chain.actions()[..deciding],
            };
            assert_eq!(
                progress.end(&chain.actions()[deciding]),
                Err(WalkError::OutOfTurn {
                    waits_for: qaqpa_model::ElementId::parse("condition-3").unwrap()
                })
            );
        }
    }

    #[test]
    fn an_action_out_of_turn_is_refused() {
        let service = with_three_actions();
        let flow = service.flow(Channel::Portal).unwrap();
        let chain = Chain::of(&service, flow).unwrap();
        let progress = Progress {
            flow,
            chain: &chain,
            ruling: Some(Ruling::Grant),
            done: &[],
        };
        let late = chain.actions()[1].clone();
        assert!(progress.end(&late).is_err());
    }

    /// Source: shal-aqyn-2012-238, annex 1, table 3: fifteen actions, of which three are people's.
    #[test]
    fn what_systems_do_is_done_with_the_action_of_the_person_before_them() {
        for (id, actions) in [
            (
                "unemployed-certificate",
                ["action-5", "action-6", "action-11"],
            ),
            (
                "home-schooled-child-support",
                ["action-4", "action-5", "action-9"],
            ),
        ] {
            let id = ServiceAtAct::parse(&format!("{id}@shal-aqyn-2012-238")).unwrap();
            let service = Catalogue::embedded().unwrap().service(&id).unwrap().clone();
            let [accepts, decides, signs] = actions;
            assert_eq!(
                story(&service, Ruling::Grant, &[0, 1, 2]),
                [
                    format!("[] -> [{decides}] sends=false open"),
                    format!("[decide:yes] -> [{signs}] sends=false open"),
                    "[] -> [] sends=true granted".to_owned(),
                ]
            );
            // A refusal is prepared and signed in the result's place.
            assert_eq!(
                story(&service, REFUSE, &[0, 1, 2]),
                [
                    format!("[] -> [{decides}] sends=false open"),
                    format!("[decide:no] -> [{signs}] sends=false open"),
                    "[refuse-service:done] -> [] sends=true refused".to_owned(),
                ]
            );
            let chain = Chain::of(&service, service.flow(Channel::Portal).unwrap()).unwrap();
            assert_eq!(chain.first().unwrap().id.as_str(), accepts);
            // In work is told when the decision is made, as the table prints it.
            let told: Vec<_> = chain
                .actions()
                .iter()
                .map(|action| chain.tells_with(action, RequestStatus::InWork))
                .collect();
            assert_eq!(told, [false, true, false]);
        }
    }

    #[test]
    fn only_the_printed_statuses_are_told() {
        for (id, received) in [
            ("unemployed-certificate@shal-aqyn-2012-238", true),
            ("home-schooled-child-support@shal-aqyn-2012-238", false),
            ("guardianship-certificate@zhambyl-2019-23", true),
        ] {
            let id = ServiceAtAct::parse(id).unwrap();
            let catalogue = Catalogue::embedded().unwrap();
            let service = catalogue.service(&id).unwrap();
            let chain = Chain::of(service, service.flow(Channel::Portal).unwrap()).unwrap();
            assert_eq!(chain.tells_first(RequestStatus::Received), received, "{id}");
            assert_eq!(chain.prints_statuses(), id.act() == "shal-aqyn-2012-238");
        }
    }

    #[test]
    fn where_the_act_prints_no_action_the_provider_does_it_all() {
        let mut service = service();
        service.flows[0].actions.clear();
        let chain = Chain::of(&service, service.flow(Channel::Portal).unwrap()).unwrap();
        assert!(!chain.is_from_the_act());
        assert_eq!(chain.first().unwrap().unit, "education-department");
        assert_eq!(
            story(&service, Ruling::Grant, &[0]),
            ["[check-documents:yes] -> [] sends=true granted"]
        );
        assert_eq!(
            story(&service, REFUSE, &[0]),
            ["[check-documents:no refuse-documents:done] -> [] sends=true refused"]
        );
    }
}
