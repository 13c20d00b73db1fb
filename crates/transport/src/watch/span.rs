//! One piece of work in a trace: opened around a future, recorded when that ends, however it ends.

use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use super::context::TraceContext;
use super::export::Record;
use super::{HERE, Watch};

/// Facts of one span; more are left out.
const FACTS_MAX: usize = 32;

/// What part a span has in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// A piece of work of the actor's own.
    Internal,
    /// Answers somebody else's call.
    Server,
    /// Calls somebody else.
    Client,
    /// Takes up what was stored to be done later.
    Consumer,
}

/// A span that is still to be opened.
#[derive(Debug)]
#[must_use = "a span is opened around some work"]
pub struct Span {
    name: Cow<'static, str>,
    kind: SpanKind,
    facts: Vec<(&'static str, String)>,
    /// The span above, where it is not the running task's own.
    parent: Option<TraceContext>,
}

/// Under whose eyes a task works, and in which span.
#[derive(Clone)]
pub(super) struct Here {
    watch: Watch,
    context: Option<TraceContext>,
    noted: Option<Arc<Mutex<Noted>>>,
}

/// What is learned about a span while it is open.
#[derive(Default)]
struct Noted {
    facts: Vec<(&'static str, String)>,
    failure: Option<String>,
}

impl Here {
    pub(super) const fn root(watch: Watch) -> Self {
        Self {
            watch,
            context: None,
            noted: None,
        }
    }

    pub(super) const fn watch(&self) -> &Watch {
        &self.watch
    }

    pub(super) const fn context(&self) -> Option<TraceContext> {
        self.context
    }

    fn learn(&self, learn: impl FnOnce(&mut Noted)) {
        if let Some(noted) = &self.noted {
            learn(&mut noted.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }
}

/// Adds a fact to the running task's span. Numbers of twelve digits are masked when it is sent.
pub fn note(key: &'static str, value: impl Into<String>) {
    HERE.try_with(|here| {
        here.learn(|noted| {
            if noted.facts.len() < FACTS_MAX {
                noted.facts.push((key, value.into()));
            }
        });
    })
    .ok();
}

/// Marks the running task's span as failed; the first reason stays.
pub fn failed(why: impl Into<String>) {
    HERE.try_with(|here| {
        here.learn(|noted| {
            noted.failure.get_or_insert_with(|| why.into());
        });
    })
    .ok();
}

impl Span {
    /// A span of this kind. The name tells the work and not the matter: `judge_signature`.
    pub fn new(name: impl Into<Cow<'static, str>>, kind: SpanKind) -> Self {
        Self {
            name: name.into(),
            kind,
            facts: Vec::new(),
            parent: None,
        }
    }

    /// A piece of work of the actor's own.
    pub fn internal(name: impl Into<Cow<'static, str>>) -> Self {
        Self::new(name, SpanKind::Internal)
    }

    /// With a fact that is known beforehand.
    pub fn with(mut self, key: &'static str, value: impl Into<String>) -> Self {
        self.facts.push((key, value.into()));
        self
    }

    /// Below this span, and not below the running task's; without one below the running task's.
    pub const fn following(mut self, parent: Option<TraceContext>) -> Self {
        self.parent = parent;
        self
    }

    /// Does the work in this span.
    ///
    /// Where nothing is recorded the work runs all the same, in the trace that it would have had: whoever it calls is
    /// told of it.
    pub fn around<F: Future>(self, work: F) -> impl Future<Output = F::Output> {
        // On the heap: each way on which it is waited for would else hold a place for it, at every level anew.
        self.around_boxed(Box::pin(work))
    }

    async fn around_boxed<F: Future>(self, work: Pin<Box<F>>) -> F::Output {
        let Ok(here) = HERE.try_with(Clone::clone) else {
            return work.await;
        };
        let parent = self.parent.or(here.context);
        let recorded = here
            .watch
            .tracer()
            .filter(|_| parent.is_none_or(|parent| parent.is_sampled()));
        let Some(tracer) = recorded else {
            let here = Here {
                context: parent,
                noted: None,
                ..here
            };
            return HERE.scope(here, work).await;
        };
        let noted = Arc::new(Mutex::new(Noted {
            facts: self.facts,
            failure: None,
        }));
        let context = TraceContext::below(parent);
        // Dropped with this future, at its end or when nobody wants it any more.
        let _open = Open {
            watch: here.watch.clone(),
            context,
            parent,
            name: self.name,
            kind: self.kind,
            begun_ns: tracer.now_ns(),
            noted: Arc::clone(&noted),
        };
        let inside = Here {
            watch: here.watch.clone(),
            context: Some(context),
            noted: Some(noted),
        };
        HERE.scope(inside, work).await
    }
}

/// A span that is open.
struct Open {
    watch: Watch,
    context: TraceContext,
    parent: Option<TraceContext>,
    name: Cow<'static, str>,
    kind: SpanKind,
    begun_ns: u64,
    noted: Arc<Mutex<Noted>>,
}

impl Drop for Open {
    fn drop(&mut self) {
        let Some(tracer) = self.watch.tracer() else {
            return;
        };
        let noted = std::mem::take(&mut *self.noted.lock().unwrap_or_else(PoisonError::into_inner));
        tracer.tell(
            Record {
                context: self.context,
                parent: self.parent,
                name: std::mem::take(&mut self.name),
                kind: self.kind,
                begun_ns: self.begun_ns,
                ended_ns: tracer.now_ns(),
                facts: noted.facts,
                failure: noted.failure,
            },
            self.watch.metrics(),
        );
    }
}
