//! The channels' parts through their public interface.

#[path = "../../../../gateway/tests/it/authority.rs"]
#[expect(dead_code, reason = "the gateway's tests use all of it")]
mod authority;
mod client;
mod faults;
mod outbox;
