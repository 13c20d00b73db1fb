//! Signatures from outside: what is accepted, what is refused and how, and other programs' judgement.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod accepted;
mod algorithms;
mod bounds;
mod diagnoses;
mod forge;
mod identifiers;
mod interop;
mod key_info;
mod kinds;
mod ledger;
mod mutation;
mod outsiders;
mod people;
mod properties;
mod references;
mod several;
mod strengths;
mod structure;
mod subtraction;
mod wrapping;
mod wsse;
