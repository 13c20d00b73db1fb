//! The routes at the control port.
//!
//! - `GET /routes` → `{origin, version, aside, digest, refused, region_field, actors, regions, routes: [{direction, service, region, to, line}]}`
//! - `PUT /routes` with `{"toml": "…"}` → the same; 422 `routes-refused` with the line of each fault
//! - `DELETE /routes` → the same: those that are built in are in force again
//!
//! Over a database that several gateways share the routes are a document there, as the register of systems is.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use qaqpa_store::StoreError;
use qaqpa_transport::{control, registry};
use serde::Deserialize;
use serde_json::{Value, json};

use super::book::News;
use super::file::RoutesError;
use super::table::Routes;
use super::{DOCUMENT, current, journal, renew};
use crate::gateway::Gateway;

/// What `PUT /routes` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewRoutes {
    toml: String,
}

/// The routes of the control port.
pub(crate) fn routes(gateway: Arc<Gateway>) -> Router {
    Router::new()
        .route("/routes", get(show).put(put).delete(remove))
        .with_state(gateway)
}

async fn show(State(gateway): State<Arc<Gateway>>) -> Response {
    let routes = current(&gateway).await;
    Json(view(&gateway, &routes)).into_response()
}

async fn put(State(gateway): State<Arc<Gateway>>, Json(new): Json<NewRoutes>) -> Response {
    let taken = match gateway.routes.shared_version() {
        None => gateway.routes.put(&new.toml).map_err(Untaken::from),
        Some(_) => match gateway.routes.check(&new.toml) {
            Ok(()) => share(&gateway, Some(&new.toml)).await,
            Err(error) => Err(error.into()),
        },
    };
    changed(&gateway, taken).await
}

async fn remove(State(gateway): State<Arc<Gateway>>) -> Response {
    let taken = match gateway.routes.shared_version() {
        None => gateway.routes.remove().map_err(Untaken::from),
        Some(_) => share(&gateway, None).await,
    };
    changed(&gateway, taken).await
}

/// The routes in force, and what is new about them.
type Taken = (Arc<Routes>, Option<News>);

/// Why routes are not taken.
enum Untaken {
    Refused(RoutesError),
    Store(StoreError),
}

impl From<RoutesError> for Untaken {
    fn from(error: RoutesError) -> Self {
        Self::Refused(error)
    }
}

impl From<StoreError> for Untaken {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Puts the text for all gateways, and takes it here.
async fn share(gateway: &Gateway, text: Option<&str>) -> Result<Taken, Untaken> {
    gateway.store.documents().put(DOCUMENT, text).await?;
    renew(gateway).await?;
    Ok(gateway.routes.current())
}

async fn changed(gateway: &Gateway, taken: Result<Taken, Untaken>) -> Response {
    match taken {
        Ok((routes, news)) => {
            if let Some(news) = news {
                journal(gateway, &news).await;
            }
            Json(view(gateway, &routes)).into_response()
        }
        Err(Untaken::Refused(error)) => control::refusal(
            StatusCode::UNPROCESSABLE_ENTITY,
            "routes-refused",
            error.to_string(),
        ),
        Err(Untaken::Store(error)) => control::refusal(
            StatusCode::SERVICE_UNAVAILABLE,
            "store-unavailable",
            error.to_string(),
        ),
    }
}

fn view(gateway: &Gateway, routes: &Routes) -> Value {
    let standing = gateway.routes.standing();
    let is_up = |name| {
        let record = registry::read_named(&gateway.data, name);
        record.is_ok_and(|record| record.is_some())
    };
    json!({
        "origin": standing.origin,
        "version": standing.version,
        "aside": standing.aside,
        "digest": standing.digest,
        "refused": standing.refused,
        "region_field": routes.region_field,
        "actors": routes.actors.iter().map(|name| json!({
            "name": name.to_string(),
            "registered": is_up(name),
        })).collect::<Vec<_>>(),
        "regions": routes.regions,
        "routes": routes.routes.iter().map(|route| json!({
            "direction": route.direction.as_str(),
            "service": route.services.to_string(),
            "region": route.region,
            "to": route.to.to_string(),
            "line": route.line,
        })).collect::<Vec<_>>(),
    })
}
