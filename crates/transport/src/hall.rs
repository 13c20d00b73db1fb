//! The front hall that every actor has: folder, lock, token, TLS, doors, registration.

use std::collections::BTreeMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;

use axum::Router;
use futures::FutureExt;
use qaqpa_model::{Actor, ActorName};
use tokio::task::JoinSet;

use crate::control::{self, ClockHook, ControlBase, ControlToken};
use crate::files::{self, FileLock};
use crate::listener::{ListenLimits, Listener, Refuse, Security};
use crate::paths;
use crate::ports::Place;
use crate::random::random_hex;
use crate::registry::{self, ActorRecord};
use crate::shutdown::Shutdown;
use crate::start::{ActorStart, Running, StartError};
use crate::tls::TlsAuthority;

/// An actor on its way up. Dropping it before [`open`](Self::open) ends everything that it began.
#[derive(Debug)]
pub struct Hall {
    actor: Actor,
    name: ActorName,
    start: ActorStart,
    tls: TlsAuthority,
    token: ControlToken,
    place: FileLock,
    instance: String,
    control: Option<String>,
    addresses: BTreeMap<String, String>,
    shutdown: Shutdown,
    tasks: JoinSet<()>,
}

impl Hall {
    /// Takes the actor's place in the data folder, which is made (0700) if it is missing.
    ///
    /// # Errors
    /// [`StartError::File`] where the folder cannot be used or the same actor is up in another process
    /// (or in this one); [`StartError::Config`] where an actor without branches is named; [`StartError::Tls`].
    pub async fn enter(start: ActorStart, actor: Actor) -> Result<Self, StartError> {
        let dir = start.data.clone();
        let name = start.name(actor)?;
        let of = name.clone();
        // Files, locks and keys block, some for long: not on the runtime's threads.
        let entered = tokio::task::spawn_blocking(move || -> Result<_, StartError> {
            files::create_private_dir(&dir)?;
            files::create_private_dir(&paths::of_actor_named(&dir, &of))?;
            let place = FileLock::take(&paths::actors(&dir).join(format!("{of}.lock")))?;
            let token = ControlToken::open_or_create(&dir)?;
            let tls = TlsAuthority::open_or_create(&dir)?;
            Ok((place, token, tls))
        });
        let (place, token, tls) = entered.await.map_err(StartError::part("data folder"))??;
        let shutdown = start.shutdown.child();
        Ok(Self {
            actor,
            name,
            start,
            tls,
            token,
            place,
            instance: random_hex::<16>(),
            control: None,
            addresses: BTreeMap::new(),
            shutdown,
            tasks: JoinSet::new(),
        })
    }

    /// Which one of its kind.
    #[must_use]
    pub const fn name(&self) -> &ActorName {
        &self.name
    }

    /// The actor's own folder in the data folder.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        paths::of_actor_named(&self.start.data, &self.name)
    }

    /// What the actor was handed.
    #[must_use]
    pub const fn start(&self) -> &ActorStart {
        &self.start
    }

    /// The TLS authority of this simulator: server and client identities.
    #[must_use]
    pub const fn tls(&self) -> &TlsAuthority {
        &self.tls
    }

    /// The token of this simulator's control ports.
    #[must_use]
    pub const fn token(&self) -> &ControlToken {
        &self.token
    }

    /// The wish to stop of this actor alone; it hears the simulator's.
    #[must_use]
    pub const fn shutdown(&self) -> &Shutdown {
        &self.shutdown
    }

    /// Listens at the door's port, on the loopback address. Nothing is answered before [`serve`](Self::serve).
    ///
    /// # Errors
    /// [`StartError::Listen`] where the port is taken.
    pub async fn bind(&self, place: Place) -> Result<Listener, StartError> {
        Ok(Listener::bind(self.start.port(place)).await?)
    }

    /// Opens a door with the actor's limits; refusals before the handler are plain text.
    pub fn serve(&mut self, listener: Listener, router: Router, security: Security) {
        self.serve_with(listener, router, security, Refuse::plain());
    }

    /// Opens a door whose refusals before the handler are written by `refuse`.
    pub fn serve_with(
        &mut self,
        listener: Listener,
        router: Router,
        security: Security,
        refuse: Refuse,
    ) {
        let limits = ListenLimits::from(&self.start.limits);
        let door = listener.serve_with(router, security, limits, self.shutdown.clone(), refuse);
        self.tasks.spawn(door);
    }

    /// Binds and opens the control port; `own` are the actor's routes beside `/health` and `/clock`.
    ///
    /// # Errors
    /// [`StartError::Listen`].
    pub async fn control(
        &mut self,
        place: Place,
        own: Router,
        on_clock: ClockHook,
    ) -> Result<(), StartError> {
        let listener = self.bind(place).await?;
        self.control = Some(listener.http());
        let base = ControlBase {
            actor: self.actor,
            instance: self.instance.clone(),
            clock: self.start.clock.clone(),
            token: self.token.clone(),
            on_clock,
        };
        self.serve(listener, control::router(base, own), Security::Plain);
        Ok(())
    }

    /// Names an address for the registration: `announce("sync", "https://…/bip-sync-wss-gost/")`.
    pub fn announce(&mut self, name: &str, address: impl Into<String>) {
        self.addresses.insert(name.to_owned(), address.into());
    }

    /// Runs a worker for as long as the actor runs. It should end when [`shutdown`](Self::shutdown) begins.
    ///
    /// A worker that panics stops the actor: one that looks alive and delivers nothing is worse.
    pub fn spawn(&mut self, worker: impl Future<Output = ()> + Send + 'static) {
        let (actor, shutdown) = (self.actor, self.shutdown.clone());
        self.tasks.spawn(async move {
            if AssertUnwindSafe(worker).catch_unwind().await.is_err() {
                tracing::error!(%actor, "a worker panicked; the actor stops");
                shutdown.begin();
            }
        });
    }

    /// Registers the actor: from now on others find it.
    ///
    /// # Errors
    /// [`StartError::File`]; [`StartError::Part`] where no control port was opened.
    pub async fn open(self) -> Result<Running, StartError> {
        let Some(control) = self.control else {
            return Err(StartError::Part {
                what: "control port",
                why: "was never opened".to_owned(),
            });
        };
        let record = ActorRecord {
            actor: self.actor,
            pid: std::process::id(),
            instance: self.instance,
            control,
            addresses: self.addresses,
        };
        let (data, name, written) = (self.start.data.clone(), self.name.clone(), record.clone());
        tokio::task::spawn_blocking(move || registry::write_named(&data, &name, &written))
            .await
            .map_err(StartError::part("registration"))??;
        tracing::info!(actor = %self.name, control = %record.control, "up");
        Ok(Running {
            record,
            name: self.name,
            data: self.start.data,
            shutdown: self.shutdown,
            tasks: self.tasks,
            place: self.place,
        })
    }
}
