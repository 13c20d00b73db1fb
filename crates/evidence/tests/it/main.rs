//! The tests of `qaqpa-evidence`: a responder and a list over real sockets, good and bad.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod authorities;
mod cached;
mod fetched;
mod lists;
mod stand;
