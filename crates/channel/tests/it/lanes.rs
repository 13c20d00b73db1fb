//! Slow endpoints, silent ones, and leases that end under a delivery: nobody else waits, and nothing goes out twice.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use qaqpa_channel::{Backoff, Courier, Delivery, LaneLimits, Outbox};
use qaqpa_store::{OutboxState, OutgoingMessage};

use crate::outbox::{Script, Stand, quick};

/// Endpoints that take a connection and never answer, beside others.
#[derive(Debug, Clone, Default)]
struct Tarpit {
    /// Deliveries under way to the tarpit now, and the most that there were at once.
    now: Arc<AtomicUsize>,
    most: Arc<AtomicUsize>,
    attempts: Arc<AtomicUsize>,
    came: Arc<Mutex<Vec<String>>>,
}

impl Courier for Tarpit {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        if !message.destination.contains("slow") {
            let came = message.message_id.to_string();
            self.came.lock().unwrap().push(came);
            return Delivery::done(b"ack".to_vec());
        }
        self.attempts.fetch_add(1, Ordering::SeqCst);
        let now = self.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(now, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(700)).await;
        self.now.fetch_sub(1, Ordering::SeqCst);
        Delivery::later("no answer within its time")
    }
}

/// Twenty entries for each of so many slow endpoints, all of them older than what comes after them.
async fn behind_slow_endpoints(stand: &Stand, endpoints: usize) -> Tarpit {
    for endpoint in 0..endpoints {
        for turn in 0..20 {
            let destination = format!("system/slow-{endpoint}/s@t");
            let id = format!("slow-{endpoint}-{turn}");
            stand.put_for(&id, &destination).await;
        }
    }
    let tarpit = Tarpit::default();
    let backoff = Backoff {
        lease: Duration::from_secs(5),
        attempts_max: 1000,
        lanes: LaneLimits {
            all: 4,
            ..quick().lanes
        },
        ..quick()
    };
    let outbox = Outbox::new(
        stand.store.clone(),
        stand.clock.clone(),
        tarpit.clone(),
        backoff,
        stand.bell.clone(),
    );
    tokio::spawn(outbox.run(stand.shutdown.clone()));
    while tarpit.now.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tarpit
}

#[tokio::test]
async fn an_endpoint_that_never_answers_holds_up_nobody_else() {
    let stand = Stand::new(Script::default()).await;
    let tarpit = behind_slow_endpoints(&stand, 1).await;
    let begun = Instant::now();
    stand.put_for("application", "regional-gateway").await;
    stand.put_for("result", "system/quick/s@t").await;
    stand.bell.ring();
    stand.until("application", OutboxState::Done).await;
    stand.until("result", OutboxState::Done).await;
    assert!(
        begun.elapsed() < Duration::from_secs(2),
        "{:?}",
        begun.elapsed()
    );
    assert_eq!(tarpit.most.load(Ordering::SeqCst), 2);
    // It is left alone longer each time: two at once, then again after 0.3 s, 0.6 s, 1.2 s.
    tokio::time::sleep(Duration::from_secs(4).saturating_sub(begun.elapsed())).await;
    let attempts = tarpit.attempts.load(Ordering::SeqCst);
    assert!((4..=8).contains(&attempts), "{attempts}");
    stand.shutdown.begin();
}

#[tokio::test]
async fn more_endpoints_that_never_answer_than_there_are_deliveries_at_once_hold_up_no_actor_and_others_a_little()
 {
    let stand = Stand::new(Script::default()).await;
    // Each of the four deliveries at once goes to one that does not answer, and as many wait.
    let _tarpit = behind_slow_endpoints(&stand, 4).await;
    let begun = Instant::now();
    stand.put_for("application", "regional-gateway").await;
    stand.put_for("result", "system/quick/s@t").await;
    stand.bell.ring();
    stand.until("application", OutboxState::Done).await;
    assert!(
        begun.elapsed() < Duration::from_secs(1),
        "{:?}",
        begun.elapsed()
    );
    stand.until("result", OutboxState::Done).await;
    stand.shutdown.begin();
}

/// Endpoints that answer, but late, beside others.
#[derive(Debug, Clone, Default)]
struct Late {
    asked: Arc<Mutex<BTreeSet<String>>>,
}

impl Courier for Late {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        if message.destination.contains("late") {
            self.asked.lock().unwrap().insert(message.lane());
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
        Delivery::done(b"ack".to_vec())
    }
}

#[tokio::test]
async fn behind_more_late_endpoints_than_there_are_deliveries_at_once_a_quick_one_waits_for_none() {
    let stand = Stand::new(Script::default()).await;
    for endpoint in 0..20 {
        for turn in 0..12 {
            let destination = format!("system/late-{endpoint}/s@t");
            let id = format!("late-{endpoint}-{turn}");
            stand.put_for(&id, &destination).await;
        }
    }
    let late = Late::default();
    let backoff = Backoff {
        lease: Duration::from_secs(5),
        lanes: LaneLimits {
            all: 4,
            slow_all: 2,
            ..quick().lanes
        },
        ..quick()
    };
    let outbox = Outbox::new(
        stand.store.clone(),
        stand.clock.clone(),
        late.clone(),
        backoff,
        stand.bell.clone(),
    );
    tokio::spawn(outbox.run(stand.shutdown.clone()));
    // Nobody knows who is late before it was asked.
    while late.asked.lock().unwrap().len() < 20 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(400)).await;
    let begun = Instant::now();
    stand.put_for("result", "system/quick/s@t").await;
    stand.bell.ring();
    stand.until("result", OutboxState::Done).await;
    // What is left for the late ones takes half a minute.
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(2), "{took:?}");
    let left = stand.store.exchange().outbox(1000).await.unwrap();
    let left = left
        .iter()
        .filter(|one| one.state == OutboxState::Pending)
        .count();
    assert!(left > 50, "{left}");
    stand.shutdown.begin();
}

/// Notes an entry that is delivered while it is being delivered.
#[derive(Debug, Clone, Default)]
struct OneAtATime {
    now: Arc<Mutex<BTreeSet<String>>>,
    began: Arc<Mutex<Vec<String>>>,
    beside: Arc<AtomicUsize>,
}

impl Courier for OneAtATime {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        let id = message.message_id.to_string();
        self.began.lock().unwrap().push(id.clone());
        if !self.now.lock().unwrap().insert(id.clone()) {
            self.beside.fetch_add(1, Ordering::SeqCst);
        }
        tokio::time::sleep(Duration::from_millis(400)).await;
        self.now.lock().unwrap().remove(&id);
        Delivery::done(b"ack".to_vec())
    }
}

#[tokio::test]
async fn an_entry_whose_lease_ends_under_its_delivery_is_not_delivered_a_second_time_beside_it() {
    let stand = Stand::new(Script::default()).await;
    for id in ["a", "b", "c"] {
        stand.put(id).await;
    }
    let courier = OneAtATime::default();
    let backoff = Backoff {
        lease: Duration::from_millis(1),
        lanes: LaneLimits::default(),
        ..quick()
    };
    let outbox = Outbox::new(
        stand.store.clone(),
        stand.clock.clone(),
        courier.clone(),
        backoff,
        stand.bell.clone(),
    );
    tokio::spawn(outbox.run(stand.shutdown.clone()));
    for _ in 0..10 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        stand.bell.ring();
    }
    for id in ["a", "b", "c"] {
        let entry = stand.until(id, OutboxState::Done).await;
        assert_eq!(entry.attempts, 1);
    }
    assert_eq!(courier.beside.load(Ordering::SeqCst), 0);
    assert_eq!(courier.began.lock().unwrap().len(), 3);
    stand.shutdown.begin();
}
