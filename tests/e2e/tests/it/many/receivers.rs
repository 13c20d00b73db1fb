//! Two systems that get the results of what they sent: one visits its mailbox, one has an endpoint of its own. Of every
//! second message each says that it wants it once more, and repeats every word until it is acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use qaqpa_model::{Actor, MessageId};
use qaqpa_transport::ControlClient;
use qaqpa_wire::asynchronous::ResendMessage;
use serde_json::{Value, json};

use super::endpoint::Endpoint;
use super::fleet::block_on;
use super::system::System;

/// The system that visits its mailbox, and the one with an endpoint.
pub(super) const VISITOR: &str = "integrator-1";
pub(super) const OWNER: &str = "integrator-2";

/// Between two visits.
const PAUSE: Duration = Duration::from_millis(150);

/// How long it may take until everything that was sent is answered: a lease (90 s) and more.
const QUIET: Duration = Duration::from_secs(240);

/// Receivers at work.
pub(super) struct Receivers {
    shared: Arc<Shared>,
    endpoint: Endpoint,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    data: PathBuf,
    /// Nothing is sent any more.
    end: AtomicBool,
    said: Mutex<Said>,
}

/// What the systems have said, each word acknowledged.
#[derive(Clone, Debug, Default)]
pub(super) struct Said {
    /// Applications whose results the visitor has taken, each with the result's message.
    pub(super) taken: BTreeMap<String, String>,
    /// Messages that were wanted once more, by either.
    pub(super) again: BTreeSet<String>,
    /// What no receiver should see.
    pub(super) problems: Vec<String>,
}

impl Receivers {
    pub(super) fn begin(data: &Path) -> Self {
        let endpoint = Endpoint::start();
        let register = format!(
            "version = 1\n[[system]]\nsender = \"{OWNER}\"\npush = \"{}\"\nanswers = \"unsigned\"\nnotify = false\n",
            endpoint.address
        );
        block_on(async {
            let control = ControlClient::of(data, Actor::Gateway).unwrap();
            let order = json!({ "toml": register });
            let shown: Value = control.put("/systems", &order).await.unwrap();
            assert_eq!(shown["refused"], Value::Null, "{shown}");
        });
        let shared = Arc::new(Shared {
            data: data.to_owned(),
            end: AtomicBool::new(false),
            said: Mutex::default(),
        });
        let visitor = {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || block_on(visit(&shared)))
        };
        let owner = {
            let (shared, endpoint) = (Arc::clone(&shared), endpoint.clone());
            std::thread::spawn(move || block_on(answer_pushes(&shared, &endpoint)))
        };
        Self {
            shared,
            endpoint,
            threads: vec![visitor, owner],
        }
    }

    /// Waits until the result of each of these applications has come to its system, and what was wanted once more has
    /// come once more.
    pub(super) fn end(self, by_visitor: &BTreeSet<String>, by_owner: &BTreeSet<String>) -> Said {
        let begun = Instant::now();
        let missing = || {
            let said = self.shared.said();
            let untaken: Vec<_> = by_visitor
                .iter()
                .filter(|id| !said.taken.contains_key(*id))
                .cloned()
                .collect();
            let pushed = self.endpoint.pushed();
            let unpushed: Vec<_> = by_owner
                .iter()
                .filter(|id| {
                    let times = if pushed
                        .get(*id)
                        .is_some_and(|(message, _)| said.again.contains(message))
                    {
                        2
                    } else {
                        1
                    };
                    pushed.get(*id).is_none_or(|(_, came)| *came < times)
                })
                .cloned()
                .collect();
            (untaken, unpushed)
        };
        while missing() != (Vec::new(), Vec::new()) {
            assert!(
                begun.elapsed() < QUIET,
                "not received after {QUIET:?}: {:?}; logs are in {}",
                missing(),
                self.shared.data.display()
            );
            std::thread::sleep(Duration::from_millis(200));
        }
        self.shared.end.store(true, Ordering::SeqCst);
        for thread in self.threads {
            thread.join().unwrap();
        }
        let mut said = self.shared.said().clone();
        said.problems.extend(self.endpoint.problems());
        said
    }
}

impl Shared {
    fn is_over(&self) -> bool {
        self.end.load(Ordering::SeqCst)
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap()
    }

    /// False where it is refused, which is noted.
    async fn say(&self, system: &System, message: &MessageId, resend: ResendMessage) -> bool {
        match system.say(message, resend).await {
            Ok(()) => true,
            Err(problem) => {
                self.said().problems.push(problem);
                false
            }
        }
    }
}

/// Fetches what waits, again and again: wants every second message once more, and takes it when it comes again.
async fn visit(shared: &Shared) {
    let system = System::open(&shared.data, VISITOR);
    let mut asked = BTreeSet::new();
    while !shared.is_over() {
        for (message, about) in system.fetch().await {
            let id = message.as_str().to_owned();
            if asked.insert(id.clone()) && asked.len() % 2 == 1 {
                if shared.say(&system, &message, ResendMessage::Resend).await {
                    shared.said().again.insert(id);
                }
            } else if shared
                .say(&system, &message, ResendMessage::NotResend)
                .await
            {
                shared.said().taken.insert(about, id);
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Wants every second message that was pushed once more.
async fn answer_pushes(shared: &Shared, endpoint: &Endpoint) {
    let system = System::open(&shared.data, OWNER);
    let mut seen = BTreeSet::new();
    while !shared.is_over() {
        for (message, _) in endpoint.pushed().into_values() {
            if seen.insert(message.clone()) && seen.len() % 2 == 1 {
                let id = MessageId::parse(&message).unwrap();
                if shared.say(&system, &id, ResendMessage::Resend).await {
                    shared.said().again.insert(message);
                }
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}
