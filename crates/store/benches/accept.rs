//! What it costs to accept a message into SQLite: processor time, time, and changes of the running thread.
//!
//! `cargo bench -p qaqpa-store --bench accept`. One caller after the other first, then 64 at once, who share commits.
//! Processor time is that of the whole process, in the kernel too: hops between threads are in it, and waiting for the
//! disk is not.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a bench reports by printing and fails by panicking"
)]

use std::time::{Duration, Instant};

use futures::StreamExt as _;
use qaqpa_model::{Actor, BodyDigest, MessageId, Moment, SenderId};
use qaqpa_store::{Acceptance, Incoming, OutgoingMessage, Store, StoreConfig};

/// Messages of one measurement.
const MESSAGES: u64 = 2000;

/// Measurements of each kind: the middle one is told beside all.
const ROUNDS: u64 = 3;

/// The system's unit of processor time (`getconf CLK_TCK`).
const TICK: Duration = Duration::from_millis(10);

fn incoming(number: u64) -> Incoming {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    let id = MessageId::parse(&format!("message-{number}")).unwrap();
    // As long as an application in its envelope.
    let body = format!("<body>{number}{}</body>", "x".repeat(6000)).into_bytes();
    Incoming {
        business_signature: Some(digest),
        raw: format!("<raw>{number}{}</raw>", "x".repeat(8000)).into_bytes(),
        response: format!("<answer>{number}{}</answer>", "x".repeat(3000)).into_bytes(),
        outbox: Some(OutgoingMessage {
            destination: "regional-gateway".to_owned(),
            message_id: id.clone(),
            correlation: None,
            body,
        }),
        ..Incoming::new(
            SenderId::parse("portal").unwrap(),
            id,
            BodyDigest(digest),
            Moment::from_unix_ms(1_790_000_000_000),
        )
    }
}

/// What the process has used up to now.
struct Used {
    processor: Duration,
    switches: u64,
    begun: Instant,
}

impl Used {
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
        // After the name, which may hold anything: fields 14 and 15 of proc(5), of which the third comes first.
        let fields = stat.rsplit_once(") ").unwrap().1;
        let ticks: u32 = fields
            .split(' ')
            .skip(11)
            .take(2)
            .map(|ticks| ticks.parse::<u32>().unwrap())
            .sum();
        let mut switches = 0;
        for thread in std::fs::read_dir("/proc/self/task").unwrap().flatten() {
            let status = std::fs::read_to_string(thread.path().join("status")).unwrap_or_default();
            let counts = status.lines().filter_map(|line| {
                let (name, count) = line.split_once(":\t")?;
                name.ends_with("ctxt_switches")
                    .then(|| count.parse::<u64>().unwrap())
            });
            switches += counts.sum::<u64>();
        }
        Self {
            processor: TICK * ticks,
            switches,
            begun: Instant::now(),
        }
    }
}

async fn accept(store: &Store, numbers: std::ops::Range<u64>, at_once: usize) -> Duration {
    let before = Used::now();
    futures::stream::iter(numbers)
        .for_each_concurrent(at_once, async |number| {
            let store = store.clone();
            let task = tokio::spawn(async move { store.exchange().accept(incoming(number)).await });
            assert_eq!(task.await.unwrap(), Ok(Acceptance::Accepted));
        })
        .await;
    let after = Used::now();
    let processor = after.processor.saturating_sub(before.processor);
    println!(
        "  {MESSAGES} messages, {at_once} at once: {:>6.0} µs of processor each, {:>5.0} µs each, {:>5.1} changes of thread each",
        processor.as_secs_f64() * 1e6 / MESSAGES as f64,
        before.begun.elapsed().as_secs_f64() * 1e6 / MESSAGES as f64,
        after.switches.saturating_sub(before.switches) as f64 / MESSAGES as f64,
    );
    processor
}

#[tokio::main(worker_threads = 2)]
async fn main() {
    let dir = tempfile::tempdir().unwrap();
    let config = StoreConfig::in_folder(dir.path().join("gateway"));
    let store = Store::open(&config, Actor::Gateway).await.unwrap();
    let mut next = 0;
    for at_once in [1, 64] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push(accept(&store, next..next + MESSAGES, at_once).await);
            next += MESSAGES;
        }
        rounds.sort();
        let middle = rounds[rounds.len() / 2];
        println!("{MESSAGES} accepts, {at_once} at once: {middle:?} of processor time");
    }
    store.close().await;
}
