//! The front hall that every actor has: folder, lock, token, TLS, doors, registration.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::IpAddr;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use axum::Router;
use futures::FutureExt;
use futures::future::BoxFuture;
use qaqpa_model::{Actor, ActorName};
use tokio::task::JoinSet;

use crate::clock::ClockState;
use crate::control::{self, ClockHook, ControlBase, ControlToken};
use crate::descriptors;
use crate::files::{self, FileLock};
use crate::health::Health;
use crate::listener::{ListenLimits, Listener, Refuse, Security};
use crate::paths;
use crate::ports::Place;
use crate::random::random_hex;
use crate::registry::{self, ActorRecord, Seat};
use crate::shutdown::Shutdown;
use crate::start::{ActorStart, Running, StartError};
use crate::tls::{Peers, TlsAuthority};
use crate::watch::{Family, Watch};

/// An actor on its way up. Dropping it before [`open`](Self::open) ends everything that it began.
#[derive(Debug)]
pub struct Hall {
    actor: Actor,
    name: ActorName,
    start: ActorStart,
    tls: TlsAuthority,
    token: ControlToken,
    place: FileLock,
    seat: Seat,
    /// The clock as the data folder had it at the start.
    clock_ms: Option<i64>,
    instance: String,
    control: Option<String>,
    addresses: BTreeMap<String, String>,
    shutdown: Shutdown,
    tasks: JoinSet<()>,
    watch: Watch,
    health: Health,
}

impl Hall {
    /// Takes the actor's place in the data folder, which is made (0700) if it is missing. Of actors whose store is a
    /// server's, several processes may be up in one folder: each after the first takes free ports.
    ///
    /// # Errors
    /// [`StartError::File`] where the folder cannot be used or the same actor is up in another process
    /// (or in this one); [`StartError::Config`] where an actor without branches is named; [`StartError::Tls`].
    pub async fn enter(start: ActorStart, actor: Actor) -> Result<Self, StartError> {
        let dir = start.data.clone();
        let name = start.name(actor)?;
        tell_of_too_few(
            &name,
            descriptors::raise(),
            descriptors::needed(&start.limits),
        );
        let of = name.clone();
        let several = start.store.is_shared();
        let names = start.machine.names();
        // Files, locks and keys block, some for long: not on the runtime's threads.
        let entered = tokio::task::spawn_blocking(move || -> Result<_, StartError> {
            files::create_private_dir(&dir)?;
            files::create_private_dir(&paths::of_actor_named(&dir, &of))?;
            let (place, seat) = take_place(&dir, &of, several)?;
            let token = ControlToken::open_or_create(&dir)?;
            let tls = TlsAuthority::open_or_create(&dir)?.naming(&names)?;
            let clock_ms = clock_of(&dir)?;
            Ok((place, seat, clock_ms, token, tls))
        });
        let (place, seat, clock_ms, token, tls) =
            entered.await.map_err(StartError::part("data folder"))??;
        let shutdown = start.shutdown.child();
        let (watch, exporter) = Watch::of(&name, &start.watching).map_err(StartError::Config)?;
        let mut tasks = JoinSet::new();
        if let Some(exporter) = exporter {
            tasks.spawn(exporter.run(shutdown.clone()));
        }
        let health = Health::new(shutdown.clone(), watch.metrics().clone());
        health.check_clock(&start.data, &start.clock);
        Ok(Self {
            actor,
            name,
            start,
            tls,
            token,
            place,
            seat,
            clock_ms,
            instance: random_hex::<16>(),
            control: None,
            addresses: BTreeMap::new(),
            shutdown,
            tasks,
            watch,
            health,
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

    /// What others may see of the actor's work. Every door and worker of the hall is covered by it.
    #[must_use]
    pub const fn watch(&self) -> &Watch {
        &self.watch
    }

    /// Whether the actor can take work: add what it needs besides doors and clock.
    #[must_use]
    pub const fn health(&self) -> &Health {
        &self.health
    }

    /// Listens at the door's port, at the machine's address. Nothing is answered before [`serve`](Self::serve).
    ///
    /// # Errors
    /// [`StartError::Listen`] where the port is taken.
    pub async fn bind(&self, place: Place) -> Result<Listener, StartError> {
        self.bind_at(self.start.machine.listen(), place).await
    }

    async fn bind_at(&self, host: IpAddr, place: Place) -> Result<Listener, StartError> {
        let port = self.port(place);
        let listener = Listener::bind_at(host, port).await?;
        let in_a_row = (port != 0).then_some(place);
        let told = self.start.machine.told(listener.address(), in_a_row);
        let listener = listener.watched(self.watch.clone(), place.name());
        Ok(listener.told_as(told))
    }

    /// The ports in a row are the first process's.
    fn port(&self, place: Place) -> u16 {
        match self.seat {
            Seat::FIRST => self.start.port(place),
            _ => 0,
        }
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
        let router = router.merge(self.health.public());
        self.open_door(listener, router, security, refuse);
    }

    fn open_door(
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

    /// Binds and opens the control port; `own` are the actor's routes beside `/health` and `/clock`. It is on the loopback
    /// address, and speaks TLS where the machine says otherwise.
    ///
    /// # Errors
    /// [`StartError::Listen`]; [`StartError::Tls`].
    pub async fn control(
        &mut self,
        place: Place,
        own: Router,
        on_clock: ClockHook,
    ) -> Result<(), StartError> {
        let machine = self.start.machine.clone();
        let (listener, security) = if machine.control_is_exposed() {
            let listener = self.bind_at(machine.control(), place).await?;
            self.control = Some(listener.https());
            (listener, self.tls.server(self.actor, Peers::None)?)
        } else {
            // Whatever is told of the other doors: nobody else is to call this one.
            let listener = Listener::bind_at(machine.control(), self.port(place)).await?;
            let listener = listener.watched(self.watch.clone(), place.name());
            self.control = Some(listener.http());
            (listener, Security::Plain)
        };
        let base = ControlBase {
            actor: self.actor,
            instance: self.instance.clone(),
            clock: self.start.clock.clone(),
            token: self.token.clone(),
            on_clock: on_clock.kept_by(self.keeper_of_the_offset()),
        };
        self.tell_of_itself();
        let own = own.merge(self.watch.routes());
        let hosts = if machine.control_is_exposed() {
            machine.names()
        } else {
            vec![machine.control().to_string()]
        };
        let router = control::open_to_all(base, own, self.health.whole(), hosts);
        self.open_door(listener, router, security, Refuse::plain());
        Ok(())
    }

    /// Keeps the offset in the data folder where the console is on another machine: nobody else writes it there.
    fn keeper_of_the_offset(
        &self,
    ) -> impl Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync + use<> {
        let (data, clock) = (self.start.data.clone(), self.start.clock.clone());
        move || {
            let (data, offset_ms) = (data.clone(), clock.offset_ms());
            let kept = tokio::task::spawn_blocking(move || {
                let console = registry::records(&data, &Actor::Console.into())?;
                if console.iter().any(ActorRecord::is_far) {
                    ClockState { offset_ms }.save(&data)?;
                }
                Ok::<_, files::FileError>(())
            });
            Box::pin(async move {
                let kept = kept.await.map_err(|error| error.to_string())?;
                kept.map_err(|error| error.to_string())
            })
        }
    }

    fn tell_of_itself(&self) {
        let (actor, version) = (self.name.to_string(), env!("CARGO_PKG_VERSION"));
        let metrics = self.watch.metrics();
        metrics.set(Family::BuildInfo, &[&actor, version], 1.0);
        let clock = self.start.clock.clone();
        self.watch.collect(move |metrics| {
            let clock = clock.clone();
            async move {
                // Exact for the whole life of the roots: less than 2^53 ms.
                #[expect(clippy::cast_precision_loss, reason = "an offset is below 2^53 ms")]
                let seconds = clock.offset_ms() as f64 / 1000.0;
                metrics.set(Family::ClockOffsetSeconds, &[], seconds);
            }
        });
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
        let worker = self.watch.cover(worker);
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
        let seat = self.seat;
        let clock_ms = tokio::task::spawn_blocking(move || {
            registry::write_at(&data, &name, seat, &written)?;
            clock_of(&data)
        })
        .await
        .map_err(StartError::part("registration"))??;
        // A move of the clock between the start and the registration was not told here.
        if let Some(offset_ms) = clock_ms.filter(|_| clock_ms != self.clock_ms)
            && let Err(error) = self.start.clock.set_offset(offset_ms)
        {
            tracing::warn!(%error, "the clock of the data folder is not followed");
        }
        self.health.open();
        tracing::info!(actor = %self.name, control = %record.control, "up");
        Ok(Running {
            record,
            name: self.name,
            seat: self.seat,
            data: self.start.data,
            shutdown: self.shutdown,
            tasks: self.tasks,
            place: self.place,
        })
    }
}

/// The first place that nobody has, where there may be several; else the only one.
fn take_place(
    dir: &Path,
    name: &ActorName,
    several: bool,
) -> Result<(FileLock, Seat), files::FileError> {
    let mut taken = None;
    for seat in Seat::all().take(if several { usize::MAX } else { 1 }) {
        match FileLock::take(&seat.lock(dir, name)) {
            Ok(place) => return Ok((place, seat)),
            Err(error @ files::FileError::Locked { .. }) => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or(files::FileError::Locked {
        path: paths::actors(dir),
    }))
}

/// The offset that the data folder holds; `None` where nobody has set a clock.
fn clock_of(dir: &Path) -> Result<Option<i64>, files::FileError> {
    let state: Option<ClockState> = files::read_json(&paths::clock(dir))?;
    Ok(state.map(|state| state.offset_ms))
}
/// Says so where the process may have fewer files and connections open than the actor's limits let come.
fn tell_of_too_few(name: &ActorName, allowed: Option<u64>, needed: u64) {
    if let Some(allowed) = allowed.filter(|allowed| *allowed < needed) {
        tracing::warn!(
            %name,
            allowed,
            needed,
            "too few files and connections may be open: raise the hard limit (`ulimit -Hn`, LimitNOFILE=), or lower requests-at-once-max"
        );
    }
}
