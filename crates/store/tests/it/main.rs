//! The contract of the store, held for every backend, and what only SQLite can be asked.
#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, its helpers too"
)]

mod came;
mod chains;
mod contract;
mod documents;
mod kill;
mod migration;
mod postgres;
mod retention;
mod server;
mod sqlite;
mod stand;
mod tampering;
mod tls;
mod told;
mod two_processes;
mod upgrade;
