//! Fields, scalars, products and inverses.

use openssl::bn::BigNum;
use proptest::prelude::*;

use super::oracle;
use crate::gost::domain::{CRYPTO_PRO_A, TC26_512_A};
use crate::gost::field::Fe;
use crate::gost::product;
use crate::gost::scalar::Modulus;

/// Numbers where carries are born: all limbs random, all ones, zero, or just around a power of 2^64.
fn number<const N: usize>() -> impl Strategy<Value = [u64; N]> {
    let limb = prop_oneof![
        4 => any::<u64>(),
        1 => Just(0),
        1 => Just(u64::MAX),
        1 => (0u64..2000).prop_map(|below| u64::MAX - below),
        1 => 0u64..2000,
    ];
    proptest::collection::vec(limb, N).prop_map(|limbs| limbs.try_into().unwrap())
}

fn check_field<const N: usize, const C: u64>(a: [u64; N], b: [u64; N]) {
    let p = oracle::number(&Fe::<N, C>::P);
    // Every number below 2^(64·N) is a legal inner form, those above the modulus too.
    let (x, y) = (Fe::<N, C>::unreduced(a), Fe::unreduced(b));
    let (big_a, big_b) = (oracle::number(&a), oracle::number(&b));
    let same = |ours: Fe<N, C>, theirs: BigNum| {
        assert_eq!(
            ours.canonical(),
            oracle::limbs::<N>(&theirs),
            "{a:x?} {b:x?}"
        );
    };
    let small = |n: u32| BigNum::from_u32(n).unwrap();
    same(x.add(&y), oracle::add(&big_a, &big_b, &p));
    same(x.sub(&y), oracle::subtract(&big_a, &big_b, &p));
    same(x.multiply(&y), oracle::multiply(&big_a, &big_b, &p));
    same(x.square(), oracle::multiply(&big_a, &big_a, &p));
    same(x.double(), oracle::multiply(&big_a, &small(2), &p));
    same(x.triple(), oracle::multiply(&big_a, &small(3), &p));
    same(x.shift::<2>(), oracle::multiply(&big_a, &small(4), &p));
    same(x.shift::<3>(), oracle::multiply(&big_a, &small(8), &p));
    same(x.negate(), oracle::subtract(&small(0), &big_a, &p));
    let one = x.multiply(&x.invert());
    assert!(one.equals(&Fe::ONE) || (x.is_zero() && x.invert().is_zero()));
    // What the operations leave, not reduced, is as good an operand as any.
    same(
        x.sub(&y).multiply(&x.add(&y)),
        oracle::subtract(
            &oracle::multiply(&big_a, &big_a, &p),
            &oracle::multiply(&big_b, &big_b, &p),
            &p,
        ),
    );
}

fn check_product<const N: usize>(a: [u64; N], b: [u64; N]) {
    let (big_a, big_b) = (oracle::number(&a), oracle::number(&b));
    for (ours, theirs) in [
        (product::multiply(&a, &b), &big_a * &big_b),
        (product::square(&a), &big_a * &big_a),
    ] {
        let mut high = oracle::number(&ours.1);
        let shifted = high.to_owned().unwrap();
        high.lshift(&shifted, 64 * N as i32).unwrap();
        assert!(&high + &oracle::number(&ours.0) == theirs, "{a:x?} {b:x?}");
    }
}

fn check_scalars<const N: usize>(modulus: &Modulus<N>, a: [u64; N], b: [u64; N]) {
    let q = oracle::number(modulus.limbs());
    let (big_a, big_b) = (oracle::number(&a), oracle::number(&b));
    let one = BigNum::from_u32(1).unwrap();
    let (x, y) = (modulus.reduce(&a), modulus.reduce(&b));
    let same = |ours: [u64; N], theirs: BigNum| {
        assert_eq!(ours, oracle::limbs::<N>(&theirs), "{a:x?} {b:x?}");
    };
    same(x, oracle::multiply(&big_a, &one, &q));
    same(
        modulus.multiply(&x, &y),
        oracle::multiply(&big_a, &big_b, &q),
    );
    same(modulus.add(&x, &y), oracle::add(&big_a, &big_b, &q));
    same(
        modulus.negate(&x),
        oracle::subtract(&BigNum::new().unwrap(), &big_a, &q),
    );
    let product = modulus.multiply(&x, &modulus.invert(&x));
    same(
        product,
        if x == [0; N] {
            BigNum::new().unwrap()
        } else {
            one
        },
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_field_of_256_bits_is_the_oracles(a in number::<4>(), b in number::<4>()) {
        check_field::<4, 617>(a, b);
    }

    #[test]
    fn the_field_of_512_bits_is_the_oracles(a in number::<8>(), b in number::<8>()) {
        check_field::<8, 569>(a, b);
    }

    #[test]
    fn products_of_four_and_eight_limbs_are_the_oracles(a in number::<8>(), b in number::<8>()) {
        check_product(a, b);
        check_product([a[0], a[1], a[2], a[3]], [b[4], b[5], b[6], b[7]]);
    }

    #[test]
    fn scalars_of_256_bits_are_the_oracles(a in number::<4>(), b in number::<4>()) {
        check_scalars(&CRYPTO_PRO_A.order, a, b);
    }

    #[test]
    fn scalars_of_512_bits_are_the_oracles(a in number::<8>(), b in number::<8>()) {
        check_scalars(&TC26_512_A.order, a, b);
    }
}

/// p and q themselves, their neighbours, the largest and the smallest numbers, each with each.
#[test]
fn numbers_at_the_edges_are_the_oracles() {
    fn around<const N: usize>(modulus: &[u64; N]) -> Vec<[u64; N]> {
        let word = |n: u64| {
            let mut limbs = [0; N];
            limbs[0] = n;
            limbs
        };
        let near = |n: u64| crate::gost::limbs::sub(modulus, &word(n)).0;
        let past = |n: u64| crate::gost::limbs::add(modulus, &word(n)).0;
        let mut half = [u64::MAX; N];
        half[N / 2..].fill(0);
        let top = crate::gost::limbs::sub(&[0; N], &half).0;
        vec![
            word(0),
            word(1),
            word(2),
            near(2),
            near(1),
            *modulus,
            past(1),
            past(500),
            [u64::MAX; N],
            half,
            top,
        ]
    }
    for a in around(&Fe::<4, 617>::P) {
        for b in around(&Fe::<4, 617>::P) {
            check_field::<4, 617>(a, b);
            check_product(a, b);
        }
    }
    for a in around(&Fe::<8, 569>::P) {
        for b in around(&Fe::<8, 569>::P) {
            check_field::<8, 569>(a, b);
            check_product(a, b);
        }
    }
    for a in around(CRYPTO_PRO_A.order.limbs()) {
        for b in around(CRYPTO_PRO_A.order.limbs()) {
            check_scalars(&CRYPTO_PRO_A.order, a, b);
        }
    }
    for a in around(TC26_512_A.order.limbs()) {
        for b in around(TC26_512_A.order.limbs()) {
            check_scalars(&TC26_512_A.order, a, b);
        }
    }
}
