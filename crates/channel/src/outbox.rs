//! The worker that delivers what the store holds, until it is acknowledged or hopeless.
//!
//! At least once: an entry is claimed with a lease, delivered, and concluded. A process that is killed
//! in between loses its lease and nothing else; the receiver recognizes the repeat.

pub mod control;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_store::{Claimed, Conclusion, Effect, OutgoingMessage, Store, StoreError, TraceEntry};
use qaqpa_transport::{Clock, Shutdown, random_bytes};
use tokio::sync::Notify;
use tokio::task::JoinSet;

/// Takes one message to its destination.
///
/// Implemented by each actor: it knows the addresses, and what follows from an acknowledgement or a
/// refusal.
pub trait Courier: Send + Sync + 'static {
    /// Tries once. Must be safe to repeat.
    fn deliver(
        &self,
        message: &OutgoingMessage,
        attempt: u32,
    ) -> impl Future<Output = Delivery> + Send;

    /// The last attempt failed, and no other will be made: what else happens because of that.
    fn given_up(&self, _message: &OutgoingMessage) -> impl Future<Output = Vec<Effect>> + Send {
        async { Vec::new() }
    }
}

/// What came of one attempt.
#[derive(Clone, Debug)]
pub enum Delivery {
    /// Acknowledged.
    Done {
        /// The answer as it came, for the journal.
        answer: Vec<u8>,
        /// What else happens.
        effects: Vec<Effect>,
        /// Steps that are taken by it.
        trace: Vec<TraceEntry>,
    },
    /// There is nowhere to deliver it: it waits until its receiver fetches it.
    Held {
        /// Why, for people.
        why: String,
    },
    /// Not now.
    Later {
        /// Why, for people.
        why: String,
    },
    /// Refused for good: a person must look.
    Never {
        /// Why, for people.
        why: String,
        /// The answer as it came, for the journal; may be empty.
        answer: Vec<u8>,
        /// What else happens.
        effects: Vec<Effect>,
        /// Steps that are taken by it.
        trace: Vec<TraceEntry>,
    },
}

impl Delivery {
    /// Acknowledged, and nothing else happens.
    #[must_use]
    pub const fn done(answer: Vec<u8>) -> Self {
        Self::Done {
            answer,
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }

    /// Not now.
    #[must_use]
    pub fn later(why: impl std::fmt::Display) -> Self {
        Self::Later {
            why: why.to_string(),
        }
    }

    /// Refused for good, and nothing else happens.
    #[must_use]
    pub fn never(why: impl std::fmt::Display) -> Self {
        Self::Never {
            why: why.to_string(),
            answer: Vec::new(),
            effects: Vec::new(),
            trace: Vec::new(),
        }
    }
}

/// How long to wait between attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// After the first failure.
    pub first: Duration,
    /// The longest wait; each failure doubles the wait up to here.
    pub longest: Duration,
    /// Attempts after which an entry is parked. At the longest wait the default is about eight hours.
    pub attempts_max: u32,
    /// The length of a lease: longer than one attempt can take.
    pub lease: Duration,
    /// Deliveries at once.
    pub at_once_max: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            first: Duration::from_millis(250),
            longest: Duration::from_secs(5),
            attempts_max: 6000,
            lease: Duration::from_secs(90),
            at_once_max: 8,
        }
    }
}

impl Backoff {
    /// The wait after the `attempt`th failure (from 1), between three quarters and the whole of the
    /// doubled wait: entries that failed together do not come back together.
    #[must_use]
    pub fn wait(&self, attempt: u32, random: u8) -> Duration {
        let doubled = self
            .first
            .saturating_mul(
                1_u32
                    .checked_shl(attempt.saturating_sub(1))
                    .unwrap_or(u32::MAX),
            )
            .min(self.longest);
        doubled * 3 / 4 + doubled * u32::from(random) / (4 * 255)
    }
}

/// Rings when there is a new entry, so that it need not wait for the next look.
#[derive(Clone, Debug, Default)]
pub struct OutboxBell(Arc<Notify>);

impl OutboxBell {
    /// A bell.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// There is a new entry.
    pub fn ring(&self) {
        self.0.notify_one();
    }
}

/// Delivers the outbox of one actor. There is one for each store.
#[derive(Debug)]
pub struct Outbox<C> {
    store: Store,
    clock: Clock,
    courier: Arc<C>,
    backoff: Backoff,
    bell: OutboxBell,
}

/// How long to rest when nothing is due: entries whose maker did not ring are found then.
const REST: Duration = Duration::from_secs(1);

impl<C: Courier> Outbox<C> {
    /// An outbox that delivers through this courier.
    ///
    /// Waits and leases are measured on the simulator's clock, which runs at the rate of real time;
    /// when it is set, every waiting entry becomes due.
    #[must_use]
    pub fn new(store: Store, clock: Clock, courier: C, backoff: Backoff, bell: OutboxBell) -> Self {
        Self {
            store,
            clock,
            courier: Arc::new(courier),
            backoff,
            bell,
        }
    }

    /// Works until the wish to stop; deliveries under way are finished.
    pub async fn run(self, shutdown: Shutdown) {
        let mut clock_set = self.clock.subscribe();
        let mut under_way = JoinSet::new();
        // Leases of an earlier process are void: it is gone.
        self.wake().await;
        while !shutdown.is_begun() {
            let room = (self.backoff.at_once_max as usize).saturating_sub(under_way.len());
            let claimed = self.claim(room).await;
            let none_left = claimed.len() < room;
            for entry in claimed {
                under_way.spawn(attempt(
                    self.store.clone(),
                    self.clock.clone(),
                    Arc::clone(&self.courier),
                    self.backoff,
                    entry,
                ));
            }
            if !none_left && room > 0 {
                continue;
            }
            // With no room left, a delivery that ends is what to wait for.
            let rest = if room == 0 { REST } else { self.rest().await };
            tokio::select! {
                () = shutdown.begun() => {}
                () = self.bell.0.notified() => {}
                Some(_) = under_way.join_next(), if !under_way.is_empty() => {}
                changed = clock_set.changed() => {
                    if changed.is_ok() {
                        self.wake().await;
                    }
                }
                () = tokio::time::sleep(rest) => {}
            }
            while under_way.try_join_next().is_some() {}
        }
        while under_way.join_next().await.is_some() {}
    }

    async fn wake(&self) {
        if let Err(error) = self.store.exchange().wake(self.clock.now()).await {
            tracing::error!(%error, "the outbox could not be woken");
        }
    }

    async fn claim(&self, room: usize) -> Vec<Claimed> {
        let room = u32::try_from(room).unwrap_or(u32::MAX);
        if room == 0 {
            return Vec::new();
        }
        match self
            .store
            .exchange()
            .claim(self.clock.now(), room, self.backoff.lease)
            .await
        {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::error!(%error, "the outbox could not be read");
                Vec::new()
            }
        }
    }

    /// Until the next entry is due, and never longer than a look takes to be worth it.
    async fn rest(&self) -> Duration {
        match self.store.exchange().next_due().await {
            Ok(Some(due)) => due
                .since(self.clock.now())
                .clamp(Duration::from_millis(5), REST),
            Ok(None) | Err(_) => REST,
        }
    }
}

async fn attempt<C: Courier>(
    store: Store,
    clock: Clock,
    courier: Arc<C>,
    backoff: Backoff,
    entry: Claimed,
) {
    let id = entry.message.message_id.clone();
    let delivery = courier.deliver(&entry.message, entry.attempt).await;
    let now = clock.now();
    let given_up = match &delivery {
        Delivery::Later { .. } if entry.attempt >= backoff.attempts_max => {
            courier.given_up(&entry.message).await
        }
        _ => Vec::new(),
    };
    if let Err(error) = conclude(&store, &backoff, &entry, delivery, given_up, now).await {
        // The lease ends by itself, and the entry is delivered again.
        tracing::error!(%id, %error, "a delivery could not be concluded");
    }
}

async fn conclude(
    store: &Store,
    backoff: &Backoff,
    entry: &Claimed,
    delivery: Delivery,
    given_up: Vec<Effect>,
    now: Moment,
) -> Result<(), StoreError> {
    let exchange = store.exchange();
    let (id, to) = (&entry.message.message_id, &entry.message.destination);
    match delivery {
        Delivery::Done {
            answer,
            effects,
            trace,
        } => {
            let conclusion = Conclusion {
                at: now,
                answer,
                effects,
                trace,
            };
            exchange.complete(entry.ticket, conclusion).await?;
            tracing::info!(%id, %to, attempt = entry.attempt, "delivered");
        }
        Delivery::Held { why } => {
            exchange.hold(entry.ticket, &why).await?;
            tracing::info!(%id, %to, %why, "held until it is fetched");
        }
        Delivery::Later { why } if entry.attempt >= backoff.attempts_max => {
            let why = format!("given up after {} attempts: {why}", entry.attempt);
            let conclusion = Conclusion {
                effects: given_up,
                ..Conclusion::at(now)
            };
            exchange.park(entry.ticket, &why, conclusion).await?;
            tracing::warn!(%id, %to, %why, "parked");
        }
        Delivery::Later { why } => {
            let [random] = random_bytes::<1>();
            let wait = backoff.wait(entry.attempt, random);
            exchange
                .retry_at(entry.ticket, now.plus(wait), &why)
                .await?;
            tracing::debug!(%id, %to, attempt = entry.attempt, ?wait, %why, "not delivered yet");
        }
        Delivery::Never {
            why,
            answer,
            effects,
            trace,
        } => {
            let conclusion = Conclusion {
                at: now,
                answer,
                effects,
                trace,
            };
            exchange.park(entry.ticket, &why, conclusion).await?;
            tracing::warn!(%id, %to, %why, "parked");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_to_the_longest_and_jitter_stays_below() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            longest: Duration::from_secs(1),
            ..Backoff::default()
        };
        let whole = |attempt| backoff.wait(attempt, 255);
        assert_eq!(whole(1), Duration::from_millis(100));
        assert_eq!(whole(2), Duration::from_millis(200));
        assert_eq!(whole(4), Duration::from_millis(800));
        assert_eq!(whole(5), Duration::from_secs(1));
        assert_eq!(whole(u32::MAX), Duration::from_secs(1));
        assert_eq!(backoff.wait(1, 0), Duration::from_millis(75));
    }
}
