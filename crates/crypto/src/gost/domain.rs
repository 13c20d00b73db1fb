//! The parameters of the two curves, y² = x³ − 3x + b over a prime p, with a base point P of prime order q.
//!
//! CryptoPro-A is id-GostR3410-2001-CryptoPro-A-ParamSet of RFC 4357 §11.4; TC26-512-A is
//! id-tc26-gost-3410-12-512-paramSetA of RFC 7836 Appendix A.2. Both have the cofactor one.

use std::sync::LazyLock;

use super::comb::Comb;
use super::field::Fe;
use super::limbs::{self, from_hex};
use super::point::Affine;
use super::scalar::Modulus;
use super::verify::odd_multiples;

/// A curve, its group and what is precomputed of it.
pub(crate) struct Domain<const N: usize, const C: u64> {
    pub(crate) b: Fe<N, C>,
    pub(crate) generator: Affine<N, C>,
    pub(crate) order: Modulus<N>,
    /// For signing.
    pub(crate) comb: LazyLock<Comb<N, C>>,
    /// For verification.
    pub(crate) odd_multiples: LazyLock<Vec<Affine<N, C>>>,
}

pub(crate) static CRYPTO_PRO_A: Domain<4, 617> = Domain {
    b: Fe::constant([0xA6, 0, 0, 0]),
    generator: Affine {
        x: Fe::constant([1, 0, 0, 0]),
        y: Fe::constant(from_hex(
            "8D91E471E0989CDA27DF505A453F2B7635294F2DDF23E3B122ACC99C9E9F1E14",
        )),
    },
    order: Modulus::new(from_hex(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF6C611070995AD10045841B09B761B893",
    )),
    comb: LazyLock::new(|| Comb::new(&CRYPTO_PRO_A.generator, &CRYPTO_PRO_A.b)),
    odd_multiples: LazyLock::new(|| odd_multiples(&CRYPTO_PRO_A.generator)),
};

pub(crate) static TC26_512_A: Domain<8, 569> = Domain {
    b: Fe::constant(from_hex(concat!(
        "E8C2505DEDFC86DDC1BD0B2B6667F1DA34B82574761CB0E879BD081CFD0B6265",
        "EE3CB090F30D27614CB4574010DA90DD862EF9D4EBEE4761503190785A71C760",
    ))),
    generator: Affine {
        x: Fe::constant([3, 0, 0, 0, 0, 0, 0, 0]),
        y: Fe::constant(from_hex(concat!(
            "7503CFE87A836AE3A61B8816E25450E6CE5E1C93ACF1ABC1778064FDCBEFA921",
            "DF1626BE4FD036E93D75E6A50E3A41E98028FE5FC235F5B889A589CB5215F2A4",
        ))),
    },
    order: Modulus::new(from_hex(concat!(
        "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "27E69532F48D89116FF22B8D4E0560609B4B38ABFAD2B85DCACDB1411F10B275",
    ))),
    comb: LazyLock::new(|| Comb::new(&TC26_512_A.generator, &TC26_512_A.b)),
    odd_multiples: LazyLock::new(|| odd_multiples(&TC26_512_A.generator)),
};

impl<const N: usize, const C: u64> Domain<N, C> {
    /// The number e of GOST R 34.10-2012 §6.1 step 2: the digest modulo q, and 1 where that is zero.
    pub(crate) fn digest_number(&self, digest: &[u64; N]) -> [u64; N] {
        let mut e = self.order.reduce(digest);
        e[0] |= u64::from(limbs::is_zero(&e));
        e
    }
}
