//! Comparison with golden files. `QAQPA_GOLDEN=write` writes them anew, for review in the diff.

use std::path::PathBuf;

pub(crate) fn assert_golden(name: &str, actual: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var("QAQPA_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; QAQPA_GOLDEN=write makes it", path.display()));
    assert_eq!(
        String::from_utf8_lossy(actual),
        String::from_utf8_lossy(&expected),
        "{name}"
    );
}
