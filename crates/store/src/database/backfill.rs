//! The write-ahead log of a file, brought home beside the writer (a WAL checkpoint, sqlite.org/wal.html).
//!
//! SQLite lets a commit do this whenever a thousand pages have gathered: that one message then waits for two more fsyncs and
//! for the writing of every page, ten times a second under load. A thread of its own does it, and nobody waits: once a second
//! where little is written, a page that was changed by many commits once; many times a second where much is, so that
//! the disk is never asked for so much at once that a commit has to wait for it.
//!
//! A log begins anew only when all of it is at home. Under load the next commit is always there before that, so the log would
//! grow until the writer's own commits bring it home, and stall. Once it is long, this thread takes the writer's place
//! for the few pages that came meanwhile. A log that begins anew is written over what is there, too, and needs no new place on
//! the disk. The writer does it himself only where this one cannot keep up.

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

/// How long they do where much is written.
const SHORT_PAUSE: Duration = Duration::from_millis(50);

/// Pages in the log from which much is written: 1 MB.
const MUCH_PAGES: i64 = 256;

/// Pages in the log from which the writer's own commits do it, too: 256 MB.
pub(super) const WRITERS_PAGES: u32 = 65_536;

/// Pages in the log from which it is to begin anew: 4 MB.
const LONG_PAGES: i64 = 1024;

/// How long this thread waits for the writer's place, and at most keeps it from him while somebody still reads the log.
const PLACE_WAITED: Duration = Duration::from_millis(10);

/// How often it tries: whoever is in the way now may be gone the next time.
const PLACE_TRIES: usize = 10;

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
    let (mut is_well, mut pause) = (true, PAUSE);
    while ended.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        let pages = bring_home(&mut connection, &mut seen, || Inline::open(file, busy));
        pause = match pages {
            Ok(MUCH_PAGES..) => SHORT_PAUSE,
            _ => PAUSE,
        };
        match pages {
            Ok(_) => is_well = true,
            // Told once: the log holds everything, and is brought home when there is room again.
            Err(error) if is_well => {
                is_well = false;
                tracing::warn!(%error, "the store's log waits to be written to its place");
            }
            Err(_) => {}
        }
    }
}

/// Once, if anything was committed since; `seen` is SQLite's number for that. How many pages the log had.
fn bring_home(
    connection: &mut Option<Inline>,
    seen: &mut Option<i64>,
    open: impl FnOnce() -> Result<Inline, StoreError>,
) -> Result<i64, StoreError> {
    let connection = match connection {
        Some(connection) => connection,
        none => {
            let opened = open()?;
            opened.wait_at_most(PLACE_WAITED)?;
            none.insert(opened)
        }
    };
    let version = connection.run("PRAGMA data_version", &[], Wanted::First)?;
    let version = version.first().map(|row| row.value("data_version"));
    let version = version.transpose()?;
    if version == *seen {
        return Ok(0);
    }
    let column = |text, column| {
        let answer = connection.run(text, &[], Wanted::First)?;
        let row = answer.first();
        row.map_or(Ok(0), |row| row.value::<i64>(column))
    };
    let pages = column("PRAGMA wal_checkpoint(PASSIVE)", "log")?;
    if pages >= LONG_PAGES {
        for _ in 0..PLACE_TRIES {
            if column("PRAGMA wal_checkpoint(RESTART)", "busy")? == 0 {
                break;
            }
        }
    }
    *seen = version;
    Ok(pages)
}

#[cfg(test)]
mod tests;
