//! What an actor lets others see of its work: numbers ([`Metrics`]) and traces ([`Span`]).
//!
//! A [`Watch`] is a value, one for each actor: several live in one process and none knows of the others. It goes with
//! the work instead of through every signature: a door or a worker of the [`Hall`](crate::Hall) covers what it runs, and
//! whatever runs under the cover may [`count`], [`observe`] and open a [`Span`] without being handed anything. Outside
//! of a cover all of these do nothing. A task that is spawned anew leaves the cover: [`carry`] takes it along.
//!
//! What is counted is named in one closed list, [`Family`]; labels are names of ours (a stage, a refusal's label), never
//! a peer's words, an IIN or the id of a message.
//!
//! Traces are those of W3C Trace Context: who is called is told in the header `traceparent`, and what is stored to be
//! delivered later keeps it ([`traceparent`]). They are recorded only where somebody asked for it
//! ([`Watching::traces`](crate::Watching)); a context that came from outside is passed on in any case.

mod context;
mod export;
mod families;
mod metrics;
mod process;
mod protobuf;
mod span;

pub(crate) use context::TRACEPARENT;
pub use context::TraceContext;
pub use families::{Family, Kind};
pub use metrics::{Figure, Metrics};
pub use span::{Span, SpanKind, failed, note};

use std::fmt;
use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use futures::future::BoxFuture;
use http::header;
use qaqpa_model::ActorName;

pub(crate) use export::Exporter;
use export::Tracer;
use span::Here;

use crate::start::Watching;

tokio::task_local! {
    /// Under whose eyes the running task works, and in which span.
    static HERE: Here;
}

/// How long all that is looked up for one reading of the numbers may take.
const COLLECT_TIME_MAX: Duration = Duration::from_secs(3);

type Collector = Arc<dyn Fn(Metrics) -> BoxFuture<'static, ()> + Send + Sync>;

/// The numbers and traces of one actor. Clones share them.
#[derive(Clone)]
pub struct Watch(Arc<Inner>);

struct Inner {
    actor: String,
    metrics: Metrics,
    tracer: Option<Tracer>,
    collectors: Mutex<Vec<Collector>>,
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("actor", &self.0.actor)
            .finish_non_exhaustive()
    }
}

impl Watch {
    /// A watch that counts and records no traces.
    #[must_use]
    pub fn counting(actor: &str) -> Self {
        Self::new(actor, None)
    }

    fn new(actor: &str, tracer: Option<Tracer>) -> Self {
        Self(Arc::new(Inner {
            actor: actor.to_owned(),
            metrics: Metrics::default(),
            tracer,
            collectors: Mutex::new(Vec::new()),
        }))
    }

    /// The watch of an actor, and who sends its traces away where an address to send them to is given.
    ///
    /// # Errors
    /// One sentence where the address cannot be used.
    pub(crate) fn of(
        name: &ActorName,
        watching: &Watching,
    ) -> Result<(Self, Option<Exporter>), String> {
        let actor = name.to_string();
        let Some((tracer, exporter)) = export::open(&actor, watching)? else {
            return Ok((Self::counting(&actor), None));
        };
        let watch = Self::new(&actor, Some(tracer));
        Ok((watch.clone(), Some(exporter.counting_in(watch.metrics()))))
    }

    /// The actor's name.
    #[must_use]
    pub fn actor(&self) -> &str {
        &self.0.actor
    }

    /// The numbers.
    #[must_use]
    pub fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn tracer(&self) -> Option<&Tracer> {
        self.0.tracer.as_ref()
    }

    /// Before the numbers are read, this is asked to set those that nobody counts on the way: how much waits.
    pub fn collect<F, Fut>(&self, collector: F)
    where
        F: Fn(Metrics) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        let mut collectors = self
            .0
            .collectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        collectors.push(Arc::new(move |metrics| Box::pin(collector(metrics))));
    }

    /// All numbers as of now, in Prometheus' text format 0.0.4.
    pub async fn text(&self) -> String {
        let collectors = self
            .0
            .collectors
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let metrics = self.metrics();
        process::figures(metrics);
        let all = futures::future::join_all(
            collectors
                .iter()
                .map(|collector| collector(metrics.clone())),
        );
        if tokio::time::timeout(COLLECT_TIME_MAX, all).await.is_err() {
            metrics.add(Family::CollectionsCut, &[], 1);
        }
        metrics.text()
    }

    /// `/metrics`, for the control port.
    pub(crate) fn routes(&self) -> Router {
        let show = |State(watch): State<Self>| async move {
            let kind = "text/plain; version=0.0.4; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], watch.text().await)
        };
        Router::new()
            .route("/metrics", get(show))
            .with_state(self.clone())
    }

    /// Runs this under the eyes of this watch, in no span.
    pub fn cover<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        HERE.scope(Here::root(self.clone()), work)
    }
}

/// Whether traces can be sent where these settings say: asked before an actor starts. Reads the trusted authorities.
///
/// # Errors
/// One sentence where the collector is no `http://` or `https://` address of a host or holds a password, or where what is
/// trusted of it cannot be read.
pub fn collector(watching: &Watching) -> Result<(), String> {
    export::collector(watching).map(drop)
}

/// Takes the cover of the running task along, span and all, into what is spawned anew.
pub fn carry<F: Future>(work: F) -> impl Future<Output = F::Output> {
    let here = HERE.try_with(Clone::clone).ok();
    let work = Box::pin(work);
    async move {
        match here {
            Some(here) => HERE.scope(here, work).await,
            None => work.await,
        }
    }
}

/// Counts one more of a [`Kind::Counter`], under these values of its labels.
pub fn count(family: Family, labels: &[&str]) {
    HERE.try_with(|here| here.watch().metrics().add(family, labels, 1))
        .ok();
}

/// Notes how long something took, in a [`Kind::Histogram`].
pub fn observe(family: Family, labels: &[&str], took: Duration) {
    HERE.try_with(|here| {
        here.watch()
            .metrics()
            .observe(family, labels, took.as_secs_f64());
    })
    .ok();
}

/// Whether spans of the running task are recorded at all: who would have to make their names need not, where not.
#[must_use]
pub fn is_recorded() -> bool {
    HERE.try_with(|here| here.watch().tracer().is_some())
        .unwrap_or_default()
}

/// The watch over the running task.
#[must_use]
pub fn current() -> Option<Watch> {
    HERE.try_with(|here| here.watch().clone()).ok()
}

/// The trace that the running task belongs to.
#[must_use]
pub fn context() -> Option<TraceContext> {
    HERE.try_with(Here::context).ok().flatten()
}

/// The running task's trace as it is kept with what goes on later, where whoever began it wants it recorded.
#[must_use]
pub fn traceparent() -> Option<String> {
    context()
        .filter(|context| context.is_sampled())
        .map(|context| context.to_string())
}

/// Runs one stage of a message's way in a span of its name, and notes how long it took.
///
/// # Errors
/// As the stage; an error marks the span.
pub fn stage<'w, T: Send + 'w, E: Send + 'w>(
    name: &'static str,
    work: impl Future<Output = Result<T, E>> + Send + 'w,
) -> impl Future<Output = Result<T, E>> + Send + 'w {
    // On the heap: a stage is long, and what is nested in it would else be moved over the stack at every level.
    Box::pin(async move {
        let begun = tokio::time::Instant::now();
        let done = Span::internal(name)
            .around(async {
                let done = work.await;
                if done.is_err() {
                    failed("turned away");
                }
                done
            })
            .await;
        observe(Family::StageSeconds, &[name], begun.elapsed());
        done
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn two_watches_in_one_process_count_apart_and_outside_of_a_cover_nobody_counts() {
        let one = Watch::counting("gateway");
        let other = Watch::counting("portal");
        let work = || async { count(Family::CollectionsCut, &[]) };
        work().await;
        one.cover(work()).await;
        one.cover(async {
            // A task of its own leaves the cover, unless it is carried.
            tokio::spawn(work()).await.unwrap();
            tokio::spawn(carry(work())).await.unwrap();
        })
        .await;
        let line = |watch: &Watch| watch.metrics().text();
        assert!(line(&one).contains("qaqpa_collections_cut_total 2\n"));
        assert!(line(&other).contains("qaqpa_collections_cut_total 0\n"));
    }

    #[tokio::test]
    async fn what_nobody_counts_on_the_way_is_asked_for_when_the_numbers_are_read() {
        let watch = Watch::counting("gateway");
        watch.collect(|metrics| async move {
            metrics.set(Family::OutboxEntries, &["pending"], 3.0);
        });
        let text = watch.text().await;
        assert!(
            text.contains("qaqpa_outbox_entries{state=\"pending\"} 3\n"),
            "{text}"
        );
    }

    #[tokio::test]
    async fn a_context_from_outside_is_passed_on_by_a_watch_that_records_nothing() {
        let watch = Watch::counting("gateway");
        let came = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
        watch
            .cover(async {
                assert_eq!(context(), None);
                let inner = Span::internal("deliver")
                    .following(came)
                    .around(async { context() })
                    .await;
                assert_eq!(inner, came);
            })
            .await;
    }
}
