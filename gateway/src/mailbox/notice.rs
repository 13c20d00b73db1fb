//! `changeMassageStatusNotification` (spelled so): a system is told where its message is, at its own endpoint.

use qaqpa_channel::Answers;
use qaqpa_channel::answer::braced;
use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_store::{Effect, OutgoingMessage};
use qaqpa_wire::asynchronous::MessageState;
use qaqpa_wire::push::{ChangeMassageStatusNotificationRequest, StatusNotification};

use super::status::said;
use crate::gateway::Gateway;
use crate::stages::return_document::ApplicationFacts;
use crate::systems::{self, notices_of};

/// What became of a message.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Notice<'a> {
    /// It was delivered.
    Delivered,
    /// Nothing more is tried, and why.
    Stopped(&'a str),
}

/// The notification about a message, where its sender left it by the asynchronous channel, has an endpoint and wants
/// to be told.
pub(crate) async fn notice_of(
    gateway: &Gateway,
    message_id: &MessageId,
    notice: Notice<'_>,
) -> Vec<Effect> {
    let message = match gateway.store.exchange().message(message_id).await {
        Ok(message) => message,
        Err(error) => {
            // The system learns it by getMessageStatus.
            tracing::error!(%error, %message_id, "a status notification could not be made");
            return Vec::new();
        }
    };
    let Some(message) = message else {
        return Vec::new();
    };
    let left = serde_json::from_str::<ApplicationFacts>(&message.facts_json)
        .is_ok_and(|facts| facts.is_left());
    let register = systems::current(gateway).await;
    let terms = register.terms(&message.sender);
    if !left || !terms.notify || terms.push.is_none() {
        return Vec::new();
    }
    let at = gateway.clock.now();
    vec![Effect::Outgoing(written(
        &message.sender,
        message_id,
        notice,
        at,
    ))]
}

fn written(
    to: &SenderId,
    message_id: &MessageId,
    notice: Notice<'_>,
    at: Moment,
) -> OutgoingMessage {
    let (state, status) = match notice {
        Notice::Delivered => said(MessageState::Delivered, None, at),
        Notice::Stopped(why) => said(MessageState::DeliveryStopped, Some(why), at),
    };
    let session = Answers::new_session();
    let notification_id = braced(Answers::new_session().trim_matches(['{', '}']));
    let request = ChangeMassageStatusNotificationRequest {
        notification: StatusNotification {
            notification_id: notification_id.clone(),
            message_id: message_id.clone(),
            notification_date: at,
            message_state: state,
            status,
            error: None,
        },
        request_date: at,
        session_id: Some(session),
    };
    OutgoingMessage {
        destination: notices_of(to),
        message_id: notification_id,
        correlation: Some(message_id.clone()),
        body: request.write(),
    }
}
