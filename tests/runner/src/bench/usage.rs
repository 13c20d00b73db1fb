//! What processes hold at a moment, and how that went over a long run (Linux).

use std::time::Duration;

use super::cpu;

/// What one process holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Bytes of memory that are resident.
    pub resident_bytes: u64,
    /// The most that ever were.
    pub peak_bytes: u64,
    /// File descriptors that are open, sockets among them.
    pub open_files: u64,
}

impl Usage {
    /// What this process holds now; `None` where it is gone or belongs to somebody else.
    #[must_use]
    pub fn of(process: u32) -> Option<Self> {
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        let open = std::fs::read_dir(format!("/proc/{process}/fd")).ok()?;
        Some(Self {
            resident_bytes: cpu::kept_bytes(&status, "VmRSS:")?,
            peak_bytes: cpu::kept_bytes(&status, "VmHWM:")?,
            open_files: u64::try_from(open.count()).unwrap_or(u64::MAX),
        })
    }
}

/// A level that was looked at again and again.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Course {
    /// Seconds since the beginning, and the level then.
    looks: Vec<(f64, f64)>,
}

impl Course {
    /// Adds a look: so long after the beginning the level was this. Looks are added in the order of their times.
    #[expect(
        clippy::cast_precision_loss,
        reason = "bytes and descriptors for people"
    )]
    pub fn add(&mut self, after: Duration, level: u64) {
        self.looks.push((after.as_secs_f64(), level as f64));
    }

    /// How many looks there were.
    #[must_use]
    pub const fn looks(&self) -> usize {
        self.looks.len()
    }

    /// The level of the first look.
    #[must_use]
    pub fn first(&self) -> f64 {
        self.looks.first().map_or(0.0, |(_, level)| *level)
    }

    /// The level of the last look.
    #[must_use]
    pub fn last(&self) -> f64 {
        self.looks.last().map_or(0.0, |(_, level)| *level)
    }

    /// The highest level of all looks.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.looks
            .iter()
            .map(|(_, level)| *level)
            .fold(0.0, f64::max)
    }

    /// By how much the straight line through the second half of the looks (least squares) rises from its first to its last:
    /// below nought where the level falls, about nought where it stays, whatever single looks say. Caches fill in the first half.
    /// Nought where there are fewer than four looks, which tell nothing.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a count of looks")]
    pub fn growth(&self) -> f64 {
        let second = self.looks.split_at(self.looks.len() / 2).1;
        let (Some((begin, _)), Some((end, _)), true) =
            (second.first(), second.last(), self.looks.len() >= 4)
        else {
            return 0.0;
        };
        let count = second.len() as f64;
        let mean = |of: fn(&(f64, f64)) -> f64| second.iter().map(of).sum::<f64>() / count;
        let (time, level) = (mean(|look| look.0), mean(|look| look.1));
        let together: f64 = second.iter().map(|(t, l)| (t - time) * (l - level)).sum();
        let spread: f64 = second.iter().map(|(t, _)| (t - time).powi(2)).sum();
        if spread == 0.0 {
            return 0.0;
        }
        together / spread * (end - begin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(levels: impl IntoIterator<Item = u64>) -> Course {
        let mut course = Course::default();
        for (second, level) in (0..).zip(levels) {
            course.add(Duration::from_secs(second), level);
        }
        course
    }

    #[test]
    fn this_process_is_seen_to_hold_memory_and_files() {
        let own = std::process::id();
        let before = Usage::of(own).unwrap();
        assert!(before.resident_bytes > 0 && before.peak_bytes >= before.resident_bytes);
        let files: Vec<_> = (0..64)
            .map(|_| std::fs::File::open("/proc/self/status").unwrap())
            .collect();
        // Other tests of this process open and close files, too: more than half of ours are ours.
        assert!(Usage::of(own).unwrap().open_files >= before.open_files + 32);
        drop(files);
        // Numbers of processes end far below this one.
        assert_eq!(Usage::of(u32::MAX), None);
    }

    #[test]
    fn what_rises_in_the_first_half_and_then_stays_has_not_grown() {
        let filled = course((0..20).map(|n| u64::min(n, 8) * 100));
        assert!(filled.growth().abs() < 1e-6, "{}", filled.growth());
        assert_eq!(
            (filled.first(), filled.last(), filled.most()),
            (0.0, 800.0, 800.0)
        );
        assert_eq!(filled.looks(), 20);
    }

    #[test]
    fn what_rises_to_the_end_has_grown_by_what_it_rose_in_the_second_half() {
        // Ten looks of the second half are nine steps of seven.
        let leaking = course((0..20).map(|n| 1000 + n * 7));
        assert!((leaking.growth() - 63.0).abs() < 1e-6);
        let falling = course((0..20).map(|n| 1000 - n * 7));
        assert!((falling.growth() + 63.0).abs() < 1e-6);
    }

    #[test]
    fn a_level_that_swings_is_judged_by_its_line_and_not_by_its_ends() {
        // The last look is 40 above the first of the second half; the line through them all rises by far less.
        let swinging = course((0..40).map(|n| 1000 + [0, 40][n % 2]));
        assert!(swinging.growth().abs() < 10.0, "{}", swinging.growth());
    }

    #[test]
    fn few_looks_tell_nothing() {
        assert_eq!(course([1, 2, 3]).growth(), 0.0);
        assert_eq!(Course::default().growth(), 0.0);
        assert_eq!(Course::default().most(), 0.0);
    }
}
