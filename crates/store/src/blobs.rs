//! Bytes in files that are named by their digest: locked, written once, on disk before anybody refers to them.
//!
//! What lies here is personal data, and raw envelopes hold the sender's password: each file is locked (AES-256-GCM) under
//! the key of the actor's folder, with its name. That protects copies, backups and disks that come into other hands
//! without the key, not against who reads the folder with the key in it.

mod key;
mod sweep;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use qaqpa_crypto::StorageKey;
use qaqpa_crypto::locked::LOCKED_MORE;
use sha2::{Digest as _, Sha256};

use crate::StoreError;
pub(crate) use sweep::Idle;

/// What a locked file begins with; then nonce, ciphertext and tag.
const LOCKED: &[u8] = b"qaqpa locked 1\n";

/// The folder `blobs/`: `ab/<sha256 in hexadecimal>`, files 0600, folders 0700.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    dir: Arc<PathBuf>,
    /// None where the folder was opened to be read and holds nothing that is locked.
    key: Option<Arc<StorageKey>>,
    written: Arc<AtomicU64>,
    /// Shared by those who put something, exclusive for who sweeps.
    hands: Arc<RwLock<()>>,
}

impl Blobs {
    /// Makes folder and key where they are missing, and locks what an earlier version left open.
    ///
    /// # Errors
    /// [`StoreError::File`] where the key is missing and something is locked with it: here, or `elsewhere`.
    pub(crate) async fn open(actor_dir: &Path, elsewhere: bool) -> Result<Self, StoreError> {
        let actor_dir = actor_dir.to_owned();
        blocking(move || {
            let dir = actor_dir.join("blobs");
            make_dir(&dir)?;
            let key = key::open_or_make(&actor_dir, &dir, elsewhere)?;
            let this = Self {
                dir: Arc::new(dir),
                key: Some(Arc::new(key)),
                written: Arc::default(),
                hands: Arc::default(),
            };
            key::lock_old(&this)?;
            Ok(this)
        })
        .await
    }

    /// The same of a folder that is there: nothing is made.
    pub(crate) fn open_to_read(actor_dir: &Path, elsewhere: bool) -> Result<Self, StoreError> {
        let dir = actor_dir.join("blobs");
        Ok(Self {
            key: key::read(actor_dir, &dir, elsewhere)?.map(Arc::new),
            dir: Arc::new(dir),
            written: Arc::default(),
            hands: Arc::default(),
        })
    }

    /// Writes the bytes unless they are there, and gives their digest. When this returns, they
    /// survive a power cut.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let this = self.clone();
        blocking(move || this.put_now(&bytes)).await
    }

    /// Reads the bytes and proves that they are those of the digest.
    ///
    /// # Errors
    /// [`StoreError::BlobDamaged`] where there are none or others; [`StoreError::File`] where they cannot be read now.
    pub(crate) async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let this = self.clone();
        let digest = digest.to_owned();
        blocking(move || {
            let damaged = || StoreError::BlobDamaged {
                digest: digest.clone(),
            };
            let path = this.path(&digest).ok_or_else(damaged)?;
            let stored = fs::read(&path).map_err(|error| match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory => damaged(),
                // Too many files are open, or the disk does not answer: that says nothing of the bytes.
                _ => file_error(&path, &error),
            })?;
            this.unlocked(&digest, stored).ok_or_else(damaged)
        })
        .await
    }

    /// Whether there is a file of that name, whatever it holds.
    pub(crate) fn is_there(&self, digest: &str) -> bool {
        self.path(digest).is_some_and(|path| path.exists())
    }

    /// Whether any file lies here.
    pub(crate) fn holds_any(&self) -> bool {
        self.folders()
            .iter()
            .any(|folder| fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
    }

    /// The folders `ab/`.
    fn folders(&self) -> Vec<PathBuf> {
        let Ok(folders) = fs::read_dir(&*self.dir) else {
            return Vec::new();
        };
        let folders = folders.flatten().map(|folder| folder.path());
        folders.filter(|folder| folder.is_dir()).collect()
    }

    /// The bytes of that digest, if the file holds them: locked, or open as an earlier version wrote them.
    fn unlocked(&self, digest: &str, stored: Vec<u8>) -> Option<Vec<u8>> {
        let unlocked = stored
            .strip_prefix(LOCKED)
            .zip(self.key.as_ref())
            .and_then(|(locked, key)| key.unlock(digest.as_bytes(), locked).ok());
        let bytes = unlocked.unwrap_or(stored);
        (digest_of(&bytes) == digest).then_some(bytes)
    }

    fn put_now(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let digest = digest_of(bytes);
        let folder = self.dir.join(&digest[..2]);
        make_dir(&folder)?;
        let _in_hand = self.hands.read().unwrap_or_else(PoisonError::into_inner);
        let length = LOCKED.len() + LOCKED_MORE + bytes.len();
        let there =
            fs::metadata(folder.join(&digest)).is_ok_and(|found| found.len() == length as u64);
        if there {
            // Whoever sweeps must not take it for one that nobody will name.
            sweep::renew(&folder.join(&digest))?;
        } else {
            self.write(&folder, &digest, bytes)?;
        }
        // Also where the file was there: its writer may have been killed between renaming and this.
        sync_dir(&folder)?;
        Ok(digest)
    }

    /// The bytes locked under their name.
    pub(crate) fn lock(&self, digest: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let key = self.key().ok_or(StoreError::ReadOnly)?;
        key.lock(digest.as_bytes(), bytes)
            .map_err(|_| StoreError::Unreadable { what: key::FILE })
    }

    pub(crate) fn key(&self) -> Option<&StorageKey> {
        self.key.as_deref()
    }

    /// Writes the file anew, locked; a reader sees the one before or this one, whole.
    fn write(&self, folder: &Path, digest: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let locked = self.lock(digest, bytes)?;
        let path = folder.join(digest);
        let turn = self.written.fetch_add(1, Ordering::Relaxed);
        let half = folder.join(format!(".{digest}.{}.{turn}", std::process::id()));
        write_private(&half, &[LOCKED, &locked])?;
        fs::rename(&half, &path).map_err(|error| file_error(&path, &error))
    }

    fn path(&self, digest: &str) -> Option<PathBuf> {
        let good = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        good.then(|| self.dir.join(&digest[..2]).join(digest))
    }
}

/// Writes a file that only its owner may read, durably but for its name in the folder.
fn write_private(path: &Path, parts: &[&[u8]]) -> Result<(), StoreError> {
    let write = || {
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(path)?;
        for part in parts {
            file.write_all(part)?;
        }
        file.sync_all()
    };
    write().map_err(|error| file_error(path, &error))
}

/// SHA-256 in lower-case hexadecimal.
pub(crate) fn digest_of(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Makes a folder that only its owner may enter, and the folders above it, durably.
pub(crate) fn make_dir(dir: &Path) -> Result<(), StoreError> {
    if dir.is_dir() {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(dir)
        .map_err(|error| file_error(dir, &error))?;
    dir.parent().map_or(Ok(()), sync_dir)
}

pub(crate) fn file_error(path: &Path, error: &std::io::Error) -> StoreError {
    StoreError::File {
        path: path.display().to_string(),
        why: error.to_string(),
    }
}

fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    File::open(dir)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| file_error(dir, &error))
}

/// The key of an actor's folder whose bytes lie in a database. Made where there is none, if `make` says so.
pub(crate) fn key_of(actor_dir: &Path, make: bool) -> Result<Option<StorageKey>, StoreError> {
    let dir = actor_dir.join("blobs");
    if make {
        key::open_or_make(actor_dir, &dir, false).map(Some)
    } else {
        key::read(actor_dir, &dir, false)
    }
}

pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    // A join error means that the runtime is going down, or that `work` panicked: both end us.
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(StoreError::Closed))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn what_lies_on_disk_is_locked_under_its_name() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        let secret = b"<password>Qwerty12</password> 931002451325".to_vec();
        let digest = blobs.put(secret.clone()).await.unwrap();
        let path = blobs.path(&digest).unwrap();
        let stored = fs::read(&path).unwrap();
        for word in [b"Qwerty12".as_slice(), b"931002451325", b"password"] {
            assert!(!stored.windows(word.len()).any(|part| part == word));
        }
        // The same bytes under another name, or changed by one, are nothing.
        let other = blobs.put(b"abc".to_vec()).await.unwrap();
        fs::write(blobs.path(&other).unwrap(), &stored).unwrap();
        assert!(blobs.read(&other).await.is_err());
        for at in [0, LOCKED.len(), stored.len() - 1] {
            let mut changed = stored.clone();
            changed[at] ^= 1;
            fs::write(&path, &changed).unwrap();
            assert!(blobs.read(&digest).await.is_err(), "{at}");
        }
        // Another opening finds the key; a reader that makes nothing, too.
        fs::write(&path, &stored).unwrap();
        let again = Blobs::open(dir.path(), false).await.unwrap();
        assert_eq!(again.read(&digest).await.as_ref(), Ok(&secret));
        let reader = Blobs::open_to_read(dir.path(), false).unwrap();
        assert_eq!(reader.read(&digest).await, Ok(secret));
    }

    /// A folder as the versions before locking left it.
    fn open_files(dir: &Path, contents: &[&[u8]]) -> Vec<PathBuf> {
        contents
            .iter()
            .map(|bytes| {
                let digest = digest_of(bytes);
                let folder = dir.join("blobs").join(&digest[..2]);
                fs::create_dir_all(&folder).unwrap();
                fs::write(folder.join(&digest), bytes).unwrap();
                folder.join(&digest)
            })
            .collect()
    }

    #[tokio::test]
    async fn what_an_earlier_version_left_open_is_locked_at_the_start_even_if_it_was_broken_off() {
        let dir = tempfile::tempdir().unwrap();
        let files = open_files(dir.path(), &[b"one", b"two", LOCKED]);
        // A reader sees them as they are and makes nothing.
        let reader = Blobs::open_to_read(dir.path(), false).unwrap();
        assert_eq!(reader.read(&digest_of(b"one")).await, Ok(b"one".to_vec()));
        assert!(!dir.path().join("raw.key").exists());
        fs::remove_file(&files[2]).unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        for file in &files[..2] {
            assert!(fs::read(file).unwrap().starts_with(LOCKED));
        }
        assert_eq!(blobs.read(&digest_of(b"two")).await, Ok(b"two".to_vec()));
        // Killed in the midst of it: the mark is still there, one file is open, one locked.
        fs::write(&files[0], b"one").unwrap();
        fs::write(dir.path().join("blobs/.open"), b"").unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        assert!(fs::read(&files[0]).unwrap().starts_with(LOCKED));
        assert!(!dir.path().join("blobs/.open").exists());
        assert_eq!(blobs.read(&digest_of(b"two")).await, Ok(b"two".to_vec()));
    }

    #[tokio::test]
    async fn without_the_key_of_what_is_locked_nothing_is_opened_and_no_other_key_is_made() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        blobs.put(b"abc".to_vec()).await.unwrap();
        let key = dir.path().join("raw.key");
        fs::remove_file(&key).unwrap();
        for outcome in [
            Blobs::open(dir.path(), false).await,
            Blobs::open_to_read(dir.path(), false),
        ] {
            let Err(StoreError::File { path, why }) = outcome else {
                panic!("opened");
            };
            assert_eq!(path, key.display().to_string());
            assert!(why.contains("backup"), "{why}");
        }
        assert!(!key.exists());
        fs::write(&key, b"short").unwrap();
        assert_eq!(
            Blobs::open(dir.path(), false).await.unwrap_err(),
            StoreError::Unreadable { what: "raw.key" }
        );
    }

    #[tokio::test]
    async fn what_was_put_is_read_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        let digest = blobs.put(b"abc".to_vec()).await.unwrap();
        assert_eq!(
            digest,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
        assert_eq!(blobs.read(&digest).await.unwrap(), b"abc");
        assert_eq!(blobs.put(b"abc".to_vec()).await.unwrap(), digest);
        let folder = dir.path().join("blobs/ba");
        let files: Vec<_> = fs::read_dir(&folder).unwrap().collect();
        assert_eq!(files.len(), 1);
        assert_eq!(mode(&dir.path().join("raw.key")), 0o600);
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(&digest)), 0o600);
    }

    #[tokio::test]
    async fn a_changed_file_is_damage_and_a_half_one_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path(), false).await.unwrap();
        let digest = blobs.put(b"abc".to_vec()).await.unwrap();
        let path = blobs.path(&digest).unwrap();
        fs::write(&path, b"abd").unwrap();
        let damaged = StoreError::BlobDamaged {
            digest: digest.clone(),
        };
        assert_eq!(blobs.read(&digest).await, Err(damaged.clone()));
        assert_eq!(
            blobs.read("../../etc/passwd").await.unwrap_err(),
            StoreError::BlobDamaged {
                digest: "../../etc/passwd".to_owned()
            }
        );
        fs::write(&path, b"a").unwrap();
        blobs.put(b"abc".to_vec()).await.unwrap();
        assert_eq!(blobs.read(&digest).await.unwrap(), b"abc");
    }
}
