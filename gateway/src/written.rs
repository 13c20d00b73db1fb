//! Texts that people write and the gateway goes by: the register of systems, and the routes.
//!
//! - `stamp` tells whether a file is still the one that was read;
//! - `shared` keeps such a text in the database, where several machines have one.

pub(crate) mod shared;
mod stamp;

pub(crate) use stamp::{Stamp, Stamps};
