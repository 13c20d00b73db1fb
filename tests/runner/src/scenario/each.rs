//! A story that is told of every service with the same flow: `also = "pattern"`.
//!
//! What differs from service to service follows from the catalogue: the ground of a refusal is the first with the same
//! label, and where the act has several members of the staff act one after the other, each does.

use qaqpa_regulations::{ActionDef, Catalogue, Flow, Service};
use serde::Deserialize;

use super::{Scenario, Step};
use crate::chain;

/// Of which other services a story is told, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Also {
    /// Of every service that is played with the same pattern, through the same channel.
    Pattern,
}

/// The same story of the other services, by their ids: `guardianship-happy.patronage-care@zhambyl-2019-23`.
pub(super) fn told(scenario: &Scenario, catalogue: &Catalogue) -> Result<Vec<Scenario>, String> {
    let Some((service, flow)) = played(catalogue, scenario) else {
        return Ok(Vec::new());
    };
    let mut told = Vec::new();
    for other in catalogue.services() {
        let same = other
            .flow(scenario.channel)
            .filter(|of| of.pattern == flow.pattern && other.id != service.id);
        if let Some(of) = same {
            let steps = retold(scenario, service, other, of);
            told.push(Scenario {
                id: format!("{}.{}", scenario.id, other.id),
                service: other.id.clone(),
                steps: steps.map_err(|why| format!("{}: {why}", other.id))?,
                ..scenario.clone()
            });
        }
    }
    Ok(told)
}

fn played<'c>(catalogue: &'c Catalogue, scenario: &Scenario) -> Option<(&'c Service, &'c Flow)> {
    let service = catalogue.service(&scenario.service)?;
    Some((service, service.flow(scenario.channel)?))
}

fn retold(
    scenario: &Scenario,
    service: &Service,
    other: &Service,
    flow: &Flow,
) -> Result<Vec<Step>, String> {
    let mut steps = Vec::with_capacity(scenario.steps.len());
    let is_decision = |step: &Step| matches!(step, Step::Decide { .. });
    let decides = scenario.steps.iter().any(is_decision);
    for step in &scenario.steps {
        let Step::Decide { ground, .. } = step else {
            // Who acts before and after the decision is another service's own matter.
            if !(decides && matches!(step, Step::Act { .. } | Step::Learn {})) {
                steps.push(step.clone());
            }
            continue;
        };
        let ground = match ground {
            None => None,
            Some(id) => Some(ground_like(service, other, id)?),
        };
        let refuses = ground.is_some();
        steps.extend(chain::before_the_decision(flow).into_iter().map(act));
        steps.push(Step::Decide { who: None, ground });
        if refuses {
            let rest = chain::after_a_refusal(flow);
            let learns = !rest.is_empty();
            steps.extend(rest.into_iter().map(act));
            if learns {
                steps.push(Step::Learn {});
            }
        } else {
            steps.extend(chain::after_the_decision(flow).into_iter().map(act));
        }
    }
    Ok(steps)
}

/// The ground that has the label of the other service's.
fn ground_like(service: &Service, other: &Service, id: &str) -> Result<String, String> {
    let label = service.ground(id).map(|ground| ground.label);
    let same = other
        .grounds
        .iter()
        .find(|ground| Some(ground.label) == label);
    same.map(|ground| ground.id.clone())
        .ok_or_else(|| format!("it has no ground with the label of {id:?}"))
}

/// The ready-made member of the staff who is of the action's unit and role does it.
fn act(action: &ActionDef) -> Step {
    Step::Act {
        who: None,
        action: Some(action.id.to_string()),
    }
}
