//! Inverses modulo a prime in constant time.
//!
//! Bernstein and Yang, "Fast constant-time gcd computation and modular inversion" (2019/266): division steps on (f, g),
//! which look at the lowest bits only, 62 of them at a time on single words, and then their matrix on the long numbers.
//! For numbers below 2^b, b ≥ 46, ⌊(49·b + 57)/17⌋ steps end with g = 0 (theorem 11.2), and so many are always made:
//! neither the number of steps nor what a step does depends on the value.

/// Bits of a limb here: signed, so that a matrix entry times two limbs fits into 128 bits.
const BITS: usize = 62;
const LOW: i64 = (1 << BITS) - 1;
/// Limbs for the longest modulus, 512 bits: 9·62 = 558. A modulus of N words uses N + 1 of them.
const LIMBS: usize = 9;

/// A signed number; all limbs but the highest in 0 … 2^62 − 1.
type Long = [i64; LIMBS];

/// 2^62 times what so many division steps do to (f, g).
struct Matrix {
    ff: i64,
    fg: i64,
    gf: i64,
    gg: i64,
}

/// 1/a modulo an odd prime, for an a below it; zero for zero. `inverse` is 1/modulus modulo 2^64.
pub(crate) fn invert<const N: usize>(a: &[u64; N], modulus: &[u64; N], inverse: u64) -> [u64; N] {
    const { assert!(N < LIMBS) };
    let steps = (49 * 64 * N + 57) / 17;
    let modulus = split(modulus);
    // Throughout: d·a ≡ f and e·a ≡ g modulo the modulus.
    let (mut f, mut g) = (modulus, split(a));
    let (mut d, mut e) = ([0; LIMBS], [0; LIMBS]);
    e[0] = 1;
    let mut delta = 1;
    for _ in 0..steps.div_ceil(BITS) {
        let matrix = division_steps(&mut delta, f[0], g[0]);
        (f, g) = apply::<N>(&matrix, &f, &g, None);
        (d, e) = apply::<N>(&matrix, &d, &e, Some((&modulus, inverse)));
    }
    // Now f is 1 or −1, and so 1/a is d or −d. Each round has added at most half a modulus to |d|: see `apply`.
    let sign = mask_of_sign(f[N]);
    let rounds = steps.div_ceil(BITS) as i128;
    let mut reduced =
        carry::<N>(|i| i128::from((d[i] ^ sign) - sign) + rounds * i128::from(modulus[i]));
    for times in [32, 16, 8, 4, 2, 1] {
        let less = carry::<N>(|i| i128::from(reduced[i]) - times * i128::from(modulus[i]));
        let negative = mask_of_sign(less[N]);
        for (limb, less) in reduced.iter_mut().zip(less) {
            *limb = less ^ (negative & (less ^ *limb));
        }
    }
    unite(&reduced)
}

/// Sixty-two division steps on the lowest bits.
///
/// A step: where g is odd and δ > 0, (δ, f, g) becomes (1 − δ, g, (g − f)/2), else (1 + δ, f, (g + (g mod 2)·f)/2).
fn division_steps(delta: &mut i64, f: i64, g: i64) -> Matrix {
    let (mut f, mut g) = (f, g);
    let (mut ff, mut fg, mut gf, mut gg) = (1i64, 0i64, 0i64, 1i64);
    for _ in 0..BITS {
        let odd = -(g & 1);
        let swap = odd & (-*delta >> 63);
        *delta = (*delta ^ swap) - swap + 1;
        // With f and g swapped, g is −f: then both cases add f to an odd g.
        (f, g) = exchange(swap, f, g);
        (ff, gf) = exchange(swap, ff, gf);
        (fg, gg) = exchange(swap, fg, gg);
        g = g.wrapping_add(f & odd) >> 1;
        gf += ff & odd;
        gg += fg & odd;
        ff <<= 1;
        fg <<= 1;
    }
    Matrix { ff, fg, gf, gg }
}

/// All ones for a negative number, zero for others, hidden from the optimiser: it makes a branch of it otherwise.
#[inline(always)]
fn mask_of_sign(number: i64) -> i64 {
    std::hint::black_box(number >> 63)
}

/// (b, −a) where the mask is all ones, (a, b) where it is zero.
#[inline(always)]
fn exchange(mask: i64, a: i64, b: i64) -> (i64, i64) {
    let difference = (a ^ b) & mask;
    let (a, b) = (a ^ difference, b ^ difference);
    (a, (b ^ mask).wrapping_sub(mask))
}

/// The matrix times (a, b), divided by 2^62; modulo a modulus, so much of it is added that the division is exact.
///
/// What is added lies between −2^61 and 2^61 moduli, so that the larger of |a| and |b| grows by at most half a modulus.
#[inline(always)]
fn apply<const N: usize>(
    matrix: &Matrix,
    a: &Long,
    b: &Long,
    modulus: Option<(&Long, u64)>,
) -> (Long, Long) {
    let row = |x: i64, y: i64| {
        let lowest = x.wrapping_mul(a[0]).wrapping_add(y.wrapping_mul(b[0]));
        let (modulus, times) = match modulus {
            // The 62 lowest bits of −lowest/modulus, as a signed number.
            Some((modulus, inverse)) => {
                let times = lowest.wrapping_mul(inverse as i64).wrapping_neg();
                (modulus, times << 2 >> 2)
            }
            None => (&[0; LIMBS], 0),
        };
        let term = |i: usize| {
            i128::from(x) * i128::from(a[i])
                + i128::from(y) * i128::from(b[i])
                + i128::from(times) * i128::from(modulus[i])
        };
        let mut result = [0; LIMBS];
        let mut sum = term(0) >> BITS;
        for i in 1..=N {
            sum += term(i);
            result[i - 1] = sum as i64 & LOW;
            sum >>= BITS;
        }
        result[N] = sum as i64;
        result
    };
    (row(matrix.ff, matrix.fg), row(matrix.gf, matrix.gg))
}

/// The limbs that a function gives, with carries taken on.
#[inline(always)]
fn carry<const N: usize>(limb: impl Fn(usize) -> i128) -> Long {
    let mut result = [0; LIMBS];
    let mut carry = 0;
    for (i, to) in result.iter_mut().enumerate().take(N) {
        let sum = limb(i) + carry;
        carry = sum >> BITS;
        *to = sum as i64 & LOW;
    }
    result[N] = (limb(N) + carry) as i64;
    result
}

fn split<const N: usize>(words: &[u64; N]) -> Long {
    let mut long = [0; LIMBS];
    for (i, limb) in long.iter_mut().enumerate().take(N + 1) {
        let (word, at) = (BITS * i / 64, BITS * i % 64);
        let low = words.get(word).copied().unwrap_or(0);
        let high = words.get(word + 1).copied().unwrap_or(0);
        let pair = u128::from(high) << 64 | u128::from(low);
        *limb = (pair >> at) as i64 & LOW;
    }
    long
}

fn unite<const N: usize>(long: &Long) -> [u64; N] {
    let mut words = [0; N];
    for (i, &limb) in long.iter().enumerate().take(N + 1) {
        let (word, at) = (BITS * i / 64, BITS * i % 64);
        let shifted = u128::from(limb as u64) << at;
        for (word, part) in words.iter_mut().skip(word).zip([shifted, shifted >> 64]) {
            *word |= part as u64;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn split_and_unite_undo_each_other() {
        let words: [u64; 8] =
            std::array::from_fn(|i| 0x9E37_79B9_7F4A_7C15u64.wrapping_mul(i as u64 + 1));
        assert_eq!(unite(&split(&words)), words);
        assert_eq!(unite(&split(&[u64::MAX; 8])), [u64::MAX; 8]);
        assert_eq!(unite(&split(&[u64::MAX; 4])), [u64::MAX; 4]);
    }

    #[test]
    fn an_inverse_times_its_number_is_one() {
        // 2^61 − 1 in four words, where every product fits into 128 bits.
        let prime = (1u64 << 61) - 1;
        let mut inverse = 1u64;
        for _ in 0..6 {
            inverse = inverse.wrapping_mul(2u64.wrapping_sub(prime.wrapping_mul(inverse)));
        }
        for a in [1, 2, 3, prime - 1, prime - 2, 0x0123_4567_89AB_CDEF] {
            let found: [u64; 4] = invert(&[a, 0, 0, 0], &[prime, 0, 0, 0], inverse);
            assert_eq!(found[1..], [0; 3]);
            assert_eq!(u128::from(a) * u128::from(found[0]) % u128::from(prime), 1);
        }
        let found: [u64; 4] = invert(&[0; 4], &[prime, 0, 0, 0], inverse);
        assert_eq!(found, [0; 4]);
    }
}
