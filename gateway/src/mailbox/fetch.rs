//! `getMessages`: a system fetches what waits for it.

use std::num::NonZeroU32;

use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{RefusalLabel, SenderId};
use qaqpa_store::HeldFilter;
use qaqpa_wire::asynchronous::{GetMessagesRequest, GetMessagesResponse, Message};
use qaqpa_wire::limits::MESSAGES_MAX;
use serde_json::json;

use super::mail::carried;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::systems::{Terms, mailbox_of};

/// Messages of one answer where the system names no amount: the simulator's choice.
const AMOUNT: u32 = 10;

/// Hands out what waits, and journals what was handed out.
pub(super) async fn fetch(
    gateway: &Gateway,
    (sender, terms): (&SenderId, &Terms),
    request: &GetMessagesRequest,
    record: &mut Record,
) -> Result<Vec<u8>, Turn> {
    if !terms.allows(&request.service_id) {
        let why = format!("{sender} is not registered for this service");
        return Err(Refused::new(RefusalLabel::SenderUnknown, why).into());
    }
    let most = u32::try_from(MESSAGES_MAX).unwrap_or(u32::MAX);
    let amount = request.amount.map_or(AMOUNT, NonZeroU32::get).min(most);
    let filter = HeldFilter {
        destination: mailbox_of(sender, &request.service_id),
        message_id: request.message_id.clone(),
        correlation: request.correlation_id.clone(),
    };
    // An answer is as long as an envelope may be: the rest is fetched next.
    let bytes_max = gateway.limits.body_bytes_max;
    let exchange = gateway.store.exchange();
    let waiting = exchange.fetch(filter, amount, bytes_max).await;
    let mut messages: Vec<Message> = Vec::new();
    let mut handed_out = Vec::new();
    for fetched in waiting.map_err(Rejection::faulted)? {
        messages.push(carried(gateway, &fetched.message.body)?);
        handed_out.push(json!({
            "message": fetched.message.message_id.as_str(),
            "times": fetched.times,
        }));
    }
    let summary = json!({
        "session": record.session(),
        "sender": sender.as_str(),
        "service": request.service_id,
        "messages": handed_out,
    });
    let journal = gateway.store.journal();
    let entry = journal.append(record.entry("fetched", summary)).await;
    entry.map_err(Rejection::faulted)?;
    Ok(GetMessagesResponse {
        response_date: record.at(),
        session_id: Some(record.session().to_owned()),
        messages,
    }
    .write())
}
