//! The one writer: it gathers what waits into one commit, so that many callers share one fsync.

use std::pin::Pin;
use std::sync::Mutex;

use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use super::{Connection, query};
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
    pub(crate) fn start(connection: Connection) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING_MAX);
        let task = tokio::spawn(run(connection, waiting));
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

async fn run(mut connection: Connection, mut waiting: mpsc::Receiver<Order>) {
    while let Some(Order::Work(first)) = waiting.recv().await {
        let stop = group(&mut connection, first, &mut waiting).await;
        if stop {
            break;
        }
    }
    drop(waiting);
    connection.close().await;
}

/// Runs one group of jobs, each in a savepoint of its own, and commits them together.
/// True if the writer was told to stop.
async fn group(
    connection: &mut Connection,
    first: Work,
    waiting: &mut mpsc::Receiver<Order>,
) -> bool {
    let mut told = Vec::new();
    let mut stop = false;
    let mut next = Some(first);
    let mut result = control(connection, "BEGIN IMMEDIATE").await;
    while let Some(work) = next.take() {
        if result.is_ok() {
            result = control(connection, "SAVEPOINT job").await;
        }
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
        if told.len() < GROUP_MAX {
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
        let _ = control(connection, "ROLLBACK").await;
    }
    for tell in told {
        tell(result.clone());
    }
    stop
}

async fn control(connection: &mut Connection, statement: &'static str) -> Result<(), StoreError> {
    query(statement).execute(connection).await?;
    Ok(())
}
