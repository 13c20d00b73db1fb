//! GOST keys and signatures through the crate's own door: what is made is accepted, and nothing near it.

use std::sync::OnceLock;

use openssl::bn::BigNum;
use proptest::prelude::*;
use qaqpa_crypto::CryptoError;
use qaqpa_crypto::gost::{Curve, SigningKey, VerifyingKey};

const CURVES: [Curve; 2] = [Curve::CryptoProA, Curve::Tc26A512];

fn order(curve: Curve) -> BigNum {
    BigNum::from_hex_str(match curve {
        Curve::CryptoProA => "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
        Curve::Tc26A512 => concat!(
            "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
            "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275"
        ),
    })
    .unwrap()
}

/// Little-endian bytes of the curve's length, where the number has no more.
fn bytes(curve: Curve, number: &BigNum) -> Option<Vec<u8>> {
    let mut bytes = number.to_vec_padded(curve.bytes() as i32).ok()?;
    bytes.reverse();
    Some(bytes)
}

fn number(bytes: &[u8]) -> BigNum {
    let reversed: Vec<u8> = bytes.iter().rev().copied().collect();
    BigNum::from_slice(&reversed).unwrap()
}

fn small(curve: Curve, n: u32) -> Vec<u8> {
    bytes(curve, &BigNum::from_u32(n).unwrap()).unwrap()
}

fn minus(curve: Curve, n: u32) -> Vec<u8> {
    bytes(curve, &(&order(curve) - &BigNum::from_u32(n).unwrap())).unwrap()
}

fn keys(curve: Curve) -> &'static SigningKey {
    static KEYS: OnceLock<[SigningKey; 2]> = OnceLock::new();
    let keys = KEYS.get_or_init(|| CURVES.map(|curve| SigningKey::generate(curve).unwrap()));
    match curve {
        Curve::CryptoProA => &keys[0],
        Curve::Tc26A512 => &keys[1],
    }
}

fn curve() -> impl Strategy<Value = Curve> {
    prop_oneof![Just(Curve::CryptoProA), Just(Curve::Tc26A512)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn what_a_key_signs_its_public_half_verifies(
        curve in curve(),
        scalar in prop::collection::vec(any::<u8>(), 64),
        digest in prop::collection::vec(any::<u8>(), 64),
    ) {
        let digest = &digest[..curve.bytes()];
        // One in 2^128 such scalars is not below the order.
        let key = SigningKey::from_scalar(curve, &scalar[..curve.bytes()]).unwrap();
        prop_assert_eq!(key.scalar(), &scalar[..curve.bytes()]);
        let signature = key.sign(digest).unwrap();
        prop_assert_eq!(signature.len(), 2 * curve.bytes());
        prop_assert_eq!(key.public().verify(digest, &signature), Ok(()));
        let again = VerifyingKey::from_xy(curve, key.public().xy()).unwrap();
        prop_assert_eq!(&again, key.public());
        prop_assert_eq!(again.verify(digest, &signature), Ok(()));
        prop_assert_eq!(
            keys(curve).public().verify(digest, &signature),
            Err(CryptoError::BadSignature)
        );
        // Nonces are drawn: a second signature differs and is as good.
        let other = key.sign(digest).unwrap();
        prop_assert_ne!(&other, &signature);
        prop_assert_eq!(again.verify(digest, &other), Ok(()));
    }

    #[test]
    fn no_bytes_make_the_readers_panic(
        curve in curve(),
        a in prop::collection::vec(any::<u8>(), 0..140),
        b in prop::collection::vec(any::<u8>(), 0..140),
    ) {
        let _ = SigningKey::from_scalar(curve, &a);
        let _ = VerifyingKey::from_xy(curve, &a);
        prop_assert_eq!(
            keys(curve).public().verify(&a, &b),
            Err(CryptoError::BadSignature)
        );
    }
}

#[test]
fn a_signature_with_any_bit_flipped_is_refused() {
    for curve in CURVES {
        let digest = vec![0x5A; curve.bytes()];
        let signature = keys(curve).sign(&digest).unwrap();
        for bit in 0..8 * signature.len() {
            let mut bad = signature.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                keys(curve).public().verify(&digest, &bad),
                Err(CryptoError::BadSignature),
                "{curve:?} bit {bit}"
            );
        }
        for bit in 0..8 * digest.len() {
            let mut bad = digest.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                keys(curve).public().verify(&bad, &signature),
                Err(CryptoError::BadSignature),
                "{curve:?} bit {bit} of the digest"
            );
        }
    }
}

#[test]
fn signatures_and_digests_of_another_length_are_refused() {
    for curve in CURVES {
        let digest = vec![0x5A; curve.bytes()];
        let key = keys(curve);
        let signature = key.sign(&digest).unwrap();
        let bad = Err(CryptoError::BadSignature);
        for length in 0..signature.len() {
            assert_eq!(key.public().verify(&digest, &signature[..length]), bad);
        }
        let longer = [&signature[..], &[0]].concat();
        assert_eq!(key.public().verify(&digest, &longer), bad);
        assert_eq!(key.public().verify(&digest[1..], &signature), bad);
        assert_eq!(
            key.sign(&digest[1..]),
            Err(CryptoError::KeyUnusable {
                why: "the digest has not the length of the curve's digest"
            })
        );
    }
}

/// Source: the equations of GOST 34.10 §6 by hand. With k = 1, r is the x of the base point, and s = r·d + k·e.
#[test]
fn a_signature_has_no_second_form_with_the_order_added() {
    for (curve, scalar, r, s) in [(Curve::CryptoProA, 4, 1, 5), (Curve::Tc26A512, 1, 3, 4)] {
        let key = SigningKey::from_scalar(curve, &small(curve, scalar)).unwrap();
        let q = order(curve);
        let plus_q = |value| bytes(curve, &(&q + &BigNum::from_u32(value).unwrap())).unwrap();
        let verify = |r: &[u8], s: &[u8]| {
            let digest = small(curve, 1);
            key.public().verify(&digest, &[r, s].concat())
        };
        let bad = Err(CryptoError::BadSignature);
        assert_eq!(verify(&small(curve, r), &small(curve, s)), Ok(()));
        // The same numbers modulo q, and they fit.
        assert_eq!(verify(&plus_q(r), &small(curve, s)), bad);
        assert_eq!(verify(&small(curve, r), &plus_q(s)), bad);
        assert_eq!(verify(&plus_q(r), &plus_q(s)), bad);
    }
}

/// r or s of zero, of q and above.
#[test]
fn numbers_outside_1_to_q_are_refused() {
    for curve in CURVES {
        let digest = vec![0x5A; curve.bytes()];
        let key = keys(curve);
        let q = order(curve);
        let zero = small(curve, 0);
        let q_bytes = bytes(curve, &q).unwrap();
        let max = vec![0xFF; curve.bytes()];
        for _ in 0..20 {
            let signature = key.sign(&digest).unwrap();
            let (r, s) = signature.split_at(curve.bytes());
            let mut bad = vec![
                [&zero, s].concat(),
                [r, &zero].concat(),
                [&q_bytes, s].concat(),
                [r, &q_bytes].concat(),
                [&max, s].concat(),
                [r, &max].concat(),
                [s, r].concat(),
                [&zero[..], &zero].concat(),
            ];
            // −s belongs to the opposite nonce, whose r is the same: ECDSA takes it, GOST must not.
            let opposite = bytes(curve, &(&q - &number(s))).unwrap();
            bad.push([r, &opposite].concat());
            for bad in bad {
                assert_eq!(
                    key.public().verify(&digest, &bad),
                    Err(CryptoError::BadSignature)
                );
            }
        }
    }
}

#[test]
fn scalars_at_both_ends_of_the_range_are_keys_and_sign() {
    for curve in CURVES {
        let digest = vec![0x5A; curve.bytes()];
        for scalar in [
            small(curve, 1),
            small(curve, 2),
            minus(curve, 1),
            minus(curve, 2),
        ] {
            let key = SigningKey::from_scalar(curve, &scalar).unwrap();
            let signature = key.sign(&digest).unwrap();
            assert_eq!(key.public().verify(&digest, &signature), Ok(()));
        }
        let one = SigningKey::from_scalar(curve, &small(curve, 1)).unwrap();
        let minus_one = SigningKey::from_scalar(curve, &minus(curve, 1)).unwrap();
        let n = curve.bytes();
        assert_eq!(one.public().xy()[..n], minus_one.public().xy()[..n]);
        assert_ne!(one.public().xy()[n..], minus_one.public().xy()[n..]);
    }
}

#[test]
fn zero_the_order_and_wrong_lengths_are_no_scalar() {
    for curve in CURVES {
        let n = curve.bytes();
        for scalar in [
            small(curve, 0),
            bytes(curve, &order(curve)).unwrap(),
            vec![0xFF; n],
            vec![1; n - 1],
            vec![1; n + 1],
            Vec::new(),
        ] {
            assert_eq!(
                SigningKey::from_scalar(curve, &scalar).err(),
                Some(CryptoError::KeyUnusable {
                    why: "not a scalar of the curve's group"
                })
            );
        }
    }
}

#[test]
fn what_is_no_point_of_the_curve_is_no_public_key() {
    for curve in CURVES {
        let n = curve.bytes();
        let good = keys(curve).public().xy();
        let (x, y) = good.split_at(n);
        // p = 2^(8·n) − C: a coordinate that is p too large is written otherwise, and so refused.
        let p = vec![0xFF; n];
        let mut flipped = good.to_vec();
        flipped[0] ^= 1;
        for bad in [
            vec![0; 2 * n],
            [y, x].concat(),
            [x, x].concat(),
            [&p, y].concat(),
            [x, &p].concat(),
            flipped,
            good[1..].to_vec(),
            [good, &[0]].concat(),
            x.to_vec(),
            Vec::new(),
        ] {
            assert_eq!(
                VerifyingKey::from_xy(curve, &bad),
                Err(CryptoError::KeyUnusable {
                    why: "not a point of the curve"
                })
            );
        }
    }
    // A key of one curve is none of the other.
    let xy = keys(Curve::Tc26A512).public().xy();
    assert!(VerifyingKey::from_xy(Curve::CryptoProA, &xy[..64]).is_err());
}

/// GOST R 34.10-2012 §6: where e ≡ 0 modulo q, e is 1. So the digests 0, 1, q and q + 1 are one.
#[test]
fn a_digest_that_is_zero_modulo_the_order_counts_as_one() {
    for curve in CURVES {
        let key = keys(curve);
        let q = order(curve);
        let q_plus_one = &q + &BigNum::from_u32(1).unwrap();
        let same = [
            small(curve, 0),
            small(curve, 1),
            bytes(curve, &q).unwrap(),
            bytes(curve, &q_plus_one).unwrap(),
        ];
        for signed in &same {
            let signature = key.sign(signed).unwrap();
            for digest in &same {
                assert_eq!(key.public().verify(digest, &signature), Ok(()));
            }
            assert_eq!(
                key.public().verify(&small(curve, 2), &signature),
                Err(CryptoError::BadSignature)
            );
        }
    }
}
