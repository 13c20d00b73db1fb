//! The worker that delivers what the store holds, until it is acknowledged or hopeless.
//!
//! At least once: an entry is claimed with a lease, delivered, and concluded. A process that is killed
//! in between loses its lease and nothing else; the receiver recognizes the repeat.

pub mod control;
mod delivery;
mod desk;
mod lanes;
mod succession;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::Moment;
use qaqpa_store::{
    Claim, Claimed, ClaimedNow, Conclusion, Effect, Failure, Store, StoreError, Ticket,
};
use qaqpa_transport::{Clock, Shutdown, random_bytes, watch};
use tokio::sync::Notify;
use tokio::task::{Id, JoinError, JoinSet};
use tokio::time::Instant;

use crate::watching;

pub use delivery::{Backoff, Courier, Delivery};
use desk::{Desk, Wish};
pub use lanes::LaneLimits;
use lanes::{Ended, Lanes};
use succession::Succession;

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
    /// Waits between attempts are measured on the simulator's clock, which runs at the rate of real time; when it is set,
    /// every waiting entry becomes due. Leases are real time.
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
        let lanes = Lanes::new(self.backoff.lanes);
        let (desk, mut handed) = Desk::new(lanes, self.bell.clone(), self.backoff.lease);
        let mut hands = Hands::default();
        self.take_over().await;
        self.store.exchange().hand_to(Some(desk.clone()));
        let mut succession = Succession::new();
        let mut brought = Instant::now();
        let mut look = Instant::now();
        while !shutdown.is_begun() {
            if brought.elapsed() >= BRING {
                brought = Instant::now();
                self.bring_forward().await;
            }
            succession.look(&self.store).await;
            if look <= Instant::now() {
                let rest = tokio::select! {
                    biased;
                    rest = self.look(&desk, &mut hands) => rest,
                    // What it has taken by then is taken over when its leases end.
                    () = stopped_waiting(&shutdown) => break,
                };
                look = Instant::now() + rest;
            }
            tokio::select! {
                biased;
                () = shutdown.begun() => {}
                Some(ended) = hands.ended() => {
                    if note(&desk, ended) {
                        look = Instant::now();
                    }
                }
                Some(entry) = handed.recv() => self.begin(entry, &mut hands),
                () = self.bell.0.notified() => look = Instant::now(),
                changed = clock_set.changed() => {
                    if changed.is_ok() {
                        self.wake().await;
                    }
                    look = Instant::now();
                }
                () = tokio::time::sleep_until(look) => {}
            }
            while let Some(ended) = hands.ended_already() {
                if note(&desk, ended) {
                    look = Instant::now();
                }
            }
        }
        desk.close();
        self.store.exchange().hand_to(None);
        // What was put on the desk is nobody else's.
        while let Ok(entry) = handed.try_recv() {
            self.begin(entry, &mut hands);
        }
        while hands.ended().await.is_some() {}
    }

    /// Claims what is due and begins it; how long to rest then.
    async fn look(&self, desk: &Desk, hands: &mut Hands) -> Duration {
        let wish = desk.wish(Instant::now());
        let Some(claimed) = self.claim(&wish, hands.tickets()).await else {
            desk.in_the_dark();
            return REST;
        };
        let is_more = desk.claimed(&claimed, &wish);
        let any = !claimed.entries.is_empty();
        for entry in claimed.entries {
            self.begin(entry, hands);
        }
        if claimed.contended && !any {
            CONTENDED
        } else if any && is_more {
            // There may be more than was asked for at once.
            Duration::ZERO
        } else {
            self.rest(desk).await
        }
    }

    /// Begins a delivery whose place is taken.
    fn begin(&self, entry: Claimed, hands: &mut Hands) {
        let (lane, ticket) = (entry.message.lane(), entry.ticket);
        let task = hands.under_way.spawn(watch::carry(attempt(
            self.store.clone(),
            self.clock.clone(),
            Arc::clone(&self.courier),
            self.backoff,
            entry,
        )));
        hands.held.insert(task.id(), (lane, ticket));
    }

    /// At the start: what was in hand before, and what was put off before the clock was set back.
    async fn take_over(&self) {
        let exchange = self.store.exchange();
        for tries in 1..=TRIES_MAX {
            let longest = self.backoff.longest;
            match exchange.take_over(self.clock.now(), longest).await {
                Err(error) if error.is_transient() && tries < TRIES_MAX => {}
                Err(error) => {
                    tracing::error!(%error, "the outbox could not be taken over");
                    return;
                }
                Ok(_) => return,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// A message that was under way while the clock was set back is put in as of a moment that has yet to come.
    async fn bring_forward(&self) {
        let (now, longest) = (self.clock.now(), self.backoff.longest);
        if let Err(error) = self.store.exchange().bring_forward(now, longest).await {
            tracing::error!(%error, "the outbox could not be looked through");
        }
    }

    async fn wake(&self) {
        for tries in 1..=TRIES_MAX {
            match self.store.exchange().wake(self.clock.now()).await {
                Err(error) if error.is_transient() && tries < TRIES_MAX => {}
                Err(error) => {
                    tracing::error!(%error, "the outbox could not be woken");
                    return;
                }
                Ok(_) => return,
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// `None` where the store could not say.
    async fn claim(&self, wish: &Wish, in_hand: Vec<Ticket>) -> Option<ClaimedNow> {
        if wish.rooms.are_full() {
            return Some(ClaimedNow::default());
        }
        let claim = Claim {
            now: self.clock.now(),
            lease: self.backoff.lease,
            actors: wish.rooms.actors,
            systems: wish.rooms.systems,
            slow: wish.rooms.slow,
            slow_lanes: wish.slow_lanes.clone(),
            closed: wish.closed.clone(),
            in_hand,
        };
        let claimed = self.store.exchange().claim_fairly(&claim).await;
        claimed
            .inspect_err(|error| tracing::error!(%error, "the outbox could not be read"))
            .ok()
    }

    /// Until the next entry is due or the next lane opens, and never longer than a look takes to be worth it.
    async fn rest(&self, desk: &Desk) -> Duration {
        let due = self.store.exchange().next_due(self.clock.now()).await;
        let due = due.ok().flatten();
        let opens = desk.opens(Instant::now());
        let next = due.into_iter().chain(opens).min().unwrap_or(REST);
        next.clamp(Duration::from_millis(5), REST)
    }
}

/// Deliveries under way: what each task has in hand, and for whom.
#[derive(Debug, Default)]
struct Hands {
    under_way: JoinSet<Ended>,
    held: HashMap<Id, (String, Ticket)>,
}

impl Hands {
    fn tickets(&self) -> Vec<Ticket> {
        self.held.values().map(|(_, ticket)| *ticket).collect()
    }

    /// The next that ends; `None` where none is under way.
    async fn ended(&mut self) -> Option<(String, Ended)> {
        let ended = self.under_way.join_next_with_id().await?;
        Some(self.let_go(ended))
    }

    /// One that has ended already.
    fn ended_already(&mut self) -> Option<(String, Ended)> {
        let ended = self.under_way.try_join_next_with_id()?;
        Some(self.let_go(ended))
    }

    fn let_go(&mut self, ended: Result<(Id, Ended), JoinError>) -> (String, Ended) {
        let (task, ended) = match ended {
            Ok(ended) => ended,
            Err(error) => {
                tracing::error!(%error, "a delivery broke off: it is tried again when its lease ends");
                (error.id(), Ended::BrokeOff)
            }
        };
        let held = self.held.remove(&task);
        (held.map(|(lane, _)| lane).unwrap_or_default(), ended)
    }
}

/// Tells the desk; whether to look what else is due: a place was waited for, or the entry comes again.
fn note(desk: &Desk, (lane, ended): (String, Ended)) -> bool {
    let is_waited_for = desk.ended(&lane, ended, Instant::now());
    is_waited_for || !matches!(ended, Ended::Answered(_))
}

/// How often the outbox is looked through for what was put off from before the clock was set back.
const BRING: Duration = Duration::from_secs(2);

/// How often an order to the store is tried that could not be done just now.
const TRIES_MAX: u32 = 20;

/// Between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// How long the wish to stop waits for a claim whose bytes cannot be read at the moment. A claim takes milliseconds.
const CLAIM_MAX: Duration = Duration::from_secs(2);

/// The wish to stop, after which a claim has had its time.
async fn stopped_waiting(shutdown: &Shutdown) {
    shutdown.begun().await;
    tokio::time::sleep(CLAIM_MAX).await;
}

/// How long to rest where another process was faster.
const CONTENDED: Duration = Duration::from_millis(10);

async fn attempt<C: Courier>(
    store: Store,
    clock: Clock,
    courier: Arc<C>,
    backoff: Backoff,
    entry: Claimed,
) -> Ended {
    let id = entry.message.message_id.clone();
    let begun = Instant::now();
    let delivery = match &entry.damaged {
        None => courier.deliver(&entry.message, entry.attempt).await,
        Some(why) => {
            tracing::error!(%id, why, "an outbox entry is damaged");
            Delivery::Never {
                why: why.clone(),
                answer: Vec::new(),
                effects: courier.given_up(&entry.message).await,
                trace: Vec::new(),
            }
        }
    };
    let took = begun.elapsed();
    watching::delivery(&entry.message, delivery.as_str(), took);
    let ended = match &delivery {
        Delivery::Later { .. } => Ended::Failed(took),
        _ => Ended::Answered(took),
    };
    let now = clock.now();
    let given_up = match &delivery {
        Delivery::Later { .. } if entry.attempt >= backoff.attempts_max => {
            courier.given_up(&entry.message).await
        }
        _ => Vec::new(),
    };
    // While the lease lasts nobody else has the entry: what came of it is told the store as soon as it can hear it.
    loop {
        let told = conclude(
            &store,
            &backoff,
            &entry,
            delivery.clone(),
            given_up.clone(),
            now,
        );
        match told.await {
            Err(error) if error.is_transient() && begun.elapsed() + PAUSE < backoff.lease => {
                tokio::time::sleep(PAUSE).await;
            }
            Err(error) => {
                // The lease ends by itself, and the entry is delivered again.
                tracing::error!(%id, %error, "a delivery could not be concluded");
                break;
            }
            Ok(true) => break,
            // It was asked for again meanwhile, and is due now.
            Ok(false) => return Ended::BrokeOff,
        }
    }
    ended
}

/// Tells the store what came of it; false where it is not the last word any more.
async fn conclude(
    store: &Store,
    backoff: &Backoff,
    entry: &Claimed,
    delivery: Delivery,
    given_up: Vec<Effect>,
    now: Moment,
) -> Result<bool, StoreError> {
    let exchange = store.exchange();
    let (id, to) = (&entry.message.message_id, &entry.message.destination);
    let concluded = match delivery {
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
            let concluded = exchange.complete(entry.ticket, conclusion).await?;
            tracing::info!(%id, %to, attempt = entry.attempt, "delivered");
            concluded
        }
        Delivery::Held { why } => {
            let concluded = exchange.hold(entry.ticket, now, &why).await?;
            tracing::info!(%id, %to, %why, "held until it is fetched");
            concluded
        }
        Delivery::Later { why } if entry.attempt >= backoff.attempts_max => {
            let why = format!("given up after {} attempts: {why}", entry.attempt);
            let conclusion = Conclusion {
                effects: given_up,
                ..Conclusion::at(now)
            };
            let concluded = exchange.park(entry.ticket, &why, conclusion).await?;
            tracing::warn!(%id, %to, %why, "parked");
            concluded
        }
        Delivery::Later { why } => {
            let [random] = random_bytes::<1>();
            let wait = backoff.wait(entry.attempt, random);
            tracing::debug!(%id, %to, attempt = entry.attempt, ?wait, %why, "not delivered yet");
            let failure = Failure {
                at: now,
                next: now.plus(wait),
                why,
            };
            exchange.retry_at(entry.ticket, failure).await?
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
            let concluded = exchange.park(entry.ticket, &why, conclusion).await?;
            tracing::warn!(%id, %to, %why, "parked");
            concluded
        }
    };
    Ok(concluded)
}
