//! Actor: the e-government gateway (ЭҮШ / ШЭП): receives, verifies, routes, and remembers.
//!
//! A tour:
//!
//! - [`server`] opens the public door (TLS) with the channel, its WSDL and the schemas; [`control`] the
//!   other one.
//! - [`pipeline`] is the whole story of a message on one screen; each of its steps is a file in
//!   `stages/`, and makes a value that only this step can make.
//! - `respond` is the one place where errors become SOAP faults.
//! - `courier` takes accepted messages on: applications to the regional gateway, results to the portal.
//!
//! A message is acknowledged (`SCSS001`) when it, its verdict and the message that goes on because of it
//! are on disk. What happens afterwards is the outbox's work.

pub mod config;
pub mod control;
mod courier;
mod gateway;
pub mod pipeline;
mod record;
mod respond;
pub mod server;
mod stages;

pub use config::Config;
pub use server::{start, start_with};
