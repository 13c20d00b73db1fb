//! Why the store could not work.

use thiserror::Error;

/// The store could not do its work. Never a business answer: those are values of the methods.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The address of a database cannot be used.
    #[error("the store's address: {why}")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// A stored file's bytes are not those that its name promises.
    #[error("the stored file {digest} is damaged or missing")]
    BlobDamaged {
        /// The SHA-256 digest that the file should have, in hexadecimal.
        digest: String,
    },
    /// Another process has the same work in hand, or both waited for each other: nothing was stored, try again.
    #[error("the database is busy with the work of another process: {why}")]
    Busy {
        /// What was waited for.
        why: String,
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
    /// The connection to the database was lost, or there is none to be had. What was under way is stored wholly or
    /// not at all, and nobody can say which: try again, a repeat is recognized.
    #[error("the database cannot be reached: {why}")]
    Unreachable {
        /// The system's own words.
        why: String,
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

impl StoreError {
    /// Whether the same may succeed a little later, though nobody does anything about it.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Unreachable { .. })
    }

    pub(crate) fn undecoded(column: &str) -> Self {
        Self::Database {
            why: format!("column {column} cannot be decoded"),
        }
    }
}

impl From<sqlx::migrate::MigrateError> for StoreError {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        Self::Database {
            why: error.to_string(),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        let why = error.to_string();
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            // Only the kind and the column: the source may quote a stored value.
            sqlx::Error::ColumnDecode { index, .. } => Self::undecoded(&index),
            sqlx::Error::Io(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Unreachable { why },
            sqlx::Error::Database(error) => match error.code().as_deref().map(Trouble::of) {
                Some(Trouble::Busy) => Self::Busy { why },
                Some(Trouble::Unreachable) => Self::Unreachable { why },
                Some(Trouble::Other) | None => Self::Database { why },
            },
            _ => Self::Database { why },
        }
    }
}

/// In the words of the readers' driver: who waits need not know which of the two it was.
impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        let busy = matches!(
            error.sqlite_error_code(),
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
        );
        let why = match error {
            rusqlite::Error::SqliteFailure(failure, message) => format!(
                "error returned from database: (code: {}) {}",
                failure.extended_code,
                message.unwrap_or_else(|| failure.to_string())
            ),
            // Never the statement's values: they are bound.
            other => other.to_string(),
        };
        if busy {
            Self::Busy { why }
        } else {
            Self::Database { why }
        }
    }
}

/// What the code of a database's error says about trying again.
enum Trouble {
    Busy,
    Other,
    Unreachable,
}

impl Trouble {
    /// By PostgreSQL's list of codes (its documentation, appendix A), of five characters each, and by SQLite's, which are
    /// numbers of at most four digits.
    fn of(code: &str) -> Self {
        match code {
            // Serialization failure, deadlock, lock not available.
            "40001" | "40P01" | "55P03" => Self::Busy,
            // Busy, recovering, of an older snapshot, timed out; locked, by a shared cache.
            "5" | "261" | "517" | "773" | "6" | "262" => Self::Busy,
            // Idle in transaction too long; too many connections; shut down, crashed, starting.
            "25P03" | "53300" | "57P01" | "57P02" | "57P03" => Self::Unreachable,
            _ if code.starts_with("08") => Self::Unreachable,
            _ => Self::Other,
        }
    }
}
