//! Documents that are nearly right, and the judges who say so: what the runner and the benches share.
//!
//! A run: `template` makes a document, `mutate` changes it before and after `sign`, `judges` and `ours` say what they think, `rule` says
//! what counts as a difference, `case` holds those that are known, and `run` does it all.

pub mod case;
pub mod judges;
pub mod keys;
pub mod mutate;
pub mod ours;
pub mod plan;
pub mod rng;
pub mod rule;
pub mod run;
pub mod sign;
pub mod template;
pub mod tree;
pub mod view;
