//! Faults on the way onward: of deliveries, and of questions to registers.

use std::time::Duration;

use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::{Delivery, Rejection};
use qaqpa_mischief::Catalogued;
use qaqpa_model::{ActorName, SenderId};
use qaqpa_store::OutgoingMessage;
use qaqpa_wire::{Property, Reading, SendMessageRequest, push};
use qaqpa_xml::Document;
use serde_json::json;

use super::grammar::Facts;
use super::kind::{Kind, Place};
use super::spoil::Spoil;
use super::{Meeting, is_on, marked};
use crate::courier::Carrier;
use crate::gateway::Gateway;
use crate::systems;

/// Makes one attempt to deliver, with whatever faults the rules have for it.
pub(crate) async fn deliver(
    gateway: &Gateway,
    carrier: &Carrier,
    message: &OutgoingMessage,
) -> Delivery {
    let Some(meeting) = meet(gateway, message).await else {
        return carrier.carry(message, None).await;
    };
    let not_now = |kind: Kind| Delivery::later(format!("mischief (TEST): {}", kind.name()));
    for kind in [Kind::Down, Kind::Drop] {
        if meeting.has(kind) && marked(gateway, &meeting, kind, json!({})).await {
            return not_now(kind);
        }
    }
    if meeting.has(Kind::Reorder)
        && gateway.mischief.puts_back(&meeting, &message.message_id)
        && marked(gateway, &meeting, Kind::Reorder, json!({})).await
    {
        return not_now(Kind::Reorder);
    }
    wait(gateway, &meeting).await;
    let changes = meeting.changes();
    let mut spoil = match changes.is_empty() {
        true => None,
        false => meeting.spoil(gateway, false).await,
    };
    for kind in changes {
        let finds = |spoil: &Spoil| spoil.finds(kind, &message.body);
        let changed = spoil.as_ref().is_some_and(finds);
        if !marked(gateway, &meeting, kind, json!({"changed": changed})).await
            && let Some(spoil) = &mut spoil
        {
            spoil.leave_out(kind);
        }
    }
    if meeting.has(Kind::Duplicate) && marked(gateway, &meeting, Kind::Duplicate, json!({})).await {
        let first = carrier.carry(message, spoil.clone()).await;
        if !matches!(first, Delivery::Done { .. }) {
            return first;
        }
    }
    let delivery = carrier.carry(message, spoil).await;
    if meeting.has(Kind::Close)
        && matches!(delivery, Delivery::Done { .. })
        && marked(gateway, &meeting, Kind::Close, json!({})).await
    {
        return not_now(Kind::Close);
    }
    delivery
}

async fn meet(gateway: &Gateway, message: &OutgoingMessage) -> Option<Meeting> {
    if !is_on(gateway, Place::Delivery) {
        return None;
    }
    let exchange = gateway.store.exchange();
    // A result's own id is of the officer's; a notification's is nobody's message.
    let sender = exchange.message(&message.message_id).await.ok().flatten();
    let place = systems::Place::parse(&message.destination);
    let to = match &place {
        Some(systems::Place::Mailbox(sender) | systems::Place::Notices(sender)) => {
            sender.to_string()
        }
        None => message.destination.clone(),
    };
    let facts = Facts {
        service: service_of(&message.body),
        sender: sender.map(|accepted| accepted.sender.to_string()),
        to: Some(to),
        operation: None,
        message: Some(message.message_id.to_string()),
        correlation: message.correlation.as_ref().map(ToString::to_string),
        properties: properties(gateway, message).await,
    };
    Meeting::of(gateway, Place::Delivery, facts)
}

/// The properties of the message and of the one that began its exchange; none where no rule asks for any.
async fn properties(gateway: &Gateway, message: &OutgoingMessage) -> Vec<Property> {
    let rules = gateway.mischief.board.rules_at(Place::Delivery);
    if rules.iter().all(|armed| armed.rule.whom.property.is_none()) {
        return Vec::new();
    }
    let mut all = properties_of(gateway, &message.body);
    if let Some(first) = &message.correlation
        && let Ok(Some(body)) = gateway.store.exchange().body_of(first).await
    {
        all.extend(properties_of(gateway, &body));
    }
    all
}

/// Of our own envelope, as it lies in the outbox: to an actor, or to a system.
fn properties_of(gateway: &Gateway, body: &[u8]) -> Vec<Property> {
    let Ok(document) = Document::parse(body, &xml_limits(&gateway.limits)) else {
        return Vec::new();
    };
    if let Ok(request) = SendMessageRequest::read(&document) {
        return request.properties;
    }
    match push::Request::read_with(&document, Reading::Lenient) {
        Ok((push::Request::SendMessage(request), _)) => request.message.info.properties,
        _ => Vec::new(),
    }
}

/// Our own envelope, as it lies in the outbox: its service stands before its data.
fn service_of(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<serviceId>")?;
    let (service, _) = rest.split_once("</serviceId>")?;
    Some(service.to_owned())
}

/// The longest that rules together make a delivery wait: well within the lease under which it is made.
const WAIT_MAX: Duration = Duration::from_secs(30);

async fn wait(gateway: &Gateway, meeting: &Meeting) {
    let delays = meeting.faults().filter(|fault| fault.kind == Kind::Delay);
    let amount: u64 = delays.map(|fault| fault.amount).sum();
    // Each rule's own number: together they may be cut.
    if amount > 0 && marked(gateway, meeting, Kind::Delay, json!({})).await {
        tokio::time::sleep(Duration::from_millis(amount).min(WAIT_MAX)).await;
    }
}

/// Lets a question to a register through, late or not at all.
///
/// # Errors
/// [`Rejection::Faulted`]: the register counts as not running, or the question was lost.
pub(crate) async fn ask(
    gateway: &Gateway,
    to: &ActorName,
    sender: &SenderId,
    question: &SendMessageRequest,
) -> Result<(), Rejection> {
    if !is_on(gateway, Place::Register) {
        return Ok(());
    }
    let facts = Facts {
        service: Some(question.service_id.clone()),
        sender: Some(sender.to_string()),
        to: Some(to.to_string()),
        message: Some(question.message_id.to_string()),
        properties: question.properties.clone(),
        ..Facts::default()
    };
    let Some(meeting) = Meeting::of(gateway, Place::Register, facts) else {
        return Ok(());
    };
    for kind in [Kind::Down, Kind::Drop] {
        if meeting.has(kind) && marked(gateway, &meeting, kind, json!({})).await {
            let name = kind.name();
            return Err(Rejection::faulted(format!("mischief (TEST): {name}")));
        }
    }
    wait(gateway, &meeting).await;
    Ok(())
}

/// What is done to the envelope of a delivery, for the client that sends it.
pub(crate) fn tampering(spoil: Spoil) -> qaqpa_channel::Tamper {
    qaqpa_channel::Tamper::with(move |signed| spoil.apply(signed))
}
