//! May each process have as many files and connections open as its limits let come?

use std::collections::BTreeMap;
use std::path::Path;

use qaqpa_model::{ActorName, Limits};
use qaqpa_transport::{descriptors, registry};

use super::finding::{Finding, State};

/// Of each process on this machine that the system tells of: one may be several actors.
pub(super) fn look(data: &Path, names: &[ActorName], limits: &Limits) -> Vec<Finding> {
    let mut processes: BTreeMap<u32, Vec<&ActorName>> = BTreeMap::new();
    for name in names {
        for record in registry::records(data, name).unwrap_or_default() {
            if !record.is_far() {
                processes.entry(record.pid).or_default().push(name);
            }
        }
    }
    let allowed = |pid: u32| {
        let told = std::fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
        descriptors::allowed(&told)
    };
    let each = processes.into_iter();
    each.filter_map(|(pid, actors)| Some(judged_of(pid, &actors, allowed(pid)?, limits)))
        .collect()
}

fn judged_of(pid: u32, actors: &[&ActorName], allowed: u64, limits: &Limits) -> Finding {
    let names: Vec<String> = actors.iter().map(|name| name.to_string()).collect();
    let each = descriptors::needed(limits);
    let needed = each.saturating_mul(u64::try_from(actors.len()).unwrap_or(u64::MAX));
    judged(
        format!("process {pid} ({})", names.join(", ")),
        allowed,
        needed,
    )
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
    use qaqpa_model::Actor;

    use super::*;

    #[test]
    fn fewer_than_are_needed_are_a_warning_with_the_remedy() {
        let judged = |allowed| judged("process 7 (gateway)".to_owned(), allowed, 2048);
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
    #[test]
    fn a_process_that_is_several_actors_needs_the_sum() {
        let limits = Limits::default();
        let names = [ActorName::from(Actor::Gateway), ActorName::from(Actor::Nca)];
        let judged = |actors: &[&ActorName]| judged_of(7, actors, 4095, &limits);
        let one = judged(&[&names[0]]);
        assert_eq!(one.state, State::Ok);
        let both = judged(&[&names[0], &names[1]]);
        assert_eq!(both.state, State::Warning);
        assert_eq!(both.about, "process 7 (gateway, nca)");
        assert_eq!(
            both.what,
            "4095 files and connections may be open, and 4096 may be needed"
        );
    }
}
