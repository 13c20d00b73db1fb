use std::collections::BTreeSet;

use qaqpa_fuzz::TARGETS;

use crate::{folder, seeds};

#[test]
fn every_target_has_seeds_a_driver_for_libfuzzer_and_a_row_in_the_readme() {
    let read = |path: &str| std::fs::read_to_string(folder().join(path)).unwrap();
    let (readme, manifest) = (read("README.md"), read("libfuzzer/Cargo.toml"));
    for target in TARGETS {
        let name = target.name;
        assert!(!seeds(name).is_empty(), "{name}");
        let driver = read(&format!("libfuzzer/fuzz_targets/{name}.rs"));
        assert!(
            driver.contains(&format!("qaqpa_fuzz::{name}(bytes)")),
            "{name}"
        );
        assert!(manifest.contains(&format!("name = \"{name}\"\n")), "{name}");
        assert!(readme.contains(&format!("\n| `{name}` | ")), "{name}");
    }
}

#[test]
fn nothing_else_has_seeds_or_a_driver() {
    let known: BTreeSet<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    assert_eq!(known.len(), TARGETS.len());
    for (place, is_folder) in [("seeds", true), ("libfuzzer/fuzz_targets", false)] {
        for entry in std::fs::read_dir(folder().join(place)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let is_one = path.is_dir() == is_folder;
            assert!(!is_one || known.contains(&name), "{}", path.display());
        }
    }
}
