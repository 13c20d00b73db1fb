//! The calling side of the push channel: the gateway hands something over at a system's own endpoint.

use http::header::CONTENT_TYPE;
use qaqpa_evidence::Examiner;
use qaqpa_model::{MessageId, SenderId};
use qaqpa_transport::{HttpAnswer, HttpClient};
use qaqpa_wire::{Departure, Fault, FaultCode, Operation, Reading, push};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_wsse;

use crate::client::{ChannelClient, SendError};
use crate::envelope::{bounds, xml_limits};

/// Who is called, where, and by what the answer is believed.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint<'a> {
    /// The system.
    pub peer: &'a SenderId,
    /// Its endpoint.
    pub address: &'a str,
    /// With which certificate it signs its answers.
    pub certificate: &'a Certificate,
    /// Whether an answer without a signature is one.
    pub answers: AnswersOf,
    /// Whether an answer that departs from the schema is one.
    pub reading: Reading,
    /// Who says whether that certificate is in force.
    pub examiner: &'a Examiner,
    /// By which client it is called, with its trust and limits.
    pub http: &'a HttpClient,
}

/// What a system's answers at its own endpoint must be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswersOf {
    /// Signed by the system, with WS-Security.
    #[default]
    Signed,
    /// Signed, or without any signature: TLS alone says who answered. A signature that is there must be the system's.
    Unsigned,
}

impl Endpoint<'_> {
    /// The answer departs from the schema nowhere, or every departure is named.
    fn check_form(
        &self,
        answer: &HttpAnswer,
        document: &Document,
        inside: Vec<Departure>,
    ) -> Result<(), String> {
        let content_type = answer.headers.get(CONTENT_TYPE);
        let content_type = content_type.and_then(|value| value.to_str().ok());
        let of_signature = match self.answers {
            AnswersOf::Signed => Departure::of_signature(document),
            AnswersOf::Unsigned => None,
        };
        let departures: Vec<_> = Departure::of_content_type(content_type)
            .into_iter()
            .chain(inside)
            .chain(of_signature)
            .map(|departure| departure.to_string())
            .collect();
        if departures.is_empty() {
            return Ok(());
        }
        Err(format!(
            "it departs from the schema: {}",
            departures.join("; ")
        ))
    }
}

impl ChannelClient {
    /// Hands over an unsigned envelope of the push channel, signed by us on its way.
    ///
    /// `message` is the id that an answer to a message must name, alone or as its exchange; a notification's names none.
    ///
    /// # Errors
    /// As [`ChannelClient::send`]; returns the answer's bytes.
    pub async fn push(
        &self,
        to: Endpoint<'_>,
        unsigned: &[u8],
        message: &[&MessageId],
    ) -> Result<Vec<u8>, SendError> {
        let no_message = |why: String| SendError::Message { why };
        let limits = xml_limits(&self.limits);
        let _weighed = self.long.weigh(unsigned.len()).await;
        let operation = {
            let document = Document::parse(unsigned, &limits)
                .map_err(|error| no_message(error.to_string()))?;
            let (request, _) = push::Request::read_with(&document, Reading::Lenient)
                .map_err(|error| no_message(error.to_string()))?;
            request.operation()
        };
        let systems = self.keys.current().await?;
        let envelope = self.sign_envelope(unsigned, &systems.own)?;
        let answer = self.post(to.http, &to.address.into(), envelope).await?;
        let unbelievable = |why: String| SendError::Answer {
            peer: to.peer.clone(),
            why: format!("HTTP {}: {why}", answer.status),
            bytes: answer.body.to_vec(),
        };
        let document = Document::parse(&answer.body, &limits)
            .map_err(|error| unbelievable(error.to_string()))?;
        let signed = find_wsse(&document, &bounds(&self.limits));
        if to.answers == AnswersOf::Signed || !is_missing(&signed) {
            self.believe(&document, to.certificate, Some(to.examiner))
                .await
                .map_err(&unbelievable)?;
        }
        match Fault::read_of(&document, operation) {
            Ok(None) => {}
            Ok(Some((fault, _))) if fault.code == FaultCode::Server => {
                return Err(SendError::Unavailable {
                    peer: to.peer.clone(),
                    fault: Box::new(fault),
                });
            }
            Ok(Some((fault, _))) => {
                return Err(SendError::Refused {
                    fault: Box::new(fault),
                    bytes: answer.body.to_vec(),
                });
            }
            Err(error) => return Err(unbelievable(error.to_string())),
        }
        let inside = check_response(&document, operation, message).map_err(&unbelievable)?;
        if to.reading == Reading::Strict {
            to.check_form(&answer, &document, inside)
                .map_err(&unbelievable)?;
        }
        Ok(answer.body.to_vec())
    }
}

fn is_missing<T>(found: &Result<T, qaqpa_xmldsig::SignatureError>) -> bool {
    matches!(found, Err(qaqpa_xmldsig::SignatureError::Missing))
}

/// The answer is the operation's own, and about what was handed over; returns where it departs from the schema.
fn check_response(
    document: &Document,
    operation: Operation,
    message: &[&MessageId],
) -> Result<Vec<Departure>, String> {
    let lenient = Reading::Lenient;
    if operation == Operation::ChangeMassageStatusNotification {
        return push::ChangeMassageStatusNotificationResponse::read_with(document, lenient)
            .map(|(_, departures)| departures)
            .map_err(|error| error.to_string());
    }
    let (response, departures) = push::SendMessageResponse::read_with(document, lenient)
        .map_err(|error| error.to_string())?;
    let named = [&response.0.message_id, &response.0.correlation_id];
    if message.iter().any(|id| named.contains(id)) {
        return Ok(departures);
    }
    Err("it is about another message".to_owned())
}
