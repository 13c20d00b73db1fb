//! The portal as its neighbours see it: real sockets, a gateway and an authority made for the test.
#![expect(
    clippy::unwrap_used,
    reason = "a bench that cannot be built is a failed test"
)]

mod application;
mod arrivals;
mod authority;
mod bench;
mod browser;
mod doors;
mod enrolment;
mod gateway;
mod refusals;
mod signed_first;
mod statuses;
mod texts;
