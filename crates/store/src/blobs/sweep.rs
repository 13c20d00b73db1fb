//! Deleting files that nothing names: those of removed entries, and those whose writer was killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use std::time::{Duration, SystemTime};

use super::{Blobs, blocking, file_error};
use crate::StoreError;

/// How long a file must have lain untouched before it is deleted. Real time: what is put on disk now is named within
/// seconds, whatever the simulated clock shows meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Idle(pub(crate) Duration);

impl Idle {
    /// Whether a file of this moment has lain long enough. One of a moment to come has not.
    fn is_long(self, modified: SystemTime) -> bool {
        self.0.is_zero() || modified.elapsed().is_ok_and(|age| age >= self.0)
    }
}

impl Blobs {
    /// The names of the files that hold bytes, and the paths of half ones whose writer was killed.
    pub(crate) async fn all(&self) -> Result<(Vec<String>, Vec<PathBuf>), StoreError> {
        let this = self.clone();
        blocking(move || {
            let (mut whole, mut half) = (Vec::new(), Vec::new());
            for folder in this.folders() {
                let files = fs::read_dir(&folder).map_err(|error| file_error(&folder, &error))?;
                for file in files {
                    let path = file.map_err(|error| file_error(&folder, &error))?.path();
                    let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
                        continue;
                    };
                    if this.path(name).as_deref() == Some(&path) {
                        whole.push(name.to_owned());
                    } else if is_half(name) {
                        half.push(path);
                    }
                }
            }
            Ok((whole, half))
        })
        .await
    }

    /// Deletes the file of that name if it has lain for so long. False where there is none, or it has not.
    pub(crate) async fn delete(&self, digest: &str, idle: Idle) -> Result<bool, StoreError> {
        match self.path(digest) {
            Some(path) => self.delete_file(path, idle).await,
            None => Ok(false),
        }
    }

    /// The same of a half file.
    pub(crate) async fn delete_file(&self, path: PathBuf, idle: Idle) -> Result<bool, StoreError> {
        let this = self.clone();
        blocking(move || {
            // Between the look and the deletion nobody may find the file there and rely on it.
            let _alone = this.hands.write().unwrap_or_else(PoisonError::into_inner);
            let removed = fs::metadata(&path)
                .and_then(|found| found.modified())
                .and_then(|modified| match idle.is_long(modified) {
                    true => fs::remove_file(&path).map(|()| true),
                    false => Ok(false),
                });
            match removed {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(false),
                Err(error) => Err(file_error(&path, &error)),
                Ok(removed) => Ok(removed),
            }
        })
        .await
    }
}

/// Makes a file young again.
#[expect(
    clippy::disallowed_methods,
    reason = "how long a file has lain is real time; the simulated clock may jump"
)]
pub(super) fn renew(path: &Path) -> Result<(), StoreError> {
    File::options()
        .write(true)
        .open(path)
        .and_then(|file| file.set_modified(SystemTime::now()))
        .map_err(|error| file_error(path, &error))
}

/// Whether this is the name of a file on its way: `.DIGEST.PID.N`.
fn is_half(name: &str) -> bool {
    let digest = name.strip_prefix('.').and_then(|rest| rest.split_once('.'));
    digest.is_some_and(|(digest, _)| {
        digest.len() == 64 && digest.bytes().all(|b| b.is_ascii_hexdigit())
    })
}
