//! Actor: the e-government gateway (ЭҮШ / ШЭП): receives, verifies, routes, and remembers.
//!
//! A tour:
//!
//! - [`server`] opens the public door (TLS) with the channel, its WSDL and the schemas; [`control`] the
//!   other one.
//! - [`pipeline`] is the whole story of a message on one screen; each of its steps is a file in
//!   `stages/`, and makes a value that only this step can make.
//! - `respond` is the one place where errors become SOAP faults.
//! - `routing` says where messages go: data, reloaded without a restart.
//! - `systems` is the register of information systems, reloaded in the same way; `mailbox` is what waits for each of
//!   them, and what it is told.
//! - [`mischief`] are deliberate faults, off unless asked: it stands before the channels and beside the courier.
//! - [`expectations`] answer those who count what a sender has sent.
//! - `places`, `questions` and `room` say how much is done at once, and what is still taken when the disk is nearly full.
//! - `courier` takes accepted messages on: applications to the regional gateway, results to the portal or to the
//!   endpoint of the system that asked.
//!
//! A message is acknowledged (`SCSS001`) when it, its verdict and the message that goes on because of it
//! are on disk. What happens afterwards is the outbox's work.

pub mod config;
pub mod control;
mod courier;
pub mod expectations;
mod gateway;
mod mailbox;
pub mod mischief;
pub mod pipeline;
mod places;
mod questions;
mod record;
mod respond;
mod room;
mod routing;
pub mod server;
mod stages;
mod strangers;
mod systems;
mod written;

pub use config::Config;
pub use server::{start, start_with};
