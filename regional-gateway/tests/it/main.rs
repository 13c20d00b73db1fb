//! The regional gateway over its sockets, with an authority and a gateway that say what a test wants.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod arrival;
mod authority;
mod branches;
mod browser;
mod chain;
mod department;
mod gateway;
mod kindergarten;
mod outage;
mod pages;
mod registers;
mod road;
mod signing;
mod stand;
mod statuses;
mod stubs;
mod texts;
