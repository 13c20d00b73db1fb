//! Stage 2: who sent this, was it signed by them, did it come before, and for which service is it.

use qaqpa_channel::answer::assigned_id;
use qaqpa_channel::inbox::reused;
use qaqpa_channel::{
    Heading, Refused, Rejection, UnverifiedRequest, open, open_asynchronous, signed_digest,
};
use qaqpa_evidence::Examiner;
use qaqpa_model::{Actor, ActorName, BodyDigest, MessageId, RefusalLabel, SenderId, ServiceAtAct};
use qaqpa_store::Seen;
use qaqpa_wire::asynchronous::{self, MessageInfo, MessageType, Request};
use qaqpa_wire::{Property, Reading, SendMessageRequest};
use qaqpa_x509::Certificate;

use super::ask_register::{Inquiry, is_of_a_question, repeated};
use super::authenticate::{Claim, Known, authenticate};
use super::choose_route::{Asked, asked, known_service};
use super::form::{Form, with_headers};
use super::receive::{Received, check_action};
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::record::Record;
use crate::systems::Terms;

/// An envelope of a registered sender: password, TLS identity and transport signature are proven; it
/// did not come before; its service is in the catalogue.
///
/// Says nothing about the business document inside.
#[derive(Debug)]
pub(crate) struct Opened {
    request: SendMessageRequest,
    sender: SenderId,
    certificate: Certificate,
    service: ServiceAtAct,
    digest: BodyDigest,
    examiner: Examiner,
}

/// What an envelope brings in, by its service.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "taken apart where it is made, one a message"
)]
pub(crate) enum Entrance {
    /// A document, which goes on.
    Document(Opened),
    /// A question to a register, which is answered at once.
    Question(Inquiry),
}

/// What the later stages need of the envelope.
#[derive(Debug)]
pub(crate) struct Addressed {
    pub(super) request: SendMessageRequest,
    pub(super) sender: SenderId,
    /// The sender's, with which the envelope was signed.
    pub(super) certificate: Certificate,
    pub(super) service: ServiceAtAct,
    pub(super) digest: BodyDigest,
}

impl Opened {
    /// Whoever takes it apart has got it from this stage.
    pub(super) fn into_parts(self) -> (Addressed, Examiner) {
        let addressed = Addressed {
            request: self.request,
            sender: self.sender,
            certificate: self.certificate,
            service: self.service,
            digest: self.digest,
        };
        (addressed, self.examiner)
    }
}

/// Opens the envelope and proves its sender.
pub(crate) async fn open_envelope(
    gateway: &Gateway,
    received: Received,
    record: &mut Record,
) -> Result<Entrance, Turn> {
    let envelope = open(received.body(), &gateway.limits, Reading::Lenient)
        .map_err(|refused| with_headers(refused, record.arrival()))?;
    let request = &envelope.request;
    let form = Form::of(record.arrival(), &envelope.document, envelope.departures);
    record.opened(Heading::from(request), form.departures());
    form.hold_everybody(gateway.config.strict)?;
    let claim = Claim {
        document: &envelope.document,
        sender: request.sender.as_ref(),
        may_be_silent: false,
        form: &form,
        properties: &request.properties,
    };
    let known = authenticate(gateway, claim, received.peer(), record).await?;
    look_for_repeat(
        gateway,
        &known,
        &request.service_id,
        &request.message_id,
        &envelope.digest,
    )
    .await?;
    let asked = asked(gateway, &request.service_id).await?;
    known.may_use(&request.service_id)?;
    is_there_room(gateway, &known)?;
    Ok(match asked {
        Asked::Register(to) => Entrance::Question(Inquiry {
            envelope: envelope.document,
            sender: known.sender,
            certificate: known.certificate,
            digest: envelope.digest,
            request: envelope.request,
            examiner: known.examiner,
            to,
        }),
        Asked::Service(service) => Entrance::Document(Opened {
            sender: known.sender,
            certificate: known.certificate,
            service,
            digest: envelope.digest,
            request: envelope.request,
            examiner: known.examiner,
        }),
    })
}

/// What a regional gateway sends ends an exchange that was accepted: the room that is left is for this.
fn is_there_room(gateway: &Gateway, known: &Known) -> Result<(), Turn> {
    let actor = ActorName::parse(known.sender.as_str()).map(|name| name.actor());
    if actor == Some(Actor::RegionalGateway) {
        return Ok(());
    }
    Ok(gateway.room.for_a_new_message()?)
}

/// Before the document is judged: what was accepted once stays accepted, whatever became of the
/// certificate since. But the answer to a question is about people: who may not ask any more does not get it again.
async fn look_for_repeat(
    gateway: &Gateway,
    known: &Known,
    service: &str,
    message_id: &MessageId,
    digest: &BodyDigest,
) -> Result<(), Turn> {
    let seen = gateway
        .store
        .exchange()
        .lookup(&known.sender, message_id, digest)
        .await
        .map_err(Rejection::faulted)?;
    match seen {
        None => Ok(()),
        Some(Seen::Duplicate { answer }) => {
            if is_of_a_question(&answer) {
                known.may_use(service)?;
            }
            let answer = repeated(gateway, message_id, answer).await?;
            Err(Turn::Repeat(answer))
        }
        Some(Seen::MessageIdReused) => Err(reused(message_id).into()),
    }
}

/// What a request of the asynchronous channel brings in: its sender is proven as an [`Opened`] envelope's is.
#[derive(Debug)]
pub(crate) enum Errand {
    /// A document, which goes on.
    Document(Opened),
    /// A system asks for what waits for it, or where its message is, or says what became of one.
    Visit(Visit),
}

/// A visit of a registered system to its mailbox.
#[derive(Debug)]
pub(crate) struct Visit {
    sender: SenderId,
    terms: Terms,
    request: asynchronous::Request,
    signed: [u8; 32],
}

/// What the mailbox needs of a visit.
#[derive(Debug)]
pub(crate) struct VisitParts {
    pub(crate) sender: SenderId,
    pub(crate) terms: Terms,
    pub(crate) request: asynchronous::Request,
    /// The digest of what the system signed: the same for the same Body.
    pub(crate) signed: [u8; 32],
}

impl Visit {
    /// Whoever takes it apart has got it from this stage.
    pub(crate) fn into_parts(self) -> VisitParts {
        VisitParts {
            sender: self.sender,
            terms: self.terms,
            request: self.request,
            signed: self.signed,
        }
    }
}

/// Opens a request of the asynchronous channel and proves its sender.
pub(crate) async fn open_request(
    gateway: &Gateway,
    received: Received,
    record: &mut Record,
) -> Result<Errand, Turn> {
    let opened = open_asynchronous(received.body(), &gateway.limits, Reading::Lenient);
    let UnverifiedRequest {
        document,
        request,
        departures,
    } = match opened {
        Ok(opened) => opened,
        Err((operation, refused)) => {
            record.asked(operation);
            return Err(with_headers(refused, record.arrival()).into());
        }
    };
    record.asked(request.operation());
    let form = Form::of(record.arrival(), &document, departures);
    record.opened(heading(&request), form.departures());
    form.hold_everybody(gateway.config.strict)?;
    check_action(record.arrival(), request.operation())?;
    let none: &[Property] = &[];
    let (may_be_silent, properties) = match &request {
        Request::GetMessageStatus(request) => (false, request.properties.as_slice()),
        Request::GetMessages(request) => (true, request.properties.as_slice()),
        Request::SendDeliveryNotification(_) => (true, none),
        Request::SendMessage(request) => (false, request.message.info.properties.as_slice()),
    };
    let claim = Claim {
        document: &document,
        sender: request.sender(),
        may_be_silent,
        form: &form,
        properties,
    };
    let known = authenticate(gateway, claim, received.peer(), record).await?;
    let sent = match request {
        Request::SendMessage(sent) => sent,
        request => {
            return Ok(Errand::Visit(Visit {
                signed: signed_digest(&document, &gateway.limits).map_err(Rejection::faulted)?,
                sender: known.sender,
                terms: known.terms,
                request,
            }));
        }
    };
    let digest = sent.digest();
    let message_id = assigned_id(&known.sender, &digest);
    record.assign(&message_id);
    let info = sent.message.info;
    look_for_repeat(gateway, &known, &info.service_id, &message_id, &digest).await?;
    let service = known_service(gateway, &info.service_id)?;
    known.may_use(&info.service_id)?;
    begins_an_exchange(gateway, &known.sender, &info).await?;
    is_there_room(gateway, &known)?;
    let request = SendMessageRequest {
        message_id,
        correlation_id: None,
        service_id: info.service_id,
        message_date: info.message_date,
        route_id: info.route_id,
        sender: info.sender,
        properties: info.properties,
        session_id: info.session_id,
        data: sent.message.data,
    };
    Ok(Errand::Document(Opened {
        request,
        sender: known.sender,
        certificate: known.certificate,
        service,
        digest,
        examiner: known.examiner,
    }))
}

/// What services take from an information system begins an exchange: the acts have no step for anything else.
async fn begins_an_exchange(
    gateway: &Gateway,
    sender: &SenderId,
    info: &MessageInfo,
) -> Result<(), Turn> {
    if info.message_type == MessageType::Request {
        return Ok(());
    }
    let of_theirs = match &info.correlation_id {
        None => false,
        Some(correlation) => {
            let message = gateway.store.exchange().message(correlation).await;
            let message = message.map_err(Rejection::faulted)?;
            message.is_some_and(|message| message.sender == *sender)
        }
    };
    let (label, why) = if of_theirs {
        let why = "no step of the service takes a {} of an information system";
        (RefusalLabel::ServiceNotInSource, why)
    } else {
        let why = "a {} needs the correlationId of a message of the same sender";
        (RefusalLabel::CorrelationUnknown, why)
    };
    let why = why.replace("{}", info.message_type.as_str());
    Err(Refused::new(label, why).into())
}

pub(crate) fn heading(request: &asynchronous::Request) -> Heading {
    let sender = request.sender().map(|sender| sender.id.clone());
    let (message_id, service, correlation) = match request {
        Request::GetMessageStatus(request) => (Some(&request.message_id), None, None),
        Request::GetMessages(request) => (
            request.message_id.as_ref(),
            Some(&request.service_id),
            request.correlation_id.as_ref(),
        ),
        Request::SendDeliveryNotification(request) => (
            Some(&request.notification.message_id),
            Some(&request.notification.service_id),
            None,
        ),
        // Its id is assigned once its sender is known.
        Request::SendMessage(request) => (
            None,
            Some(&request.message.info.service_id),
            request.message.info.correlation_id.as_ref(),
        ),
    };
    Heading {
        sender,
        message_id: message_id.cloned(),
        service: service.cloned(),
        correlation: correlation.cloned(),
    }
}
