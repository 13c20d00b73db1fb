//! What a control port lets a person (and the console) do with an actor's journal.
//!
//! - `POST /journal/seal` `{at}` → `{sealed, waiting}`: closes the open segment as of that moment, and asks a stamp for
//!   each seal that waits. The console asks every actor before it moves the clock, so that no seal of one time gets its
//!   stamp at another.
//! - `POST /journal/prune` `{before, despite_doubts}` → one journal of `docs/schema/journal-prune.schema.json`: removes old segments
//!   while the actor works.

use std::path::PathBuf;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_model::{Limits, Moment};
use qaqpa_store::{Company, Doubted, Store, Wish};
use qaqpa_transport::control::refusal;
use qaqpa_transport::{Clock, ClockState, paths};
use serde::{Deserialize, Serialize};

use super::{JournalKeeper, stamp_judge};

/// What `POST /journal/seal` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealOrder {
    /// The moment at which the segment is closed.
    pub at: String,
}

/// What `POST /journal/seal` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The segment that was closed; null where none was open.
    pub sealed: Option<i64>,
    /// Whether seals still wait for their stamps.
    pub waiting: bool,
}

/// What `POST /journal/prune` takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PruneOrder {
    /// Only segments whose entries are all of moments before this one.
    pub before: String,
    /// Also where there are doubts: what is removed can no longer show whether they were right.
    #[serde(default)]
    pub despite_doubts: bool,
}

impl PruneOrder {
    fn doubted(&self) -> Doubted {
        if self.despite_doubts {
            Doubted::Removed
        } else {
            Doubted::Kept
        }
    }
}

/// Whose journal it is.
#[derive(Clone, Debug)]
struct Own {
    store: Store,
    data: PathBuf,
}

impl Own {
    /// The simulator's clock, as the console keeps it in the data folder.
    fn clock(&self) -> Result<Clock, String> {
        let state = ClockState::load(&self.data).map_err(|error| error.to_string())?;
        Ok(Clock::with_offset(state.offset_ms))
    }
}

/// The routes, to be merged into an actor's own part of its control port.
pub(crate) fn routes(store: Store, data: PathBuf) -> Router {
    Router::new()
        .route("/journal/seal", post(seal))
        .route("/journal/prune", post(prune))
        .with_state(Own { store, data })
}

async fn seal(State(own): State<Own>, Json(order): Json<SealOrder>) -> Response {
    let at = match Moment::parse(&order.at) {
        Ok(at) => at,
        Err(error) => return malformed(&error),
    };
    let clock = match own.clock() {
        Ok(clock) => clock,
        Err(why) => return failed(&why),
    };
    let keeper = JournalKeeper::new(own.store, own.data, clock, Limits::default());
    match keeper.seal(at).await {
        Ok(sealed) => Json(sealed).into_response(),
        Err(error) => failed(&error.to_string()),
    }
}

async fn prune(State(own): State<Own>, Json(order): Json<PruneOrder>) -> Response {
    let before = match Moment::parse(&order.before) {
        Ok(before) => before,
        Err(error) => return malformed(&error),
    };
    let now = match own.clock() {
        Ok(clock) => clock.now(),
        Err(why) => return failed(&why),
    };
    // A task of its own: whoever asked may go away, and what is begun is finished all the same.
    let wish = Wish {
        before,
        now,
        company: Company::Writers,
        doubted: order.doubted(),
    };
    let work = tokio::spawn(async move {
        let judge = stamp_judge(&paths::trust_signature(&own.data), Limits::default());
        let journal = own.store.journal();
        let chain = journal.name();
        let pruned = journal.prune(wish, &judge).await;
        pruned.map(|pruned| pruned.to_json(&chain))
    });
    match work.await {
        Ok(Ok(shown)) => Json(shown).into_response(),
        Ok(Err(error)) => failed(&error.to_string()),
        Err(error) => failed(&error.to_string()),
    }
}

fn malformed(error: &dyn std::fmt::Display) -> Response {
    refusal(
        StatusCode::UNPROCESSABLE_ENTITY,
        "request-malformed",
        error.to_string(),
    )
}

fn failed(why: &str) -> Response {
    tracing::error!(why, "the journal could not be kept");
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "own-fault", why)
}
