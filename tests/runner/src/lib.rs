//! Scenarios and reports: an outsider's client, who sees only public pages and channels.
//!
//! - [`Endpoints`] is the machine-readable way in, written by every running simulator.
//! - [`Scenario`] is a story as a data file of `tests/scenarios/`; [`play()`] plays it on a [`Stand`]:
//!   people act through pages with a browser, systems through the gateway's channel. Control ports set
//!   the stage and observe, and never act.
//! - [`Report`] shows what came of it, with the [`Coverage`] of the regulation; [`Protocol`] is what of it must be the same wherever it
//!   is played again.
//! - [`World`](forge::World) forges documents, certificates and evidence, right or spoilt in one place; [`attack`] is the corpus of
//!   attacks that is built with it.
//! - [`mod@bench`] is load: pre-signed requests, what they cost, and the bare work beside them.
//! - [`sample`] fills any service's form with valid values.

mod act;
pub mod attack;
pub mod bench;
mod browser;
mod chain;
pub mod coverage;
pub mod endpoints;
mod error;
pub mod forge;
mod html;
pub mod path;
mod play;
pub mod protocol;
pub mod report;
mod result_document;
pub mod sample;
pub mod scenario;
mod stand;

pub use coverage::Coverage;
pub use endpoints::Endpoints;
pub use error::RunError;
pub use play::{Played, Seen, play};
pub use protocol::{Build, Protocol, ProtocolError};
pub use report::Report;
pub use scenario::{Scenario, ScenarioError};
pub use stand::{Recorded, Stand};
