//! The parts of CMS (RFC 5652) that time-stamp tokens and signed documents share.
//!
//! The layers are taken apart and put together by hand: a signature covers bytes, and what is signed here are bytes that
//! were read, not bytes that some library would write instead.

pub mod attributes;
pub mod parts;
pub mod signer;

pub use attributes::{AttributeError, Attributes};
pub use signer::SignerError;
