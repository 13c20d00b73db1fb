//! Actor: the regional gateway and its workplace (ЭҮӨШ АЖО / АРМ РШЭП).
//!
//! Applications arrive from the gateway, are registered as cards, checked by the provider's officer
//! against the list of required documents, and answered with a signed electronic document. A tour:
//!
//! - [`routes`] is the table of doors: what a script needs to drive the workplace by plain HTTP;
//! - [`server::start`] brings the actor up: pages (TLS), channel (mutual TLS, the gateway only),
//!   control port, outbox;
//! - [`channel`] takes applications in and examines them again, as of the moment at which the gateway
//!   judged; [`steps::register`] makes the card and its first task;
//! - [`chain`] is the chain of actions of the provider's staff, as the catalogue has it;
//!   [`progress`] asks the walker what follows when one of them is done;
//! - `identity` is the system whose key signs, one for each of several regional gateways;
//! - `case` is one card opened by a member of the [`staff`]; `pages` show it;
//! - [`stubs`] answer applications without a person;
//! - `kindergarten` is the queue registry, which answers applications by itself;
//! - `registers` are machines that answer: people and records as data, behind the same listener;
//! - [`steps::issue_document`] makes and signs the result; `courier` takes it to the gateway.
//!
//! What an application says is read only from what its signature covers. Keys and passwords of the
//! staff come with one signing and end with it.

mod case;
pub mod chain;
pub mod channel;
pub mod config;
mod control;
mod courier;
mod identity;
mod kindergarten;
mod pages;
pub mod progress;
mod registers;
mod reply;
pub mod routes;
pub mod server;
mod show;
pub mod staff;
pub mod steps;
pub mod stubs;
pub mod texts;
mod trace;
mod views;
pub mod work;
mod workplace;

pub use config::WorkplaceConfig;
pub use server::{start, start_with};
pub use workplace::Workplace;
