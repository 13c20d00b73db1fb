//! What the control port says of the catalogue; the routes themselves are those of all actors.

use std::sync::Arc;

use axum::Router;
use qaqpa_mischief::routes::DialView;
use qaqpa_transport::Clock;
use serde::Serialize;

use super::Board;
use super::fault::{Entry, FaultKind};
use super::grammar::WrittenRule;
use super::verdict::Reached;

/// The rules that are on.
pub type BoardView = qaqpa_mischief::routes::BoardView<WrittenRule>;

/// A rule that is on.
pub type RuleView = qaqpa_mischief::routes::RuleView<WrittenRule>;

/// A fault of the catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FaultView {
    /// The name.
    pub fault: &'static str,
    /// `meaning`, `der`, `http`, `latency`.
    pub level: &'static str,
    /// What is done.
    pub does: &'static str,
    /// Which mistake it finds.
    pub purpose: &'static str,
    /// The number that it takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<DialView>,
    /// The services, each with what a correct relying party reaches.
    pub services: Vec<ServiceView>,
}

/// What a correct relying party reaches on a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ServiceView {
    /// The service.
    pub service: &'static str,
    /// The identity that the verdict is about.
    pub about: &'static str,
    /// With the other source of revocation answering.
    pub helped: ReachedView,
    /// With the other source silent.
    pub alone: ReachedView,
}

/// A verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReachedView {
    /// The indication.
    pub indication: &'static str,
    /// The sub-indication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_indication: Option<&'static str>,
    /// The label of a refusal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<&'static str>,
}

/// The control port's routes: `/mischief`, `/mischief/{id}`, `/mischief/catalogue`, `/mischief/counts`.
pub fn routes(board: Arc<Board>, clock: Clock) -> Router {
    let faults: Vec<_> = FaultKind::all()
        .map(|kind| fault_view(kind.entry()))
        .collect();
    qaqpa_mischief::routes::routes(board, clock, serde_json::json!(faults))
}

fn fault_view(entry: Entry) -> FaultView {
    let services = entry.services.iter().map(|service| {
        let trial = entry.conduct.trial(*service);
        ServiceView {
            service: service.as_str(),
            about: trial.about,
            helped: reached_view(trial.helped),
            alone: reached_view(trial.alone),
        }
    });
    FaultView {
        fault: entry.name,
        level: entry.level.as_str(),
        does: entry.does,
        purpose: entry.purpose,
        dial: entry.dial.map(DialView::from),
        services: services.collect(),
    }
}

fn reached_view(reached: Reached) -> ReachedView {
    ReachedView {
        indication: reached.indication,
        sub_indication: reached.sub,
        label: reached.label.map(qaqpa_model::RefusalLabel::as_str),
    }
}
