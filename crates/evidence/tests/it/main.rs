//! The tests of `qaqpa-evidence`: a responder and a list over real sockets, good and bad.

mod cached;
mod fetched;
mod stand;
