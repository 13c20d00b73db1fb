//! The control port: token, Host, clock.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{delete, get};
use bytes::Bytes;
use http::{Request, StatusCode};
use qaqpa_model::{Actor, Moment};
use qaqpa_transport::control::{self, ClockSet, ClockView, ControlBase, ControlRefusal, Health};
use qaqpa_transport::{
    ClientLimits, Clock, ControlClient, ControlError, ControlToken, HttpAnswer, HttpClient,
};
use tempfile::TempDir;

use super::{Door, open};

struct Port {
    _dir: TempDir,
    door: Door,
    clock: Clock,
    token: ControlToken,
    moments: Arc<Mutex<Vec<Moment>>>,
}

async fn port() -> Port {
    let dir = tempfile::tempdir().unwrap();
    let token = ControlToken::open_or_create(dir.path()).unwrap();
    let clock = Clock::real();
    let moments = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&moments);
    let far = Moment::parse("2040-01-01").unwrap();
    let on_clock = control::clock_hook(move |moment| {
        let seen = Arc::clone(&seen);
        async move {
            if moment > far {
                return Err("no certificates so late".to_owned());
            }
            seen.lock().unwrap().push(moment);
            Ok(())
        }
    });
    let base = ControlBase {
        actor: Actor::Nca,
        instance: "abc".to_owned(),
        clock: clock.clone(),
        token: token.clone(),
        on_clock,
    };
    let own = Router::new()
        .route("/own", get(|| async { "\"mine\"" }))
        .route("/gone", delete(|| async { StatusCode::NO_CONTENT }));
    let door = open(control::router(base, own), |_| {}).await;
    Port {
        _dir: dir,
        door,
        clock,
        token,
        moments,
    }
}

impl Port {
    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> HttpAnswer {
        let mut request = Request::get(format!("http://{}{path}", self.door.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let client = HttpClient::plain(ClientLimits::default());
        client
            .request(request.body(Bytes::new()).unwrap())
            .await
            .unwrap()
    }

    fn client(&self) -> ControlClient {
        ControlClient::new(&format!("http://{}", self.door.address), self.token.clone())
    }
}

fn refusal(answer: &HttpAnswer) -> (u16, String) {
    let refusal: ControlRefusal = serde_json::from_slice(&answer.body).unwrap();
    (answer.status.as_u16(), refusal.label)
}

#[tokio::test]
async fn everything_but_health_needs_the_token() {
    let port = port().await;
    for path in ["/clock", "/own", "/no-such-path"] {
        let answer = port.ask(path, &[]).await;
        assert_eq!(
            refusal(&answer),
            (401, "token-missing".to_owned()),
            "{path}"
        );
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        let wrong = format!("Bearer {}", "0".repeat(64));
        let answer = port.ask(path, &[("authorization", &wrong)]).await;
        assert_eq!(refusal(&answer), (401, "token-wrong".to_owned()), "{path}");
        let basic = format!("Basic {}", port.token.reveal());
        let answer = port.ask(path, &[("authorization", &basic)]).await;
        assert_eq!(
            refusal(&answer),
            (401, "token-missing".to_owned()),
            "{path}"
        );
    }
    let health: Health = serde_json::from_slice(&port.ask("/health", &[]).await.body).unwrap();
    assert_eq!(
        (health.actor.as_str(), health.instance.as_str()),
        ("nca", "abc")
    );
}

#[tokio::test]
async fn a_foreign_host_is_refused_even_with_the_token() {
    let port = port().await;
    let bearer = format!("Bearer {}", port.token.reveal());
    for path in ["/health", "/clock", "/own"] {
        let headers = [
            ("host", "rebound.evil.test"),
            ("authorization", bearer.as_str()),
        ];
        let answer = port.ask(path, &headers).await;
        assert_eq!(refusal(&answer), (421, "host-refused".to_owned()), "{path}");
    }
    let headers = [("host", "localhost:1"), ("authorization", bearer.as_str())];
    assert_eq!(port.ask("/own", &headers).await.text(), "\"mine\"");
}

#[tokio::test]
async fn no_page_of_another_origin_may_read_the_answer() {
    let port = port().await;
    let answer = port
        .ask("/health", &[("origin", "https://evil.test")])
        .await;
    assert!(
        answer
            .headers
            .keys()
            .all(|name| !name.as_str().starts_with("access-control-"))
    );
}

#[tokio::test]
async fn setting_the_clock_is_acknowledged_after_the_actor_has_adapted() {
    let port = port().await;
    let target = Moment::parse("2031-05-01").unwrap();
    let offset_ms = target.unix_ms() - port.clock.now().unix_ms();
    let view = port.client().set_clock(offset_ms).await.unwrap();
    assert_eq!(view.offset_ms, offset_ms);
    assert!(view.now.starts_with("2031-05-01T00:00:"), "{}", view.now);
    let moments = port.moments.lock().unwrap().clone();
    assert_eq!(moments.len(), 1);
    assert!(moments[0].since(target).as_secs() < 20 && moments[0] >= target);
    let seen: ClockView = port.client().get("/clock").await.unwrap();
    assert_eq!(seen.offset_ms, offset_ms);
}

#[tokio::test]
async fn a_clock_outside_the_roots_life_or_one_the_actor_cannot_follow_is_refused() {
    let port = port().await;
    let refused = |answer: Result<ClockView, ControlError>| match answer {
        Err(ControlError::Refused { status, label, .. }) => (status.as_u16(), label),
        other => panic!("{other:?}"),
    };
    let century = 100 * 365 * 86_400_000_i64;
    let answer = port.client().set_clock(century).await;
    assert_eq!(refused(answer), (422, "clock-outside-root-life".to_owned()));
    assert_eq!(port.clock.offset_ms(), 0);
    let late = Moment::parse("2044-01-01").unwrap().unix_ms() - port.clock.now().unix_ms();
    let answer = port.client().set_clock(late).await;
    assert_eq!(refused(answer), (500, "own-fault".to_owned()));
    let unknown: Result<ClockView, _> = port
        .client()
        .put("/clock", &serde_json::json!({"offset_ms": 0, "offset": 1}))
        .await;
    assert!(matches!(unknown, Err(ControlError::Refused { status, .. }) if status == 422));
    let put: ClockView = port
        .client()
        .put("/clock", &ClockSet { offset_ms: 0 })
        .await
        .unwrap();
    assert_eq!(put.offset_ms, 0);
}

#[tokio::test]
async fn the_client_names_a_path_that_is_not_there() {
    let port = port().await;
    let answer: Result<(), _> = port.client().get("/no-such-path").await;
    assert!(
        matches!(&answer, Err(ControlError::Refused { status, label, .. }) if *status == 404 && label == "not-found"),
        "{answer:?}"
    );
    let mine: String = port.client().get("/own").await.unwrap();
    assert_eq!(mine, "mine");
}
