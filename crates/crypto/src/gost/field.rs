//! The fields of the two curves: numbers modulo p = 2^(64·N) − C.
//!
//! Both primes lie just below a power of two (2^256 − 617 and 2^512 − 569), so 2^(64·N) ≡ C, and a product's high half
//! is folded onto its low half by one row of multiplications by C. Between operations a value is any number below
//! 2^(64·N), reduced fully only where it is compared or written ([`Fe::canonical`]).
//!
//! Nothing branches or indexes by a value: carries are added as numbers, inverses take a fixed number of steps
//! ([`super::inverse`]).

use zeroize::Zeroize;

use super::{inverse, limbs, product};

/// A number modulo 2^(64·N) − C.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fe<const N: usize, const C: u64>([u64; N]);

impl<const N: usize, const C: u64> Fe<N, C> {
    pub(crate) const ZERO: Self = Self([0; N]);
    pub(crate) const ONE: Self = {
        let mut one = [0; N];
        one[0] = 1;
        Self(one)
    };

    /// The modulus.
    pub(crate) const P: [u64; N] = {
        let mut p = [u64::MAX; N];
        p[0] = C.wrapping_neg();
        p
    };

    const P_INVERSE: u64 = limbs::inverse_of_odd(Self::P[0]);

    /// A constant of this source, below the modulus.
    pub(crate) const fn constant(limbs: [u64; N]) -> Self {
        assert!(limbs::sub(&limbs, &Self::P).1);
        Self(limbs)
    }

    /// A number that is already below the modulus; none other has a place in an encoding.
    pub(crate) fn from_limbs(limbs: [u64; N]) -> Option<Self> {
        limbs::sub(&limbs, &Self::P).1.then_some(Self(limbs))
    }

    /// A number as an operation may leave it, below the modulus or not.
    #[cfg(test)]
    pub(crate) fn unreduced(limbs: [u64; N]) -> Self {
        Self(limbs)
    }

    /// The number below the modulus.
    #[inline]
    pub(crate) fn canonical(&self) -> [u64; N] {
        let (reduced, borrow) = limbs::sub(&self.0, &Self::P);
        limbs::select(limbs::mask(borrow), &self.0, &reduced)
    }

    #[inline]
    pub(crate) fn is_zero(&self) -> bool {
        // Below 2^(64·N) two numbers are: zero and the modulus.
        let all = |number: &[u64; N]| number.iter().fold(0, |all, limb| all | limb);
        let modulus: [u64; N] = std::array::from_fn(|i| self.0[i] ^ Self::P[i]);
        (all(&self.0) == 0) | (all(&modulus) == 0)
    }

    #[inline]
    pub(crate) fn equals(&self, other: &Self) -> bool {
        self.sub(other).is_zero()
    }

    /// `a` where the mask is all ones, `b` where it is zero.
    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self(limbs::select(mask, &a.0, &b.0))
    }

    #[inline(always)]
    pub(crate) fn add(&self, other: &Self) -> Self {
        let (sum, carry) = limbs::add(&self.0, &other.0);
        Self::fold(sum, u64::from(carry))
    }

    #[inline(always)]
    pub(crate) fn double(&self) -> Self {
        self.shift::<1>()
    }

    /// 2^BITS·a, for few bits.
    #[inline(always)]
    pub(crate) fn shift<const BITS: u32>(&self) -> Self {
        const { assert!(0 < BITS && BITS < 4) };
        let mut shifted = [0; N];
        let mut carry = 0;
        for (to, limb) in shifted.iter_mut().zip(self.0) {
            *to = limb << BITS | carry;
            carry = limb >> (64 - BITS);
        }
        Self::fold(shifted, carry)
    }

    /// 3·a.
    #[inline(always)]
    pub(crate) fn triple(&self) -> Self {
        let mut doubled = [0; N];
        let mut out = 0;
        for (to, limb) in doubled.iter_mut().zip(self.0) {
            *to = limb << 1 | out;
            out = limb >> 63;
        }
        let (sum, carry) = limbs::add(&doubled, &self.0);
        Self::fold(sum, out + u64::from(carry))
    }

    #[inline(always)]
    pub(crate) fn sub(&self, other: &Self) -> Self {
        let (mut difference, borrow) = limbs::sub(&self.0, &other.0);
        let mut fold = u64::from(borrow) * C;
        for limb in &mut difference {
            let borrow;
            (*limb, borrow) = limb.borrowing_sub(fold, false);
            fold = u64::from(borrow);
        }
        // A second borrow leaves at least 2^(64·N) − C, whose lowest limb has room for one C more.
        difference[0] = difference[0].wrapping_sub(fold * C);
        Self(difference)
    }

    #[inline(always)]
    pub(crate) fn negate(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn multiply(&self, other: &Self) -> Self {
        if N > 4 {
            // A hundred of these in a row would not fit into the processor's cache of instructions.
            return self.multiply_apart(other);
        }
        let (low, high) = product::multiply(&self.0, &other.0);
        Self::reduce(low, high)
    }

    #[inline(never)]
    fn multiply_apart(&self, other: &Self) -> Self {
        let (low, high) = product::multiply(&self.0, &other.0);
        Self::reduce(low, high)
    }

    #[inline(always)]
    pub(crate) fn square(&self) -> Self {
        if N > 4 {
            return self.square_apart();
        }
        let (low, high) = product::square(&self.0);
        Self::reduce(low, high)
    }

    #[inline(never)]
    fn square_apart(&self) -> Self {
        let (low, high) = product::square(&self.0);
        Self::reduce(low, high)
    }

    /// 1/a, zero for zero.
    pub(crate) fn invert(&self) -> Self {
        Self(inverse::invert(
            &self.canonical(),
            &Self::P,
            Self::P_INVERSE,
        ))
    }

    /// The inverses of many numbers that are not zero, by one inversion (Montgomery).
    pub(crate) fn invert_all(numbers: &[Self]) -> Vec<Self> {
        // products[i] is the product of the numbers before i.
        let mut product = Self::ONE;
        let mut products = Vec::with_capacity(numbers.len());
        for number in numbers {
            products.push(product);
            product = product.multiply(number);
        }
        let mut inverse = product.invert();
        for (before, number) in products.iter_mut().zip(numbers).rev() {
            *before = before.multiply(&inverse);
            inverse = inverse.multiply(number);
        }
        products
    }

    #[inline(always)]
    fn reduce(low: [u64; N], high: [u64; N]) -> Self {
        let mut folded = [0; N];
        let mut carry = 0;
        for i in 0..N {
            (folded[i], carry) = high[i].carrying_mul_add(C, low[i], carry);
        }
        Self::fold(folded, carry)
    }

    /// low + carry·2^(64·N), for a carry of at most C.
    #[inline(always)]
    fn fold(mut low: [u64; N], carry: u64) -> Self {
        let mut fold = carry * C;
        for limb in &mut low {
            let carry;
            (*limb, carry) = limb.carrying_add(fold, false);
            fold = u64::from(carry);
        }
        // A second carry leaves less than C², so the lowest limb has room for one C more.
        low[0] = low[0].wrapping_add(fold * C);
        Self(low)
    }
}

impl<const N: usize, const C: u64> Zeroize for Fe<N, C> {
    fn zeroize(&mut self) {
        self.0.zeroize();
    }
}
