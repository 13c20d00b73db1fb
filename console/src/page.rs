//! The console's page: where everything is, and what the clock shows.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use crate::server::Shared;

/// The console's pages.
pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new().route("/", get(|| async { "console" })).with_state(shared)
}
