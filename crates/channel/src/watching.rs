//! What others may see of an actor's store and of the messages that it keeps: numbers, readiness, and the trace that a
//! message belongs to while it lies in an outbox.
//!
//! A message that is stored to be delivered later keeps the trace that it was stored in as a property of its envelope,
//! where whoever began that trace wants it recorded: so it goes the stored road with the message, survives the process, and needs no column
//! of its own. The envelope of a message whose trace nobody records is as it was.

use std::time::Duration;

use qaqpa_model::{Actor, ActorName, MessageId, Moment, RefusalLabel};
use qaqpa_store::{OutboxState, OutgoingMessage, Store};
use qaqpa_transport::watch::{self, Family, Metrics, TraceContext};
use qaqpa_transport::{Clock, Hall, Health, Watch};
use qaqpa_wire::{Operation, Property, SendMessageRequest};

use crate::{Rejection, SystemKeys};

/// The property's name: that of the header of W3C Trace Context.
pub const TRACEPARENT: &str = "traceparent";

/// The running task's trace, as a message keeps it that is stored now. None where it is not recorded.
#[must_use]
pub fn kept() -> Vec<Property> {
    watch::traceparent()
        .map(|value| Property {
            key: TRACEPARENT.to_owned(),
            value,
        })
        .into_iter()
        .collect()
}

/// The trace that a stored message belongs to.
#[must_use]
pub fn of(request: &SendMessageRequest) -> Option<TraceContext> {
    request.property(TRACEPARENT).and_then(TraceContext::parse)
}

/// How a message was turned away, in a word for the numbers.
#[must_use]
pub const fn word(rejection: &Rejection) -> &'static str {
    match rejection {
        Rejection::Faulted(_) => "faulted",
        Rejection::Refused(_) => "refused",
    }
}

/// Tells the numbers what became of a message, and the trace also which one it was.
pub fn message(
    operation: Operation,
    word: &'static str,
    label: Option<RefusalLabel>,
    id: Option<&MessageId>,
) {
    let label = label.map_or("", |label| label.as_str());
    watch::count(Family::Messages, &[operation.as_str(), word, label]);
    if let Some(id) = id {
        watch::note("qaqpa.message", id.as_str());
    }
    watch::note("qaqpa.operation", operation.as_str());
    match word {
        "faulted" | "refused" => watch::failed(format!("{word}: {label}")),
        _ => watch::note("qaqpa.outcome", word),
    }
}

/// Tells the numbers what came of one attempt to deliver.
pub(crate) fn delivery(message: &OutgoingMessage, outcome: &'static str, took: Duration) {
    let to = kind_of(&message.destination);
    watch::count(Family::Deliveries, &[to, outcome]);
    watch::observe(Family::DeliverySeconds, &[to], took);
}

/// The kind of a destination: an actor's, of whatever region; or `system`, of which there may be any number.
fn kind_of(destination: &str) -> &'static str {
    ActorName::parse(destination).map_or("system", |name| name.actor().name())
}

/// Has the hall tell of this store: its transactions, its outbox, whether it takes a write.
pub fn store(hall: &Hall, store: &Store) {
    count_writes(hall.watch(), store);
    let (clock, kept) = (hall.start().clock.clone(), store.clone());
    hall.watch().collect(move |metrics| {
        let (clock, store) = (clock.clone(), kept.clone());
        async move { outbox(&metrics, &store, &clock).await }
    });
    check_store(hall.health(), store, &hall.start().clock);
}

/// Tells of the outbox; where the store does not answer, that nobody knows.
async fn outbox(metrics: &Metrics, store: &Store, clock: &Clock) {
    let mut unknown = Unknown {
        metrics,
        is_known: false,
    };
    match store.outbox_depth().await {
        Ok(depths) => {
            unknown.is_known = true;
            for depth in depths {
                let state = [depth.state.as_str()];
                let entries = u32::try_from(depth.entries).unwrap_or(u32::MAX);
                metrics.set(Family::OutboxEntries, &state, f64::from(entries));
                let age = depth.oldest.map_or(0.0, |since| age(clock.now(), since));
                metrics.set(Family::OutboxOldestSeconds, &state, age);
            }
        }
        Err(error) => {
            tracing::warn!(%error, "the outbox cannot be counted");
            metrics.add(Family::CollectionsCut, &[], 1);
        }
    }
}

/// Makes the numbers of the outbox unknown when it goes without them, also where a reading is cut short: the last ones
/// would look as if they were of now, and an alarm on them would stay silent just when the store is gone.
struct Unknown<'m> {
    metrics: &'m Metrics,
    is_known: bool,
}

impl Drop for Unknown<'_> {
    fn drop(&mut self) {
        if self.is_known {
            return;
        }
        for state in OutboxState::ALL
            .into_iter()
            .filter(|state| *state != OutboxState::Done)
        {
            for family in [Family::OutboxEntries, Family::OutboxOldestSeconds] {
                self.metrics.set(family, &[state.as_str()], f64::NAN);
            }
        }
    }
}

fn age(now: Moment, since: Moment) -> f64 {
    now.since(since).as_secs_f64()
}

/// Counts the transactions of a store.
fn count_writes(watch: &Watch, store: &Store) {
    let metrics = watch.metrics().clone();
    store.watched_by(move |written, took| {
        metrics.add(Family::StoreWrites, &[written.as_str()], 1);
        metrics.observe(Family::StoreWriteSeconds, &[], took.as_secs_f64());
    });
}

fn check_store(health: &Health, store: &Store, clock: &Clock) {
    let (store, clock) = (store.clone(), clock.clone());
    health.check(
        "store",
        "make room on the disk of the data folder, or start the database's server",
        move || {
            let (store, clock) = (store.clone(), clock.clone());
            async move {
                store
                    .probe(clock.now())
                    .await
                    .map_err(|error| error.to_string())
            }
        },
    );
}

/// Ready is who knows the certificates of the others, and has a key of his own.
pub fn trust(hall: &Hall, keys: &SystemKeys) {
    let keys = keys.clone();
    hall.health().check(
        "trust",
        "wait until the authority has made the certificates (`qaqpa doctor` tells whether it is up)",
        move || {
            let keys = keys.clone();
            async move {
                let systems = keys.current().await.map_err(|error| error.to_string())?;
                let needed = [Actor::Gateway];
                for actor in needed {
                    let known = systems
                        .known
                        .iter()
                        .any(|system| system.sender_id.as_str() == actor.name());
                    if !known {
                        return Err(format!("the certificate of {actor} is not known"));
                    }
                }
                Ok(())
            }
        },
    );
}

#[cfg(test)]
mod tests {
    use qaqpa_store::StoreConfig;

    use super::*;

    #[tokio::test]
    async fn numbers_of_an_outbox_that_cannot_be_read_are_unknown_and_not_those_of_before() {
        let dir = tempfile::tempdir().unwrap();
        let config = StoreConfig::in_folder(dir.path().to_owned());
        let store = Store::open(&config, Actor::Gateway).await.unwrap();
        let (metrics, clock) = (Metrics::default(), Clock::real());
        outbox(&metrics, &store, &clock).await;
        let told = metrics.text();
        assert!(
            told.contains("qaqpa_outbox_entries{state=\"pending\"} 0\n"),
            "{told}"
        );
        assert!(told.contains("qaqpa_collections_cut_total 0\n"), "{told}");
        store.close().await;
        outbox(&metrics, &store, &clock).await;
        let told = metrics.text();
        for state in ["behind", "pending", "held", "parked"] {
            for family in ["qaqpa_outbox_entries", "qaqpa_outbox_oldest_seconds"] {
                let line = format!("{family}{{state=\"{state}\"}} NaN\n");
                assert!(told.contains(&line), "{line}: {told}");
            }
        }
        assert!(told.contains("qaqpa_collections_cut_total 1\n"), "{told}");
    }
}
