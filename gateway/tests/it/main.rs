//! The gateway over real sockets: its neighbours are stand-ins made of the shared floor.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

#[path = "../../../crates/channel/tests/it/authority.rs"]
mod authority;
mod doors;
mod main_road;
mod messages;
mod neighbour;
mod outage;
mod refusals;
mod repeats;
mod results;
mod stand;
