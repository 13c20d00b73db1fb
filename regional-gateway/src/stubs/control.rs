//! Stubs at the control port.
//!
//! - `GET /stubs` → `{seed, stubs: [{stub…, answered}]}`, in the order in which they are asked
//! - `POST /stubs` takes a [`WrittenStub`] → 201 and the stub; 409 where its id is taken, 422 where it is none
//! - `PUT /stubs` takes [`WrittenStubs`]: exactly these from now on
//! - `DELETE /stubs`, `DELETE /stubs/{id}` → what is left
//! - `PUT /stubs/answered` takes `{"ID": 3}` → how many applications those stubs have answered, as it was told before
//! - `POST /stubs/reset` → the counts begin anew, and the misses are forgotten
//! - `GET /stubs/misses` → the latest applications that no stub answered, with the parts in which they missed the nearest
//! - `GET /stubs/places` → what a text may name: `[{place, meaning}]`

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_store::mask;
use qaqpa_transport::control::refusal;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::board::{Armed, Miss};
use super::error::StubError;
use super::rule::Difference;
use super::template::PLACES;
use super::written::{WrittenStub, WrittenStubs};
use super::{ChangeError, Stubs};
use crate::workplace::Workplace;

/// A stub as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StubView {
    /// The stub, as it is written.
    #[serde(flatten)]
    pub stub: WrittenStub,
    /// How many applications it answered since it was added, its counts were reset, or the process began.
    pub answered: u64,
}

/// The routes.
pub(crate) fn routes(workplace: Workplace) -> Router {
    Router::new()
        .route("/stubs", get(show).post(add).put(replace).delete(clear))
        .route("/stubs/answered", put(have_answered))
        .route("/stubs/reset", post(reset))
        .route("/stubs/misses", get(misses))
        .route("/stubs/places", get(places))
        .route("/stubs/{id}", delete(remove))
        .with_state(workplace)
}

async fn show(State(workplace): State<Workplace>) -> Json<Value> {
    Json(all(&workplace.stubs))
}

async fn add(State(workplace): State<Workplace>, body: Bytes) -> Response {
    let written: WrittenStub = match read(&body) {
        Ok(written) => written,
        Err(refused) => return *refused,
    };
    match workplace.stubs.add(&workplace, written).await {
        Ok(armed) => (StatusCode::CREATED, Json(view(&armed))).into_response(),
        Err(error) => refused(&error),
    }
}

async fn replace(State(workplace): State<Workplace>, body: Bytes) -> Response {
    let written: WrittenStubs = match read(&body) {
        Ok(written) => written,
        Err(refused) => return *refused,
    };
    left(
        &workplace,
        workplace.stubs.replace(&workplace, written).await,
    )
}

async fn clear(State(workplace): State<Workplace>) -> Response {
    let none = WrittenStubs::default();
    left(&workplace, workplace.stubs.replace(&workplace, none).await)
}

async fn remove(State(workplace): State<Workplace>, Path(id): Path<String>) -> Response {
    match workplace.stubs.remove(&workplace, &id).await {
        Ok(true) => Json(all(&workplace.stubs)).into_response(),
        Ok(false) => refusal(
            StatusCode::NOT_FOUND,
            "stub-unknown",
            format!("there is no stub {id:?}: GET /stubs lists them"),
        ),
        Err(error) => refused(&error),
    }
}

async fn have_answered(State(workplace): State<Workplace>, body: Bytes) -> Response {
    let counts: BTreeMap<String, u64> = match read(&body) {
        Ok(counts) => counts,
        Err(refused) => return *refused,
    };
    workplace.stubs.board.have_answered(&counts);
    Json(all(&workplace.stubs)).into_response()
}

async fn reset(State(workplace): State<Workplace>) -> Json<Value> {
    workplace.stubs.board.forget();
    Json(all(&workplace.stubs))
}

async fn misses(State(workplace): State<Workplace>) -> Json<Vec<Value>> {
    let misses = workplace.stubs.board.misses();
    Json(misses.iter().map(missed).collect())
}

async fn places() -> Json<Vec<Value>> {
    let place = |(place, meaning): &(&str, &str)| json!({ "place": place, "meaning": meaning });
    Json(PLACES.iter().map(place).collect())
}

fn left(workplace: &Workplace, done: Result<(), ChangeError>) -> Response {
    match done {
        Ok(()) => Json(all(&workplace.stubs)).into_response(),
        Err(error) => refused(&error),
    }
}

fn all(stubs: &Stubs) -> Value {
    let armed = stubs.board.all();
    let views: Vec<_> = armed.iter().map(|armed| view(armed)).collect();
    json!({ "seed": stubs.seed(), "stubs": views })
}

fn view(armed: &Armed) -> StubView {
    StubView {
        stub: armed.stub.written().clone(),
        answered: armed.answered(),
    }
}

/// What an application says is masked; what a stub asks for is the operator's own word.
fn missed(miss: &Miss) -> Value {
    let differs = |difference: &Difference| {
        json!({
            "part": difference.part,
            "asked_for": difference.asked_for,
            "found": mask::numbers(&difference.found),
        })
    };
    let nearest = miss.nearest.iter().map(|(id, differences)| {
        json!({
            "stub": id,
            "differs": differences.iter().map(differs).collect::<Vec<_>>(),
            "used_up": differences.is_empty(),
        })
    });
    json!({
        "message": miss.message.as_str(),
        "service": miss.service.to_string(),
        "at": miss.at.to_string(),
        "nearest": nearest.collect::<Vec<_>>(),
    })
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Box<Response>> {
    serde_json::from_slice(body).map_err(|error| {
        Box::new(refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "stub-malformed",
            error.to_string(),
        ))
    })
}

fn refused(error: &ChangeError) -> Response {
    let (status, label) = match error {
        ChangeError::Stub(StubError::IdTaken { .. }) => (StatusCode::CONFLICT, "stub-id-taken"),
        ChangeError::Stub(_) => (StatusCode::UNPROCESSABLE_ENTITY, "stub-malformed"),
        ChangeError::Kept(_) => (StatusCode::CONFLICT, "stubs-unusable"),
        ChangeError::Store(_) => (StatusCode::INTERNAL_SERVER_ERROR, "own-fault"),
    };
    refusal(status, label, error.to_string())
}
