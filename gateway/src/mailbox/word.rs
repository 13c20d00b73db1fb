//! `sendDeliveryNotification`: what became of a message that the system fetched or was pushed.
//!
//! The visit and what it says are stored together: whoever did not get the answer sends the same bytes again, and must
//! neither be asked twice nor be heard twice.

use qaqpa_channel::answer::assigned_id;
use qaqpa_channel::{Refused, Rejection};
use qaqpa_crypto::sha256;
use qaqpa_model::{BodyDigest, RefusalLabel};
use qaqpa_store::{Heard, Said, Word};
use qaqpa_wire::asynchronous::{
    DeliveryNotification, ReceiveStatus, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse,
};
use serde_json::json;

use super::replay::Mark;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::systems::{Terms, address_of, mailbox_of};

/// Takes the system's word about a message that was for it. The same word in another request is heard again: taken or
/// refused stays so, and whoever wants a message once more twice gets it twice.
pub(super) async fn word(
    gateway: &Gateway,
    (mark, terms): (&Mark<'_>, &Terms),
    request: &SendDeliveryNotificationRequest,
    record: &Record,
) -> Result<Vec<u8>, Turn> {
    let sender = mark.sender;
    let said = &request.notification;
    let exchange = gateway.store.exchange();
    let entry = exchange.outbox_of(&said.message_id).await;
    let for_them = entry
        .map_err(Rejection::faulted)?
        .filter(|entry| entry.destination.starts_with(&address_of(sender)));
    let Some(entry) = for_them else {
        let why = format!("no message {} is for {sender}", said.message_id);
        return Err(Refused::new(RefusalLabel::CorrelationUnknown, why).into());
    };
    if entry.destination != mailbox_of(sender, &said.service_id) {
        let why = format!("the message {} is of another service", said.message_id);
        return Err(Refused::new(RefusalLabel::CorrelationUnknown, why).into());
    }
    if !terms.allows(&said.service_id) {
        let why = format!("{sender} is not registered for this service");
        return Err(Refused::new(RefusalLabel::SenderUnknown, why).into());
    }
    let word = word_of(said, terms);
    let again = matches!(word, Word::Again { .. });
    let at = record.at();
    let summary = json!({
        "session": record.session(),
        "sender": sender.as_str(),
        "receive-status": said.receive_status.as_str(),
        "resend": said.resend_message.as_str(),
        "error": said.error.as_ref().map(|error| &error.error_code),
    });
    let answer = SendDeliveryNotificationResponse {
        notification_id: assigned_id(sender, &digest_of(request)),
        response_date: at,
        session_id: Some(record.session().to_owned()),
    }
    .write();
    let said = Said {
        destination: entry.destination,
        message_id: said.message_id.clone(),
        word,
        at,
        visit: mark.visit(gateway, answer.clone()),
        note: record.entry("delivery-notification", summary),
    };
    match exchange.hear(said).await.map_err(Rejection::faulted)? {
        // Its copy was faster.
        Heard::Before(earlier) => Err(Turn::Repeat(earlier.answer)),
        Heard::Now { changed } => {
            if changed && again {
                gateway.bell.ring();
            }
            Ok(answer)
        }
    }
}

/// What the word says, without the password: the same word has the same id.
fn digest_of(request: &SendDeliveryNotificationRequest) -> BodyDigest {
    let mut bare = request.clone();
    if let Some(sender) = &mut bare.sender {
        sender.password = None;
    }
    BodyDigest(sha256(&bare.write()))
}

/// Whoever wants a message once more gets it once more, whether it was taken or not.
fn word_of(said: &DeliveryNotification, terms: &Terms) -> Word {
    let why = || match &said.error {
        Some(error) => format!("{}: {}", error.error_code, error.error_message),
        None => format!("the receiver says {}", said.receive_status),
    };
    match (said.receive_status, said.resend_message) {
        (_, ResendMessage::Resend) => Word::Again {
            push: terms.push.is_some(),
            why: why(),
        },
        (ReceiveStatus::Accepted, ResendMessage::NotResend) => Word::Taken,
        (ReceiveStatus::NotAccepted, ResendMessage::NotResend) => Word::Refused { why: why() },
    }
}
