//! docs/REGULATION-MAP.md.

use std::path::PathBuf;

use qaqpa_regulations::{Meaning, Rule, map};

use crate::embedded::catalogue;

fn workspace() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

#[test]
fn the_committed_regulation_map_is_up_to_date() {
    let path = workspace().join("docs/REGULATION-MAP.md");
    let page = map::markdown(&catalogue());
    if std::env::var_os("QAQPA_WRITE_MAP").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == page,
        "docs/REGULATION-MAP.md is out of date; make it anew with QAQPA_WRITE_MAP=1"
    );
}

#[test]
fn every_file_of_the_regulation_map_exists() {
    for meaning in Meaning::ALL {
        let Some(code) = map::code_of(*meaning) else {
            continue;
        };
        let path = workspace().join(code);
        assert!(path.is_file(), "{meaning}: there is no {}", path.display());
    }
}

#[test]
fn the_readme_lists_every_rule_of_the_lint() {
    let path = workspace().join("regulations/README.md");
    let readme = std::fs::read_to_string(path).unwrap();
    let listed: Vec<&str> = readme
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(rule, _)| rule)
        .filter(|rule| !rule.contains('/'))
        .collect();
    let mut rules: Vec<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    rules.sort_unstable();
    assert_eq!(listed, rules);
}
