//! How much room is left on the disk of the gateway's store. Below one measure nothing is kept of those who prove nothing;
//! below a second one nothing new is accepted, so that what was accepted has the rest for its delivery.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use qaqpa_channel::Refused;
use qaqpa_model::RefusalLabel;
use qaqpa_transport::watch::{Family, Watch};

/// In how many seconds who was told that there is no room may come again: somebody has to make some.
const COME_AGAIN_SECONDS: u32 = 30;

/// The free room of one file system, as it was looked at last.
#[derive(Debug)]
pub(crate) struct Room {
    /// Where the store is; `None` where it is on a server, whose room is not ours to see.
    folder: Option<PathBuf>,
    measures: Measures,
    free: AtomicU64,
}

/// Free bytes below which something is not done any more.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measures {
    /// Nothing of strangers is kept, and no bytes of what is refused.
    pub(crate) to_keep_refused: u64,
    /// Nothing new is accepted.
    pub(crate) to_accept: u64,
}

/// How much room there is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Enough,
    Short,
    TooLittle,
}

impl Room {
    /// Of this folder, looked at now.
    pub(crate) fn of(folder: Option<PathBuf>, measures: Measures) -> Self {
        let room = Self {
            folder,
            measures,
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

    /// Whether there is none for what proves nothing.
    pub(crate) fn is_short(&self) -> bool {
        self.level() >= Level::Short
    }

    /// Whether there is room for one more message, and for all that its delivery writes.
    ///
    /// # Errors
    /// `limit-exceeded` where there is not; the same message is welcome later.
    pub(crate) fn for_a_new_message(&self) -> Result<(), Refused> {
        if self.level() < Level::TooLittle {
            return Ok(());
        }
        let why = "the disk of the gateway is nearly full, and what is left is for the delivery of accepted messages";
        Err(Refused::new(RefusalLabel::LimitExceeded, why).come_again_in(COME_AGAIN_SECONDS))
    }

    /// Has the numbers tell of it.
    #[expect(clippy::cast_precision_loss, reason = "a gauge")]
    pub(crate) fn watched(self: &Arc<Self>, watch: &Watch) {
        if self.folder.is_none() {
            return;
        }
        let room = Arc::clone(self);
        watch.collect(move |metrics| {
            let free = room.free.load(Ordering::Relaxed);
            async move { metrics.set(Family::StoreFreeBytes, &[], free as f64) }
        });
    }

    fn level(&self) -> Level {
        let free = self.free.load(Ordering::Relaxed);
        if free < self.measures.to_accept {
            Level::TooLittle
        } else if free < self.measures.to_keep_refused {
            Level::Short
        } else {
            Level::Enough
        }
    }

    fn tell(&self, free: u64) {
        let was = self.level();
        self.free.store(free, Ordering::Relaxed);
        let is = self.level();
        if was == is {
            return;
        }
        let Measures {
            to_keep_refused,
            to_accept,
        } = self.measures;
        match is {
            Level::TooLittle => tracing::error!(
                free,
                to_accept,
                "too little room on the disk: new messages are turned away until there is more"
            ),
            Level::Short => tracing::error!(
                free,
                to_keep_refused,
                "little room on the disk: of strangers and of what is refused no bytes are kept"
            ),
            Level::Enough => tracing::info!(free, "there is room on the disk again"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEASURES: Measures = Measures {
        to_keep_refused: 100,
        to_accept: 50,
    };

    #[test]
    fn a_server_s_room_is_not_seen_and_a_disk_s_is() {
        let none = Measures {
            to_keep_refused: 0,
            to_accept: 0,
        };
        let room = Room::of(Some(std::env::temp_dir()), none);
        assert!(room.free.load(Ordering::Relaxed) < u64::MAX);
        assert_eq!(room.level(), Level::Enough);
        let all = Measures {
            to_keep_refused: u64::MAX,
            to_accept: u64::MAX,
        };
        let room = Room::of(None, all);
        assert_eq!(room.level(), Level::Enough);
    }

    #[test]
    fn below_each_measure_less_is_done() {
        let room = Room::of(None, MEASURES);
        for (free, level) in [
            (100, Level::Enough),
            (99, Level::Short),
            (50, Level::Short),
            (49, Level::TooLittle),
            (0, Level::TooLittle),
            (60, Level::Short),
            (1000, Level::Enough),
        ] {
            room.tell(free);
            assert_eq!(room.level(), level, "{free}");
            assert_eq!(room.is_short(), level != Level::Enough, "{free}");
            let refused = room.for_a_new_message().err();
            let told = refused.map(|refused| (refused.label, refused.retry_seconds));
            let expected = (level == Level::TooLittle)
                .then_some((RefusalLabel::LimitExceeded, Some(COME_AGAIN_SECONDS)));
            assert_eq!(told, expected, "{free}");
        }
    }
}
