//! The gateway over real sockets: its neighbours are stand-ins made of the shared floor.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod asynchronous;
#[path = "../../../crates/channel/tests/it/authority.rs"]
mod authority;
mod bad_results;
mod corpus;
mod doors;
mod endpoint;
mod expectations;
mod framing;
mod lengths;
mod load;
mod main_road;
mod messages;
mod mischief;
mod mischief_road;
mod neighbour;
mod organisations;
mod outage;
mod push;
mod refusals;
mod registers;
mod repeats;
mod replays;
mod results;
mod room;
mod routing;
mod siblings;
mod stand;
mod statuses;
mod systems;
mod visits;
