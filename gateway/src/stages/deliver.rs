//! Stage 6: everything on disk, in one transaction; then it may be acknowledged.

use qaqpa_channel::inbox::conflicting;
use qaqpa_channel::{Answers, Rejection};
use qaqpa_model::{Actor, ActorName, MessageId, Moment, SenderId};
use qaqpa_regulations::{self as regulations, Meaning};
use qaqpa_store::{Acceptance, Incoming, OutgoingMessage, TraceEntry, TraceOutcome};
use qaqpa_wire::request::{JUDGED_AT, VERDICT};
use qaqpa_wire::{BusinessData, Channel, Property, SendMessageRequest};

use super::choose_route::Routed;
use super::confirm_applicant::AdmittedParts;
use super::judge_signature::Letter;
use super::return_document::{ASYNCHRONOUS, ApplicationFacts};
use crate::gateway::Gateway;
use crate::mailbox::mail;
use crate::pipeline::Turn;
use crate::record::Record;

/// A message that is on disk with its verdict and with the message that goes on because of it.
#[derive(Debug)]
pub(crate) struct Delivered {
    acknowledgement: Vec<u8>,
}

impl Delivered {
    /// The unsigned acknowledgement.
    pub(crate) fn into_acknowledgement(self) -> Vec<u8> {
        self.acknowledgement
    }
}

/// Accepts the message: the outbox takes it on from here.
pub(crate) async fn deliver(
    gateway: &Gateway,
    routed: Routed,
    record: &Record,
) -> Result<Delivered, Turn> {
    let (admitted, destination) = routed.into_parts();
    let AdmittedParts {
        addressed,
        letter,
        signature,
        verdict,
    } = admitted;
    let at = record.at();
    let request = addressed.request;
    let channel = record.arrival().channel;
    let acknowledgement = match channel {
        Channel::Asynchronous => {
            let id = &request.message_id;
            Answers::taken(id, id, record.session(), at)
        }
        Channel::Sync | Channel::Push => Answers::acknowledgement(&request, record.session(), at),
    };
    let mut effects = Vec::new();
    if let (Letter::Result(result), None) = (&letter, &destination) {
        effects.extend(mail(gateway, &request, &result.message_id, record.session(), at).await?);
    }
    let (facts_json, correlation) = match &letter {
        Letter::Application(application) => {
            let facts = ApplicationFacts {
                kind: letter.kind().to_owned(),
                service: application.service.to_string(),
                applicant_iin: application.applicant.iin.reveal(),
                application_id: application.application_id.clone(),
                channel: Some(
                    match channel {
                        Channel::Asynchronous => ASYNCHRONOUS,
                        Channel::Sync | Channel::Push => "synchronous",
                    }
                    .to_owned(),
                ),
            };
            let facts = serde_json::to_string(&facts).map_err(Rejection::faulted)?;
            // An application begins its exchange, whatever the envelope says.
            (facts, None)
        }
        Letter::Result(result) => ("null".to_owned(), Some(result.message_id.clone())),
    };
    let incoming = Incoming {
        business_signature: Some(signature),
        correlation: correlation.clone(),
        settles: matches!(letter, Letter::Result(_)),
        raw: record.arrival().body.to_vec(),
        verdict_json: verdict.to_json(),
        facts_json,
        summary: record.summary(&addressed.sender, correlation.as_ref()),
        response: acknowledgement.clone(),
        effects,
        outbox: destination.map(|destination| onward(&request, destination, correlation, record)),
        trace: steps(gateway, &addressed.sender, &request.message_id, &letter, at),
        ..Incoming::new(
            addressed.sender,
            request.message_id.clone(),
            addressed.digest,
            at,
        )
    };
    match gateway
        .store
        .exchange()
        .accept(incoming)
        .await
        .map_err(Rejection::faulted)?
    {
        Acceptance::Accepted => {
            gateway.bell.ring();
            Ok(Delivered { acknowledgement })
        }
        Acceptance::Duplicate { answer } => Err(Turn::Repeat(answer)),
        Acceptance::Conflict(conflict) => Err(conflicting(conflict, &request.message_id).into()),
    }
}

/// The steps that an application of an integrator has taken: there is no portal that records them.
fn steps(
    gateway: &Gateway,
    sender: &SenderId,
    message: &MessageId,
    letter: &Letter,
    at: Moment,
) -> Vec<TraceEntry> {
    let Letter::Application(application) = letter else {
        return Vec::new();
    };
    if Actor::parse(sender.as_str()).is_some() {
        return Vec::new();
    }
    let flow = regulations::Channel::parse(&application.channel).and_then(|channel| {
        gateway
            .catalogue
            .service(&application.service)?
            .flow(channel)
    });
    [
        (Meaning::CheckCertificate, TraceOutcome::Yes),
        (Meaning::Certify, TraceOutcome::Done),
    ]
    .into_iter()
    .filter_map(|(meaning, outcome)| {
        Some(TraceEntry {
            message: message.clone(),
            at,
            element: flow?.element_for(meaning)?.id.clone(),
            meaning: meaning.as_str().to_owned(),
            outcome,
            label: None,
        })
    })
    .collect()
}

/// The message that goes on: the same document and id, with the gateway's word about both.
///
/// Properties of the sender are not passed on: the next actor believes these two because the gateway
/// signs them.
fn onward(
    request: &SendMessageRequest,
    destination: ActorName,
    correlation: Option<MessageId>,
    record: &Record,
) -> OutgoingMessage {
    let property = |key: &str, value: String| Property {
        key: key.to_owned(),
        value,
    };
    let onward = SendMessageRequest {
        message_id: request.message_id.clone(),
        correlation_id: correlation.clone(),
        service_id: request.service_id.clone(),
        message_date: record.at(),
        route_id: None,
        sender: None,
        properties: vec![
            property(JUDGED_AT, record.at().to_string()),
            property(VERDICT, "TOTAL-PASSED".to_owned()),
        ],
        session_id: Some(record.session().to_owned()),
        data: BusinessData::new(request.data.bytes.clone()),
    };
    OutgoingMessage {
        destination: destination.to_string(),
        message_id: request.message_id.clone(),
        correlation,
        body: onward.write(),
    }
}

/// Keeps a question and the answer that a register gave to it; then the answer may be given.
pub(super) async fn answer(
    gateway: &Gateway,
    incoming: Incoming,
    unsigned: Vec<u8>,
    id: &MessageId,
) -> Result<Delivered, Turn> {
    let kept = gateway.store.exchange().accept(incoming).await;
    match kept.map_err(Rejection::faulted)? {
        Acceptance::Accepted => Ok(Delivered {
            acknowledgement: unsigned,
        }),
        Acceptance::Duplicate { answer } => Err(Turn::Repeat(answer)),
        Acceptance::Conflict(conflict) => Err(conflicting(conflict, id).into()),
    }
}
