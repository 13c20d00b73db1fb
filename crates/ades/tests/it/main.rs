//! Advanced signatures, whole.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod cms;
mod people;
mod tools;
mod xades;
