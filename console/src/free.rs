//! How much room is on a disk, as the system tells.

use std::path::Path;
use std::process::Command;

/// The bytes that are free where this folder is; `None` where the system does not tell.
///
/// Asks the system's own `df`: the standard library does not tell, and what tells is not safe code. It waits for that.
pub(crate) fn bytes(folder: &Path) -> Option<u64> {
    let told = Command::new("df").arg("-Pk").arg("--").arg(folder).output();
    let told = told.ok().filter(|told| told.status.success())?;
    available(&String::from_utf8_lossy(&told.stdout))
}

/// The fourth column of the last line (POSIX, `df -P`): available blocks of 1024 bytes.
fn available(told: &str) -> Option<u64> {
    let line = told.trim_end().lines().last()?;
    let blocks: u64 = line.split_whitespace().nth(3)?.parse().ok()?;
    blocks.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_free_is_read_from_the_line_of_the_file_system() {
        let told = "Filesystem 1024-blocks Used Available Capacity Mounted on\n\
                    /dev/vda1 100000 90000 10000 90% /data\n";
        assert_eq!(available(told), Some(10_240_000));
        for wrong in [
            "",
            "Filesystem 1024-blocks Used Available Capacity Mounted on\n",
            "a b c",
        ] {
            assert_eq!(available(wrong), None, "{wrong}");
        }
    }
}
