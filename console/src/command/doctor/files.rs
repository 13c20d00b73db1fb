//! May each process have as many files and connections open as its limits let come?

use std::path::Path;

use qaqpa_model::{ActorName, Limits};
use qaqpa_transport::{descriptors, registry};

use super::finding::{Finding, State};

/// Of each process of the actor on this machine that the system tells of.
pub(super) fn look(data: &Path, name: &ActorName, limits: &Limits) -> Vec<Finding> {
    let records = registry::records(data, name).unwrap_or_default();
    let here = records.iter().filter(|record| !record.is_far());
    let allowed = here.filter_map(|record| {
        let told = std::fs::read_to_string(format!("/proc/{}/limits", record.pid)).ok()?;
        Some((record.pid, descriptors::allowed(&told)?))
    });
    let needed = descriptors::needed(limits);
    allowed
        .map(|(pid, allowed)| judged(format!("{name} (process {pid})"), allowed, needed))
        .collect()
}

fn judged(about: String, allowed: u64, needed: u64) -> Finding {
    if allowed == u64::MAX {
        return Finding::ok("files", about, "any number may be open");
    }
    let what = format!("{allowed} files and connections may be open, and {needed} may be needed");
    if allowed >= needed {
        return Finding::ok("files", about, what);
    }
    let remedy = "raise the hard limit (`ulimit -Hn`, LimitNOFILE= of systemd) and start it again, or lower `[limits] requests-at-once-max`";
    Finding::amiss(State::Warning, "files", about, what, remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fewer_than_are_needed_are_a_warning_with_the_remedy() {
        let judged = |allowed| judged("gateway (process 7)".to_owned(), allowed, 2048);
        assert_eq!(judged(2048).state, State::Ok);
        assert_eq!(judged(u64::MAX).state, State::Ok);
        let few = judged(1024);
        assert_eq!((few.state, few.check), (State::Warning, "files"));
        assert_eq!(
            few.what,
            "1024 files and connections may be open, and 2048 may be needed"
        );
        assert!(few.remedy.unwrap().contains("LimitNOFILE="));
    }
}
