//! Snapshots at the console's control port.
//!
//! - `GET /snapshots` → `[{name, at, files, bytes, …}]`, of a damaged one `{name, why}`
//! - `POST /snapshots` `{name}`, `POST /snapshots/{name}/restore` → 202 `{order}`: the simulator of `qaqpa up` stops, does
//!   it, and comes up again; 409 where nobody carries orders out
//! - `GET /snapshots/orders/{id}` → `{id, state, snapshot, why, missing}`; `state` is `waiting`, `done` or
//!   `failed`, `missing` what was not set again as it was
//! - `DELETE /snapshots/{name}` → 204
//!
//! Where ports are free ones (`--port-base 0`), they are others afterwards: `endpoints.json` is written anew.

use std::path::PathBuf;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_transport::control::refusal;
use serde::Deserialize;
use serde_json::json;

use super::keeper::blocking;
use super::order::{self, Act, Order};
use super::{Name, SnapshotError, shelf};

/// What `POST /snapshots` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NewSnapshot {
    name: String,
}

/// The routes.
pub(crate) fn routes(data: PathBuf) -> Router {
    Router::new()
        .route("/snapshots", get(list).post(save))
        .route("/snapshots/orders/{id}", get(what_became))
        .route("/snapshots/{name}", delete(remove))
        .route("/snapshots/{name}/restore", post(restore))
        .with_state(data)
}

async fn list(State(data): State<PathBuf>) -> Response {
    match blocking(move || shelf::list(&data)).await {
        Ok(all) => Json(all).into_response(),
        Err(error) => refused(&error),
    }
}

async fn save(State(data): State<PathBuf>, body: Bytes) -> Response {
    match serde_json::from_slice::<NewSnapshot>(&body) {
        Ok(new) => ordered(data, Act::Save, new.name).await,
        Err(error) => refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "snapshot-malformed",
            format!("{error}: say {{\"name\": \"…\"}}"),
        ),
    }
}

async fn restore(State(data): State<PathBuf>, Path(name): Path<String>) -> Response {
    ordered(data, Act::Restore, name).await
}

async fn ordered(data: PathBuf, act: Act, name: String) -> Response {
    let placed = blocking(move || {
        let name = Name::parse(&name)?;
        // What can be told now is not told after a restart.
        match (act, shelf::read(&data, &name)) {
            (Act::Save, Ok(_)) => return Err(SnapshotError::Taken(name.to_string())),
            (Act::Restore, Err(error)) => return Err(error),
            (Act::Save, Err(_)) | (Act::Restore, Ok(_)) => {}
        }
        if !order::is_served(&data) {
            return Ok(None);
        }
        let order = Order::new(act, &name);
        Ok(order::place(&data, &order)?.then_some(order.id))
    });
    match placed.await {
        Ok(Some(id)) => (StatusCode::ACCEPTED, Json(json!({ "order": id }))).into_response(),
        Ok(None) => refusal(
            StatusCode::CONFLICT,
            "snapshot-not-served",
            "another order waits, or the actors run as processes of their own: stop them, and use `qaqpa snapshot`",
        ),
        Err(error) => refused(&error),
    }
}

async fn what_became(State(data): State<PathBuf>, Path(id): Path<String>) -> Response {
    let of = id.clone();
    match blocking(move || order::done(&data, &of)).await {
        Ok(None) => Json(
            json!({ "id": id, "state": "waiting", "snapshot": null, "why": null, "missing": [] }),
        )
        .into_response(),
        Ok(Some(done)) => {
            let state = if done.why.is_none() { "done" } else { "failed" };
            let view = json!({
                "id": id,
                "state": state,
                "snapshot": done.snapshot,
                "why": done.why,
                "missing": done.missing,
            });
            Json(view).into_response()
        }
        Err(error) => refused(&error),
    }
}

async fn remove(State(data): State<PathBuf>, Path(name): Path<String>) -> Response {
    let removed = blocking(move || {
        let name = Name::parse(&name)?;
        shelf::remove(&data, &name)
    });
    match removed.await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refused(&error),
    }
}

fn refused(error: &SnapshotError) -> Response {
    let (status, label) = match error {
        SnapshotError::Name(_) => (StatusCode::UNPROCESSABLE_ENTITY, "snapshot-malformed"),
        SnapshotError::Taken(_) => (StatusCode::CONFLICT, "snapshot-taken"),
        SnapshotError::Damaged { .. } => (StatusCode::CONFLICT, "snapshot-damaged"),
        SnapshotError::Unknown(_) => (StatusCode::NOT_FOUND, "snapshot-unknown"),
        _ => (StatusCode::INTERNAL_SERVER_ERROR, "own-fault"),
    };
    let meaning = match error.remedy() {
        Some(remedy) => format!("{error}: {remedy}"),
        None => error.to_string(),
    };
    refusal(status, label, meaning)
}
