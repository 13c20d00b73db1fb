//! Files that others may read at any moment: written whole or not at all, for the owner only.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use crate::random::random_hex;

/// What went wrong with a file of the data folder.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FileError {
    /// The operating system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// Another process holds the lock.
    #[error("{}: held by another process", path.display())]
    Locked {
        /// The lock file.
        path: PathBuf,
    },
    /// The file is there and does not hold what it should.
    #[error("{}: {why}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What the reader said.
        why: String,
    },
}

impl FileError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Io {
            path: path.to_owned(),
            source,
        }
    }
}

/// Makes a folder (and those above it) that only its owner may enter: 0700.
///
/// A folder that exists already is left as it is: it may be somebody's home, and everything secret in it
/// has a mode of its own.
///
/// # Errors
/// [`FileError::Io`].
pub fn create_private_dir(path: &Path) -> Result<(), FileError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(FileError::io(path))
}

/// Writes the file whole: a reader sees the old bytes or the new, never a part. Mode 0600.
///
/// Folders above it are made with 0700. The bytes are on disk (fsync) when this returns.
///
/// # Errors
/// [`FileError::Io`].
pub fn write_private(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let dir = parent(path);
    create_missing(dir)?;
    let temporary = temporary_beside(path);
    let written = write_new(&temporary, bytes)
        .and_then(|()| std::fs::rename(&temporary, path))
        .and_then(|()| File::open(dir)?.sync_all());
    if written.is_err() {
        // The error that is reported is the first one; a left-over temporary file is not worth another.
        std::fs::remove_file(&temporary).ok();
    }
    written.map_err(FileError::io(path))
}

/// Writes the file unless it is there already; gives back the bytes that are now in it.
///
/// Whoever comes first wins, whole: of two processes that start together both get the same bytes.
///
/// # Errors
/// [`FileError::Io`].
pub fn write_private_once(path: &Path, bytes: &[u8]) -> Result<Vec<u8>, FileError> {
    let dir = parent(path);
    create_missing(dir)?;
    let temporary = temporary_beside(path);
    write_new(&temporary, bytes).map_err(FileError::io(&temporary))?;
    let linked = std::fs::hard_link(&temporary, path);
    std::fs::remove_file(&temporary).map_err(FileError::io(&temporary))?;
    match linked {
        Ok(()) => File::open(dir)
            .and_then(|dir| dir.sync_all())
            .map_err(FileError::io(dir))?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(FileError::io(path)(error)),
    }
    std::fs::read(path).map_err(FileError::io(path))
}

/// The file's bytes, or `None` where there is none.
///
/// # Errors
/// [`FileError::Io`].
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(FileError::io(path)(error)),
    }
}

/// Reads a JSON file; `None` where there is none.
///
/// # Errors
/// [`FileError::Io`], [`FileError::Malformed`].
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    let Some(bytes) = read_if_there(path)? else {
        return Ok(None);
    };
    serde_json::from_slice(&bytes)
        .map(Some)
        .map_err(|error| FileError::Malformed {
            path: path.to_owned(),
            why: error.to_string(),
        })
}

/// Writes a JSON file as [`write_private`] does, indented, with a line end.
///
/// # Errors
/// [`FileError::Io`], [`FileError::Malformed`] where the value has no JSON form.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), FileError> {
    let mut bytes = serde_json::to_vec_pretty(value).map_err(|error| FileError::Malformed {
        path: path.to_owned(),
        why: error.to_string(),
    })?;
    bytes.push(b'\n');
    write_private(path, &bytes)
}

/// How often a lock that somebody has is looked at before it is taken for held, and the pause between two looks: who
/// looks at a lock has it for some microseconds ([`FileLock::is_held`]).
const LOOKED_AT_MAX: u32 = 5;
const LOOK_MAX: std::time::Duration = std::time::Duration::from_millis(4);

/// A lock that one process holds until it drops this or ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Waits for the lock.
    ///
    /// # Errors
    /// [`FileError::Io`].
    pub fn wait(path: &Path) -> Result<Self, FileError> {
        let file = open_lock(path)?;
        file.lock().map_err(FileError::io(path))?;
        Ok(Self { _file: file })
    }

    /// Takes the lock if nobody has it.
    ///
    /// # Errors
    /// [`FileError::Locked`], [`FileError::Io`].
    pub fn take(path: &Path) -> Result<Self, FileError> {
        let file = open_lock(path)?;
        for looked in (0..LOOKED_AT_MAX).rev() {
            match file.try_lock() {
                Ok(()) => break,
                // It may be that somebody is just looking.
                Err(TryLockError::WouldBlock) if looked > 0 => {
                    std::thread::sleep(LOOK_MAX);
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(FileError::Locked {
                        path: path.to_owned(),
                    });
                }
                Err(TryLockError::Error(error)) => return Err(FileError::io(path)(error)),
            }
        }
        Ok(Self { _file: file })
    }

    /// Whether somebody has the lock, in this process, in another one, or in another container beside the same files;
    /// `None` where nobody ever had it.
    pub fn is_held(path: &Path) -> Option<bool> {
        let file = File::open(path).ok()?;
        // Shared, so that two who look do not see each other.
        Some(matches!(
            file.try_lock_shared(),
            Err(TryLockError::WouldBlock)
        ))
    }
}

fn open_lock(path: &Path) -> Result<File, FileError> {
    create_missing(parent(path))?;
    OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(path)
        .map_err(FileError::io(path))
}

fn create_missing(dir: &Path) -> Result<(), FileError> {
    if dir.is_dir() {
        Ok(())
    } else {
        create_private_dir(dir)
    }
}

fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(dir) if !dir.as_os_str().is_empty() => dir,
        _ => Path::new("."),
    }
}

fn temporary_beside(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    parent(path).join(format!(".{name}.{}", random_hex::<8>()))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .create_new(true)
        .write(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn mode(path: &Path) -> u32 {
        path.metadata().unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn files_are_for_the_owner_only_and_replaced_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/secret");
        write_private(&path, b"one").unwrap();
        write_private(&path, b"two").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(&dir.path().join("a")), 0o700);
        assert_eq!(std::fs::read_dir(parent(&path)).unwrap().count(), 1);
    }

    #[test]
    fn who_writes_second_reads_what_the_first_wrote() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        assert_eq!(write_private_once(&path, b"first").unwrap(), b"first");
        assert_eq!(write_private_once(&path, b"second").unwrap(), b"first");
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_that_was_there_keeps_its_mode() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("home");
        std::fs::create_dir(&path).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        create_private_dir(&path).unwrap();
        assert_eq!(mode(&path), 0o755);
    }

    #[test]
    fn a_held_lock_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        assert_eq!(FileLock::is_held(&path), None);
        let held = FileLock::take(&path).unwrap();
        assert!(matches!(
            FileLock::take(&path),
            Err(FileError::Locked { .. })
        ));
        assert_eq!(FileLock::is_held(&path), Some(true));
        drop(held);
        assert_eq!(FileLock::is_held(&path), Some(false));
        assert!(FileLock::take(&path).is_ok());
    }

    #[test]
    fn a_lock_that_others_look_at_without_end_is_taken_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        drop(FileLock::take(&path).unwrap());
        let ended = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !ended.load(std::sync::atomic::Ordering::Relaxed) {
                    FileLock::is_held(&path);
                    std::thread::sleep(std::time::Duration::from_micros(500));
                }
            });
            let taken = (0..50).filter(|_| FileLock::take(&path).is_ok()).count();
            ended.store(true, std::sync::atomic::Ordering::Relaxed);
            assert_eq!(taken, 50);
        });
    }

    #[test]
    fn a_broken_json_file_is_an_error_and_a_missing_one_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.json");
        assert!(read_json::<Vec<u8>>(&path).unwrap().is_none());
        std::fs::write(&path, b"[1,").unwrap();
        assert!(matches!(
            read_json::<Vec<u8>>(&path),
            Err(FileError::Malformed { .. })
        ));
    }
}
