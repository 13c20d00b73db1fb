//! Whether a file is still the one that was read.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// What changes when a file is written anew, or when another takes its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stamp {
    /// There is a file.
    File(File),
    /// There is none.
    None,
    /// Nobody can say whether there is one: it is read, and refused with the reason.
    Unseen,
}

/// A file as the file system knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct File {
    device: u64,
    inode: u64,
    bytes: u64,
    /// Seconds and nanoseconds of the last change of what is in it.
    modified: (i64, i64),
    /// The same of anything about it: nobody sets this one back.
    changed: (i64, i64),
}

impl Stamp {
    /// Of the file of that path, as it is now.
    pub(crate) fn of(path: &Path) -> Self {
        match std::fs::metadata(path) {
            Ok(file) => Self::File(File {
                device: file.dev(),
                inode: file.ino(),
                bytes: file.size(),
                modified: (file.mtime(), file.mtime_nsec()),
                changed: (file.ctime(), file.ctime_nsec()),
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::None,
            Err(_) => Self::Unseen,
        }
    }

    /// How long the file is, where it can be seen.
    pub(crate) const fn bytes(self) -> Option<u64> {
        match self {
            Self::File(file) => Some(file.bytes),
            Self::None | Self::Unseen => None,
        }
    }
}

/// A file with those that it names, as they were before they were read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stamps {
    /// The file's own.
    pub(crate) own: Stamp,
    /// Of the files that it names.
    pub(crate) named: Vec<(PathBuf, Stamp)>,
}

impl Stamps {
    /// Of a file that names no others.
    pub(crate) const fn alone(own: Stamp) -> Self {
        let named = Vec::new();
        Self { own, named }
    }

    /// Whether the file at `path` and all that it names are as they were.
    pub(crate) fn still_hold(&self, path: &Path) -> bool {
        let named = &mut self.named.iter();
        self.own == Stamp::of(path) && named.all(|(path, stamp)| *stamp == Stamp::of(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_looked_at_is_not_one_that_is_not_there() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Stamp::of(&dir.path().join("none")), Stamp::None);
        let knot = dir.path().join("knot");
        std::os::unix::fs::symlink(&knot, &knot).unwrap();
        assert_eq!(Stamp::of(&knot), Stamp::Unseen);
    }

    #[test]
    fn another_file_of_the_same_length_and_time_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let [path, next] = ["file", "next"].map(|name| dir.path().join(name));
        std::fs::write(&path, "one").unwrap();
        let (before, times) = (Stamp::of(&path), std::fs::metadata(&path).unwrap());
        assert_eq!(Stamp::of(&path), before);
        std::fs::write(&next, "two").unwrap();
        let file = std::fs::File::options().write(true).open(&next).unwrap();
        file.set_modified(times.modified().unwrap()).unwrap();
        std::fs::rename(&next, &path).unwrap();
        assert_eq!(Stamp::of(&path).bytes(), before.bytes());
        assert_ne!(Stamp::of(&path), before);
    }

    #[test]
    fn a_file_that_is_named_counts_too() {
        let dir = tempfile::tempdir().unwrap();
        let [path, named] = ["file", "named"].map(|name| dir.path().join(name));
        std::fs::write(&path, "one").unwrap();
        let stamps = Stamps {
            own: Stamp::of(&path),
            named: vec![(named.clone(), Stamp::of(&named))],
        };
        assert!(stamps.still_hold(&path));
        std::fs::write(&named, "").unwrap();
        assert!(!stamps.still_hold(&path));
    }
}
