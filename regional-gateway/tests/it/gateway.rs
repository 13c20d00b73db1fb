//! The gateway, as the regional gateway meets it: it takes results in, and says what a test wants.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use qaqpa_channel::{Answer, Answers, Refused, SystemKeys, open};
use qaqpa_model::{Actor, Limits, MessageId, RefusalLabel};
use qaqpa_transport::{ActorStart, Clock, Hall, PeerActor, Peers, Place, Running, control};
use qaqpa_wire::{Reading, SendMessageRequest};

pub(crate) struct Gateway {
    shared: Arc<Shared>,
    running: Running,
}

struct Shared {
    clock: Clock,
    answers: Answers,
    taken: Mutex<Vec<SendMessageRequest>>,
    refuse: Mutex<Option<RefusalLabel>>,
}

impl Gateway {
    pub(crate) async fn start(dir: &Path, clock: &Clock) -> Self {
        let start = ActorStart {
            clock: clock.clone(),
            ..ActorStart::in_folder(dir)
        };
        let mut hall = Hall::enter(start, Actor::Gateway).await.unwrap();
        let keys = SystemKeys::new(dir, "system-gateway");
        let shared = Arc::new(Shared {
            clock: clock.clone(),
            answers: Answers::new(keys, Limits::default()),
            taken: Mutex::default(),
            refuse: Mutex::default(),
        });
        let listener = hall.bind(Place::GatewayPublic).await.unwrap();
        hall.announce("sync", format!("{}/bip-sync-wss-gost/", listener.https()));
        let security = hall.tls().server(Actor::Gateway, Peers::Optional).unwrap();
        let router = Router::new()
            .route("/bip-sync-wss-gost/", post(receive))
            .with_state(Arc::clone(&shared));
        hall.serve(listener, router, security);
        let on_clock = control::clock_hook(|_| async { Ok(()) });
        hall.control(Place::GatewayControl, Router::new(), on_clock)
            .await
            .unwrap();
        Self {
            shared,
            running: hall.open().await.unwrap(),
        }
    }

    /// Everything that came, in order, repeats of one message left out.
    pub(crate) fn came(&self) -> Vec<SendMessageRequest> {
        self.shared.taken.lock().unwrap().clone()
    }

    /// The results that came.
    pub(crate) fn taken(&self) -> Vec<SendMessageRequest> {
        let came = self.came().into_iter();
        came.filter(|one| !is_status(one)).collect()
    }

    /// The statuses that came: about which message, and which.
    pub(crate) fn told(&self) -> Vec<(Option<MessageId>, String)> {
        let came = self.came().into_iter().filter(is_status);
        came.map(|one| (one.correlation_id.clone(), status_in(&one)))
            .collect()
    }

    /// Refuses what comes from now on.
    pub(crate) fn refuse(&self, label: RefusalLabel) {
        *self.shared.refuse.lock().unwrap() = Some(label);
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }
}

fn text(message: &SendMessageRequest) -> String {
    String::from_utf8(message.data.bytes.clone()).unwrap()
}

fn is_status(message: &SendMessageRequest) -> bool {
    text(message).starts_with("<status ")
}

fn status_in(message: &SendMessageRequest) -> String {
    let text = text(message);
    let (_, behind) = text.split_once("<requestStatus>").unwrap();
    behind.split_once('<').unwrap().0.to_owned()
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Answer {
    assert_eq!(peer, Some(Actor::RegionalGateway));
    let envelope = open(&body, &Limits::default(), Reading::Strict).unwrap();
    let request = envelope.request;
    let session = Answers::new_session();
    let at = shared.clock.now();
    let refuse = *shared.refuse.lock().unwrap();
    if let Some(label) = refuse {
        let rejection = Refused::new(label, "as the test wants it").into();
        return shared.answers.reject(&rejection, &session, at).await;
    }
    let unsigned = Answers::acknowledgement(&request, &session, at);
    {
        let mut taken = shared.taken.lock().unwrap();
        if !taken.iter().any(|one| one.message_id == request.message_id) {
            taken.push(request);
        }
    }
    shared.answers.acknowledge(&unsigned).await.unwrap()
}
