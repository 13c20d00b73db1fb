//! What the disk itself needs, measured beside the load: whoever acknowledges waits for it at least once.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Bytes that are kept at once: what a commit of a short message writes at least.
const KEPT_BYTES: usize = 16 << 10;

/// Bytes of the file: they are there from the start and written again in turn, so that no length has to be kept with them.
const FILE_BYTES: usize = 4 << 20;

/// From one to the next: often enough for a p99, seldom enough to cost the others nothing.
const PAUSE: Duration = Duration::from_millis(50);

/// How long the disk needed to keep sixteen kilobytes (`fdatasync`), shortest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disk(Vec<Duration>);

impl Disk {
    /// Of these times.
    #[must_use]
    pub fn of(mut took: Vec<Duration>) -> Self {
        took.sort_unstable();
        Self(took)
    }

    /// How often it was measured.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time that this share stayed within.
    #[must_use]
    pub fn within(&self, share: f64) -> Duration {
        super::load::within(&self.0, share)
    }
}

/// A measurement that goes on beside the load, on a thread of its own.
#[derive(Debug)]
pub struct Probe {
    end: Arc<AtomicBool>,
    thread: JoinHandle<io::Result<Vec<Duration>>>,
}

impl Probe {
    /// Measures the disk of this folder from now on, with a file that has no name and is gone afterwards.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn begin(folder: &Path) -> io::Result<Self> {
        let path = folder.join(format!("bench-{}", std::process::id()));
        let mut file = File::create_new(&path)?;
        // Whoever has it open goes on with it.
        std::fs::remove_file(&path)?;
        file.write_all(&vec![b'a'; FILE_BYTES])?;
        file.sync_all()?;
        let end = Arc::new(AtomicBool::new(false));
        let is_over = Arc::clone(&end);
        let thread = std::thread::spawn(move || measure(&mut file, &is_over));
        Ok(Self { end, thread })
    }

    /// Ends it.
    ///
    /// # Errors
    /// The disk kept nothing more.
    pub fn end(self) -> io::Result<Disk> {
        self.end.store(true, Ordering::SeqCst);
        let took = self.thread.join();
        took.unwrap_or_else(|_| Err(io::Error::other("the measurement broke off")))
            .map(Disk::of)
    }
}

fn measure(file: &mut File, is_over: &AtomicBool) -> io::Result<Vec<Duration>> {
    let mut took = Vec::new();
    for number in 0.. {
        if is_over.load(Ordering::SeqCst) {
            break;
        }
        let bytes = [u8::try_from(number % 251).unwrap_or(0); KEPT_BYTES];
        if number % (FILE_BYTES / KEPT_BYTES) == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        let begun = Instant::now();
        file.write_all(&bytes)?;
        file.sync_data()?;
        took.push(begun.elapsed());
        std::thread::sleep(PAUSE);
    }
    Ok(took)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_told_of_what_was_measured() {
        let ms = Duration::from_millis;
        let disk = Disk::of((1..=100).rev().map(ms).collect());
        assert_eq!(disk.count(), 100);
        assert_eq!((disk.within(0.5), disk.within(0.99)), (ms(50), ms(99)));
        assert_eq!(disk.within(1.0), ms(100));
        assert_eq!(Disk::default().within(0.99), Duration::ZERO);
    }

    #[test]
    fn a_disk_is_measured_and_nothing_is_left_behind() {
        let folder = tempfile::tempdir().unwrap();
        let probe = Probe::begin(folder.path()).unwrap();
        std::thread::sleep(PAUSE * 3);
        let disk = probe.end().unwrap();
        assert!(disk.count() >= 1, "{disk:?}");
        assert!(disk.within(0.0) > Duration::ZERO);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        assert!(Probe::begin(&folder.path().join("nothing")).is_err());
    }
}
