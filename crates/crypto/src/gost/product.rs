//! Products and squares of numbers of four or eight limbs: where the time of all of GOST goes.
//!
//! Four by four limbs fit into the registers of a 64-bit machine, eight by eight do not. So eight limbs are multiplied
//! as two halves of four (Karatsuba): three products of four limbs instead of four; squares as two squares and one
//! product. Nothing branches or indexes by a value.

use super::limbs;

/// Limbs of the numbers that are multiplied directly.
const HALF: usize = 4;
type Half = [u64; HALF];

/// a·b: its low and high halves.
#[inline(always)]
pub(crate) fn multiply<const N: usize>(a: &[u64; N], b: &[u64; N]) -> ([u64; N], [u64; N]) {
    const { assert!(N == HALF || N == 2 * HALF) };
    if N == HALF {
        let (low, high) = multiply_half(&part(a, 0), &part(b, 0));
        return (join(&low, &low), join(&high, &high));
    }
    let (a0, a1) = (part(a, 0), part(a, HALF));
    let (b0, b1) = (part(b, 0), part(b, HALF));
    let low = multiply_half(&a0, &b0);
    let high = multiply_half(&a1, &b1);
    // a0·b1 + a1·b0 = (a0 + a1)·(b0 + b1) − low − high, where each sum has a carry of its own.
    let (a_sum, a_carry) = limbs::add(&a0, &a1);
    let (b_sum, b_carry) = limbs::add(&b0, &b1);
    let (middle_low, middle_high) = multiply_half(&a_sum, &b_sum);
    let (middle_high, over) = add_if(a_carry, &middle_high, &b_sum);
    let (middle_high, over_again) = add_if(b_carry, &middle_high, &a_sum);
    let top = u64::from(a_carry & b_carry) + u64::from(over) + u64::from(over_again);
    let (middle, top) = subtract((middle_low, middle_high), top, &low);
    let (middle, top) = subtract(middle, top, &high);
    assemble(low, middle, top, high)
}

/// a²: its low and high halves.
#[inline(always)]
pub(crate) fn square<const N: usize>(a: &[u64; N]) -> ([u64; N], [u64; N]) {
    const { assert!(N == HALF || N == 2 * HALF) };
    if N == HALF {
        let (low, high) = square_half(&part(a, 0));
        return (join(&low, &low), join(&high, &high));
    }
    let (a0, a1) = (part(a, 0), part(a, HALF));
    let low = square_half(&a0);
    let high = square_half(&a1);
    let middle = multiply_half(&a0, &a1);
    let (middle_low, carry) = double(&middle.0, 0);
    let (middle_high, top) = double(&middle.1, carry);
    assemble(low, (middle_low, middle_high), top, high)
}

/// low + middle·2^256 + high·2^512, where the middle has one limb more.
#[inline(always)]
fn assemble<const N: usize>(
    low: (Half, Half),
    middle: (Half, Half),
    top: u64,
    high: (Half, Half),
) -> ([u64; N], [u64; N]) {
    let (second, carry) = limbs::add(&low.1, &middle.0);
    let (third, over) = limbs::add(&high.0, &middle.1);
    let (third, over_again) = add_small(&third, u64::from(carry));
    let (fourth, _) = add_small(&high.1, top + u64::from(over) + u64::from(over_again));
    (join(&low.0, &second), join(&third, &fourth))
}

#[inline(always)]
fn multiply_half(a: &Half, b: &Half) -> (Half, Half) {
    let mut low = [0; HALF];
    let mut high = [0; HALF];
    // `high` slides: after row i it holds limbs i+1 … i+4 of the sum so far.
    for i in 0..HALF {
        let mut carry;
        (low[i], carry) = a[i].carrying_mul_add(b[0], high[0], 0);
        for j in 1..HALF {
            (high[j - 1], carry) = a[i].carrying_mul_add(b[j], high[j], carry);
        }
        high[HALF - 1] = carry;
    }
    (low, high)
}

/// The square of four limbs: six products twice, and four squares.
#[inline(always)]
fn square_half(a: &Half) -> (Half, Half) {
    let [a0, a1, a2, a3] = *a;
    let (p1, carry) = a0.carrying_mul(a1, 0);
    let (p2, carry) = a0.carrying_mul(a2, carry);
    let (p3, p4) = a0.carrying_mul(a3, carry);
    let (p3, carry) = a1.carrying_mul_add(a2, p3, 0);
    let (p4, p5) = a1.carrying_mul_add(a3, p4, carry);
    let (p5, p6) = a2.carrying_mul_add(a3, p5, 0);
    let (low, carry) = double(&[0, p1, p2, p3], 0);
    let (high, top) = double(&[p4, p5, p6, 0], carry);
    debug_assert!(top == 0);
    let (s0, s1) = a0.carrying_mul(a0, 0);
    let (s2, s3) = a1.carrying_mul(a1, 0);
    let (s4, s5) = a2.carrying_mul(a2, 0);
    let (s6, s7) = a3.carrying_mul(a3, 0);
    let (low, carry) = limbs::add(&low, &[s0, s1, s2, s3]);
    let (squares, _) = add_small(&[s4, s5, s6, s7], u64::from(carry));
    (low, limbs::add(&high, &squares).0)
}

/// 2·a + carry, and what is shifted out.
#[inline(always)]
fn double(a: &Half, carry: u64) -> (Half, u64) {
    let doubled = [
        a[0] << 1 | carry,
        a[1] << 1 | a[0] >> 63,
        a[2] << 1 | a[1] >> 63,
        a[3] << 1 | a[2] >> 63,
    ];
    (doubled, a[3] >> 63)
}

#[inline(always)]
fn add_small(a: &Half, b: u64) -> (Half, bool) {
    limbs::add(a, &[b, 0, 0, 0])
}

/// a + b where the condition holds, by a mask.
#[inline(always)]
fn add_if(condition: bool, a: &Half, b: &Half) -> (Half, bool) {
    let mask = u64::from(condition).wrapping_neg();
    limbs::add(a, &b.map(|limb| limb & mask))
}

/// (from + top·2^512) − what, which is not negative.
#[inline(always)]
fn subtract(from: (Half, Half), top: u64, what: &(Half, Half)) -> ((Half, Half), u64) {
    let (low, borrow) = limbs::sub(&from.0, &what.0);
    let (high, under) = limbs::sub(&from.1, &what.1);
    let (high, under_again) = limbs::sub(&high, &[u64::from(borrow), 0, 0, 0]);
    ((low, high), top - u64::from(under) - u64::from(under_again))
}

#[inline(always)]
fn part<const N: usize>(a: &[u64; N], from: usize) -> Half {
    std::array::from_fn(|i| a[from + i])
}

#[inline(always)]
fn join<const N: usize>(low: &Half, high: &Half) -> [u64; N] {
    std::array::from_fn(|i| if i < HALF { low[i] } else { high[i - HALF] })
}
