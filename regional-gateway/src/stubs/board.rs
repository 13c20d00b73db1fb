//! Which stubs there are, how often each answered, and which applications none of them answered.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use qaqpa_model::{MessageId, Moment, ServiceAtAct};

use super::error::StubError;
use super::rule::{Asked, Difference, Stub};

/// Stubs at once: each application is held against all of them.
const STUBS_MAX: usize = 1000;

/// Applications that no stub answered, and stubs that are told for each.
const MISSES_MAX: usize = 100;
const NEAREST_MAX: usize = 3;

/// A stub that is set, with its count.
#[derive(Debug)]
pub(crate) struct Armed {
    pub(crate) stub: Stub,
    /// Its place in the order of adding.
    place: u64,
    answered: AtomicU64,
}

/// An application that no stub answered, and in what it missed the nearest.
#[derive(Clone, Debug)]
pub(crate) struct Miss {
    pub(crate) message: MessageId,
    pub(crate) service: ServiceAtAct,
    pub(crate) at: Moment,
    /// The nearest first; a stub without differences had answered as often as it may.
    pub(crate) nearest: Vec<(String, Vec<Difference>)>,
}

/// The stubs of one regional gateway.
#[derive(Debug, Default)]
pub(crate) struct Board {
    /// The first that answers does.
    armed: RwLock<Arc<Vec<Arc<Armed>>>>,
    places: AtomicU64,
    misses: Mutex<VecDeque<Miss>>,
}

impl Armed {
    /// How many applications it answered.
    pub(crate) fn answered(&self) -> u64 {
        self.answered.load(Ordering::Relaxed)
    }

    /// Counts an answer; false where it has answered as often as it may.
    fn take(&self) -> bool {
        let Some(times) = self.stub.times else {
            self.answered.fetch_add(1, Ordering::Relaxed);
            return true;
        };
        self.answered
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |answered| {
                (answered < times).then_some(answered + 1)
            })
            .is_ok()
    }

    /// Takes an answer back that was not given after all.
    pub(crate) fn give_back(&self) {
        // Nought where the counts were forgotten meanwhile.
        self.answered
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |answered| {
                answered.checked_sub(1)
            })
            .ok();
    }
}

impl Board {
    /// Every stub, in the order in which they are asked.
    pub(crate) fn all(&self) -> Arc<Vec<Arc<Armed>>> {
        Arc::clone(&self.armed.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The same stubs on a board of its own, to be changed and kept before anybody is answered by it.
    pub(crate) fn draft(&self) -> Self {
        Self {
            armed: RwLock::new(self.all()),
            places: AtomicU64::new(self.places.load(Ordering::Relaxed)),
            misses: Mutex::default(),
        }
    }

    /// Takes over what a draft of this board came to.
    pub(crate) fn take_over(&self, draft: &Self) {
        self.places
            .fetch_max(draft.places.load(Ordering::Relaxed), Ordering::Relaxed);
        *self.armed.write().unwrap_or_else(PoisonError::into_inner) = draft.all();
    }

    /// A name for a stub that has none.
    pub(crate) fn next_name(&self) -> String {
        let all = self.all();
        let free = |name: &String| !all.iter().any(|armed| armed.stub.id == *name);
        let names = (1_u64..).map(|number| format!("stub-{number}"));
        // There is one: there are at most STUBS_MAX others.
        names.take(STUBS_MAX + 1).find(free).unwrap_or_default()
    }

    /// Adds a stub.
    ///
    /// # Errors
    /// [`StubError::IdTaken`], [`StubError::Many`].
    pub(crate) fn add(&self, stub: Stub) -> Result<Arc<Armed>, StubError> {
        let mut armed = self.armed.write().unwrap_or_else(PoisonError::into_inner);
        if armed.iter().any(|there| there.stub.id == stub.id) {
            return Err(StubError::IdTaken { id: stub.id });
        }
        if armed.len() >= STUBS_MAX {
            return Err(StubError::Many { max: STUBS_MAX });
        }
        let new = self.arm(stub);
        let mut all = Vec::clone(&armed);
        all.push(Arc::clone(&new));
        *armed = Arc::new(ordered(all));
        Ok(new)
    }

    /// Sets exactly these; one that is there already, unchanged, keeps its count.
    ///
    /// # Errors
    /// [`StubError::IdTaken`], [`StubError::Many`].
    pub(crate) fn replace(&self, stubs: Vec<Stub>) -> Result<(), StubError> {
        if stubs.len() > STUBS_MAX {
            return Err(StubError::Many { max: STUBS_MAX });
        }
        let mut ids: Vec<&str> = stubs.iter().map(|stub| stub.id.as_str()).collect();
        ids.sort_unstable();
        if let Some(twice) = ids.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(StubError::IdTaken {
                id: twice[0].to_owned(),
            });
        }
        let mut armed = self.armed.write().unwrap_or_else(PoisonError::into_inner);
        let all = stubs.into_iter().map(|stub| {
            let new = self.arm(stub);
            if let Some(old) = armed.iter().find(|old| old.stub == new.stub) {
                new.answered.store(old.answered(), Ordering::Relaxed);
            }
            new
        });
        *armed = Arc::new(ordered(all.collect()));
        Ok(())
    }

    /// Removes a stub; whether it was there.
    pub(crate) fn remove(&self, id: &str) -> bool {
        let mut armed = self.armed.write().unwrap_or_else(PoisonError::into_inner);
        let mut all = Vec::clone(&armed);
        all.retain(|there| there.stub.id != id);
        let was_there = all.len() < armed.len();
        *armed = Arc::new(all);
        was_there
    }

    /// Forgets the counts and the misses.
    pub(crate) fn forget(&self) {
        for armed in self.all().iter() {
            armed.answered.store(0, Ordering::Relaxed);
        }
        self.misses().clear();
    }

    /// Sets the counts of those that are there, as they were told before.
    pub(crate) fn have_answered(&self, counts: &BTreeMap<String, u64>) {
        for armed in self.all().iter() {
            if let Some(count) = counts.get(&armed.stub.id) {
                armed.answered.store(*count, Ordering::Relaxed);
            }
        }
    }

    /// The stub that answers this application, counted; what none answers is remembered as a miss.
    pub(crate) fn take(
        &self,
        asked: &Asked<'_>,
        message: &MessageId,
        at: Moment,
    ) -> Option<Arc<Armed>> {
        let all = self.all();
        if all.is_empty() {
            return None;
        }
        let taken = all
            .iter()
            .find(|armed| armed.stub.answers(asked) && armed.take());
        if taken.is_none() {
            self.miss(&all, asked, message, at);
        }
        taken.cloned()
    }

    /// The latest applications that no stub answered, the newest first.
    pub(crate) fn misses(&self) -> std::sync::MutexGuard<'_, VecDeque<Miss>> {
        self.misses.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn miss(&self, all: &[Arc<Armed>], asked: &Asked<'_>, message: &MessageId, at: Moment) {
        let mut nearest: Vec<_> = all
            .iter()
            .map(|armed| (armed.stub.id.clone(), armed.stub.differences(asked)))
            .collect();
        nearest.sort_by_key(|(_, differences)| differences.len());
        nearest.truncate(NEAREST_MAX);
        let mut misses = self.misses();
        misses.truncate(MISSES_MAX - 1);
        misses.push_front(Miss {
            message: message.clone(),
            service: asked.application.service.clone(),
            at,
            nearest,
        });
    }

    fn arm(&self, stub: Stub) -> Arc<Armed> {
        Arc::new(Armed {
            stub,
            place: self.places.fetch_add(1, Ordering::Relaxed),
            answered: AtomicU64::new(0),
        })
    }
}

/// The highest priority first; of equals the one that was added last.
fn ordered(mut all: Vec<Arc<Armed>>) -> Vec<Arc<Armed>> {
    all.sort_by_key(|armed| std::cmp::Reverse((armed.stub.priority, armed.place)));
    all
}
