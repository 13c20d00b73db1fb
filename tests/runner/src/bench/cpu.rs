//! What processes spent, from `/proc` (Linux).

use std::collections::BTreeSet;
use std::time::Duration;

/// The clock ticks of a second in `/proc/PID/stat`: Linux shows every program 100, whatever the kernel runs at (proc(5), `USER_HZ`).
const TICKS_A_SECOND: u64 = 100;

/// The processor time of these processes so far, their ended threads included. A process that is gone counts nothing.
#[must_use]
pub fn spent(processes: &BTreeSet<u32>) -> Duration {
    processes.iter().map(|process| of_process(*process)).sum()
}

/// Whether the process is on this machine and not gone.
#[must_use]
pub fn is_here(process: u32) -> bool {
    std::fs::exists(format!("/proc/{process}/stat")).is_ok_and(|is| is)
}

/// Resident bytes of these processes together.
#[must_use]
pub fn resident_bytes(processes: &BTreeSet<u32>) -> u64 {
    let of = |process: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        kept_bytes(&text, "VmRSS:").unwrap_or(0)
    };
    processes.iter().map(of).sum()
}

fn of_process(process: u32) -> Duration {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    ticks_of(&text).map_or(Duration::ZERO, |ticks| {
        Duration::from_millis(ticks * 1000 / TICKS_A_SECOND)
    })
}

/// `utime` and `stime`, fields 14 and 15; the second field is a name that may hold blanks and brackets.
fn ticks_of(stat: &str) -> Option<u64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut fields = fields.split_ascii_whitespace().skip(11);
    let mut next = || fields.next()?.parse::<u64>().ok();
    Some(next()? + next()?)
}

/// A line of `/proc/PID/status` that counts kilobytes, in bytes.
pub(super) fn kept_bytes(status: &str, line: &str) -> Option<u64> {
    let kilobytes = status.lines().find_map(|one| one.strip_prefix(line))?;
    let kilobytes = kilobytes.trim().strip_suffix(" kB")?;
    Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
}

/// The processor time of one thread of this process, by its number in `/proc/self/task`.
#[must_use]
pub fn of_thread(thread: &str) -> Duration {
    let text =
        std::fs::read_to_string(format!("/proc/self/task/{thread}/schedstat")).unwrap_or_default();
    let nanoseconds = text
        .split_ascii_whitespace()
        .next()
        .and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// The number of the calling thread in `/proc/self/task`.
#[must_use]
pub fn this_thread() -> Option<String> {
    let link = std::fs::read_link("/proc/thread-self").ok()?;
    Some(link.file_name()?.to_str()?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fields_of_a_process_are_found_behind_a_name_with_brackets() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 1 0 1 1 1";
        assert_eq!(ticks_of(stat), Some(300));
        assert_eq!(ticks_of("7 (a) S 1"), None);
        assert_eq!(ticks_of(""), None);
        let status = "VmHWM:\t  99 kB\nVmRSS:\t  2048 kB\n";
        assert_eq!(kept_bytes(status, "VmRSS:"), Some(2048 * 1024));
        assert_eq!(kept_bytes("VmRSS: much\n", "VmRSS:"), None);
    }

    #[test]
    fn a_thread_that_works_is_seen_to_spend() {
        let thread = this_thread().unwrap();
        let before = of_thread(&thread);
        let mut sum = 0_u64;
        for number in 0..3_000_000_u64 {
            sum = sum.wrapping_add(std::hint::black_box(number));
        }
        assert!(sum > 0 && of_thread(&thread) > before);
        assert!(is_here(std::process::id()) && !is_here(u32::MAX));
        let own = BTreeSet::from([std::process::id()]);
        assert!(resident_bytes(&own) > 0);
    }
}
