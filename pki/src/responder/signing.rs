//! Who signs OCSP answers: as many threads at once as there are processors, each one answer after the other.
//!
//! A signature takes half a millisecond, and to hand it to another thread a tenth of that. So whoever finds a place free
//! signs on its own thread, whose other work another takes over; who finds none leaves the work to those that sign, who
//! take it up without waking anybody.

use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::sync::oneshot;

use crate::PkiError;

/// The places. Clones share them.
#[derive(Clone)]
pub(crate) struct Places(Arc<Mutex<State>>);

struct State {
    free: usize,
    waiting: VecDeque<Work>,
}

type Work = Box<dyn FnOnce() + Send>;

impl Places {
    /// One for each processor.
    pub(crate) fn new() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self::of(processors)
    }

    fn of(free: usize) -> Self {
        Self(Arc::new(Mutex::new(State {
            free,
            waiting: VecDeque::new(),
        })))
    }

    /// Does work in its turn: it begins when a place is free, and not before.
    ///
    /// # Errors
    /// What the work says; [`PkiError::Task`] where it panicked.
    pub(crate) async fn signing<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PkiError> + Send + 'static,
    ) -> Result<T, PkiError> {
        let (tell, told) = oneshot::channel();
        let work: Work = Box::new(move || {
            // Who asked may have gone away while it waited.
            if !tell.is_closed() {
                tell.send(work()).ok();
            }
        });
        if let Some(work) = self.take_place_or_wait(work) {
            match Handle::current().runtime_flavor() {
                // Nobody could take this thread's other work over.
                RuntimeFlavor::CurrentThread => drop(tokio::task::spawn_blocking({
                    let places = self.clone();
                    move || places.work(work)
                })),
                _ => {
                    tokio::task::block_in_place(|| done(work));
                    self.hand_over();
                }
            }
        }
        told.await.map_err(|_| PkiError::Task)?
    }

    /// The work again where there is a place for it, which is taken now.
    fn take_place_or_wait(&self, work: Work) -> Option<Work> {
        let mut state = self.state();
        match state.free.checked_sub(1) {
            Some(left) => {
                state.free = left;
                Some(work)
            }
            None => {
                state.waiting.push_back(work);
                None
            }
        }
    }

    /// Gives a place to those who wait, or back.
    fn hand_over(&self) {
        if let Some(next) = self.next_or_leave() {
            let places = self.clone();
            tokio::spawn(async move {
                tokio::task::block_in_place(|| places.work(next));
            });
        }
    }

    /// Works in a place until nobody waits any more.
    fn work(&self, first: Work) {
        done(first);
        while let Some(next) = self.next_or_leave() {
            done(next);
        }
    }

    /// The next who waits; where there is none, the place is free from now on.
    fn next_or_leave(&self) -> Option<Work> {
        let mut state = self.state();
        let next = state.waiting.pop_front();
        if next.is_none() {
            state.free += 1;
        }
        next
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whoever waits for work that panics is told so by its silence; the place stays.
fn done(work: Work) {
    catch_unwind(AssertUnwindSafe(work)).ok();
}

impl std::fmt::Debug for Places {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = self.state();
        f.debug_struct("Places")
            .field("free", &state.free)
            .field("waiting", &state.waiting.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use tokio::task::JoinSet;

    use super::*;

    /// Asks for fifty works at once; how many were under way together at most.
    async fn at_once(places: &Places) -> usize {
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut asked = JoinSet::new();
        for number in 0..50 {
            let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
            let places = places.clone();
            asked.spawn(async move {
                let work = move || {
                    let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(1));
                    under_way.fetch_sub(1, Ordering::SeqCst);
                    Ok(number)
                };
                assert_eq!(places.signing(work).await.unwrap(), number);
            });
        }
        while let Some(done) = asked.join_next().await {
            done.unwrap();
        }
        most.load(Ordering::SeqCst)
    }

    /// An answer may be told of a moment before its place is given back.
    async fn all_are_free(places: &Places, free: usize) {
        let given_back = async {
            while places.state().free < free {
                tokio::task::yield_now().await;
            }
        };
        let patience = Duration::from_secs(10);
        assert!(tokio::time::timeout(patience, given_back).await.is_ok());
        let said = format!("Places {{ free: {free}, waiting: 0 }}");
        assert_eq!(format!("{places:?}"), said);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn all_that_is_asked_for_is_done_and_never_more_at_once_than_there_are_places() {
        for free in [1, 2, 3] {
            let places = Places::of(free);
            assert!(at_once(&places).await <= free);
            all_are_free(&places, free).await;
        }
    }

    #[tokio::test]
    async fn a_runtime_of_one_thread_signs_too() {
        let places = Places::of(2);
        assert!(at_once(&places).await <= 2);
        all_are_free(&places, 2).await;
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn work_that_panics_and_askers_who_go_away_cost_no_place() {
        let places = Places::of(1);
        let panics = || -> Result<(), PkiError> { panic!("on purpose") };
        assert!(matches!(places.signing(panics).await, Err(PkiError::Task)));
        let asked = places.clone();
        let slow = tokio::spawn(async move {
            let work = || {
                std::thread::sleep(Duration::from_millis(100));
                Ok(())
            };
            asked.signing(work).await
        });
        while places.state().free > 0 {
            tokio::task::yield_now().await;
        }
        let never = || -> Result<(), PkiError> { panic!("nobody asks any more") };
        let never = places.signing(never);
        let gone = tokio::time::timeout(Duration::from_millis(10), never);
        assert!(gone.await.is_err());
        assert!(slow.await.unwrap().is_ok());
        assert_eq!(places.signing(|| Ok(7)).await.unwrap(), 7);
        all_are_free(&places, 1).await;
    }
}
