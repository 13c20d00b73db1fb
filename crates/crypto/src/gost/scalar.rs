//! Numbers modulo the group's order q: Montgomery multiplication, for any odd modulus.
//!
//! A few of these are needed for a signature; the time is in the points. Nothing branches or indexes by a value.

use super::{inverse, limbs};

/// An odd modulus with its Montgomery constants.
pub(crate) struct Modulus<const N: usize> {
    q: [u64; N],
    /// 1/q modulo 2^64.
    inverse: u64,
    /// 2^(128·N) modulo q.
    r_squared: [u64; N],
}

impl<const N: usize> Modulus<N> {
    pub(crate) const fn new(q: [u64; N]) -> Self {
        assert!(q[0] & 1 == 1);
        let inverse = limbs::inverse_of_odd(q[0]);
        let mut power = [0; N];
        power[0] = 1;
        let mut bit = 0;
        while bit < 128 * N {
            let (doubled, carry) = limbs::add(&power, &power);
            power = reduce_once(&doubled, carry as u64, &q);
            bit += 1;
        }
        Self {
            q,
            inverse,
            r_squared: power,
        }
    }

    /// The modulus itself.
    pub(crate) fn limbs(&self) -> &[u64; N] {
        &self.q
    }

    /// Whether a number is one of 1 … q − 1: what a private key, a nonce, r and s must be.
    pub(crate) fn holds(&self, a: &[u64; N]) -> bool {
        let below = limbs::sub(a, &self.q).1;
        below & !limbs::is_zero(a)
    }

    /// a modulo q, for any a below 2^(64·N).
    pub(crate) fn reduce(&self, a: &[u64; N]) -> [u64; N] {
        let mut one = [0; N];
        one[0] = 1;
        self.multiply(a, &one)
    }

    /// a + b, both below q.
    pub(crate) fn add(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let (sum, carry) = limbs::add(a, b);
        reduce_once(&sum, u64::from(carry), &self.q)
    }

    /// −a, for a below q.
    pub(crate) fn negate(&self, a: &[u64; N]) -> [u64; N] {
        // q − 0 is q, which becomes zero again.
        reduce_once(&limbs::sub(&self.q, a).0, 0, &self.q)
    }

    /// a·b; b below q.
    pub(crate) fn multiply(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        self.montgomery(&self.montgomery(a, b), &self.r_squared)
    }

    /// 1/a, for a prime modulus; zero for zero.
    pub(crate) fn invert(&self, a: &[u64; N]) -> [u64; N] {
        inverse::invert(a, &self.q, self.inverse)
    }

    /// a·b/2^(64·N), below q where one of them is.
    fn montgomery(&self, a: &[u64; N], b: &[u64; N]) -> [u64; N] {
        let mut sum = [0; N];
        let mut top = 0;
        for &digit in a {
            let mut carry = 0;
            for (limb, &b) in sum.iter_mut().zip(b) {
                (*limb, carry) = digit.carrying_mul_add(b, *limb, carry);
            }
            let (high, over) = carry.overflowing_add(top);
            let factor = sum[0].wrapping_mul(self.inverse.wrapping_neg());
            let mut carry = factor.carrying_mul_add(self.q[0], sum[0], 0).1;
            for j in 1..N {
                (sum[j - 1], carry) = factor.carrying_mul_add(self.q[j], sum[j], carry);
            }
            let carried;
            (sum[N - 1], carried) = high.overflowing_add(carry);
            top = u64::from(over) + u64::from(carried);
        }
        reduce_once(&sum, top, &self.q)
    }
}

/// a − q where carry·2^(64·N) + a is not below q, which is below 2·q.
#[inline(always)]
const fn reduce_once<const N: usize>(a: &[u64; N], carry: u64, q: &[u64; N]) -> [u64; N] {
    let (reduced, borrow) = limbs::sub(a, q);
    // Keep `a` where the subtraction borrowed and there was no carry to pay for it.
    let keep = limbs::mask(borrow & (carry == 0));
    limbs::select(keep, a, &reduced)
}
