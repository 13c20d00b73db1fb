//! One connection from handshake to farewell.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use futures::FutureExt;
use http::Request;
use http::request::Parts;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::receive::{receive, whole_seconds};
use super::refuse::{DoorRefusal, Refuse};
use super::shared::{Shared, Stream};
use super::{ListenLimits, PeerActor, PeerAddress, PeerCertificate, PeerIdentity, Security};
use crate::mischief::Silence;
use crate::scales::Scales;
use crate::shutdown::Shutdown;
use crate::tls::actor_of;
use crate::watch::{self, Family, Span, SpanKind, TRACEPARENT, TraceContext, Watch};

/// Everything that the connections of one door share.
pub(super) struct Door {
    pub(super) router: Router,
    pub(super) security: Security,
    pub(super) limits: ListenLimits,
    pub(super) shutdown: Shutdown,
    pub(super) refuse: Refuse,
    pub(super) bodies: Arc<Semaphore>,
    pub(super) at_once: Arc<Semaphore>,
    pub(super) long: Scales,
    pub(super) watch: Watch,
    /// Its name in numbers and traces.
    pub(super) name: &'static str,
}

/// Whether a connection has a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Its requests are taken.
    Enough,
    /// It is told to come again.
    None,
}

/// What is known about the other side of a connection.
#[derive(Clone)]
struct Peer {
    room: Room,
    address: SocketAddr,
    actor: PeerActor,
    certificate: PeerCertificate,
    identity: PeerIdentity,
}

pub(super) async fn serve(door: Arc<Door>, stream: TcpStream, address: SocketAddr, room: Room) {
    let watch = door.watch.clone();
    watch
        .cover(serve_covered(door, stream, address, room))
        .await;
}

async fn serve_covered(door: Arc<Door>, stream: TcpStream, address: SocketAddr, room: Room) {
    stream.set_nodelay(true).ok();
    let _connection = Level::raise(&door, Family::HttpConnections);
    let nobody = (
        PeerActor(None),
        PeerCertificate::default(),
        PeerIdentity::default(),
    );
    let (stream, (actor, certificate, identity)) = match &door.security {
        Security::Plain => (Box::new(stream) as Box<dyn Stream>, nobody),
        Security::Tls(config) => {
            let handshake = TlsAcceptor::from(Arc::clone(config)).accept(stream);
            match tokio::time::timeout(door.limits.handshake_time_max, handshake).await {
                Ok(Ok(tls)) => {
                    shaken(&door, "done");
                    let certificates = tls.get_ref().1.peer_certificates();
                    let shown = certificates.and_then(|chain| chain.first());
                    let actor = shown.and_then(actor_of);
                    let stranger = shown.filter(|_| actor.is_none());
                    let stranger = stranger.map(|certificate| Arc::from(certificate.as_ref()));
                    let ours = shown.filter(|_| actor.is_some());
                    let identity = ours.map(PeerIdentity::of).unwrap_or_default();
                    let peer = (PeerActor(actor), PeerCertificate(stranger), identity);
                    (Box::new(tls) as Box<dyn Stream>, peer)
                }
                Ok(Err(error)) => {
                    tracing::debug!(%address, %error, "the TLS handshake failed");
                    shaken(&door, "failed");
                    return;
                }
                Err(_) => {
                    tracing::debug!(%address, "the TLS handshake took too long");
                    shaken(&door, "late");
                    return;
                }
            }
        }
    };
    let peer = Peer {
        room,
        address,
        actor,
        certificate,
        identity,
    };
    talk(&door, stream, peer).await;
}

async fn talk(door: &Arc<Door>, stream: Box<dyn Stream>, peer: Peer) {
    let mut shared = Shared::new(stream, door.limits.write_stall_max);
    let cut_short = Arc::new(AtomicBool::new(false));
    let service = {
        let (door, shared, cut_short) = (door.clone(), shared.clone(), cut_short.clone());
        service_fn(move |request| {
            let (door, shared, cut_short) = (door.clone(), shared.clone(), cut_short.clone());
            let peer = peer.clone();
            async move {
                let response = answer(&door, &shared, &cut_short, peer, request).await;
                // An error ends the connection where it stands.
                match Silence::of(&response) {
                    Some(silence) => Err(silence),
                    None => Ok(response),
                }
            }
        })
    };
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(door.limits.head_time_max)
        .max_buf_size(door.limits.head_bytes_max.max(8192))
        .half_close(true)
        .serve_connection(TokioIo::new(shared.clone()), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = door.shutdown.begun() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    match ended {
        Ok(()) if cut_short.load(Ordering::Relaxed) => linger(&mut shared, &door.limits).await,
        Ok(()) => {}
        Err(error) if error.is_timeout() && shared.has_begun() => {
            let refusal = DoorRefusal::RequestTimeout {
                seconds: whole_seconds(door.limits.head_time_max),
            };
            last_word(&mut shared, refuse(door, refusal, None)).await;
            linger(&mut shared, &door.limits).await;
        }
        Err(error) => tracing::debug!(%error, "a connection ended early"),
    }
}

async fn answer(
    door: &Door,
    shared: &Shared,
    cut_short: &AtomicBool,
    peer: Peer,
    request: Request<Incoming>,
) -> Response {
    shared.settle();
    let (mut head, body) = request.into_parts();
    if peer.room == Room::None {
        cut_short.store(true, Ordering::Relaxed);
        return refuse(door, DoorRefusal::Busy, Some(&head));
    }
    let body = match receive(body, &door.limits, &door.bodies).await {
        Ok(body) => body,
        Err(refusal) => {
            cut_short.store(true, Ordering::Relaxed);
            return refuse(door, refusal, Some(&head));
        }
    };
    shared.settle();
    // Weighed first: a long one that waits must not have the place of a short one meanwhile.
    let place = async {
        let weighed = door.long.weigh(body.len()).await;
        door.at_once.acquire().await.map(|place| (place, weighed))
    };
    let place = tokio::time::timeout(door.limits.place_time_max, place).await;
    let Ok(Ok(_place)) = place else {
        return refuse(door, DoorRefusal::Busy, Some(&head));
    };
    head.extensions.insert(peer.actor);
    head.extensions.insert(peer.certificate);
    head.extensions.insert(peer.identity);
    head.extensions.insert(PeerAddress(peer.address));
    let kept = head.clone();
    let handled = handle(door, Request::from_parts(head, Body::from(body)));
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!(method = %kept.method, path = kept.uri.path(), "a handler panicked");
            refuse(door, DoorRefusal::OwnFault, Some(&kept))
        }
    }
}

/// Has the router answer, in the trace that the caller tells and under the eyes of the door's watch.
async fn handle(door: &Door, request: Request<Body>) -> Result<Response, Infallible> {
    let begun = Instant::now();
    let _under_way = Level::raise(door, Family::HttpUnderWay);
    let told = request.headers().get(TRACEPARENT);
    let told = told.and_then(|value| TraceContext::parse(value.to_str().ok()?));
    let span = span_of(door, &request).following(told);
    let answering = span.around(async {
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let response = door.router.clone().oneshot(request).await;
        if let Ok(response) = &response
            && Silence::of(response).is_none()
        {
            let status = response.status();
            tracing::debug!(door = door.name, %method, path, status = status.as_u16(), "answered");
            watch::note("http.response.status_code", status.as_str());
            if status.is_server_error() {
                watch::failed(status.to_string());
            }
        }
        response
    });
    let response = door.watch.cover(answering).await;
    if let Ok(response) = &response
        && Silence::of(response).is_none()
    {
        let metrics = door.watch.metrics();
        let status = response.status();
        metrics.add(Family::HttpRequests, &[door.name, status.as_str()], 1);
        let took = begun.elapsed().as_secs_f64();
        metrics.observe(Family::HttpRequestSeconds, &[door.name], took);
    }
    response
}

fn span_of(door: &Door, request: &Request<Body>) -> Span {
    if door.watch.tracer().is_none() {
        return Span::new("answer", SpanKind::Server);
    }
    let name = format!("{} {}", request.method(), door.name);
    // The path and never the query, which may hold what a person typed.
    Span::new(name, SpanKind::Server).with("url.path", request.uri().path())
}

fn refuse(door: &Door, refusal: DoorRefusal, head: Option<&Parts>) -> Response {
    let labels = [door.name, refusal.name()];
    door.watch.metrics().add(Family::HttpRefusals, &labels, 1);
    door.refuse.respond(refusal, head)
}

fn shaken(door: &Door, outcome: &str) {
    let labels = [door.name, outcome];
    door.watch.metrics().add(Family::TlsHandshakes, &labels, 1);
}

/// One more of what goes on at the door, for as long as this lives.
struct Level {
    watch: Watch,
    door: &'static str,
    family: Family,
}

impl Level {
    fn raise(door: &Door, family: Family) -> Self {
        let level = Self {
            watch: door.watch.clone(),
            door: door.name,
            family,
        };
        level.shift(1.0);
        level
    }

    fn shift(&self, by: f64) {
        self.watch.metrics().shift(self.family, &[self.door], by);
    }
}

impl Drop for Level {
    fn drop(&mut self) {
        self.shift(-1.0);
    }
}

/// Writes an answer without hyper, which closes the connection in silence when a head is late.
async fn last_word(shared: &mut Shared, response: Response) {
    let (head, body) = response.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes());
    let body = body.unwrap_or_default();
    let mut bytes = format!(
        "HTTP/1.1 {} {}\r\ncontent-length: {}\r\n",
        head.status.as_str(),
        head.status.canonical_reason().unwrap_or_default(),
        body.len()
    )
    .into_bytes();
    for (name, value) in &head.headers {
        bytes.extend_from_slice(name.as_str().as_bytes());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(&body);
    // If the peer is gone, nobody misses the word.
    shared.write_all(&bytes).await.ok();
    shared.shutdown().await.ok();
}

/// Reads on for a while, so that a peer who is still sending gets our answer and not a reset connection.
async fn linger(shared: &mut Shared, limits: &ListenLimits) {
    let mut left = limits.body_bytes_max.saturating_mul(2);
    let mut buffer = vec![0; 16 * 1024];
    let discard = async {
        while left > 0 {
            match shared.read(&mut buffer).await {
                Ok(0) | Err(_) => break,
                Ok(bytes) => left = left.saturating_sub(bytes),
            }
        }
    };
    let patience = limits.body_time_max.min(Duration::from_secs(5));
    tokio::time::timeout(patience, discard).await.ok();
}
