//! Tests of the wire through its public interface.

mod descriptions;
mod documents;
mod envelopes;
mod faults;
mod golden;
mod lenient;
mod robust;
