//! A digest of bytes that come in parts.

use std::fmt;

use aws_lc_rs::digest as lc;
use gost94::{Digest as _, Gost94Test};

use super::DigestAlgorithm;
use crate::gost::Streebog;

/// A digest that is being made; the same bytes in any parts give the same digest.
pub struct Hasher {
    algorithm: DigestAlgorithm,
    state: State,
}

enum State {
    Sha(lc::Context),
    Gost34311(Box<Gost94Test>),
    Streebog512(Box<Streebog>),
}

impl Hasher {
    pub(super) fn new(algorithm: DigestAlgorithm) -> Self {
        let sha = |algorithm| State::Sha(lc::Context::new(algorithm));
        Self {
            algorithm,
            state: match algorithm {
                DigestAlgorithm::Sha1 => sha(&lc::SHA1_FOR_LEGACY_USE_ONLY),
                DigestAlgorithm::Sha256 => sha(&lc::SHA256),
                DigestAlgorithm::Sha384 => sha(&lc::SHA384),
                DigestAlgorithm::Sha512 => sha(&lc::SHA512),
                DigestAlgorithm::Gost34311 => State::Gost34311(Box::default()),
                DigestAlgorithm::Streebog512 => State::Streebog512(Box::default()),
            },
        }
    }

    /// The algorithm.
    #[must_use]
    pub const fn algorithm(&self) -> DigestAlgorithm {
        self.algorithm
    }

    /// Takes the next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        match &mut self.state {
            State::Sha(state) => state.update(bytes),
            State::Gost34311(state) => state.update(bytes),
            State::Streebog512(state) => state.update(bytes),
        }
    }

    /// The digest of all that came.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        match self.state {
            State::Sha(state) => state.finish().as_ref().to_vec(),
            State::Gost34311(state) => state.finalize().to_vec(),
            State::Streebog512(state) => state.finish().to_vec(),
        }
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_any_length_give_the_digest_of_the_whole() {
        let bytes: Vec<u8> = (0..1000_u32).map(|at| at.to_be_bytes()[3]).collect();
        for algorithm in DigestAlgorithm::ALL {
            for length in [0, 1, 63, 64, 65, 127, 128, 129, 1000] {
                let whole = algorithm.digest(&bytes[..length]);
                for part in [1, 7, 64, 65, 1000] {
                    let mut hasher = algorithm.hasher();
                    for bytes in bytes[..length].chunks(part) {
                        hasher.update(bytes);
                    }
                    assert_eq!(hasher.finish(), whole, "{algorithm} {length} by {part}");
                }
            }
        }
    }
}
