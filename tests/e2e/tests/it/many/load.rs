//! Messages that are sent without rest: each is repeated until it is acknowledged, as the contract asks of a sender.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use qaqpa_model::{Iin, Lang, Moment, SenderId};
use qaqpa_regulations::Catalogue;
use qaqpa_runner::bench::Supplier;
use qaqpa_runner::scenario::ExpectedEnd;
use qaqpa_runner::{Endpoints, Scenario, Stand, play};
use qaqpa_transport::{ClientLimits, ClientTls, Clock, ClockState, HttpClient};
use qaqpa_wire::{Fault, FaultCode, SendMessageRequest, SendMessageResponse};
use qaqpa_x509::pkcs12;
use qaqpa_xml::{Document, XmlLimits};

use super::fleet::{block_on, gateway};
use super::receivers::{OWNER, VISITOR};
use super::system::System;
use crate::stand::{self, SERVICE};

/// Those who send at once.
const SENDERS: [&str; 2] = [VISITOR, OWNER];

/// The pause between two messages of one sender: the processes share two processors with the rest.
const PAUSE: Duration = Duration::from_millis(100);

/// A load that runs.
pub(super) struct Load {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    data: PathBuf,
    end: AtomicBool,
    acknowledged: AtomicUsize,
    sent: Mutex<Sent>,
}

/// What was sent.
#[derive(Default)]
pub(super) struct Sent {
    /// The ids of each system's messages, each acknowledged.
    pub(super) by_sender: BTreeMap<String, BTreeSet<String>>,
    /// How many of them the asynchronous channel took.
    pub(super) left: usize,
    /// The ids of those messages of the portal of which the citizen was told that they are sent.
    pub(super) told: BTreeSet<String>,
    /// The ids of those of which the citizen was told that they are refused.
    pub(super) refused: BTreeSet<String>,
    /// Answers that no sender should get.
    pub(super) problems: Vec<String>,
}

impl Load {
    pub(super) fn begin(data: &Path) -> Self {
        let shared = Arc::new(Shared {
            data: data.to_owned(),
            end: AtomicBool::new(false),
            acknowledged: AtomicUsize::new(0),
            sent: Mutex::default(),
        });
        let endpoints = stand::wait_for_endpoints(data);
        let mut threads: Vec<_> = SENDERS
            .into_iter()
            .map(|name| {
                let (shared, supplier) = (Arc::clone(&shared), supplier_of(&endpoints, name));
                std::thread::spawn(move || block_on(send_without_rest(&shared, &supplier)))
            })
            .collect();
        let citizen = Arc::clone(&shared);
        threads.push(std::thread::spawn(move || apply_without_rest(&citizen)));
        Self { shared, threads }
    }

    /// Waits until so many messages are acknowledged.
    pub(super) fn wait_for(&self, count: usize) {
        while self.shared.acknowledged.load(Ordering::SeqCst) < count {
            let broken = self.threads.iter().any(JoinHandle::is_finished);
            assert!(!broken, "a sender broke off");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends no other message, and waits until each that was sent is acknowledged.
    pub(super) fn end(self) -> Sent {
        self.shared.end.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        std::mem::take(&mut self.shared.sent.lock().unwrap())
    }
}

/// A system that sends, with a citizen who signs.
pub(super) fn supplier(endpoints: &Endpoints) -> Supplier {
    supplier_of(endpoints, VISITOR)
}

fn supplier_of(endpoints: &Endpoints, name: &str) -> Supplier {
    let catalogue = Catalogue::embedded().unwrap();
    let service = qaqpa_model::ServiceAtAct::parse(SERVICE).unwrap();
    let open = |path: &Path, password: &str| {
        pkcs12::read(&std::fs::read(path).unwrap(), password).unwrap()
    };
    let sender = endpoints.sender(name).unwrap();
    let citizen = endpoints.identity("citizen-1").unwrap();
    Supplier {
        service: catalogue.service(&service).unwrap().clone(),
        sender: SenderId::parse(&sender.sender_id).unwrap(),
        password: Some(sender.password.clone()),
        sender_key: open(&sender.key, &sender.key_password),
        applicants: vec![(
            Iin::parse(&citizen.iin).unwrap(),
            open(&citizen.key, &citizen.password),
        )],
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.end.load(Ordering::SeqCst)
    }

    fn problem(&self, what: String) {
        self.sent.lock().unwrap().problems.push(what);
    }
}

/// The simulated moment.
pub(super) fn now(data: &Path) -> Moment {
    Clock::with_offset(offset_ms(data)).now()
}

/// By how much the simulated moment differs from the real one.
pub(super) fn offset_ms(data: &Path) -> i64 {
    ClockState::load(data).unwrap_or_default().offset_ms
}

/// Whether the clock was moved since it had this offset. Actors hear of a move before it is written down.
pub(super) async fn has_moved(data: &Path, offset: i64) -> bool {
    for _ in 0..20 {
        if offset_ms(data) != offset {
            return true;
        }
        tokio::time::sleep(PAUSE).await;
    }
    false
}

async fn send_without_rest(shared: &Shared, supplier: &Supplier) {
    let tls = ClientTls::trusting_file(&shared.data.join("trust/tls.pem")).unwrap();
    let limits = ClientLimits {
        seconds_max: 20,
        ..ClientLimits::default()
    };
    let client = HttpClient::new(&tls, limits);
    let system = System::open(&shared.data, supplier.sender.as_str());
    for number in 0.. {
        if shared.is_over() {
            break;
        }
        let request = supplier.signed(number, now(&shared.data)).unwrap().envelope;
        let document = Document::parse(&request, &XmlLimits::default()).unwrap();
        let message = SendMessageRequest::read(&document).unwrap();
        // Both channels in turn.
        let id = if number % 2 == 0 {
            let is_acknowledged = acknowledged(shared, &client, &request).await;
            is_acknowledged.then_some(message.message_id)
        } else {
            let left = system.leave(message.data).await;
            left.map_err(|why| shared.problem(why)).ok()
        };
        if let Some(id) = id {
            let mut sent = shared.sent.lock().unwrap();
            sent.left += number % 2;
            let of_them = sent.by_sender.entry(supplier.sender.to_string());
            assert!(of_them.or_default().insert(id.as_str().to_owned()));
            shared.acknowledged.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Sends the same bytes until they are acknowledged, at whichever gateway is there. False where they are refused for
/// good, which is noted.
async fn acknowledged(shared: &Shared, client: &HttpClient, request: &Bytes) -> bool {
    // Longer than any actor is away.
    for _ in 0..600 {
        if let Some(url) = gateway(&shared.data)
            && let Ok(answer) = client
                .post(&url, "text/xml; charset=utf-8", request.clone())
                .await
        {
            let read = Document::parse(&answer.body, &XmlLimits::default())
                .map_err(|error| error.to_string());
            match read
                .map(|document| (Fault::read(&document), SendMessageResponse::read(&document)))
            {
                Ok((_, Ok(_))) if answer.status.is_success() => return true,
                // It could not work just now.
                Ok((Ok(Some(fault)), _)) if fault.code == FaultCode::Server => {}
                _ if answer.status == http::StatusCode::SERVICE_UNAVAILABLE => {}
                _ => {
                    shared.problem(format!("{}: {}", answer.status, answer.text()));
                    return false;
                }
            }
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    shared.problem("not acknowledged within a minute and more".to_owned());
    false
}

/// A citizen logs in, prepares, chooses a key and signs, again and again. Pages of a portal that is killed fail: then he
/// begins anew.
fn apply_without_rest(shared: &Shared) {
    let catalogue = Catalogue::embedded().unwrap();
    let mut scenario = Scenario::embedded(&catalogue)
        .unwrap()
        .into_iter()
        .find(|one| one.id == "guardianship-happy")
        .unwrap();
    scenario.steps.truncate(4);
    // Nobody waits for what comes after the sending.
    scenario.expect.path.clear();
    while !shared.is_over() {
        if let Ok(endpoints) = Endpoints::read(&shared.data.join("endpoints.json"))
            && let Ok(stand) = Stand::new(endpoints, Catalogue::embedded().unwrap(), Lang::En)
        {
            let limit = Duration::from_secs(20);
            let played = block_on(async {
                tokio::time::timeout(limit, play(&stand, &scenario))
                    .await
                    .ok()
            });
            // A step that failed met what was killed. Where none did, the portal has said what became of the application.
            if let Some(played) = played
                && !played
                    .differences
                    .iter()
                    .any(|one| one.starts_with("step "))
                && let Some(message) = played.seen.message
            {
                let mut sent = shared.sent.lock().unwrap();
                let of_these = match played.seen.end {
                    // A signature may be judged while the clock is moved: then it cannot be decided.
                    Some(ExpectedEnd::Refused) => &mut sent.refused,
                    _ => &mut sent.told,
                };
                of_these.insert(message.as_str().to_owned());
            }
        }
        std::thread::sleep(PAUSE);
    }
}
