//! The listener: a door, on the loopback address unless told otherwise, with every limit in force before a handler sees a request.
//!
//! For each request in turn: TLS handshake, head, body (whole, within time and bytes, out of a budget
//! that all bodies share), a place among the requests handled at once, then the router. Each of these
//! has a limit and an answer of its own, see [`DoorRefusal`]. Long bodies are weighed before they are handled, see [`Scales`]:
//! what waits is bytes, what is worked on is several times that.
//!
//! Connections beyond the limit are told that there is no room, so many at once that it costs little; the others wait in
//! the system's queue until it is their turn to be told.

mod connection;
mod receive;
mod refuse;
mod shared;

pub use refuse::{DoorRefusal, Refuse};

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRequestParts};
use http::request::Parts;
use qaqpa_model::{Actor, ActorName, Limits};
use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::scales::Scales;
use crate::shutdown::Shutdown;
use crate::tls::is_of;
use crate::watch::Watch;
use connection::{Door, Room};

/// A port that is bound and not yet served.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
    told: String,
    watch: Watch,
    name: &'static str,
}

/// Why a port could not be bound.
#[derive(Debug, Error)]
#[error("port {port} on {host}: {source}")]
pub struct ListenError {
    /// The address of this machine that was asked for.
    pub host: IpAddr,
    /// The port that was asked for; 0 means any.
    pub port: u16,
    /// The system's reason.
    pub source: std::io::Error,
}

/// Whether a door speaks TLS.
#[derive(Clone)]
pub enum Security {
    /// Plain HTTP: control ports, and the authority's public addresses.
    Plain,
    /// TLS 1.2 or 1.3, see [`TlsAuthority::server`](crate::TlsAuthority::server).
    Tls(Arc<ServerConfig>),
}

impl fmt::Debug for Security {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "Plain",
            Self::Tls(_) => "Tls",
        })
    }
}

/// The limits of one door. Times are real time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenLimits {
    /// Bytes of one body; more is [`DoorRefusal::BodyTooLarge`].
    pub body_bytes_max: usize,
    /// Bytes of all bodies in memory together; more is [`DoorRefusal::Busy`].
    pub bodies_bytes_max: usize,
    /// From the head to the last byte of the body; longer is [`DoorRefusal::RequestTimeout`].
    pub body_time_max: Duration,
    /// Connections at once; the next ones hear [`DoorRefusal::Busy`] to their first request.
    pub connections_max: usize,
    /// Bytes of long bodies that are handled at once; the next ones wait for `place_time_max`, in the order in which they came.
    pub long_bodies_bytes_max: usize,
    /// How long requests in flight may go on after the wish to stop.
    pub grace_max: Duration,
    /// The TLS handshake.
    pub handshake_time_max: Duration,
    /// Bytes of a request's head (hyper answers 431 beyond).
    pub head_bytes_max: usize,
    /// From the first byte awaited to the end of the head, and how long a connection may idle.
    pub head_time_max: Duration,
    /// How long a request that has arrived waits until it is handled; longer is [`DoorRefusal::Busy`].
    pub place_time_max: Duration,
    /// Requests handled at once; the next ones wait for `place_time_max`.
    pub requests_at_once_max: usize,
    /// How long a peer may take nothing of an answer.
    pub write_stall_max: Duration,
}

impl From<&Limits> for ListenLimits {
    fn from(limits: &Limits) -> Self {
        let request = Duration::from_secs(limits.request_seconds_max);
        Self {
            body_bytes_max: limits.body_bytes_max,
            bodies_bytes_max: limits.body_bytes_max.saturating_mul(4),
            body_time_max: request,
            connections_max: limits.requests_at_once_max.saturating_mul(4),
            grace_max: Duration::from_secs(10),
            handshake_time_max: request.min(Duration::from_secs(10)),
            head_bytes_max: 64 * 1024,
            head_time_max: request.min(Duration::from_secs(15)),
            // Each is there some five times over while it is handled.
            long_bodies_bytes_max: limits.body_bytes_max,
            // Who would wait longer does better to come again later.
            place_time_max: request.min(Duration::from_secs(5)),
            requests_at_once_max: limits.requests_at_once_max,
            write_stall_max: request,
        }
    }
}

/// The actor on the other side of a mutual TLS connection, as its certificate proves; `None` for anybody else.
///
/// An axum extractor that never fails: `PeerActor(Some(Actor::Gateway))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerActor(pub Option<Actor>);

impl<S: Sync> FromRequestParts<S> for PeerActor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().copied().unwrap_or(Self(None)))
    }
}

/// Which actor is on the other side of a mutual TLS connection, where there are several of a kind: a question, since a
/// certificate is only ever compared with a name.
///
/// An axum extractor that never fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerIdentity(Option<Arc<[u8]>>);

impl PeerIdentity {
    /// Of a client certificate that was verified, and is an actor's.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Self {
        Self(Some(Arc::from(certificate.as_ref())))
    }

    /// Whether it is this very actor: `regional-gateway` is not `regional-gateway.taraz`, nor the other way round.
    #[must_use]
    pub fn is(&self, name: &ActorName) -> bool {
        let shown = self.0.as_deref();
        shown.is_some_and(|shown| is_of(&CertificateDer::from(shown), name))
    }
}

impl<S: Sync> FromRequestParts<S> for PeerIdentity {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// The certificate that the other side of a connection has shown and has the key of, where it is no actor's: DER.
/// Nobody has vouched for it (see [`Peers::Shown`](crate::Peers)).
///
/// An axum extractor that never fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PeerCertificate(pub Option<Arc<[u8]>>);

impl<S: Sync> FromRequestParts<S> for PeerCertificate {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(parts.extensions.get().cloned().unwrap_or_default())
    }
}

/// The address of the other side of the connection.
///
/// An axum extractor that never fails; without a listener (a router called in a test) it is 127.0.0.1:0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

impl<S: Sync> FromRequestParts<S> for PeerAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let none = Self(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        Ok(parts.extensions.get().copied().unwrap_or(none))
    }
}

impl Listener {
    /// Binds a port of 127.0.0.1; 0 for a free one.
    ///
    /// # Errors
    /// [`ListenError`] where the port is taken.
    pub async fn bind(port: u16) -> Result<Self, ListenError> {
        Self::bind_at(IpAddr::V4(Ipv4Addr::LOCALHOST), port).await
    }

    /// Binds a port of this address of the machine; 0 for a free one.
    ///
    /// # Errors
    /// [`ListenError`] where the port is taken, or the address is not this machine's.
    pub async fn bind_at(host: IpAddr, port: u16) -> Result<Self, ListenError> {
        let failed = |source| ListenError { host, port, source };
        let tcp = TcpListener::bind((host, port)).await.map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self {
            tcp,
            address,
            told: address.to_string(),
            watch: Watch::counting("nobody"),
            name: "door",
        })
    }

    /// What comes to this door is seen by this watch, under the door's name.
    #[must_use]
    pub fn watched(mut self, watch: Watch, name: &'static str) -> Self {
        (self.watch, self.name) = (watch, name);
        self
    }

    /// Others are told this host and port (`gateway.example:14504`) instead of the address that was bound.
    #[must_use]
    pub fn told_as(self, told: String) -> Self {
        Self { told, ..self }
    }

    /// The address with the port that was bound.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// What others call: `http://127.0.0.1:14505`, without a slash at the end.
    #[must_use]
    pub fn http(&self) -> String {
        format!("http://{}", self.told)
    }

    /// What others call: `https://127.0.0.1:14504`, without a slash at the end.
    #[must_use]
    pub fn https(&self) -> String {
        format!("https://{}", self.told)
    }

    /// Serves until the wish to stop, then lets requests in flight end. Refusals are plain text.
    pub fn serve(
        self,
        router: Router,
        security: Security,
        limits: ListenLimits,
        shutdown: Shutdown,
    ) -> impl Future<Output = ()> + Send + 'static {
        self.serve_with(router, security, limits, shutdown, Refuse::plain())
    }

    /// As [`serve`](Self::serve); refusals before the handler are written by `refuse`.
    ///
    /// Dropping the future cuts every connection at once.
    pub fn serve_with(
        self,
        router: Router,
        security: Security,
        limits: ListenLimits,
        shutdown: Shutdown,
        refuse: Refuse,
    ) -> impl Future<Output = ()> + Send + 'static {
        let door = Arc::new(Door {
            // Bodies are received whole by the door, within its own limit; a route may set a smaller one.
            router: router.layer(DefaultBodyLimit::disable()),
            security,
            limits,
            shutdown,
            refuse,
            bodies: Arc::new(Semaphore::new(receive::budget(limits.bodies_bytes_max))),
            at_once: Arc::new(Semaphore::new(limits.requests_at_once_max)),
            long: Scales::for_bytes(limits.long_bodies_bytes_max),
            watch: self.watch,
            name: self.name,
        });
        accept(self.tcp, door)
    }
}

/// How long a connection without a place is listened to.
const TELLING_TIME_MAX: Duration = Duration::from_secs(3);

async fn accept(tcp: TcpListener, door: Arc<Door>) {
    let places = Arc::new(Semaphore::new(door.limits.connections_max));
    // The room in which the others are told: a handshake costs us more than them.
    let porch = Arc::new(Semaphore::new(door.limits.connections_max.div_ceil(8)));
    let mut connections = JoinSet::new();
    let begun = door.shutdown.begun();
    tokio::pin!(begun);
    loop {
        // Ended connections are forgotten when the next one comes, so that none wakes us when it ends.
        while connections.try_join_next().is_some() {}
        let next = async {
            let (place, room) = tokio::select! {
                biased;
                place = Arc::clone(&places).acquire_owned() => (place, Room::Enough),
                place = Arc::clone(&porch).acquire_owned() => (place, Room::None),
            };
            (place, room, tcp.accept().await)
        };
        tokio::select! {
            biased;
            () = &mut begun => break,
            (place, room, accepted) = next => match accepted {
                Ok((stream, peer)) => {
                    let door = Arc::clone(&door);
                    // While nobody came, somebody may have gone.
                    let freed = || Arc::clone(&places).try_acquire_owned().ok();
                    let (place, room) = match (room == Room::None).then(freed).flatten() {
                        Some(freed) => (Some(freed), Room::Enough),
                        None => (place.ok(), room),
                    };
                    connections.spawn(async move {
                        let _place = place;
                        let served = connection::serve(door, stream, peer, room);
                        match room {
                            Room::Enough => served.await,
                            Room::None => {
                                tokio::time::timeout(TELLING_TIME_MAX, served).await.ok();
                            }
                        }
                    });
                }
                Err(error) => {
                    // Out of file descriptors, most likely: existing connections must end first.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
        }
    }
    drop(tcp);
    let rest = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(door.limits.grace_max, rest)
        .await
        .is_err()
    {
        tracing::warn!("connections were cut: they did not end in time");
    }
}
