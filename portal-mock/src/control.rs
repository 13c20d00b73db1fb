//! The control port's own routes: what the portal has, and the register of persons for tests.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use axum::{Json, Router};
use http::StatusCode;
use qaqpa_channel::views;
use qaqpa_model::{Iin, Moment};
use qaqpa_store::Application;
use qaqpa_transport::{control, identities};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::portal::Portal;

/// What `PUT /persons` takes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PersonState {
    iin: String,
    living: bool,
}

/// The portal's part of the control port.
pub(crate) fn routes(portal: Portal) -> Router {
    let (store, data) = (portal.store.clone(), portal.data.clone());
    Router::new()
        .route("/applications", get(applications))
        .route("/persons", put(set_person))
        .with_state(portal)
        .merge(views::routes(store, data))
}

/// The applications of all ready-made people, newest first, without their content.
async fn applications(State(portal): State<Portal>) -> Response {
    match list(&portal).await {
        Ok(mut found) => {
            found.sort_by_key(|application| std::cmp::Reverse(application.created_at));
            Json(found.iter().map(view).collect::<Vec<_>>()).into_response()
        }
        Err(why) => control::refusal(StatusCode::INTERNAL_SERVER_ERROR, "own-fault", why),
    }
}

async fn list(portal: &Portal) -> Result<Vec<Application>, String> {
    let index = identities::read(&portal.data)
        .map_err(|error| error.to_string())?
        .unwrap_or_default();
    let mut owners: Vec<Iin> = index
        .identities
        .iter()
        .filter_map(|identity| Iin::parse(&identity.iin).ok())
        .collect();
    owners.sort_unstable();
    owners.dedup();
    let mut found = Vec::new();
    for owner in owners {
        let theirs = portal.store.applications().by_owner(&owner).await;
        found.extend(theirs.map_err(|error| error.to_string())?);
    }
    Ok(found)
}

fn view(application: &Application) -> Value {
    json!({
        "id": application.id,
        "message": application.message_id.as_str(),
        "service": application.service.to_string(),
        "owner": application.owner.masked(),
        "status": application.status.as_str(),
        "label": application.label.map(|label| label.as_str()),
        "created": application.created_at.to_string(),
        "submitted": application.submitted_at.as_ref().map(Moment::to_string),
    })
}

/// The register of persons forgets a ready-made person, or finds them again.
async fn set_person(State(portal): State<Portal>, Json(state): Json<PersonState>) -> Response {
    let iin = match Iin::parse(&state.iin) {
        Ok(iin) => iin,
        Err(error) => {
            return control::refusal(
                StatusCode::UNPROCESSABLE_ENTITY,
                "iin-invalid",
                error.to_string(),
            );
        }
    };
    match portal.persons.set_living(&iin, state.living) {
        Ok(()) => Json(json!({ "iin": iin.masked(), "living": state.living })).into_response(),
        Err(error) => control::refusal(
            StatusCode::INTERNAL_SERVER_ERROR,
            "own-fault",
            error.to_string(),
        ),
    }
}
