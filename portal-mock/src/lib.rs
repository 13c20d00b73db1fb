//! Actor: the portal and the personal cabinet (ЭҮП / ПЭП).
//!
//! A citizen registers, logs in, fills a service's form, chooses a certificate, signs and sends; the
//! result arrives in the cabinet. A tour:
//!
//! - [`routes`] is the table of doors: what a script needs to drive the portal by plain HTTP;
//! - [`server::start`] brings the actor up: pages (TLS), channel (mutual TLS, the gateway only),
//!   control port, outbox;
//! - [`steps`] are the steps of the regulation that the portal carries out, one file each, named by
//!   meaning; [`trace`] asks the walker which elements they are;
//! - `pages` show them, `case` is one application opened by its owner, `courier` takes signed
//!   applications from the outbox to the gateway, `channel` takes results in;
//! - [`persons`] is the simulated register of persons; [`draft`] what the applicant signs;
//!   [`refusal`] what an applicant is told of a "no".
//!
//! Keys and passwords of applicants come with one request and end with it.

mod case;
mod channel;
pub mod config;
mod control;
mod courier;
pub mod draft;
mod pages;
pub mod persons;
mod portal;
pub mod refusal;
mod reply;
pub mod routes;
pub mod server;
mod show;
pub mod steps;
pub mod texts;
pub mod trace;
mod views;

pub use config::PortalConfig;
pub use server::{start, start_with};
