//! `GET /journal`, `/journal/{id}`, `/journal/verify`: what the authority did, in the shape of every actor's control port.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_model::MessageId;
use qaqpa_store::{JournalFilter, JournalRecord};
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
        "previous": record.previous,
        "hash": record.hash,
    })
}
