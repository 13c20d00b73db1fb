//! Numbers, health and traces, as they are seen from outside.

mod page;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use http::{HeaderMap, StatusCode};
use qaqpa_model::Actor;
use qaqpa_transport::watch::{self, Span};
use qaqpa_transport::{
    ActorStart, ClientLimits, ClockState, ControlClient, ControlError, Hall, HttpClient,
    ListenLimits, Listener, Peers, Place, Running, Security, Shutdown, TlsAuthority, Watching,
    control,
};

use crate::open;

/// An actor whose one route does what `work` does.
async fn start(data: &Path, traces: Option<String>, router: Router) -> Running {
    let start = ActorStart {
        watching: Watching {
            traces,
            ..Watching::default()
        },
        ..ActorStart::in_folder(data)
    };
    let mut hall = Hall::enter(start, Actor::Nca).await.unwrap();
    let listener = hall.bind(Place::NcaPublic).await.unwrap();
    hall.announce("public", listener.http());
    hall.serve(listener, router, Security::Plain);
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::NcaControl, Router::new(), on_clock)
        .await
        .unwrap();
    hall.open().await.unwrap()
}

#[tokio::test]
async fn an_actor_tells_its_numbers_to_whoever_has_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let router = Router::new().route("/work", get(|| async { "done" }));
    let running = start(folder.path(), None, router).await;
    let client = HttpClient::plain(ClientLimits::default());
    let door = running.address("public").unwrap();
    client
        .get(&format!("{door}/work?iin=931002451325"))
        .await
        .unwrap();
    client
        .get(&format!("{door}/nowhere/931002451325"))
        .await
        .unwrap();

    let stranger = client
        .get(&format!("{}/metrics", running.record().control))
        .await
        .unwrap();
    assert_eq!(stranger.status, StatusCode::UNAUTHORIZED);
    let control = ControlClient::of(folder.path(), Actor::Nca).unwrap();
    let text = control.bytes("/metrics").await.unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    for line in [
        "qaqpa_http_requests_total{door=\"nca-public\",status=\"200\"} 1",
        "qaqpa_http_requests_total{door=\"nca-public\",status=\"404\"} 1",
        "qaqpa_http_request_seconds_count{door=\"nca-public\"} 2",
        "qaqpa_clock_offset_seconds 0",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
    assert!(
        text.contains("qaqpa_build_info{actor=\"nca\",version="),
        "{text}"
    );
    assert!(!text.contains("931002451325"), "{text}");
    running.stop().await;
}

#[tokio::test]
async fn what_a_door_refuses_before_a_handler_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let start = ActorStart {
        limits: qaqpa_model::Limits {
            body_bytes_max: 10,
            ..qaqpa_model::Limits::default()
        },
        ..ActorStart::in_folder(folder.path())
    };
    let mut hall = Hall::enter(start, Actor::Nca).await.unwrap();
    let listener = hall.bind(Place::NcaPublic).await.unwrap();
    let door = listener.http();
    let router = Router::new().route("/work", post(|_: Bytes| async { "done" }));
    hall.serve(listener, router, Security::Plain);
    let client = HttpClient::plain(ClientLimits::default());
    let answer = client
        .post(&format!("{door}/work"), "text/plain", vec![0_u8; 11])
        .await;
    assert_eq!(answer.unwrap().status, StatusCode::PAYLOAD_TOO_LARGE);
    let text = hall.watch().text().await;
    let line = "qaqpa_http_refusals_total{door=\"nca-public\",label=\"body-too-large\"} 1";
    assert!(text.lines().any(|one| one == line), "{text}");
}

#[tokio::test]
async fn an_actor_that_has_not_heard_of_the_clock_lives_and_is_not_ready() {
    let folder = tempfile::tempdir().unwrap();
    let running = start(folder.path(), None, Router::new()).await;
    let client = HttpClient::plain(ClientLimits::default());
    let (public, own) = (
        running.address("public").unwrap().to_owned(),
        running.record().control.clone(),
    );
    let ask = |door: String, path: &'static str| {
        let client = client.clone();
        async move {
            let answer = client.get(&format!("{door}{path}")).await.unwrap();
            (answer.status.as_u16(), answer.text())
        }
    };
    let live = || (200, "{\"status\":\"live\"}".to_owned());
    assert_eq!(ask(public.clone(), "/health/live").await, live());
    assert_eq!(
        ask(public.clone(), "/health/ready").await,
        (
            200,
            "{\"status\":\"ready\",\"checks\":[{\"check\":\"doors\",\"ok\":true},{\"check\":\"clock\",\"ok\":true}]}".to_owned()
        )
    );
    ClockState { offset_ms: 5000 }.save(folder.path()).unwrap();
    // An answer is given again for a second.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    assert_eq!(ask(public.clone(), "/health/live").await, live());
    // The public is told which check it was, and no more; whoever runs the simulator also why, and what to do.
    let (status, told) = ask(public, "/health/ready").await;
    assert_eq!(status, 503);
    assert!(
        !told.contains("why") && told.contains("{\"check\":\"clock\",\"ok\":false}"),
        "{told}"
    );
    let (status, told) = ask(own, "/health/ready").await;
    assert_eq!(status, 503);
    assert!(
        told.contains("was set to 5000 ms") && told.contains("qaqpa clock set"),
        "{told}"
    );
    running.stop().await;
}

/// What a collector was sent.
type Sent = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

async fn collect(State(sent): State<Sent>, head: HeaderMap, body: Bytes) -> StatusCode {
    sent.lock().unwrap().push((head, body));
    StatusCode::OK
}

#[tokio::test]
async fn spans_are_sent_and_whoever_is_called_is_told_of_the_trace() {
    let sent = Sent::default();
    let collector = Router::new()
        .route("/v1/traces", post(collect))
        .with_state(Arc::clone(&sent));
    let collector = open(collector, |_| {}).await;
    let heard: Arc<Mutex<Vec<String>>> = Arc::default();
    let neighbour = {
        let heard = Arc::clone(&heard);
        let hear = move |head: HeaderMap| {
            let told = head
                .get("traceparent")
                .map(|value| value.to_str().unwrap().to_owned());
            heard.lock().unwrap().extend(told);
            async {}
        };
        open(Router::new().route("/", get(hear)), |_| {}).await
    };
    let folder = tempfile::tempdir().unwrap();
    let work = {
        let to = format!("http://{}/", neighbour.address);
        let client = HttpClient::plain(ClientLimits::default());
        move || {
            let (to, client) = (to.clone(), client.clone());
            async move {
                let work = Span::internal("judge").with("of", "931002451325");
                work.around(async {
                    watch::failed("refused 931002451325");
                    client.get(&to).await.unwrap();
                })
                .await;
            }
        }
    };
    let router = Router::new().route("/work", get(work));
    let traces = Some(format!("http://{}", collector.address));
    let running = start(folder.path(), traces, router).await;
    let asking = HttpClient::plain(ClientLimits::default());
    let url = format!("{}/work", running.address("public").unwrap());
    let came = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let request = http::Request::get(&url)
        .header("traceparent", came)
        .body(Bytes::new())
        .unwrap();
    asking.request(request).await.unwrap();
    // One whose caller does not want it recorded.
    let request = http::Request::get(&url)
        .header(
            "traceparent",
            came.replace("-01", "-00").replace("4bf9", "aaaa"),
        )
        .body(Bytes::new())
        .unwrap();
    asking.request(request).await.unwrap();
    running.stop().await;

    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 2, "{heard:?}");
    assert!(
        heard[0].starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && heard[0].ends_with("-01")
    );
    assert_ne!(heard[0], came);
    // Passed on as it came: nothing lies between that is recorded.
    assert_eq!(heard[1], came.replace("-01", "-00").replace("4bf9", "aaaa"));

    let sent = sent.lock().unwrap();
    let mut all = Vec::new();
    for (head, body) in sent.iter() {
        assert_eq!(head["content-type"], "application/x-protobuf");
        all.extend_from_slice(body);
    }
    let holds = |bytes: &[u8]| all.windows(bytes.len()).any(|window| window == bytes);
    let trace = |text: &str| {
        (0..16)
            .map(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
            .collect::<Vec<_>>()
    };
    for name in [
        &b"GET nca-public"[..],
        b"judge",
        b"GET /",
        b"refused 93********25",
    ] {
        assert!(holds(name), "{}", String::from_utf8_lossy(name));
    }
    assert!(holds(&trace("4bf92f3577b34da6a3ce929d0e0e4736")));
    assert!(!holds(&trace("aaaa2f3577b34da6a3ce929d0e0e4736")));
    assert!(!holds(b"931002451325"));
}

/// What became of the spans of one request, whose collector over TLS is under the first of these authorities, while the
/// other one is trusted.
async fn outcome_over_tls(is: &TlsAuthority, trusted: &TlsAuthority) -> (Sent, String) {
    let sent = Sent::default();
    let router = Router::new()
        .route("/v1/traces", post(collect))
        .with_state(Arc::clone(&sent));
    let listener = Listener::bind(0).await.unwrap();
    let traces = Some(listener.https());
    let security = is.server(Actor::Console, Peers::None).unwrap();
    let limits = ListenLimits::from(&qaqpa_model::Limits::default());
    tokio::spawn(listener.serve(router, security, limits, Shutdown::new()));

    let folder = tempfile::tempdir().unwrap();
    let trust = folder.path().join("collector.pem");
    std::fs::write(&trust, trusted.root_pem()).unwrap();
    let start = ActorStart {
        watching: Watching {
            traces,
            traces_trust: Some(trust),
        },
        ..ActorStart::in_folder(folder.path())
    };
    let mut hall = Hall::enter(start, Actor::Nca).await.unwrap();
    let watch = hall.watch().clone();
    let done = watch.cover(Span::internal("judge").around(async {}));
    done.await;
    let on_clock = control::clock_hook(|_| async { Ok(()) });
    hall.control(Place::NcaControl, Router::new(), on_clock)
        .await
        .unwrap();
    let running = hall.open().await.unwrap();
    running.stop().await;
    (sent, watch.metrics().text())
}

#[tokio::test]
async fn a_collector_over_tls_is_told_when_its_authority_is_the_one_that_is_named() {
    let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ours = TlsAuthority::open_or_create(here.path()).unwrap();
    let other = TlsAuthority::open_or_create(there.path()).unwrap();
    let (sent, told) = outcome_over_tls(&ours, &ours).await;
    assert!(
        told.contains("qaqpa_spans_total{outcome=\"sent\"} 1"),
        "{told}"
    );
    assert_eq!(sent.lock().unwrap().len(), 1);
    let (sent, told) = outcome_over_tls(&other, &ours).await;
    assert!(
        told.contains("qaqpa_spans_total{outcome=\"lost\"} 1"),
        "{told}"
    );
    assert!(sent.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_collector_that_is_gone_costs_nobody_anything() {
    let folder = tempfile::tempdir().unwrap();
    let router = Router::new().route("/work", get(|| async { "done" }));
    let running = start(folder.path(), Some("http://127.0.0.1:9".to_owned()), router).await;
    let client = HttpClient::plain(ClientLimits::default());
    let url = format!("{}/work", running.address("public").unwrap());
    assert_eq!(client.get(&url).await.unwrap().text(), "done");
    let control = ControlClient::of(folder.path(), Actor::Nca).unwrap();
    let mut told = String::new();
    for _ in 0..100 {
        told = String::from_utf8(control.bytes("/metrics").await.unwrap().to_vec()).unwrap();
        if told.contains("qaqpa_spans_total{outcome=\"lost\"}") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(
        told.contains("qaqpa_spans_total{outcome=\"lost\"}"),
        "{told}"
    );
    running.stop().await;
}

#[tokio::test]
async fn a_collector_that_cannot_be_called_keeps_the_actor_from_starting() {
    let folder = tempfile::tempdir().unwrap();
    let start = ActorStart {
        watching: Watching {
            traces: Some("grpc://127.0.0.1:4318".to_owned()),
            ..Watching::default()
        },
        ..ActorStart::in_folder(folder.path())
    };
    let error = Hall::enter(start, Actor::Nca)
        .await
        .unwrap_err()
        .to_string();
    assert!(error.ends_with("such as http://127.0.0.1:4318"), "{error}");
    assert!(matches!(
        ControlClient::of(folder.path(), Actor::Nca),
        Err(ControlError::Unregistered(Actor::Nca))
    ));
}
