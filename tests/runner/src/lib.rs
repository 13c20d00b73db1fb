//! Scenarios and reports: an outsider's client, who sees only public pages and channels.
//!
//! - [`Endpoints`] is the machine-readable way in, written by every running simulator.
pub mod endpoints;
pub mod sample;

pub use endpoints::Endpoints;
