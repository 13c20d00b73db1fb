//! The chain of actions of the provider's staff, as the catalogue has it: who acts before the decision, and who after it.

use qaqpa_regulations::{ActionDef, Deed, Flow, Role, Service};

/// The actions of people that come before the one in which the documents are checked and the decision is made.
pub(crate) fn before_the_decision(flow: &Flow) -> Vec<&ActionDef> {
    let before = flow.actions.get(..deciding(flow)).unwrap_or_default();
    of_people(before)
}

/// Those that come after it.
pub(crate) fn after_the_decision(flow: &Flow) -> Vec<&ActionDef> {
    let after = flow.actions.get(deciding(flow) + 1..).unwrap_or_default();
    of_people(after)
}

/// Those that come after a refusal: the signature is enough, unless the act has it prepared and signed as a result is.
pub(crate) fn after_a_refusal(flow: &Flow) -> Vec<&ActionDef> {
    let after = after_the_decision(flow);
    let refusal = flow.reasoned_refusal();
    if refusal.is_some_and(|refusal| refusal.after_actions) {
        return after;
    }
    let signs = after.into_iter().find(|action| action.has(Deed::Sign));
    signs.into_iter().collect()
}

/// The place of the action in which the decision is made.
fn deciding(flow: &Flow) -> usize {
    let decision = flow.decision();
    decision.map_or(0, |decision| flow.actions_before(decision).len())
}

fn of_people(actions: &[ActionDef]) -> Vec<&ActionDef> {
    actions.iter().filter(|one| !one.is_of_a_system()).collect()
}

/// The unit and the role that decide; where the act prints no actions, the provider and whoever signs the result.
pub(crate) fn who_decides<'c>(service: &'c Service, flow: &'c Flow) -> (&'c str, Role) {
    match flow.actions.get(deciding(flow)) {
        Some(action) => (&action.unit, action.role),
        None => (&service.provider, service.result.signed_by),
    }
}

#[cfg(test)]
mod tests {
    use qaqpa_model::ServiceAtAct;
    use qaqpa_regulations::{Catalogue, Channel};

    use super::*;

    fn told(id: &str, without_actions: bool) -> (Vec<String>, (String, Role), Vec<String>) {
        let catalogue = Catalogue::embedded().unwrap();
        let id = ServiceAtAct::parse(id).unwrap();
        let mut service = catalogue.service(&id).unwrap().clone();
        if without_actions {
            service.flows[0].actions.clear();
        }
        let flow = service.flow(Channel::Portal).unwrap();
        let ids = |actions: Vec<&ActionDef>| actions.iter().map(|one| one.id.to_string()).collect();
        let (unit, role) = who_decides(&service, flow);
        (
            ids(before_the_decision(flow)),
            (unit.to_owned(), role),
            ids(after_the_decision(flow)),
        )
    }

    #[test]
    fn the_decision_divides_the_chain() {
        let department = "education-department".to_owned();
        let allowance = "guardian-allowance@zhambyl-2019-23";
        assert_eq!(
            told(allowance, false),
            (
                vec!["action-1".to_owned(), "action-2".to_owned()],
                (department.clone(), Role::Officer),
                vec!["action-4".to_owned(), "action-5".to_owned()],
            )
        );
        assert_eq!(
            told("patronage-care@zhambyl-2019-23", false),
            (
                Vec::new(),
                (department.clone(), Role::Officer),
                vec!["action-2".to_owned(), "action-3".to_owned()],
            )
        );
        assert_eq!(
            told(allowance, true),
            (Vec::new(), (department, Role::Head), Vec::new())
        );
        // What systems do is nobody's story.
        assert_eq!(
            told("unemployed-certificate@shal-aqyn-2012-238", false),
            (
                vec!["action-5".to_owned()],
                ("department".to_owned(), Role::Officer),
                vec!["action-11".to_owned()],
            )
        );
    }
}
