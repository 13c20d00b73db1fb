//! Points: the curves' parameters, both ways of multiplying, and the sums where formulas have exceptions.

use openssl::bn::{BigNum, BigNumContext};
use proptest::prelude::*;

use super::oracle::{self, Curve};
use crate::gost::domain::{CRYPTO_PRO_A, Domain, TC26_512_A};
use crate::gost::field::Fe;
use crate::gost::jacobian::{Cached, Jacobian};
use crate::gost::point::{Affine, Projective};
use crate::gost::{limbs, sign, verify};

/// A point in the oracle's form.
fn affine<const N: usize, const C: u64>(point: &Jacobian<N, C>) -> oracle::Point {
    if point.is_zero() {
        return None;
    }
    Some(oracle::point(&Jacobian::normalize(&[*point])[0]))
}

fn small<const N: usize>(n: u64) -> [u64; N] {
    let mut limbs = [0; N];
    limbs[0] = n;
    limbs
}

/// Scalars at which recoding and tables have their edges.
fn edges<const N: usize, const C: u64>(domain: &Domain<N, C>) -> Vec<[u64; N]> {
    let order = &domain.order;
    let half = order.multiply(&order.negate(&small(1)), &order.invert(&small(2)));
    let mut edges = vec![
        small(1),
        small(2),
        small(7),
        small(8),
        small(9),
        small(16),
        half,
        order.add(&half, &small(1)),
        // All digits eight, and all digits seven.
        order.reduce(&[0x8888_8888_8888_8888; N]),
        [0x7777_7777_7777_7777; N],
        order.reduce(&[u64::MAX; N]),
    ];
    for back in 1..10 {
        edges.push(limbs::sub(order.limbs(), &small(back)).0);
    }
    for bit in (0..64 * N).step_by(31) {
        let mut power = [0; N];
        power[bit / 64] = 1 << (bit % 64);
        edges.push(power);
    }
    edges
}

/// Source: RFC 4357 §11.4 and RFC 7836 Appendix A.2, by what parameters must be: P is on the curve, q·P is zero, q is a
/// prime within Hasse's bound of p + 1 and not p (so the curve is not anomalous and its cofactor is one), p is a prime.
fn check_parameters<const N: usize, const C: u64>(domain: &Domain<N, C>) {
    let mut context = BigNumContext::new().unwrap();
    let Affine { x, y } = domain.generator;
    assert!(Affine::on_curve(x, y, &domain.b).is_some());
    let p = oracle::number(&Fe::<N, C>::P);
    let q = oracle::number(domain.order.limbs());
    assert!(p.is_prime(32, &mut context).unwrap());
    assert!(q.is_prime(32, &mut context).unwrap());
    let curve = Curve::of(domain);
    assert!(curve.base(&q).is_none());
    // |q − (p + 1)|² ≤ 4·p
    let mut expected = p.to_owned().unwrap();
    expected.add_word(1).unwrap();
    let trace = &q - &expected;
    let mut bound = p.to_owned().unwrap();
    bound.mul_word(4).unwrap();
    assert!(&trace * &trace <= bound);
    assert!(p != q);
    // 4·a³ + 27·b² ≠ 0 with a = −3: b² ≠ 4.
    let b_squared = domain.b.square();
    assert!(!b_squared.equals(&Fe::ONE.shift::<2>()));
}

#[test]
fn the_parameters_are_those_of_a_curve_of_prime_order() {
    check_parameters(&CRYPTO_PRO_A);
    check_parameters(&TC26_512_A);
}

fn check_base<const N: usize, const C: u64>(domain: &Domain<N, C>, scalars: &[[u64; N]]) {
    let curve = Curve::of(domain);
    for k in scalars {
        let expected = curve.base(&oracle::number(k));
        let ours = oracle::point(&sign::public(domain, k));
        assert!(expected == Some(ours), "{k:x?}");
    }
}

#[test]
fn multiples_of_the_base_point_at_the_edges_are_the_oracles() {
    check_base(&CRYPTO_PRO_A, &edges(&CRYPTO_PRO_A));
    check_base(&TC26_512_A, &edges(&TC26_512_A));
}

/// The key d·P as a point, for a d that may be written as a small number or its opposite.
fn check_combination<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    d: &[u64; N],
    pairs: &[([u64; N], [u64; N])],
) {
    let curve = Curve::of(domain);
    let key = sign::public(domain, d);
    let (x, y) = oracle::point(&key);
    for (z1, z2) in pairs {
        let ours = affine(&verify::combine(domain, z1, &key, z2));
        let expected = curve.combine(&oracle::number(z1), (&x, &y), &oracle::number(z2));
        assert!(ours == expected, "{d:x?} {z1:x?} {z2:x?}");
    }
}

/// Keys that are small multiples of ±P, with factors for which partial sums meet table entries, their opposites, and
/// zero: z₁ + d·z₂ ≡ 0, z₁ ≡ ±d·z₂, and small factors.
fn check_meetings<const N: usize, const C: u64>(domain: &Domain<N, C>) {
    let order = &domain.order;
    for multiple in [1, 2, 15, 511] {
        for negative in [false, true] {
            let d = match negative {
                false => small(multiple),
                true => order.negate(&small(multiple)),
            };
            let mut pairs = Vec::new();
            for z2 in [1, 2, 15, 17] {
                for z2 in [small(z2), order.negate(&small(z2))] {
                    let met = order.multiply(&d, &z2);
                    pairs.push((order.negate(&met), z2));
                    pairs.push((met, z2));
                    pairs.push((order.add(&met, &small(1)), z2));
                    pairs.push((small(1), z2));
                    pairs.push((small(0), z2));
                    pairs.push((z2, small(0)));
                }
            }
            pairs.push((small(0), small(0)));
            check_combination(domain, &d, &pairs);
        }
    }
}

#[test]
fn sums_that_meet_exceptions_are_the_oracles() {
    check_meetings(&CRYPTO_PRO_A);
    check_meetings(&TC26_512_A);
}

/// Every pair of {0, ±P, ±2P, ±3P} by every addition, against small multiples.
fn check_additions<const N: usize, const C: u64>(domain: &Domain<N, C>) {
    let order = &domain.order;
    let scalar = |n: i64| match n {
        0.. => small(n.unsigned_abs()),
        _ => order.negate(&small(n.unsigned_abs())),
    };
    // The same point with another scale, where a point is not zero.
    let jacobian = |n: i64, scale: u64| {
        if n == 0 {
            return Jacobian::ZERO;
        }
        let Affine { x, y } = sign::public(domain, &scalar(n));
        let z = Fe::from_limbs(small(scale)).unwrap();
        let zz = z.square();
        Jacobian {
            x: x.multiply(&zz),
            y: y.multiply(&zz).multiply(&z),
            z,
        }
    };
    let expected = |n: i64| match n {
        0 => None,
        n => Some(oracle::point(&sign::public(domain, &scalar(n)))),
    };
    for a in -3..=3i64 {
        assert!(affine(&jacobian(a, 7).double()) == expected(2 * a));
        let projective = match a {
            0 => Projective::ZERO,
            a => Projective::ZERO.add_affine(&sign::public(domain, &scalar(a)), &domain.b),
        };
        let check = |point: &Projective<N, C>, n: i64| match expected(n) {
            None => assert!(point.affine().x.is_zero() && point.affine().y.is_zero()),
            some => assert!(some == Some(oracle::point(&point.affine()))),
        };
        check(&projective.double(&domain.b), 2 * a);
        check(&projective.negate(), -a);
        for b in -3..=3i64 {
            if b == 0 {
                continue;
            }
            let other = sign::public(domain, &scalar(b));
            check(&projective.add_affine(&other, &domain.b), a + b);
            assert!(affine(&jacobian(a, 7).add_affine(&other)) == expected(a + b));
            let cached = Cached::new(&jacobian(b, 5));
            assert!(affine(&jacobian(a, 7).add_cached(&cached, false)) == expected(a + b));
            assert!(affine(&jacobian(a, 7).add_cached(&cached, true)) == expected(a - b));
        }
    }
}

#[test]
fn every_pair_of_small_multiples_adds_up() {
    check_additions(&CRYPTO_PRO_A);
    check_additions(&TC26_512_A);
}

#[test]
fn coordinates_that_are_not_on_the_curve_are_no_point() {
    let Affine { x, y } = TC26_512_A.generator;
    assert!(Affine::on_curve(x, y.add(&Fe::ONE), &TC26_512_A.b).is_none());
    assert!(Affine::on_curve(Fe::ZERO, Fe::ZERO, &TC26_512_A.b).is_none());
    assert!(Affine::on_curve(Fe::ZERO, Fe::ZERO, &CRYPTO_PRO_A.b).is_none());
}

fn scalar<const N: usize, const C: u64>(
    domain: &'static Domain<N, C>,
) -> impl Strategy<Value = [u64; N]> {
    proptest::collection::vec(any::<u64>(), N)
        .prop_map(|limbs| domain.order.reduce(&limbs.try_into().unwrap()))
        .prop_filter("zero", |scalar| domain.order.holds(scalar))
}

/// d₁·(d₂·P) = d₂·(d₁·P), where the oracle has no say.
fn check_commutation<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    d1: &[u64; N],
    d2: &[u64; N],
) {
    let one = verify::combine(domain, &[0; N], &sign::public(domain, d1), d2);
    let other = verify::combine(domain, &[0; N], &sign::public(domain, d2), d1);
    assert!(affine(&one) == affine(&other));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_curve_of_256_bits_is_the_oracles(
        d in scalar(&CRYPTO_PRO_A), z1 in scalar(&CRYPTO_PRO_A), z2 in scalar(&CRYPTO_PRO_A),
    ) {
        check_base(&CRYPTO_PRO_A, &[d]);
        check_combination(&CRYPTO_PRO_A, &d, &[(z1, z2)]);
        check_commutation(&CRYPTO_PRO_A, &d, &z1);
    }

    #[test]
    fn the_curve_of_512_bits_is_the_oracles(
        d in scalar(&TC26_512_A), z1 in scalar(&TC26_512_A), z2 in scalar(&TC26_512_A),
    ) {
        check_base(&TC26_512_A, &[d]);
        check_combination(&TC26_512_A, &d, &[(z1, z2)]);
        check_commutation(&TC26_512_A, &d, &z1);
    }
}

/// x of C may lie between q and p: then R is x − q, and the verifier must try R + q too. Such a point is not found by
/// chance; so one is looked for above q, and a signature built on it whose key is a combination, without its scalar.
fn check_wrapped_x<const N: usize, const C: u64>(domain: &Domain<N, C>) {
    let order = &domain.order;
    let curve = Curve::of(domain);
    let (mut r, mut c) = (small::<N>(1), None);
    while c.is_none() {
        r = order.add(&r, &small(1));
        let (x, _) = limbs::add(order.limbs(), &r);
        c = Fe::from_limbs(x).and_then(|x| lift(&x, &domain.b));
    }
    // With e = 1 and s = 1: C = P − r·Q, so Q = (P − C)/r.
    let (x, y) = oracle::point(&c.unwrap());
    let inverse = order.invert(&r);
    let minus_inverse = oracle::number(&order.negate(&inverse));
    let key = curve.combine(&oracle::number(&inverse), (&x, &y), &minus_inverse);
    let (x, y) = key.unwrap();
    let key = Affine::on_curve(
        Fe::from_limbs(oracle::limbs(&x)).unwrap(),
        Fe::from_limbs(oracle::limbs(&y)).unwrap(),
        &domain.b,
    )
    .unwrap();
    assert!(verify::verify(domain, &key, &small(1), &r, &small(1)));
    assert!(!verify::verify(domain, &key, &small(2), &r, &small(1)));
}

/// A point with this x, where the curve has one: p ≡ 3 modulo 4, so a root is a power.
fn lift<const N: usize, const C: u64>(x: &Fe<N, C>, b: &Fe<N, C>) -> Option<Affine<N, C>> {
    let square = x.square().multiply(x).sub(&x.triple()).add(b);
    let p = oracle::number(&Fe::<N, C>::P);
    let mut exponent = p.to_owned().unwrap();
    exponent.add_word(1).unwrap();
    let mut quarter = BigNum::new().unwrap();
    quarter.rshift(&exponent, 2).unwrap();
    let square = oracle::number(&square.canonical());
    let root = oracle::modular(
        |to, a, b, m, context| to.mod_exp(a, b, m, context).unwrap(),
        &square,
        &quarter,
        &p,
    );
    Affine::on_curve(*x, Fe::from_limbs(oracle::limbs(&root))?, b)
}

#[test]
fn a_signature_whose_x_lies_above_the_order_is_accepted() {
    check_wrapped_x(&CRYPTO_PRO_A);
    check_wrapped_x(&TC26_512_A);
}
