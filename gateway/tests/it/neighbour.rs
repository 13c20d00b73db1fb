//! The regional gateway or the portal, as the gateway meets them: a channel with the shared inbox.

use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use bytes::Bytes;
use qaqpa_channel::{Answer, Contents, Examining, Inbox, SystemKeys};
use qaqpa_model::{Actor, ActorName, Limits};
use qaqpa_store::{Store, StoreConfig};
use qaqpa_transport::{
    ActorStart, ClientLimits, Clock, Hall, HttpClient, PeerActor, Peers, Place, Running, control,
};
use qaqpa_wire::SendMessageRequest;

#[derive(Debug)]
pub(crate) struct Neighbour {
    pub(crate) store: Store,
    shared: Arc<Shared>,
    running: Running,
}

#[derive(Debug)]
struct Shared {
    inbox: Inbox,
    accepted: Mutex<Vec<SendMessageRequest>>,
    /// HTTP requests that came, repeats included.
    came: Mutex<usize>,
    /// How many acknowledgements are still to be swallowed: stored, and then no answer.
    swallow: Mutex<usize>,
}

impl Neighbour {
    pub(crate) async fn start(dir: &Path, clock: &Clock, actor: Actor) -> Self {
        Self::start_named(dir, clock, &actor.into()).await
    }

    /// One of several of a kind.
    pub(crate) async fn start_named(dir: &Path, clock: &Clock, name: &ActorName) -> Self {
        let actor = name.actor();
        let start = ActorStart {
            clock: clock.clone(),
            branch: name.branch().cloned(),
            ..ActorStart::in_folder(dir)
        };
        let mut hall = Hall::enter(start, actor).await.unwrap();
        let store = Store::open(&StoreConfig::in_folder(hall.folder()), actor)
            .await
            .unwrap();
        let (channel, port) = match actor {
            Actor::RegionalGateway => (Place::RegionalChannel, Place::RegionalControl),
            _ => (Place::PortalChannel, Place::PortalControl),
        };
        let shared = Arc::new(Shared {
            inbox: Inbox {
                store: store.clone(),
                clock: clock.clone(),
                limits: Limits::default(),
                keys: SystemKeys::new(dir, &format!("system-{name}")),
                examining: Examining::new(
                    dir,
                    HttpClient::plain(ClientLimits::default()),
                    Limits::default(),
                    clock.clone(),
                ),
            },
            accepted: Mutex::default(),
            came: Mutex::default(),
            swallow: Mutex::default(),
        });
        let listener = hall.bind(channel).await.unwrap();
        hall.announce("channel", format!("{}/channel/", listener.https()));
        let security = hall
            .tls()
            .server(actor, Peers::Required(vec![Actor::Gateway]))
            .unwrap();
        let router = Router::new()
            .route("/channel/", post(receive))
            .with_state(Arc::clone(&shared));
        hall.serve(listener, router, security);
        let on_clock = control::clock_hook(|_| async { Ok(()) });
        hall.control(port, Router::new(), on_clock).await.unwrap();
        Self {
            store,
            shared,
            running: hall.open().await.unwrap(),
        }
    }

    /// The messages that were accepted, in order.
    pub(crate) fn accepted(&self) -> Vec<SendMessageRequest> {
        self.shared.accepted.lock().unwrap().clone()
    }

    pub(crate) fn came(&self) -> usize {
        *self.shared.came.lock().unwrap()
    }

    /// Stores the next messages and then answers with nonsense, as a connection that breaks would.
    pub(crate) fn swallow_acknowledgements(&self, n: usize) {
        *self.shared.swallow.lock().unwrap() = n;
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
        self.store.close().await;
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    PeerActor(peer): PeerActor,
    body: Bytes,
) -> Answer {
    *shared.came.lock().unwrap() += 1;
    let letter = match shared.inbox.receive(peer, &body).await {
        Ok(letter) => letter,
        Err(answer) => return answer,
    };
    let request = letter.request().clone();
    assert!(letter.judged_at().is_ok());
    let mut answer = shared.inbox.accept(letter, Contents::default()).await;
    shared.accepted.lock().unwrap().push(request);
    let mut swallow = shared.swallow.lock().unwrap();
    if *swallow > 0 {
        *swallow -= 1;
        answer.body = b"<cut".to_vec();
    }
    answer
}
