//! The matrix of the verdict's own tests: each check switched off for its attack.
//!
//! A test target of its own, so that the one call for every laboratory (`scripts/test`) builds no other test anew.

#![expect(
    dead_code,
    clippy::unwrap_used,
    reason = "helpers fail by panicking; they are those of tests/it, and not all are needed here"
)]

#[path = "../it/forge.rs"]
mod forge;
#[path = "../it/laboratory.rs"]
mod laboratory;
#[path = "../it/stand.rs"]
mod stand;
