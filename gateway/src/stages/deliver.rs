//! Stage 6: everything on disk, in one transaction; then it may be acknowledged.

use qaqpa_channel::inbox::conflicting;
use qaqpa_channel::{Answers, Rejection};
use qaqpa_model::{Actor, MessageId, Moment, SenderId};
use qaqpa_regulations::{Channel, Meaning};
use qaqpa_store::{Acceptance, Incoming, OutgoingMessage, TraceEntry, TraceOutcome};
use qaqpa_wire::request::{JUDGED_AT, VERDICT};
use qaqpa_wire::{BusinessData, Property, SendMessageRequest};

use super::choose_route::Routed;
use super::confirm_applicant::AdmittedParts;
use super::judge_signature::Letter;
use super::return_document::ApplicationFacts;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;

/// A message that is on disk with its verdict and with the message that goes on because of it.
#[derive(Debug)]
pub(crate) struct Delivered {
    acknowledgement: Vec<u8>,
}

impl Delivered {
    /// The unsigned acknowledgement.
    pub(crate) fn acknowledgement(&self) -> &[u8] {
        &self.acknowledgement
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
    let acknowledgement = Answers::acknowledgement(&request, record.session(), at);
    let (facts_json, correlation) = match &letter {
        Letter::Application(application) => {
            let facts = ApplicationFacts {
                kind: letter.kind().to_owned(),
                service: application.service.to_string(),
                applicant_iin: application.applicant.iin.reveal(),
                application_id: application.application_id.clone(),
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
        Acceptance::Conflict(conflict) => Err(conflicting(conflict, &request).into()),
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
    let flow = Channel::parse(&application.channel).and_then(|channel| {
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
    destination: Actor,
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
        destination: destination.name().to_owned(),
        message_id: request.message_id.clone(),
        correlation,
        body: onward.write(),
    }
}
