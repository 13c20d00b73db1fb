//! Entries that are handed over as they are put in.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use qaqpa_store::{Acceptance, Claimed, Conclusion, Handover, OutboxState};

use crate::stand::{Stand, at, incoming, message_id, outgoing};

const LEASE: Duration = Duration::from_secs(30);

/// Has so many places, and keeps what it is told.
#[derive(Debug)]
pub(crate) struct Taker {
    places: Mutex<usize>,
    told: Mutex<Vec<String>>,
    handed: Mutex<Vec<Claimed>>,
}

impl Taker {
    pub(crate) fn with_places(places: usize) -> Arc<Self> {
        Arc::new(Self {
            places: Mutex::new(places),
            told: Mutex::default(),
            handed: Mutex::default(),
        })
    }

    fn tell(&self, what: &str) {
        self.told.lock().unwrap().push(what.to_owned());
    }

    pub(crate) fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.told.lock().unwrap())
    }

    pub(crate) fn handed(&self) -> Vec<Claimed> {
        self.handed.lock().unwrap().clone()
    }
}

impl Handover for Taker {
    fn hand(&self, claimed: Claimed) {
        self.tell(&format!("hand {}", claimed.message.message_id));
        self.handed.lock().unwrap().push(claimed);
    }

    fn release(&self, lane: &str) {
        *self.places.lock().unwrap() += 1;
        self.tell(&format!("release {lane}"));
    }

    fn reserve(&self, lane: &str) -> Option<Duration> {
        let mut places = self.places.lock().unwrap();
        *places = places.checked_sub(1)?;
        self.tell(&format!("reserve {lane}"));
        Some(LEASE)
    }

    fn ring(&self) {
        self.tell("ring");
    }
}

pub(crate) async fn what_there_is_a_place_for_is_handed_over_as_claimed_and_the_rest_waits(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let taker = Taker::with_places(1);
    store.exchange().hand_to(Some(taker.clone()));
    for id in ["m1", "m2"] {
        let accepted = store.exchange().accept(incoming(id)).await;
        assert_eq!(accepted, Ok(Acceptance::Accepted));
    }
    let lane = outgoing("m1").lane();
    assert_eq!(
        taker.told(),
        [
            format!("reserve {lane}"),
            "hand m1".to_owned(),
            "ring".to_owned()
        ]
    );
    let handed = taker.handed.lock().unwrap().remove(0);
    assert_eq!((&handed.message, handed.attempt), (&outgoing("m1"), 1));
    assert_eq!((handed.queued_at, handed.damaged), (at(0), None));
    // Nobody else gets it while the lease lasts.
    let claimed = store.exchange().claim(at(0), 9, LEASE).await.unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(claimed[0].message, outgoing("m2"));
    let done = store
        .exchange()
        .complete(handed.ticket, Conclusion::at(at(1)))
        .await;
    assert_eq!(done, Ok(true));
    let entry = store.exchange().outbox_of(&message_id("m1")).await;
    let entry = entry.unwrap().unwrap();
    assert_eq!((entry.state, entry.attempts), (OutboxState::Done, 1));
}

pub(crate) async fn a_place_is_given_back_where_nothing_was_put_in_and_none_is_asked_for_after_the_end(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let accepted = store.exchange().accept(incoming("m1")).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
    let taker = Taker::with_places(1);
    store.exchange().hand_to(Some(taker.clone()));
    // Another id over the same signature: the place was taken before the store could know.
    let mut replayed = incoming("m2");
    replayed.business_signature = Some([7; 32]);
    let mut first = incoming("m3");
    first.business_signature = Some([7; 32]);
    assert_eq!(
        store.exchange().accept(first).await,
        Ok(Acceptance::Accepted)
    );
    *taker.places.lock().unwrap() = 1;
    let _ = taker.told();
    let refused = store.exchange().accept(replayed).await.unwrap();
    assert!(matches!(refused, Acceptance::Conflict(_)), "{refused:?}");
    let lane = outgoing("m2").lane();
    assert_eq!(
        taker.told(),
        [format!("reserve {lane}"), format!("release {lane}")]
    );
    store.exchange().hand_to(None);
    let accepted = store.exchange().accept(incoming("m4")).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
    assert_eq!(taker.told(), [""; 0]);
}

pub(crate) async fn what_was_handed_to_a_process_that_is_gone_is_taken_over_by_the_next(
    stand: &impl Stand,
) {
    let store = stand.open().await;
    let taker = Taker::with_places(1);
    store.exchange().hand_to(Some(taker.clone()));
    let accepted = store.exchange().accept(incoming("m1")).await;
    assert_eq!(accepted, Ok(Acceptance::Accepted));
    assert_eq!(taker.handed.lock().unwrap().len(), 1);
    assert_eq!(
        store.exchange().claim(at(0), 9, LEASE).await,
        Ok(Vec::new())
    );
    // The same process begins its outbox anew, as after a start over the same name.
    let freed = store.exchange().take_over(at(0), LEASE).await;
    assert_eq!(freed, Ok(1));
    let claimed = store.exchange().claim(at(0), 9, LEASE).await.unwrap();
    assert_eq!((claimed.len(), claimed[0].attempt), (1, 2));
}
