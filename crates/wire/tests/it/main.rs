//! Tests of the wire through its public interface.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

mod channels;
mod data_forms;
mod descriptions;
mod documents;
mod envelopes;
mod faults;
mod golden;
mod lenient;
mod lenient_asynchronous;
mod registers;
mod robust;
mod round_trips;
mod samples;
mod schema;
mod strict_output;
