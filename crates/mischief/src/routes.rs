//! The control port's routes.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /mischief` | – | [`BoardView`]: the rules that are on, with their counts |
//! | `POST /mischief` | a rule | [`RuleView`], 201 |
//! | `PUT /mischief` | `{"seed": 7, "rules": […]}` | [`BoardView`]: exactly these are on, counting from nothing |
//! | `DELETE /mischief` | – | [`BoardView`]: nothing is on |
//! | `DELETE /mischief/{id}` | – | [`BoardView`] without that rule |
//! | `PUT /mischief/counts` | `{"ID": {"asked": 3, "hits": 1}}` | [`BoardView`]: these rules count on from there |
//! | `GET /mischief/catalogue` | – | every fault that there is, in the actor's words |

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use qaqpa_transport::Clock;
use qaqpa_transport::control::refusal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::board::{Armed, Board, BoardError, Counts};
use crate::catalogue::Dial;
use crate::grammar::WrittenRules;
use crate::rule::{Rule, RuleError, Whom};

/// The rules that are on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoardView<R> {
    /// Whether `--calm` forbids switching any on.
    pub calm: bool,
    /// The rules, in order.
    pub rules: Vec<RuleView<R>>,
}

/// A rule that is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RuleView<R> {
    /// The rule, as it could be written again.
    pub rule: R,
    /// Requests that it fitted so far.
    pub asked: u64,
    /// Those that it chose.
    pub hits: u64,
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

impl From<Dial> for DialView {
    fn from(dial: Dial) -> Self {
        Self {
            name: dial.name,
            default: dial.default,
            min: dial.min,
            max: dial.max,
        }
    }
}

/// What the routes share.
struct Desk<W: Whom> {
    board: Arc<Board<W>>,
    clock: Clock,
    catalogue: Value,
}

/// The routes of a board; `catalogue` is what the actor says of its faults.
pub fn routes<W: Whom>(board: Arc<Board<W>>, clock: Clock, catalogue: Value) -> Router {
    let desk = Desk {
        board,
        clock,
        catalogue,
    };
    let all = get(show::<W>).post(add::<W>).put(replace::<W>);
    Router::new()
        .route("/mischief", all.delete(clear::<W>))
        .route("/mischief/{id}", delete(remove::<W>))
        .route("/mischief/catalogue", get(list::<W>))
        .route("/mischief/counts", put(count::<W>))
        .with_state(Arc::new(desk))
}

async fn show<W: Whom>(State(desk): State<Arc<Desk<W>>>) -> Json<BoardView<W::Written>> {
    Json(view(&desk.board))
}

async fn add<W: Whom>(State(desk): State<Arc<Desk<W>>>, body: Bytes) -> Response {
    let board = &desk.board;
    let written: W::Written = match read(&body) {
        Ok(written) => written,
        Err(refusal) => return refusal,
    };
    let added = Rule::<W>::read(written, 0, &board.next_name())
        .and_then(|rule| rule.not_over(desk.clock.now()))
        .map_err(BoardError::from)
        .and_then(|rule| board.add(rule));
    match added {
        Ok(armed) => (StatusCode::CREATED, Json(rule_view(&armed))).into_response(),
        Err(error) => refused(&error),
    }
}

async fn replace<W: Whom>(State(desk): State<Arc<Desk<W>>>, body: Bytes) -> Response {
    let board = &desk.board;
    let written: WrittenRules<W::Written> = match read(&body) {
        Ok(written) => written,
        Err(refusal) => return refusal,
    };
    let replaced = written
        .rules()
        .map_err(BoardError::from)
        .and_then(|rules| board.replace(rules));
    match replaced {
        Ok(()) => Json(view(board)).into_response(),
        Err(error) => refused(&error),
    }
}

async fn count<W: Whom>(State(desk): State<Arc<Desk<W>>>, body: Bytes) -> Response {
    let counts: BTreeMap<String, Counts> = match read(&body) {
        Ok(counts) => counts,
        Err(refusal) => return refusal,
    };
    match desk.board.count_from(&counts) {
        Ok(()) => Json(view(&desk.board)).into_response(),
        Err(id) => {
            let meaning = format!("no rule {id:?} is on: GET /mischief shows those that are");
            refusal(
                StatusCode::UNPROCESSABLE_ENTITY,
                "mischief-malformed",
                meaning,
            )
        }
    }
}

async fn clear<W: Whom>(State(desk): State<Arc<Desk<W>>>) -> Response {
    match desk.board.replace(Vec::new()) {
        Ok(()) => Json(view(&desk.board)).into_response(),
        Err(error) => refused(&error),
    }
}

async fn remove<W: Whom>(State(desk): State<Arc<Desk<W>>>, Path(id): Path<String>) -> Response {
    if desk.board.remove(&id) {
        return Json(view(&desk.board)).into_response();
    }
    let meaning = format!("no rule {id:?} is on: GET /mischief shows those that are");
    refusal(StatusCode::NOT_FOUND, "mischief-unknown", meaning)
}

async fn list<W: Whom>(State(desk): State<Arc<Desk<W>>>) -> Json<Value> {
    Json(desk.catalogue.clone())
}

fn refused(error: &BoardError) -> Response {
    let (status, label) = match error {
        BoardError::Calm => (StatusCode::CONFLICT, "calm"),
        BoardError::Full => (StatusCode::CONFLICT, "mischief-full"),
        BoardError::Rule(RuleError::IdTaken(_)) => (StatusCode::CONFLICT, "mischief-id-taken"),
        BoardError::Rule(_) => (StatusCode::UNPROCESSABLE_ENTITY, "mischief-malformed"),
    };
    refusal(status, label, error.to_string())
}

#[expect(clippy::result_large_err, reason = "the error is the answer itself")]
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    serde_json::from_slice(body).map_err(|error| {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        refusal(status, "mischief-malformed", error.to_string())
    })
}

fn view<W: Whom>(board: &Board<W>) -> BoardView<W::Written> {
    BoardView {
        calm: board.is_calm(),
        rules: board.rules().iter().map(|armed| rule_view(armed)).collect(),
    }
}

fn rule_view<W: Whom>(armed: &Armed<W>) -> RuleView<W::Written> {
    let counts = armed.counts();
    RuleView {
        rule: armed.rule.write(),
        asked: counts.asked,
        hits: counts.hits,
    }
}
