//! Tells relying parties on this machine that something changed: what they keep is of before.
//!
//! They keep evidence for some seconds, and whoever revokes a certificate by hand wants to see the refusal at once. They look at
//! `DIR/trust/changes` before each examination; on other machines the seconds are what bounds it.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use qaqpa_transport::{files, paths, random_hex, watch};

use crate::authority::{Authority, blocking};

/// After every order of the control port, before the answer leaves: one that was not carried out to its end may have changed something,
/// too. Whoever ordered may hang up; the order and the word about it go on.
pub(crate) async fn tell(
    State(authority): State<Arc<Authority>>,
    request: Request,
    next: Next,
) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    let ordered = tokio::spawn(watch::carry(async move {
        let answer = next.run(request).await;
        let path = paths::trust_changes(&authority.data);
        if let Err(error) = blocking(move || write(path)).await {
            // What is kept ends by itself, some seconds later.
            tracing::error!(%error, "nobody was told that something changed");
        }
        answer
    }));
    match ordered.await {
        Ok(answer) => answer,
        Err(error) => {
            tracing::error!(%error, "an order broke off");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn write(path: PathBuf) -> Result<(), crate::PkiError> {
    files::write_private(&path, random_hex::<16>().as_bytes()).map_err(Into::into)
}
