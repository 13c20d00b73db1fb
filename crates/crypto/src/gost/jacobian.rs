//! Points (X/Z², Y/Z³) for verification: the fewest multiplications, in a time that depends on the (public) values.
//!
//! Formulas: dbl-2001-b, madd-2007-bl and add-2007-bl of the Explicit-Formulas Database, for a = −3. Their exceptional
//! cases (an operand zero, equal or opposite operands) are told apart before they are used.

use super::field::Fe;
use super::point::Affine;

/// A point (X/Z², Y/Z³); zero has Z = 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Jacobian<const N: usize, const C: u64> {
    pub(crate) x: Fe<N, C>,
    pub(crate) y: Fe<N, C>,
    pub(crate) z: Fe<N, C>,
}

/// A point that is added often and is not zero: with Z² and Z³.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cached<const N: usize, const C: u64> {
    point: Jacobian<N, C>,
    zz: Fe<N, C>,
    zzz: Fe<N, C>,
}

impl<const N: usize, const C: u64> Jacobian<N, C> {
    pub(crate) const ZERO: Self = Self {
        x: Fe::ONE,
        y: Fe::ONE,
        z: Fe::ZERO,
    };

    pub(crate) fn from_affine(point: &Affine<N, C>) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Fe::ONE,
        }
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.z.is_zero()
    }

    /// Twice the point. No point has order two, so y is never zero; zero stays zero (Z3 = 2·Y·Z).
    pub(crate) fn double(&self) -> Self {
        let delta = self.z.square();
        let gamma = self.y.square();
        let beta = self.x.multiply(&gamma);
        let alpha = self.x.sub(&delta).multiply(&self.x.add(&delta));
        let alpha = alpha.triple();
        let x = alpha.square().sub(&beta.shift::<3>());
        let z = self.y.multiply(&self.z).double();
        let y = alpha
            .multiply(&beta.shift::<2>().sub(&x))
            .sub(&gamma.square().shift::<3>());
        Self { x, y, z }
    }

    /// The sum with a point that is not zero.
    pub(crate) fn add_affine(&self, other: &Affine<N, C>) -> Self {
        if self.z.is_zero() {
            return Self::from_affine(other);
        }
        let zz = self.z.square();
        let u2 = other.x.multiply(&zz);
        let s2 = other.y.multiply(&self.z).multiply(&zz);
        let h = u2.sub(&self.x);
        let r = s2.sub(&self.y).double();
        if h.is_zero() {
            return self.meet(&r);
        }
        let i = h.double().square();
        let j = h.multiply(&i);
        let v = self.x.multiply(&i);
        let x = r.square().sub(&j).sub(&v.double());
        let y = r.multiply(&v.sub(&x)).sub(&self.y.multiply(&j).double());
        let z = self.z.multiply(&h).double();
        Self { x, y, z }
    }

    /// The sum with a point that is not zero, or with its opposite.
    pub(crate) fn add_cached(&self, other: &Cached<N, C>, opposite: bool) -> Self {
        let y2 = if opposite {
            other.point.y.negate()
        } else {
            other.point.y
        };
        if self.z.is_zero() {
            return Self {
                y: y2,
                ..other.point
            };
        }
        let zz = self.z.square();
        let u1 = self.x.multiply(&other.zz);
        let u2 = other.point.x.multiply(&zz);
        let s1 = self.y.multiply(&other.zzz);
        let s2 = y2.multiply(&self.z).multiply(&zz);
        let h = u2.sub(&u1);
        let r = s2.sub(&s1).double();
        if h.is_zero() {
            return self.meet(&r);
        }
        let i = h.double().square();
        let j = h.multiply(&i);
        let v = u1.multiply(&i);
        let x = r.square().sub(&j).sub(&v.double());
        let y = r.multiply(&v.sub(&x)).sub(&s1.multiply(&j).double());
        let z = self.z.multiply(&other.point.z).multiply(&h).double();
        Self { x, y, z }
    }

    /// The coordinates of many points that are not zero, by one inversion.
    pub(crate) fn normalize(points: &[Self]) -> Vec<Affine<N, C>> {
        let scales: Vec<_> = points.iter().map(|point| point.z).collect();
        let inverses = Fe::invert_all(&scales);
        let affine = |(point, inverse): (&Self, &Fe<N, C>)| {
            let square = inverse.square();
            Affine {
                x: point.x.multiply(&square),
                y: point.y.multiply(&square).multiply(inverse),
            }
        };
        points.iter().zip(&inverses).map(affine).collect()
    }

    /// The sum with a point of the same x: itself, where the difference of the y is zero, or its opposite.
    fn meet(&self, difference: &Fe<N, C>) -> Self {
        if difference.is_zero() {
            self.double()
        } else {
            Self::ZERO
        }
    }
}

impl<const N: usize, const C: u64> Cached<N, C> {
    /// Of a point that is not zero.
    pub(crate) fn new(point: &Jacobian<N, C>) -> Self {
        let zz = point.z.square();
        Self {
            point: *point,
            zz,
            zzz: zz.multiply(&point.z),
        }
    }
}
