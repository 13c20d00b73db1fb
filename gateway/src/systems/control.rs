//! The register of information systems at the control port.
//!
//! - `GET /systems` → `{file, version, aside, digest, refused, ready_made, systems: [{sender, line, certificate, password, services, …}]}`
//! - `PUT /systems` with `{"toml": "…"}` → the same; 422 `systems-refused` with the line of each fault
//! - `DELETE /systems` → the same: nothing but the ready-made systems is registered
//!
//! Over a database that several gateways share the register is a document there: what is put at one of them is in force
//! at this one when the answer comes, and at the others a second later. 503 `store-unavailable` where the database could
//! not.
//!
//! Described by `docs/schema/systems.schema.json`. A password is taken and never shown.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use qaqpa_store::StoreError;
use qaqpa_transport::control;
use serde::Deserialize;
use serde_json::{Value, json};

use super::file::RegisterError;
use super::terms::Register;
use super::{DOCUMENT, current, renew};
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
    let taken = match gateway.systems.shared_version() {
        None => gateway.systems.put(&new.toml).map_err(Untaken::from),
        Some(_) => match gateway.systems.portable(&new.toml) {
            Ok(text) => share(&gateway, Some(&text)).await,
            Err(error) => Err(error.into()),
        },
    };
    changed(&gateway, taken).await
}

async fn remove(State(gateway): State<Arc<Gateway>>) -> Response {
    let taken = match gateway.systems.shared_version() {
        None => gateway.systems.remove().map_err(Untaken::from),
        Some(_) => share(&gateway, None).await,
    };
    changed(&gateway, taken).await
}

/// Why a register is not taken.
enum Untaken {
    Refused(RegisterError),
    Store(StoreError),
}

impl From<RegisterError> for Untaken {
    fn from(error: RegisterError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Untaken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Puts the text for all gateways, and takes it here.
async fn share(gateway: &Gateway, text: Option<&str>) -> Result<(), Untaken> {
    gateway.store.documents().put(DOCUMENT, text).await?;
    Ok(renew(gateway).await?)
}

async fn changed(gateway: &Gateway, taken: Result<(), Untaken>) -> Response {
    match taken {
        Ok(()) => {
            let register = current(gateway).await;
            Json(view(gateway, &register).await).into_response()
        }
        Err(Untaken::Refused(error)) => control::refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "systems-refused",
            error.to_string(),
        ),
        Err(Untaken::Store(error)) => control::refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "store-unavailable",
            error.to_string(),
        ),
    }
}

async fn view(gateway: &Gateway, register: &Register) -> Value {
    let standing = gateway.systems.standing();
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
        "file": standing.file,
        "version": standing.version,
        "aside": standing.aside,
        "digest": standing.digest,
        "refused": standing.refused,
        "ready_made": ready_made,
        "systems": register.systems().iter().map(super::Registered::view).collect::<Vec<_>>(),
    })
}
