//! GOST signatures and digests with the national encodings (МемСТ 34.310 / 34.10-2015).
//!
//! Coordinates, scalars, r and s are written little-endian; a digest is read as a little-endian number.

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

#[cfg(test)]
mod tests;
