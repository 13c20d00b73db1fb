//! The write-ahead log of a file, brought home beside the writer (a WAL checkpoint, sqlite.org/wal.html).
//!
//! SQLite lets a commit do this whenever a thousand pages have gathered: that one message then waits for two more fsyncs and
//! for the writing of every page, ten times a second under load. A thread of its own does it once a second, a page that
//! was changed by many commits once, and nobody waits. The writer does it himself only where this one cannot keep up.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use super::inline::{Inline, Wanted};
use crate::StoreError;
use crate::blobs::blocking;

/// How long commits gather.
const PAUSE: Duration = Duration::from_secs(1);

/// Pages in the log from which the writer's own commits do it, too: 32 MB.
pub(super) const WRITERS_PAGES: u32 = 8192;

/// The thread; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Backfill(Mutex<Option<Running>>);

#[derive(Debug)]
struct Running {
    end: Sender<()>,
    thread: JoinHandle<()>,
}

impl Backfill {
    /// Begins; the file is opened there.
    ///
    /// # Errors
    /// [`StoreError::Unreachable`] where the system gives no thread.
    pub(super) fn start(file: PathBuf, busy: Duration) -> Result<Self, StoreError> {
        let (end, ended) = channel();
        let thread = std::thread::Builder::new()
            .name("store-backfill".to_owned())
            .spawn(move || run(&file, busy, &ended))
            .map_err(|error| StoreError::Unreachable {
                why: format!("no thread for its log: {error}"),
            })?;
        Ok(Self(Mutex::new(Some(Running { end, thread }))))
    }

    /// Ends it, and waits until its connection is closed: whoever closes the last one clears the log away.
    pub(super) async fn stop(&self) {
        let running = self.0.lock().ok().and_then(|mut running| running.take());
        let Some(Running { end, thread }) = running else {
            return;
        };
        drop(end);
        let _ = blocking(move || Ok(thread.join())).await;
    }
}

fn run(file: &std::path::Path, busy: Duration, ended: &Receiver<()>) {
    let mut connection = None;
    let mut seen = None;
    let mut is_well = true;
    while ended.recv_timeout(PAUSE) == Err(RecvTimeoutError::Timeout) {
        let done = bring_home(&mut connection, &mut seen, || Inline::open(file, busy));
        match done {
            Ok(()) => is_well = true,
            // Told once: the log holds everything, and is brought home when there is room again.
            Err(error) if is_well => {
                is_well = false;
                tracing::warn!(%error, "the store's log waits to be written to its place");
            }
            Err(_) => {}
        }
    }
}

/// Once, if anything was committed since; `seen` is SQLite's number for that.
fn bring_home(
    connection: &mut Option<Inline>,
    seen: &mut Option<i64>,
    open: impl FnOnce() -> Result<Inline, StoreError>,
) -> Result<(), StoreError> {
    let connection = match connection {
        Some(connection) => connection,
        none => none.insert(open()?),
    };
    let version = connection.run("PRAGMA data_version", &[], Wanted::First)?;
    let version = version.first().map(|row| row.value("data_version"));
    let version = version.transpose()?;
    if version == *seen {
        return Ok(());
    }
    connection.run("PRAGMA wal_checkpoint(PASSIVE)", &[], Wanted::First)?;
    *seen = version;
    Ok(())
}

#[cfg(test)]
mod tests;
