//! What a copy takes on the disk, and whether there is so much.

use std::fs;
use std::path::Path;

use super::SnapshotError;
use super::folder::{entries, io};
use crate::free;

/// A file takes whole blocks of this many bytes, and an entry of its folder beside.
const BLOCK: u64 = 4096;

/// Refuses what does not fit, before anything is copied. Where the system does not tell what is free, copying tells.
///
/// # Errors
/// [`SnapshotError::Link`], [`SnapshotError::Room`], [`SnapshotError::Io`].
pub(super) fn check<'a>(
    data: &Path,
    copied: impl IntoIterator<Item = &'a Path>,
) -> Result<(), SnapshotError> {
    let mut needed = 0_u64;
    for entry in copied {
        needed = needed.saturating_add(size(entry)?);
    }
    match free::bytes(data) {
        Some(free) if free < needed => Err(SnapshotError::Room { needed, free }),
        _ => Ok(()),
    }
}

/// What a copy of this takes: bytes. A symbolic link is refused: what stands behind it would be left out.
pub(super) fn size(entry: &Path) -> Result<u64, SnapshotError> {
    let metadata = match fs::symlink_metadata(entry) {
        Ok(metadata) => metadata,
        // It is gone by now: actors may work while this is asked for the first time.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(error) => return Err(io(entry)(error)),
    };
    if metadata.is_symlink() {
        return Err(SnapshotError::Link(entry.to_owned()));
    }
    if !metadata.is_dir() {
        let blocks = metadata.len().div_ceil(BLOCK).saturating_add(1);
        return Ok(blocks.saturating_mul(BLOCK));
    }
    let mut sum = BLOCK;
    for inner in entries(entry)? {
        sum = sum.saturating_add(size(&inner)?);
    }
    Ok(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_fit_is_refused_with_both_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let large = dir.path().join("large");
        // Sparse: the file system that holds it has not this much.
        let file = fs::File::create(&large).unwrap();
        file.set_len(1 << 43).unwrap();
        let refused = check(dir.path(), [large.as_path()]);
        let Err(SnapshotError::Room { needed, free }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(needed, (1 << 43) + BLOCK);
        assert!(free < needed, "{free}");
        file.set_len(1).unwrap();
        check(dir.path(), [large.as_path()]).unwrap();
    }
}
