//! PKCS#12's own derivation of keys (RFC 7292 App. B.2).

use zeroize::Zeroizing;

use crate::DigestAlgorithm;

/// What a derived key is for: the "ID" byte (RFC 7292 App. B.3).
#[derive(Clone, Copy)]
pub(super) enum Use {
    Encryption = 1,
    Iv = 2,
    Mac = 3,
}

/// A key of `length` bytes from a password in UTF-16; the digest is one of SHA.
pub(super) fn derive(
    digest: DigestAlgorithm,
    purpose: Use,
    utf16: &[u8],
    salt: &[u8],
    iterations: u32,
    length: usize,
) -> Zeroizing<Vec<u8>> {
    let block = match digest {
        DigestAlgorithm::Sha384 | DigestAlgorithm::Sha512 => 128,
        _ => 64,
    };
    // Buffers that hold the password never grow: one that does leaves copies behind.
    let length_of = |bytes: &[u8]| bytes.len().div_ceil(block) * block;
    let mut input = Zeroizing::new(Vec::with_capacity(length_of(salt) + length_of(utf16)));
    input.extend(filled(salt, block));
    input.extend(filled(utf16, block));
    let mut key = Zeroizing::new(Vec::with_capacity(length + digest.value_bytes()));
    while key.len() < length {
        let mut first = Zeroizing::new(Vec::with_capacity(block + input.len()));
        first.resize(block, purpose as u8);
        first.extend_from_slice(&input);
        let mut part = Zeroizing::new(digest.digest(&first));
        for _ in 1..iterations {
            part = Zeroizing::new(digest.digest(&part));
        }
        key.extend_from_slice(&part);
        for chunk in input.chunks_exact_mut(block) {
            add_one_and(chunk, &part);
        }
    }
    key.truncate(length);
    key
}

/// The bytes over and over, up to a whole number of blocks; nothing for nothing.
fn filled(bytes: &[u8], block: usize) -> impl Iterator<Item = u8> {
    let length = bytes.len().div_ceil(block) * block;
    bytes.iter().copied().cycle().take(length)
}

/// `chunk + part… + 1`, big-endian, the carry out of the front lost; `part` is repeated to the chunk's length.
fn add_one_and(chunk: &mut [u8], part: &[u8]) {
    let mut carry = 1_u16;
    for (at, byte) in chunk.iter_mut().enumerate().rev() {
        let sum = u16::from(*byte) + u16::from(part[at % part.len()]) + carry;
        *byte = sum.to_be_bytes()[1];
        carry = sum >> 8;
    }
}
