//! What a snapshot copies, and how it comes back.
//!
//! ```text
//! DIR/snapshots/NAME/manifest.json      what it is; written last
//! DIR/snapshots/NAME/data/…             the data folder, without what is of one run only
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use qaqpa_model::{ActorName, Moment};
use qaqpa_transport::files;
use qaqpa_transport::{Clock, ClockState};
use serde_json::Value;

use super::change::{self, COMING};
use super::shelf::{self, Manifest, VERSION, place_of, snapshots};
use super::still::Still;
use super::{Name, SnapshotError, room};

/// What of the data folder is no state: the snapshots themselves, and what tells who is up.
const NOT_STATE: [&str; 3] = ["actors", "endpoints.json", "snapshots"];

/// What was set by hand in the actors' memory, and is gone when they stop.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Volatile {
    /// The rules of mischief that are on, by actor, as `PUT /mischief` takes them.
    pub(crate) mischief: BTreeMap<String, Value>,
    /// How many messages each rule has met and spoilt, by actor, as `PUT /mischief/counts` takes them.
    pub(crate) met: BTreeMap<String, Value>,
    /// How many applications each stub has answered, by actor and stub.
    pub(crate) answered: BTreeMap<String, BTreeMap<String, u64>>,
}

/// Says what hinders a snapshot before anybody stops for it.
///
/// # Errors
/// [`SnapshotError`], as [`save`] would say it later.
pub(crate) fn may_save(data: &Path, name: &Name) -> Result<(), SnapshotError> {
    if place_of(data, name).exists() {
        return Err(SnapshotError::Taken(name.to_string()));
    }
    stores_are_here(data)?;
    room::check(data, state(data)?.iter().map(PathBuf::as_path))
}

/// Makes a snapshot; nobody works in the folder meanwhile.
///
/// # Errors
/// [`SnapshotError`]; nothing is left behind.
pub(crate) fn save(
    data: &Path,
    name: &Name,
    volatile: Volatile,
    _still: &Still,
) -> Result<Manifest, SnapshotError> {
    may_save(data, name)?;
    let place = place_of(data, name);
    let clock = Clock::with_offset(ClockState::load(data)?.offset_ms);
    let state = state(data)?;
    let underway = Underway::begin(data)?;
    let coming = underway.folder.as_path();
    let (mut files, mut bytes) = (0, 0);
    let inside = coming.join("data");
    files::create_private_dir(&inside)?;
    for entry in &state {
        copy(entry, &inside, &mut files, &mut bytes)?;
    }
    let manifest = Manifest {
        version: VERSION,
        name: name.to_string(),
        at: exact(clock.now()),
        made_by: env!("CARGO_PKG_VERSION").to_owned(),
        files,
        bytes,
        mischief: volatile.mischief,
        met: volatile.met,
        answered: volatile.answered,
    };
    files::write_json(&coming.join("manifest.json"), &manifest)?;
    fs::rename(coming, &place).map_err(io(&place))?;
    Ok(manifest)
}

/// Says what hinders the way back before anybody stops for it.
///
/// # Errors
/// [`SnapshotError`], as [`restore`] would say it later.
pub(crate) fn may_restore(data: &Path, name: &Name) -> Result<Manifest, SnapshotError> {
    let manifest = shelf::read(data, name)?;
    manifest.check_maker()?;
    stores_are_here(data)?;
    // What stands behind a link would stay as it is, and the link itself would be gone.
    for entry in state(data)? {
        room::size(&entry)?;
    }
    let kept = entries(&place_of(data, name).join("data"))?;
    room::check(data, kept.iter().map(PathBuf::as_path))?;
    Ok(manifest)
}

/// Brings a snapshot back in place of the state that is there; nobody works in the folder meanwhile. The state of before
/// waits until it is told to go ([`change::keep`]) or to come back ([`change::undo`]).
///
/// The clock shows the moment of the snapshot again. `can_start` looks at the copy before it takes the state's place. Cut
/// short, it can be done again, and where the state was being changed already the next start finishes that.
///
/// # Errors
/// [`SnapshotError`]; the state is as it was.
pub(crate) fn restore(
    data: &Path,
    name: &Name,
    can_start: impl FnOnce(&Path) -> Result<(), String>,
    still: &Still,
) -> Result<Manifest, SnapshotError> {
    let manifest = may_restore(data, name)?;
    let damaged = |why: String| SnapshotError::Damaged {
        name: name.to_string(),
        why,
    };
    let moment = Moment::parse(&manifest.at).map_err(|error| damaged(error.to_string()))?;
    let underway = Underway::begin(data)?;
    let coming = underway.folder.as_path();
    let (mut files, mut bytes) = (0, 0);
    for entry in entries(&place_of(data, name).join("data"))? {
        copy(&entry, coming, &mut files, &mut bytes)?;
    }
    if (files, bytes) != (manifest.files, manifest.bytes) {
        return Err(damaged(format!(
            "it has {files} files with {bytes} bytes, and had {} with {}",
            manifest.files, manifest.bytes
        )));
    }
    can_start(coming).map_err(damaged)?;
    let offset_ms = Clock::real()
        .set(moment)
        .map_err(|error| damaged(error.to_string()))?;
    ClockState { offset_ms }.save(coming)?;
    change::begin(data, name.as_str(), still)?;
    Ok(manifest)
}

/// The folder in which a snapshot is put together. It is gone with this, however that ends: a copy that did not fit
/// shall not keep the disk full.
#[derive(Debug)]
struct Underway<'d> {
    data: &'d Path,
    folder: PathBuf,
}

impl<'d> Underway<'d> {
    fn begin(data: &'d Path) -> Result<Self, SnapshotError> {
        let folder = fresh(data, COMING)?;
        Ok(Self { data, folder })
    }
}

impl Drop for Underway<'_> {
    fn drop(&mut self) {
        // What is to be finished needs it.
        if !change::is_cut_short(self.data) {
            // It has another name, or is empty, where all went well.
            fs::remove_dir_all(&self.folder).ok();
        }
    }
}

/// An actor with a folder and no store in it keeps its state elsewhere.
fn stores_are_here(data: &Path) -> Result<(), SnapshotError> {
    for folder in state(data)? {
        let name = folder.file_name().and_then(|name| name.to_str());
        let Some(name) = name.and_then(ActorName::parse) else {
            continue;
        };
        if folder.join("raw.key").exists() && !folder.join("store.sqlite").exists() {
            return Err(SnapshotError::Elsewhere {
                actor: name.to_string(),
                folder,
            });
        }
    }
    Ok(())
}

/// What of the data folder is state.
pub(super) fn state(data: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let mut entries = entries(data)?;
    entries.retain(|entry| {
        let name = entry.file_name().and_then(|name| name.to_str());
        name.is_none_or(|name| !NOT_STATE.contains(&name))
    });
    Ok(entries)
}

pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, SnapshotError> {
    let there = match fs::read_dir(folder) {
        Ok(there) => there,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(io(folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in there {
        paths.push(entry.map_err(io(folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// An empty folder for what is under way; what an earlier one left in it is gone.
pub(super) fn fresh(data: &Path, name: &str) -> Result<PathBuf, SnapshotError> {
    let folder = snapshots(data).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(io(&folder))?;
    }
    files::create_private_dir(&folder)?;
    Ok(folder)
}

/// Copies a file or a folder into another one, with its mode. What is neither is no state; a symbolic link is refused.
fn copy(from: &Path, into: &Path, files: &mut u64, bytes: &mut u64) -> Result<(), SnapshotError> {
    let Some(name) = from.file_name() else {
        return Ok(());
    };
    let to = into.join(name);
    let kind = fs::symlink_metadata(from).map_err(io(from))?.file_type();
    if kind.is_dir() {
        files::create_private_dir(&to)?;
        for entry in entries(from)? {
            copy(&entry, &to, files, bytes)?;
        }
    } else if kind.is_file() {
        *bytes += fs::copy(from, &to).map_err(io(from))?;
        *files += 1;
    } else if kind.is_symlink() {
        return Err(SnapshotError::Link(from.to_owned()));
    }
    Ok(())
}

pub(super) fn move_into(entry: &Path, folder: &Path) -> Result<(), SnapshotError> {
    let Some(name) = entry.file_name() else {
        return Ok(());
    };
    fs::rename(entry, folder.join(name)).map_err(io(entry))
}

pub(super) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> SnapshotError + '_ {
    |source| SnapshotError::Io {
        path: path.to_owned(),
        source,
    }
}

/// With its milliseconds.
fn exact(moment: Moment) -> String {
    let seconds = moment.to_utc_string();
    let ms = moment.unix_ms().rem_euclid(1000);
    format!("{}.{ms:03}Z", seconds.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::super::shelf::{Listed, list, remove};
    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    /// A data folder with a key, a store and what is of one run.
    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path();
        files::write_private(&data.join("identities/citizen-1.p12"), b"key").unwrap();
        files::write_private(&data.join("gateway/store.sqlite"), b"one").unwrap();
        files::write_private(&data.join("gateway/raw.key"), b"raw").unwrap();
        files::write_private(&data.join("endpoints.json"), b"{}").unwrap();
        files::write_private(&data.join("actors/gateway.json"), b"{}").unwrap();
        dir
    }

    #[test]
    fn what_was_saved_comes_back_and_what_came_since_is_gone() {
        let dir = folder();
        let data = dir.path();
        let moment = Moment::parse("2026-11-22T12:00:00+05:00").unwrap();
        let offset_ms = Clock::real().set(moment).unwrap();
        ClockState { offset_ms }.save(data).unwrap();
        let still = Still::of(data).unwrap();
        let saved = save(data, &name("a"), Volatile::default(), &still).unwrap();
        assert_eq!(
            (saved.files, list(data).unwrap()),
            (4, vec![Listed::Whole(saved.clone())])
        );

        fs::write(data.join("gateway/store.sqlite"), b"two").unwrap();
        fs::write(data.join("gateway/new"), b"new").unwrap();
        ClockState { offset_ms: 0 }.save(data).unwrap();
        for _ in 0..2 {
            assert_eq!(
                restore(data, &name("a"), |_| Ok(()), &still).unwrap(),
                saved
            );
            assert_eq!(fs::read(data.join("gateway/store.sqlite")).unwrap(), b"one");
            assert!(!data.join("gateway/new").exists());
            // What is of one run stays.
            assert!(data.join("endpoints.json").exists());
            let key = fs::metadata(data.join("identities/citizen-1.p12")).unwrap();
            assert_eq!(key.permissions().mode() & 0o777, 0o600);
            let clock = Clock::with_offset(ClockState::load(data).unwrap().offset_ms);
            let since = clock.now().since(Moment::parse(&saved.at).unwrap());
            assert!(since.as_secs() < 10, "{since:?}");
        }
        remove(data, &name("a")).unwrap();
        assert_eq!(list(data).unwrap(), []);
    }

    #[test]
    fn a_name_is_given_once_and_what_is_unknown_or_damaged_is_not_brought_back() {
        let dir = folder();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        save(data, &name("a"), Volatile::default(), &still).unwrap();
        let again = save(data, &name("a"), Volatile::default(), &still);
        assert!(matches!(again, Err(SnapshotError::Taken(_))), "{again:?}");
        let unknown = restore(data, &name("b"), |_| Ok(()), &still);
        assert!(
            matches!(unknown, Err(SnapshotError::Unknown(_))),
            "{unknown:?}"
        );
        fs::remove_file(data.join("snapshots/a/data/gateway/raw.key")).unwrap();
        let damaged = restore(data, &name("a"), |_| Ok(()), &still);
        assert!(
            matches!(damaged, Err(SnapshotError::Damaged { .. })),
            "{damaged:?}"
        );
        assert_eq!(fs::read(data.join("gateway/raw.key")).unwrap(), b"raw");
    }

    #[test]
    fn a_store_that_is_elsewhere_is_not_left_out_in_silence() {
        let dir = folder();
        fs::remove_file(dir.path().join("gateway/store.sqlite")).unwrap();
        let still = Still::of(dir.path()).unwrap();
        let saved = save(dir.path(), &name("a"), Volatile::default(), &still);
        assert!(
            matches!(saved, Err(SnapshotError::Elsewhere { .. })),
            "{saved:?}"
        );
    }

    #[test]
    fn what_no_actor_could_start_with_takes_nobodys_place() {
        let dir = folder();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        save(data, &name("a"), Volatile::default(), &still).unwrap();
        fs::write(data.join("gateway/store.sqlite"), b"two").unwrap();
        let newer = |coming: &Path| {
            assert_eq!(
                fs::read(coming.join("gateway/store.sqlite")).unwrap(),
                b"one"
            );
            Err("its store is of a newer version".to_owned())
        };
        let refused = restore(data, &name("a"), newer, &still).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "the snapshot a cannot be used: its store is of a newer version"
        );
        assert_eq!(fs::read(data.join("gateway/store.sqlite")).unwrap(), b"two");
        assert_eq!(
            entries(&snapshots(data)).unwrap(),
            [snapshots(data).join("a")]
        );
    }

    #[test]
    fn what_stands_behind_a_link_is_neither_left_out_nor_lost() {
        let dir = folder();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        save(data, &name("a"), Volatile::default(), &still).unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        let link = data.join("gateway");
        fs::rename(&link, elsewhere.path().join("gateway")).unwrap();
        std::os::unix::fs::symlink(elsewhere.path().join("gateway"), &link).unwrap();
        let saved = save(data, &name("b"), Volatile::default(), &still);
        let restored = restore(data, &name("a"), |_| Ok(()), &still);
        for done in [saved, restored] {
            assert!(
                matches!(&done, Err(SnapshotError::Link(path)) if *path == link),
                "{done:?}"
            );
        }
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(!snapshots(data).join(COMING).exists());
    }

    #[test]
    fn what_could_not_be_copied_is_not_left_on_the_disk() {
        let dir = folder();
        let data = dir.path();
        let still = Still::of(data).unwrap();
        save(data, &name("a"), Volatile::default(), &still).unwrap();
        let place = snapshots(data).join("a/data/gateway/raw.key");
        fs::write(&place, b"longer").unwrap();
        assert!(restore(data, &name("a"), |_| Ok(()), &still).is_err());
        // A folder cannot take the place of a link: that fails after everything was copied.
        let inside = snapshots(data).join("b");
        std::os::unix::fs::symlink("/nowhere/at/all", &inside).unwrap();
        let saved = save(data, &name("b"), Volatile::default(), &still);
        assert!(saved.is_err(), "{saved:?}");
        let left: Vec<_> = entries(&snapshots(data)).unwrap();
        assert_eq!(left, [snapshots(data).join("a"), inside]);
        assert_eq!(fs::read(data.join("gateway/raw.key")).unwrap(), b"raw");
    }
}
