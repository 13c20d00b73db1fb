//! Whole-system tests: one binary, one file a topic.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper fails by panicking, as the test does"
)]

mod asking;
mod attacks;
mod authority;
mod bench;
mod browser;
mod calendar;
mod clients;
mod commands;
mod conforming;
mod controls;
mod descriptions;
mod diagrams;
mod doctor;
mod handshakes;
mod journal;
mod kills;
mod layering;
mod machines;
mod main_road;
mod many;
mod moments;
mod protocols;
mod registers;
mod reports;
mod scenarios;
mod schemas;
#[path = "../../../../crates/store/tests/it/server.rs"]
#[expect(dead_code, reason = "the store's own tests ask for more")]
mod server;
mod signing;
mod stand;
mod units;
mod verifying;
mod watching;
