//! The gateway over real sockets: its neighbours are stand-ins made of the shared floor.

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
