//! The one writer of a process: it gathers what waits into one commit, so that many callers share one fsync.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::connection::{Connection, Raw};
use super::postgres::Postgres;
use super::{query, sqlite};
use crate::StoreError;

/// A future that may borrow the writer's connection.
pub(crate) type BoxFuture<'c, T> = Pin<Box<dyn Future<Output = T> + Send + 'c>>;

/// Jobs of one commit: enough that the fsync is shared, few enough that the first does not wait long.
const GROUP_MAX: usize = 64;

/// Jobs that may wait: the rest of the callers wait to be let in.
const WAITING_MAX: usize = 1024;

/// What a job left behind: whether to keep its changes, and how to tell its caller.
struct Outcome {
    keep: bool,
    tell: Box<dyn FnOnce(Result<(), StoreError>) + Send>,
}

/// A job: it is given the connection, or the reason why there is none.
type Work = Box<
    dyn for<'c> FnOnce(Result<&'c mut Connection, StoreError>) -> BoxFuture<'c, Outcome> + Send,
>;

enum Order {
    Stop,
    Work(Work),
}

/// The writer's front: callers hand in jobs and wait for the commit.
#[derive(Debug)]
pub(crate) struct Writer {
    orders: mpsc::Sender<Order>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// A writer over this connection; where it comes from a server, a lost one is replaced from there.
    pub(super) fn start(connection: Connection, server: Option<Arc<Postgres>>) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(run(
            Line {
                connection: Some(connection),
                server,
            },
            waiting,
        ));
        Self {
            orders,
            task: Mutex::new(Some(task)),
        }
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
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
            .send(Order::Work(job))
            .await
            .map_err(|_| StoreError::Closed)?;
        answer.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Ends the writer after the jobs that came before.
    pub(crate) async fn stop(&self) {
        let _ = self.orders.send(Order::Stop).await;
        let task = self.task.lock().ok().and_then(|mut task| task.take());
        if let Some(task) = task {
            let _ = task.await;
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
            let _ = control(connection, "ROLLBACK").await;
        }
    }
}

async fn run(mut line: Line, mut waiting: mpsc::Receiver<Order>) {
    while let Some(Order::Work(first)) = waiting.recv().await {
        let stop = group(&mut line, first, &mut waiting).await;
        if stop {
            break;
        }
    }
    drop(waiting);
    if let Some(connection) = line.connection {
        connection.close().await;
    }
}

/// Runs one group of jobs, each in a savepoint of its own, and commits them together.
/// True if the writer was told to stop.
async fn group(line: &mut Line, first: Work, waiting: &mut mpsc::Receiver<Order>) -> bool {
    let connection = match line.begin().await {
        Ok(connection) => connection,
        Err(error) => return refuse(first, waiting, &error).await,
    };
    let mut told = Vec::new();
    let mut stop = false;
    let mut next = Some(first);
    let mut result = Ok(());
    while let Some(work) = next.take() {
        result = control(connection, "SAVEPOINT job").await;
        if let Err(error) = &result {
            told.push(work(Err(error.clone())).await.tell);
            break;
        }
        let outcome = work(Ok(&mut *connection)).await;
        if !outcome.keep {
            result = control(connection, "ROLLBACK TO job").await;
        }
        if result.is_ok() {
            result = control(connection, "RELEASE job").await;
        }
        told.push(outcome.tell);
        if result.is_ok() && told.len() < GROUP_MAX {
            match waiting.try_recv() {
                Ok(Order::Work(work)) => next = Some(work),
                Ok(Order::Stop) => stop = true,
                Err(_) => {}
            }
        }
    }
    if result.is_ok() {
        result = control(connection, "COMMIT").await;
    }
    if let Err(error) = &result {
        tracing::error!(%error, "the store could not commit");
        line.clear().await;
    }
    for tell in told {
        tell(result.clone());
    }
    stop
}

/// Tells everybody who waits that there is no connection, so that they need not wait for it one after the other.
/// True if the writer was told to stop.
async fn refuse(first: Work, waiting: &mut mpsc::Receiver<Order>, error: &StoreError) -> bool {
    tracing::error!(%error, "the store cannot begin to write");
    let mut next = Some(first);
    while let Some(work) = next.take() {
        let outcome = work(Err(error.clone())).await;
        (outcome.tell)(Err(error.clone()));
        match waiting.try_recv() {
            Ok(Order::Work(work)) => next = Some(work),
            Ok(Order::Stop) => return true,
            Err(_) => {}
        }
    }
    false
}

async fn begin(connection: &mut Connection) -> Result<(), StoreError> {
    let text = match connection.raw() {
        Raw::Postgres(_) => "BEGIN",
        Raw::Sqlite(_) => sqlite::BEGIN,
    };
    control(connection, text).await
}

async fn control(connection: &mut Connection, text: &'static str) -> Result<(), StoreError> {
    match connection.raw() {
        // Not prepared: what ends a failed transaction must be understood within it.
        Raw::Postgres(raw) => sqlx::raw_sql(text).execute(raw).await.map(|_| ())?,
        Raw::Sqlite(_) => {
            query(text).execute(connection).await?;
        }
    }
    Ok(())
}
