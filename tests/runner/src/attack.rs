//! The attack corpus: cases as data in `tests/attacks/`, run against ourselves or against another verifier.
//!
//! - [`Case`] is one attack or one control; [`corpus`] reads all of them, which are built in.
//! - `run` forges each and asks a verifier; [`Report`] shows what came of it, by family.
//! - [`page::markdown`] writes docs/ATTACKS.md from the same files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod case;
mod error;
mod family;
mod gateway;
pub mod page;
mod report;
mod run;
mod send;
mod verifier;

pub use case::{Case, CaseError, Expect, Expected, Level, Profile};
pub use error::AttackError;
pub use family::{Catalogue, Elsewhere, Family, Row};
pub use gateway::{Target, run_against};
pub use report::{Outcome, Ran, Report};
pub use run::run_case;
pub use send::{Repeat, Send};
pub use verifier::{COMMAND_TIME_MAX, Verifier};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/attacks.rs"));
}

/// Every case, by family and id.
///
/// # Errors
/// [`CaseError`] of the first file that is no case, with file and line.
pub fn corpus() -> Result<Vec<Case>, CaseError> {
    let read = embedded::FILES
        .iter()
        .map(|(file, text)| Case::parse(file, text));
    read.collect()
}

/// The families, by name.
///
/// # Errors
/// [`CaseError`] of the first file that is none.
pub fn families() -> Result<Vec<Family>, CaseError> {
    let read = embedded::FAMILIES
        .iter()
        .map(|(file, text)| Family::parse(file, text));
    read.collect()
}

/// The classes of attacks that the corpus is held to.
///
/// # Errors
/// [`CaseError`] where the file is none.
pub fn catalogue() -> Result<Catalogue, CaseError> {
    Catalogue::parse("catalogue.toml", embedded::CATALOGUE)
}

/// For each check that a policy holds: a case that it, alone or with what overlaps, refuses.
///
/// # Errors
/// [`CaseError`] where the file is none.
pub fn matrix() -> Result<BTreeMap<String, Row>, CaseError> {
    Row::parse_all("matrix.toml", embedded::MATRIX)
}

/// Cases of a folder of one's own, shaped like `tests/attacks/`: `FAMILY/ID/case.toml`.
///
/// # Errors
/// [`CaseError`] where a folder or a file cannot be read, or a file is no case.
pub fn read(folder: &Path) -> Result<Vec<Case>, CaseError> {
    let mut cases = Vec::new();
    for family in folders(folder)? {
        for case in folders(&family)? {
            let path = case.join("case.toml");
            let text = std::fs::read_to_string(&path).map_err(|error| unread(&path, &error))?;
            let name = path.strip_prefix(folder).unwrap_or(&path);
            cases.push(Case::parse(&name.to_string_lossy(), &text)?);
        }
    }
    Ok(cases)
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, CaseError> {
    let entries = std::fs::read_dir(folder).map_err(|error| unread(folder, &error))?;
    let mut folders: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    Ok(folders)
}

fn unread(path: &Path, error: &std::io::Error) -> CaseError {
    CaseError {
        file: path.display().to_string(),
        why: error.to_string(),
    }
}
