//! How many files and connections a process may have open at once (`RLIMIT_NOFILE`).
//!
//! Systems start processes with a soft limit of 1024 for the sake of programs that we are none of; the hard limit is
//! what whoever runs the machine allows. A process that meets its limit can neither take connections nor open its store.

use qaqpa_model::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Files that a process has open whatever it does: its store, locks, logs, connections to a database. A chosen number,
/// several times what was seen.
const OF_ITS_OWN: u64 = 512;

/// How many one actor needs: its doors' connections, and for each request that is worked on a call to a neighbour and a
/// stored file.
#[must_use]
pub fn needed(limits: &Limits) -> u64 {
    let requests = u64::try_from(limits.requests_at_once_max).unwrap_or(u64::MAX);
    // Four connections a request, as the listener allows.
    requests.saturating_mul(4 + 2).saturating_add(OF_ITS_OWN)
}

/// Raises this process's limit to what it is allowed, and gives what is in force; `None` where there is no limit.
pub fn raise() -> Option<u64> {
    let now = getrlimit(Resource::Nofile);
    if let Some(more) = raised(now)
        && setrlimit(Resource::Nofile, more).is_ok()
    {
        return more.current;
    }
    now.current
}

/// The limits to be set, where there is something to raise.
fn raised(now: Rlimit) -> Option<Rlimit> {
    let current = now.maximum;
    (now.current != current).then_some(Rlimit { current, ..now })
}

/// What the limit in force is, by the text of `/proc/PID/limits`. `None` where it says nothing of it; no limit is the
/// greatest number.
#[must_use]
pub fn allowed(limits: &str) -> Option<u64> {
    let line = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        soft => soft.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soft_limit_becomes_the_hard_one_and_nothing_is_done_twice() {
        let limits = |current, maximum| Rlimit { current, maximum };
        let soft = limits(Some(1024), Some(4096));
        assert_eq!(raised(soft), Some(limits(Some(4096), Some(4096))));
        assert_eq!(raised(limits(Some(4096), Some(4096))), None);
        assert_eq!(raised(limits(Some(1024), None)), Some(limits(None, None)));
        // The process's own, as the system tells it afterwards.
        let in_force = raise().unwrap_or(u64::MAX);
        let told = std::fs::read_to_string("/proc/self/limits").unwrap();
        assert_eq!(allowed(&told), Some(in_force));
        assert_eq!(
            getrlimit(Resource::Nofile).current,
            getrlimit(Resource::Nofile).maximum
        );
    }

    #[test]
    fn what_the_system_tells_is_read() {
        let line = "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 524288               files\n";
        assert_eq!(allowed(line), Some(1024));
        let line = "Max open files            unlimited            unlimited            files\n";
        assert_eq!(allowed(line), Some(u64::MAX));
        assert_eq!(allowed("Max processes  1  1  processes\n"), None);
    }

    #[test]
    fn as_many_are_needed_as_the_doors_and_calls_of_all_requests() {
        assert_eq!(needed(&Limits::default()), 256 * 6 + 512);
    }
}
