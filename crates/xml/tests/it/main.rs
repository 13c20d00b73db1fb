//! The reader, the canonicalizer and the writer, from outside.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail by panicking")]

mod bounds;
mod c14n_oracle;
mod c14n_vectors;
mod cutting_oracle;
mod documents;
mod parse_oracle;
mod refusals;
mod tree;
