//! The catalogue: all acts, patterns and services, read and linted as one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use qaqpa_model::ServiceAtAct;
use thiserror::Error;

use crate::act::Act;
use crate::calendar::Calendar;
use crate::file::SourceFile;
use crate::lint::Finding;
use crate::resolve;
use crate::service::{Listing, Service};
use crate::standing::Answer;
use crate::vocabulary::Channel;

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
    /// Of each service that is played, what of it is played.
    played: Vec<Service>,
    regulated: Vec<Service>,
    listings: Vec<Listing>,
    pub(crate) calendar: Calendar,
    texts: Arc<[String]>,
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
        // Read once: the files are part of the program and do not change.
        static READ: OnceLock<Catalogue> = OnceLock::new();
        if let Some(read) = READ.get() {
            return Ok(read.clone());
        }
        let read = Self::read_with(&[])?;
        Ok(READ.get_or_init(|| read).clone())
    }

    /// The catalogue that is built in, with the `.toml` files of these folders (and of theirs).
    ///
    /// A file says itself what it is (`kind = "service"`), so one file in any folder adds a service.
    ///
    /// # Errors
    /// [`CatalogueError::Unreadable`], or [`CatalogueError::Findings`] with all findings of all files.
    pub fn load_with(folders: &[PathBuf]) -> Result<Self, CatalogueError> {
        if folders.is_empty() {
            return Self::embedded();
        }
        Self::read_with(folders)
    }

    fn read_with(folders: &[PathBuf]) -> Result<Self, CatalogueError> {
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
        let read = resolve::catalogue(&files).map_err(CatalogueError::Findings)?;
        Ok(Self {
            texts: files.into_iter().map(|file| file.text).collect(),
            ..read
        })
    }

    /// The texts of the files that it was read from, in no order that means anything.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.iter().map(String::as_str)
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

    pub(crate) fn of(
        acts: Vec<Act>,
        regulated: Vec<Service>,
        listings: Vec<Listing>,
        calendar: Calendar,
    ) -> Self {
        let played = regulated
            .iter()
            .filter(|service| service.flows.iter().any(|flow| flow.played))
            .cloned()
            .map(|mut service| {
                service.flows.retain(|flow| flow.played);
                service
            })
            .collect();
        Self {
            acts,
            played,
            regulated,
            listings,
            calendar,
            texts: Arc::default(),
        }
    }

    /// The services that the simulator's actors play, by id, each with the flows that they play.
    ///
    /// The acts have more: [`regulated`](Self::regulated) holds all of them, and
    /// [`answer`](Self::answer) says of each what the simulator does with it.
    #[must_use]
    pub fn services(&self) -> &[Service] {
        &self.played
    }

    /// The service of that id, if the actors play it.
    #[must_use]
    pub fn service(&self, id: &ServiceAtAct) -> Option<&Service> {
        self.played.iter().find(|service| service.id == *id)
    }

    /// Every service of the acts that has a flow, by id, played or not.
    #[must_use]
    pub fn regulated(&self) -> &[Service] {
        &self.regulated
    }

    /// The service of that id with all its flows, played or not.
    #[must_use]
    pub fn regulation(&self, id: &ServiceAtAct) -> Option<&Service> {
        self.regulated.iter().find(|service| service.id == *id)
    }

    /// The services of the acts that have no flow: titles, services without steps, struck-out ones.
    #[must_use]
    pub fn listings(&self) -> &[Listing] {
        &self.listings
    }

    /// The service without a flow of that id.
    #[must_use]
    pub fn listing(&self, id: &ServiceAtAct) -> Option<&Listing> {
        self.listings.iter().find(|listing| listing.id == *id)
    }

    /// What the catalogue says to somebody who asks for this service (through this channel).
    #[must_use]
    pub fn answer(&self, id: &ServiceAtAct, channel: Option<Channel>) -> Answer<'_> {
        if let Some(listing) = self.listing(id) {
            return Answer::Listed(listing);
        }
        let Some(service) = self.regulation(id) else {
            return Answer::Unknown;
        };
        let mut asked = service
            .flows
            .iter()
            .filter(|flow| channel.is_none_or(|channel| flow.channel == channel))
            .peekable();
        if asked.peek().is_none() {
            return Answer::OtherChannel(service);
        }
        if asked.any(|flow| flow.played) {
            return Answer::Played(service);
        }
        Answer::NotPlayed(service)
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
