//! What an actor is handed, and what it gives back.

use std::path::PathBuf;
use std::time::Duration;

use qaqpa_model::{Actor, ActorName, Branch, Lang, Limits};
use thiserror::Error;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::files::{FileError, FileLock};
use crate::listener::ListenError;
use crate::machine::Machine;
use crate::ports::Place;
use crate::registry::{self, ActorRecord, RegistryError, Seat};
use crate::shutdown::Shutdown;
use crate::tls::TlsError;

/// Everything that an actor is handed at its start.
#[derive(Clone, Debug)]
pub struct ActorStart {
    /// The data folder, shared by all actors of one simulator.
    pub data: PathBuf,
    /// The port base; 0 means free ports.
    pub port_base: u16,
    /// The simulated clock.
    pub clock: Clock,
    /// The limits on everything that a peer can send.
    pub limits: Limits,
    /// Whether switching any deliberate fault on is forbidden.
    pub calm: bool,
    /// Rules for deliberate faults that are on from the start, for the actor that has them; not with `calm`.
    pub mischief: Option<PathBuf>,
    /// The language of logs' and documents' texts where nobody chose one.
    pub lang: Lang,
    /// The wish to stop.
    pub shutdown: Shutdown,
    /// Folders with acts and services beside the embedded catalogue.
    pub catalogue_dirs: Vec<PathBuf>,
    /// Where the actor keeps its state.
    pub store: StoreChoice,
    /// Which of several regional gateways this is; `None` for the one without a name, and for every other actor.
    ///
    /// One with a name takes free ports, whatever the port base: those of its kind are taken.
    pub branch: Option<Branch>,
    /// What others may see of the actor's work.
    pub watching: Watching,
    /// How long entries of the journal are kept, by the simulated clock; `None`: for ever.
    pub journal_kept_for: Option<Duration>,
    /// Where the doors listen, and what others are told to call.
    pub machine: Machine,
}

/// What others may see of an actor's work, beside the numbers that it always tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watching {
    /// Where traces are sent: a collector of OpenTelemetry, `http://127.0.0.1:4318` or `https://…`. None are recorded
    /// without it.
    pub traces: Option<String>,
    /// The authorities (PEM) under which a collector over TLS must be; those that this system trusts unless said.
    pub traces_trust: Option<PathBuf>,
}

impl ActorStart {
    /// A start in this folder with free ports, real time and default limits: what tests begin with.
    #[must_use]
    pub fn in_folder(data: impl Into<PathBuf>) -> Self {
        Self {
            data: data.into(),
            port_base: 0,
            clock: Clock::real(),
            limits: Limits::default(),
            calm: false,
            mischief: None,
            lang: Lang::default(),
            shutdown: Shutdown::new(),
            catalogue_dirs: Vec::new(),
            store: StoreChoice::Embedded,
            branch: None,
            watching: Watching::default(),
            journal_kept_for: None,
            machine: Machine::default(),
        }
    }

    /// The port of this door (0: a free one).
    #[must_use]
    pub const fn port(&self, place: Place) -> u16 {
        match self.branch {
            None => place.port(self.port_base),
            Some(_) => 0,
        }
    }

    /// The name of the actor that is started.
    ///
    /// # Errors
    /// [`StartError::Config`] where an actor that has no branches is given one.
    pub fn name(&self, actor: Actor) -> Result<ActorName, StartError> {
        match &self.branch {
            None => Ok(actor.into()),
            Some(branch) if actor == Actor::RegionalGateway => {
                Ok(ActorName::regional(Some(branch.clone())))
            }
            Some(branch) => Err(StartError::Config(format!(
                "there is one {actor} only: it cannot be named {branch}"
            ))),
        }
    }
}

/// Where actors keep their state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum StoreChoice {
    /// A file of its own for every actor: `DIR/<actor>/store.sqlite`.
    #[default]
    Embedded,
    /// An address given by the person: `sqlite:PATH`, `postgres://…`.
    Url(String),
}

impl StoreChoice {
    /// The address that the person gave.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        match self {
            Self::Embedded => None,
            Self::Url(url) => Some(url),
        }
    }

    /// Whether several processes of an actor may share it: it is a server's.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        let servers = ["postgres://", "postgresql://"];
        self.address()
            .is_some_and(|address| servers.iter().any(|begin| address.starts_with(begin)))
    }
}

/// Why an actor did not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something in the configuration cannot be used.
    #[error("configuration: {0}")]
    Config(String),
    /// A file of the data folder could not be used, or another process holds this actor's place.
    #[error(transparent)]
    File(#[from] FileError),
    /// The door could not be opened.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// An actor that this one needs did not come up.
    #[error(transparent)]
    Neighbour(#[from] RegistryError),
    /// A part of the actor failed: the store, the catalogue, a key.
    #[error("{what}: {why}")]
    Part {
        /// Which part: `store`, `catalogue`, `keys`.
        what: &'static str,
        /// What it said.
        why: String,
    },
    /// The TLS authority failed.
    #[error(transparent)]
    Tls(#[from] TlsError),
}

impl StartError {
    /// A part of the actor failed, with its own error: `map_err(StartError::part("store"))`.
    pub fn part<E: std::fmt::Display>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |error| Self::Part {
            what,
            why: error.to_string(),
        }
    }
}

/// An actor that is up. Dropping it ends the actor's tasks at once; [`stop`](Self::stop) ends them in order.
#[derive(Debug)]
pub struct Running {
    pub(crate) record: ActorRecord,
    pub(crate) name: ActorName,
    pub(crate) seat: Seat,
    pub(crate) data: PathBuf,
    pub(crate) shutdown: Shutdown,
    pub(crate) tasks: JoinSet<()>,
    pub(crate) place: FileLock,
}

impl Running {
    /// Which actor this is.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.record.actor
    }

    /// Which one of its kind.
    #[must_use]
    pub const fn name(&self) -> &ActorName {
        &self.name
    }

    /// Its registration, with all addresses.
    #[must_use]
    pub const fn record(&self) -> &ActorRecord {
        &self.record
    }

    /// One of its addresses by name; `control` is the control port's.
    #[must_use]
    pub fn address(&self, name: &str) -> Option<&str> {
        if name == "control" {
            return Some(&self.record.control);
        }
        self.record.addresses.get(name).map(String::as_str)
    }

    /// The wish to stop of this actor alone.
    #[must_use]
    pub const fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Stops: doors close, requests in flight are answered, workers end; the registration is taken away.
    ///
    /// What has not ended after 15 seconds is cut off.
    pub async fn stop(self) {
        self.shutdown.begin();
        self.ended().await;
    }

    /// Returns when the actor has ended: after the wish to stop, or because all its tasks ended.
    pub async fn ended(mut self) {
        let finished = async {
            while let Some(ended) = self.tasks.join_next().await {
                if let Err(error) = ended
                    && error.is_panic()
                {
                    tracing::error!(actor = %self.record.actor, %error, "a task panicked");
                }
            }
        };
        let cut_off = async {
            self.shutdown.begun().await;
            tokio::time::sleep(Duration::from_secs(15)).await;
        };
        tokio::select! {
            () = finished => {}
            () = cut_off => {
                tracing::warn!(actor = %self.record.actor, "cut off after 15 s");
            }
        }
        if let Err(error) = registry::remove_at(&self.data, &self.name, self.seat, &self.record) {
            tracing::warn!(%error, "the registration stays behind");
        }
    }

    /// Ends at once, as a kill would: nothing is answered, nothing is written, the registration stays.
    ///
    /// For tests that show that nothing accepted is lost. Returns when every task is gone.
    pub async fn kill(mut self) {
        self.tasks.shutdown().await;
        drop(self.place);
    }
}
