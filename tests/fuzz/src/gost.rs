//! Signatures with GOST keys.

use qaqpa_crypto::gost::{Curve, SigningKey, VerifyingKey};

const SEEDS: [&[u8]; 2] = [
    crate::seed!("gost_verify/2004"),
    crate::seed!("gost_verify/2015"),
];

/// No bytes but the seeds', whose keys were thrown away, verify; keys that are read are written as they came.
///
/// A seed is a byte for the curve, x‖y, the digest and r‖s.
pub fn gost_verify(bytes: &[u8]) {
    let Some((&choice, rest)) = bytes.split_first() else {
        return;
    };
    let (curve, seed) = match choice & 1 {
        0 => (Curve::CryptoProA, SEEDS[0]),
        _ => (Curve::Tc26A512, SEEDS[1]),
    };
    let n = curve.bytes();
    if let Ok(key) = SigningKey::from_scalar(curve, rest) {
        assert_eq!(key.scalar(), rest);
        let digest = &key.public().xy()[..n];
        let signature = key.sign(digest).expect("the digest has the curve's length");
        assert_eq!(key.public().verify(digest, &signature), Ok(()));
    }
    let xy = rest.get(..2 * n).unwrap_or(rest);
    let rest = &rest[xy.len()..];
    let digest = rest.get(..n).unwrap_or(rest);
    let signature = &rest[digest.len()..];
    // What follows the curve's byte, by the seed's key and by the key that stands there.
    let seed = &seed[1..];
    let known = VerifyingKey::from_xy(curve, &seed[..2 * n]).expect("the seed's key");
    let accepted = known.verify(digest, signature).is_ok();
    assert_eq!(accepted, [digest, signature].concat() == seed[2 * n..]);
    if let Ok(key) = VerifyingKey::from_xy(curve, xy) {
        assert_eq!(key.xy(), xy);
        if key.verify(digest, signature).is_ok() {
            assert_eq!([xy, digest, signature].concat(), seed);
        }
    }
}
