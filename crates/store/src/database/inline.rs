//! SQLite without a hop: a statement runs to its end on the thread that asks for it.
//!
//! The readers' driver hands each statement to a thread of its own and waits for what comes back. A transaction of the
//! writer is a dozen statements of a few microseconds each, and two hops a statement cost more than the statements.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, OpenFlags, Rows};

use super::backfill::WRITERS_PAGES;
use super::statement::Value;
use crate::StoreError;

/// Prepared statements that are kept: more than this crate has texts.
const PREPARED_MAX: usize = 256;

/// What the writer keeps of the file in memory: 2 MB. Keys are random, so that each message changes a page here and there in
/// every index. Balancing a tree borrows the number of the page at 1 GiB for a moment, and the commit then walks through
/// all pages that are kept: of 8 MB that was one twenty-fifth of an actor's processor time.
const CACHE: &str = "PRAGMA cache_size = -2048";

/// The writer's connection to a file. Whoever runs a statement waits for the disk.
#[derive(Debug)]
pub(crate) struct Inline(rusqlite::Connection);

/// What is wanted of a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    All,
    Changes,
    First,
}

/// What a statement answered.
pub(super) struct Answer {
    pub(super) rows: Vec<InlineRow>,
    pub(super) changed: u64,
}

impl Answer {
    pub(super) fn first(self) -> Option<InlineRow> {
        self.rows.into_iter().next()
    }
}

impl Inline {
    /// Opens a file that is there and of this version.
    ///
    /// # Errors
    /// [`StoreError::Database`] where it cannot be opened.
    pub(super) fn open(file: &Path, busy: Duration) -> Result<Self, StoreError> {
        // No other thread has it at the same time: the compiler sees to that.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE
            | OpenFlags::SQLITE_OPEN_URI;
        let connection = rusqlite::Connection::open_with_flags(file, flags)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        connection.busy_timeout(busy)?;
        let this = Self(connection);
        // FULL: a committed transaction survives a power cut, not only a killed process.
        let at_commit = format!("PRAGMA wal_autocheckpoint = {WRITERS_PAGES}");
        for pragma in [
            "PRAGMA journal_mode = WAL",
            "PRAGMA foreign_keys = ON",
            "PRAGMA synchronous = FULL",
            CACHE,
            &at_commit,
        ] {
            this.run(pragma, &[], Wanted::First)?;
        }
        Ok(this)
    }

    /// Opens a file to read it. Where nothing may be written, not even beside it, it is opened so.
    ///
    /// # Errors
    /// [`StoreError::Database`] where it cannot be opened.
    pub(super) fn open_to_read(
        file: &Path,
        may_write: bool,
        busy: Duration,
    ) -> Result<Self, StoreError> {
        let mode = match may_write {
            true => OpenFlags::SQLITE_OPEN_READ_WRITE,
            false => OpenFlags::SQLITE_OPEN_READ_ONLY,
        };
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_PRIVATE_CACHE;
        let connection = rusqlite::Connection::open_with_flags(file, flags)?;
        connection.set_prepared_statement_cache_capacity(PREPARED_MAX);
        connection.busy_timeout(busy)?;
        let this = Self(connection);
        this.run("PRAGMA query_only = ON", &[], Wanted::First)?;
        Ok(this)
    }

    /// How long it waits for others from now on.
    ///
    /// # Errors
    /// [`StoreError::Database`] where SQLite takes no such time.
    pub(super) fn wait_at_most(&self, busy: Duration) -> Result<(), StoreError> {
        Ok(self.0.busy_timeout(busy)?)
    }

    /// Runs a statement, with `$1`, `$2`, … for what is bound.
    ///
    /// # Errors
    /// [`StoreError::Database`] where the database could not.
    pub(super) fn run(
        &self,
        text: &str,
        bound: &[Value<'_>],
        wanted: Wanted,
    ) -> Result<Answer, StoreError> {
        let mut statement = self.0.prepare_cached(text)?;
        bind(&mut statement, bound)?;
        let rows = read(statement.raw_query(), wanted)?;
        Ok(Answer {
            rows,
            changed: self.0.changes(),
        })
    }

    /// Whether a transaction is open: after some failures SQLite has undone it already.
    pub(super) fn is_within_transaction(&self) -> bool {
        !self.0.is_autocommit()
    }
}

/// By the numbers in the text: SQLite counts its parameters in the order in which they come.
fn bind(statement: &mut CachedStatement<'_>, bound: &[Value<'_>]) -> Result<(), StoreError> {
    for place in 1..=statement.parameter_count() {
        let number = statement
            .parameter_name(place)
            .and_then(|name| name.strip_prefix('$'))
            .and_then(|number| number.parse::<usize>().ok());
        let value = number
            .and_then(|number| bound.get(number.checked_sub(1)?))
            .ok_or_else(|| StoreError::Database {
                why: format!("nothing is bound to the parameter at place {place}"),
            })?;
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

fn read(mut answer: Rows<'_>, wanted: Wanted) -> Result<Vec<InlineRow>, StoreError> {
    let mut rows = Vec::new();
    let mut names: Option<Arc<[String]>> = None;
    while let Some(row) = answer.next()? {
        if wanted == Wanted::Changes {
            continue;
        }
        // Of the first row: before it is asked for, a text of before a migration is not yet read anew.
        let names = names.get_or_insert_with(|| {
            let names = row.as_ref().column_names();
            names.into_iter().map(str::to_owned).collect()
        });
        let cells = (0..names.len())
            .map(|at| Ok(Cell::of(row.get_ref(at)?)))
            .collect::<Result<_, rusqlite::Error>>()?;
        rows.push(InlineRow {
            names: Arc::clone(names),
            cells,
        });
        if wanted == Wanted::First {
            break;
        }
    }
    Ok(rows)
}

impl ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Bytes(Some(bytes)) => ValueRef::Blob(bytes),
            Self::Number(Some(number)) => ValueRef::Integer(*number),
            Self::Text(Some(text)) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(None) | Self::Number(None) | Self::Text(None) => ValueRef::Null,
        }))
    }
}

/// One row, read whole: its statement may go on.
pub(crate) struct InlineRow {
    names: Arc<[String]>,
    cells: Vec<Cell>,
}

impl InlineRow {
    /// The value in the column of that name.
    ///
    /// # Errors
    /// [`StoreError::Database`] where there is no such column, or it holds another kind of value.
    pub(super) fn value<'r, T: FromCell<'r>>(&'r self, name: &str) -> Result<T, StoreError> {
        let cell = self.names.iter().rposition(|one| one == name);
        let cell = cell
            .and_then(|at| self.cells.get(at))
            .ok_or_else(|| sqlx::Error::ColumnNotFound(name.to_owned()))?;
        T::from_cell(cell).ok_or_else(|| StoreError::undecoded(&format!("{name:?}")))
    }
}

/// A value as SQLite has it.
pub(super) enum Cell {
    Bytes(Vec<u8>),
    Null,
    Number(i64),
    /// No column of ours holds one.
    Real,
    /// What somebody else wrote there as text need not be UTF-8.
    Text(Vec<u8>),
}

impl Cell {
    fn of(value: ValueRef<'_>) -> Self {
        match value {
            ValueRef::Blob(bytes) => Self::Bytes(bytes.to_vec()),
            ValueRef::Integer(number) => Self::Number(number),
            ValueRef::Null => Self::Null,
            ValueRef::Real(_) => Self::Real,
            ValueRef::Text(text) => Self::Text(text.to_vec()),
        }
    }
}

/// What a column is read as. None where it holds another kind of value.
pub(super) trait FromCell<'r>: Sized {
    fn from_cell(cell: &'r Cell) -> Option<Self>;
}

impl<'r> FromCell<'r> for &'r str {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        match cell {
            Cell::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }
}

impl<'r> FromCell<'r> for String {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        <&str>::from_cell(cell).map(str::to_owned)
    }
}

impl<'r> FromCell<'r> for Vec<u8> {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        match cell {
            Cell::Bytes(bytes) | Cell::Text(bytes) => Some(bytes.clone()),
            _ => None,
        }
    }
}

impl<'r> FromCell<'r> for i64 {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        match cell {
            Cell::Number(number) => Some(*number),
            _ => None,
        }
    }
}

impl<'r, T: FromCell<'r>> FromCell<'r> for Option<T> {
    fn from_cell(cell: &'r Cell) -> Option<Self> {
        match cell {
            Cell::Null => Some(None),
            cell => T::from_cell(cell).map(Some),
        }
    }
}

#[cfg(test)]
mod tests;
