//! The embedded catalogue, its lint, its walks and its views.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod acts;
mod added;
mod conform;
mod days;
mod diagrams;
mod embedded;
mod findings;
mod flows;
mod map;
mod stories;
