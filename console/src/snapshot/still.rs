//! Nobody works in a data folder: whoever copies or changes it holds every actor's place.

use std::fs;
use std::path::Path;

use qaqpa_model::Actor;
use qaqpa_transport::files::{FileError, FileLock};
use qaqpa_transport::paths;

use super::SnapshotError;

/// Nobody works in the data folder, and nobody can begin to, while this is held.
#[derive(Debug)]
pub(crate) struct Still {
    _locks: Vec<FileLock>,
}

impl Still {
    /// Takes the place of every actor.
    ///
    /// # Errors
    /// [`SnapshotError::Running`] where one is up.
    pub(crate) fn of(data: &Path) -> Result<Self, SnapshotError> {
        let mut names: Vec<String> = Actor::ALL.map(own_place).to_vec();
        names.extend(places(data));
        names.sort();
        names.dedup();
        let locks = names.iter().map(|name| take(data, name));
        Ok(Self {
            _locks: locks.collect::<Result<_, _>>()?,
        })
    }

    /// Looks whether anybody works there beside the five actors of a simulator that is one process: a regional gateway
    /// of a region, or a second process.
    ///
    /// # Errors
    /// [`SnapshotError::Running`] where one is up.
    pub(crate) fn beside_one_simulator(data: &Path) -> Result<(), SnapshotError> {
        let own: Vec<String> = Actor::ALL.map(own_place).to_vec();
        let mut others = places(data);
        others.retain(|name| !own.contains(name));
        others
            .iter()
            .try_for_each(|name| take(data, name).map(drop))
    }
}

fn own_place(actor: Actor) -> String {
    format!("{actor}.lock")
}

/// The places that somebody has ever taken.
fn places(data: &Path) -> Vec<String> {
    let Ok(there) = fs::read_dir(paths::actors(data)) else {
        return Vec::new();
    };
    let there = there.flatten().map(|entry| entry.file_name());
    let there = there.filter_map(|name| name.into_string().ok());
    there.filter(|name| name.ends_with(".lock")).collect()
}

fn take(data: &Path, name: &str) -> Result<FileLock, SnapshotError> {
    FileLock::take(&paths::actors(data).join(name)).map_err(|error| match error {
        FileError::Locked { .. } => {
            SnapshotError::Running(name.trim_end_matches(".lock").to_owned())
        }
        error => error.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn running(found: Result<(), SnapshotError>) -> String {
        match found {
            Err(SnapshotError::Running(who)) => who,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn while_an_actor_works_in_the_folder_nobody_copies_it() {
        let dir = tempfile::tempdir().unwrap();
        let place = paths::actors(dir.path()).join("regional-gateway.taraz.lock");
        let working = FileLock::take(&place).unwrap();
        let still = Still::of(dir.path()).map(drop);
        assert_eq!(running(still), "regional-gateway.taraz");
        drop(working);
        Still::of(dir.path()).unwrap();
    }

    #[test]
    fn the_five_actors_of_one_simulator_are_not_others() {
        let dir = tempfile::tempdir().unwrap();
        let all = Still::of(dir.path()).unwrap();
        Still::beside_one_simulator(dir.path()).unwrap();
        let other = paths::actors(dir.path()).join("regional-gateway.taraz.lock");
        let other = FileLock::take(&other).unwrap();
        let beside = Still::beside_one_simulator(dir.path());
        assert_eq!(running(beside), "regional-gateway.taraz");
        drop((all, other));
    }
}
