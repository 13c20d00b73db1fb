//! History and expectations at the control port.
//!
//! - `GET /history?type=&outcome=&sender=&service=&applicant=&application=&message=&correlation=&label=&since=&until=&limit=`
//!   → the messages that came, the newest first, masked: `[{at, outcome, type, sender, service, …}]`
//! - `POST /history/reset` → what came until now does not count any more; nothing is deleted
//! - `POST /expectations/verify` takes a [`Wish`] → `{standing, expected, found, untold, messages, near}`
//! - `GET /expectations` → every kept one, with its standing
//! - `POST /expectations` takes a [`Wish`] → 201: kept, counted from now on where it does not say since when
//! - `DELETE /expectations`, `DELETE /expectations/{id}`

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use qaqpa_store::HistoryFilter;
use qaqpa_transport::control::refusal;
use serde::Deserialize;
use serde_json::{Value, json};

use super::book::BookError;
use super::history::{self, HistoryError, MESSAGES_MAX, Message};
use super::pattern::{MessageKind, OutcomeAsked, Pattern};
use super::wish::{self, Found, Near, Terms, Wish};
use crate::gateway::Gateway;
use crate::strangers::tell_untold;

/// Messages of a history that are shown when nobody says how many, and at most.
const LIMIT_DEFAULT: usize = 100;
const LIMIT_MAX: usize = 1000;

/// Which messages a history shows.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Asked {
    #[serde(rename = "type")]
    kind: Option<MessageKind>,
    outcome: Option<OutcomeAsked>,
    sender: Option<String>,
    service: Option<String>,
    applicant: Option<String>,
    application: Option<String>,
    message: Option<String>,
    correlation: Option<String>,
    label: Option<String>,
    since: Option<String>,
    until: Option<String>,
    limit: Option<usize>,
}

/// The routes.
pub(crate) fn routes(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/history", get(show))
        .route("/history/reset", post(reset))
        .route("/expectations", get(list).post(add).delete(clear))
        .route("/expectations/verify", post(verify_one))
        .route("/expectations/{id}", delete(remove))
        .with_state(gateway)
}

async fn show(
    State(gateway): State<Arc<Gateway>>,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let Query(asked) = match asked {
        Ok(asked) => asked,
        Err(error) => return refused(BookError::Malformed(error.body_text())),
    };
    let pattern = Pattern {
        kind: asked.kind,
        // A history shows everything unless it is asked for less.
        outcome: Some(asked.outcome.unwrap_or(OutcomeAsked::Any)),
        sender: asked.sender,
        service: asked.service,
        applicant: asked.applicant,
        application: asked.application,
        message: asked.message,
        correlation: asked.correlation,
        label: asked.label,
    };
    let wish = Wish {
        when: pattern,
        since: asked.since,
        until: asked.until,
        ..Wish::default()
    };
    let (filter, _) = match asked_about(&gateway, &wish).await {
        Ok(asked) => asked,
        Err(refused) => return *refused,
    };
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let mut views = Vec::new();
    let look = |message: Message| {
        if views.len() == limit {
            return ControlFlow::Break(());
        }
        if wish.when.differences(&message).is_empty() {
            views.push(message.view());
        }
        ControlFlow::Continue(())
    };
    match history::look_through(&gateway.store, wish.when.narrow(filter), look).await {
        Ok(()) => Json(views).into_response(),
        Err(error) => untellable(error),
    }
}

async fn reset(State(gateway): State<Arc<Gateway>>) -> Response {
    tell_untold(&gateway).await;
    let now = gateway.clock.now();
    match gateway.expectations.reset(&gateway.store, now).await {
        Ok(kept) => Json(json!({ "reset": kept.reset })).into_response(),
        Err(error) => refused(error),
    }
}

async fn verify_one(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Response {
    let wish: Wish = match read(&body) {
        Ok(wish) => wish,
        Err(refused) => return *refused,
    };
    match verified(&gateway, &wish).await {
        Ok((_, Ok(view))) => Json(view).into_response(),
        Ok((_, Err(error))) => untellable(error),
        Err(refused) => *refused,
    }
}

async fn list(State(gateway): State<Arc<Gateway>>) -> Response {
    let kept = match gateway.expectations.read(&gateway.store).await {
        Ok(kept) => kept,
        Err(error) => return refused(error),
    };
    let mut views = Vec::with_capacity(kept.wishes.len());
    for wish in &kept.wishes {
        views.push(match verified(&gateway, wish).await {
            Ok((_, Ok(view))) => view,
            // One that nobody can tell does not hide the others.
            Ok((terms, Err(HistoryError::Long))) => named(wish, wish::unknown(&terms)),
            Ok((_, Err(error))) => return untellable(error),
            Err(refused) => return *refused,
        });
    }
    Json(views).into_response()
}

async fn add(State(gateway): State<Arc<Gateway>>, body: Bytes) -> Response {
    let wish: Wish = match read(&body) {
        Ok(wish) => wish,
        Err(refused) => return *refused,
    };
    tell_untold(&gateway).await;
    let now = gateway.clock.now();
    match gateway.expectations.add(&gateway.store, wish, now).await {
        Ok(wish) => (StatusCode::CREATED, Json(wish)).into_response(),
        Err(error) => refused(error),
    }
}

async fn clear(State(gateway): State<Arc<Gateway>>) -> Response {
    match gateway.expectations.remove(&gateway.store, None).await {
        Ok(removed) => Json(json!({ "removed": removed })).into_response(),
        Err(error) => refused(error),
    }
}

async fn remove(State(gateway): State<Arc<Gateway>>, Path(id): Path<String>) -> Response {
    match gateway.expectations.remove(&gateway.store, Some(&id)).await {
        Ok(0) => refusal(
            StatusCode::NOT_FOUND,
            "expectation-unknown",
            format!("there is no expectation {id:?}: GET /expectations lists them"),
        ),
        Ok(removed) => Json(json!({ "removed": removed })).into_response(),
        Err(error) => refused(error),
    }
}

/// The wish with what was found, or why that cannot be told.
async fn verified(
    gateway: &Gateway,
    wish: &Wish,
) -> Result<(Terms, Result<Value, HistoryError>), Box<Response>> {
    // What is not told yet is told first: else it would count only in a second.
    tell_untold(gateway).await;
    let (filter, terms) = asked_about(gateway, wish).await?;
    let untold = untold(gateway, wish, &filter).await?;
    let view = match looked_through(gateway, wish, &terms, filter).await {
        Ok((found, near)) => Ok(wish::told(&terms, found, near, untold, gateway.clock.now())),
        Err(error) => Err(error),
    };
    Ok((terms, view.map(|view| named(wish, view))))
}

/// What the wish finds; and what it nearly finds, where that is too little.
async fn looked_through(
    gateway: &Gateway,
    wish: &Wish,
    terms: &Terms,
    filter: HistoryFilter,
) -> Result<(Found, Near), HistoryError> {
    let (mut found, mut near) = (Found::default(), Near::default());
    let narrow = wish.when.narrow(filter.clone());
    let look = |message: Message| {
        found.look(&wish.when, &message);
        ControlFlow::Continue(())
    };
    history::look_through(&gateway.store, narrow, look).await?;
    if terms.is_short(found.count) {
        let look = |message| near.look(&wish.when, message);
        history::look_through(&gateway.store, filter, look).await?;
    }
    Ok((found, near))
}

fn named(wish: &Wish, mut view: Value) -> Value {
    view["id"] = json!(wish.id);
    view["when"] = json!(wish.when);
    view
}

/// How many were turned away in this time that may be meant, and that the journal holds nothing about.
async fn untold(
    gateway: &Gateway,
    wish: &Wish,
    filter: &HistoryFilter,
) -> Result<u64, Box<Response>> {
    if !wish.when.may_be_untold() {
        return Ok(0);
    }
    let untold = gateway.store.exchange().untold(filter).await;
    untold.map_err(|error| Box::new(refused(BookError::Store(error))))
}

/// The time that a wish is about.
async fn asked_about(
    gateway: &Gateway,
    wish: &Wish,
) -> Result<(HistoryFilter, Terms), Box<Response>> {
    let kept = gateway.expectations.read(&gateway.store).await;
    let kept = kept.map_err(|error| Box::new(refused(error)))?;
    let terms = wish
        .terms(kept.begin())
        .map_err(|why| Box::new(refused(BookError::Malformed(why))))?;
    let beyond = kept.beyond(wish);
    let filter = HistoryFilter {
        since: beyond.is_none().then_some(terms.since),
        beyond: beyond.cloned().unwrap_or_default(),
        until: terms.until,
        ..HistoryFilter::default()
    };
    Ok((filter, terms))
}

fn untellable(error: HistoryError) -> Response {
    match error {
        HistoryError::Long => refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "history-long",
            format!(
                "more than {MESSAGES_MAX} messages came in this time: say since and until, or reset first"
            ),
        ),
        HistoryError::Store(error) => refused(BookError::Store(error)),
    }
}

fn read(body: &[u8]) -> Result<Wish, Box<Response>> {
    serde_json::from_slice(body)
        .map_err(|error| Box::new(refused(BookError::Malformed(error.to_string()))))
}

fn refused(error: BookError) -> Response {
    match error {
        BookError::IdTaken(id) => refusal(
            StatusCode::CONFLICT,
            "expectation-id-taken",
            format!("there is an expectation {id:?} already: remove it first, or give another id"),
        ),
        BookError::Malformed(why) => refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "expectation-malformed",
            why,
        ),
        BookError::Store(error) => {
            tracing::error!(%error, "expectations could not be read or kept");
            refusal(
                StatusCode::INTERNAL_SERVER_ERROR,
                "own-fault",
                error.to_string(),
            )
        }
    }
}
