//! The authority over real sockets, with our own verifier, OpenSSL and keytool as judges.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod authorities;
mod branches;
mod clock;
mod commands;
mod first_start;
mod interop;
mod keeping;
mod kinds;
mod lists;
mod mirror;
mod mischief;
mod ocsp;
mod orders;
mod people;
mod relying;
mod restarts;
mod stamps;
mod stand;
mod tools;
