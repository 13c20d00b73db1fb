//! The chain of actions of the provider's staff for one flow, and which of them decides, signs and sends.
//!
//! Some acts print what information systems do between the actions of people, each with a number of its own. A system
//! acts at once: its actions end with the action of the person before them, the first ones with the first person's.

use qaqpa_model::{ElementId, RequestStatus};
use qaqpa_regulations::{ActionDef, Deed, Flow, Mark, Period, Service};

/// The actions in their order; those of people are never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// Those of people.
    actions: Vec<ActionDef>,
    /// Those of people and of systems, as the act prints them.
    printed: Vec<ActionDef>,
    /// The action in which the documents are checked and the decision is made.
    deciding: ElementId,
    from_the_act: bool,
    refusal_comes_last: bool,
}

impl Chain {
    /// The actions of the flow. Where the act prints none, one action of the provider does it all,
    /// within a working day (the simulator's own addition). `None` where nobody of the provider's staff decides, or the
    /// queue registry does.
    #[must_use]
    pub fn of(service: &Service, flow: &Flow) -> Option<Self> {
        if flow.is_answered_by_the_registry() {
            return None;
        }
        let decision = flow.decision();
        let people = || flow.actions.iter().filter(|one| !one.is_of_a_system());
        if let Some(first) = people().next() {
            let during = decision.and_then(|decision| decision.during.as_ref());
            let refusal = decision.and_then(|decision| flow.refusal_of(decision));
            return Some(Self {
                deciding: during.unwrap_or(&first.id).clone(),
                actions: people().cloned().collect(),
                printed: flow.actions.clone(),
                from_the_act: true,
                refusal_comes_last: refusal.is_some_and(|refusal| refusal.after_actions),
            });
        }
        let decision = decision?;
        let all = ActionDef {
            id: decision.id.clone(),
            unit: service.provider.clone(),
            unit_title: service.provider_title.clone(),
            role: service.result.signed_by,
            does: vec![
                Deed::Accept,
                Deed::Register,
                Deed::Prepare,
                Deed::Sign,
                Deed::Send,
            ],
            deadline: Period::parse("1wd").ok()?,
            deadline_min: None,
            completion: None,
            next_printed: None,
            tells: None,
            title: decision.title.clone(),
            mark: Mark::Assumed,
        };
        Some(Self {
            deciding: all.id.clone(),
            printed: vec![all.clone()],
            actions: vec![all],
            from_the_act: false,
            refusal_comes_last: false,
        })
    }

    /// Whether the act prints the actions, so that the walker knows them.
    #[must_use]
    pub const fn is_from_the_act(&self) -> bool {
        self.from_the_act
    }

    /// Every action of a person, in their order.
    #[must_use]
    pub fn actions(&self) -> &[ActionDef] {
        &self.actions
    }

    /// The action that begins when a card is registered.
    #[must_use]
    pub fn first(&self) -> Option<&ActionDef> {
        self.actions.first()
    }

    /// The action of that id, as a task names it.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&ActionDef> {
        self.actions.iter().find(|action| action.id.as_str() == id)
    }

    /// Whether the documents are checked and the decision is made in this action: the one that the catalogue names,
    /// the first where it names none.
    #[must_use]
    pub fn decides(&self, action: &ActionDef) -> bool {
        self.deciding == action.id
    }

    /// Whether this action comes before the decision: the office registers, the head names the executor.
    #[must_use]
    pub fn is_before_the_decision(&self, action: &ActionDef) -> bool {
        let mut before = self.actions.iter().take_while(|one| !self.decides(one));
        before.any(|one| one.id == action.id)
    }

    /// Whether a refusal goes through every action, as a grant does: prepared, signed and sent in the result's place.
    #[must_use]
    pub const fn refusal_comes_last(&self) -> bool {
        self.refusal_comes_last
    }

    /// What systems do before the first person acts: pass on, register, show a status.
    #[must_use]
    pub fn systems_first(&self) -> &[ActionDef] {
        let people = self.printed.iter().position(|one| !one.is_of_a_system());
        people.map_or(&[], |end| &self.printed[..end])
    }

    /// What systems do after this action, before the next person acts.
    #[must_use]
    pub fn systems_after(&self, action: &ActionDef) -> &[ActionDef] {
        let place = self.printed.iter().position(|one| one.id == action.id);
        let after = place.and_then(|place| self.printed.get(place + 1..));
        let after = after.unwrap_or_default();
        let end = after.iter().position(|one| !one.is_of_a_system());
        &after[..end.unwrap_or(after.len())]
    }

    /// Whether the result is signed in this action; where none of the chain says so, in the last. What a system signs
    /// after a person, it signs with that person's key.
    #[must_use]
    pub fn signs(&self, action: &ActionDef) -> bool {
        if self.printed.iter().any(|one| one.has(Deed::Sign)) {
            return self.has(action, Deed::Sign);
        }
        self.actions.last().is_some_and(|last| last.id == action.id)
    }

    /// Whether the signed result goes out with this action; where none of the chain says so, with the
    /// signature.
    #[must_use]
    pub fn sends(&self, action: &ActionDef) -> bool {
        if self.printed.iter().any(|one| one.has(Deed::Send)) {
            return self.has(action, Deed::Send);
        }
        self.signs(action)
    }

    /// Whether the act prints when people are told which status.
    #[must_use]
    pub fn prints_statuses(&self) -> bool {
        self.printed.iter().any(|one| one.tells.is_some())
    }

    /// Whether this status is told when the application has come. Where the act prints no statuses, received is.
    #[must_use]
    pub fn tells_first(&self, status: RequestStatus) -> bool {
        if !self.prints_statuses() {
            return status == RequestStatus::Received;
        }
        let mut first = self.systems_first().iter();
        first.any(|one| one.tells == Some(status))
    }

    /// Whether this status is told with the end of this action, as the act prints it.
    #[must_use]
    pub fn tells_with(&self, action: &ActionDef, status: RequestStatus) -> bool {
        let mut all = std::iter::once(action).chain(self.systems_after(action));
        all.any(|one| one.tells == Some(status))
    }

    /// The next action after this one in which something is signed.
    #[must_use]
    pub fn signing_after(&self, action: &ActionDef) -> Option<&ActionDef> {
        let place = self.actions.iter().position(|one| one.id == action.id)?;
        self.actions
            .get(place + 1..)?
            .iter()
            .find(|later| self.signs(later))
    }

    fn has(&self, action: &ActionDef, deed: Deed) -> bool {
        action.has(deed) || self.systems_after(action).iter().any(|one| one.has(deed))
    }
}
