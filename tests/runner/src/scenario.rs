//! Scenarios: stories as data files in `tests/scenarios/`.

mod each;
mod file;
mod step;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use qaqpa_model::{RefusalLabel, ServiceAtAct};
use qaqpa_regulations::{Catalogue, Channel, Text};
use serde::Deserialize;
use thiserror::Error;

pub use step::{By, Culprit, Fault, Mischief, Source, Spoil, Step};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/scenarios.rs"));
}

/// A story of people and systems, and how it must end.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Unique: `guardianship-happy`.
    pub id: String,
    /// What it tells.
    pub title: Text,
    /// The service that is asked for.
    pub service: ServiceAtAct,
    /// The channel through which it is asked for.
    pub channel: Channel,
    /// What is done, in order.
    pub steps: Vec<Step>,
    /// How it must end.
    pub expect: Expected,
    /// The SHA-256 of the file that tells it, in hexadecimal.
    pub source: String,
}

/// How a scenario must end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// The elements in the order in which they are passed.
    pub path: Vec<String>,
    /// Of a refusal: its label.
    pub label: Option<RefusalLabel>,
    /// Of a condition's "no": which of its separate causes.
    pub cause: Option<String>,
    /// The end.
    pub end: ExpectedEnd,
}

/// The three ways in which a story may stand at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExpectedEnd {
    /// The result is in the cabinet.
    Delivered,
    /// Refused, with a label.
    Refused,
    /// Accepted, and waiting for somebody.
    Waiting,
}

impl ExpectedEnd {
    /// The name in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Waiting => "waiting",
        }
    }
}

/// Why the scenarios cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ScenarioError {
    /// A file is not a scenario, or does not fit the catalogue.
    #[error("{file}{}: {what}", line.map_or_else(String::new, |line| format!(":{line}")))]
    Malformed {
        /// The file.
        file: String,
        /// The line, from 1, where it is one line that is wrong.
        line: Option<usize>,
        /// What is wrong, and what would be right.
        what: String,
    },
    /// A file or folder cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
}

impl Scenario {
    /// Whether it moves the clock: nothing gives back what happens meanwhile, so it has a simulator of its own.
    #[must_use]
    pub fn moves_the_clock(&self) -> bool {
        let moves = |step: &Step| matches!(step, Step::Advance { .. });
        self.steps.iter().any(moves)
    }

    /// The scenarios that are built in, by id.
    ///
    /// # Errors
    /// [`ScenarioError::Malformed`]; a test of this crate holds that there is none.
    pub fn embedded(catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let mut scenarios = Vec::new();
        for (file, text) in embedded::FILES {
            scenarios.extend(Self::parse(file, text, catalogue)?);
        }
        sorted(scenarios)
    }

    /// The scenarios of a folder, by id.
    ///
    /// # Errors
    /// [`ScenarioError`].
    pub fn of_folder(folder: &Path, catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let mut scenarios = Vec::new();
        for entry in std::fs::read_dir(folder).map_err(|why| unreadable(folder, &why))? {
            let path = entry.map_err(|why| unreadable(folder, &why))?.path();
            if path
                .extension()
                .is_some_and(|extension| extension == "toml")
            {
                scenarios.extend(Self::of_file(&path, catalogue)?);
            }
        }
        sorted(scenarios)
    }

    /// The scenarios of a file: its story, and the same of other services where it says so.
    ///
    /// # Errors
    /// [`ScenarioError`].
    pub fn of_file(path: &Path, catalogue: &Catalogue) -> Result<Vec<Self>, ScenarioError> {
        let text = std::fs::read_to_string(path).map_err(|why| unreadable(path, &why))?;
        Self::parse(&path.display().to_string(), &text, catalogue)
    }
}

fn unreadable(path: &Path, why: &std::io::Error) -> ScenarioError {
    ScenarioError::Unreadable {
        path: path.to_owned(),
        why: why.to_string(),
    }
}

fn sorted(mut scenarios: Vec<Scenario>) -> Result<Vec<Scenario>, ScenarioError> {
    scenarios.sort_by(|a, b| a.id.cmp(&b.id));
    match scenarios.windows(2).find(|pair| pair[0].id == pair[1].id) {
        None => Ok(scenarios),
        Some(pair) => Err(ScenarioError::Malformed {
            file: pair[0].id.clone(),
            line: None,
            what: "two scenarios have this id".to_owned(),
        }),
    }
}
