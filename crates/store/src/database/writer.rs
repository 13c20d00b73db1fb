//! The one writer of a process: it gathers what waits into one commit, so that many callers share one fsync.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::connection::{Connection, Raw};
use super::postgres::Postgres;
use super::{query, sqlite};
use crate::StoreError;

/// A future that may borrow the writer's connection.
pub(crate) type BoxFuture<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// Jobs of one commit: enough that the fsync is shared, few enough that the first does not wait long.
const GROUP_MAX: usize = 64;

/// How long a patient job waits for somebody to share a commit with.
const PATIENCE: Duration = Duration::from_millis(20);

/// Whether somebody waits for a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// Nobody does: it goes with the next commit, or with one of its own after a moment.
    Patient,
    /// Somebody does.
    Urgent,
}

/// Jobs that may wait: the rest of the callers wait to be let in.
const WAITING_MAX: usize = 1024;

/// What a job left behind: whether to keep its changes, and how to tell its caller.
struct Outcome {
    keep: bool,
    tell: Tell,
}

/// Tells a job's caller, once it is known whether the group is committed.
type Tell = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// A job: it is given the connection, or the reason why there is none.
type Work = Box<
    dyn for<'c> FnOnce(Result<&'c mut Connection, StoreError>) -> BoxFuture<'c, Outcome> + Send,
>;

enum Order {
    Stop,
    Work(Haste, Work),
}

/// What the writer has to do.
struct Jobs {
    waiting: mpsc::Receiver<Order>,
    /// Jobs for which nobody waits, oldest first; the first of them goes alone at this moment.
    patient: VecDeque<Work>,
    until: Instant,
}

impl Jobs {
    fn new(waiting: mpsc::Receiver<Order>) -> Self {
        Self {
            waiting,
            patient: VecDeque::new(),
            until: Instant::now(),
        }
    }

    /// The first job of a group, when there is one worth a commit; `None` where the writer is told to stop and nothing is
    /// left.
    async fn first(&mut self) -> Option<Work> {
        loop {
            let order = if self.patient.is_empty() {
                self.waiting.recv().await
            } else if self.patient.len() >= GROUP_MAX {
                return self.patient.pop_front();
            } else {
                match tokio::time::timeout_at(self.until, self.waiting.recv()).await {
                    Ok(order) => order,
                    Err(_) => return self.patient.pop_front(),
                }
            };
            match order {
                Some(Order::Work(Haste::Urgent, work)) => return Some(work),
                Some(Order::Work(Haste::Patient, work)) => {
                    if self.patient.is_empty() {
                        self.until = Instant::now() + PATIENCE;
                    }
                    self.patient.push_back(work);
                }
                // Whoever handed them in waits for them, if not for long.
                Some(Order::Stop) | None => {
                    self.waiting.close();
                    return self.patient.pop_front();
                }
            }
        }
    }

    /// Another job for the same group, if there is one now: patient ones whose time has come, then those that somebody
    /// waits for, then the other patient ones.
    fn another(&mut self) -> Option<Work> {
        // A flood of others must not keep them waiting for ever.
        if self.until <= Instant::now()
            && let Some(work) = self.patient.pop_front()
        {
            return Some(work);
        }
        match self.waiting.try_recv() {
            Ok(Order::Work(_, work)) => Some(work),
            Ok(Order::Stop) => {
                self.waiting.close();
                self.patient.pop_front()
            }
            Err(_) => self.patient.pop_front(),
        }
    }
}

/// The writer's front: callers hand in jobs and wait for the commit.
#[derive(Debug)]
pub(crate) struct Writer {
    orders: mpsc::Sender<Order>,
    /// Closed when the writer has ended and its connection is closed.
    end: Mutex<Option<oneshot::Receiver<()>>>,
}

impl Writer {
    /// A writer over this connection to a server; a lost one is replaced from there.
    pub(super) fn start(connection: Connection, server: Arc<Postgres>) -> Self {
        let (this, waiting, ended) = Self::front();
        let line = Line {
            connection: Some(connection),
            server: Some(server),
        };
        tokio::spawn(async move {
            run(line, waiting).await;
            drop(ended);
        });
        this
    }

    /// A writer over this connection to a file, on a thread of its own: what waits for the disk there, waits alone, and
    /// a whole job runs without giving the thread away.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where the system gives no thread.
    pub(super) fn on_own_thread(connection: Connection) -> Result<Self, StoreError> {
        let (this, waiting, ended) = Self::front();
        let line = Line {
            connection: Some(connection),
            server: None,
        };
        let runtime = tokio::runtime::Handle::current();
        std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let _ended = ended;
                runtime.block_on(run(line, waiting));
            })
            .map_err(|error| StoreError::Unreachable {
                why: format!("no thread for its writer: {error}"),
            })?;
        Ok(this)
    }

    fn front() -> (Self, mpsc::Receiver<Order>, oneshot::Sender<()>) {
        let (orders, waiting) = mpsc::channel(WAITING_MAX);
        let (ended, end) = oneshot::channel();
        let this = Self {
            orders,
            end: Mutex::new(Some(end)),
        };
        (this, waiting, ended)
    }

    pub(crate) async fn write<T, F>(&self, haste: Haste, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let job: Work = Box::new(move |connection| {
            Box::pin(async move {
                let result = match connection {
                    Ok(connection) => work(connection).await,
                    Err(error) => Err(error),
                };
                Outcome {
                    keep: result.is_ok(),
                    tell: Box::new(move |committed| {
                        // A caller who went away does not undo what is committed.
                        let _ = reply.send(committed.and(result));
                    }),
                }
            })
        });
        self.orders
            .send(Order::Work(haste, job))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Ends the writer after the jobs that came before.
    pub(crate) async fn stop(&self) {
        let _ = self.orders.send(Order::Stop).await;
        let end = self.end.lock().ok().and_then(|mut end| end.take());
        if let Some(end) = end {
            let _ = end.await;
        }
    }
}

/// The writer's connection, and where another is to be had.
struct Line {
    /// None after it was lost.
    connection: Option<Connection>,
    server: Option<Arc<Postgres>>,
}

impl Line {
    /// Begins a transaction, on another connection where this one is lost: no job has seen it yet.
    async fn begin(&mut self) -> Result<&mut Connection, StoreError> {
        let begun = match &mut self.connection {
            Some(connection) => begin(connection).await,
            None => Err(StoreError::Unreachable {
                why: "the connection was lost".to_owned(),
            }),
        };
        match (begun, &self.server) {
            (Ok(()), _) => {}
            (Err(StoreError::Unreachable { .. }), Some(server)) => {
                // Dropped before the next is made: it may hold the lock on the writer's name.
                self.connection = None;
                let mut fresh = server.connect_again().await?;
                begin(&mut fresh).await?;
                self.connection = Some(fresh);
            }
            (Err(error), _) => return Err(error),
        }
        self.connection.as_mut().ok_or(StoreError::Closed)
    }

    /// What a failed group leaves: nothing of a connection to a server, whatever it was in.
    async fn clear(&mut self) {
        if self.server.is_some() {
            self.connection = None;
        } else if let Some(connection) = &mut self.connection {
            let _ = roll_back(connection).await;
        }
    }
}

async fn run(mut line: Line, waiting: mpsc::Receiver<Order>) {
    let mut jobs = Jobs::new(waiting);
    while let Some(first) = jobs.first().await {
        group(&mut line, first, &mut jobs).await;
    }
    drop(jobs);
    if let Some(connection) = line.connection {
        connection.close().await;
    }
}

/// Runs one group of jobs and commits them together. The first has the transaction to itself and is undone with it; each
/// other has a savepoint of its own.
async fn group(line: &mut Line, first: Work, jobs: &mut Jobs) {
    let connection = match line.begin().await {
        Ok(connection) => connection,
        Err(error) => return refuse(first, jobs, &error).await,
    };
    let mut told = Vec::new();
    let mut next = Some(first);
    let mut result = Ok(());
    while let Some(work) = next.take() {
        let alone = told.is_empty();
        if !alone {
            result = savepoint(connection, told.len() > 1).await;
        }
        if let Err(error) = &result {
            told.push(work(Err(error.clone())).await.tell);
            break;
        }
        let hooks = connection.hooks();
        let outcome = work(Ok(&mut *connection)).await;
        told.push(outcome.tell);
        if !outcome.keep {
            connection.forget_hooks(hooks);
        }
        if alone && !outcome.keep {
            result = roll_back(connection).await;
            return end(line, told, result).await;
        }
        if !outcome.keep {
            result = control(connection, "ROLLBACK TO job").await;
        }
        if result.is_ok() && told.len() < GROUP_MAX {
            next = jobs.another();
        }
    }
    if result.is_ok() {
        result = control(connection, "COMMIT").await;
    }
    let hooks = connection.take_hooks();
    if result.is_ok() {
        hooks.run();
    }
    end(line, told, result).await;
}

/// Tells the jobs of a group what became of it.
async fn end(line: &mut Line, told: Vec<Tell>, result: Result<(), StoreError>) {
    if let Err(error) = &result {
        tracing::error!(%error, "the store could not commit");
        line.clear().await;
    }
    for tell in told {
        tell(result.clone());
    }
}

/// Tells everybody who waits that there is no connection, so that they need not wait for it one after the other.
async fn refuse(first: Work, jobs: &mut Jobs, error: &StoreError) {
    tracing::error!(%error, "the store cannot begin to write");
    let mut next = Some(first);
    while let Some(work) = next.take() {
        let outcome = work(Err(error.clone())).await;
        (outcome.tell)(Err(error.clone()));
        next = jobs.another();
    }
}

/// A savepoint of the next job, in the place of the one of the job before, if that had one. A server is asked once.
async fn savepoint(connection: &mut Connection, in_place_of_one: bool) -> Result<(), StoreError> {
    if !in_place_of_one {
        return control(connection, "SAVEPOINT job").await;
    }
    if let Raw::Postgres(_) = connection.raw() {
        return control(connection, "RELEASE job; SAVEPOINT job").await;
    }
    control(connection, "RELEASE job").await?;
    control(connection, "SAVEPOINT job").await
}

async fn begin(connection: &mut Connection) -> Result<(), StoreError> {
    let text = match connection.raw() {
        Raw::Postgres(_) => "BEGIN",
        Raw::Inline(_) | Raw::Sqlite(_) => sqlite::BEGIN,
    };
    control(connection, text).await
}

/// Undoes the transaction, if SQLite has not: where the disk is full, it has.
async fn roll_back(connection: &mut Connection) -> Result<(), StoreError> {
    match connection.raw() {
        Raw::Inline(raw) if !raw.is_within_transaction() => Ok(()),
        _ => control(connection, "ROLLBACK").await,
    }
}

async fn control(connection: &mut Connection, text: &'static str) -> Result<(), StoreError> {
    match connection.raw() {
        // Not prepared: what ends a failed transaction must be understood within it.
        Raw::Postgres(raw) => sqlx::raw_sql(text).execute(raw).await.map(|_| ())?,
        Raw::Inline(_) | Raw::Sqlite(_) => {
            query(text).execute(connection).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
