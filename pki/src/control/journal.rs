//! `GET /journal`, `/journal/{id}`, `/journal/verify`: what the authority did, in the shape of every actor's control port.
//! `POST /journal/seal` and `/journal/prune`: its journal is sealed before the clock is moved, and old segments go.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_model::{MessageId, Moment};
use qaqpa_store::{Company, Doubted, JournalFilter, JournalRecord, Wish};
use qaqpa_transport::control::refusal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{LIMIT_DEFAULT, LIMIT_MAX};
use crate::authority::Authority;
use crate::keeping;
use crate::respond;

/// Which entries are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Asked {
    message: Option<String>,
    kind: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

pub(super) async fn list(
    State(authority): State<Arc<Authority>>,
    Query(asked): Query<Asked>,
) -> Response {
    let message_id = match asked.message.as_deref().map(MessageId::parse).transpose() {
        Ok(message_id) => message_id,
        Err(why) => return respond::unreadable("request-malformed", why.to_string()),
    };
    let filter = JournalFilter {
        message_id,
        kind: asked.kind,
        before: asked.before,
    };
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    match authority.store.journal().list(&filter, limit).await {
        Ok(records) => Json(records.iter().map(shown).collect::<Vec<_>>()).into_response(),
        Err(error) => respond::fault(&error.into()),
    }
}

pub(super) async fn show(State(authority): State<Arc<Authority>>, Path(id): Path<i64>) -> Response {
    match authority.store.journal().show(id).await {
        Ok(Some(record)) => Json(shown(&record)).into_response(),
        Ok(None) => refusal(StatusCode::NOT_FOUND, "not-found", "no such entry"),
        Err(error) => respond::fault(&error.into()),
    }
}

pub(super) async fn verify(State(authority): State<Arc<Authority>>) -> Response {
    let judge = keeping::stamp_judge(&authority);
    match authority.store.journal().verify(&judge).await {
        Ok(proof) => Json(proof.to_json()).into_response(),
        Err(error) => respond::fault(&error.into()),
    }
}

/// What `POST /journal/seal` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SealOrder {
    at: String,
}

/// What `POST /journal/prune` takes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PruneOrder {
    before: String,
    #[serde(default)]
    despite_doubts: bool,
}

pub(super) async fn seal(
    State(authority): State<Arc<Authority>>,
    Json(order): Json<SealOrder>,
) -> Response {
    let at = match Moment::parse(&order.at) {
        Ok(at) => at,
        Err(why) => return respond::unreadable("request-malformed", why.to_string()),
    };
    let sealed = async {
        let sealed = keeping::seal(&authority, at).await?;
        let waiting = authority.store.journal().unstamped(1).await?;
        Ok(json!({ "sealed": sealed, "waiting": !waiting.is_empty() }))
    };
    match sealed.await {
        Ok(shown) => Json(shown).into_response(),
        Err(error) => respond::fault(&error),
    }
}

pub(super) async fn prune(
    State(authority): State<Arc<Authority>>,
    Json(order): Json<PruneOrder>,
) -> Response {
    let before = match Moment::parse(&order.before) {
        Ok(before) => before,
        Err(why) => return respond::unreadable("request-malformed", why.to_string()),
    };
    // A task of its own: whoever asked may go away, and what is begun is finished all the same.
    let work = tokio::spawn(async move {
        let judge = keeping::stamp_judge(&authority);
        let wish = Wish {
            before,
            now: authority.clock.now(),
            company: Company::Writers,
            doubted: if order.despite_doubts {
                Doubted::Removed
            } else {
                Doubted::Kept
            },
        };
        let pruned = authority.store.journal().prune(wish, &judge).await;
        pruned.map(|pruned| pruned.to_json(authority.store.actor().name()))
    });
    match work.await {
        Ok(Ok(shown)) => Json(shown).into_response(),
        Ok(Err(error)) => respond::fault(&error.into()),
        Err(error) => {
            tracing::error!(%error, "old entries could not be removed");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "own-fault",
                "old entries could not be removed; the log says why",
            )
        }
    }
}

fn shown(record: &JournalRecord) -> Value {
    json!({
        "id": record.id,
        "writer": record.writer,
        "at": record.at.to_string(),
        "kind": record.kind,
        "message": record.message_id.as_ref().map(MessageId::as_str),
        "direction": record.direction.as_str(),
        "label": record.label.map(|label| label.as_str()),
        "raw": record.raw_digest,
        "summary": record.summary,
        "withheld": record.withheld_digest,
        "previous": record.previous,
        "hash": record.hash,
    })
}
