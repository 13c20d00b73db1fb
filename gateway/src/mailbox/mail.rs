//! The status and the result of an information system's application: each a message of its own, to be pushed or fetched.

use qaqpa_channel::Rejection;
use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_store::{Effect, OutgoingMessage};
use qaqpa_wire::asynchronous::{Message, MessageInfo, MessageType};
use qaqpa_wire::request::{JUDGED_AT, VERDICT};
use qaqpa_wire::{BusinessData, Property, Reading, SendMessageRequest, Sender, push};
use qaqpa_xml::Document;

use crate::gateway::Gateway;
use crate::systems::{self, mailbox_of};

/// The message to the system that sent the application `correlation`, as what accepting the result or the status makes
/// happen. Nobody is told a status who does not want notifications.
///
/// `about` was judged at `at`: the message says so, and the gateway signs it.
pub(crate) async fn mail(
    gateway: &Gateway,
    kind: MessageType,
    about: &SendMessageRequest,
    correlation: &MessageId,
    session: &str,
    at: Moment,
) -> Result<Option<Effect>, Rejection> {
    let application = gateway.store.exchange().message(correlation).await;
    let Some(application) = application.map_err(Rejection::faulted)? else {
        return Ok(None);
    };
    let owner = application.sender;
    let register = systems::current(gateway).await;
    let terms = register.terms(&owner);
    if kind == MessageType::Notification && !terms.notify {
        return Ok(None);
    }
    let message = OutgoingMessage {
        destination: mailbox_of(&owner, &about.service_id),
        message_id: about.message_id.clone(),
        correlation: Some(correlation.clone()),
        body: written(kind, about, correlation, session, at)?,
    };
    Ok(Some(match terms.push {
        Some(_) => Effect::Outgoing(message),
        None => Effect::Held(message),
    }))
}

/// The unsigned envelope of the push channel: what is pushed as it is, and what `getMessages` takes the message from.
fn written(
    kind: MessageType,
    about: &SendMessageRequest,
    correlation: &MessageId,
    session: &str,
    at: Moment,
) -> Result<Vec<u8>, Rejection> {
    let property = |key: &str, value: String| Property {
        key: key.to_owned(),
        value,
    };
    let gateway =
        SenderId::parse(qaqpa_model::Actor::Gateway.name()).map_err(Rejection::faulted)?;
    let info = MessageInfo {
        message_id: Some(about.message_id.clone()),
        correlation_id: Some(correlation.clone()),
        service_id: about.service_id.clone(),
        message_type: kind,
        route_id: None,
        message_date: at,
        sender: Some(Sender {
            id: gateway,
            password: None,
        }),
        properties: vec![
            property(JUDGED_AT, at.to_string()),
            property(VERDICT, "TOTAL-PASSED".to_owned()),
        ],
        session_id: Some(session.to_owned()),
    };
    let message = Message {
        info,
        data: BusinessData::new(about.data.bytes.clone()),
    };
    Ok(push::SendMessageRequest { message }.write())
}

/// The message that a stored envelope carries.
pub(crate) fn carried(gateway: &Gateway, body: &[u8]) -> Result<Message, Rejection> {
    let limits = qaqpa_channel::envelope::xml_limits(&gateway.limits);
    let document = Document::parse(body, &limits).map_err(Rejection::faulted)?;
    push::SendMessageRequest::read_with(&document, Reading::Lenient)
        .map(|(request, _)| request.message)
        .map_err(Rejection::faulted)
}
