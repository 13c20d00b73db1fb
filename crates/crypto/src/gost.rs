//! GOST signatures and digests with the national encodings (МемСТ 34.310 / 34.10-2015).
//!
//! # What is computed
//!
//! The signature of GOST R 34.10-2012 (RFC 7091), which the national standards have too: over a group of prime order q
//! with the base point P, a private key d, its public key Q = d·P, a digest's number e (1 where it is 0 modulo q) and a
//! nonce k, r is the x of k·P modulo q and s = r·d + k·e modulo q. It is verified by C = (s/e)·P − (r/e)·Q, whose x
//! must be r modulo q. Two curves ([`Curve`]), both y² = x³ − 3x + b over a prime just below a power of two, both of prime
//! order, so that no point but zero has a small order.
//!
//! # How it is written
//!
//! Coordinates, scalars, r and s are little-endian, in this order: x‖y and r‖s, in X.509, CMS and XML alike (not the
//! order of RFC 4491 and RFC 9215, s‖r big-endian). A digest is read as a little-endian number. All this was found on
//! bytes that the national authority signed. The digests are GOST 34.311-95 with the test S-box for the older kind and
//! Streebog-512 (RFC 6986) for the newer.
//!
//! # What is secret, and how it is kept
//!
//! Private keys, nonces and what could tell them. For these, what is executed and which addresses are read does not
//! depend on the values:
//!
//! - the fields (`field`, `product`, `limbs`) and the scalars (`scalar`) add carries as numbers and choose by masks, which
//!   are hidden from the optimiser (`limbs::mask`);
//! - inverses take a fixed number of division steps (`inverse`);
//! - additions and doublings are complete formulas (`point`), which hold for every pair of points;
//! - k·P reads whole rows of its table and makes the same additions for every k (`comb`);
//! - nonces and new keys are drawn by rejection: how many were thrown away says nothing of the one that was kept.
//!
//! The machine code for x86-64 of the release build was read for this: the only branches on the way of a signature are
//! loops of fixed length and the last look at r and s. Keys, nonces and the scale of k·P are wiped when dropped; copies
//! that the compiler leaves in registers and on the stack are not.
//!
//! Verification, key reading and hashing work on public values and take their time from them (`verify`, `jacobian`).

mod comb;
pub mod curve;
pub mod digest;
mod domain;
mod field;
mod inverse;
mod jacobian;
pub mod key;
mod limbs;
mod point;
mod product;
mod scalar;
mod sign;
mod streebog;
mod verify;

pub use curve::Curve;
pub use digest::{gost34311, streebog512};
pub use key::{SigningKey, VerifyingKey};
pub(crate) use streebog::Streebog;

#[cfg(test)]
mod tests;
