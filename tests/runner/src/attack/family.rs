//! What a family of cases has in common: its story, and why our design answers it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::case::CaseError;

/// A folder of cases.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// The folder.
    #[serde(skip)]
    pub name: String,
    /// What it is called.
    pub title: String,
    /// What happened to whom.
    pub story: String,
    /// Why our design answers it, and where that stands.
    pub answer: String,
    /// Tests that show the same beside the cases: `FILE::NAME`, from the top of the repository.
    pub tests: Vec<String>,
}

/// The classes of the catalogue, each with its subject; those without a case with the tests that show them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// Every class and what it is about.
    pub classes: BTreeMap<String, String>,
    /// Classes, or parts of them, that no case shows.
    pub elsewhere: BTreeMap<String, Elsewhere>,
}

/// Where something is shown that no case of the corpus can show.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Elsewhere {
    /// Why no case shows it.
    pub why: String,
    /// The tests that do: `FILE::NAME`, from the top of the repository.
    pub tests: Vec<String>,
}

/// One row of the matrix: what one check is good for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// A case that passes without the check.
    pub case: String,
    /// Checks that must be left out as well, because they refuse the same.
    #[serde(default)]
    pub with: Vec<String>,
    /// Why they overlap.
    pub why: Option<String>,
}

impl Row {
    pub(super) fn parse_all(file: &str, text: &str) -> Result<BTreeMap<String, Self>, CaseError> {
        toml::from_str(text).map_err(|error| wrong(file, text, &error))
    }
}

impl Family {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CaseError> {
        let mut family: Self = toml::from_str(text).map_err(|error| wrong(file, text, &error))?;
        file.split('/')
            .next()
            .unwrap_or_default()
            .clone_into(&mut family.name);
        Ok(family)
    }
}

impl Catalogue {
    pub(super) fn parse(file: &str, text: &str) -> Result<Self, CaseError> {
        toml::from_str(text).map_err(|error| wrong(file, text, &error))
    }
}

pub(super) fn wrong(file: &str, text: &str, error: &toml::de::Error) -> CaseError {
    let line = error
        .span()
        .map(|span| text[..span.start].matches('\n').count() + 1);
    CaseError {
        file: match line {
            Some(line) => format!("{file}:{line}"),
            None => file.to_owned(),
        },
        why: error.message().to_owned(),
    }
}
