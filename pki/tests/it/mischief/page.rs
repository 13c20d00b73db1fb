use std::path::Path;

use qaqpa_pki::mischief::fault::FaultKind;
use qaqpa_pki::mischief::page;

/// docs/MISCHIEF.md is written from the catalogue.
#[test]
fn the_committed_page_of_faults_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/MISCHIEF.md");
    let page = page::markdown();
    if std::env::var_os("QAQPA_WRITE_MISCHIEF").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == page,
        "docs/MISCHIEF.md is out of date; make it anew with QAQPA_WRITE_MISCHIEF=1"
    );
}

#[test]
fn every_fault_has_its_row_on_the_page() {
    let page = page::markdown();
    for kind in FaultKind::all() {
        let name = kind.entry().name;
        let rows = page
            .lines()
            .filter(|line| line.starts_with(&format!("| `{name}`")))
            .count();
        assert_eq!(rows, 1, "{name}");
    }
}
