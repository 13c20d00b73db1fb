//! The clock of the machine, set wrong and right again, as an operator or a time server does: by libfaketime.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::stand;

/// What the processes that are started with it believe the machine's clock to show. How long something lasts they
/// measure by the other clock, which nobody sets.
pub(super) struct MachineClock {
    file: PathBuf,
}

impl MachineClock {
    /// Right, as yet.
    pub(super) fn new() -> Self {
        let folder = stand::fresh_folder(&format!("machine-clock-{}", stand::unique()));
        let clock = Self {
            file: folder.join("offset"),
        };
        clock.be_wrong_by(0);
        clock
    }

    /// From now on, by so many seconds.
    pub(super) fn be_wrong_by(&self, seconds: i64) {
        // Never half of it: whoever reads it meanwhile reads the one before.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(new, &self.file).unwrap();
    }

    /// What a process is started with.
    pub(super) fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("LD_PRELOAD", library().into()),
            ("FAKETIME_TIMESTAMP_FILE", self.file.clone().into()),
            ("FAKETIME_NO_CACHE", "1".into()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".into()),
            ("NO_FAKE_STAT", "1".into()),
        ]
    }
}

/// Debian keeps it in a folder by the machine's kind.
fn library() -> PathBuf {
    let kinds = std::fs::read_dir("/usr/lib").unwrap().flatten();
    kinds
        .map(|kind| kind.path().join("faketime/libfaketimeMT.so.1"))
        .find(|library| library.exists())
        .expect("libfaketime is not installed: scripts/setup test installs it")
}
