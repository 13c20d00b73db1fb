//! Lanes: how many deliveries may be under way, and which endpoints are left alone for a while.
//!
//! Whoever answers slowly, or never, must not hold up the others: of each endpoint only a few deliveries are under way at
//! once; those whose last delivery took long, whatever came of it, have a few places of their own together and none of
//! the others'; and after one that took long and came to nothing the endpoint is left alone for a while, longer each
//! time. A quick failure costs nobody else anything: the entry's own wait is enough.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use qaqpa_store::Room;
use tokio::time::Instant;

/// How many deliveries may be under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LaneLimits {
    /// To all actors together, and once more as many to all endpoints of information systems.
    pub all: u32,
    /// To one actor.
    pub actor: u32,
    /// To one endpoint of an information system.
    pub system: u32,
    /// To all slow endpoints of information systems together, beside the others.
    pub slow_all: u32,
    /// An endpoint is slow when a delivery to it took so long; a failure that did is one of an endpoint that does not
    /// answer.
    pub slow: Duration,
    /// How long such an endpoint is left alone the first time; each failure doubles it.
    pub pause: Duration,
    /// The longest that it is left alone.
    pub pause_max: Duration,
}

impl Default for LaneLimits {
    fn default() -> Self {
        Self {
            all: 32,
            actor: 8,
            system: 2,
            slow_all: 8,
            slow: Duration::from_secs(2),
            pause: Duration::from_secs(1),
            pause_max: Duration::from_secs(60),
        }
    }
}

/// What came of a delivery, as the lane sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// Something answered, after this time.
    Answered(Duration),
    /// Nobody can say: it broke off.
    BrokeOff,
    /// Nothing came of it, after this time.
    Failed(Duration),
}

/// How many more deliveries may be begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rooms {
    pub(super) actors: Room,
    /// Of the endpoints of systems that are not slow.
    pub(super) systems: Room,
    /// Of those that are.
    pub(super) slow: Room,
}

impl Rooms {
    pub(super) const fn are_full(&self) -> bool {
        self.actors.all == 0 && self.systems.all == 0 && self.slow.all == 0
    }

    /// Whether one of the rooms may have had no place for what else is due, after these were claimed.
    pub(super) fn have_any_full(&self, claimed: &[String], slow: &[String]) -> bool {
        let (mut actors, mut systems, mut slowly) = (0, 0, 0);
        for lane in claimed {
            if !is_systems(lane) {
                actors += 1;
            } else if slow.contains(lane) {
                slowly += 1;
            } else {
                systems += 1;
            }
        }
        actors >= self.actors.all || systems >= self.systems.all || slowly >= self.slow.all
    }
}

/// The lanes of one worker.
#[derive(Debug)]
pub(super) struct Lanes {
    limits: LaneLimits,
    under_way: BTreeMap<String, u32>,
    /// Endpoints of systems whose last delivery took long.
    slow: BTreeSet<String>,
    /// Endpoints that did not answer.
    silent: BTreeMap<String, Silent>,
}

/// An endpoint that did not answer.
#[derive(Clone, Copy, Debug)]
struct Silent {
    until: Instant,
    pause: Duration,
}

impl Lanes {
    pub(super) const fn new(limits: LaneLimits) -> Self {
        Self {
            limits,
            under_way: BTreeMap::new(),
            slow: BTreeSet::new(),
            silent: BTreeMap::new(),
        }
    }

    /// How many more deliveries may be begun.
    pub(super) fn rooms(&self) -> Rooms {
        let (mut actors, mut systems, mut slow) = (0, 0, 0);
        for (lane, count) in &self.under_way {
            if !is_systems(lane) {
                actors += count;
            } else if self.slow.contains(lane) {
                slow += count;
            } else {
                systems += count;
            }
        }
        let of = |all: u32, taken, each| Room {
            all: all.saturating_sub(taken),
            each,
        };
        let LaneLimits { all, system, .. } = self.limits;
        Rooms {
            actors: of(all, actors, self.limits.actor),
            systems: of(all, systems, system),
            slow: of(self.limits.slow_all, slow, system),
        }
    }

    /// The lanes of slow endpoints.
    pub(super) fn slow(&self) -> Vec<String> {
        self.slow.iter().cloned().collect()
    }

    /// The lanes that take nothing now: those that are left alone, and those of silent endpoints to which one delivery is
    /// under way, to see whether they answer again.
    pub(super) fn closed(&self, now: Instant) -> Vec<String> {
        self.silent
            .iter()
            .filter(|(lane, silent)| silent.until > now || self.under_way.contains_key(*lane))
            .map(|(lane, _)| lane.clone())
            .collect()
    }

    /// Whether an actor takes one more delivery at once.
    pub(super) fn takes(&self, lane: &str, now: Instant) -> bool {
        let silent = self.silent.get(lane);
        silent.is_none_or(|silent| silent.until <= now && !self.under_way.contains_key(lane))
            && self.rooms().actors.all > 0
            && self
                .under_way
                .get(lane)
                .is_none_or(|count| *count < self.limits.actor)
    }

    /// The lanes that have as many deliveries under way as they may: more may wait for them.
    pub(super) fn full(&self) -> BTreeSet<String> {
        let of = |lane: &str| match is_systems(lane) {
            true => self.limits.system,
            false => self.limits.actor,
        };
        let full = self.under_way.iter();
        full.filter(|(lane, count)| **count >= of(lane))
            .map(|(lane, _)| lane.clone())
            .collect()
    }

    /// When the next lane opens again.
    pub(super) fn opens(&self, now: Instant) -> Option<Duration> {
        let closed = self.silent.values().map(|silent| silent.until);
        closed
            .filter(|until| *until > now)
            .min()
            .map(|until| until - now)
    }

    pub(super) fn begun(&mut self, lane: &str) {
        *self.under_way.entry(lane.to_owned()).or_default() += 1;
    }

    pub(super) fn ended(&mut self, lane: &str, ended: Ended, now: Instant) {
        if let Some(count) = self.under_way.get_mut(lane) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.under_way.remove(lane);
            }
        }
        let took = match ended {
            Ended::Answered(took) | Ended::Failed(took) => took,
            Ended::BrokeOff => return,
        };
        let is_slow = took >= self.limits.slow;
        if is_slow && is_systems(lane) {
            self.slow.insert(lane.to_owned());
        } else {
            self.slow.remove(lane);
        }
        if is_slow && matches!(ended, Ended::Failed(_)) {
            self.leave_alone(lane, now);
        } else if self.silent.remove(lane).is_some() {
            tracing::info!(lane, "an endpoint answers again");
        }
    }

    fn leave_alone(&mut self, lane: &str, now: Instant) {
        let pause = match self.silent.get(lane) {
            // Those that were under way together count once.
            Some(silent) if silent.until > now => return,
            Some(silent) => (silent.pause * 2).min(self.limits.pause_max),
            None => self.limits.pause,
        };
        tracing::warn!(
            lane,
            ?pause,
            "an endpoint does not answer and is left alone for a while"
        );
        let until = now + pause;
        self.silent.insert(lane.to_owned(), Silent { until, pause });
    }
}

/// Whether it is the lane of an endpoint of an information system.
pub(super) fn is_systems(lane: &str) -> bool {
    lane.starts_with('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT: Ended = Ended::Failed(Duration::from_secs(10));
    const QUICK: Ended = Ended::Answered(Duration::from_millis(10));
    const SLOW: Ended = Ended::Answered(Duration::from_secs(10));

    #[test]
    fn actors_and_systems_have_rooms_of_their_own() {
        let mut lanes = Lanes::new(LaneLimits {
            all: 3,
            ..LaneLimits::default()
        });
        for _ in 0..3 {
            lanes.begun("/slow");
        }
        let Rooms {
            actors, systems, ..
        } = lanes.rooms();
        assert_eq!((actors.all, actors.each), (3, 8));
        assert_eq!((systems.all, systems.each), (0, 2));
        lanes.ended("/slow", QUICK, Instant::now());
        assert_eq!(lanes.rooms().systems.all, 1);
    }

    #[test]
    fn slow_endpoints_have_places_of_their_own_whether_they_answer_or_not_until_they_are_quick() {
        let mut lanes = Lanes::new(LaneLimits::default());
        let rooms = |lanes: &Lanes| {
            let rooms = lanes.rooms();
            (rooms.actors.all, rooms.systems.all, rooms.slow.all)
        };
        for lane in ["/a", "/a", "/b", "portal"] {
            lanes.begun(lane);
        }
        assert_eq!(rooms(&lanes), (31, 29, 8));
        let now = Instant::now();
        lanes.ended("/a", SLOW, now);
        assert_eq!(
            (rooms(&lanes), lanes.slow()),
            ((31, 31, 7), vec!["/a".to_owned()])
        );
        lanes.ended("/b", SILENT, now);
        lanes.ended("portal", SLOW, now);
        assert_eq!(rooms(&lanes), (32, 32, 7));
        assert_eq!(lanes.slow(), ["/a", "/b"], "an actor has its own room");
        assert_eq!(lanes.closed(now), ["/b"]);
        lanes.ended("/a", QUICK, now);
        assert_eq!((rooms(&lanes), lanes.slow().len()), ((32, 32, 8), 1));
        // What broke off says nothing about the endpoint.
        lanes.begun("/b");
        lanes.ended("/b", Ended::BrokeOff, now);
        assert_eq!((rooms(&lanes), lanes.slow().len()), ((32, 32, 8), 1));
    }

    #[test]
    fn a_silent_endpoint_is_left_alone_longer_each_time_until_it_answers() {
        let mut lanes = Lanes::new(LaneLimits::default());
        let begun = Instant::now();
        let at = |seconds| begun + Duration::from_secs(seconds);
        let closed = |lanes: &Lanes, seconds| !lanes.closed(at(seconds)).is_empty();
        lanes.begun("/x");
        lanes.begun("/x");
        lanes.ended("/x", SILENT, at(10));
        lanes.ended("/x", SILENT, at(10));
        assert_eq!(lanes.opens(at(10)), Some(Duration::from_secs(1)));
        assert!(closed(&lanes, 10) && !closed(&lanes, 11));
        // One goes to see; while it is under way no other does.
        lanes.begun("/x");
        assert!(closed(&lanes, 12));
        lanes.ended("/x", SILENT, at(21));
        assert!(closed(&lanes, 22) && !closed(&lanes, 23));
        lanes.begun("/x");
        lanes.ended("/x", QUICK, at(24));
        assert!(!closed(&lanes, 24));
        // A quick failure closes nothing.
        lanes.begun("/x");
        lanes.ended("/x", Ended::Failed(Duration::from_millis(3)), at(25));
        assert!(!closed(&lanes, 25));
    }
}
