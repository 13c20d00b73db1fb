//! One state takes the place of another: a kill at any moment leaves a change that the next start finishes.
//!
//! ```text
//! DIR/snapshots/.change.json     what is under way; gone when it is done
//! DIR/snapshots/.coming/…        the state that comes, whole before anything is changed
//! DIR/snapshots/.leaving/…       the state that was there, until somebody has started with the other one
//! ```

use std::fs;
use std::path::{Path, PathBuf};

use qaqpa_transport::files;
use serde::{Deserialize, Serialize};

use super::SnapshotError;
use super::folder::{entries, fresh, io, move_into, state};
use super::shelf::snapshots;
use super::still::Still;

/// Where a state is put together, and where the old one waits while another one takes its place.
pub(super) const COMING: &str = ".coming";
pub(super) const LEAVING: &str = ".leaving";

const UNDER_WAY: &str = ".change.json";

/// A change that is under way. Stored while it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Of which snapshot.
    snapshot: String,
    /// From which folder the state comes; the one that is there goes into the other.
    from: Side,
    step: Step,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Side {
    Coming,
    Leaving,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Step {
    /// What lies in the data folder is the old state, or a part of it.
    Leaving,
    /// What lies in the data folder is the new state, or a part of it.
    Coming,
}

impl Side {
    fn folder(self, data: &Path) -> PathBuf {
        snapshots(data).join(match self {
            Self::Coming => COMING,
            Self::Leaving => LEAVING,
        })
    }

    const fn other(self) -> Self {
        match self {
            Self::Coming => Self::Leaving,
            Self::Leaving => Self::Coming,
        }
    }
}

/// What stands in [`COMING`] takes the place of the state; that one waits until [`keep`] or [`undo`].
///
/// # Errors
/// [`SnapshotError`]; the state is as it was, or, where not even that can be done, the next start finishes the change.
pub(super) fn begin(data: &Path, snapshot: &str, _still: &Still) -> Result<(), SnapshotError> {
    fresh(data, LEAVING)?;
    turn(data, snapshot, Side::Coming)
}

/// The state of before has waited long enough.
///
/// # Errors
/// [`SnapshotError::Io`].
pub(crate) fn keep(data: &Path) -> Result<(), SnapshotError> {
    remove(&Side::Leaving.folder(data))
}

/// The state of before comes back.
///
/// # Errors
/// [`SnapshotError`]; the state is not changed, or the next start finishes it.
pub(crate) fn undo(data: &Path, snapshot: &str, _still: &Still) -> Result<(), SnapshotError> {
    fresh(data, COMING)?;
    turn(data, snapshot, Side::Leaving)?;
    remove(&Side::Coming.folder(data))
}

/// Whether a change was cut short: nobody may start in this folder before it is finished.
pub(crate) fn is_cut_short(data: &Path) -> bool {
    snapshots(data).join(UNDER_WAY).exists()
}

/// Finishes what was cut short, and gives the name of its snapshot.
///
/// # Errors
/// [`SnapshotError`]; it can be tried again.
pub(crate) fn finish(data: &Path, _still: &Still) -> Result<Option<String>, SnapshotError> {
    let Some(mut change) = files::read_json::<Change>(&snapshots(data).join(UNDER_WAY))? else {
        return Ok(None);
    };
    change.run(data)?;
    remove(&change.from.other().folder(data))?;
    Ok(Some(change.snapshot))
}

/// Removes what a change has left that was cut short before it began, or after its end.
pub(crate) fn sweep(data: &Path) {
    if !is_cut_short(data) {
        for side in [Side::Coming, Side::Leaving] {
            // It is only in the way on the disk.
            remove(&side.folder(data)).ok();
        }
    }
}

fn turn(data: &Path, snapshot: &str, from: Side) -> Result<(), SnapshotError> {
    let mut change = Change {
        snapshot: snapshot.to_owned(),
        from,
        step: Step::Leaving,
    };
    change.note(data)?;
    change.run(data).inspect_err(|_| {
        // As far as it can be: what hinders that is finished at the next start, and not worth another error.
        change.back(data).ok();
    })
}

impl Change {
    fn note(&self, data: &Path) -> Result<(), SnapshotError> {
        Ok(files::write_json(&snapshots(data).join(UNDER_WAY), self)?)
    }

    fn done(data: &Path) -> Result<(), SnapshotError> {
        let file = snapshots(data).join(UNDER_WAY);
        fs::remove_file(&file).map_err(io(&file))
    }

    /// From the step where it stands to the end. What was moved already is not there to be moved again.
    fn run(&mut self, data: &Path) -> Result<(), SnapshotError> {
        let comes = self.from.folder(data);
        if self.step == Step::Leaving {
            move_all(&state(data)?, &self.from.other().folder(data))?;
            self.step = Step::Coming;
            self.note(data)?;
        }
        move_all(&entries(&comes)?, data)?;
        Self::done(data)?;
        remove(&comes)
    }

    fn back(&mut self, data: &Path) -> Result<(), SnapshotError> {
        if self.step == Step::Coming {
            move_all(&state(data)?, &self.from.folder(data))?;
            self.step = Step::Leaving;
            self.note(data)?;
        }
        move_all(&entries(&self.from.other().folder(data))?, data)?;
        Self::done(data)
    }
}

fn move_all(entries: &[PathBuf], folder: &Path) -> Result<(), SnapshotError> {
    entries
        .iter()
        .try_for_each(|entry| move_into(entry, folder))
}

fn remove(folder: &Path) -> Result<(), SnapshotError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(folder)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A data folder with an old state, and a new one that is ready to come.
    fn folders() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let old = [("gateway/store", "old"), ("nca/ca.key", "old")];
        let new = [("gateway/store", "new"), ("portal/store", "new")];
        let coming = snapshots(dir.path()).join(COMING);
        for (file, text) in old {
            files::write_private(&dir.path().join(file), text.as_bytes()).unwrap();
        }
        for (file, text) in new {
            files::write_private(&coming.join(file), text.as_bytes()).unwrap();
        }
        fresh(dir.path(), LEAVING).unwrap();
        dir
    }

    /// What is in the folder, by the names of the actors.
    fn stand(data: &Path) -> Vec<(String, String)> {
        let read = |entry: PathBuf| {
            let name = entry.file_name().unwrap().to_str().unwrap().to_owned();
            let inner = entries(&entry).unwrap().remove(0);
            (name, fs::read_to_string(inner).unwrap())
        };
        state(data).unwrap().into_iter().map(read).collect()
    }

    fn told(pairs: [(&str, &str); 2]) -> Vec<(String, String)> {
        pairs
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .to_vec()
    }

    fn new() -> Vec<(String, String)> {
        told([("gateway", "new"), ("portal", "new")])
    }

    fn old() -> Vec<(String, String)> {
        told([("gateway", "old"), ("nca", "old")])
    }

    #[test]
    fn a_change_that_was_killed_after_any_number_of_moves_is_finished_by_the_next() {
        // Four moves: two entries leave, two come.
        for moves in 0..=4 {
            let dir = folders();
            let data = dir.path();
            let still = Still::of(data).unwrap();
            let mut change = Change {
                snapshot: "a".to_owned(),
                from: Side::Coming,
                step: Step::Leaving,
            };
            change.note(data).unwrap();
            let leaving = Side::Leaving.folder(data);
            let leaves = state(data).unwrap();
            move_all(&leaves[..moves.min(2)], &leaving).unwrap();
            if moves > 2 {
                change.step = Step::Coming;
                change.note(data).unwrap();
                let comes = entries(&Side::Coming.folder(data)).unwrap();
                move_all(&comes[..moves - 2], data).unwrap();
            }
            assert!(is_cut_short(data));
            assert_eq!(finish(data, &still).unwrap().as_deref(), Some("a"));
            assert_eq!(stand(data), new(), "{moves}");
            assert!(!is_cut_short(data) && !leaving.exists());
            assert_eq!(finish(data, &still).unwrap(), None);
        }
    }

    #[test]
    fn the_state_of_before_waits_until_it_is_kept_away_or_comes_back() {
        let dir = folders();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        begin(data, "a", &still).unwrap();
        assert_eq!(stand(data), new());
        undo(data, "a", &still).unwrap();
        assert_eq!(stand(data), old());
        assert_eq!(
            entries(&Side::Leaving.folder(data)).unwrap(),
            Vec::<PathBuf>::new()
        );
        assert!(!Side::Coming.folder(data).exists());
    }

    #[test]
    fn where_something_cannot_be_moved_the_state_is_as_it_was() {
        let dir = folders();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        // What comes cannot stand where something is that is no state.
        files::write_private(&data.join("actors/a"), b"one").unwrap();
        let coming = Side::Coming.folder(data);
        files::write_private(&coming.join("actors/b"), b"two").unwrap();
        let begun = begin(data, "a", &still);
        assert!(begun.is_err(), "{begun:?}");
        assert_eq!(stand(data), old());
        assert!(!is_cut_short(data));
    }
}
