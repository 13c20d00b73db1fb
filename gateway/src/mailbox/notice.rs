//! `changeMassageStatusNotification` (spelled so): a system is told where its message is, at its own endpoint.

use qaqpa_channel::Answers;
use qaqpa_channel::answer::braced;
use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_store::{Effect, OutboxEntry, OutboxState, OutgoingMessage, StoreError};
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

/// Whether a notification may go now. Where a message stopped and was resent, there are several about it: they go in
/// the order in which they were made, or the system would believe the wrong one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// An earlier one is on its way.
    Later,
    /// It is its turn.
    Now,
    /// The system was told something newer already.
    Outdated,
}

impl Order {
    /// The order of one of these notifications, which are all about one message, oldest first.
    pub(crate) fn of(notices: &[OutboxEntry], id: &MessageId) -> Self {
        let mut parts = notices.splitn(2, |notice| notice.message_id == *id);
        let (earlier, later) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        let is = |state| move |notice: &OutboxEntry| notice.state == state;
        if later.iter().any(is(OutboxState::Done)) {
            Self::Outdated
        } else if earlier.iter().any(is(OutboxState::Pending)) {
            Self::Later
        } else {
            Self::Now
        }
    }
}

/// The notification about a message, where its sender left it by the asynchronous channel, has an endpoint and wants
/// to be told.
///
/// # Errors
/// [`StoreError`] where the store cannot be read at the moment: whoever concludes a delivery without the notification
/// loses it for good.
pub(crate) async fn notice_of(
    gateway: &Gateway,
    message_id: &MessageId,
    notice: Notice<'_>,
) -> Result<Vec<Effect>, StoreError> {
    let Some(message) = gateway.store.exchange().message(message_id).await? else {
        return Ok(Vec::new());
    };
    let left = serde_json::from_str::<ApplicationFacts>(&message.facts_json)
        .is_ok_and(|facts| facts.is_left());
    let register = systems::current(gateway).await;
    let terms = register.terms(&message.sender);
    if !left || !terms.notify || terms.push.is_none() {
        return Ok(Vec::new());
    }
    let at = gateway.clock.now();
    Ok(vec![Effect::Outgoing(written(
        &message.sender,
        message_id,
        notice,
        at,
    ))])
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

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> MessageId {
        MessageId::parse(text).unwrap()
    }

    fn notice(name: &str, state: OutboxState) -> OutboxEntry {
        OutboxEntry {
            id: 1,
            destination: "status/integrator-1".to_owned(),
            message_id: id(name),
            correlation: Some(id("m")),
            state,
            attempts: 1,
            due_at: Moment::from_unix_ms(0),
            why: None,
            queued_at: Moment::from_unix_ms(0),
            concluded_at: None,
        }
    }

    #[test]
    fn notifications_about_one_message_go_in_their_order_and_never_after_a_newer_one() {
        use OutboxState::{Done, Parked, Pending};
        for (states, expected) in [
            (&[Pending][..], [Order::Now].as_slice()),
            (&[Pending, Pending], &[Order::Now, Order::Later]),
            (&[Done, Pending], &[Order::Now, Order::Now]),
            (&[Parked, Pending], &[Order::Now, Order::Now]),
            (&[Pending, Done], &[Order::Outdated, Order::Later]),
            (
                &[Pending, Done, Pending],
                &[Order::Outdated, Order::Later, Order::Later],
            ),
        ] {
            let names = ["n1", "n2", "n3"];
            let all: Vec<_> = names
                .into_iter()
                .zip(states)
                .map(|(name, state)| notice(name, *state))
                .collect();
            for (name, expected) in names.into_iter().zip(expected) {
                assert_eq!(
                    Order::of(&all, &id(name)),
                    *expected,
                    "{name} of {states:?}"
                );
            }
        }
    }
}
