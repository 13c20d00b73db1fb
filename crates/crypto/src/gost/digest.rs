//! The digests: GOST 34.311-95 with the test S-box, a library's, and Streebog-512, ours (`streebog`).

use gost94::{Digest, Gost94Test};

use super::streebog;

/// The digest of GOST 34.311-95 with the test S-box, in the order in which the standard prints it.
#[must_use]
pub fn gost34311(bytes: &[u8]) -> [u8; 32] {
    Gost94Test::digest(bytes).into()
}

/// The digest Streebog-512 (RFC 6986), in the order in which the standard prints it.
#[must_use]
pub fn streebog512(bytes: &[u8]) -> [u8; 64] {
    streebog::digest(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source: published examples of GOST R 34.11-94 with the test parameters, "abc".
    #[test]
    fn abc_has_the_published_digest() {
        let hex: String = gost34311(b"abc")
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(
            hex,
            "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d"
        );
    }
}
