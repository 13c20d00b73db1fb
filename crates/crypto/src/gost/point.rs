//! Points of y² = x³ − 3x + b by complete formulas: no exceptional cases, so nothing to branch on.
//!
//! Renes, Costello, Batina, "Complete addition formulas for prime order elliptic curves" (2015/1060), algorithms 5
//! (mixed addition) and 6 (doubling) for a = −3. They hold for every pair of points of a group of odd order, zero
//! included; both national curves have a prime order. Signing and the making of keys use nothing else.

use zeroize::Zeroize;

use super::field::Fe;

/// A point that is not zero, as its two coordinates.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Affine<const N: usize, const C: u64> {
    pub(crate) x: Fe<N, C>,
    pub(crate) y: Fe<N, C>,
}

/// A point (X/Z, Y/Z); zero has Z = 0.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Projective<const N: usize, const C: u64> {
    x: Fe<N, C>,
    y: Fe<N, C>,
    z: Fe<N, C>,
}

impl<const N: usize, const C: u64> Affine<N, C> {
    /// The point with these coordinates, where the curve has one.
    pub(crate) fn on_curve(x: Fe<N, C>, y: Fe<N, C>, b: &Fe<N, C>) -> Option<Self> {
        let three_x = x.triple();
        let right = x.square().multiply(&x).sub(&three_x).add(b);
        y.square().equals(&right).then_some(Self { x, y })
    }

    /// `a` where the mask is all ones, `b` where it is zero.
    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self {
            x: Fe::select(mask, &a.x, &b.x),
            y: Fe::select(mask, &a.y, &b.y),
        }
    }

    /// The other point with this x where the mask is all ones.
    #[inline(always)]
    pub(crate) fn negate_if(&self, mask: u64) -> Self {
        Self {
            x: self.x,
            y: Fe::select(mask, &self.y.negate(), &self.y),
        }
    }
}

impl<const N: usize, const C: u64> Projective<N, C> {
    pub(crate) const ZERO: Self = Self {
        x: Fe::ZERO,
        y: Fe::ONE,
        z: Fe::ZERO,
    };

    #[inline(always)]
    pub(crate) fn select(mask: u64, a: &Self, b: &Self) -> Self {
        Self {
            x: Fe::select(mask, &a.x, &b.x),
            y: Fe::select(mask, &a.y, &b.y),
            z: Fe::select(mask, &a.z, &b.z),
        }
    }

    /// The sum with a point that is not zero (algorithm 5).
    pub(crate) fn add_affine(&self, other: &Affine<N, C>, b: &Fe<N, C>) -> Self {
        let (x1, y1, z1) = (&self.x, &self.y, &self.z);
        let (x2, y2) = (&other.x, &other.y);
        let t0 = x1.multiply(x2);
        let t1 = y1.multiply(y2);
        let t3 = x2.add(y2).multiply(&x1.add(y1)).sub(&t0.add(&t1));
        let t4 = y2.multiply(z1).add(y1);
        let y3 = x2.multiply(z1).add(x1);
        let x3 = y3.sub(&b.multiply(z1));
        let x3 = x3.triple();
        let z3 = t1.sub(&x3);
        let x3 = t1.add(&x3);
        let three_z = z1.triple();
        let y3 = b.multiply(&y3).sub(&three_z).sub(&t0);
        let y3 = y3.triple();
        let t0 = t0.triple().sub(&three_z);
        Self {
            x: t3.multiply(&x3).sub(&t4.multiply(&y3)),
            y: x3.multiply(&z3).add(&t0.multiply(&y3)),
            z: t4.multiply(&z3).add(&t3.multiply(&t0)),
        }
    }

    /// Twice the point (algorithm 6).
    pub(crate) fn double(&self, b: &Fe<N, C>) -> Self {
        let (x, y, z) = (&self.x, &self.y, &self.z);
        let t0 = x.square();
        let t1 = y.square();
        let t2 = z.square();
        let t3 = x.multiply(y).double();
        let z3 = x.multiply(z).double();
        let y3 = b.multiply(&t2).sub(&z3);
        let y3 = y3.triple();
        let x3 = t1.sub(&y3);
        let y3 = t1.add(&y3).multiply(&x3);
        let x3 = x3.multiply(&t3);
        let t2 = t2.triple();
        let z3 = b.multiply(&z3).sub(&t2).sub(&t0);
        let z3 = z3.triple();
        let t0 = t0.triple().sub(&t2);
        let y3 = y3.add(&t0.multiply(&z3));
        let t0 = y.multiply(z).double();
        Self {
            x: x3.sub(&t0.multiply(&z3)),
            y: y3,
            z: t0.multiply(&t1).shift::<2>(),
        }
    }

    /// The opposite point.
    pub(crate) fn negate(&self) -> Self {
        Self {
            y: self.y.negate(),
            ..*self
        }
    }

    /// The coordinates of many points that are not zero, by one inversion.
    pub(crate) fn normalize(points: &[Self]) -> Vec<Affine<N, C>> {
        let scales: Vec<_> = points.iter().map(|point| point.z).collect();
        let inverses = Fe::invert_all(&scales);
        let affine = |(point, inverse): (&Self, &Fe<N, C>)| Affine {
            x: point.x.multiply(inverse),
            y: point.y.multiply(inverse),
        };
        points.iter().zip(&inverses).map(affine).collect()
    }

    /// The coordinates; (0, 0), which no curve with b ≠ 0 has, for zero.
    pub(crate) fn affine(&self) -> Affine<N, C> {
        let inverse = self.z.invert();
        Affine {
            x: self.x.multiply(&inverse),
            y: self.y.multiply(&inverse),
        }
    }
}

impl<const N: usize, const C: u64> Zeroize for Projective<N, C> {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}
