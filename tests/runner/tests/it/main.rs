//! Tests of the runner through its public face.

#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod attacks;
mod matrix;
mod reports;
mod verifiers;
