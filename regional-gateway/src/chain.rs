//! The chain of actions of the provider's staff for one flow, and which of them decides, signs and sends.

use qaqpa_regulations::{ActionDef, Deed, Flow, Mark, Meaning, Period, Service};

/// The actions in their order; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    actions: Vec<ActionDef>,
    from_the_act: bool,
}

impl Chain {
    /// The actions of the flow. Where the act prints none, one action of the provider does it all,
    /// within a working day (the simulator's own addition). `None` where the flow has no check of the
    /// documents, so that the staff has nothing to do.
    #[must_use]
    pub fn of(service: &Service, flow: &Flow) -> Option<Self> {
        if !flow.actions.is_empty() {
            return Some(Self {
                actions: flow.actions.clone(),
                from_the_act: true,
            });
        }
        let check = flow.element_for(Meaning::CheckDocuments)?;
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

    /// Whether the documents are checked and the decision is made in this action: the first.
    #[must_use]
    pub fn decides(&self, action: &ActionDef) -> bool {
        self.first().is_some_and(|first| first.id == action.id)
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
