//! The control port: a second door of every actor, for the person who runs the simulator.
//!
//! On the loopback address, or over TLS where the machine is told to listen for it elsewhere
//! ([`Machine`](crate::Machine)); a Host that is not this machine's is refused (DNS rebinding); a random token as
//! Bearer on everything but `/health`; no CORS header, ever. The actor's own routes are put behind the
//! same guard by [`router`], so that none can stand outside.

mod client;
mod token;

pub use client::{ControlClient, ControlError};
pub use token::ControlToken;

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};
use qaqpa_model::{Actor, Moment};
use serde::{Deserialize, Serialize};

use crate::clock::Clock;

/// What an actor does when the clock moved, before the move is acknowledged: new certificates, timers.
#[derive(Clone)]
pub struct ClockHook {
    before: Option<Arc<dyn Fn(Moment) -> BoxFuture<'static, ()> + Send + Sync>>,
    after: Arc<dyn Fn(Moment) -> BoxFuture<'static, Result<(), String>> + Send + Sync>,
}

impl ClockHook {
    /// With what is done before the clock is moved, at the moment that it still shows. It cannot keep the clock from
    /// being moved.
    #[must_use]
    pub fn preceded_by<F, Fut>(mut self, before: F) -> Self
    where
        F: Fn(Moment) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.before = Some(Arc::new(move |moment| Box::pin(before(moment))));
        self
    }

    /// With what is kept of the move before the actor adapts to it. Where it cannot be kept, the move is not
    /// acknowledged.
    pub(crate) fn kept_by<F, Fut>(self, keep: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), String>> + Send + 'static,
    {
        let then = self.after;
        let after = move |moment| -> BoxFuture<'static, Result<(), String>> {
            let (kept, then) = (keep(), Arc::clone(&then));
            Box::pin(async move {
                kept.await?;
                then(moment).await
            })
        };
        Self {
            after: Arc::new(after),
            ..self
        }
    }
}

impl fmt::Debug for ClockHook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClockHook")
    }
}

/// Makes a [`ClockHook`]; its error text goes to the person who set the clock.
pub fn clock_hook<F, Fut>(hook: F) -> ClockHook
where
    F: Fn(Moment) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), String>> + Send + 'static,
{
    ClockHook {
        before: None,
        after: Arc::new(move |moment| Box::pin(hook(moment))),
    }
}

/// What the common part of a control port needs.
#[derive(Clone, Debug)]
pub struct ControlBase {
    /// Whose port it is.
    pub actor: Actor,
    /// The random text of this start.
    pub instance: String,
    /// The actor's clock.
    pub clock: Clock,
    /// The token that is asked for.
    pub token: ControlToken,
    /// What the actor does when the clock moved.
    pub on_clock: ClockHook,
}

/// What `GET /health` answers; no token is needed for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The actor's name.
    pub actor: String,
    /// The random text of this start.
    pub instance: String,
    /// Always `up`: an actor that is not does not answer.
    pub status: String,
}

/// What `GET /clock` and `PUT /clock` answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockView {
    /// Milliseconds ahead of real time.
    pub offset_ms: i64,
    /// The moment, RFC 3339 in Kazakhstan's time.
    pub now: String,
}

/// What `PUT /clock` takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockSet {
    /// Milliseconds ahead of real time.
    pub offset_ms: i64,
}

/// The body of every refusal of a control port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ControlRefusal {
    /// A stable name: `token-wrong`.
    pub label: String,
    /// One sentence for the person.
    pub meaning: String,
}

/// The whole control port: `/health`, `/clock` and the actor's own routes, behind Host and token.
///
/// A route of `own` must not be one of the base's; axum panics at start if it is.
pub fn router(base: ControlBase, own: Router) -> Router {
    open_to_all(base, own, Router::new(), Vec::new())
}

/// The same, with routes that need no token (whether the actor is ready), and with the hosts by which the port is called
/// beside `localhost` and its addresses.
pub(crate) fn open_to_all(
    base: ControlBase,
    own: Router,
    open: Router,
    hosts: Vec<String>,
) -> Router {
    let base = Arc::new(base);
    Router::new()
        .route("/clock", get(show_clock).put(set_clock))
        .with_state(Arc::clone(&base))
        .merge(own)
        .fallback(|| async {
            refusal(
                StatusCode::NOT_FOUND,
                "not-found",
                "the control port has no such path",
            )
        })
        .layer(from_fn_with_state(Arc::clone(&base), ask_token))
        .route("/health", get(health).with_state(Arc::clone(&base)))
        .merge(open)
        .layer(from_fn_with_state(Arc::<[String]>::from(hosts), ask_host))
}

/// A refusal in the shape of control ports, for an actor's own routes.
pub fn refusal(status: StatusCode, label: &str, meaning: impl Into<String>) -> Response {
    let body = ControlRefusal {
        label: label.to_owned(),
        meaning: meaning.into(),
    };
    (status, Json(body)).into_response()
}

async fn ask_host(State(hosts): State<Arc<[String]>>, request: Request, next: Next) -> Response {
    if host_is_ours(request.headers(), &hosts) {
        return next.run(request).await;
    }
    refusal(
        StatusCode::MISDIRECTED_REQUEST,
        "host-refused",
        "the Host header must name this machine: localhost or 127.0.0.1, or what advertise says of it",
    )
}

/// Exactly one Host, and that this machine's.
fn host_is_ours(headers: &HeaderMap, also: &[String]) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return false;
    };
    let Ok(authority) = host
        .to_str()
        .unwrap_or_default()
        .parse::<http::uri::Authority>()
    else {
        return false;
    };
    // `user@127.0.0.1` is an authority, but not a Host.
    !authority.as_str().contains('@')
        && (matches!(authority.host(), "localhost" | "127.0.0.1" | "[::1]")
            || also.iter().any(|host| is_host(authority.host(), host)))
}

/// Whether it is that host: names in any case, addresses of IPv6 in brackets.
fn is_host(called: &str, host: &str) -> bool {
    let bare = called
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    bare.unwrap_or(called).eq_ignore_ascii_case(host)
}

async fn ask_token(State(base): State<Arc<ControlBase>>, request: Request, next: Next) -> Response {
    let given = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let mut response = match given {
        Some(token) if base.token.is(token) => return next.run(request).await,
        Some(_) => refusal(
            StatusCode::UNAUTHORIZED,
            "token-wrong",
            "the token is not that of DIR/control-token",
        ),
        None => refusal(
            StatusCode::UNAUTHORIZED,
            "token-missing",
            "send the text of DIR/control-token as Authorization: Bearer",
        ),
    };
    response.headers_mut().insert(
        header::WWW_AUTHENTICATE,
        http::HeaderValue::from_static("Bearer"),
    );
    response
}

async fn health(State(base): State<Arc<ControlBase>>) -> Json<Health> {
    Json(Health {
        actor: base.actor.name().to_owned(),
        instance: base.instance.clone(),
        status: "up".to_owned(),
    })
}

async fn show_clock(State(base): State<Arc<ControlBase>>) -> Json<ClockView> {
    Json(view(&base.clock))
}

async fn set_clock(State(base): State<Arc<ControlBase>>, Json(set): Json<ClockSet>) -> Response {
    if let Some(before) = &base.on_clock.before {
        before(base.clock.now()).await;
    }
    if let Err(error) = base.clock.set_offset(set.offset_ms) {
        return refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "clock-outside-root-life",
            error.to_string(),
        );
    }
    if let Err(why) = (base.on_clock.after)(base.clock.now()).await {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "own-fault", why);
    }
    Json(view(&base.clock)).into_response()
}

fn view(clock: &Clock) -> ClockView {
    ClockView {
        offset_ms: clock.offset_ms(),
        now: clock.now().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_host_of_this_machine_is_ours() {
        let ours = |hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, host.parse().unwrap());
            }
            host_is_ours(&headers, &["gw.example".to_owned(), "fd00::2".to_owned()])
        };
        assert!(ours(&["127.0.0.1:14505"]) && ours(&["localhost"]) && ours(&["[::1]:80"]));
        assert!(ours(&["GW.example:14505"]) && ours(&["[fd00::2]"]) && !ours(&["gw.example.evil"]));
        assert!(!ours(&["evil.test"]) && !ours(&["127.0.0.1.evil.test:14505"]));
        assert!(!ours(&["localhost@evil.test"]) && !ours(&["evil@localhost"]));
        assert!(!ours(&[]) && !ours(&["localhost", "localhost"]) && !ours(&[""]));
    }
}
