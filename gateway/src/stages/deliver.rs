//! Stage 6: everything on disk, in one transaction; then it may be acknowledged.

use qaqpa_channel::inbox::conflicting;
use qaqpa_channel::{Answers, Refused, Rejection, watching};
use qaqpa_model::{ActorName, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_regulations::{self as regulations, Meaning};
use qaqpa_store::{
    Acceptance, Conflict, Effect, Incoming, OutgoingMessage, TraceEntry, TraceOutcome,
};
use qaqpa_wire::asynchronous::MessageType;
use qaqpa_wire::limits::PROPERTIES_MAX;
use qaqpa_wire::request::{JUDGED_AT, SENDER, VERDICT};
use qaqpa_wire::{BusinessData, Channel, Property, SendMessageRequest};

use super::came_before::came_before;
use super::choose_route::{Routed, RoutedParts};
use super::confirm_applicant::AdmittedParts;
use super::judge_signature::Letter;
use super::return_document::{ASYNCHRONOUS, ApplicationFacts, facts_of_status};
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
    record: &mut Record,
) -> Result<Delivered, Turn> {
    let RoutedParts {
        admitted,
        destination,
        region,
    } = routed.into_parts();
    let AdmittedParts {
        addressed,
        letter,
        signature,
        verdict,
    } = admitted;
    let at = record.at();
    let mut request = addressed.request;
    let channel = record.arrival().channel;
    let acknowledgement = match channel {
        Channel::Asynchronous => {
            let id = &request.message_id;
            Answers::taken(id, id, record.session(), at)
        }
        Channel::Sync | Channel::Push => Answers::acknowledgement(&request, record.session(), at),
    };
    let mut effects = Vec::new();
    let about = match &letter {
        // An application begins its exchange, whatever the envelope says.
        Letter::Application(_) => None,
        Letter::Result(result) => Some((&result.message_id, MessageType::Response)),
        Letter::Status(status) => Some((&status.message_id, MessageType::Notification)),
    };
    if let (Some((application, kind)), None) = (about, &destination) {
        let session = record.session();
        effects.extend(mail(gateway, kind, &request, application, session, at).await?);
    }
    let correlation = about.map(|(application, _)| application.clone());
    let facts = match &letter {
        Letter::Application(application) => {
            let facts = ApplicationFacts {
                kind: letter.kind().to_owned(),
                service: application.service.to_string(),
                applicant_iin: application.applicant.iin.reveal(),
                application_id: application.application_id.clone(),
                to: destination.as_ref().map(ToString::to_string),
                region,
                channel: Some(
                    match channel {
                        Channel::Asynchronous => ASYNCHRONOUS,
                        Channel::Sync | Channel::Push => "synchronous",
                    }
                    .to_owned(),
                ),
            };
            Some(facts)
        }
        Letter::Result(_) | Letter::Status(_) => None,
    };
    let facts_json = match &letter {
        Letter::Status(status) => facts_of_status(status),
        _ => serde_json::to_string(&facts),
    };
    let facts_json = facts_json.map_err(Rejection::faulted)?;
    let sender = addressed.sender.clone();
    // The document goes on in the new envelope and nowhere else.
    let document = std::mem::take(&mut request.data.bytes);
    let outbox = destination.map(|destination| {
        let (sender, correlation) = (&addressed.sender, correlation.clone());
        onward(&request, document, sender, destination, correlation, record)
    });
    let incoming = Incoming {
        business_signature: Some(signature),
        correlation: correlation.clone(),
        settles: matches!(letter, Letter::Result(_)),
        raw: record.arrival().body.to_vec(),
        verdict_json: verdict.to_stored(),
        facts_json,
        summary: record.summary(&addressed.sender, correlation.as_ref()),
        response: acknowledgement.clone(),
        effects,
        outbox,
        trace: steps(gateway, &addressed.sender, &request.message_id, &letter, at),
        ..Incoming::new(
            addressed.sender,
            request.message_id.clone(),
            addressed.digest,
            at,
        )
    };
    fit(gateway, &incoming)?;
    match gateway
        .store
        .exchange()
        .accept(incoming)
        .await
        .map_err(Rejection::faulted)?
    {
        Acceptance::Accepted => Ok(Delivered { acknowledgement }),
        Acceptance::Duplicate { answer } => Err(Turn::Repeat(answer)),
        Acceptance::Conflict(Conflict::Replayed) => {
            Err(came_before(gateway, &sender, &signature, facts.as_ref(), record).await?)
        }
        Acceptance::Conflict(conflict) => Err(conflicting(conflict, &request.message_id).into()),
    }
}

/// Bytes that are written around a message when it is passed on: the envelope, our signature and certificate.
pub(crate) const ENVELOPE_BYTES_MORE: usize = 16 * 1024;

/// What is accepted can be delivered: written out for the next receiver, it must not be longer than that one takes.
fn fit(gateway: &Gateway, incoming: &Incoming) -> Result<(), Refused> {
    let max = gateway.limits.body_bytes_max;
    let max = max.saturating_sub(ENVELOPE_BYTES_MORE);
    let onward = incoming.effects.iter().filter_map(|effect| match effect {
        Effect::Held(message) | Effect::Outgoing(message) => Some(message),
        _ => None,
    });
    let mut onward = onward.chain(&incoming.outbox);
    match onward.find(|message| message.body.len() > max) {
        None => Ok(()),
        Some(message) => Err(Refused::new(
            RefusalLabel::BodyTooLarge,
            format!(
                "written out for the next receiver the message has {} bytes, and it takes {max}",
                message.body.len()
            ),
        )),
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
    if ActorName::parse(sender.as_str()).is_some() {
        return Vec::new();
    }
    let flow = regulations::Channel::parse(&application.channel).and_then(|channel| {
        gateway
            .catalogue
            .service(&application.service)?
            .flow(channel)
    });
    // In the order of the act: some have the request signed before the certificate is asked about.
    let elements = flow.into_iter().flat_map(|flow| &flow.elements);
    elements
        .filter_map(|element| {
            let outcome = match element.meaning {
                Meaning::CheckCertificate => TraceOutcome::Yes,
                Meaning::Certify | Meaning::SignRequest => TraceOutcome::Done,
                _ => return None,
            };
            Some(TraceEntry {
                message: message.clone(),
                at,
                element: element.id.clone(),
                meaning: element.meaning.as_str().to_owned(),
                outcome,
                label: None,
            })
        })
        .collect()
}

/// The message that goes on: the same document and id, with the gateway's word about both.
///
/// Who sent it and the gateway's word are properties that the next actor believes because the gateway signs them.
/// Those of the sender follow, but for the ones that have these names.
fn onward(
    request: &SendMessageRequest,
    document: Vec<u8>,
    sender: &SenderId,
    destination: ActorName,
    correlation: Option<MessageId>,
    record: &Record,
) -> OutgoingMessage {
    let property = |key: &str, value: String| Property {
        key: key.to_owned(),
        value,
    };
    let own: Vec<Property> = [
        property(JUDGED_AT, record.at().to_string()),
        property(VERDICT, "TOTAL-PASSED".to_owned()),
        property(SENDER, sender.to_string()),
    ]
    .into_iter()
    .chain(watching::kept())
    .collect();
    let theirs = request.properties.iter();
    let theirs = theirs
        .filter(|property| own.iter().all(|ours| ours.key != property.key))
        .take(PROPERTIES_MAX - own.len())
        .cloned()
        .collect::<Vec<_>>();
    let onward = SendMessageRequest {
        message_id: request.message_id.clone(),
        correlation_id: correlation.clone(),
        service_id: request.service_id.clone(),
        message_date: record.at(),
        route_id: None,
        sender: None,
        properties: own.into_iter().chain(theirs).collect(),
        session_id: Some(record.session().to_owned()),
        data: BusinessData::new(document),
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
