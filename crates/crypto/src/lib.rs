//! Algorithms by OID and by URI: digests, RSA, ECDSA and GOST signatures, keys.
//!
//! Floor 0: pure functions over bytes. Nothing here reads a clock or a file. Randomness comes from the
//! operating system, in [`PrivateKey::generate`], in the nonces of ECDSA and GOST signatures and in the salts of
//! RSASSA-PSS; RSASSA-PKCS1-v1_5 signatures are deterministic.
//!
//! Weak algorithms (MD5, SHA-1, RSA keys below 2048 bits, public exponents below 65537) are *recognised*,
//! so that a refusal can name them ([`weak`] for those without a place among ours), and never verified or made.
//!
//! RSA, ECDSA and SHA are a library's; the arithmetic of GOST ([`gost`]) is ours, because no kept
//! library has the national curves with constant-time signing and verification at speed.

pub mod compare;
pub mod digest;
mod ecdsa;
pub mod error;
pub mod gost;
mod gost_key;
pub mod identifier;
pub mod key;
pub mod kind;
pub mod locked;
pub mod oid;
pub mod password;
pub mod public;
mod rsa;
pub mod signature;
pub mod weak;

pub use compare::constant_time_eq;
pub use digest::{DigestAlgorithm, Hasher, sha256};
pub use error::CryptoError;
pub use identifier::IdentifierError;
pub use key::PrivateKey;
pub use kind::KeyKind;
pub use locked::StorageKey;
pub use public::{PublicKey, verify};
pub use signature::SignatureAlgorithm;
