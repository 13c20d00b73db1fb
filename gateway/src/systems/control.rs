//! The register of information systems at the control port.
//!
//! - `GET /systems` → `{file, digest, refused, ready_made, systems: [{sender, line, certificate, password, services, …}]}`
//! - `PUT /systems` with `{"toml": "…"}` → the same; 422 `systems-refused` with the line of each fault
//! - `DELETE /systems` → the same: nothing but the ready-made systems is registered
//!
//! Described by `docs/schema/systems.schema.json`. A password is taken and never shown.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use qaqpa_transport::control;
use serde::Deserialize;
use serde_json::{Value, json};

use super::current;
use super::file::RegisterError;
use super::terms::Register;
use crate::gateway::Gateway;

/// What `PUT /systems` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRegister {
    toml: String,
}

/// The routes of the control port.
pub(crate) fn routes(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/systems", get(show).put(put).delete(remove))
        .with_state(gateway)
}

async fn show(State(gateway): State<Arc<Gateway>>) -> Response {
    let register = current(&gateway).await;
    Json(view(&gateway, &register).await).into_response()
}

async fn put(State(gateway): State<Arc<Gateway>>, Json(new): Json<NewRegister>) -> Response {
    let taken = gateway.systems.put(&new.toml);
    changed(&gateway, taken).await
}

async fn remove(State(gateway): State<Arc<Gateway>>) -> Response {
    let taken = gateway.systems.remove();
    changed(&gateway, taken).await
}

async fn changed(gateway: &Gateway, taken: Result<(), RegisterError>) -> Response {
    match taken {
        Ok(()) => {
            let register = current(gateway).await;
            Json(view(gateway, &register).await).into_response()
        }
        Err(error) => control::refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "systems-refused",
            error.to_string(),
        ),
    }
}

async fn view(gateway: &Gateway, register: &Register) -> Value {
    let (file, digest, refused) = gateway.systems.standing();
    // Without the authority nobody is ready-made: the register is shown all the same.
    let ready_made: Vec<String> = match gateway.keys.current().await {
        Ok(systems) => {
            let all = systems.known.iter();
            all.filter(|system| system.id != systems.own.id)
                .map(|system| system.sender_id.to_string())
                .collect()
        }
        Err(_) => Vec::new(),
    };
    json!({
        "file": file.display().to_string(),
        "digest": digest,
        "refused": refused,
        "ready_made": ready_made,
        "systems": register.systems().iter().map(super::Registered::view).collect::<Vec<_>>(),
    })
}
