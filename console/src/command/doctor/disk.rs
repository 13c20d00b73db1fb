//! Is there room on the disk of the data folder?

use std::path::Path;

use super::finding::{Finding, State};
use crate::free;

/// Below this an accepted message may not find its place: bytes.
const FAILED_BELOW: u64 = 64 * 1024 * 1024;

/// Below this somebody should look: bytes.
const WARNED_BELOW: u64 = 1024 * 1024 * 1024;

pub(super) async fn look(data: &Path) -> Finding {
    let about = data.display();
    let folder = data.to_owned();
    let free = tokio::task::spawn_blocking(move || free::bytes(&folder)).await;
    let Ok(Some(free)) = free else {
        let remedy = "look yourself: df -h";
        let what = "`df` does not tell how much is free";
        return Finding::amiss(State::Unknown, "disk", about, what, remedy);
    };
    let what = format!("{} MiB are free", free / (1024 * 1024));
    let remedy = "make room: `qaqpa journal prune --before …` removes old sealed segments";
    match free {
        _ if free < FAILED_BELOW => Finding::failed("disk", about, what, remedy),
        _ if free < WARNED_BELOW => Finding::amiss(State::Warning, "disk", about, what, remedy),
        _ => Finding::ok("disk", about, what),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_folder_that_is_not_there_is_unknown() {
        let found = look(Path::new("/nowhere/at/all")).await;
        assert_eq!((found.check, found.state), ("disk", State::Unknown));
    }
}
