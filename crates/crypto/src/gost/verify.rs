//! Verification, GOST R 34.10-2012 §6.2: everything here is public, and the time depends on it.
//!
//! C = z₁·P + z₂·Q by one run of doublings for both (Straus), the scalars in non-adjacent form of a window: of the base
//! point a table of 256 odd multiples is made once; of a key, eight for each verification.

use super::domain::Domain;
use super::field::Fe;
use super::jacobian::{Cached, Jacobian};
use super::limbs;
use super::point::Affine;
use super::scalar::Modulus;

/// The window of the base point: digits are odd and below 2^9 in absolute value.
const BASE_WINDOW: u32 = 10;
/// The window of a key.
const KEY_WINDOW: u32 = 5;

/// The odd multiples of the base point as far as the window reaches.
pub(crate) fn odd_multiples<const N: usize, const C: u64>(
    generator: &Affine<N, C>,
) -> Vec<Affine<N, C>> {
    let first = Jacobian::from_affine(generator);
    Jacobian::normalize(&odd(&first, 1 << (BASE_WINDOW - 2)))
}

fn odd<const N: usize, const C: u64>(first: &Jacobian<N, C>, count: usize) -> Vec<Jacobian<N, C>> {
    let twice = Cached::new(&first.double());
    std::iter::successors(Some(*first), |last| Some(last.add_cached(&twice, false)))
        .take(count)
        .collect()
}

/// Whether (r, s) is a signature over e by the key; the digest's number e is any, 0 stands for 1.
pub(crate) fn verify<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    key: &Affine<N, C>,
    e: &[u64; N],
    r: &[u64; N],
    s: &[u64; N],
) -> bool {
    let order = &domain.order;
    // Step 1: 0 < r < q, 0 < s < q.
    if !order.holds(r) || !order.holds(s) {
        return false;
    }
    // Steps 2–5.
    let (z1, z2) = factors(order, &domain.digest_number(e), r, s);
    let c = combine(domain, &z1, key, &z2);
    // Steps 6 and 7: R = x modulo q; x = X/Z², and may be r or r + q where that is below p.
    let zz = c.z.square();
    let has_x = |x: Option<Fe<N, C>>| x.is_some_and(|x| x.multiply(&zz).equals(&c.x));
    let (above, carry) = limbs::add(r, order.limbs());
    !c.is_zero() && (has_x(Fe::from_limbs(*r)) || (!carry && has_x(Fe::from_limbs(above))))
}

/// z₁ = s/e and z₂ = −r/e.
pub(crate) fn factors<const N: usize>(
    order: &Modulus<N>,
    e: &[u64; N],
    r: &[u64; N],
    s: &[u64; N],
) -> ([u64; N], [u64; N]) {
    let v = order.invert(e);
    let z1 = order.multiply(s, &v);
    let z2 = order.negate(&order.multiply(r, &v));
    (z1, z2)
}

/// z₁·P + z₂·Q.
pub(crate) fn combine<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    z1: &[u64; N],
    key: &Affine<N, C>,
    z2: &[u64; N],
) -> Jacobian<N, C> {
    let of_key: Vec<_> = odd(&Jacobian::from_affine(key), 1 << (KEY_WINDOW - 2))
        .iter()
        .map(Cached::new)
        .collect();
    let base_digits = window_digits(z1, BASE_WINDOW);
    let key_digits = window_digits(z2, KEY_WINDOW);
    let mut sum = Jacobian::ZERO;
    for (&base, &key) in base_digits.iter().zip(&key_digits).rev() {
        sum = sum.double();
        if key != 0 {
            sum = sum.add_cached(&of_key[usize::from(key.unsigned_abs() / 2)], key < 0);
        }
        if base != 0 {
            let entry = &domain.odd_multiples[usize::from(base.unsigned_abs() / 2)];
            sum = sum.add_affine(&entry.negate_if(limbs::mask(base < 0)));
        }
    }
    sum
}

/// The 64·N + 1 digits of the non-adjacent form of width w, least significant first: zero, or odd and below 2^(w−1) in
/// absolute value, and of w neighbours at most one is not zero.
fn window_digits<const N: usize>(scalar: &[u64; N], width: u32) -> Vec<i16> {
    let bits = 64 * N;
    let mut digits = vec![0; bits + 1];
    let window = 1u64 << width;
    let mut carry = 0;
    let mut at = 0;
    while at < bits + 1 {
        let word = |i: usize| scalar.get(i).copied().unwrap_or(0);
        let pair = u128::from(word(at / 64 + 1)) << 64 | u128::from(word(at / 64));
        let value = ((pair >> (at % 64)) as u64 & (window - 1)) + carry;
        if value & 1 == 0 {
            at += 1;
            continue;
        }
        carry = u64::from(value >= window / 2);
        digits[at] = value as i16 - (carry * window) as i16;
        at += width as usize;
    }
    digits
}
