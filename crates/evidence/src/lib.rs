//! Fetches and keeps OCSP answers and CRLs for an examination.
//!
//! `verdict` says what it needs and never fetches; [`Examiner`] is the one that goes and gets it:
//!
//! - within limits of time and bytes (lists have their own), over plain HTTP without redirects;
//! - from the running authority where a certificate names an address of this machine, or else where the certificate says;
//! - once more after a transient failure (a broken connection, 5xx, `tryLater`), and never a third time;
//! - telling in the verdict what was tried.
//!
//! Bytes that come back are not believed here: the examination verifies them. What verified may be kept
//! for a while: CRLs by their issuer, and OCSP answers by the certificate and issuer that they were asked
//! for, so that an answer about one certificate is never served for another; one with a nonce goes with it.

mod cache;
mod examiner;
mod fetch;
mod held;
mod shelf;

pub use examiner::{Examiner, NcaAddresses};
