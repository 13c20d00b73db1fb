//! The worker of the outbox over a real store: repeats, parks, wakes up, survives.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use qaqpa_channel::outbox::control::ResendOrder;
use qaqpa_channel::{Backoff, Courier, Delivery, LaneLimits, Outbox, OutboxBell, views};
use qaqpa_model::{Actor, MessageId, Moment};
use qaqpa_store::{OutboxEntry, OutboxState, OutgoingMessage, Store, StoreConfig};
use qaqpa_transport::control::ControlToken;
use qaqpa_transport::{Clock, ControlClient, ControlError, Shutdown};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Says what it was told to, in order; then acknowledges.
#[derive(Debug, Default)]
pub(crate) struct Script {
    says: Mutex<VecDeque<Delivery>>,
    came: Mutex<Vec<(String, u32)>>,
    /// How long a delivery takes.
    takes: Duration,
}

#[derive(Debug, Clone)]
struct Scripted(Arc<Script>);

impl Courier for Scripted {
    async fn deliver(&self, message: &OutgoingMessage, attempt: u32) -> Delivery {
        let came = (message.message_id.to_string(), attempt);
        self.0.came.lock().unwrap().push(came);
        tokio::time::sleep(self.0.takes).await;
        let said = self.0.says.lock().unwrap().pop_front();
        said.unwrap_or_else(|| Delivery::done(b"ack".to_vec()))
    }
}

pub(crate) struct Stand {
    dir: TempDir,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) bell: OutboxBell,
    script: Arc<Script>,
    pub(crate) shutdown: Shutdown,
}

pub(crate) fn quick() -> Backoff {
    Backoff {
        first: Duration::from_millis(10),
        longest: Duration::from_millis(50),
        attempts_max: 3,
        lease: Duration::from_millis(400),
        lanes: LaneLimits {
            all: 2,
            actor: 2,
            slow: Duration::from_millis(150),
            pause: Duration::from_millis(300),
            ..LaneLimits::default()
        },
    }
}

impl Stand {
    pub(crate) async fn new(script: Script) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreConfig::in_folder(dir.path()), Actor::Gateway)
            .await
            .unwrap();
        Self {
            store,
            dir,
            clock: Clock::at(Moment::parse("2026-11-22").unwrap()),
            bell: OutboxBell::new(),
            script: Arc::new(script),
            shutdown: Shutdown::new(),
        }
    }

    fn run(&self) -> tokio::task::JoinHandle<()> {
        let outbox = Outbox::new(
            self.store.clone(),
            self.clock.clone(),
            Scripted(Arc::clone(&self.script)),
            quick(),
            self.bell.clone(),
        );
        tokio::spawn(outbox.run(self.shutdown.clone()))
    }

    pub(crate) async fn put(&self, id: &str) {
        self.put_for(id, "somewhere").await;
    }

    pub(crate) async fn put_for(&self, id: &str, destination: &str) {
        self.put_body(id, destination, id.as_bytes().to_vec()).await;
    }

    async fn put_body(&self, id: &str, destination: &str, body: Vec<u8>) {
        let message = OutgoingMessage {
            destination: destination.to_owned(),
            message_id: MessageId::parse(id).unwrap(),
            correlation: None,
            body,
        };
        self.store
            .exchange()
            .enqueue(message, Vec::new(), self.clock.now())
            .await
            .unwrap();
    }

    async fn entry(&self, id: &str) -> OutboxEntry {
        let entries = self.store.exchange().outbox(100).await.unwrap();
        entries
            .into_iter()
            .find(|entry| entry.message_id.as_str() == id)
            .unwrap()
    }

    pub(crate) async fn until(&self, id: &str, state: OutboxState) -> OutboxEntry {
        for _ in 0..500 {
            let entry = self.entry(id).await;
            if entry.state == state {
                return entry;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{id} is not {state:?}: {:?}", self.entry(id).await);
    }

    fn came(&self) -> Vec<(String, u32)> {
        self.script.came.lock().unwrap().clone()
    }
}

fn says(deliveries: impl IntoIterator<Item = Delivery>) -> Script {
    Script {
        says: Mutex::new(deliveries.into_iter().collect()),
        ..Script::default()
    }
}

#[tokio::test]
async fn a_failure_is_repeated_until_it_is_acknowledged() {
    let stand = Stand::new(says([Delivery::later("down"), Delivery::later("down")])).await;
    stand.put("a").await;
    stand.run();
    let entry = stand.until("a", OutboxState::Done).await;
    assert_eq!(entry.attempts, 3);
    let a = |n| ("a".to_owned(), n);
    assert_eq!(stand.came(), [a(1), a(2), a(3)]);
}

#[tokio::test]
async fn after_the_last_attempt_an_entry_is_parked_with_its_reason() {
    let script = says((0..3).map(|n| Delivery::later(format!("down {n}"))));
    let stand = Stand::new(script).await;
    stand.put("a").await;
    stand.run();
    let entry = stand.until("a", OutboxState::Parked).await;
    assert_eq!(
        entry.why.as_deref(),
        Some("given up after 3 attempts: down 2")
    );
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(stand.came().len(), 3);
}

#[tokio::test]
async fn a_refusal_parks_at_once_and_does_not_hold_up_the_others() {
    let stand = Stand::new(says([Delivery::never("refused: iin-mismatch")])).await;
    stand.put("a").await;
    stand.put("b").await;
    stand.run();
    let entry = stand.until("a", OutboxState::Parked).await;
    assert_eq!(entry.why.as_deref(), Some("refused: iin-mismatch"));
    assert_eq!(entry.attempts, 1);
    stand.until("b", OutboxState::Done).await;
}

#[tokio::test]
async fn a_bell_wakes_the_worker_before_its_next_look() {
    let stand = Stand::new(Script::default()).await;
    stand.run();
    tokio::time::sleep(Duration::from_millis(300)).await;
    let begun = Instant::now();
    stand.put("a").await;
    stand.bell.ring();
    stand.until("a", OutboxState::Done).await;
    assert!(
        begun.elapsed() < Duration::from_millis(600),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn an_entry_whose_maker_did_not_ring_is_found_all_the_same() {
    let stand = Stand::new(Script::default()).await;
    stand.run();
    tokio::time::sleep(Duration::from_millis(100)).await;
    stand.put("a").await;
    stand.until("a", OutboxState::Done).await;
}

#[tokio::test]
async fn the_wish_to_stop_lets_a_delivery_end_and_begins_no_other() {
    let stand = Stand::new(Script {
        takes: Duration::from_millis(200),
        ..Script::default()
    })
    .await;
    for id in ["a", "b", "c"] {
        stand.put(id).await;
    }
    let worker = stand.run();
    while stand.came().len() < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    stand.shutdown.begin();
    worker.await.unwrap();
    assert_eq!(stand.entry("a").await.state, OutboxState::Done);
    assert_eq!(stand.entry("b").await.state, OutboxState::Done);
    assert_eq!(stand.entry("c").await.state, OutboxState::Pending);
}

#[tokio::test]
async fn a_worker_that_was_killed_in_the_middle_loses_nothing() {
    let stand = Stand::new(Script {
        takes: Duration::from_secs(3600),
        ..Script::default()
    })
    .await;
    stand.put("a").await;
    let worker = stand.run();
    while stand.came().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    worker.abort();
    assert!(worker.await.unwrap_err().is_cancelled());
    let stand = Stand {
        script: Arc::new(Script::default()),
        ..stand
    };
    stand.run();
    let entry = stand.until("a", OutboxState::Done).await;
    assert_eq!(entry.attempts, 2);
}

#[tokio::test]
async fn setting_the_clock_back_does_not_hold_a_delivery_up() {
    let stand = Stand::new(says([Delivery::later("down")])).await;
    stand.put("a").await;
    stand.run();
    while stand.came().is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let year = i64::from(365 * 24 * 60 * 60) * 1000;
    stand
        .clock
        .set_offset(stand.clock.offset_ms() - year)
        .unwrap();
    stand.until("a", OutboxState::Done).await;
}

#[tokio::test]
async fn what_is_put_in_as_of_a_moment_from_before_the_clock_was_set_back_waits_for_no_moment() {
    let stand = Stand::new(Script::default()).await;
    stand.run();
    let message = OutgoingMessage {
        destination: "somewhere".to_owned(),
        message_id: MessageId::parse("a").unwrap(),
        correlation: None,
        body: b"a".to_vec(),
    };
    // Begun before, stored after: whoever set the clock has woken everybody by then.
    let before = stand.clock.now().plus(Duration::from_secs(600));
    let exchange = stand.store.exchange();
    exchange.enqueue(message, Vec::new(), before).await.unwrap();
    stand.until("a", OutboxState::Done).await;
}

#[tokio::test]
async fn a_damaged_body_parks_its_entry_with_what_follows_from_giving_it_up() {
    let stand = Stand::new(Script::default()).await;
    // So long that it lies in a file.
    stand.put_body("a", "somewhere", vec![b'a'; 70_000]).await;
    let blobs = stand.dir.path().join("blobs");
    for file in files_below(&blobs) {
        std::fs::write(file, b"damaged").unwrap();
    }
    stand.put("b").await;
    stand.run();
    let entry = stand.until("a", OutboxState::Parked).await;
    assert!(entry.why.unwrap().ends_with("is damaged or missing"));
    stand.until("b", OutboxState::Done).await;
    assert_eq!(stand.came().len(), 1);
}

fn files_below(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}

/// The control port's part of an actor, and its client.
async fn control(stand: &Stand) -> ControlClient {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = views::routes(stand.store.clone(), stand.dir.path());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let token = ControlToken::open_or_create(stand.dir.path()).unwrap();
    ControlClient::new(&address, token)
}

/// The status and the label of a refusal, and what it says.
fn refused(answer: Result<Value, ControlError>) -> (u16, String, String) {
    match answer.unwrap_err() {
        ControlError::Refused {
            status,
            label,
            meaning,
        } => (status.as_u16(), label, meaning),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_operator_sees_what_stopped_and_why_and_sends_it_again() {
    let stand = Stand::new(says([
        Delivery::never("no such service"),
        Delivery::never("no such service"),
    ]))
    .await;
    stand.put("a").await;
    stand.put("b").await;
    let parked = async |id| stand.until(id, OutboxState::Parked).await;
    let worker = stand.run();
    let (a, b) = (parked("a").await, parked("b").await);
    stand.put("c").await;
    stand.bell.ring();
    let c = stand.until("c", OutboxState::Done).await;
    let control = control(&stand).await;

    let stopped: Value = control.get("/outbox?state=stopped").await.unwrap();
    let shown = |entry: &OutboxEntry| {
        json!({
            "id": entry.id,
            "destination": "somewhere",
            "message": entry.message_id.as_str(),
            "correlation": null,
            "state": "parked",
            "attempts": 1,
            "due": entry.due_at.to_string(),
            "queued": entry.queued_at.to_string(),
            "concluded": entry.concluded_at.unwrap().to_string(),
            "why": "no such service",
        })
    };
    assert_eq!(stopped, json!([shown(&b), shown(&a)]));
    let page: Value = control
        .get("/outbox?state=parked&destination=somewhere&limit=1")
        .await
        .unwrap();
    assert_eq!(page, json!([shown(&b)]));
    let lost = control.get::<Value>("/outbox?state=lost").await;
    let lost = refused(lost);
    assert_eq!((lost.0, lost.1.as_str()), (422, "request-malformed"));

    let path = format!("/outbox/{}/resend", a.id);
    let resent: Value = control.post(&path, &()).await.unwrap();
    assert_eq!(resent["ended"], json!([]));
    let entry = &resent["resent"][0];
    assert_eq!(
        (
            &entry["id"],
            &entry["state"],
            &entry["attempts"],
            &entry["why"]
        ),
        (&json!(a.id), &json!("pending"), &json!(0), &Value::Null)
    );
    let delivered = stand.until("a", OutboxState::Done).await;
    assert_eq!(delivered.attempts, 1);
    assert_eq!(
        refused(control.post(&path, &()).await),
        (
            409,
            "entry-not-stopped".to_owned(),
            format!(
                "entry {} is done: it was delivered, and nothing is to be resent",
                a.id
            )
        )
    );
    let missing = format!("/outbox/{}/resend", c.id + 1);
    assert_eq!(
        refused(control.post(&missing, &()).await),
        (
            404,
            "entry-unknown".to_owned(),
            format!(
                "the outbox has no entry {}: GET /outbox?state=stopped shows what can be resent",
                c.id + 1
            )
        )
    );

    // All, or what is for one destination; and once more nothing.
    let elsewhere = ResendOrder {
        destination: Some("elsewhere".to_owned()),
    };
    let nothing: Value = control.post("/outbox/resend", &elsewhere).await.unwrap();
    assert_eq!(nothing, json!({ "resent": [], "ended": [] }));
    let all = ResendOrder::default();
    let resent: Value = control.post("/outbox/resend", &all).await.unwrap();
    assert_eq!(resent["resent"][0]["message"], "b");
    stand.until("b", OutboxState::Done).await;
    let nothing: Value = control.post("/outbox/resend", &all).await.unwrap();
    assert_eq!(nothing, json!({ "resent": [], "ended": [] }));
    let ids: Vec<_> = stand.came().into_iter().map(|came| came.0).collect();
    assert_eq!(ids, ["a", "b", "c", "a", "b"]);
    stand.shutdown.begin();
    worker.await.unwrap();
}
