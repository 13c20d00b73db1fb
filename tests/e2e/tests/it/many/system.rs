//! An information system, as it signs and posts: the same bytes until they are answered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use qaqpa_model::{Actor, ActorName, MessageId, SenderId};
use qaqpa_transport::{ClientLimits, ClientTls, HttpAnswer, HttpClient, random_hex, registry};
use qaqpa_wire::asynchronous::{
    DeliveryNotification, GetMessagesRequest, GetMessagesResponse, Message, MessageInfo,
    MessageType, ReceiveStatus, Request, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse, SendMessageRequest, SendMessageResponse,
};
use qaqpa_wire::{BusinessData, Fault, FaultCode, Reading, Sender};
use qaqpa_x509::pkcs12::{self, KeyFile};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Signer, WsseKeyInfo, sign_wsse};

use super::load::{has_moved, now, offset_ms};
use crate::stand::{self, SERVICE};

/// How often something is tried, and the pause between: longer than any actor is away.
const TRIES: usize = 600;
const PAUSE: Duration = Duration::from_millis(100);

/// The system.
pub(super) struct System {
    data: PathBuf,
    pub(super) sender: Sender,
    key: KeyFile,
    client: HttpClient,
}

impl System {
    pub(super) fn open(data: &Path, name: &str) -> Self {
        let endpoints = stand::wait_for_endpoints(data);
        let entry = endpoints.sender(name).unwrap();
        let key = std::fs::read(&entry.key).unwrap();
        let tls = ClientTls::trusting_file(&data.join("trust/tls.pem")).unwrap();
        let limits = ClientLimits {
            seconds_max: 20,
            ..ClientLimits::default()
        };
        Self {
            data: data.to_owned(),
            sender: Sender {
                id: SenderId::parse(name).unwrap(),
                password: Some(entry.password.clone()),
            },
            key: pkcs12::read(&key, &entry.key_password).unwrap(),
            client: HttpClient::new(&tls, limits),
        }
    }

    pub(super) fn sealed(&self, unsigned: &[u8]) -> Vec<u8> {
        let signer = Signer::of(&self.key.key, self.key.certificate.der());
        let seed = random_hex::<16>();
        let (form, limits) = (WsseKeyInfo::KeyIdentifier, XmlLimits::default());
        sign_wsse(unsigned, &signer, form, &seed, &limits).unwrap()
    }

    /// Leaves a signed application with the asynchronous channel, in the same bytes until it is acknowledged: the id that the gateway gave it.
    ///
    /// # Errors
    /// What it is refused with.
    pub(super) async fn leave(&self, application: BusinessData) -> Result<MessageId, String> {
        let request = Request::SendMessage(SendMessageRequest {
            message: Message {
                info: MessageInfo {
                    message_id: None,
                    correlation_id: None,
                    service_id: SERVICE.to_owned(),
                    message_type: MessageType::Request,
                    route_id: None,
                    message_date: now(&self.data),
                    sender: Some(self.sender.clone()),
                    properties: Vec::new(),
                    session_id: None,
                },
                data: application,
            },
        });
        let bytes = self.sealed(&request.write());
        let taken =
            |answer: &Document| SendMessageResponse::read_with(answer, Reading::Strict).ok();
        let (taken, _) = self.answered("async", &bytes, taken).await?;
        assert_eq!(taken.correlation_id, taken.message_id);
        Ok(taken.message_id)
    }

    /// What waits, each message with the application that it is about. Nothing where no gateway answers just now.
    pub(super) async fn fetch(&self) -> Vec<(MessageId, String)> {
        let request = Request::GetMessages(GetMessagesRequest {
            message_id: None,
            correlation_id: None,
            request_date: Some(now(&self.data)),
            service_id: SERVICE.to_owned(),
            sender: Some(self.sender.clone()),
            amount: None,
            properties: Vec::new(),
        });
        let Some(answer) = self.post("async", &self.sealed(&request.write())).await else {
            return Vec::new();
        };
        // What is no answer comes of a gateway that could not work just now.
        let read = Document::parse(&answer.body, &XmlLimits::default())
            .ok()
            .and_then(|document| GetMessagesResponse::read_with(&document, Reading::Strict).ok());
        let Some((fetched, _)) = read else {
            return Vec::new();
        };
        let each = fetched.messages.into_iter();
        each.map(|message| {
            let about = message.info.correlation_id.unwrap();
            (message.info.message_id.unwrap(), about.as_str().to_owned())
        })
        .collect()
    }

    /// Says it in one request, whose bytes are sent until it is acknowledged; where the clock was set meanwhile and it is
    /// of another day, in another one.
    ///
    /// # Errors
    /// What it is refused with.
    pub(super) async fn say(
        &self,
        message: &MessageId,
        resend: ResendMessage,
    ) -> Result<(), String> {
        let heard = |answer: &Document| {
            SendDeliveryNotificationResponse::read_with(answer, Reading::Strict).ok()
        };
        loop {
            let (offset, at) = (offset_ms(&self.data), now(&self.data));
            let request = Request::SendDeliveryNotification(SendDeliveryNotificationRequest {
                notification: DeliveryNotification {
                    message_id: message.clone(),
                    service_id: SERVICE.to_owned(),
                    notification_date: at,
                    receive_status: ReceiveStatus::Accepted,
                    status_date: at,
                    resend_message: resend,
                    error: None,
                },
                request_date: at,
                sender: Some(self.sender.clone()),
            });
            let bytes = self.sealed(&request.write());
            match self.answered("async", &bytes, heard).await {
                Ok(_) => return Ok(()),
                Err(why) if why.contains("from now") && has_moved(&self.data, offset).await => {}
                Err(why) => return Err(format!("{resend:?} of {message}: {why}")),
            }
        }
    }

    /// Sends these bytes until something answers that reads so.
    ///
    /// # Errors
    /// What it is refused with.
    pub(super) async fn answered<T>(
        &self,
        channel: &str,
        bytes: &[u8],
        read: impl Fn(&Document) -> Option<T>,
    ) -> Result<T, String> {
        let mut last = "no gateway".to_owned();
        for _ in 0..TRIES {
            if let Some(answer) = self.post(channel, bytes).await {
                last = format!("{}: {}", answer.status, answer.text());
                let document = Document::parse(&answer.body, &XmlLimits::default());
                let document = document.map_err(|error| format!("{error} in {last}"))?;
                if let Some(read) = read(&document) {
                    return Ok(read);
                }
                // It could not work just now.
                let faulted = Fault::read(&document)
                    .ok()
                    .flatten()
                    .is_some_and(|fault| fault.code == FaultCode::Server);
                if !faulted && answer.status != http::StatusCode::SERVICE_UNAVAILABLE {
                    break;
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        Err(last)
    }

    async fn post(&self, channel: &str, bytes: &[u8]) -> Option<HttpAnswer> {
        let name = ActorName::from(Actor::Gateway);
        let record = registry::any_named(&self.data, &name).ok()??;
        let url = record.addresses.get(channel)?;
        let body = bytes.to_vec();
        let answer = self.client.post(url, "text/xml; charset=utf-8", body).await;
        answer.ok()
    }
}
