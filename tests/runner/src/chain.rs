//! The chain of actions of the provider's staff, as the catalogue has it: who acts before the decision, and who after it.

use qaqpa_regulations::{ActionDef, Flow, Meaning, Role, Service};

/// The actions that come before the one in which the documents are checked and the decision is made.
pub(crate) fn before_the_decision(flow: &Flow) -> &[ActionDef] {
    let check = flow.element_for(Meaning::CheckDocuments);
    check.map_or(&[], |check| flow.actions_before(check))
}

/// The actions that come after it.
pub(crate) fn after_the_decision(flow: &Flow) -> &[ActionDef] {
    let deciding = before_the_decision(flow).len();
    flow.actions.get(deciding + 1..).unwrap_or_default()
}

/// The unit and the role that decide; where the act prints no actions, the provider and whoever signs the result.
pub(crate) fn who_decides<'c>(service: &'c Service, flow: &'c Flow) -> (&'c str, Role) {
    match flow.actions.get(before_the_decision(flow).len()) {
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
        let ids = |actions: &[ActionDef]| actions.iter().map(|one| one.id.to_string()).collect();
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
    }
}
