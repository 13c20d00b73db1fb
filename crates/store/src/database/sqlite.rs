//! SQLite behind the store: one writer, several readers, one file.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions as _, Connection as _};

use super::backfill::Backfill;
use super::connection::{Connection, Readers};
use super::inline::Inline;
use super::quick::Quick;
use super::writer::Writer;
use super::{Columns, Database, WriterName, query};
use crate::StoreError;
use crate::blobs::{blocking, make_dir};

/// How a transaction of the writer begins: alone, from the first statement.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// The migrations, embedded; each is applied once and never changed afterwards.
static MIGRATIONS: sqlx::migrate::Migrator = sqlx::migrate!("./migrations/sqlite");

/// How long a statement waits for another process that writes to the same file.
const BUSY: Duration = Duration::from_secs(10);

/// Readers at once: WAL readers never block the writer.
const READERS: u32 = 4;

/// How the database in a file is opened.
pub(crate) struct Sqlite;

impl Sqlite {
    /// Opens the file, makes it where there is none, and brings an older one up to date.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be opened, or a newer version wrote it.
    pub(crate) async fn open(file: &Path, writer: &str) -> Result<Database, StoreError> {
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
        let name = file.to_owned();
        let own = blocking(move || Inline::open(&name, BUSY)).await?;
        // Not before the writer's is there: the last one out would clear the side files away.
        connection.close().await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.pragma("query_only", "ON"))
            .await?;
        Ok(Database {
            readers: Readers::Sqlite(readers, quick(file, true)),
            writer: Some(Writer::on_own_thread(Connection::sqlite(own, writer))?),
            backfill: Some(Backfill::start(file.to_owned(), BUSY)?),
            name: WriterName::new(writer),
        })
    }

    /// Opens a file that is there, to read it only.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be opened, or another version wrote it.
    pub(crate) async fn open_to_read(file: &Path, writer: &str) -> Result<Database, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .read_only(true)
            .busy_timeout(BUSY);
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options)
            .await?;
        let readers = Readers::Sqlite(readers, quick(file, false));
        check_version(&readers, &MIGRATIONS).await?;
        Ok(Database {
            readers,
            writer: None,
            backfill: None,
            name: WriterName::new(writer),
        })
    }
}

/// Whether this version wrote it last.
///
/// # Errors
/// [`StoreError::Version`] where another did.
pub(super) async fn check_version(
    readers: &Readers,
    migrations: &sqlx::migrate::Migrator,
) -> Result<(), StoreError> {
    let found = query("SELECT MAX(version) AS version FROM _sqlx_migrations")
        .fetch_one(readers)
        .await?;
    let found = Columns(&found).number_option("version")?.unwrap_or(0);
    let wanted = migrations
        .iter()
        .map(|migration| migration.version)
        .max()
        .unwrap_or(0);
    if found == wanted {
        Ok(())
    } else {
        Err(StoreError::Version { found, wanted })
    }
}

fn quick(file: &Path, may_write: bool) -> Arc<Quick> {
    Arc::new(Quick::new(file.to_owned(), may_write, BUSY))
}

async fn connect(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
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
