//! What control ports show of journal, trace and outbox: JSON, masked, for every actor alike.
//!
//! - `GET /journal?message=ID&kind=KIND&before=N&limit=N` → `[{id, at, kind, message, direction, label, summary, …}]`, newest first
//! - `GET /journal/verify` → the proof, as `docs/schema/journal-verify.schema.json` describes it: `{indication, entries, broken, …}`
//!   of this process's chain; `?chain=NAME` of another one of the same database
//! - `GET /journal/chains` → `{chains, missing}`: the chains of the database, and those that others tell of and that are not there
//! - `GET /journal/{id}` → one entry
//! - `POST /journal/seal`, `POST /journal/prune`: [`keeping::control`]
//! - `GET /trace/{messageId}` → `[{message, at, element, meaning, outcome, label}]`
//! - `GET /outbox`, `POST /outbox/{id}/resend`, `POST /outbox/resend`: [`outbox::control`]

use std::path::PathBuf;

use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use qaqpa_model::{Limits, MessageId};
use qaqpa_store::{Direction, JournalFilter, JournalRecord, Store, StoreError, TraceEntry};
use qaqpa_transport::paths;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{keeping, outbox, stamp_judge};

/// The routes, to be merged into an actor's own part of its control port.
///
/// Stamps of the journal are judged by what `DIR/trust` of this data folder says.
pub fn routes(store: Store, data: impl Into<PathBuf>) -> Router {
    let data = data.into();
    let kept = keeping::control::routes(store.clone(), data.clone());
    let outbox = outbox::control::routes(store.clone(), data.clone());
    let verified = Verified {
        store: store.clone(),
        data,
    };
    Router::new()
        .route("/journal", get(journal))
        .route("/journal/{id}", get(journal_entry))
        .route("/trace/{message}", get(trace))
        .with_state(store)
        .merge(
            Router::new()
                .route("/journal/verify", get(journal_verify))
                .route("/journal/chains", get(journal_chains))
                .with_state(verified),
        )
        .merge(kept)
        .merge(outbox)
}

/// What the proof of a journal needs.
#[derive(Clone, Debug)]
struct Verified {
    store: Store,
    data: PathBuf,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct JournalQuery {
    message: Option<String>,
    kind: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

/// Entries that are shown when nobody says how many, and at most.
const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 1000;

pub(crate) fn bounded(limit: Option<u32>) -> u32 {
    limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX)
}

async fn journal(State(store): State<Store>, Query(query): Query<JournalQuery>) -> Response {
    let message_id = match query.message.as_deref().map(MessageId::parse).transpose() {
        Ok(id) => id,
        Err(error) => return bad(&error),
    };
    let filter = JournalFilter {
        message_id,
        kind: query.kind,
        before: query.before,
    };
    match store.journal().list(&filter, bounded(query.limit)).await {
        Ok(records) => Json(records.iter().map(record_json).collect::<Vec<_>>()).into_response(),
        Err(error) => failed(&error),
    }
}

async fn journal_entry(State(store): State<Store>, Path(id): Path<i64>) -> Response {
    match store.journal().show(id).await {
        Ok(Some(record)) => Json(record_json(&record)).into_response(),
        Ok(None) => absent(),
        Err(error) => failed(&error),
    }
}

/// What `GET /journal/chains` answers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainsView {
    /// The chains of the database, whoever writes them.
    pub chains: Vec<String>,
    /// Those that an entry tells of, and of which nothing is there.
    pub missing: Vec<String>,
}

async fn journal_chains(State(of): State<Verified>) -> Response {
    let journal = of.store.journal();
    let view = async {
        Ok::<_, StoreError>(ChainsView {
            chains: journal.chains().await?,
            missing: journal.missing().await?,
        })
    };
    match view.await {
        Ok(view) => Json(view).into_response(),
        Err(error) => failed(&error),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct VerifyQuery {
    chain: Option<String>,
}

async fn journal_verify(State(of): State<Verified>, Query(query): Query<VerifyQuery>) -> Response {
    let judge = stamp_judge(&paths::trust_signature(&of.data), Limits::default());
    let mut journal = of.store.journal();
    if let Some(chain) = &query.chain {
        journal = journal.of(chain);
    }
    match journal.verify(&judge).await {
        Ok(proof) => Json(proof.to_json()).into_response(),
        Err(error) => failed(&error),
    }
}

async fn trace(State(store): State<Store>, Path(message): Path<String>) -> Response {
    let message = match MessageId::parse(&message) {
        Ok(id) => id,
        Err(error) => return bad(&error),
    };
    match store.trace().of(&message).await {
        Ok(entries) => Json(entries.iter().map(trace_json).collect::<Vec<_>>()).into_response(),
        Err(error) => failed(&error),
    }
}

/// An entry as every view shows it, described by `docs/schema/journal-entry.schema.json`: masked, without its raw bytes.
#[must_use]
pub fn record_json(record: &JournalRecord) -> Value {
    json!({
        "id": record.id,
        "writer": record.writer,
        "at": record.at.to_string(),
        "kind": record.kind,
        "message": record.message_id.as_ref().map(MessageId::as_str),
        "direction": match record.direction {
            Direction::In => "in",
            Direction::Own => "own",
            Direction::Out => "out",
        },
        "label": record.label.map(|label| label.as_str()),
        "raw": record.raw_digest,
        "summary": record.summary,
        "withheld": record.withheld_digest,
        "previous": record.previous,
        "hash": record.hash,
    })
}

fn trace_json(entry: &TraceEntry) -> Value {
    json!({
        "message": entry.message.as_str(),
        "at": entry.at.to_string(),
        "element": entry.element.as_str(),
        "meaning": entry.meaning,
        "outcome": entry.outcome.as_str(),
        "label": entry.label.map(|label| label.as_str()),
    })
}

fn bad(error: &dyn std::fmt::Display) -> Response {
    (
        StatusCode::BAD_REQUEST,
        Json(json!({"error": error.to_string()})),
    )
        .into_response()
}

fn absent() -> Response {
    (
        StatusCode::NOT_FOUND,
        Json(json!({"error": "no such entry"})),
    )
        .into_response()
}

fn failed(error: &StoreError) -> Response {
    tracing::error!(%error, "the store could not answer a view");
    (
        StatusCode::INTERNAL_SERVER_ERROR,
        Json(json!({"error": error.to_string()})),
    )
        .into_response()
}
