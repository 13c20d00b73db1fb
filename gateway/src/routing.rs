//! Where messages go, as data: by direction, service and region.
//!
//! - `table` is what is in force: [`Routes::find`] is the whole of the choosing, a pure function;
//! - `file` reads a file of routes and refuses one with a fault, each with its line;
//! - `book` keeps the table and looks at the file again before each message;
//! - `control` shows the routes and takes new ones.
//!
//! The region of an application is read from its signed form. The envelope's `routeId` is under the sender's signature
//! only, so that nobody's application goes elsewhere because of it.

mod book;
pub(crate) mod control;
mod file;
mod table;

use book::News;
pub(crate) use book::RouteBook;
pub(crate) use table::{Direction, Question, Route, Routes, Target};

use std::sync::Arc;

use qaqpa_store::{Direction as Way, JournalEntry, StoreError};
use serde_json::json;

use crate::gateway::Gateway;
use crate::written::shared;

/// The routes of this moment. A change of the file is journalled once.
pub(crate) async fn current(gateway: &Gateway) -> Arc<Routes> {
    let (routes, news) = gateway.routes.current();
    if let Some(news) = news {
        journal(gateway, &news).await;
    }
    routes
}

/// The name of the routes among the database's documents.
pub(crate) const DOCUMENT: &str = "routes";

/// Looks at the database's document also while no message comes.
pub(crate) async fn look(gateway: &Gateway) {
    if let Err(error) = renew(gateway).await {
        tracing::warn!(%error, "the routes could not be looked at; those of before stay in force");
    }
}

/// Takes the database's document, where it is another than before.
///
/// # Errors
/// [`StoreError`] where the database could not: the routes of before stay in force.
pub(crate) async fn renew(gateway: &Gateway) -> Result<(), StoreError> {
    // One at a time: nobody takes an older document after a newer one.
    let _alone = gateway.renewing.lock().await;
    let Some(in_force) = gateway.routes.shared_version() else {
        return Ok(());
    };
    if let Some(document) = shared::newer(&gateway.store, DOCUMENT, in_force).await? {
        let (_, news) = gateway.routes.take(&document);
        journal(gateway, &news).await;
    }
    Ok(())
}

pub(crate) async fn journal(gateway: &Gateway, news: &News) {
    let (kind, summary) = match news {
        News::Loaded { origin, digest } => {
            ("routes-loaded", json!({"origin": origin, "digest": digest}))
        }
        News::Refused { why } => {
            tracing::error!(%why, "the file of routes is refused; those of before stay in force");
            ("routes-refused", json!({"why": why}))
        }
    };
    let entry = JournalEntry {
        at: gateway.clock.now(),
        kind: kind.to_owned(),
        message_id: None,
        direction: Way::Own,
        label: None,
        raw: None,
        summary,
    };
    if let Err(error) = gateway.store.journal().append(entry).await {
        tracing::error!(%error, "the journal could not be written");
    }
}
