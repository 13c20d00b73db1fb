//! Long revocation lists in files that are named by their digest: many verdicts hang on one list.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use qaqpa_verdict::{List, Shelf};

/// A folder of lists: `<sha256 in hexadecimal>.crl`, files 0600, the folder 0700.
///
/// A verdict's dossier names a long list by its digest; without the file the same verdict cannot be reached again, so that
/// nothing here is ever removed.
#[derive(Debug)]
pub(crate) struct Folder {
    dir: PathBuf,
    written: AtomicU64,
}

impl Folder {
    /// The folder; it is made when the first list comes.
    pub(crate) fn new(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            written: AtomicU64::new(0),
        }
    }

    /// Writes a list unless it is there, byte for byte. When this returns, it survives a power cut.
    pub(crate) fn put(&self, list: &List) -> std::io::Result<()> {
        let name = list.sha256_hex();
        let path = self.path(&name);
        // The length first: a list has up to 64 MiB.
        let is_there = fs::metadata(&path)
            .is_ok_and(|found| found.len() == list.der().len() as u64)
            && fs::read(&path).is_ok_and(|found| found == list.der());
        if is_there {
            return Ok(());
        }
        if !self.dir.is_dir() {
            DirBuilder::new()
                .recursive(true)
                .mode(0o700)
                .create(&self.dir)?;
        }
        let turn = self.written.fetch_add(1, Ordering::Relaxed);
        let half = self
            .dir
            .join(format!(".{name}.{}.{turn}", std::process::id()));
        let mut file = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(true)
            .mode(0o600)
            .open(&half)?;
        file.write_all(list.der())?;
        file.sync_all()?;
        fs::rename(&half, &path)?;
        File::open(&self.dir)?.sync_all()
    }

    fn path(&self, sha256_hex: &str) -> PathBuf {
        self.dir.join(format!("{sha256_hex}.crl"))
    }
}

impl Shelf for Folder {
    fn list(&self, sha256_hex: &str) -> Option<List> {
        // A stored dossier must not lead out of the folder.
        if sha256_hex.len() != 64 || !sha256_hex.bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        let bytes = fs::read(self.path(sha256_hex)).ok()?;
        List::read(&bytes).ok()
    }
}
