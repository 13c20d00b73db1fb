//! A file system of a few megabytes, to be full for a while.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::stand;

/// Enough for the stores of all actors, and no more than a machine has in memory.
const MEGABYTES: u32 = 192;

/// The file system; dropping it takes it away.
pub(super) struct SmallDisk {
    folder: PathBuf,
}

impl SmallDisk {
    /// A new one, by root's own hands, or by `sudo` where that asks for no password.
    pub(super) fn mount() -> Self {
        let folder = stand::fresh_folder(&format!("small-disk-{}", stand::unique()));
        // Whoever tests owns it; a server that runs as somebody else may enter.
        let owner = std::fs::metadata(&folder).unwrap().uid();
        let options = format!("size={MEGABYTES}m,mode=755,uid={owner}");
        let mount = |program: &[&str]| {
            Command::new(program[0])
                .args(&program[1..])
                .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
                .arg(&folder)
                .output()
                .is_ok_and(|done| done.status.success())
        };
        let by = [&["mount"][..], &["sudo", "-n", "mount"][..]];
        assert!(
            by.into_iter().any(mount),
            "a small file system cannot be mounted: run the tests as root, or let `sudo -n mount` work"
        );
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Leaves so many bytes free, more or less: everybody else writes on.
    pub(super) fn fill(&self, leave: u64) {
        let mut ballast = File::create(self.ballast()).unwrap();
        let block = [0_u8; 4096];
        while self.free() > leave {
            let blocks = (self.free() - leave).div_ceil(4096).min(1024);
            for _ in 0..blocks {
                // It is full.
                if ballast.write_all(&block).is_err() {
                    return;
                }
            }
        }
    }

    /// Gives the room back.
    pub(super) fn empty(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.folder.join("ballast")
    }

    fn free(&self) -> u64 {
        let folder = self.folder.to_str().unwrap();
        let told = stand::judge("df", &["--output=avail", "-B1", folder]);
        let told = String::from_utf8(told.stdout).unwrap();
        told.lines().nth(1).unwrap().trim().parse().unwrap()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Also while a log or a folder of it is still open somewhere.
        for program in [&["umount"][..], &["sudo", "-n", "umount"][..]] {
            let mut unmount = Command::new(program[0]);
            unmount.args(&program[1..]).arg("-l").arg(&self.folder);
            if unmount.output().is_ok_and(|done| done.status.success()) {
                break;
            }
        }
        std::fs::remove_dir(&self.folder).ok();
    }
}
