//! Actor: the mock national certifying authority (ҰКО / НУЦ), a TEST authority that nobody trusts but this simulator.
//!
//! A tour:
//!
//! - [`server`]: the public door (OCSP, CRL, certificates over plain HTTP, as in the wild) and the start;
//! - [`control`]: the management port: list, revoke, suspend, resume, issue;
//! - [`vault`]: the authority's own keys and certificates, a chain for each kind of key; [`doors`]: where it is found;
//! - [`authority`]: what the authority does; [`issuers`]: what its issuers are called; [`register`]: what each certificate is, and was; [`responder`] answers OCSP,
//!   [`lists`] signs CRLs;
//! - [`stamps`]: time stamps, a time-stamping authority for each kind of key;
//! - [`personas`]: the ready-made people and systems, in packs; [`standing`]: when their certificates
//!   are valid; [`roster`]: issues them, and writes `DIR/identities` and `DIR/trust`;
//! - [`mischief`]: deliberate faults, none of which is on unless asked;
//! - [`respond`]: the one place where errors become answers.
//!
//! Everything that was issued is in the register (`qaqpa-store`), which is the only truth about states: OCSP and CRL
//! are made from it at each moment.

pub mod authority;
pub mod config;
pub mod control;
pub mod doors;
mod error;
pub mod issuers;
mod keeping;
pub mod lists;
pub mod mirror;
pub mod mischief;
mod news;
mod own;
pub mod personas;
pub mod register;
pub mod respond;
pub mod responder;
pub mod roster;
pub mod served;
pub mod server;
pub mod stamps;
pub mod standing;
pub mod vault;

pub use config::Config;
pub use error::PkiError;
pub use server::{start, start_with};
