//! An information system's own endpoint, as the gateway meets it: the push channel.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use qaqpa_channel::envelope::{bounds, xml_limits};
use qaqpa_model::{Actor, Limits, MessageId};
use qaqpa_transport::{ListenLimits, Listener, Peers, Shutdown, TlsAuthority};
use qaqpa_wire::asynchronous::SendMessageResponse;
use qaqpa_wire::push::{self, ChangeMassageStatusNotificationResponse, Request};
use qaqpa_wire::{Operation, Reading};
use qaqpa_x509::Certificate;
use qaqpa_xml::Document;
use qaqpa_xmldsig::find_wsse;

use crate::authority::{Authority, Signatory};
use crate::messages::{new_id, noon, seal};

/// How the endpoint answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// About another message, and signed.
    AnotherMessage,
    /// Signed by the system, with a media type of its own and a session that is no guid.
    Departing,
    /// With HTTP 503.
    Down,
    /// Signed by the system.
    Signed,
    /// Signed by another system.
    SignedByAnother,
    /// Without any signature.
    Unsigned,
}

#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    shared: Arc<Shared>,
    pub(crate) address: String,
}

#[derive(Debug)]
struct Shared {
    gateway: Certificate,
    system: Signatory,
    another: Signatory,
    manner: Mutex<Manner>,
    came: Mutex<Vec<Request>>,
}

impl Endpoint {
    /// The endpoint of integrator-1.
    pub(crate) async fn start(authority: &Authority, manner: Manner) -> Self {
        let shared = Self::shared(authority, manner);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/async/", listener.local_addr().unwrap());
        let router = Self::router(&shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { shared, address }
    }

    fn router(shared: &Arc<Shared>) -> Router {
        Router::new()
            .route("/async/", post(receive))
            .with_state(Arc::clone(shared))
    }

    fn shared(authority: &Authority, manner: Manner) -> Arc<Shared> {
        Arc::new(Shared {
            gateway: authority.signatory("system-gateway").certificate.clone(),
            system: authority.signatory("system-integrator-1").clone(),
            another: authority.signatory("system-portal").clone(),
            manner: Mutex::new(manner),
            came: Mutex::default(),
        })
    }

    /// The endpoint of integrator-1 behind the TLS of another simulator: its address, and that one's authority as PEM.
    pub(crate) async fn start_tls(authority: &Authority) -> (String, String) {
        let elsewhere = tempfile::tempdir().unwrap();
        let tls = TlsAuthority::open_or_create(elsewhere.path()).unwrap();
        let security = tls.server(Actor::Portal, Peers::None).unwrap();
        let listener = Listener::bind(0).await.unwrap();
        let address = format!("{}/async/", listener.https());
        let router = Self::router(&Self::shared(authority, Manner::Signed));
        let limits = ListenLimits::from(&Limits::default());
        tokio::spawn(listener.serve(router, security, limits, Shutdown::new()));
        (address, tls.root_pem().to_owned())
    }

    pub(crate) fn set(&self, manner: Manner) {
        *self.shared.manner.lock().unwrap() = manner;
    }

    /// What came and was answered with something, in order, repeats included.
    pub(crate) fn came(&self) -> Vec<Request> {
        self.shared.came.lock().unwrap().clone()
    }

    /// The messages that came.
    pub(crate) fn messages(&self) -> Vec<push::SendMessageRequest> {
        let came = self.came().into_iter();
        came.filter_map(|request| match request {
            Request::SendMessage(message) => Some(message),
            Request::ChangeMassageStatusNotification(_) => None,
        })
        .collect()
    }

    /// The notifications that came.
    pub(crate) fn notices(&self) -> Vec<push::StatusNotification> {
        let came = self.came().into_iter();
        came.filter_map(|request| match request {
            Request::SendMessage(_) => None,
            Request::ChangeMassageStatusNotification(request) => Some(request.notification),
        })
        .collect()
    }
}

async fn receive(State(shared): State<Arc<Shared>>, body: Bytes) -> Response {
    let manner = *shared.manner.lock().unwrap();
    if manner == Manner::Down {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let limits = Limits::default();
    let document = Document::parse(&body, &xml_limits(&limits)).unwrap();
    // The gateway signs what it hands over, and writes to the letter.
    let found = find_wsse(&document, &bounds(&limits)).unwrap();
    assert_eq!(found.certificates()[0], shared.gateway.der());
    found.cover(shared.gateway.spki_der()).unwrap();
    let (request, departures) = Request::read_with(&document, Reading::Strict).unwrap();
    assert_eq!(departures, []);
    let session_id = Some(match manner {
        Manner::Departing => "no-guid".to_owned(),
        _ => new_id().to_string(),
    });
    let unsigned = match &request {
        Request::SendMessage(request) => {
            let id = match manner {
                Manner::AnotherMessage => new_id(),
                _ => request.message.info.message_id.clone().unwrap(),
            };
            push::SendMessageResponse(response(id, session_id)).write()
        }
        Request::ChangeMassageStatusNotification(_) => ChangeMassageStatusNotificationResponse {
            response_date: noon(),
            session_id,
        }
        .write(),
    };
    assert_eq!(
        request.operation().channel(),
        Operation::PushSendMessage.channel()
    );
    shared.came.lock().unwrap().push(request);
    let body = match manner {
        Manner::Unsigned => unsigned,
        Manner::SignedByAnother => seal(&unsigned, &shared.another),
        _ => seal(&unsigned, &shared.system),
    };
    let content_type = match manner {
        Manner::Departing => "application/xml",
        _ => "text/xml; charset=utf-8",
    };
    ([(CONTENT_TYPE, content_type)], body).into_response()
}

fn response(message_id: MessageId, session_id: Option<String>) -> SendMessageResponse {
    SendMessageResponse {
        correlation_id: message_id.clone(),
        message_id,
        response_date: noon(),
        session_id,
    }
}
