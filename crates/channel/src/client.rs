//! The calling side: signs an envelope, posts it, and believes only the answer of the right system.

use std::time::Duration;

use qaqpa_evidence::Examiner;
use qaqpa_model::{Limits, MessageId, RefusalLabel, SenderId};
use qaqpa_transport::registry::Doors;
use qaqpa_transport::watch::{self, Family, Span, SpanKind};
use qaqpa_transport::{HttpAnswer, HttpClient, HttpError, Scales};
use qaqpa_wire::{
    Fault, FaultCode, SendMessageRequest, SendMessageResponse, Sender, StatusCode, WireError,
};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::{Signer, WsseKeyInfo, find_wsse, sign_wsse};
use thiserror::Error;
use tokio::time::Instant;

use crate::answer::id_seed;
use crate::envelope::{bounds, xml_limits};
use crate::systems::{OwnSystem, Systems, SystemsError};
use crate::{Examining, SystemKeys, Tamper, judge_transport, watching};

/// A client of a channel: one for each actor that sends.
#[derive(Clone, Debug)]
pub struct ChannelClient {
    http: HttpClient,
    pub(crate) keys: SystemKeys,
    pub(crate) limits: Limits,
    examining: Option<Examining>,
    tamper: Option<Tamper>,
    /// Long messages that are written, signed and sent at once; clones share it.
    pub(crate) long: Scales,
}

/// The other side acknowledged the message, and its signature over the answer was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The answer.
    pub response: SendMessageResponse,
    /// The answer's bytes, for the journal.
    pub bytes: Vec<u8>,
}

/// Why a message was not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SendError {
    /// An answer came that cannot be believed: no envelope, not signed by the right system, about
    /// another message. The message may have been accepted: send it again.
    #[error("the answer of {peer} cannot be believed: {why}")]
    Answer {
        /// Who should have answered.
        peer: SenderId,
        /// What is wrong.
        why: String,
        /// The answer's bytes.
        bytes: Vec<u8>,
    },
    /// The other side refused the message: sending it again unchanged will not help.
    #[error("refused: {}", told(fault))]
    Refused {
        /// The fault; its signature was verified.
        fault: Box<Fault>,
        /// The fault's bytes.
        bytes: Vec<u8>,
    },
    /// Our own key cannot be used.
    #[error(transparent)]
    Keys(#[from] SystemsError),
    /// What should be sent is not an envelope that can be signed.
    #[error("the message cannot be sent: {why}")]
    Message {
        /// Why.
        why: String,
    },
    /// The other side could not work: the same message may be accepted later.
    #[error("{peer} could not work: {}", told(fault))]
    Unavailable {
        /// Who.
        peer: SenderId,
        /// The fault; its signature was verified.
        fault: Box<Fault>,
    },
    /// No answer: the other side is down, or the connection broke.
    #[error("no answer: {0}")]
    Unreachable(#[from] HttpError),
}

impl SendError {
    /// Whether the same message may be acknowledged later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        !matches!(
            self,
            Self::Message { .. }
                | Self::Refused { .. }
                // Nobody is called there, however often it is tried: an address or a setting must change.
                | Self::Unreachable(HttpError::Forbidden { .. } | HttpError::Url(_))
        )
    }

    /// The label, where the other side refused with one.
    #[must_use]
    pub fn label(&self) -> Option<RefusalLabel> {
        match self {
            Self::Refused { fault, .. } | Self::Unavailable { fault, .. } => fault.label(),
            _ => None,
        }
    }
}

impl ChannelClient {
    /// A client that signs with the own key of `keys` and calls through `http` (which has the TLS identity).
    #[must_use]
    pub fn new(http: HttpClient, keys: SystemKeys, limits: Limits) -> Self {
        Self {
            long: Scales::for_bytes(limits.body_bytes_max),
            http,
            keys,
            limits,
            examining: None,
            tamper: None,
        }
    }

    /// Asks about the certificate behind every answer, too: of whom it is revoked does not acknowledge for its system.
    /// Where nobody can tell, the answer is not believed yet.
    #[must_use]
    pub fn examining(mut self, examining: Examining) -> Self {
        self.examining = Some(examining);
        self
    }

    /// The same client, whose signed envelopes are changed on their way out: deliberate faults (TEST).
    #[must_use]
    pub fn tampering(mut self, tamper: Tamper) -> Self {
        self.tamper = Some(tamper);
        self
    }

    /// The signed envelope of a message: with our sender id and password, and the transport signature.
    ///
    /// The ids of the signature are made of the message, so that the same message signed with the same
    /// key has the same bytes.
    ///
    /// # Errors
    /// [`SendError::Keys`], [`SendError::Message`].
    pub async fn sign(&self, request: &SendMessageRequest) -> Result<Vec<u8>, SendError> {
        let systems = self.keys.current().await?;
        self.sign_with(request.clone(), &systems)
    }

    /// Sends a message to the channel of `peer` at `address`, and waits for the acknowledgement.
    ///
    /// Sending the same message again is safe: the receiver recognizes it.
    ///
    /// # Errors
    /// [`SendError`]; [`SendError::is_transient`] says whether to try again.
    pub async fn send(
        &self,
        doors: impl Into<Doors>,
        peer: &SenderId,
        request: &SendMessageRequest,
    ) -> Result<Sent, SendError> {
        self.send_whole(&doors.into(), peer, request.clone()).await
    }

    /// As [`send`](Self::send); the message is let go as soon as its envelope is written.
    async fn send_whole(
        &self,
        doors: &Doors,
        peer: &SenderId,
        request: SendMessageRequest,
    ) -> Result<Sent, SendError> {
        let systems = self.keys.current().await?;
        let message_id = request.message_id.clone();
        let envelope = self.sign_with(request, &systems)?;
        let expected = systems
            .sender(peer)
            .ok_or_else(|| SystemsError::Absent {
                id: peer.to_string(),
            })?
            .certificate
            .clone();
        let answer = self.post(&self.http, doors, envelope).await?;
        let examiner = match &self.examining {
            Some(examining) => Some(examining.current(&systems)?),
            None => None,
        };
        let unbelievable = |why: String| SendError::Answer {
            peer: peer.clone(),
            why: format!("HTTP {}: {why}", answer.status),
            bytes: answer.body.to_vec(),
        };
        let document = Document::parse(&answer.body, &xml_limits(&self.limits))
            .map_err(|error| unbelievable(error.to_string()))?;
        self.believe(&document, &expected, examiner.as_ref())
            .await
            .map_err(&unbelievable)?;
        read_answer(&document, &answer.body, peer, &message_id, unbelievable)
    }

    /// The answer's Body must be signed with the expected certificate, which must be in force where somebody is asked.
    pub(crate) async fn believe(
        &self,
        document: &Document,
        expected: &Certificate,
        examiner: Option<&Examiner>,
    ) -> Result<(), String> {
        let Some(examiner) = examiner else {
            return verify_answer(document, expected, &self.limits);
        };
        let signer = judge_transport(document, examiner, &self.limits, examiner.now())
            .await
            .map_err(|refused| format!("{}: {}", refused.label, refused.why))?;
        if signer.certificate.der() == expected.der() {
            return Ok(());
        }
        Err(ANOTHER.to_owned())
    }

    /// Sends a message that was stored as its unsigned envelope ([`SendMessageRequest::write`]).
    ///
    /// # Errors
    /// As [`send`](Self::send); [`SendError::Message`] where the stored bytes are no envelope.
    pub async fn send_stored(
        &self,
        doors: impl Into<Doors>,
        peer: &SenderId,
        unsigned: &[u8],
    ) -> Result<Sent, SendError> {
        let doors = doors.into();
        let _weighed = self.long.weigh(unsigned.len()).await;
        let request = read_stored(unsigned, &self.limits)?;
        let (came, id) = (watching::of(&request), request.message_id.clone());
        // In the trace in which it was stored, however long ago.
        Span::new("outbox", SpanKind::Consumer)
            .following(came)
            .with("qaqpa.message", id.as_str())
            .around(self.send_whole(&doors, peer, request))
            .await
    }

    /// Posts to the first door at which somebody can be reached. Where a request may have been received, nobody else is
    /// asked in its place: whoever sends it decides whether it is sent again.
    pub(crate) async fn post(
        &self,
        http: &HttpClient,
        doors: &Doors,
        envelope: Vec<u8>,
    ) -> Result<HttpAnswer, SendError> {
        let mut envelope = bytes::Bytes::from(match &self.tamper {
            Some(tamper) => tamper.apply(envelope),
            None => envelope,
        });
        let begun = Instant::now();
        let mut failed = HttpError::Url("there is no address".to_owned());
        let mut left = doors.all().iter();
        while let Some(door) = left.next() {
            // For the last one nothing is kept: a long message is let go as soon as it is sent.
            let body = match left.len() {
                0 => std::mem::take(&mut envelope),
                _ => envelope.clone(),
            };
            failed = match http.request(request_to(door.address(), body)?).await {
                Ok(answer) => {
                    doors.answered(door);
                    return Ok(answer);
                }
                Err(error) => error,
            };
            doors.failed(door, &failed);
            let unsent = matches!(failed, HttpError::Unconnected(_));
            if !unsent || begun.elapsed() >= SEEK_MAX {
                break;
            }
        }
        Err(failed.into())
    }

    /// The transport signature over an envelope, with the whole certificate.
    pub(crate) fn sign_envelope(
        &self,
        unsigned: &[u8],
        own: &OwnSystem,
    ) -> Result<Vec<u8>, SendError> {
        watch::count(Family::Signatures, &["envelope"]);
        sign_wsse(
            unsigned,
            &Signer::of(&own.key, own.certificate.der()),
            WsseKeyInfo::KeyIdentifier,
            &id_seed(unsigned),
            &xml_limits(&self.limits),
        )
        .map_err(|error| SendError::Message {
            why: error.to_string(),
        })
    }

    fn sign_with(
        &self,
        mut request: SendMessageRequest,
        systems: &Systems,
    ) -> Result<Vec<u8>, SendError> {
        let own = &systems.own;
        request.sender = Some(Sender {
            id: own.sender_id.clone(),
            password: own.password().map(str::to_owned),
        });
        let unsigned = request.write();
        drop(request);
        self.sign_envelope(&unsigned, own)
    }
}

/// How long another door is still tried: with the call at the last one, well within the lease of a delivery.
const SEEK_MAX: Duration = Duration::from_secs(12);

fn request_to(
    address: &str,
    envelope: bytes::Bytes,
) -> Result<http::Request<bytes::Bytes>, SendError> {
    http::Request::post(address)
        .header(http::header::CONTENT_TYPE, "text/xml; charset=utf-8")
        .header("SOAPAction", "\"\"")
        .header(http::header::ACCEPT, "text/xml")
        .body(envelope)
        .map_err(|error| SendError::Message {
            why: error.to_string(),
        })
}

/// Reads a message that was stored as its unsigned envelope.
///
/// # Errors
/// [`SendError::Message`].
pub fn read_stored(unsigned: &[u8], limits: &Limits) -> Result<SendMessageRequest, SendError> {
    let broken = |why: String| SendError::Message { why };
    let document = Document::parse(unsigned, &xml_limits(limits))
        .map_err(|error| broken(error.to_string()))?;
    SendMessageRequest::read(&document).map_err(|error| broken(error.to_string()))
}

/// What an answer that is believed says.
fn read_answer(
    document: &Document,
    body: &[u8],
    peer: &SenderId,
    message_id: &MessageId,
    unbelievable: impl Fn(String) -> SendError,
) -> Result<Sent, SendError> {
    let wire = |error: WireError| unbelievable(error.to_string());
    if let Some(fault) = Fault::read(document).map_err(wire)? {
        let fault = Box::new(fault);
        return Err(if fault.code == FaultCode::Server {
            SendError::Unavailable {
                peer: peer.clone(),
                fault,
            }
        } else {
            SendError::Refused {
                fault,
                bytes: body.to_vec(),
            }
        });
    }
    let response = SendMessageResponse::read(document).map_err(wire)?;
    if response.correlation_id.as_ref() != Some(message_id) {
        return Err(unbelievable("it is about another message".to_owned()));
    }
    if response.status != StatusCode::Success {
        return Err(unbelievable(format!(
            "the status is {}, which is no acknowledgement",
            response.status.as_str()
        )));
    }
    Ok(Sent {
        response,
        bytes: body.to_vec(),
    })
}

/// Why an answer with a good signature is not believed.
const ANOTHER: &str = "it names another certificate than the expected one";

/// The answer's Body must be signed with the key of the expected certificate, which is known
/// beforehand: what KeyInfo says can only be a reason to refuse.
fn verify_answer(
    document: &Document,
    expected: &Certificate,
    limits: &Limits,
) -> Result<(), String> {
    let found = find_wsse(document, &bounds(limits)).map_err(|error| error.to_string())?;
    let named = match (found.certificates().first(), found.issuer_serial()) {
        (Some(certificate), _) => certificate.as_slice() == expected.der(),
        (None, Some((issuer, serial))) => expected.matches_issuer_serial(issuer, serial),
        (None, None) => false,
    };
    if !named {
        return Err(ANOTHER.to_owned());
    }
    watch::count(Family::Verifications, &["answer"]);
    found
        .cover(expected.spki_der())
        .map(|_| ())
        .map_err(|error| error.to_string())
}

fn told(fault: &Fault) -> String {
    match (&fault.detail, fault.label()) {
        (Some(info), Some(label)) => format!("{label}: {}", info.error_message),
        (Some(info), None) => format!("{}: {}", info.error_code, info.error_message),
        (None, _) => fault.string.clone(),
    }
}
