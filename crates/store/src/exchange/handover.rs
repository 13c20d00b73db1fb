//! Entries that go from the transaction that puts them in straight into the hands of who delivers them.
//!
//! Without it each entry is put in by one transaction and claimed by another, which reads back what was in memory a moment
//! before. An entry that is handed over is stored as claimed: a process that is killed before it has delivered it leaves
//! a lease, as with any other.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::Claimed;

/// Who takes entries on as they are put in: the worker of this process.
pub trait Handover: fmt::Debug + Send + Sync {
    /// Takes one: it is stored as claimed by this process, and [`reserve`](Self::reserve) has promised it a place.
    fn hand(&self, claimed: Claimed);

    /// The place that was promised is not needed.
    fn release(&self, lane: &str);

    /// Promises a place to one entry of this lane, and says how long its lease is to last; `None` where it must wait its
    /// turn in the store.
    fn reserve(&self, lane: &str) -> Option<Duration>;

    /// There is a new entry that waits its turn.
    fn ring(&self);
}

/// Longer bodies wait in the store, not in memory.
pub(super) const BODY_MAX: usize = 64 * 1024;

/// Who takes entries on in this process, if anybody does.
#[derive(Debug, Default)]
pub(crate) struct Taker(RwLock<Option<Arc<dyn Handover>>>);

impl Taker {
    pub(crate) fn set(&self, taker: Option<Arc<dyn Handover>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = taker;
    }

    pub(super) fn now(&self) -> Option<Arc<dyn Handover>> {
        let taker = self.0.read().unwrap_or_else(PoisonError::into_inner);
        taker.clone()
    }
}

/// A place that was promised; given back where nothing comes of it.
#[derive(Debug)]
pub(super) struct Place {
    taker: Arc<dyn Handover>,
    lane: String,
    pub(super) lease: Duration,
    is_used: bool,
}

impl Place {
    /// A place for an entry of this lane, where there is one.
    pub(super) fn of(taker: &Arc<dyn Handover>, lane: String) -> Option<Self> {
        let lease = taker.reserve(&lane)?;
        Some(Self {
            taker: Arc::clone(taker),
            lane,
            lease,
            is_used: false,
        })
    }

    /// Hands the entry over that the place is for.
    pub(super) fn hand(mut self, claimed: Claimed) {
        self.is_used = true;
        self.taker.hand(claimed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.is_used {
            self.taker.release(&self.lane);
        }
    }
}

/// A place that whoever comes first takes.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<Place>>);

impl Kept {
    pub(super) const fn new(place: Option<Place>) -> Self {
        Self(Mutex::new(place))
    }

    pub(super) fn take(&self) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
