//! The chain of actions of the provider's staff for one flow, and which of them decides, signs and sends.

use qaqpa_model::ElementId;
use qaqpa_regulations::{ActionDef, Deed, Flow, Mark, Meaning, Period, Service};

/// The actions in their order; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    actions: Vec<ActionDef>,
    /// The action in which the documents are checked and the decision is made.
    deciding: ElementId,
    from_the_act: bool,
}

impl Chain {
    /// The actions of the flow. Where the act prints none, one action of the provider does it all,
    /// within a working day (the simulator's own addition). `None` where the flow has no check of the
    /// documents, so that the staff has nothing to do.
    #[must_use]
    pub fn of(service: &Service, flow: &Flow) -> Option<Self> {
        let check = flow.element_for(Meaning::CheckDocuments);
        if let Some(first) = flow.first_action() {
            let during = check.and_then(|check| check.during.as_ref());
            return Some(Self {
                deciding: during.unwrap_or(&first.id).clone(),
                actions: flow.actions.clone(),
                from_the_act: true,
            });
        }
        let check = check?;
        let all = ActionDef {
            id: check.id.clone(),
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
            title: check.title.clone(),
            mark: Mark::Assumed,
        };
        Some(Self {
            deciding: all.id.clone(),
            actions: vec![all],
            from_the_act: false,
        })
    }

    /// Whether the act prints the actions, so that the walker knows them.
    #[must_use]
    pub const fn is_from_the_act(&self) -> bool {
        self.from_the_act
    }

    /// Every action, in their order.
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

    /// Whether the result is signed in this action; where none of the chain says so, in the last.
    #[must_use]
    pub fn signs(&self, action: &ActionDef) -> bool {
        if self.actions.iter().any(|one| one.has(Deed::Sign)) {
            return action.has(Deed::Sign);
        }
        self.actions.last().is_some_and(|last| last.id == action.id)
    }

    /// Whether the signed result goes out with this action; where none of the chain says so, with the
    /// signature.
    #[must_use]
    pub fn sends(&self, action: &ActionDef) -> bool {
        if self.actions.iter().any(|one| one.has(Deed::Send)) {
            return action.has(Deed::Send);
        }
        self.signs(action)
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
}
