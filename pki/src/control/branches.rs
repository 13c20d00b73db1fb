//! `POST /branches/{branch}`: the system of one of several regional gateways.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_model::Branch;
use qaqpa_transport::control::refusal;
use serde::{Deserialize, Serialize};

use crate::authority::Authority;
use crate::respond;
use crate::roster::branches::{BranchError, admit};

/// The system that a branch signs with; its key file and passwords stand in `DIR/identities`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BranchView {
    /// `system-regional-gateway.taraz`
    pub system: String,
}

pub(super) async fn order(
    State(authority): State<Arc<Authority>>,
    Path(name): Path<String>,
) -> Response {
    let branch = match Branch::parse(&name) {
        Ok(branch) => branch,
        Err(error) => {
            let meaning = format!(
                "{name:?} names no branch: {error}; lower-case letters, digits and hyphens, 32 at most"
            );
            return respond::unreadable("branch-malformed", meaning);
        }
    };
    match admit(&authority, &branch).await {
        Ok(system) => Json(BranchView { system }).into_response(),
        Err(BranchError::Fault(error)) => respond::fault(&error),
        Err(error) => refusal(StatusCode::CONFLICT, "branches-too-many", error.to_string()),
    }
}
