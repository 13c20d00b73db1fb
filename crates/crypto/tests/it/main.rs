//! Keys and signatures against OpenSSL as a second opinion, and readers against arbitrary bytes.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod arbitrary;
mod gost_digests;
mod gost_engine;
mod gost_signatures;
mod keys;
mod signatures;
mod wycheproof;
