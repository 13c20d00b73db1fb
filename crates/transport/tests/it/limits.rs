//! Slow, large, broken and too many requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use bytes::Bytes;
use qaqpa_model::{Actor, Limits};
use qaqpa_transport::mischief::Silence;
use qaqpa_transport::{ListenLimits, Listener, Peers, Refuse, Security, Shutdown, TlsAuthority};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Notify;

use super::{hear, open, status_line};

const SHORT: Duration = Duration::from_millis(300);

/// Answers with the length of the body, and counts.
fn counting() -> (Router, Arc<AtomicUsize>) {
    let handled = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&handled);
    let router = Router::new().route(
        "/",
        post(move |body: Bytes| async move {
            count.fetch_add(1, Ordering::SeqCst);
            format!("{} bytes\n", body.len())
        }),
    );
    (router, handled)
}

fn refused(answer: &str, status: &str, label: &str) {
    assert_eq!(
        status_line(answer),
        format!("HTTP/1.1 {status}"),
        "{answer}"
    );
    assert!(
        answer.contains(&format!("x-qaqpa-label: {label}\r\n")),
        "{answer}"
    );
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    assert!(body.starts_with(&format!("{label}: ")), "{answer}");
}

#[tokio::test]
async fn a_head_that_does_not_end_in_time_is_refused_with_request_timeout() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.head_time_max = SHORT).await;
    let answer = door.say(b"POST / HTTP/1.1\r\nHost: x\r\nX-Slow:").await;
    refused(&answer, "408 Request Timeout", "request-timeout");
    assert!(answer.ends_with("did not arrive within 1 s\n"), "{answer}");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_body_that_does_not_end_in_time_is_refused_with_request_timeout() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.body_time_max = SHORT).await;
    let answer = door
        .say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    refused(&answer, "408 Request Timeout", "request-timeout");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed_without_a_word() {
    let (router, _) = counting();
    let door = open(router, |limits| limits.head_time_max = SHORT).await;
    assert_eq!(door.say(b"").await, "");
    // The same after a request that was answered: no stray 408 for the next user of the connection.
    let answer = door
        .say(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab")
        .await;
    assert_eq!(status_line(&answer), "HTTP/1.1 200 OK");
    assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
}

#[tokio::test]
async fn a_body_of_the_limit_passes_and_one_byte_more_is_body_too_large() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.body_bytes_max = 1000).await;
    let request = |length: usize| {
        let mut bytes = format!(
            "POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
        .into_bytes();
        bytes.resize(bytes.len() + length, b'a');
        bytes
    };
    let answer = door.say(&request(1000)).await;
    assert!(answer.ends_with("1000 bytes\n"), "{answer}");
    let answer = door.say(&request(1001)).await;
    refused(&answer, "413 Payload Too Large", "body-too-large");
    assert!(answer.ends_with("longer than 1000 bytes\n"), "{answer}");
    assert_eq!(handled.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_body_without_a_length_is_counted_as_it_comes() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.body_bytes_max = 1000).await;
    let mut bytes = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..11 {
        bytes.extend_from_slice(b"64\r\n");
        bytes.resize(bytes.len() + 100, b'a');
        bytes.extend_from_slice(b"\r\n");
    }
    let answer = door.say(&bytes).await;
    refused(&answer, "413 Payload Too Large", "body-too-large");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn who_is_still_sending_hears_body_too_large_and_not_a_reset() {
    let (router, _) = counting();
    let door = open(router, |limits| limits.body_bytes_max = 4 << 20).await;
    let mut stream = door.connect().await;
    let length = 6 << 20;
    let head = format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    // As a client that reads the answer only when it has sent everything.
    stream.write_all(&vec![b'a'; length]).await.unwrap();
    let answer = hear(&mut stream).await;
    refused(&answer, "413 Payload Too Large", "body-too-large");
}

#[tokio::test]
async fn a_body_that_is_cut_never_reaches_the_handler() {
    let (router, handled) = counting();
    let door = open(router, |_| {}).await;
    let mut stream = door.connect().await;
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
        .await
        .unwrap();
    stream.shutdown().await.unwrap();
    let answer = hear(&mut stream).await;
    refused(&answer, "400 Bad Request", "request-cut");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn no_bytes_bring_the_door_down() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.head_time_max = SHORT).await;
    let long = [b"GET /".as_slice(), &[b'a'; 200_000]].concat();
    for (bytes, status) in [
        (
            b"\0\xff\x16\x03\x01\r\n\r\n".as_slice(),
            "HTTP/1.1 400 Bad Request",
        ),
        (
            b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
            "HTTP/1.1 400 Bad Request",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
            "HTTP/1.1 400 Bad Request",
        ),
        (
            b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "HTTP/1.1 400 Bad Request",
        ),
        (&long, "HTTP/1.1 431 Request Header Fields Too Large"),
    ] {
        let answer = door.say(bytes).await;
        assert_eq!(status_line(&answer), status);
    }
    assert_eq!(handled.load(Ordering::SeqCst), 0);
    let answer = door
        .say(b"POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 1\r\n\r\na")
        .await;
    assert!(answer.ends_with("1 bytes\n"));
}

#[tokio::test]
async fn more_requests_at_once_than_allowed_are_told_busy() {
    let inside = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (entered, gate) = (Arc::clone(&inside), Arc::clone(&go_on));
    let router = Router::new().route(
        "/",
        get(move || async move {
            entered.notify_one();
            gate.notified().await;
            "done\n"
        }),
    );
    let door = open(router, |limits| {
        limits.requests_at_once_max = 1;
        limits.place_time_max = SHORT;
    })
    .await;
    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let mut first = door.connect().await;
    first.write_all(GET).await.unwrap();
    inside.notified().await;
    let answer = door.say(GET).await;
    refused(&answer, "503 Service Unavailable", "busy");
    assert!(answer.contains("retry-after: 1\r\n"));
    go_on.notify_one();
    assert!(hear(&mut first).await.ends_with("done\n"));
}

#[tokio::test]
async fn long_bodies_beyond_those_that_are_handled_are_told_busy_and_short_ones_pass_by() {
    let inside = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (entered, gate) = (Arc::clone(&inside), Arc::clone(&go_on));
    let router = Router::new()
        .route(
            "/long",
            post(move |body: Bytes| async move {
                entered.notify_one();
                gate.notified().await;
                format!("{} bytes\n", body.len())
            }),
        )
        .route(
            "/",
            post(|body: Bytes| async move { format!("{}\n", body.len()) }),
        );
    let door = open(router, |limits| {
        limits.long_bodies_bytes_max = 200_000;
        limits.place_time_max = SHORT;
    })
    .await;
    let request = |path: &str, length: usize| {
        let head = "Host: x\r\nConnection: close\r\nContent-Length:";
        let mut bytes = format!("POST {path} HTTP/1.1\r\n{head} {length}\r\n\r\n").into_bytes();
        bytes.resize(bytes.len() + length, b'a');
        bytes
    };
    let mut first = door.connect().await;
    first.write_all(&request("/long", 150_000)).await.unwrap();
    inside.notified().await;
    let answer = door.say(&request("/long", 100_000)).await;
    refused(&answer, "503 Service Unavailable", "busy");
    assert!(answer.contains("retry-after: 1\r\n"));
    let short = door.say(&request("/", 60_000)).await;
    assert!(short.ends_with("60000\n"), "{short}");
    go_on.notify_one();
    assert!(hear(&mut first).await.ends_with("150000 bytes\n"));
    go_on.notify_one();
    let answer = door.say(&request("/long", 100_000)).await;
    assert!(answer.ends_with("100000 bytes\n"), "{answer}");
}

#[tokio::test]
async fn connections_beyond_the_limit_are_told_busy_one_after_the_other() {
    let (router, handled) = counting();
    let door = open(router, |limits| limits.connections_max = 8).await;
    let mut idle = Vec::new();
    for _ in 0..8 {
        idle.push(door.connect().await);
    }
    const POST: &[u8] = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na";
    let answer = door.say(POST).await;
    refused(&answer, "503 Service Unavailable", "busy");
    assert!(answer.contains("retry-after: 1\r\n"));
    // This one says nothing while it is its turn to be told; the next one hears it all the same.
    let _silent = door.connect().await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = door.say(POST).await;
    refused(&answer, "503 Service Unavailable", "busy");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
    drop(idle);
    tokio::time::sleep(Duration::from_millis(100)).await;
    let mut next = door.connect().await;
    next.write_all(POST).await.unwrap();
    let mut first = [0; 15];
    next.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn bodies_beyond_the_shared_budget_are_told_busy() {
    let (router, handled) = counting();
    let door = open(router, |limits| {
        limits.body_bytes_max = 1 << 20;
        limits.bodies_bytes_max = 64 * 1024;
    })
    .await;
    let length = 100_000;
    let mut bytes =
        format!("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n").into_bytes();
    bytes.resize(bytes.len() + length, b'a');
    let answer = door.say(&bytes).await;
    refused(&answer, "503 Service Unavailable", "busy");
    assert_eq!(handled.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_handler_that_panics_is_an_own_fault_and_the_door_stays_open() {
    let router = Router::new()
        .route("/", get(|| async { panic!("on purpose") as String }))
        .route("/ok", get(|| async { "ok\n" }));
    let door = open(router, |_| {}).await;
    let answer = door
        .say(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    refused(&answer, "500 Internal Server Error", "own-fault");
    let answer = door
        .say(b"GET /ok HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        .await;
    assert!(answer.ends_with("ok\n"));
}

#[tokio::test]
async fn a_handler_that_is_silent_on_purpose_leaves_no_byte() {
    let router = Router::new()
        .route("/", get(|| async { Silence::response() }))
        .route("/ok", get(|| async { "ok\n" }));
    let door = open(router, |_| {}).await;
    assert_eq!(door.say(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await, "");
    // What came before on the same connection has its answer.
    let both = b"GET /ok HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    let answer = door.say(both).await;
    assert_eq!(status_line(&answer), "HTTP/1.1 200 OK");
    assert!(answer.ends_with("\r\n\r\nok\n"), "{answer}");
}

#[tokio::test]
async fn a_door_speaks_in_its_own_words() {
    let limits = ListenLimits {
        body_bytes_max: 10,
        ..ListenLimits::from(&Limits::default())
    };
    let words = Refuse::new(|refusal, head| {
        let path = head.map_or("-", |head| head.uri.path());
        axum::response::IntoResponse::into_response(format!(
            "<fault>{} {path}</fault>",
            refusal.name()
        ))
    });
    let listener = Listener::bind(0).await.unwrap();
    let address = listener.address();
    let (router, _) = counting();
    let served = listener.serve_with(router, Security::Plain, limits, Shutdown::new(), words);
    tokio::spawn(served);
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream
        .write_all(b"POST /soap/ HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n")
        .await
        .unwrap();
    let answer = hear(&mut stream).await;
    assert_eq!(status_line(&answer), "HTTP/1.1 413 Payload Too Large");
    assert!(
        answer.ends_with("<fault>body-too-large /soap/</fault>"),
        "{answer}"
    );
}

#[tokio::test]
async fn stopping_answers_what_is_in_flight_and_takes_nothing_new() {
    let inside = Arc::new(Notify::new());
    let go_on = Arc::new(Notify::new());
    let (entered, gate) = (Arc::clone(&inside), Arc::clone(&go_on));
    let router = Router::new().route(
        "/",
        get(move || async move {
            entered.notify_one();
            gate.notified().await;
            "done\n"
        }),
    );
    let door = open(router, |_| {}).await;
    let mut stream = door.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    inside.notified().await;
    door.shutdown.begin();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(tokio::net::TcpStream::connect(door.address).await.is_err());
    go_on.notify_one();
    let answer = hear(&mut stream).await;
    assert!(answer.ends_with("done\n"), "{answer}");
    door.served.await.unwrap();
}

#[tokio::test]
async fn who_takes_nothing_of_the_answer_is_cut_and_its_place_is_free_again() {
    // More than the system's buffers hold.
    let router = Router::new()
        .route("/large", get(|| async { vec![b'a'; 64 << 20] }))
        .route("/", get(|| async { "ok\n" }));
    let door = open(router, |limits| {
        limits.connections_max = 1;
        limits.write_stall_max = SHORT;
    })
    .await;
    let mut deaf = door.connect().await;
    deaf.write_all(b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    // The only place is taken until the other is cut.
    const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    refused(&door.say(GET).await, "503 Service Unavailable", "busy");
    let mut tries = 0;
    while !door.say(GET).await.ends_with("ok\n") {
        tries += 1;
        assert!(tries < 100, "its place is never free again");
        tokio::time::sleep(SHORT / 10).await;
    }
    drop(deaf);
}

#[tokio::test]
async fn a_tls_handshake_that_does_not_begin_is_cut() {
    let dir = tempfile::tempdir().unwrap();
    let authority = TlsAuthority::open_or_create(dir.path()).unwrap();
    let security = authority.server(Actor::Gateway, Peers::None).unwrap();
    let limits = ListenLimits {
        handshake_time_max: SHORT,
        ..ListenLimits::from(&Limits::default())
    };
    let listener = Listener::bind(0).await.unwrap();
    let address = listener.address();
    tokio::spawn(listener.serve(Router::new(), security, limits, Shutdown::new()));
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    assert_eq!(hear(&mut stream).await, "");
}
