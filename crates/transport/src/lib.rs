//! The floor under every actor: listener, TLS, HTTP client, the one clock, control port, limits and shutdown.
//!
//! A tour, in the order in which an actor meets it:
//!
//! 1. [`ActorStart`] is what an actor is handed: data folder, ports, [`Clock`], limits, [`Shutdown`].
//! 2. [`Hall::enter`] takes the data folder (0700), locks the actor's place in it, reads or makes the
//!    control token and the TLS authority.
//! 3. [`Hall::bind`] gives a [`Listener`] at the address of its [`Machine`]; [`Hall::serve`] puts an axum router
//!    behind it, with every limit in force.
//! 4. [`Hall::open`] registers the addresses in `DIR/actors/<name>.json` and gives back [`Running`].
//!
//! Bodies reach handlers whole: the listener has received them within the limits of time and bytes, so
//! that a handler never waits for a peer. Refusals that happen before a handler (408, 413, 503) carry
//! their label in the header `x-qaqpa-label` and are written by the door's [`Refuse`] function, because a
//! SOAP channel, a page and a control port answer in different words.
//!
//! ```no_run
//! use axum::{Router, routing::get};
//! use qaqpa_model::Actor;
//! use qaqpa_transport::{ActorStart, Hall, Peers, Place, Running, StartError, control};
//!
//! pub async fn start(start: ActorStart) -> Result<Running, StartError> {
//!     let mut hall = Hall::enter(start, Actor::Gateway).await?;
//!     let listener = hall.bind(Place::GatewayPublic).await?;
//!     let address = listener.https();
//!     let security = hall.tls().server(Actor::Gateway, Peers::Optional)?;
//!     hall.serve(listener, Router::new().route("/health", get(|| async { "up" })), security);
//!     hall.announce("sync", format!("{address}/bip-sync-wss-gost/"));
//!     let on_clock = control::clock_hook(|_moment| async { Ok(()) });
//!     hall.control(Place::GatewayControl, Router::new(), on_clock).await?;
//!     hall.open().await
//! }
//! ```

pub mod client;
pub mod clock;
pub mod control;
pub mod descriptors;
pub mod echo;
pub mod files;
pub mod hall;
pub mod health;
pub mod identities;
pub mod listener;
pub mod machine;
pub mod mischief;
pub mod paths;
pub mod ports;
pub mod random;
pub mod registry;
pub mod scales;
pub mod shutdown;
pub mod start;
pub mod telemetry;
pub mod tls;
pub mod watch;

pub use client::{ClientLimits, HttpAnswer, HttpClient, HttpError, Reach};
pub use clock::{Clock, ClockError, ClockState};
pub use control::{ControlClient, ControlError, ControlToken};
pub use hall::Hall;
pub use health::Health;
pub use listener::{
    DoorRefusal, ListenError, ListenLimits, Listener, PeerActor, PeerAddress, PeerCertificate,
    PeerIdentity, Refuse, Security,
};
pub use machine::{Advertised, Machine, MachineError};
pub use ports::Place;
pub use random::{random_bytes, random_hex};
pub use registry::ActorRecord;
pub use scales::{Scales, Weighed};
pub use shutdown::Shutdown;
pub use start::{ActorStart, Running, StartError, StoreChoice, Watching};
pub use tls::{ClientTls, Peers, TlsAuthority, TlsError};
pub use watch::Watch;
