//! The channels' parts through their public interface.

#![expect(clippy::unwrap_used, reason = "a test's helper fails by panicking")]

#[expect(
    dead_code,
    reason = "the gateway's tests share this file and use all of it"
)]
mod authority;
mod client;
mod faults;
mod keeping;
mod lanes;
mod outbox;
