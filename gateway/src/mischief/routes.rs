//! What the control port says of the catalogue; the routes themselves are those of all actors.

use std::sync::Arc;

use axum::Router;
use serde::Serialize;
use serde_json::json;

use super::kind::Kind;
use crate::gateway::Gateway;

/// A fault of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultView {
    /// The name.
    pub fault: &'static str,
    /// Where it can befall a message.
    pub at: Vec<&'static str>,
    /// What is done.
    pub does: &'static str,
    /// Which mistake it finds.
    pub purpose: &'static str,
    /// What becomes of the message.
    pub outcome: &'static str,
    /// The number that it takes: its key, its default, its least and greatest value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<(&'static str, u64, u64, u64)>,
}

/// The control port's routes: `/mischief`, `/mischief/{id}`, `/mischief/catalogue`, `/mischief/counts`.
pub(crate) fn routes(gateway: &Arc<Gateway>) -> Router {
    let faults: Vec<_> = Kind::ALL.iter().copied().map(view).collect();
    let board = Arc::clone(gateway.mischief.board());
    qaqpa_mischief::routes::routes(board, gateway.clock.clone(), json!(faults))
}

fn view(kind: Kind) -> FaultView {
    let entry = kind.row();
    FaultView {
        fault: entry.name,
        at: entry.places.iter().map(|place| place.as_str()).collect(),
        does: entry.does,
        purpose: entry.purpose,
        outcome: entry.said,
        dial: entry
            .dial
            .map(|dial| (dial.name, dial.default, dial.min, dial.max)),
    }
}
