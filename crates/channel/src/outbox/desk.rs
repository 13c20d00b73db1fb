//! The desk between those who put entries into the outbox and the worker who delivers them: what there is a place for goes
//! into his hands at once, the rest waits its turn in the store.
//!
//! An entry never goes before another of its lane that waits in the store: once one has had to wait, all that come after
//! it wait, until a claim has found that nothing is left.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use qaqpa_store::{Claimed, ClaimedNow, Handover};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::OutboxBell;
use super::lanes::{Ended, Lanes, Rooms, is_systems};

/// The desk of one worker.
#[derive(Debug)]
pub(super) struct Desk {
    state: Mutex<State>,
    hands: mpsc::UnboundedSender<Claimed>,
    bell: OutboxBell,
    lease: Duration,
}

#[derive(Debug)]
struct State {
    lanes: Lanes,
    /// Whether entries of any lane may wait in the store: at the start, and after one could not be looked at.
    all_behind: bool,
    /// Lanes of which entries may wait in the store.
    behind: BTreeSet<String>,
    is_open: bool,
}

impl Desk {
    /// A desk, and where what is put on it comes out. Until the first claim everything waits in the store.
    pub(super) fn new(
        lanes: Lanes,
        bell: OutboxBell,
        lease: Duration,
    ) -> (Arc<Self>, mpsc::UnboundedReceiver<Claimed>) {
        let (hands, handed) = mpsc::unbounded_channel();
        let desk = Self {
            state: Mutex::new(State {
                lanes,
                all_behind: true,
                behind: BTreeSet::new(),
                is_open: true,
            }),
            hands,
            bell,
            lease,
        };
        (Arc::new(desk), handed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing more is put on it.
    pub(super) fn close(&self) {
        self.state().is_open = false;
    }

    /// How much may be claimed now, and of which lanes not.
    pub(super) fn wish(&self, now: Instant) -> Wish {
        let mut state = self.state();
        // What comes while the store is asked waits there: else it would take the places that are asked for.
        state.all_behind = true;
        Wish {
            rooms: state.lanes.rooms(),
            slow_lanes: state.lanes.slow(),
            closed: state.lanes.closed(now),
        }
    }

    /// What was claimed is under way. True where more may be due than there was room for.
    pub(super) fn claimed(&self, claimed: &ClaimedNow, wish: &Wish) -> bool {
        let mut state = self.state();
        let lanes: Vec<String> = claimed
            .entries
            .iter()
            .map(|one| one.message.lane())
            .collect();
        for lane in &lanes {
            state.lanes.begun(lane);
        }
        let behind = state.lanes.full();
        let is_more = claimed.contended || wish.rooms.have_any_full(&lanes, &wish.slow_lanes);
        state.all_behind = is_more;
        state.behind = behind;
        is_more || !state.behind.is_empty()
    }

    /// Nobody could say what is due.
    pub(super) fn in_the_dark(&self) {
        self.state().all_behind = true;
    }

    /// A delivery has ended. True where another may have waited for its place.
    pub(super) fn ended(&self, lane: &str, ended: Ended, now: Instant) -> bool {
        let mut state = self.state();
        state.lanes.ended(lane, ended, now);
        state.all_behind || !state.behind.is_empty()
    }

    /// When the next lane opens again.
    pub(super) fn opens(&self, now: Instant) -> Option<Duration> {
        self.state().lanes.opens(now)
    }
}

/// What a claim asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) rooms: Rooms,
    pub(super) slow_lanes: Vec<String>,
    pub(super) closed: Vec<String>,
}

impl Handover for Desk {
    fn hand(&self, claimed: Claimed) {
        // Where the worker has gone, the entry's lease ends by itself.
        let _ = self.hands.send(claimed);
    }

    fn release(&self, lane: &str) {
        let is_waited_for = self.ended(lane, Ended::BrokeOff, Instant::now());
        if is_waited_for {
            self.bell.ring();
        }
    }

    fn reserve(&self, lane: &str) -> Option<Duration> {
        // Endpoints of systems are claimed for: how many of theirs are under way counts over all processes.
        if is_systems(lane) {
            return None;
        }
        let mut state = self.state();
        if !state.is_open || state.all_behind || state.behind.contains(lane) {
            return None;
        }
        if !state.lanes.takes(lane, Instant::now()) {
            state.behind.insert(lane.to_owned());
            return None;
        }
        state.lanes.begun(lane);
        Some(self.lease)
    }

    fn ring(&self) {
        self.bell.ring();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LaneLimits;

    const LEASE: Duration = Duration::from_secs(90);
    const QUICK: Ended = Ended::Answered(Duration::from_millis(1));

    fn desk() -> Arc<Desk> {
        let limits = LaneLimits {
            all: 3,
            actor: 2,
            ..LaneLimits::default()
        };
        Desk::new(Lanes::new(limits), OutboxBell::new(), LEASE).0
    }

    /// A claim that finds nothing.
    fn look(desk: &Desk) -> bool {
        let wish = desk.wish(Instant::now());
        desk.claimed(&ClaimedNow::default(), &wish)
    }

    #[test]
    fn nothing_is_taken_on_before_a_claim_has_found_that_nothing_waits() {
        let desk = desk();
        assert_eq!(desk.reserve("portal"), None);
        let wish = desk.wish(Instant::now());
        assert_eq!(desk.reserve("portal"), None, "beside a claim");
        assert!(!desk.claimed(&ClaimedNow::default(), &wish));
        assert_eq!(desk.reserve("portal"), Some(LEASE));
        desk.in_the_dark();
        assert_eq!(desk.reserve("portal"), None, "the store could not say");
    }

    #[test]
    fn an_actor_has_its_places_and_all_together_theirs_and_systems_are_claimed_for() {
        let desk = desk();
        look(&desk);
        let places = ["portal", "portal", "gateway"].map(|lane| desk.reserve(lane));
        assert_eq!(places, [Some(LEASE); 3]);
        assert_eq!(desk.reserve("regional-gateway"), None);
        let desk = self::desk();
        look(&desk);
        assert_eq!(desk.reserve("/X"), None);
        // Nobody looks for what is held until it is fetched.
        assert_eq!(desk.reserve("portal"), Some(LEASE));
        assert!(!desk.ended("portal", QUICK, Instant::now()));
    }

    #[test]
    fn once_one_has_to_wait_those_after_it_wait_until_a_claim_finds_no_more() {
        let desk = desk();
        look(&desk);
        let places = [(); 3].map(|()| desk.reserve("portal"));
        assert_eq!(places, [Some(LEASE), Some(LEASE), None]);
        // A place is free: it is the waiting one's.
        assert!(desk.ended("portal", QUICK, Instant::now()));
        assert_eq!(desk.reserve("portal"), None);
        assert_eq!(desk.reserve("gateway"), Some(LEASE), "another lane");
        assert!(!look(&desk));
        assert_eq!(desk.reserve("portal"), Some(LEASE));
    }

    #[test]
    fn a_claim_of_a_full_lane_has_not_seen_what_waits_there() {
        let desk = desk();
        look(&desk);
        let places = [(); 2].map(|()| desk.reserve("portal"));
        assert_eq!(places, [Some(LEASE); 2]);
        assert!(look(&desk));
        assert!(desk.ended("portal", QUICK, Instant::now()));
        assert_eq!(desk.reserve("portal"), None);
        assert!(!look(&desk));
        assert_eq!(desk.reserve("portal"), Some(LEASE));
    }

    #[test]
    fn a_place_that_was_not_needed_is_free_again_and_a_closed_desk_takes_nothing() {
        let desk = desk();
        look(&desk);
        for _ in 0..9 {
            assert_eq!(desk.reserve("portal"), Some(LEASE));
            desk.release("portal");
        }
        desk.close();
        assert_eq!(desk.reserve("portal"), None);
    }
}
