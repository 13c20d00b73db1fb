//! `getMessages`: a system fetches what waits for it.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{Moment, RefusalLabel, SenderId};
use qaqpa_store::HeldFilter;
use qaqpa_wire::asynchronous::{GetMessagesRequest, GetMessagesResponse, Message};
use qaqpa_wire::limits::MESSAGES_MAX;
use serde_json::json;

use super::mail::carried;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::stages::deliver::ENVELOPE_BYTES_MORE;
use crate::systems::{Terms, mailbox_of};

/// Messages of one answer where the system names no amount: the simulator's choice.
const AMOUNT: u32 = 10;

/// When the journal was last told that a mailbox is empty: systems look into theirs every few seconds, and an entry a
/// look would be all that the journal holds.
#[derive(Debug, Default)]
pub(crate) struct ToldEmpty(Mutex<HashMap<String, i64>>);

impl ToldEmpty {
    /// Whether it is time to tell it again: once a minute for each mailbox.
    fn is_due(&self, mailbox: &str, at: Moment) -> bool {
        let minute = at.unix_ms().div_euclid(60_000);
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.get(mailbox) == Some(&minute) {
            return false;
        }
        // Whoever looked in an earlier minute is told of anew all the same.
        told.retain(|_, last| *last == minute);
        told.insert(mailbox.to_owned(), minute);
        true
    }
}

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
    // An answer is as long as an envelope may be, with what is written around the messages: the rest is fetched next.
    let bytes_max = gateway.limits.body_bytes_max;
    let bytes_max = bytes_max.saturating_sub(ENVELOPE_BYTES_MORE);
    let mailbox = filter.destination.clone();
    let exchange = gateway.store.exchange();
    let waiting = exchange.fetch(filter, amount, bytes_max).await;
    let mut messages: Vec<Message> = Vec::new();
    let mut handed_out = Vec::new();
    for fetched in waiting.map_err(Rejection::faulted)? {
        match carried(gateway, &fetched.message.body) {
            Ok(message) => messages.push(message),
            Err(error) => {
                // It must not hold up the others, and stays for an operator to see.
                let id = &fetched.message.message_id;
                tracing::error!(?error, %id, "a held message cannot be read");
                continue;
            }
        }
        handed_out.push(json!({
            "message": fetched.message.message_id.as_str(),
            "times": fetched.times,
        }));
    }
    let empty = handed_out.is_empty();
    let summary = json!({
        "session": record.session(),
        "sender": sender.as_str(),
        "service": request.service_id,
        "messages": handed_out,
    });
    if !empty || gateway.told_empty.is_due(&mailbox, record.at()) {
        let mut entry = record.entry("fetched", summary);
        if empty {
            entry.raw = None;
        }
        let journal = gateway.store.journal();
        journal.append(entry).await.map_err(Rejection::faulted)?;
    }
    Ok(GetMessagesResponse {
        response_date: record.at(),
        session_id: Some(record.session().to_owned()),
        messages,
    }
    .write())
}
