//! Whether an actor lives, and whether it can take work: `/health/live` and `/health/ready`, on every door.
//!
//! *Live* is who answers at all. *Ready* is who has opened all doors, does not wish to stop, and whose every check
//! passes: the store takes a write, the neighbours' certificates are known, the clock shows what the console has set. A
//! balancer sends nothing to an actor that is not ready; an actor that is not live is started again. What a check found
//! is told at the control port alone: the public is told which check it was.

use std::fmt;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::{BoxFuture, join_all};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::clock::{Clock, ClockState};
use crate::shutdown::Shutdown;
use crate::watch::{Family, Metrics};

/// How long one check may take.
const CHECK_TIME_MAX: Duration = Duration::from_secs(3);

/// How long an answer is given again: asking often must cost no store its writes.
const KEPT: Duration = Duration::from_secs(1);

/// An actor's readiness. Clones share it.
#[derive(Clone)]
pub struct Health(Arc<Inner>);

struct Inner {
    checks: Mutex<Vec<Check>>,
    kept: tokio::sync::Mutex<Option<(Instant, Vec<CheckView>)>>,
    is_open: AtomicBool,
    shutdown: Shutdown,
    metrics: Metrics,
}

#[derive(Clone)]
struct Check {
    name: &'static str,
    remedy: &'static str,
    ask: Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl fmt::Debug for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Health").finish_non_exhaustive()
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckView {
    /// Its stable name: `store`, `trust`, `clock`, `doors`.
    pub check: String,
    /// Whether it passed.
    pub ok: bool,
    /// What it found, where it did not pass and is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What to do about it, where it did not pass and is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
}

/// What `/health/ready` answers: 200, or 503 where a check did not pass.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyView {
    /// `ready` or `not-ready`.
    pub status: String,
    /// Every check.
    pub checks: Vec<CheckView>,
}

impl Health {
    pub(crate) fn new(shutdown: Shutdown, metrics: Metrics) -> Self {
        Self(Arc::new(Inner {
            checks: Mutex::new(Vec::new()),
            kept: tokio::sync::Mutex::new(None),
            is_open: AtomicBool::new(false),
            shutdown,
            metrics,
        }))
    }

    /// Adds a check. `remedy` says what to do where it does not pass; what it answers goes to the person who runs the
    /// simulator.
    pub fn check<F, Fut>(&self, name: &'static str, remedy: &'static str, ask: F)
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let check = Check {
            name,
            remedy,
            ask: Arc::new(move || Box::pin(ask())),
        };
        self.checks().push(check);
    }

    /// The clock must show what the console has set: who has not heard of it judges as of another moment.
    pub(crate) fn check_clock(&self, data: &Path, clock: &Clock) {
        let (data, clock) = (data.to_owned(), clock.clone());
        self.check(
            "clock",
            "set the clock once more (`qaqpa clock set …`), or start the actor again",
            move || {
                let (data, clock): (PathBuf, Clock) = (data.clone(), clock.clone());
                async move {
                    let set = tokio::task::spawn_blocking(move || ClockState::load(&data))
                        .await
                        .map_err(|error| error.to_string())?
                        .map_err(|error| error.to_string())?
                        .offset_ms;
                    let shown = clock.offset_ms();
                    if set == shown {
                        return Ok(());
                    }
                    Err(format!(
                        "it is {shown} ms ahead of real time, and was set to {set} ms"
                    ))
                }
            },
        );
    }

    /// All doors are open.
    pub(crate) fn open(&self) {
        self.0.is_open.store(true, Ordering::SeqCst);
    }

    /// What every check finds, now or a moment ago.
    pub async fn ready(&self) -> ReadyView {
        let mut checks = vec![self.doors()];
        checks.extend(self.asked().await);
        for check in &checks {
            let level = if check.ok { 1.0 } else { 0.0 };
            self.0.metrics.set(Family::Ready, &[&check.check], level);
        }
        let ready = checks.iter().all(|check| check.ok);
        ReadyView {
            status: if ready { "ready" } else { "not-ready" }.to_owned(),
            checks,
        }
    }

    fn doors(&self) -> CheckView {
        let why = if self.0.shutdown.is_begun() {
            Some("the actor is on its way down")
        } else if self.0.is_open.load(Ordering::SeqCst) {
            None
        } else {
            Some("the actor is on its way up")
        };
        CheckView {
            check: "doors".to_owned(),
            ok: why.is_none(),
            why: why.map(str::to_owned),
            remedy: why.map(|_| "wait a moment, or start the actor again".to_owned()),
        }
    }

    async fn asked(&self) -> Vec<CheckView> {
        let mut kept = self.0.kept.lock().await;
        if let Some((at, found)) = kept.as_ref()
            && at.elapsed() < KEPT
        {
            return found.clone();
        }
        let checks = self.checks().clone();
        let found = join_all(checks.iter().map(ask)).await;
        *kept = Some((Instant::now(), found.clone()));
        found
    }

    // The lock is held for a push or a clone.
    fn checks(&self) -> std::sync::MutexGuard<'_, Vec<Check>> {
        self.0.checks.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `/health/live` and `/health/ready` for anybody: without what was found.
    pub(crate) fn public(&self) -> Router {
        self.routes(false)
    }

    /// The same for the person who runs the simulator.
    pub(crate) fn whole(&self) -> Router {
        self.routes(true)
    }

    fn routes(&self, whole: bool) -> Router {
        Router::new()
            .route("/health/live", get(live))
            .route("/health/ready", get(ready))
            .with_state((self.clone(), whole))
    }
}

async fn ask(check: &Check) -> CheckView {
    let found = tokio::time::timeout(CHECK_TIME_MAX, (check.ask)()).await;
    let why = match found {
        Ok(Ok(())) => None,
        Ok(Err(why)) => Some(why),
        Err(_) => Some(format!("no answer within {} s", CHECK_TIME_MAX.as_secs())),
    };
    if let Some(why) = &why {
        tracing::warn!(check = check.name, why, "not ready");
    }
    CheckView {
        check: check.name.to_owned(),
        ok: why.is_none(),
        remedy: why.as_ref().map(|_| check.remedy.to_owned()),
        why,
    }
}

async fn live() -> Json<serde_json::Value> {
    Json(serde_json::json!({"status": "live"}))
}

async fn ready(State((health, whole)): State<(Health, bool)>) -> Response {
    let mut view = health.ready().await;
    if !whole {
        for check in &mut view.checks {
            (check.why, check.remedy) = (None, None);
        }
    }
    let status = if view.status == "ready" {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(view)).into_response()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn names(view: &ReadyView) -> Vec<(&str, bool)> {
        view.checks
            .iter()
            .map(|check| (check.check.as_str(), check.ok))
            .collect()
    }

    async fn forget(health: &Health) {
        *health.0.kept.lock().await = None;
    }

    #[tokio::test]
    async fn an_actor_is_ready_when_it_is_open_and_every_check_passes() {
        let shutdown = Shutdown::new();
        let health = Health::new(shutdown.clone(), Metrics::default());
        let well = Arc::new(AtomicBool::new(true));
        let asked = Arc::new(AtomicUsize::new(0));
        {
            let (well, asked) = (Arc::clone(&well), Arc::clone(&asked));
            health.check("store", "make room", move || {
                asked.fetch_add(1, Ordering::SeqCst);
                let well = well.load(Ordering::SeqCst);
                async move { well.then_some(()).ok_or("the disk is full".to_owned()) }
            });
        }
        let view = health.ready().await;
        assert_eq!(
            (view.status.as_str(), names(&view)),
            ("not-ready", vec![("doors", false), ("store", true)])
        );
        health.open();
        assert_eq!(health.ready().await.status, "ready");
        // Asked a second time within a second, the store is not asked.
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        well.store(false, Ordering::SeqCst);
        forget(&health).await;
        let view = health.ready().await;
        assert_eq!(view.status, "not-ready");
        assert_eq!(view.checks[1].why.as_deref(), Some("the disk is full"));
        assert_eq!(view.checks[1].remedy.as_deref(), Some("make room"));
        well.store(true, Ordering::SeqCst);
        forget(&health).await;
        assert_eq!(health.ready().await.status, "ready");
        shutdown.begin();
        let view = health.ready().await;
        assert_eq!(names(&view), [("doors", false), ("store", true)]);
    }

    #[tokio::test]
    async fn a_check_that_does_not_answer_has_not_passed() {
        let health = Health::new(Shutdown::new(), Metrics::default());
        health.open();
        health.check("trust", "wait", std::future::pending);
        let view = health.ready().await;
        assert_eq!(names(&view), [("doors", true), ("trust", false)]);
        assert_eq!(view.checks[1].why.as_deref(), Some("no answer within 3 s"));
    }

    #[tokio::test]
    async fn a_clock_that_has_not_heard_of_the_consoles_is_not_ready() {
        let folder = tempfile::tempdir().unwrap();
        let health = Health::new(Shutdown::new(), Metrics::default());
        health.open();
        let clock = Clock::real();
        health.check_clock(folder.path(), &clock);
        assert_eq!(health.ready().await.status, "ready");
        ClockState { offset_ms: 5000 }.save(folder.path()).unwrap();
        forget(&health).await;
        let view = health.ready().await;
        let why = "it is 0 ms ahead of real time, and was set to 5000 ms";
        assert_eq!(view.checks[1].why.as_deref(), Some(why));
        clock.set_offset(5000).unwrap();
        forget(&health).await;
        assert_eq!(health.ready().await.status, "ready");
    }
}
