//! Bytes in files that are named by their digest: written once, on disk before anybody refers to them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest as _, Sha256};

use crate::StoreError;

/// The folder `blobs/`: `ab/<sha256 in hexadecimal>`, files 0600, folders 0700.
#[derive(Clone, Debug)]
pub(crate) struct Blobs {
    dir: Arc<PathBuf>,
    written: Arc<AtomicU64>,
}

impl Blobs {
    pub(crate) fn open(actor_dir: &Path) -> Result<Self, StoreError> {
        let dir = actor_dir.join("blobs");
        make_dir(&dir)?;
        Ok(Self {
            dir: Arc::new(dir),
            written: Arc::default(),
        })
    }

    /// Writes the bytes unless they are there, and gives their digest. When this returns, they
    /// survive a power cut.
    pub(crate) async fn put(&self, bytes: Vec<u8>) -> Result<String, StoreError> {
        let this = self.clone();
        blocking(move || this.put_now(&bytes)).await
    }

    /// Reads the bytes and proves that they are those of the digest.
    pub(crate) async fn read(&self, digest: &str) -> Result<Vec<u8>, StoreError> {
        let this = self.clone();
        let digest = digest.to_owned();
        blocking(move || {
            let damaged = || StoreError::BlobDamaged {
                digest: digest.clone(),
            };
            let path = this.path(&digest).ok_or_else(damaged)?;
            let bytes = fs::read(&path).map_err(|_| damaged())?;
            if digest_of(&bytes) == digest {
                Ok(bytes)
            } else {
                Err(damaged())
            }
        })
        .await
    }

    fn put_now(&self, bytes: &[u8]) -> Result<String, StoreError> {
        let digest = digest_of(bytes);
        let path = self.dir.join(&digest[..2]).join(&digest);
        let folder = self.dir.join(&digest[..2]);
        make_dir(&folder)?;
        let there = fs::metadata(&path).is_ok_and(|found| found.len() == bytes.len() as u64);
        if !there {
            let turn = self.written.fetch_add(1, Ordering::Relaxed);
            let half = folder.join(format!(".{digest}.{}.{turn}", std::process::id()));
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .open(&half)
                .map_err(|error| file_error(&half, &error))?;
            file.write_all(bytes)
                .and_then(|()| file.sync_all())
                .map_err(|error| file_error(&half, &error))?;
            fs::rename(&half, &path).map_err(|error| file_error(&path, &error))?;
        }
        // Also where the file was there: its writer may have been killed between renaming and this.
        sync_dir(&folder)?;
        Ok(digest)
    }

    fn path(&self, digest: &str) -> Option<PathBuf> {
        let good = digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit());
        good.then(|| self.dir.join(&digest[..2]).join(digest))
    }
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

async fn blocking<T: Send + 'static>(
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

    #[tokio::test]
    async fn what_was_put_is_read_and_only_its_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
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
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join(&digest)), 0o600);
    }

    #[tokio::test]
    async fn a_changed_file_is_damage_and_a_half_one_is_written_again() {
        let dir = tempfile::tempdir().unwrap();
        let blobs = Blobs::open(dir.path()).unwrap();
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
