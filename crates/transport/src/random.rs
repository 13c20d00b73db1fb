//! Secret randomness from the operating system.

/// So many unpredictable bytes: for tokens, session ids and nonces.
///
/// # Panics
/// Where the operating system has no randomness: nothing that needs a secret may go on then.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .expect("the operating system's random source never fails after boot");
    bytes
}

/// `N` unpredictable bytes in lower-case hexadecimal (2·N characters).
#[must_use]
pub fn random_hex<const N: usize>() -> String {
    hex::encode(random_bytes::<N>())
}
