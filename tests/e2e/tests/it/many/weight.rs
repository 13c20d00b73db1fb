//! What the processes hold under many connections and under huge messages.

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use qaqpa_model::Actor;
use qaqpa_runner::bench::{Figures, Supplier};
use qaqpa_runner::sample;
use qaqpa_transport::{ClientLimits, ClientTls, Clock, ClockState, ControlClient, HttpClient};
use qaqpa_wire::{Attachment, SendMessageResponse, StatusCode};
use qaqpa_xml::{Document, XmlLimits};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::JoinSet;

use super::fleet::Fleet;
use super::levels::{self, Watcher, megabytes};
use super::load::supplier;
use super::long::{asked_for, in_outboxes};
use crate::server::Server;
use crate::stand;

/// Connections that are open at once.
const CONNECTIONS: u32 = 1000;

/// Bytes of memory that a process may have had while they were.
const BYTES_MAX: u64 = 300_000_000;

/// Applications on their way at once.
const AT_ONCE: usize = 16;

/// How often a connection is used, so that nobody lets go of it: a client of ours does after five seconds.
const USED_EVERY: Duration = Duration::from_secs(3);

/// Huge messages, unless the environment says another number (`QAQPA_HUGE`), and how many of them are sent at once.
const HUGE: usize = 12;
const HUGE_AT_ONCE: usize = 6;

/// How often a huge message is sent again that is told to come later: more are sent at once than are worked on.
const HUGE_TRIES_MAX: u32 = 600;

/// Seconds that an answer may take: a program that is not optimized needs several for ten megabytes.
const ANSWER_SECONDS_MAX: u64 = 120;

/// Bytes of the attachments of a huge message, each nearly as long as one may be; base64 makes ten megabytes of them.
const ATTACHED: [usize; 4] = [1_950_000; 4];

/// Bytes of a huge message on the wire.
const HUGE_BYTES: RangeInclusive<usize> = 10_000_000..=11_000_000;

/// Bytes of memory that a process may have had, however many huge messages there were and however many are sent at once: of those
/// that it works on, and of those that it delivers meanwhile.
const HUGE_MEMORY_MAX: u64 = 600_000_000;

/// Bytes of memory that a process may have some seconds after the last of them: the allocator gives back what nobody uses.
const MEMORY_AFTER_MAX: u64 = 300_000_000;
const AFTER: Duration = Duration::from_secs(20);
const AFTER_MAX: Duration = Duration::from_secs(120);

/// How long everything may take to be delivered.
const DELIVERY_MAX: Duration = Duration::from_secs(240);

#[test]
fn a_thousand_open_connections_that_all_carry_messages_need_less_than_three_hundred_megabytes() {
    a_thousand_connections(&Fleet::over_files());
}

/// Two of each, a thousand connections at one of the gateways.
#[test]
fn a_thousand_open_connections_over_one_database_need_less_than_three_hundred_megabytes() {
    let server = Server::start();
    a_thousand_connections(&Fleet::over(&server.url()));
    drop(server);
}

#[test]
fn messages_of_ten_megabytes_are_answered_in_bounded_memory() {
    huge_messages(&Fleet::over_files());
}

#[test]
fn messages_of_ten_megabytes_over_one_database_are_answered_in_bounded_memory() {
    let server = Server::start();
    huge_messages(&Fleet::over(&server.url()));
    drop(server);
}

fn a_thousand_connections(fleet: &Fleet) {
    let client = Client::of(fleet);
    let accepted = Arc::new(AtomicU32::new(0));
    let telling = Arc::clone(&accepted);
    let watcher = Watcher::begin(&fleet.data, move || {
        format!("{} accepted", telling.load(Ordering::SeqCst))
    });
    let open = runtime().block_on(async {
        let lines = client.lines().await;
        let is_over = Arc::new(AtomicBool::new(false));
        let mut keeping = JoinSet::new();
        for line in &lines {
            let (line, health) = (Arc::clone(line), client.health.clone());
            let is_over = Arc::clone(&is_over);
            keeping.spawn(async move {
                while !is_over.load(Ordering::SeqCst) {
                    tokio::time::sleep(USED_EVERY).await;
                    // One that comes too late on a machine with much to do opens its connection anew.
                    line.lock().await.get(&health).await.ok();
                }
            });
        }
        let (mut sending, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
        for (number, line) in (0..).zip(&lines) {
            let (client, line) = (client.clone(), Arc::clone(line));
            let (accepted, places) = (Arc::clone(&accepted), Arc::clone(&places));
            sending.spawn(async move {
                let _place = places.acquire().await.unwrap();
                let request = client.request(number, Vec::new()).await;
                client.send(&*line.lock().await, request).await;
                accepted.fetch_add(1, Ordering::SeqCst);
            });
        }
        all(&mut sending).await;
        let open = open_connections(fleet).await;
        is_over.store(true, Ordering::SeqCst);
        all(&mut keeping).await;
        open
    });
    let levels = watcher.end();
    eprintln!("{open} connections at the gateway\n{}", levels.table());
    assert!(open >= f64::from(CONNECTIONS), "{open}");
    assert_eq!(accepted.load(Ordering::SeqCst), CONNECTIONS);
    for (process, usage) in levels::now(&fleet.data) {
        assert!(
            usage.peak_bytes <= BYTES_MAX,
            "{process} has held {:.0} MB",
            megabytes(usage.peak_bytes)
        );
    }
}

fn huge_messages(fleet: &Fleet) {
    let client = Client::of(fleet);
    let huge = asked_for("QAQPA_HUGE", HUGE);
    let watcher = Watcher::begin(&fleet.data, || "huge messages".to_owned());
    runtime().block_on(async {
        let (mut sending, places) = (JoinSet::new(), Arc::new(Semaphore::new(HUGE_AT_ONCE)));
        for number in (0..).take(huge) {
            let (client, places) = (client.clone(), Arc::clone(&places));
            sending.spawn(async move {
                let _place = places.acquire().await.unwrap();
                let attachments = client.attachments();
                let request = client.request(number, attachments).await;
                assert!(HUGE_BYTES.contains(&request.len()), "{}", request.len());
                client.send(&client.line(), request).await;
            });
        }
        all(&mut sending).await;
        let begun = Instant::now();
        while in_outboxes(fleet, "pending").await > 0.0 {
            assert!(begun.elapsed() < DELIVERY_MAX, "not delivered");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(in_outboxes(fleet, "parked").await, 0.0);
        let held = in_outboxes(fleet, "held").await;
        assert_eq!(held, f64::from(u32::try_from(huge).unwrap()));
        // Ordinary ones go on: threads that never wake give nothing back.
        let begun = Instant::now();
        for number in (0..).skip(huge) {
            let all_is_back = || {
                let held = levels::now(&fleet.data).into_iter();
                held.map(|(_, usage)| usage.resident_bytes)
                    .all(|bytes| bytes <= MEMORY_AFTER_MAX)
            };
            let gone = begun.elapsed();
            if gone >= AFTER_MAX || (gone >= AFTER && all_is_back()) {
                break;
            }
            let request = client.request(number, Vec::new()).await;
            client.send(&client.line(), request).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    eprintln!("{}", watcher.end().table());
    for (process, usage) in levels::now(&fleet.data) {
        assert!(
            usage.peak_bytes <= HUGE_MEMORY_MAX,
            "{process} has held {:.0} MB",
            megabytes(usage.peak_bytes)
        );
        assert!(
            usage.resident_bytes <= MEMORY_AFTER_MAX,
            "{process} still holds {:.0} MB",
            megabytes(usage.resident_bytes)
        );
    }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap()
}

/// Waits for all of them, and fails as they do.
async fn all(tasks: &mut JoinSet<()>) {
    while let Some(ended) = tasks.join_next().await {
        ended.unwrap();
    }
}

async fn open_connections(fleet: &Fleet) -> f64 {
    let control = ControlClient::of(&fleet.data, Actor::Gateway).unwrap();
    let text = control.bytes("/metrics").await.unwrap();
    let figures = Figures::read(&String::from_utf8_lossy(&text));
    figures.sum("qaqpa_http_connections", Some("door=\"gateway-public\""))
}

/// Who sends.
#[derive(Clone)]
struct Client {
    supplier: Arc<Supplier>,
    tls: ClientTls,
    sync: String,
    health: String,
    clock: Clock,
}

impl Client {
    fn of(fleet: &Fleet) -> Self {
        let endpoints = stand::wait_for_endpoints(&fleet.data);
        let clock = ClockState::load(&fleet.data).unwrap();
        Self {
            supplier: Arc::new(supplier(&endpoints)),
            tls: ClientTls::trusting_file(&fleet.data.join("trust/tls.pem")).unwrap(),
            sync: endpoints.gateway.sync,
            health: endpoints.gateway.health,
            clock: Clock::with_offset(clock.offset_ms),
        }
    }

    /// A client of its own has a connection of its own.
    fn line(&self) -> HttpClient {
        let limits = ClientLimits {
            seconds_max: ANSWER_SECONDS_MAX,
            ..ClientLimits::default()
        };
        HttpClient::new(&self.tls, limits)
    }

    /// As many connections as are to be open, each used once. Whoever uses one of them again has it for himself meanwhile.
    async fn lines(&self) -> Vec<Arc<Mutex<HttpClient>>> {
        let (mut opening, places) = (JoinSet::new(), Arc::new(Semaphore::new(AT_ONCE)));
        for _ in 0..CONNECTIONS {
            let (client, places) = (self.clone(), Arc::clone(&places));
            opening.spawn(async move {
                let _place = places.acquire().await.unwrap();
                let line = client.line();
                line.get(&client.health).await.unwrap();
                Arc::new(Mutex::new(line))
            });
        }
        opening.join_all().await
    }

    /// A signed application with these files, or with those that the service asks for.
    async fn request(&self, number: u32, attachments: Vec<Attachment>) -> Bytes {
        let (supplier, now) = (Arc::clone(&self.supplier), self.clock.now());
        let number = usize::try_from(number).unwrap();
        let signed = tokio::task::spawn_blocking(move || match attachments.is_empty() {
            true => supplier.signed(number, now),
            false => supplier.signed_with(number, now, attachments),
        });
        signed.await.unwrap().unwrap().envelope
    }

    /// Files that make a message huge.
    fn attachments(&self) -> Vec<Attachment> {
        let documents = self.supplier.service.documents.iter().cycle();
        let huge = ATTACHED.iter().zip(documents).map(|(bytes, document)| {
            let mut file = sample::attachment(document);
            file.bytes.resize(*bytes, b' ');
            file
        });
        huge.collect()
    }

    /// Sends it, again as long as it is told to come later.
    async fn send(&self, line: &HttpClient, request: Bytes) {
        let mut tries = 0;
        let answer = loop {
            let answer = line.post(&self.sync, "text/xml; charset=utf-8", request.clone());
            let answer = answer.await.unwrap();
            let later = match answer.status.as_u16() {
                503 => answer.headers["retry-after"]
                    .to_str()
                    .unwrap()
                    .parse()
                    .unwrap(),
                // On a machine with much to do ten megabytes may take longer than they may.
                408 => 1,
                _ => break answer,
            };
            tries += 1;
            assert!(tries < HUGE_TRIES_MAX, "{}", answer.text());
            tokio::time::sleep(Duration::from_secs(later)).await;
        };
        let read = Document::parse(&answer.body, &XmlLimits::default());
        let response = SendMessageResponse::read(&read.unwrap());
        assert_eq!(
            response.map(|response| response.status),
            Ok(StatusCode::Success),
            "{}",
            answer.text()
        );
    }
}
