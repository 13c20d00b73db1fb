//! The one place where errors become answers: SOAP faults, signed, journalled.

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use qaqpa_channel::answer::{fault_of, plain_fault};
use qaqpa_channel::{Answer, Answers, Refused, Rejection};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_transport::{DoorRefusal, Refuse};
use qaqpa_wire::FaultCode;
use qaqpa_wire::code::UNHANDLED;
use qaqpa_wire::words::NOT_OFFERED;
use serde_json::json;

use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::stages::deliver::Delivered;

/// The answer to a message: an acknowledgement, the one of before, or a fault.
pub(crate) async fn respond(
    gateway: &Gateway,
    record: &Record,
    outcome: Result<Delivered, Turn>,
) -> Answer {
    match outcome {
        Ok(delivered) => acknowledge(gateway, record, delivered.acknowledgement()).await,
        Err(Turn::Repeat(unsigned)) => {
            journal(gateway, record.repeat()).await;
            acknowledge(gateway, record, &unsigned).await
        }
        Err(Turn::Rejected(rejection)) => {
            journal(gateway, record.refusal(&rejection)).await;
            tracing::info!(
                id = record.request().map(|request| request.message_id.as_str()),
                label = rejection.label().map(|label| label.as_str()),
                "turned away"
            );
            gateway
                .answers
                .reject(&rejection, record.session(), record.at())
                .await
        }
    }
}

async fn acknowledge(gateway: &Gateway, record: &Record, unsigned: &[u8]) -> Answer {
    match gateway.answers.acknowledge(unsigned).await {
        Ok(answer) => answer,
        Err(rejection) => {
            gateway
                .answers
                .reject(&rejection, record.session(), record.at())
                .await
        }
    }
}

/// The asynchronous channel: named by its path, and not offered yet.
pub(crate) async fn not_offered(gateway: &Gateway) -> Answer {
    let (session, at) = (Answers::new_session(), gateway.clock.now());
    let fault = plain_fault(FaultCode::Client, UNHANDLED, &NOT_OFFERED, &session, at);
    gateway.answers.fault(fault, None).await
}

/// Refusals before the handler: too large, too slow, cut off, too busy. SOAP faults too, unsigned,
/// since the door cannot wait for a signature; the status is the door's.
pub(crate) fn at_the_door(gateway: Arc<Gateway>) -> Refuse {
    Refuse::new(move |refusal, _head| {
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
            let gateway = Arc::clone(&gateway);
            tokio::spawn(async move { journal(&gateway, entry).await });
        }
        answer_unsigned(&rejection, &session, at)
    })
}

fn answer_unsigned(rejection: &Rejection, session: &str, at: qaqpa_model::Moment) -> Response {
    Answer {
        status: axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        body: fault_of(rejection, session, at).write(),
        label: rejection.label(),
    }
    .into_response()
}

async fn journal(gateway: &Gateway, entry: JournalEntry) {
    if let Err(error) = gateway.store.journal().append(entry).await {
        tracing::error!(%error, "the journal could not be written");
    }
}
