//! The one place where errors become answers: SOAP faults, signed, journalled.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use qaqpa_channel::answer::fault_of;
use qaqpa_channel::{Answer, Answers, Refused, Rejection, watching};
use qaqpa_model::MessageId;
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_transport::{DoorRefusal, Refuse};
use qaqpa_wire::Channel;
use qaqpa_wire::namespace::ASYNC_PATH;
use serde_json::json;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// The answer to what came: the one that a stage has made, the one of before, or a fault.
pub(crate) async fn respond(
    gateway: &Gateway,
    record: &Record,
    outcome: Result<Vec<u8>, Turn>,
) -> Answer {
    watched(record, &outcome);
    match outcome {
        Ok(unsigned) => sign(gateway, record, &unsigned).await,
        Err(Turn::Repeat(unsigned)) => {
            journal(gateway, record.repeat()).await;
            sign(gateway, record, &unsigned).await
        }
        Err(Turn::Rejected(rejection)) => {
            let entry = record.refusal(&rejection);
            let is_known = record.is_of_a_known_sender();
            if let Some(entry) =
                gateway
                    .samples
                    .measured(is_known, &rejection, entry, gateway.room.is_short())
            {
                journal(gateway, entry).await;
            }
            tracing::info!(
                id = record
                    .heading()
                    .and_then(|heading| heading.message_id.as_ref())
                    .map(MessageId::as_str),
                operation = record.operation().as_str(),
                label = rejection.label().map(|label| label.as_str()),
                "turned away"
            );
            reject(gateway, record, &rejection).await
        }
    }
}

/// Tells the numbers and the trace what became of a message.
fn watched(record: &Record, outcome: &Result<Vec<u8>, Turn>) {
    let (word, label) = match outcome {
        Ok(_) => ("accepted", None),
        Err(Turn::Repeat(_)) => ("repeated", None),
        Err(Turn::Rejected(rejection)) => (watching::word(rejection), rejection.label()),
    };
    let heading = record.heading();
    let id = heading.and_then(|heading| heading.message_id.as_ref());
    watching::message(record.operation(), word, label, id);
}

async fn sign(gateway: &Gateway, record: &Record, unsigned: &[u8]) -> Answer {
    match gateway.answers.acknowledge(unsigned).await {
        Ok(answer) => answer,
        Err(rejection) => reject(gateway, record, &rejection).await,
    }
}

async fn reject(gateway: &Gateway, record: &Record, rejection: &Rejection) -> Answer {
    let (operation, session) = (record.operation(), record.session());
    gateway
        .answers
        .reject_of(operation, rejection, session, record.at())
        .await
}

/// Refusals before the handler: too large, too slow, cut off, too busy. SOAP faults too, unsigned,
/// since the door cannot wait for a signature; the status is the door's.
pub(crate) fn at_the_door(gateway: Arc<Gateway>) -> Refuse {
    Refuse::new(move |refusal, head| {
        let at = gateway.clock.now();
        let session = Answers::new_session();
        let rejection = match refusal.label() {
            Some(label) => Rejection::Refused(Refused::new(label, refusal.to_string())),
            None => Rejection::faulted(refusal),
        };
        if !matches!(refusal, DoorRefusal::Busy) {
            // A refusal for want of time or memory must not cost more of both.
            let entry = JournalEntry {
                at,
                kind: "refused-at-the-door".to_owned(),
                message_id: None,
                direction: Direction::In,
                label: refusal.label(),
                raw: None,
                summary: json!({"session": session, "why": refusal.to_string()}),
            };
            if let Some(entry) = gateway
                .samples
                .door
                .measured(entry, gateway.room.is_short())
            {
                let gateway = Arc::clone(&gateway);
                tokio::spawn(async move { journal(&gateway, entry).await });
            }
        }
        let asynchronous = head.is_some_and(|head| head.uri.path().starts_with(ASYNC_PATH));
        let channel = if asynchronous {
            Channel::Asynchronous
        } else {
            Channel::Sync
        };
        answer_unsigned(channel, &rejection, &session, at)
    })
}

fn answer_unsigned(
    channel: Channel,
    rejection: &Rejection,
    session: &str,
    at: qaqpa_model::Moment,
) -> Response {
    Answer {
        status: axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        body: fault_of(rejection, session, at).write_of(channel.fallback()),
        label: rejection.label(),
        // The door says it.
        retry_seconds: None,
    }
    .into_response()
}

async fn journal(gateway: &Gateway, entry: JournalEntry) {
    if let Err(error) = gateway.store.journal().append(entry).await {
        tracing::error!(%error, "the journal could not be written");
    }
}
