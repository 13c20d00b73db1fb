//! Whole-system tests: one binary, one file a topic.

#![expect(
    clippy::unwrap_used,
    reason = "a test's helper fails by panicking, as the test does"
)]

mod asking;
mod attacks;
mod authority;
mod browser;
mod clients;
mod commands;
mod descriptions;
mod journal;
mod kills;
mod layering;
mod main_road;
mod moments;
mod reports;
mod scenarios;
mod schemas;
mod signing;
mod stand;
mod verifying;
