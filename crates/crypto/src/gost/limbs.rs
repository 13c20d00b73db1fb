//! Numbers of a fixed length in 64-bit limbs, the least significant first: what fields and scalars share.
//!
//! Nothing here branches or indexes by a value.

/// Reads a hexadecimal constant of this source; its length must be exactly N limbs.
pub(crate) const fn from_hex<const N: usize>(hex: &str) -> [u64; N] {
    let digits = hex.as_bytes();
    assert!(digits.len() == 16 * N);
    let mut limbs = [0; N];
    let mut at = 0;
    while at < digits.len() {
        let digit = match digits[at] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit @ b'A'..=b'F' => digit - b'A' + 10,
            _ => panic!("not a hexadecimal digit"),
        };
        let limb = N - 1 - at / 16;
        limbs[limb] = limbs[limb] << 4 | digit as u64;
        at += 1;
    }
    limbs
}

/// Reads exactly 8·N little-endian bytes.
pub(crate) fn from_le_bytes<const N: usize>(bytes: &[u8]) -> Option<[u64; N]> {
    let (words, rest) = bytes.as_chunks::<8>();
    if words.len() != N || !rest.is_empty() {
        return None;
    }
    let mut limbs = [0; N];
    for (limb, word) in limbs.iter_mut().zip(words) {
        *limb = u64::from_le_bytes(*word);
    }
    Some(limbs)
}

/// Appends the 8·N little-endian bytes.
pub(crate) fn push_le_bytes<const N: usize>(limbs: &[u64; N], to: &mut Vec<u8>) {
    for limb in limbs {
        to.extend_from_slice(&limb.to_le_bytes());
    }
}

/// a + b + carry, and the carry out (`u64::carrying_add`, which cannot make constants yet).
#[inline(always)]
const fn add_carry(a: u64, b: u64, carry: bool) -> (u64, bool) {
    let (sum, over) = a.overflowing_add(b);
    let (sum, over_again) = sum.overflowing_add(carry as u64);
    (sum, over | over_again)
}

/// a − b − borrow, and the borrow out.
#[inline(always)]
const fn sub_borrow(a: u64, b: u64, borrow: bool) -> (u64, bool) {
    let (difference, under) = a.overflowing_sub(b);
    let (difference, under_again) = difference.overflowing_sub(borrow as u64);
    (difference, under | under_again)
}

/// a + b, and the carry out.
#[inline(always)]
pub(crate) const fn add<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut sum = [0; N];
    let mut carry = false;
    let mut i = 0;
    while i < N {
        (sum[i], carry) = add_carry(a[i], b[i], carry);
        i += 1;
    }
    (sum, carry)
}

/// a − b, and the borrow out.
#[inline(always)]
pub(crate) const fn sub<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], bool) {
    let mut difference = [0; N];
    let mut borrow = false;
    let mut i = 0;
    while i < N {
        (difference[i], borrow) = sub_borrow(a[i], b[i], borrow);
        i += 1;
    }
    (difference, borrow)
}

/// `a` where the mask is all ones, `b` where it is zero.
#[inline(always)]
pub(crate) const fn select<const N: usize>(mask: u64, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
    let mut chosen = [0; N];
    let mut i = 0;
    while i < N {
        chosen[i] = b[i] ^ (mask & (a[i] ^ b[i]));
        i += 1;
    }
    chosen
}

/// All ones for true, zero for false, hidden from the optimiser so that it makes no branch of it.
#[inline(always)]
pub(crate) const fn mask(condition: bool) -> u64 {
    std::hint::black_box(condition as u64).wrapping_neg()
}

/// Whether all limbs are zero, by one comparison at the end.
#[inline(always)]
pub(crate) fn is_zero<const N: usize>(a: &[u64; N]) -> bool {
    a.iter().fold(0, |all, limb| all | limb) == 0
}

/// 1/a modulo 2^64, for an odd a.
pub(crate) const fn inverse_of_odd(a: u64) -> u64 {
    // Newton: each step doubles the number of right bits, and a itself has three.
    let mut inverse = a;
    let mut step = 0;
    while step < 5 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(a.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
}
