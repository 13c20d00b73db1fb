//! The control port's own part: cards, stubs, journal, trace, outbox; and what happens when the clock moves.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_channel::views;
use qaqpa_model::Moment;
use qaqpa_store::{Card, CardFilter, Direction, JournalEntry, StoreError, Task, TaskState};
use qaqpa_transport::control::{ClockHook, clock_hook, refusal};
use serde_json::{Value, json};

use crate::workplace::Workplace;

/// The actor's routes of the control port.
pub(crate) fn routes(workplace: Workplace) -> Router {
    let (store, data) = (workplace.store.clone(), workplace.data.clone());
    Router::new()
        .route("/cards", get(cards))
        .route("/registers", get(registers))
        .with_state(workplace.clone())
        .merge(crate::stubs::control::routes(workplace))
        .merge(views::routes(store, data))
}

/// The registers that answer here.
async fn registers(State(workplace): State<Workplace>) -> Json<Vec<Value>> {
    let registers = workplace.registers.contents();
    let view = |(service, asked_by, records)| json!({"service": service, "asked_by": asked_by, "records": records});
    Json(registers.map(view).collect())
}

/// Every card with its tasks, newest first, without its content.
async fn cards(State(workplace): State<Workplace>) -> Response {
    match list(&workplace).await {
        Ok(cards) => Json(cards).into_response(),
        Err(error) => refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "own-fault",
            error.to_string(),
        ),
    }
}

async fn list(workplace: &Workplace) -> Result<Vec<Value>, StoreError> {
    let now = workplace.clock.now();
    let store = workplace.store.cards();
    let mut views = Vec::new();
    for card in store
        .list(CardFilter::default(), workplace.config.cards_max)
        .await?
    {
        let tasks = store.tasks(&card.id).await?;
        views.push(view(&card, &tasks, now));
    }
    Ok(views)
}

fn view(card: &Card, tasks: &[Task], now: Moment) -> Value {
    json!({
        "id": card.id,
        "number": card.number,
        "message": card.message_id.as_str(),
        "service": card.service.to_string(),
        "channel": card.channel,
        "state": card.state.as_str(),
        "label": card.label.map(|label| label.as_str()),
        "applicant": card.applicant_iin.masked(),
        "registered": card.registered_at.to_string(),
        "decided": card.decided_at.as_ref().map(Moment::to_string),
        "tasks": tasks.iter().map(|task| json!({
            "id": task.id,
            "unit": task.unit,
            "role": task.role,
            "action": task.action,
            "deadline": task.deadline.to_string(),
            "overdue": task.state == TaskState::Open && task.deadline < now,
            "state": task.state.as_str(),
            "assignee": task.assignee,
        })).collect::<Vec<_>>(),
    })
}

/// The clock was moved: evidence that was kept is void, and the journal says whether it went back.
pub(crate) fn on_clock(workplace: Workplace) -> ClockHook {
    let last = Arc::new(AtomicI64::new(workplace.clock.offset_ms()));
    clock_hook(move |now: Moment| {
        let (workplace, last) = (workplace.clone(), Arc::clone(&last));
        async move {
            workplace.examining.forget();
            let offset = workplace.clock.offset_ms();
            let before = last.swap(offset, Ordering::Relaxed);
            let kind = if offset < before {
                "clock-set-back"
            } else {
                "clock-set"
            };
            let entry = JournalEntry {
                at: now,
                kind: kind.to_owned(),
                message_id: None,
                direction: Direction::Own,
                label: None,
                raw: None,
                summary: json!({ "now": now.to_string(), "moved_ms": offset - before }),
            };
            let appended = workplace.store.journal().append(entry).await;
            appended.map(drop).map_err(|error| error.to_string())
        }
    })
}
