//! The control port's routes.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /mischief` | – | [`BoardView`]: the rules that are on, with their counts |
//! | `POST /mischief` | a rule | [`RuleView`], 201 |
//! | `PUT /mischief` | `{"seed": 7, "rules": […]}` | [`BoardView`]: exactly these are on |
//! | `DELETE /mischief` | – | [`BoardView`]: nothing is on |
//! | `DELETE /mischief/{id}` | – | [`BoardView`] without that rule |
//! | `GET /mischief/catalogue` | – | `[FaultView]`: every fault that there is |

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_transport::control::refusal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::board::{Armed, Board, BoardError};
use super::fault::{Entry, FaultKind};
use super::grammar::{WrittenRule, WrittenRules};
use super::rule::RuleError;
use super::verdict::Reached;
use crate::respond;

/// The rules that are on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardView {
    /// Whether `--calm` forbids switching any on.
    pub calm: bool,
    /// The rules, in order.
    pub rules: Vec<RuleView>,
}

/// A rule that is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleView {
    /// The rule, as it could be written again.
    pub rule: WrittenRule,
    /// Requests for its services and its certificate so far.
    pub asked: u64,
    /// Those that it chose.
    pub hits: u64,
}

/// A fault of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultView {
    /// The name.
    pub fault: &'static str,
    /// `meaning`, `der`, `http`, `latency`.
    pub level: &'static str,
    /// What is done.
    pub does: &'static str,
    /// Which mistake it finds.
    pub purpose: &'static str,
    /// The number that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<DialView>,
    /// The services, each with what a correct relying party reaches.
    pub services: Vec<ServiceView>,
}

/// A fault's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "as in the catalogue's Dial")]
pub struct DialView {
    pub name: &'static str,
    pub default: u64,
    pub min: u64,
    pub max: u64,
}

/// What a correct relying party reaches on a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// The service.
    pub service: &'static str,
    /// The identity that the verdict is about.
    pub about: &'static str,
    /// With the other source of revocation answering.
    pub helped: ReachedView,
    /// With the other source silent.
    pub alone: ReachedView,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReachedView {
    /// The indication.
    pub indication: &'static str,
    /// The sub-indication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<&'static str>,
    /// The label of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
}

/// The control port's routes.
pub fn routes(board: Arc<Board>) -> Router {
    Router::new()
        .route("/mischief", get(show).post(add).put(replace).delete(clear))
        .route("/mischief/{id}", delete(remove))
        .route("/mischief/catalogue", get(catalogue))
        .with_state(board)
}

async fn show(State(board): State<Arc<Board>>) -> Json<BoardView> {
    Json(view(&board))
}

async fn add(State(board): State<Arc<Board>>, body: Bytes) -> Response {
    let written: WrittenRule = match read(&body) {
        Ok(written) => written,
        Err(refusal) => return refusal,
    };
    let rule = match written.rule(0, &board.next_name()) {
        Ok(rule) => rule,
        Err(error) => return refused(&error.into()),
    };
    match board.add(rule) {
        Ok(armed) => (StatusCode::CREATED, Json(rule_view(&armed))).into_response(),
        Err(error) => refused(&error),
    }
}

async fn replace(State(board): State<Arc<Board>>, body: Bytes) -> Response {
    let written: WrittenRules = match read(&body) {
        Ok(written) => written,
        Err(refusal) => return refusal,
    };
    let replaced = written
        .rules()
        .map_err(BoardError::from)
        .and_then(|rules| board.replace(rules));
    match replaced {
        Ok(()) => Json(view(&board)).into_response(),
        Err(error) => refused(&error),
    }
}

async fn clear(State(board): State<Arc<Board>>) -> Response {
    match board.replace(Vec::new()) {
        Ok(()) => Json(view(&board)).into_response(),
        Err(error) => refused(&error),
    }
}

async fn remove(State(board): State<Arc<Board>>, Path(id): Path<String>) -> Response {
    if board.remove(&id) {
        return Json(view(&board)).into_response();
    }
    refusal(
        StatusCode::NOT_FOUND,
        "mischief-unknown",
        format!("no rule {id:?} is on"),
    )
}

async fn catalogue() -> Json<Vec<FaultView>> {
    Json(
        FaultKind::all()
            .map(|kind| fault_view(kind.entry()))
            .collect(),
    )
}

fn refused(error: &BoardError) -> Response {
    let (status, label) = match error {
        BoardError::Calm => (StatusCode::CONFLICT, "calm"),
        BoardError::Rule(RuleError::IdTaken { .. }) => (StatusCode::CONFLICT, "mischief-id-taken"),
        BoardError::Rule(_) => (StatusCode::UNPROCESSABLE_ENTITY, "mischief-malformed"),
    };
    refusal(status, label, error.to_string())
}

#[expect(clippy::result_large_err, reason = "the error is the answer itself")]
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    serde_json::from_slice(body)
        .map_err(|error| respond::unreadable("mischief-malformed", error.to_string()))
}

fn view(board: &Board) -> BoardView {
    BoardView {
        calm: board.is_calm(),
        rules: board.rules().iter().map(|armed| rule_view(armed)).collect(),
    }
}

fn rule_view(armed: &Armed) -> RuleView {
    let counts = armed.counts();
    RuleView {
        rule: WrittenRule::from(&armed.rule),
        asked: counts.asked,
        hits: counts.hits,
    }
}

fn fault_view(entry: Entry) -> FaultView {
    let services = entry.services.iter().map(|service| {
        let trial = entry.conduct.trial(*service);
        ServiceView {
            service: service.as_str(),
            about: trial.about,
            helped: reached_view(trial.helped),
            alone: reached_view(trial.alone),
        }
    });
    FaultView {
        fault: entry.name,
        level: entry.level.as_str(),
        does: entry.does,
        purpose: entry.purpose,
        dial: entry.dial.map(|dial| DialView {
            name: dial.name,
            default: dial.default,
            min: dial.min,
            max: dial.max,
        }),
        services: services.collect(),
    }
}

fn reached_view(reached: Reached) -> ReachedView {
    ReachedView {
        indication: reached.indication,
        sub_indication: reached.sub,
        label: reached.label.map(qaqpa_model::RefusalLabel::as_str),
    }
}
