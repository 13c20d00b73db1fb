//! Opening and closing the store, and the doors to its rooms.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use qaqpa_model::Actor;

use crate::StoreError;
use crate::accounts::Accounts;
use crate::applications::Applications;
use crate::authority::Authority;
use crate::blobs::{Idle, make_dir};
use crate::cabinet::Cabinet;
use crate::cards::Cards;
use crate::counters::Counters;
use crate::database::{
    BoxFuture, Bytes, Connection, Database, Haste, Postgres, PostgresAddress, Readers, Sqlite,
};
use crate::documents::Documents;
use crate::exchange::Exchange;
use crate::exchange::handover::Taker;
use crate::journal::{Journal, SegmentRule};
use crate::sessions::Sessions;
use crate::settings::Settings;
use crate::trace::Trace;
use crate::watching::Watched;

/// Which database stands behind the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// A schema in a database of a server: any number of processes of the actor share it, on any number of machines.
    Postgres(PostgresAddress),
    /// One file, `store.sqlite`, in the actor's folder.
    #[default]
    Sqlite,
}

/// Where the store is, and its rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// The actor's own folder: `raw.key` is made in it, and with SQLite `store.sqlite` and `blobs/`.
    pub dir: PathBuf,
    /// Which database.
    pub backend: Backend,
    /// How far back the replay check of business signatures looks.
    pub replay_window: Duration,
    /// When a segment of the journal is closed.
    pub segments: SegmentRule,
}

impl StoreConfig {
    /// The default length of the replay window: 90 days, longer than any deadline of the acts.
    pub const REPLAY_WINDOW: Duration = Duration::from_secs(90 * 24 * 60 * 60);

    /// SQLite in this folder, with the default window.
    #[must_use]
    pub fn in_folder(dir: impl Into<PathBuf>) -> Self {
        Self {
            dir: dir.into(),
            backend: Backend::Sqlite,
            replay_window: Self::REPLAY_WINDOW,
            segments: SegmentRule::default(),
        }
    }

    /// Where a person's address says, for the actor of this name and folder: `sqlite:DIR` (an actor's folder in it;
    /// without DIR the actor's own), `postgres://…` (a schema of that name). Without an address in the actor's folder.
    ///
    /// # Errors
    /// [`StoreError::Address`] where it is another address.
    pub fn by_address(
        address: Option<&str>,
        folder: impl Into<PathBuf>,
        name: &str,
    ) -> Result<Self, StoreError> {
        let own = Self::in_folder(folder);
        match address {
            None | Some("sqlite:") => Ok(own),
            Some(address) => match address.strip_prefix("sqlite:") {
                Some(dir) => Ok(Self::in_folder(PathBuf::from(dir).join(name))),
                None => Ok(Self {
                    backend: Backend::Postgres(PostgresAddress::new(address, name)?),
                    ..own
                }),
            },
        }
    }
}

/// The store of one actor. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) actor: Actor,
    pub(crate) replay_window: Duration,
    pub(crate) segments: SegmentRule,
    pub(crate) bytes: Bytes,
    pub(crate) database: Database,
    pub(crate) watched: Watched,
    taker: Taker,
}

impl Store {
    /// Opens the store of an actor, makes what is missing and brings an older one up to date.
    ///
    /// # Errors
    /// [`StoreError`] where the folder or the database cannot be opened, or a newer version wrote it.
    pub async fn open(config: &StoreConfig, actor: Actor) -> Result<Self, StoreError> {
        let (database, bytes) = match &config.backend {
            Backend::Postgres(address) => {
                Postgres::open(address, &config.dir, actor.name()).await?
            }
            Backend::Sqlite => {
                make_dir(&config.dir.join("blobs"))?;
                let file = config.dir.join("store.sqlite");
                let database = Sqlite::open(&file, actor.name()).await?;
                let bytes = database.bytes(&config.dir, true).await?;
                (database, bytes)
            }
        };
        Ok(Self::of(config, actor, database, bytes))
    }

    /// Opens a store that is there, to read it only: nothing in its folder is changed, whoever works with it.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read, or another version wrote it.
    pub async fn open_to_read(config: &StoreConfig, actor: Actor) -> Result<Self, StoreError> {
        let (database, bytes) = match &config.backend {
            Backend::Postgres(address) => {
                Postgres::open_to_read(address, &config.dir, actor.name()).await?
            }
            Backend::Sqlite => {
                let file = config.dir.join("store.sqlite");
                let database = Sqlite::open_to_read(&file, actor.name()).await?;
                let bytes = database.bytes(&config.dir, false).await?;
                (database, bytes)
            }
        };
        Ok(Self::of(config, actor, database, bytes))
    }

    fn of(config: &StoreConfig, actor: Actor, database: Database, bytes: Bytes) -> Self {
        Self {
            inner: Arc::new(Inner {
                actor,
                replay_window: config.replay_window,
                segments: config.segments,
                bytes,
                database,
                watched: Watched::default(),
                taker: Taker::default(),
            }),
        }
    }

    /// Whether each statement is a way to a server and back.
    pub(crate) fn is_over_a_server(&self) -> bool {
        matches!(self.readers(), Readers::Postgres(_))
    }

    pub(crate) fn readers(&self) -> &Readers {
        self.inner.database.readers()
    }

    /// Who takes on what is put into the outbox.
    pub(crate) fn taker(&self) -> &Taker {
        &self.inner.taker
    }

    pub(crate) fn blobs(&self) -> &Bytes {
        &self.inner.bytes
    }

    /// Under which name this process writes its journal: the actor's, or with a number after it where several
    /// processes share a database.
    pub(crate) fn writer_name(&self) -> Arc<str> {
        self.inner.database.writer_name()
    }

    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        self.write_with(Haste::Urgent, work).await
    }

    /// As [`write`](Self::write), for what nobody waits for: it shares the commit of something that is.
    pub(crate) async fn write_patiently<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        self.write_with(Haste::Patient, work).await
    }

    async fn write_with<T, F>(&self, haste: Haste, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>>
            + Send
            + 'static,
    {
        let begun = std::time::Instant::now();
        let result = self.inner.database.write_with(haste, work).await;
        self.inner.watched.tell(&result, begun.elapsed());
        result
    }

    /// Deletes the bytes of these names that have lain for so long, and counts them.
    pub(crate) async fn delete_bytes(
        &self,
        digests: Vec<String>,
        idle: Idle,
    ) -> Result<u64, StoreError> {
        let database = &self.inner.database;
        self.inner.bytes.delete(digests, idle, database).await
    }

    /// Ends the writer after what it has begun, and closes the files.
    pub async fn close(&self) {
        self.inner.database.close().await;
        self.inner.bytes.close().await;
    }

    /// Whose store this is.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.inner.actor
    }

    /// Messages in and out.
    #[must_use]
    pub fn exchange(&self) -> Exchange<'_> {
        Exchange(self)
    }

    /// What was received, decided and sent.
    #[must_use]
    pub fn journal(&self) -> Journal<'_> {
        Journal::own(self)
    }

    /// The steps of the flow.
    #[must_use]
    pub fn trace(&self) -> Trace<'_> {
        Trace(self)
    }

    /// People who may log in.
    #[must_use]
    pub fn accounts(&self) -> Accounts<'_> {
        Accounts(self)
    }

    /// People who are logged in.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// The portal's applications.
    #[must_use]
    pub fn applications(&self) -> Applications<'_> {
        Applications(self)
    }

    /// The portal's cabinets.
    #[must_use]
    pub fn cabinet(&self) -> Cabinet<'_> {
        Cabinet(self)
    }

    /// The workplace's cards.
    #[must_use]
    pub fn cards(&self) -> Cards<'_> {
        Cards(self)
    }

    /// The authority's register.
    #[must_use]
    pub fn authority(&self) -> Authority<'_> {
        Authority(self)
    }

    /// Numbers that never repeat.
    #[must_use]
    pub fn counters(&self) -> Counters<'_> {
        Counters(self)
    }

    /// Texts that every process over the database goes by.
    #[must_use]
    pub fn documents(&self) -> Documents<'_> {
        Documents(self)
    }

    /// Small facts.
    #[must_use]
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }
}
