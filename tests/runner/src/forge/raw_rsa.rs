//! RSA without scruples: any size, any exponent, any digest inside. For signatures that a verifier must refuse.

use super::raw_keys::RAW_KEYS;

/// A raw key pair.
#[derive(Clone, Debug)]
pub(super) struct RawRsa {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    private: Vec<u8>,
}

impl RawRsa {
    pub(super) fn named(name: &str) -> Option<Self> {
        let (_, modulus, exponent, private) = RAW_KEYS.iter().find(|known| known.0 == name)?;
        Some(Self {
            modulus: hex::decode(modulus).ok()?,
            exponent: hex::decode(exponent).ok()?,
            private: hex::decode(private).ok()?,
        })
    }

    /// The public half as SubjectPublicKeyInfo.
    pub(super) fn spki_der(&self) -> Vec<u8> {
        let key = tlv(
            0x30,
            &[integer(&self.modulus), integer(&self.exponent)].concat(),
        );
        // rsaEncryption with NULL.
        let algorithm = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
        let bits = tlv(0x03, &[&[0][..], &key].concat());
        tlv(0x30, &[&algorithm[..], &bits].concat())
    }

    /// RSASSA-PKCS1-v1_5 over a digest (RFC 8017 §8.2.1), whatever the digest is.
    pub(super) fn sign_digest(&self, digest_info: &[u8]) -> Vec<u8> {
        let size = self.modulus.len();
        let filled = size.saturating_sub(digest_info.len() + 3);
        let mut block = vec![0, 1];
        block.extend(std::iter::repeat_n(0xff, filled));
        block.push(0);
        block.extend_from_slice(digest_info);
        self.private(&block)
    }

    pub(super) fn modulus_bytes(&self) -> usize {
        self.modulus.len()
    }

    /// The private operation on a block of the modulus' size.
    pub(super) fn private(&self, block: &[u8]) -> Vec<u8> {
        let modulus = limbs(&self.modulus);
        let base = reduce(limbs(block), &modulus);
        let mut power = vec![0; modulus.len()];
        power[0] = 1;
        for byte in &self.private {
            for bit in (0..8).rev() {
                power = multiply(&power, &power, &modulus);
                if byte >> bit & 1 == 1 {
                    power = multiply(&power, &base, &modulus);
                }
            }
        }
        let bytes: Vec<u8> = power
            .iter()
            .rev()
            .flat_map(|limb| limb.to_be_bytes())
            .collect();
        let mut out = vec![0; self.modulus.len()];
        let size = out.len();
        let taken = &bytes[bytes.len() - size.min(bytes.len())..];
        out[size - taken.len()..].copy_from_slice(taken);
        out
    }
}

/// A DER value with its tag and length.
pub(super) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match significant {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or(8));
            out.extend_from_slice(long);
        }
    }
    out.extend_from_slice(content);
    out
}

fn integer(magnitude: &[u8]) -> Vec<u8> {
    let zero = magnitude.first().is_none_or(|first| first & 0x80 != 0);
    let content = [if zero { &[0][..] } else { &[] }, magnitude].concat();
    tlv(0x02, &content)
}

/// Little-endian limbs of 32 bits.
fn limbs(bytes: &[u8]) -> Vec<u32> {
    let chunks = bytes.rchunks(4);
    chunks
        .map(|chunk| {
            chunk
                .iter()
                .fold(0, |limb, byte| limb << 8 | u32::from(*byte))
        })
        .collect()
}

fn reduce(mut number: Vec<u32>, modulus: &[u32]) -> Vec<u32> {
    number.resize(modulus.len().max(number.len()), 0);
    while is_less(modulus, &number) || number[..modulus.len()] == *modulus {
        subtract(&mut number, modulus);
    }
    number.truncate(modulus.len());
    number
}

/// a·b mod m by shift and add of 32-bit limbs: slow, plain, and enough for a handful of signatures.
fn multiply(a: &[u32], b: &[u32], modulus: &[u32]) -> Vec<u32> {
    let size = modulus.len();
    let mut product = vec![0_u32; 2 * size];
    for (at, x) in a.iter().enumerate() {
        let mut carry = 0_u64;
        for (offset, y) in b.iter().enumerate() {
            let sum = u64::from(*x) * u64::from(*y) + u64::from(product[at + offset]) + carry;
            product[at + offset] = low(sum);
            carry = sum >> 32;
        }
        product[at + size] = low(carry);
    }
    // Division by the schoolbook (Knuth's algorithm D), the modulus' top bit being set.
    for at in (size..2 * size).rev() {
        let top = u64::from(product[at]) << 32 | u64::from(product[at - 1]);
        let mut guess = (top / u64::from(modulus[size - 1])).min(u64::from(u32::MAX));
        while guess > 0 && !take(&mut product[at - size..=at], modulus, low(guess)) {
            guess -= 1;
        }
    }
    product.truncate(size);
    reduce(product, modulus)
}

/// number -= modulus·times, where that is not negative.
fn take(number: &mut [u32], modulus: &[u32], times: u32) -> bool {
    let mut next = number.to_vec();
    let mut carry = 0_u64;
    let mut borrow = 0_i64;
    for (at, limb) in next.iter_mut().enumerate() {
        let product = u64::from(modulus.get(at).copied().unwrap_or(0)) * u64::from(times) + carry;
        carry = product >> 32;
        let difference = i64::from(*limb) - i64::from(low(product)) + borrow;
        *limb = low(difference.rem_euclid(1 << 32).unsigned_abs());
        borrow = difference.div_euclid(1 << 32);
    }
    if carry > 0 || borrow < 0 {
        return false;
    }
    number.copy_from_slice(&next);
    true
}

fn subtract(number: &mut [u32], modulus: &[u32]) {
    take(number, modulus, 1);
}

fn is_less(a: &[u32], b: &[u32]) -> bool {
    let limb = |number: &[u32], at: usize| number.get(at).copied().unwrap_or(0);
    for at in (0..a.len().max(b.len())).rev() {
        if limb(a, at) != limb(b, at) {
            return limb(a, at) < limb(b, at);
        }
    }
    false
}

/// The low half.
fn low(number: u64) -> u32 {
    u32::try_from(number & u64::from(u32::MAX)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use qaqpa_crypto::{CryptoError, SignatureAlgorithm, sha256, verify};

    use super::*;

    /// `DigestInfo` of SHA-256 (RFC 8017 §9.2, note 1).
    const SHA256: &[u8] =
        b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20";

    #[test]
    fn a_raw_key_of_2048_bits_signs_as_everybody_does() {
        let key = RawRsa::named("raw-2048").unwrap();
        let value = key.sign_digest(&[SHA256, &sha256(b"abc")].concat());
        let judged = verify(
            &key.spki_der(),
            SignatureAlgorithm::RsaSha256,
            b"abc",
            &value,
        );
        assert_eq!(judged, Ok(()));
    }

    #[test]
    fn weak_keys_are_named_as_that() {
        for name in ["raw-512", "raw-1024", "raw-e3"] {
            let key = RawRsa::named(name).unwrap();
            let value = key.sign_digest(&[SHA256, &sha256(b"abc")].concat());
            let judged = verify(
                &key.spki_der(),
                SignatureAlgorithm::RsaSha256,
                b"abc",
                &value,
            );
            assert!(
                matches!(judged, Err(CryptoError::Weak { .. })),
                "{name}: {judged:?}"
            );
        }
    }
}
