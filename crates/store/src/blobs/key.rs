//! The key of an actor's stored bytes, and the locking of what was stored before there was one.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use qaqpa_crypto::StorageKey;
use zeroize::Zeroizing;

use super::{Blobs, LOCKED, digest_of, file_error, sync_dir, write_private};
use crate::StoreError;

/// The key's file in the actor's folder: 32 bytes, 0600.
pub(super) const FILE: &str = "raw.key";

/// The mark in the folder of bytes that some of them are still open.
const OPEN: &str = ".open";

/// The key, made at the first start.
///
/// Not where there are files that were locked with another: a new key would make them unreadable for good, and
/// silently.
pub(super) fn open_or_make(
    actor_dir: &Path,
    blobs: &Path,
    elsewhere: bool,
) -> Result<StorageKey, StoreError> {
    if let Some(key) = read(actor_dir, blobs, elsewhere)? {
        return Ok(key);
    }
    let has_any = !files_in(blobs)?.is_empty();
    if has_any {
        // Before the key: whoever finds a key and no mark takes everything for locked.
        write_private(&blobs.join(OPEN), &[])?;
        sync_dir(blobs)?;
    }
    let unusable = |_| StoreError::Unreadable { what: FILE };
    let key = StorageKey::generate().map_err(unusable)?;
    let path = actor_dir.join(FILE);
    let half = actor_dir.join(format!(".{FILE}.{}", std::process::id()));
    write_private(&half, &[key.to_bytes().as_slice()])?;
    // A link, not a rename: of two that start at once, one makes the key and the other takes it.
    let linked = fs::hard_link(&half, &path);
    fs::remove_file(&half).map_err(|error| file_error(&half, &error))?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
            return Err(file_error(&path, &error));
        }
        _ => sync_dir(actor_dir)?,
    }
    read(actor_dir, blobs, elsewhere)?.ok_or(StoreError::Unreadable { what: FILE })
}

/// The key that is there, if there is one.
///
/// # Errors
/// [`StoreError::File`] where it is missing and something is locked: a file here, or something `elsewhere`.
pub(super) fn read(
    actor_dir: &Path,
    blobs: &Path,
    elsewhere: bool,
) -> Result<Option<StorageKey>, StoreError> {
    let path = actor_dir.join(FILE);
    match fs::read(&path).map(Zeroizing::new) {
        Ok(bytes) => StorageKey::from_bytes(&bytes)
            .map(Some)
            .map_err(|_| StoreError::Unreadable { what: FILE }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let missing = || StoreError::File {
                path: path.display().to_string(),
                why: "is missing, and stored bytes are locked with it: put it back from the backup"
                    .to_owned(),
            };
            if elsewhere {
                return Err(missing());
            }
            for file in files_in(blobs)? {
                if is_locked(&file)? {
                    return Err(missing());
                }
            }
            Ok(None)
        }
        Err(error) => Err(file_error(&path, &error)),
    }
}

/// Locks what lies open from before, if the mark says that something does.
pub(super) fn lock_old(blobs: &Blobs) -> Result<(), StoreError> {
    let mark = blobs.dir.join(OPEN);
    if !mark.exists() {
        return Ok(());
    }
    for path in files_in(&blobs.dir)? {
        let Some((folder, digest)) = path
            .parent()
            .zip(path.file_name().and_then(|name| name.to_str()))
        else {
            continue;
        };
        let stored = fs::read(&path).map_err(|error| file_error(&path, &error))?;
        // Damaged ones stay as they are: locking would hide how.
        if !stored.starts_with(LOCKED) && digest_of(&stored) == digest {
            blobs.write(folder, digest, &stored)?;
            sync_dir(folder)?;
        }
    }
    fs::remove_file(&mark).map_err(|error| file_error(&mark, &error))?;
    sync_dir(&blobs.dir)
}

fn is_locked(path: &Path) -> Result<bool, StoreError> {
    let mut begin = Vec::with_capacity(LOCKED.len());
    File::open(path)
        .and_then(|file| file.take(LOCKED.len() as u64 + 1).read_to_end(&mut begin))
        .map_err(|error| file_error(path, &error))?;
    // What is the mark and nothing more was locked by nobody.
    Ok(begin.len() > LOCKED.len() && begin.starts_with(LOCKED))
}

/// Every file that is named by a digest, in no order. None where there is no folder.
fn files_in(blobs: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let mut files = Vec::new();
    for folder in list(blobs)? {
        if folder.is_dir() {
            let named = list(&folder)?.into_iter().filter(|path| {
                path.file_name()
                    .and_then(|name| name.to_str())
                    .is_some_and(|name| name.len() == 64)
            });
            files.extend(named);
        }
    }
    Ok(files)
}

fn list(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(file_error(folder, &error)),
    };
    entries
        .map(|entry| {
            entry
                .map(|entry| entry.path())
                .map_err(|error| file_error(folder, &error))
        })
        .collect()
}
