//! OpenSSL's numbers and curves: any prime, any curve, no special cases of ours.

use openssl::bn::{BigNum, BigNumContext, BigNumRef};
use openssl::ec::{EcGroup, EcPoint};

use crate::gost::domain::Domain;
use crate::gost::field::Fe;
use crate::gost::point::Affine;

pub(super) fn number<const N: usize>(limbs: &[u64; N]) -> BigNum {
    let bytes: Vec<u8> = limbs
        .iter()
        .rev()
        .flat_map(|limb| limb.to_be_bytes())
        .collect();
    BigNum::from_slice(&bytes).unwrap()
}

pub(super) fn hex(digits: &str) -> BigNum {
    BigNum::from_hex_str(digits).unwrap()
}

pub(super) fn limbs<const N: usize>(number: &BigNum) -> [u64; N] {
    let bytes = number.to_vec_padded(8 * N as i32).unwrap();
    let mut limbs = [0; N];
    for (limb, bytes) in limbs.iter_mut().rev().zip(bytes.as_chunks().0) {
        *limb = u64::from_be_bytes(*bytes);
    }
    limbs
}

/// a ∘ b modulo m.
pub(super) fn modular(
    operation: fn(&mut BigNum, &BigNum, &BigNum, &BigNum, &mut BigNumContext),
    a: &BigNum,
    b: &BigNum,
    m: &BigNum,
) -> BigNum {
    let mut result = BigNum::new().unwrap();
    operation(&mut result, a, b, m, &mut BigNumContext::new().unwrap());
    result
}

pub(super) fn multiply(a: &BigNum, b: &BigNum, m: &BigNum) -> BigNum {
    modular(
        |to, a, b, m, context| to.mod_mul(a, b, m, context).unwrap(),
        a,
        b,
        m,
    )
}

pub(super) fn add(a: &BigNum, b: &BigNum, m: &BigNum) -> BigNum {
    modular(
        |to, a, b, m, context| to.mod_add(a, b, m, context).unwrap(),
        a,
        b,
        m,
    )
}

pub(super) fn subtract(a: &BigNum, b: &BigNum, m: &BigNum) -> BigNum {
    modular(
        |to, a, b, m, context| to.mod_sub(a, b, m, context).unwrap(),
        a,
        b,
        m,
    )
}

/// A curve y² = x³ + ax + b with a base point.
pub(super) struct Curve {
    group: EcGroup,
    pub(super) order: BigNum,
}

/// A point, or nothing for zero.
pub(super) type Point = Option<(BigNum, BigNum)>;

impl Curve {
    pub(super) fn new(
        p: &BigNum,
        a: &BigNum,
        b: &BigNum,
        base: (&BigNum, &BigNum),
        order: BigNum,
    ) -> Self {
        let mut context = BigNumContext::new().unwrap();
        let mut group = EcGroup::from_components(
            BigNumRef::to_owned(p).unwrap(),
            BigNumRef::to_owned(a).unwrap(),
            BigNumRef::to_owned(b).unwrap(),
            &mut context,
        )
        .unwrap();
        let mut generator = EcPoint::new(&group).unwrap();
        generator
            .set_affine_coordinates_gfp(&group, base.0, base.1, &mut context)
            .unwrap();
        group
            .set_generator(
                generator,
                order.to_owned().unwrap(),
                BigNum::from_u32(1).unwrap(),
            )
            .unwrap();
        Self { group, order }
    }

    pub(super) fn of<const N: usize, const C: u64>(domain: &Domain<N, C>) -> Self {
        let p = number(&Fe::<N, C>::P);
        let mut a = p.to_owned().unwrap();
        a.sub_word(3).unwrap();
        Self::new(
            &p,
            &a,
            &number(&domain.b.canonical()),
            (
                &number(&domain.generator.x.canonical()),
                &number(&domain.generator.y.canonical()),
            ),
            number(domain.order.limbs()),
        )
    }

    fn read(&self, point: &EcPoint) -> Point {
        if point.is_infinity(&self.group) {
            return None;
        }
        let mut context = BigNumContext::new().unwrap();
        let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
        point
            .affine_coordinates(&self.group, &mut x, &mut y, &mut context)
            .unwrap();
        Some((x, y))
    }

    /// k·P.
    pub(super) fn base(&self, k: &BigNum) -> Point {
        let mut result = EcPoint::new(&self.group).unwrap();
        result
            .mul_generator2(&self.group, k, &mut BigNumContext::new().unwrap())
            .unwrap();
        self.read(&result)
    }

    /// z₁·P + z₂·Q.
    pub(super) fn combine(&self, z1: &BigNum, key: (&BigNum, &BigNum), z2: &BigNum) -> Point {
        let mut context = BigNumContext::new().unwrap();
        let mut point = EcPoint::new(&self.group).unwrap();
        point
            .set_affine_coordinates_gfp(&self.group, key.0, key.1, &mut context)
            .unwrap();
        let mut of_key = EcPoint::new(&self.group).unwrap();
        of_key.mul2(&self.group, &point, z2, &mut context).unwrap();
        let mut of_base = EcPoint::new(&self.group).unwrap();
        of_base
            .mul_generator2(&self.group, z1, &mut context)
            .unwrap();
        let mut sum = EcPoint::new(&self.group).unwrap();
        sum.add(&self.group, &of_base, &of_key, &mut context)
            .unwrap();
        self.read(&sum)
    }
}

/// One of our points as the oracle's.
pub(super) fn point<const N: usize, const C: u64>(point: &Affine<N, C>) -> (BigNum, BigNum) {
    (number(&point.x.canonical()), number(&point.y.canonical()))
}
