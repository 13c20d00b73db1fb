//! Snapshots: the whole state of a simulator under a name, and the way back.
//!
//! A snapshot is a copy of the data folder, made while nobody works in it: every store with its bytes, the keys and
//! certificates, the clock, the stubs and expectations (they lie in the stores), and the rules of mischief. Where
//! `qaqpa up` runs, it is asked by an order ([`order`]) to stop, copy, and come up again.
//!
//! - `folder`: what is copied, and how it comes back; `change`: how one state takes the place of another; `still`: nobody
//!   works meanwhile; `room`: whether it fits; `stores`: whether anybody could start with it; [`shelf`]: which there are;
//! - [`order`]: how a running simulator is asked; [`keeper`]: its side of it; [`control`]: the console's control port.

pub(crate) mod change;
pub(crate) mod control;
pub(crate) mod folder;
pub(crate) mod keeper;
pub(crate) mod order;
mod room;
pub(crate) mod shelf;
pub(crate) mod still;
pub(crate) mod stores;

use std::fmt;
use std::path::PathBuf;

use qaqpa_transport::files::FileError;
use thiserror::Error;

/// Characters of a name.
const NAME_CHARACTERS_MAX: usize = 64;

/// What `GET /snapshots/orders/{id}` means: no snapshot's.
const NAME_OF_A_ROUTE: &str = "orders";

/// The name of a snapshot: also of its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name(String);

/// Why a snapshot was not made, brought back or removed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub(crate) enum SnapshotError {
    /// A snapshot of another version, or a damaged one.
    #[error("the snapshot {name} cannot be used: {why}")]
    Damaged {
        /// Which one.
        name: String,
        /// Why.
        why: String,
    },
    /// Stores that are not in the data folder.
    #[error("the store of {actor} is not in {}: a snapshot holds files only", folder.display())]
    Elsewhere {
        /// Whose store.
        actor: String,
        /// The actor's folder.
        folder: PathBuf,
    },
    /// A file of the data folder could not be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// The operating system said no.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A symbolic link in the data folder: what it leads to is not in the folder.
    #[error("{} is a symbolic link: a snapshot holds only what is in the data folder", .0.display())]
    Link(PathBuf),
    /// A name with other characters than letters, digits, `-`, `_`, `.`, or too long.
    #[error(
        "{0:?} is not a name: 1 to 64 letters, digits, hyphens, dots, underscores, no dot first, and not orders"
    )]
    Name(String),
    /// Actors work in the folder.
    #[error("{0} is running in this data folder")]
    Running(String),
    /// The copy does not fit.
    #[error("the copy needs {needed} bytes and {free} are free on the disk of the data folder")]
    Room {
        /// What it takes: bytes.
        needed: u64,
        /// What there is: bytes.
        free: u64,
    },
    /// There is one of that name.
    #[error("there is a snapshot {0} already")]
    Taken(String),
    /// There is none of that name.
    #[error("there is no snapshot {0}")]
    Unknown(String),
}

impl Name {
    /// The name, if it is one.
    ///
    /// # Errors
    /// [`SnapshotError::Name`].
    pub(crate) fn parse(text: &str) -> Result<Self, SnapshotError> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let is_name = (1..=NAME_CHARACTERS_MAX).contains(&text.len())
            && !text.starts_with('.')
            && text != NAME_OF_A_ROUTE
            && text.chars().all(plain);
        if is_name {
            Ok(Self(text.to_owned()))
        } else {
            Err(SnapshotError::Name(text.chars().take(80).collect()))
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl SnapshotError {
    /// What can be done about it.
    pub(crate) const fn remedy(&self) -> Option<&'static str> {
        match self {
            Self::Running(_) => Some(
                "stop the actors that run as processes of their own; a simulator of `qaqpa up` is asked by itself once it is up and has played",
            ),
            Self::Elsewhere { .. } => {
                Some("back the database up by its own tools, as docs/OPERATIONS.md says")
            }
            Self::Link(_) => Some(
                "move what it leads to into the data folder; to keep all of it on another disk, choose --data DIR there",
            ),
            Self::Room { .. } => {
                Some("make room: `qaqpa snapshot remove NAME`, or `qaqpa journal prune --before …`")
            }
            Self::Taken(_) => {
                Some("give another name, or remove that one first: `qaqpa snapshot remove NAME`")
            }
            Self::Unknown(_) | Self::Damaged { .. } => {
                Some("`qaqpa snapshot list` shows what there is")
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_folder_of_its_own_and_nothing_else() {
        for name in ["a", "before-1.2_x", "order.json", &"x".repeat(64)] {
            assert_eq!(Name::parse(name).unwrap().as_str(), name);
        }
        for wrong in [
            "",
            ".",
            "..",
            ".a",
            "a/b",
            "a b",
            "ә",
            "orders",
            &"x".repeat(65),
        ] {
            assert!(Name::parse(wrong).is_err(), "{wrong}");
        }
    }
}
