//! Condition 2 says no: the refusal names the elements of the act, so that a sender finds its place there.

use qaqpa_channel::Refused;
use qaqpa_model::{Actor, ActorName, SenderId, ServiceAtAct};
use qaqpa_regulations::{Channel, Meaning};

use crate::gateway::Gateway;

/// The refusal with the condition that was asked and the process that refuses, as the catalogue numbers them.
///
/// Results carry none: the condition is about applicants.
pub(super) fn said_no(
    gateway: &Gateway,
    sender: &SenderId,
    service: &ServiceAtAct,
    refused: Refused,
) -> Refused {
    let actor = ActorName::parse(sender.as_str()).map(|name| name.actor());
    if actor == Some(Actor::RegionalGateway) {
        return refused;
    }
    let flow = gateway
        .catalogue
        .service(service)
        .and_then(|service| service.flow(Channel::Portal));
    [
        ("condition", Meaning::CheckCertificate),
        ("element", Meaning::RefuseSignature),
    ]
    .into_iter()
    .fold(refused, |refused, (key, meaning)| {
        match flow.and_then(|flow| flow.element_for(meaning)) {
            Some(element) => refused.with(key, element.id.as_str()),
            None => refused,
        }
    })
}
