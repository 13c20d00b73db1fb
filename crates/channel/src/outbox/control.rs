//! What a control port lets an operator do with an actor's outbox: see what stopped, and put it back on its way.
//!
//! - `GET /outbox?state=STATE&destination=NAME&before=N&limit=N` → `[{id, destination, message, state, attempts, due, why, …}]`,
//!   newest first, without bodies: the entries of `docs/schema/outbox-list.schema.json`. `stopped` is the state `parked`.
//! - `POST /outbox/{id}/resend` → `{resent, ended}` with that entry; 404 where there is none, 409 where it has not stopped.
//! - `POST /outbox/resend` `{destination}` → the same for everything that stopped, or what is for one destination.
//!
//! To ask twice is safe: what is on its way again has not stopped.

use std::path::PathBuf;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_model::{MessageId, Moment};
use qaqpa_store::{OutboxEntry, OutboxFilter, OutboxState, Resend, ResentAll, Store};
use qaqpa_transport::control::refusal;
use qaqpa_transport::{Clock, ClockState};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::views::bounded;

/// What `POST /outbox/resend` takes; nothing at all is everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResendOrder {
    /// Only what is for this destination: the whole of it, as the list shows it.
    #[serde(default)]
    pub destination: Option<String>,
}

/// Whose outbox it is.
#[derive(Clone, Debug)]
struct Own {
    store: Store,
    data: PathBuf,
}

impl Own {
    /// The simulator's moment, by the clock as the console keeps it in the data folder.
    fn now(&self) -> Result<Moment, String> {
        let state = ClockState::load(&self.data).map_err(|error| error.to_string())?;
        Ok(Clock::with_offset(state.offset_ms).now())
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct OutboxQuery {
    state: Option<String>,
    destination: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

/// The routes, to be merged into an actor's own part of its control port.
pub(crate) fn routes(store: Store, data: PathBuf) -> Router {
    Router::new()
        .route("/outbox", get(list))
        .route("/outbox/resend", post(resend_all))
        .route("/outbox/{id}/resend", post(resend))
        .with_state(Own { store, data })
}

async fn list(State(own): State<Own>, Query(query): Query<OutboxQuery>) -> Response {
    let state = match query.state.as_deref().map(state_named).transpose() {
        Ok(state) => state,
        Err(refused) => return *refused,
    };
    let filter = OutboxFilter {
        state,
        destination: query.destination,
        before: query.before,
    };
    let exchange = own.store.exchange();
    match exchange.outbox_where(&filter, bounded(query.limit)).await {
        Ok(entries) => Json(shown(&entries)).into_response(),
        Err(error) => failed(&error),
    }
}

fn state_named(name: &str) -> Result<OutboxState, Box<Response>> {
    let state = match name {
        "stopped" => Some(OutboxState::Parked),
        name => OutboxState::parse(name),
    };
    state.ok_or_else(|| {
        Box::new(malformed(&format!(
            "no state {name:?}: stopped (which is parked), pending, held or done"
        )))
    })
}

async fn resend(State(own): State<Own>, Path(id): Path<String>) -> Response {
    let Ok(number) = id.parse::<i64>() else {
        return malformed(&format!("{id:?} is not the number of an entry"));
    };
    let now = match own.now() {
        Ok(now) => now,
        Err(why) => return failed(&why),
    };
    let resent = match own.store.exchange().resend(number, now).await {
        Ok(resent) => resent,
        Err(error) => return failed(&error),
    };
    let conflict = |label, meaning: String| refusal(StatusCode::CONFLICT, label, meaning);
    match resent {
        Resend::Resent(entry) => answer(&ResentAll {
            resent: vec![entry],
            ended: Vec::new(),
        }),
        Resend::Unknown => refusal(
            StatusCode::NOT_FOUND,
            "entry-unknown",
            format!(
                "the outbox has no entry {number}: GET /outbox?state=stopped shows what can be resent"
            ),
        ),
        Resend::NotStopped(OutboxState::Done) => conflict(
            "entry-not-stopped",
            format!("entry {number} is done: it was delivered, and nothing is to be resent"),
        ),
        Resend::NotStopped(OutboxState::Held) => conflict(
            "entry-not-stopped",
            format!("entry {number} is held: its receiver fetches it, or registers an endpoint"),
        ),
        Resend::NotStopped(OutboxState::Behind) => conflict(
            "entry-not-stopped",
            format!("entry {number} is behind: an earlier message of its exchange goes first"),
        ),
        Resend::NotStopped(OutboxState::Parked | OutboxState::Pending) => conflict(
            "entry-not-stopped",
            format!("entry {number} is pending: it is on its way, wait for what comes of it"),
        ),
        Resend::Ended => conflict(
            "entry-ended",
            format!(
                "the application of entry {number} has its final status and its applicant was told: a new application is the way on"
            ),
        ),
    }
}

async fn resend_all(State(own): State<Own>, body: Bytes) -> Response {
    let order = if body.is_empty() {
        Ok(ResendOrder::default())
    } else {
        serde_json::from_slice::<ResendOrder>(&body)
    };
    let order = match order {
        Ok(order) => order,
        Err(error) => return malformed(&error.to_string()),
    };
    let now = match own.now() {
        Ok(now) => now,
        Err(why) => return failed(&why),
    };
    // A task of its own: whoever asked may go away, and what is begun is finished all the same.
    let work = tokio::spawn(async move {
        let exchange = own.store.exchange();
        exchange.resend_all(order.destination.as_deref(), now).await
    });
    match work.await {
        Ok(Ok(all)) => answer(&all),
        Ok(Err(error)) => failed(&error),
        Err(error) => failed(&error),
    }
}

fn answer(all: &ResentAll) -> Response {
    Json(json!({ "resent": shown(&all.resent), "ended": shown(&all.ended) })).into_response()
}

fn shown(entries: &[OutboxEntry]) -> Vec<Value> {
    entries.iter().map(entry_json).collect()
}

fn entry_json(entry: &OutboxEntry) -> Value {
    json!({
        "id": entry.id,
        "destination": entry.destination,
        "message": entry.message_id.as_str(),
        "correlation": entry.correlation.as_ref().map(MessageId::as_str),
        "state": entry.state.as_str(),
        "attempts": entry.attempts,
        "due": entry.due_at.to_string(),
        "queued": entry.queued_at.to_string(),
        "concluded": entry.concluded_at.as_ref().map(Moment::to_string),
        "why": entry.why,
    })
}

fn malformed(why: &str) -> Response {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "request-malformed", why)
}

fn failed(why: &dyn std::fmt::Display) -> Response {
    let why = why.to_string();
    tracing::error!(why, "the outbox could not be shown or changed");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "own-fault", why)
}
