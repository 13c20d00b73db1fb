//! The parts that every flow of the portal has, whatever its pattern calls them: where the application has come to the
//! provider, where the provider decides, where the applicant signs.
//!
//! Actors ask for parts and not for patterns, so that one room serves all of them.

use crate::flow::{Branch, Element, Flow};
use crate::vocabulary::{Meaning, Role};
use crate::walk::State;
use qaqpa_model::ElementId;

/// The meanings of an element with which an application has come to the provider.
const ARRIVALS: [Meaning; 3] = [Meaning::Register, Meaning::Handle, Meaning::SendToRegistry];
/// The meanings of the condition in which the provider grants the service or refuses it.
const DECISIONS: [Meaning; 2] = [Meaning::CheckDocuments, Meaning::Decide];

impl Flow {
    /// The element with which an application has come to the provider: it is registered in the workplace, or passed on
    /// to it (or to the queue registry).
    #[must_use]
    pub fn arrival(&self) -> Option<&Element> {
        self.first_of(&ARRIVALS)
    }

    /// The condition in which the provider grants the service or refuses it.
    #[must_use]
    pub fn decision(&self) -> Option<&Element> {
        self.first_of(&DECISIONS)
    }

    /// The process that forms the refusal where that condition is answered with no.
    #[must_use]
    pub fn refusal_of(&self, condition: &Element) -> Option<&Element> {
        match &condition.branch {
            Branch::Question { no, .. } => self.element(no),
            Branch::Next(_) | Branch::End(_) => None,
        }
    }

    /// The process that forms the provider's reasoned refusal.
    #[must_use]
    pub fn reasoned_refusal(&self) -> Option<&Element> {
        self.refusal_of(self.decision()?)
    }

    /// Whether the queue registry answers by itself, so that nobody of the provider's staff acts.
    #[must_use]
    pub fn is_answered_by_the_registry(&self) -> bool {
        let arrival = self.arrival();
        arrival.is_some_and(|arrival| arrival.meaning == Meaning::SendToRegistry)
    }

    /// Whether the applicant signs before the certificate is asked about, so that the question sees the signature, too.
    #[must_use]
    pub fn signs_before_the_check(&self) -> bool {
        self.element_for(Meaning::SignRequest).is_some()
    }

    /// A request that waits for this element, with the staff's actions as they begin: where they open before it, the
    /// first of them is open and none is done.
    ///
    /// [`resume`](Self::resume) counts actions that open before the element as finished.
    #[must_use]
    pub fn resume_unworked(&self, element: &ElementId) -> Option<State> {
        let mut state = self.resume(&self.actions_open_at)?;
        // Each element comes once on the way of yes.
        for _ in &self.elements {
            let Some(here) = state.waits_for().and_then(|id| self.element(id)) else {
                break;
            };
            if here.id == *element {
                return Some(state);
            }
            let after = match &here.branch {
                Branch::End(_) => break,
                Branch::Next(after) | Branch::Question { yes: after, .. } => after,
            };
            state = self.go_on(self.element(after)?, &state);
        }
        self.resume(element)
    }

    fn first_of(&self, meanings: &[Meaning]) -> Option<&Element> {
        let mut elements = self.elements.iter();
        elements.find(|element| meanings.contains(&element.meaning))
    }
}

impl crate::flow::ActionDef {
    /// Whether an information system does it, and no person.
    #[must_use]
    pub fn is_of_a_system(&self) -> bool {
        self.role == Role::System
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::ServiceAtAct;

    use super::*;
    use crate::{Catalogue, Channel};

    fn portal(id: &str) -> Flow {
        let catalogue = Catalogue::embedded().unwrap();
        let service = catalogue.regulation(&ServiceAtAct::parse(id).unwrap());
        service.unwrap().flow(Channel::Portal).unwrap().clone()
    }

    fn parts(id: &str) -> [Option<String>; 3] {
        let flow = portal(id);
        [flow.arrival(), flow.decision(), flow.reasoned_refusal()]
            .map(|part| part.map(|element| element.id.to_string()))
    }

    #[test]
    fn every_pattern_of_the_portal_has_its_parts() {
        let some = |ids: [&str; 3]| ids.map(|id| Some(id.to_owned()));
        assert_eq!(
            parts("guardianship-certificate@zhambyl-2019-23"),
            some(["process-6", "condition-3", "process-7"])
        );
        assert_eq!(
            parts("unemployed-certificate@shal-aqyn-2012-238"),
            some(["process-6", "check-2", "step-2"])
        );
        assert_eq!(
            parts("kindergarten-queue@qyzylorda-2018-1056"),
            some(["step-6", "check-3", "step-7"])
        );
        // Of this act the registry only gives a number.
        assert_eq!(
            parts("kindergarten-queue@qyzylorda-2014-700"),
            [Some("step-6".to_owned()), None, None]
        );
    }

    #[test]
    fn actions_that_open_before_the_decision_are_open_there() {
        let open = |id: &str| {
            let flow = portal(id);
            let decision = flow.decision().unwrap().id.clone();
            let state = flow.resume_unworked(&decision).unwrap();
            assert_eq!(state.waits_for(), Some(&decision));
            state.open_action().map(ToString::to_string)
        };
        let first = Some("action-1".to_owned());
        assert_eq!(open("guardianship-certificate@zhambyl-2019-23"), first);
        assert_eq!(
            open("home-schooled-child-support@shal-aqyn-2012-238"),
            first
        );
        // What comes before the actions has none open.
        let flow = portal("guardianship-certificate@zhambyl-2019-23");
        let arrival = flow.arrival().unwrap().id.clone();
        let state = flow.resume_unworked(&arrival).unwrap();
        assert_eq!(
            (state.waits_for(), state.open_action()),
            (Some(&arrival), None)
        );
    }
}
