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
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt;

use super::receive::{receive, whole_seconds};
use super::refuse::{DoorRefusal, Refuse};
use super::shared::{Shared, Stream};
use super::{ListenLimits, PeerActor, PeerAddress, PeerCertificate, Security};
use crate::shutdown::Shutdown;
use crate::tls::actor_of;

/// Everything that the connections of one door share.
pub(super) struct Door {
    pub(super) router: Router,
    pub(super) security: Security,
    pub(super) limits: ListenLimits,
    pub(super) shutdown: Shutdown,
    pub(super) refuse: Refuse,
    pub(super) bodies: Arc<Semaphore>,
    pub(super) at_once: Arc<Semaphore>,
}

/// What is known about the other side of a connection.
#[derive(Clone)]
struct Peer {
    address: SocketAddr,
    actor: PeerActor,
    certificate: PeerCertificate,
}

pub(super) async fn serve(door: Arc<Door>, stream: TcpStream, address: SocketAddr) {
    stream.set_nodelay(true).ok();
    let nobody = (PeerActor(None), PeerCertificate::default());
    let (stream, (actor, certificate)) = match &door.security {
        Security::Plain => (Box::new(stream) as Box<dyn Stream>, nobody),
        Security::Tls(config) => {
            let handshake = TlsAcceptor::from(Arc::clone(config)).accept(stream);
            match tokio::time::timeout(door.limits.handshake_time_max, handshake).await {
                Ok(Ok(tls)) => {
                    let certificates = tls.get_ref().1.peer_certificates();
                    let shown = certificates.and_then(|chain| chain.first());
                    let actor = shown.and_then(actor_of);
                    let stranger = shown.filter(|_| actor.is_none());
                    let stranger = stranger.map(|certificate| Arc::from(certificate.as_ref()));
                    let peer = (PeerActor(actor), PeerCertificate(stranger));
                    (Box::new(tls) as Box<dyn Stream>, peer)
                }
                Ok(Err(error)) => {
                    tracing::debug!(%address, %error, "the TLS handshake failed");
                    return;
                }
                Err(_) => {
                    tracing::debug!(%address, "the TLS handshake took too long");
                    return;
                }
            }
        }
    };
    let peer = Peer {
        address,
        actor,
        certificate,
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
            async move { Ok::<_, Infallible>(answer(&door, &shared, &cut_short, peer, request).await) }
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
            last_word(&mut shared, door.refuse.respond(refusal, None)).await;
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
    let body = match receive(body, &door.limits, &door.bodies).await {
        Ok(body) => body,
        Err(refusal) => {
            cut_short.store(true, Ordering::Relaxed);
            return door.refuse.respond(refusal, Some(&head));
        }
    };
    shared.settle();
    let place = tokio::time::timeout(door.limits.body_time_max, door.at_once.acquire()).await;
    let Ok(Ok(_place)) = place else {
        return door.refuse.respond(DoorRefusal::Busy, Some(&head));
    };
    head.extensions.insert(peer.actor);
    head.extensions.insert(peer.certificate);
    head.extensions.insert(PeerAddress(peer.address));
    let kept = head.clone();
    let handled = door
        .router
        .clone()
        .oneshot(Request::from_parts(head, Body::from(body)));
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => {
            tracing::error!(method = %kept.method, path = kept.uri.path(), "a handler panicked");
            door.refuse.respond(DoorRefusal::OwnFault, Some(&kept))
        }
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
