//! The catalogue: all acts, patterns and services, read and linted as one.

use std::path::{Path, PathBuf};

use qaqpa_model::ServiceAtAct;
use thiserror::Error;

use crate::act::Act;
use crate::calendar::Calendar;
use crate::file::SourceFile;
use crate::lint::Finding;
use crate::resolve;
use crate::service::Service;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// Bytes of one catalogue file: the longest act has some forty services of a few kilobytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;
/// Depth of folders under an extra folder.
const FOLDER_DEPTH_MAX: usize = 8;

/// Acts, services and the calendar. One finding of the lint, and it does not load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    pub(crate) acts: Vec<Act>,
    pub(crate) services: Vec<Service>,
    pub(crate) calendar: Calendar,
}

/// Why the catalogue does not load.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogueError {
    /// The files break rules of the lint; every finding is listed.
    #[error("{}", findings(.0))]
    Findings(Vec<Finding>),
    /// A file or folder cannot be read.
    #[error("{}: {why}", path.display())]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        why: String,
    },
}

fn findings(findings: &[Finding]) -> String {
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

impl Catalogue {
    /// The catalogue that is built in.
    ///
    /// # Errors
    /// [`CatalogueError::Findings`]; a test of this crate holds that there are none.
    pub fn embedded() -> Result<Self, CatalogueError> {
        Self::load_with(&[])
    }

    /// The catalogue that is built in, with the `.toml` files of these folders (and of theirs).
    ///
    /// A file says itself what it is (`kind = "service"`), so one file in any folder adds a service.
    ///
    /// # Errors
    /// [`CatalogueError::Unreadable`], or [`CatalogueError::Findings`] with all findings of all files.
    pub fn load_with(folders: &[PathBuf]) -> Result<Self, CatalogueError> {
        let mut files: Vec<SourceFile> = embedded::FILES
            .iter()
            .map(|(name, text)| SourceFile {
                name: (*name).to_owned(),
                text: (*text).to_owned(),
            })
            .collect();
        for folder in folders {
            read_folder(folder, FOLDER_DEPTH_MAX, &mut files)?;
        }
        resolve::catalogue(&files).map_err(CatalogueError::Findings)
    }

    /// The acts, by id.
    #[must_use]
    pub fn acts(&self) -> &[Act] {
        &self.acts
    }

    /// The act of that id.
    #[must_use]
    pub fn act(&self, id: &str) -> Option<&Act> {
        self.acts.iter().find(|act| act.id == id)
    }

    /// The services, by id.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.services
    }

    /// The service of that id.
    #[must_use]
    pub fn service(&self, id: &ServiceAtAct) -> Option<&Service> {
        self.services.iter().find(|service| service.id == *id)
    }

    /// The days off.
    #[must_use]
    pub const fn calendar(&self) -> &Calendar {
        &self.calendar
    }
}

fn read_folder(
    folder: &Path,
    depth: usize,
    files: &mut Vec<SourceFile>,
) -> Result<(), CatalogueError> {
    let unreadable = |path: &Path, why: String| CatalogueError::Unreadable {
        path: path.to_owned(),
        why,
    };
    if depth == 0 {
        return Err(unreadable(
            folder,
            "the folders are nested too deeply".to_owned(),
        ));
    }
    let entries = std::fs::read_dir(folder).map_err(|why| unreadable(folder, why.to_string()))?;
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(
            entry
                .map_err(|why| unreadable(folder, why.to_string()))?
                .path(),
        );
    }
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read_folder(&path, depth - 1, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let bytes = std::fs::metadata(&path)
                .map_err(|why| unreadable(&path, why.to_string()))?
                .len();
            if bytes > FILE_BYTES_MAX {
                return Err(unreadable(
                    &path,
                    format!("{bytes} bytes, more than {FILE_BYTES_MAX}"),
                ));
            }
            let text =
                std::fs::read_to_string(&path).map_err(|why| unreadable(&path, why.to_string()))?;
            files.push(SourceFile {
                name: path.display().to_string(),
                text,
            });
        }
    }
    Ok(())
}
