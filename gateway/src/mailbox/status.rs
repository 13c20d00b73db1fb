//! `getMessageStatus`: where a message is.

use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_store::{OutboxEntry, OutboxState};
use qaqpa_wire::asynchronous::{
    GetMessageStatusRequest, GetMessageStatusResponse, MessageState, MessageStatus,
};
use qaqpa_wire::code;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::systems::address_of;

/// Says where a message of the system is, or one that is for it.
pub(super) async fn status(
    gateway: &Gateway,
    sender: &SenderId,
    request: &GetMessageStatusRequest,
    record: &Record,
) -> Result<Vec<u8>, Turn> {
    let (state, status) = find(gateway, sender, &request.message_id).await?;
    Ok(GetMessageStatusResponse {
        message_state: state,
        status,
        response_date: record.at(),
        session_id: Some(record.session().to_owned()),
    }
    .write())
}

async fn find(
    gateway: &Gateway,
    sender: &SenderId,
    id: &MessageId,
) -> Result<(MessageState, MessageStatus), Turn> {
    let exchange = gateway.store.exchange();
    let entry = exchange.outbox_of(id).await.map_err(Rejection::faulted)?;
    let message = exchange.message(id).await.map_err(Rejection::faulted)?;
    let own = message.filter(|message| message.sender == *sender);
    let for_them = |entry: &OutboxEntry| entry.destination.starts_with(&address_of(sender));
    match (own, entry) {
        (Some(_), Some(entry)) => Ok(of_entry(&entry)),
        (None, Some(entry)) if for_them(&entry) => Ok(of_entry(&entry)),
        // Accepted, and nothing goes on because of it: it has arrived.
        (Some(message), None) => Ok(said(MessageState::Delivered, None, message.at)),
        // Whether somebody else's message has that id is not told.
        _ => Err(Refused::new(
            RefusalLabel::CorrelationUnknown,
            format!("no message {id} is of {sender} or for it"),
        )
        .into()),
    }
}

/// The state of an entry of the outbox in the words of the contract.
pub(super) fn of_entry(entry: &OutboxEntry) -> (MessageState, MessageStatus) {
    let (state, why) = match entry.state {
        OutboxState::Done => (MessageState::Delivered, None),
        OutboxState::Parked => (MessageState::DeliveryStopped, entry.why.as_deref()),
        // The last attempt has failed, and others follow.
        OutboxState::Pending if entry.why.is_some() => {
            (MessageState::NotDelivered, entry.why.as_deref())
        }
        OutboxState::Behind | OutboxState::Held | OutboxState::Pending => {
            (MessageState::OnDelivery, None)
        }
    };
    said(state, why, entry.queued_at)
}

pub(super) fn said(
    state: MessageState,
    why: Option<&str>,
    date: Moment,
) -> (MessageState, MessageStatus) {
    let (code, words) = match state {
        MessageState::OnDelivery => (code::StatusCode::Success.as_str(), "On its way."),
        MessageState::Delivered => (code::StatusCode::Success.as_str(), "Delivered."),
        MessageState::NotDelivered => (code::INTERNAL, "Not delivered yet; it is tried again."),
        MessageState::DeliveryStopped => (code::UNHANDLED, "Not delivered; no more is tried."),
    };
    let message = match why {
        Some(why) => format!("{words} {why}"),
        None => words.to_owned(),
    };
    let status = MessageStatus {
        code: code.to_owned(),
        message,
        date,
    };
    (state, status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_of_an_entry_has_its_word_in_the_contract() {
        let entry = |state, why: Option<&str>| OutboxEntry {
            id: 1,
            destination: "regional-gateway".to_owned(),
            message_id: MessageId::parse("m").unwrap(),
            correlation: None,
            state,
            attempts: 1,
            due_at: Moment::from_unix_ms(0),
            why: why.map(str::to_owned),
            queued_at: Moment::from_unix_ms(7),
            concluded_at: None,
        };
        for (state, why, expected, text) in [
            (OutboxState::Pending, None, "ON_DELIVERY", "On its way."),
            (OutboxState::Held, None, "ON_DELIVERY", "On its way."),
            (
                OutboxState::Pending,
                Some("regional-gateway is not up"),
                "NOT_DELIVERED",
                "Not delivered yet; it is tried again. regional-gateway is not up",
            ),
            (OutboxState::Done, None, "DELIVERED", "Delivered."),
            (
                OutboxState::Parked,
                Some("refused"),
                "DELIVERY_STOPPED",
                "Not delivered; no more is tried. refused",
            ),
        ] {
            let (found, status) = of_entry(&entry(state, why));
            assert_eq!(found.as_str(), expected);
            assert_eq!(status.message, text);
            assert_eq!(status.date, Moment::from_unix_ms(7));
        }
    }
}
