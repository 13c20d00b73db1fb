//! The tests of `qaqpa-verdict`: one binary, one room a topic.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod answers;
mod authorities;
mod capsules;
mod causes;
mod certificates;
mod deltas;
mod documents;
mod etsi;
mod files;
mod forge;
mod kinds;
mod messages;
mod parts;
mod policies;
mod proofs;
mod replays;
mod reports;
mod schema;
mod several;
mod sources;
mod stamped;
mod stand;
mod transports;
mod words;
