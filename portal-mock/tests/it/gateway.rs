//! A gateway of the test's own: accepts, refuses or stays away, and sends results.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qaqpa_channel::client::SendError;
use qaqpa_channel::{Answers, ChannelClient, Refused, Rejection, Sent, SystemKeys};
use qaqpa_model::{Actor, Limits, MessageId, Moment, RefusalLabel, SenderId};
use qaqpa_transport::{
    ActorRecord, ClientLimits, Clock, HttpClient, ListenLimits, Listener, PeerActor, Peers,
    Shutdown, TlsAuthority, registry,
};
use qaqpa_wire::{BusinessData, Property, SendMessageRequest};

/// What the gateway does with what it gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Accepts,
    Refuses(RefusalLabel),
}

/// What came: who sent it, as mutual TLS and as the envelope says, and the document.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) peer: Option<Actor>,
    pub(crate) sender: String,
    pub(crate) message_id: MessageId,
    pub(crate) service: String,
    pub(crate) document: Vec<u8>,
}

#[derive(Clone)]
pub(crate) struct Gateway {
    dir: PathBuf,
    clock: Clock,
    tls: TlsAuthority,
    mood: Arc<Mutex<Mood>>,
    received: Arc<Mutex<Vec<Received>>>,
    shutdown: Shutdown,
}

impl Gateway {
    pub(crate) fn new(dir: &Path, clock: &Clock) -> Self {
        Self {
            dir: dir.to_owned(),
            clock: clock.clone(),
            tls: TlsAuthority::open_or_create(dir).unwrap(),
            mood: Arc::new(Mutex::new(Mood::Accepts)),
            received: Arc::default(),
            shutdown: Shutdown::new(),
        }
    }

    /// Comes up and registers.
    pub(crate) async fn up(&self) {
        let listener = Listener::bind(0).await.unwrap();
        let address = format!("{}/bip-sync-wss-gost/", listener.https());
        let router = Router::new()
            .route("/bip-sync-wss-gost/", post(receive))
            .with_state(self.clone());
        let security = self.tls.server(Actor::Gateway, Peers::Optional).unwrap();
        let limits = ListenLimits::from(&Limits::default());
        tokio::spawn(listener.serve(router, security, limits, self.shutdown.clone()));
        let record = ActorRecord {
            actor: Actor::Gateway,
            pid: std::process::id(),
            instance: "test".to_owned(),
            control: "http://127.0.0.1:9".to_owned(),
            addresses: BTreeMap::from([("sync".to_owned(), address)]),
        };
        registry::write(&self.dir, &record).unwrap();
    }

    pub(crate) fn feels(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// Sends a document to the portal's channel, as the answer to a message.
    pub(crate) async fn sends(
        &self,
        channel: &str,
        correlation: Option<&MessageId>,
        document: Vec<u8>,
        judged_at: Moment,
    ) -> Result<Sent, SendError> {
        self.sends_as(channel, &new_id(), correlation, document, judged_at)
            .await
    }

    /// The same under a message id of the caller's choice.
    pub(crate) async fn sends_as(
        &self,
        channel: &str,
        message_id: &MessageId,
        correlation: Option<&MessageId>,
        document: Vec<u8>,
        judged_at: Moment,
    ) -> Result<Sent, SendError> {
        let tls = self.tls.client(Some(Actor::Gateway)).unwrap();
        let http = HttpClient::new(&tls, ClientLimits::default());
        let client = ChannelClient::new(http, self.keys(), Limits::default());
        let request = SendMessageRequest {
            message_id: message_id.clone(),
            correlation_id: correlation.cloned(),
            service_id: crate::bench::SERVICE.to_owned(),
            message_date: judged_at,
            route_id: None,
            sender: None,
            properties: vec![
                property("judged-at", &judged_at.to_string()),
                property("sender", "regional-gateway"),
            ],
            session_id: None,
            data: BusinessData::new(document),
        };
        let portal = SenderId::parse("portal").unwrap();
        client.send(channel, &portal, &request).await
    }

    fn keys(&self) -> SystemKeys {
        SystemKeys::new(&self.dir, "system-gateway")
    }
}

fn property(key: &str, value: &str) -> Property {
    Property {
        key: key.to_owned(),
        value: value.to_owned(),
    }
}

pub(crate) fn new_id() -> MessageId {
    MessageId::parse(&format!("{{{}}}", uuid::Uuid::new_v4())).unwrap()
}

async fn receive(
    State(gateway): State<Gateway>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Response {
    let limits = Limits::default();
    let envelope = qaqpa_channel::open(&body, &limits, qaqpa_wire::Reading::Strict).unwrap();
    let request = envelope.request;
    let answers = Answers::new(gateway.keys(), limits);
    let session = Answers::new_session();
    let now = gateway.clock.now();
    let mood = *gateway.mood.lock().unwrap();
    gateway.received.lock().unwrap().push(Received {
        peer,
        sender: request.sender.as_ref().unwrap().id.to_string(),
        message_id: request.message_id.clone(),
        service: request.service_id.clone(),
        document: request.data.bytes.clone(),
    });
    match mood {
        Mood::Accepts => {
            let unsigned = Answers::acknowledgement(&request, &session, now);
            answers
                .acknowledge(&unsigned)
                .await
                .unwrap()
                .into_response()
        }
        Mood::Refuses(label) => {
            let rejection = Rejection::Refused(Refused::new(label, "the test's gateway says no"));
            answers
                .reject(&rejection, &session, now)
                .await
                .into_response()
        }
    }
}
