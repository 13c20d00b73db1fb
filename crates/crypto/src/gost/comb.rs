//! Multiples of the base point in constant time, from a table of its own multiples.
//!
//! A scalar k is written in signed digits of four bits, k = Σ dᵢ·16^i with −8 ≤ dᵢ ≤ 8. The table has, for every even
//! i, the points 16^i·P … 8·16^i·P; so the odd digits' sum, multiplied by sixteen (four doublings), and the even
//! digits' make k·P. An entry is chosen by reading the whole row under masks, a digit zero by throwing a sum away under
//! a mask, and the additions are complete ([`super::point`]): what is executed and which addresses are read does not
//! depend on k.

use zeroize::{Zeroize, Zeroizing};

use super::field::Fe;
use super::limbs;
use super::point::{Affine, Projective};
use super::scalar::Modulus;

/// Entries of a row: one for each absolute value of a digit except zero.
const ROW: usize = 8;

/// The multiples of a base point: 8·N rows, for the even digits.
pub(crate) struct Comb<const N: usize, const C: u64> {
    rows: Vec<[Affine<N, C>; ROW]>,
    b: Fe<N, C>,
}

impl<const N: usize, const C: u64> Comb<N, C> {
    pub(crate) fn new(generator: &Affine<N, C>, b: &Fe<N, C>) -> Self {
        let mut power = Projective::ZERO.add_affine(generator, b);
        let mut first = Vec::with_capacity(8 * N);
        for _ in 0..8 * N {
            first.push(power);
            for _ in 0..8 {
                power = power.double(b);
            }
        }
        let mut multiples = Vec::with_capacity(8 * N * ROW);
        for base in Projective::normalize(&first) {
            let mut multiple = Projective::ZERO;
            for _ in 0..ROW {
                multiple = multiple.add_affine(&base, b);
                multiples.push(multiple);
            }
        }
        let multiples = Projective::normalize(&multiples);
        let (rows, _) = multiples.as_chunks::<ROW>();
        Self {
            rows: rows.to_vec(),
            b: *b,
        }
    }

    /// k·P, for a secret k below q.
    pub(crate) fn multiply(&self, k: &[u64; N], order: &Modulus<N>) -> Projective<N, C> {
        // The smaller of k and q − k has a top digit that no carry leaves: q is below 2^(64·N).
        let opposite = Zeroizing::new(limbs::sub(order.limbs(), k).0);
        let negative = limbs::mask(limbs::sub(&opposite, k).1);
        let half = Zeroizing::new(limbs::select(negative, &opposite, k));
        let digits = Zeroizing::new(signed_digits(&half));
        let mut sum = Projective::ZERO;
        for odd in [1, 0] {
            for (row, pair) in self
                .rows
                .iter()
                .zip(digits.as_flattened().as_chunks::<2>().0)
            {
                sum = self.add_digit(&sum, row, pair[odd]);
            }
            if odd == 1 {
                for _ in 0..4 {
                    sum = sum.double(&self.b);
                }
            }
        }
        let mut positive = sum;
        sum = Projective::select(negative, &positive.negate(), &positive);
        positive.zeroize();
        sum
    }

    /// sum + digit·row, reading the whole row.
    fn add_digit(
        &self,
        sum: &Projective<N, C>,
        row: &[Affine<N, C>; ROW],
        digit: i8,
    ) -> Projective<N, C> {
        let negative = limbs::mask(digit < 0);
        let absolute = digit.unsigned_abs();
        let mut entry = row[0];
        for (i, candidate) in row.iter().enumerate().skip(1) {
            let chosen = limbs::mask(i + 1 == usize::from(absolute));
            entry = Affine::select(chosen, candidate, &entry);
        }
        let added = sum.add_affine(&entry.negate_if(negative), &self.b);
        Projective::select(limbs::mask(absolute == 0), sum, &added)
    }
}

/// The digits of a number below 2^(64·N − 1), sixteen a limb, least significant first.
fn signed_digits<const N: usize>(k: &[u64; N]) -> [[i8; 16]; N] {
    let mut digits = [[0; 16]; N];
    let mut carry = 0;
    for (digits, limb) in digits.iter_mut().zip(k) {
        for (i, digit) in digits.iter_mut().enumerate() {
            let unsigned = (limb >> (4 * i) & 15) as i8 + carry; // 0 … 16
            carry = (unsigned + 8) >> 4;
            *digit = unsigned - (carry << 4); // −8 … 7
        }
    }
    // The top digit of such a number is at most 7, with a carry 8: written as it is, and nothing is left over.
    digits[N - 1][15] += carry << 4;
    digits
}
