//! Algorithms by OID and by URI: digests, RSA signatures, keys.
//!
//! Floor 0: pure functions over bytes. Nothing here reads a clock or a file. The only randomness is
//! inside [`PrivateKey::generate_rsa_2048`], where the library draws it from the operating system;
//! signatures (RSASSA-PKCS1-v1_5) are deterministic.
//!
//! Weak algorithms (SHA-1, RSA keys below 2048 bits, public exponents below 65537) are *recognised*,
//! so that a refusal can name them, and never verified or made.

pub mod compare;
pub mod digest;
pub mod error;
pub mod key;
pub mod public;
pub mod signature;

pub use compare::constant_time_eq;
pub use digest::{DigestAlgorithm, sha256};
pub use error::CryptoError;
pub use key::PrivateKey;
pub use public::verify;
pub use signature::SignatureAlgorithm;
