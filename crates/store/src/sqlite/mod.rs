//! SQLite behind the store: one writer, several readers, one file.

mod columns;
mod writer;

use std::path::Path;
use std::time::Duration;

use sqlx::SqlitePool;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};

use crate::StoreError;
use crate::blobs::make_dir;

pub(crate) use columns::Columns;
pub(crate) use writer::BoxFuture;
use writer::Writer;

/// The migrations, embedded; each is applied once and never changed afterwards.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long a statement waits for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(10);

/// Readers at once: WAL readers never block the writer.
const READERS: u32 = 4;

/// The database of one store.
#[derive(Debug)]
pub(crate) struct Sqlite {
    readers: SqlitePool,
    /// None where the store was opened to be read only.
    writer: Option<Writer>,
}

impl Sqlite {
    pub(crate) async fn open(file: &Path) -> Result<Self, StoreError> {
        if let Some(folder) = file.parent() {
            make_dir(folder)?;
        }
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // FULL: a committed transaction survives a power cut, not only a killed process.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY);
        let mut connection = connect(&options).await?;
        close_to_others(file)?;
        // Not `run`: its bound keeps the compiler from seeing that opening a store is `Send`.
        MIGRATIONS.run_direct(None, &mut connection, false).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Self {
            readers,
            writer: Some(Writer::start(connection)),
        })
    }

    pub(crate) async fn open_to_read(file: &Path) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(BUSY);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options)
            .await?;
        let found = sqlx::query("SELECT MAX(version) AS version FROM _sqlx_migrations")
            .fetch_one(&readers)
            .await?;
        let found = Columns(&found).number_option("version")?.unwrap_or(0);
        let wanted = MIGRATIONS
            .iter()
            .map(|migration| migration.version)
            .max()
            .unwrap_or(0);
        if found != wanted {
            return Err(StoreError::Version { found, wanted });
        }
        Ok(Self {
            readers,
            writer: None,
        })
    }

    /// The pool for reading: its connections refuse to write.
    pub(crate) fn readers(&self) -> &SqlitePool {
        &self.readers
    }

    /// One transaction of the writer. When this returns `Ok`, it is on disk; when `work` answers an
    /// error, nothing of it is.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        match &self.writer {
            Some(writer) => writer.write(work).await,
            None => Err(StoreError::ReadOnly),
        }
    }

    pub(crate) async fn close(&self) {
        if let Some(writer) = &self.writer {
            writer.stop().await;
        }
        self.readers.close().await;
    }
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    use sqlx::ConnectOptions as _;
    Ok(options.connect().await?)
}

/// The database holds personal data: only its owner may read it. SQLite gives its side files the same mode.
fn close_to_others(file: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        let path = Path::new(&name);
        if path.exists() {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
                .map_err(|error| crate::blobs::file_error(path, &error))?;
        }
    }
    Ok(())
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
        match error {
            sqlx::Error::PoolClosed => Self::Closed,
            // Only the kind and the column: the source may quote a stored value.
            sqlx::Error::ColumnDecode { index, .. } => Self::Database {
                why: format!("column {index} cannot be decoded"),
            },
            other => Self::Database {
                why: other.to_string(),
            },
        }
    }
}
