//! How much room is left on the disk of the gateway's store: below a measure nothing is kept of those who prove nothing.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

/// The free room of one file system, as it was looked at last.
#[derive(Debug)]
pub(crate) struct Room {
    /// Where the store is; `None` where it is on a server, whose room is not ours to see.
    folder: Option<PathBuf>,
    /// Bytes below which there is too little.
    least: u64,
    free: AtomicU64,
}

impl Room {
    /// Of this folder, looked at now.
    pub(crate) fn of(folder: Option<PathBuf>, least: u64) -> Self {
        let room = Self {
            folder,
            least,
            free: AtomicU64::new(u64::MAX),
        };
        room.look();
        room
    }

    /// Looks again. Where the system does not tell, it is as it was.
    pub(crate) fn look(&self) {
        let Some(folder) = &self.folder else {
            return;
        };
        match rustix::fs::statvfs(folder) {
            Ok(told) => self.tell(told.f_bavail.saturating_mul(told.f_frsize)),
            Err(error) => tracing::warn!(%error, "it cannot be seen how much room is on the disk"),
        }
    }

    /// Whether there is too little.
    pub(crate) fn is_short(&self) -> bool {
        self.free.load(Ordering::Relaxed) < self.least
    }

    fn tell(&self, free: u64) {
        let was_short = self.is_short();
        self.free.store(free, Ordering::Relaxed);
        match (was_short, self.is_short()) {
            (false, true) => {
                let least = self.least;
                tracing::error!(
                    free,
                    least,
                    "little room on the disk: of strangers and of what is refused no bytes are kept"
                );
            }
            (true, false) => tracing::info!(free, "there is room on the disk again"),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_too_little_below_the_measure_and_a_server_s_room_is_not_seen() {
        let room = Room::of(Some(std::env::temp_dir()), 0);
        assert!(room.free.load(Ordering::Relaxed) < u64::MAX);
        assert!(!room.is_short());
        let room = Room::of(None, u64::MAX);
        assert!(!room.is_short());
        let room = Room::of(None, 100);
        for (free, short) in [(100, false), (99, true), (0, true), (1000, false)] {
            room.tell(free);
            assert_eq!(room.is_short(), short, "{free}");
        }
    }
}
