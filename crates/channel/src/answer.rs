//! How channels answer: acknowledgements and faults, written and signed in one place.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use qaqpa_crypto::sha256;
use qaqpa_model::{BodyDigest, Limits, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_transport::watch::{self, Family};
use qaqpa_wire::code::{INTERNAL, error_code};
use qaqpa_wire::words::{self, FAULTED, Words};
use qaqpa_wire::{
    ErrorInfo, Fault, FaultCode, Operation, SendMessageRequest, SendMessageResponse,
    StatusCode as Code, asynchronous,
};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};
use uuid::Uuid;

use crate::envelope::xml_limits;
use crate::systems::OwnSystem;
use crate::{Refused, Rejection, SystemKeys};

/// The header with the label of a refusal, for clients that do not want to read XML.
pub const LABEL_HEADER: &str = "x-qaqpa-label";

/// Writes and signs the answers of one actor.
#[derive(Clone, Debug)]
pub struct Answers {
    keys: SystemKeys,
    limits: Limits,
}

/// An answer of a channel, ready for HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// 200, or 500 for a SOAP fault (SOAP 1.1 §6.2); 503, with Retry-After, where the sender sends too much.
    pub status: StatusCode,
    /// The envelope.
    pub body: Vec<u8>,
    /// The label, where it is a refusal.
    pub label: Option<RefusalLabel>,
    /// In how many seconds the same message is welcome, where it is not now.
    pub retry_seconds: Option<u32>,
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("text/xml; charset=utf-8"),
        );
        if let Some(seconds) = self.retry_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(label) = self.label {
            headers.insert(LABEL_HEADER, HeaderValue::from_static(label.as_str()));
        }
        response
    }
}

impl Answers {
    /// Answers signed with the actor's own system key.
    #[must_use]
    pub const fn new(keys: SystemKeys, limits: Limits) -> Self {
        Self { keys, limits }
    }

    /// A new session id: a guid in braces.
    #[must_use]
    pub fn new_session() -> String {
        format!("{{{}}}", Uuid::new_v4())
    }

    /// The unsigned acknowledgement `SCSS001`: request, verdict and what follows are stored.
    ///
    /// Stored beside the message and signed when it is given, so that a repeat gets the same words
    /// under a signature that can be verified then.
    #[must_use]
    pub fn acknowledgement(request: &SendMessageRequest, session: &str, at: Moment) -> Vec<u8> {
        SendMessageResponse {
            message_id: MessageId::parse(&format!("{{{}}}", Uuid::new_v4()))
                .unwrap_or_else(|_| request.message_id.clone()),
            correlation_id: Some(request.message_id.clone()),
            response_date: at,
            status: Code::Success,
            status_message: "Message has been processed successfully".to_owned(),
            session_id: Some(session.to_owned()),
            data: None,
        }
        .write()
    }

    /// Signs an unsigned acknowledgement, new or stored.
    ///
    /// # Errors
    /// [`Rejection::Faulted`] where the key cannot be used; what was accepted stays accepted.
    pub async fn acknowledge(&self, unsigned: &[u8]) -> Result<Answer, Rejection> {
        let systems = self.keys.current().await.map_err(Rejection::faulted)?;
        let body = sign_answer(unsigned, &systems.own, &self.limits).map_err(Rejection::faulted)?;
        Ok(Answer {
            status: StatusCode::OK,
            body,
            label: None,
            retry_seconds: None,
        })
    }

    /// The unsigned acknowledgement of the asynchronous channel: the gateway has the message under this id, in this
    /// exchange.
    ///
    /// Stored and repeated as [`acknowledgement`](Self::acknowledgement).
    #[must_use]
    pub fn taken(
        message_id: &MessageId,
        correlation_id: &MessageId,
        session: &str,
        at: Moment,
    ) -> Vec<u8> {
        asynchronous::SendMessageResponse {
            message_id: message_id.clone(),
            correlation_id: correlation_id.clone(),
            response_date: at,
            session_id: Some(session.to_owned()),
        }
        .write()
    }

    /// The fault for a rejection, of the synchronous channel. Signed where a key is at hand; a fault must not fail for want of one.
    pub async fn reject(&self, rejection: &Rejection, session: &str, at: Moment) -> Answer {
        self.reject_of(Operation::SyncSendMessage, rejection, session, at)
            .await
    }

    /// As [`reject`](Self::reject), with the fault of the operation that was asked for.
    pub async fn reject_of(
        &self,
        operation: Operation,
        rejection: &Rejection,
        session: &str,
        at: Moment,
    ) -> Answer {
        let unsigned = fault_of(rejection, session, at).write_of(operation);
        let label = rejection.label();
        let body = match self.keys.current().await {
            Ok(systems) => sign_answer(&unsigned, &systems.own, &self.limits).unwrap_or(unsigned),
            Err(error) => {
                tracing::warn!(%error, "a fault goes out unsigned");
                unsigned
            }
        };
        let retry_seconds = retry_of(rejection);
        let status = match retry_seconds {
            Some(_) => StatusCode::SERVICE_UNAVAILABLE,
            None => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Answer {
            status,
            body,
            label,
            retry_seconds,
        }
    }
}

/// Whether the same message is welcome later.
const fn retry_of(rejection: &Rejection) -> Option<u32> {
    match rejection {
        Rejection::Refused(refused) => refused.retry_seconds,
        Rejection::Faulted(_) => None,
    }
}

/// Where errors become SOAP faults: the label and the words in `errorData`, the code the simulator's.
#[must_use]
pub fn fault_of(rejection: &Rejection, session: &str, at: Moment) -> Fault {
    match rejection {
        Rejection::Refused(refused) => {
            let words = words::words(refused.label);
            Fault {
                code: refused.code,
                string: words.en.to_owned(),
                detail: Some(ErrorInfo {
                    error_code: error_code(refused.label).to_owned(),
                    error_message: format!("{} {}", words.en, one_line(&refused.why, 200)),
                    error_data: Some(refusal_data(refused, &words)),
                    error_date: at,
                    sub_error: None,
                    session_id: Some(session.to_owned()),
                }),
            }
        }
        Rejection::Faulted(_) => plain_fault(FaultCode::Server, INTERNAL, &FAULTED, session, at),
    }
}

/// A fault without a label: the words say it all.
#[must_use]
pub fn plain_fault(
    code: FaultCode,
    error_code: &str,
    words: &Words,
    session: &str,
    at: Moment,
) -> Fault {
    let mut data = String::new();
    push_words(&mut data, words);
    Fault {
        code,
        string: words.en.to_owned(),
        detail: Some(ErrorInfo {
            error_code: error_code.to_owned(),
            error_message: words.en.to_owned(),
            error_data: Some(data),
            error_date: at,
            sub_error: None,
            session_id: Some(session.to_owned()),
        }),
    }
}

fn refusal_data(refused: &Refused, words: &Words) -> String {
    let mut data = format!("label={}\n", refused.label);
    push_line(&mut data, "why", &one_line(&refused.why, 1000));
    for (key, value) in &refused.facts {
        push_line(&mut data, key, &one_line(value, 300));
    }
    push_words(&mut data, words);
    data
}

fn push_words(data: &mut String, words: &Words) {
    push_line(data, "kk", words.kk);
    push_line(data, "ru", words.ru);
    push_line(data, "en", words.en);
    push_line(data, "remedy", words.remedy);
}

fn push_line(data: &mut String, key: &str, value: &str) {
    data.push_str(key);
    data.push('=');
    data.push_str(value);
    data.push('\n');
}

/// One line of at most so many characters: a peer's text must not make lines of its own.
fn one_line(text: &str, max: usize) -> String {
    let mut line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(max + 1)
        .collect();
    if line.chars().count() > max {
        line.pop();
        line.push('…');
    }
    line
}

/// The id that the gateway assigns to a message that came without one: made of what the message says, so that the
/// same message of the same sender has the same id, and a repeat is known.
#[must_use]
pub fn assigned_id(sender: &SenderId, digest: &BodyDigest) -> MessageId {
    let mut said = sender.as_str().as_bytes().to_vec();
    said.push(0);
    said.extend_from_slice(&digest.0);
    braced(&id_seed(&said))
}

/// A guid in braces as the id of a message.
#[must_use]
pub fn braced(guid: &str) -> MessageId {
    MessageId::parse(&format!("{{{guid}}}")).expect("a guid has 36 characters of an id")
}

/// Signs the gateway's way: no certificate, but SecurityTokenReference > X509Data > X509IssuerSerial.
fn sign_answer(
    unsigned: &[u8],
    own: &OwnSystem,
    limits: &Limits,
) -> Result<Vec<u8>, qaqpa_xmldsig::SignError> {
    watch::count(Family::Signatures, &["answer"]);
    let signer = Signer::of(&own.key, own.certificate.der());
    let key_info = WsseKeyInfo::IssuerSerial {
        issuer_name: own.issuer_name.clone(),
        serial_decimal: own.certificate.serial_decimal(),
    };
    sign_wsse(
        unsigned,
        &signer,
        key_info,
        &id_seed(unsigned),
        &xml_limits(limits),
    )
}

/// Ids of a signature: made of what is signed, so that the same answer signed again has the same bytes.
pub(crate) fn id_seed(unsigned: &[u8]) -> String {
    let digest = sha256(unsigned);
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes)
        .into_uuid()
        .to_string()
}
