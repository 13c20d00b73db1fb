//! Why the store could not work.

use thiserror::Error;

/// The store could not do its work. Never a business answer: those are values of the methods.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A stored file's bytes are not those that its name promises.
    #[error("the stored file {digest} is damaged or missing")]
    BlobDamaged {
        /// The SHA-256 digest that the file should have, in hexadecimal.
        digest: String,
    },
    /// The store was closed, or its writer has ended.
    #[error("the store is closed")]
    Closed,
    /// The database refused a statement or could not be reached.
    #[error("the database: {why}")]
    Database {
        /// The database's own words; they hold no stored values.
        why: String,
    },
    /// A file or a folder could not be read or written.
    #[error("{path}: {why}")]
    File {
        /// Which one.
        path: String,
        /// The system's own words.
        why: String,
    },
    /// The store was opened to be read only.
    #[error("the store was opened to be read only")]
    ReadOnly,
    /// A stored value cannot be read: another version wrote it, or somebody changed it.
    #[error("the stored {what} cannot be read")]
    Unreadable {
        /// Which column or file.
        what: &'static str,
    },
    /// Another version wrote the store.
    #[error(
        "the store is of version {found}, and this program reads version {wanted}: start its actor once to bring it up to date"
    )]
    Version {
        /// The number of its last migration.
        found: i64,
        /// The number of this program's.
        wanted: i64,
    },
}
