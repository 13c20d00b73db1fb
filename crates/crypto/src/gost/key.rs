//! Keys of GOST 34.10.

use std::fmt;

use zeroize::Zeroizing;

use super::domain::{CRYPTO_PRO_A, Domain, TC26_512_A};
use super::field::Fe;
use super::point::Affine;
use super::{Curve, limbs, sign, verify};
use crate::CryptoError;

/// A public key: a point of the curve that is not its zero.
#[derive(Clone)]
pub struct VerifyingKey {
    point: Point,
    xy: Vec<u8>,
}

/// The point of a public key.
#[derive(Clone)]
enum Point {
    CryptoProA(Affine<4, 617>),
    Tc26A512(Affine<8, 569>),
}

/// A private key: a scalar between zero and the group's order.
pub struct SigningKey {
    curve: Curve,
    scalar: Zeroizing<Vec<u8>>,
    public: VerifyingKey,
}

impl VerifyingKey {
    /// Reads x‖y, each little-endian.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where they are not a point of the curve.
    pub fn from_xy(curve: Curve, xy: &[u8]) -> Result<Self, CryptoError> {
        let point = match curve {
            Curve::CryptoProA => read_point(&CRYPTO_PRO_A, xy).map(Point::CryptoProA),
            Curve::Tc26A512 => read_point(&TC26_512_A, xy).map(Point::Tc26A512),
        };
        Ok(Self {
            point: point.ok_or(CryptoError::KeyUnusable {
                why: "not a point of the curve",
            })?,
            xy: xy.to_vec(),
        })
    }

    /// x‖y, each little-endian.
    #[must_use]
    pub fn xy(&self) -> &[u8] {
        &self.xy
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        match self.point {
            Point::CryptoProA(_) => Curve::CryptoProA,
            Point::Tc26A512(_) => Curve::Tc26A512,
        }
    }

    /// Verifies r‖s (each little-endian) over a digest.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let verified = match &self.point {
            Point::CryptoProA(key) => verify_bytes(&CRYPTO_PRO_A, key, digest, signature),
            Point::Tc26A512(key) => verify_bytes(&TC26_512_A, key, digest, signature),
        };
        verified
            .unwrap_or(false)
            .then_some(())
            .ok_or(CryptoError::BadSignature)
    }
}

impl PartialEq for VerifyingKey {
    fn eq(&self, other: &Self) -> bool {
        self.curve() == other.curve() && self.xy == other.xy
    }
}

impl Eq for VerifyingKey {}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey")
            .field("curve", &self.curve())
            .field("xy", &self.xy)
            .finish()
    }
}

impl SigningKey {
    /// Makes a key; the operating system gives the randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where there is no randomness.
    pub fn generate(curve: Curve) -> Result<Self, CryptoError> {
        match curve {
            Curve::CryptoProA => {
                let d = sign::random(&CRYPTO_PRO_A.order).map_err(|_| NO_RANDOMNESS)?;
                Ok(Self::new(&CRYPTO_PRO_A, curve, &d, Point::CryptoProA))
            }
            Curve::Tc26A512 => {
                let d = sign::random(&TC26_512_A.order).map_err(|_| NO_RANDOMNESS)?;
                Ok(Self::new(&TC26_512_A, curve, &d, Point::Tc26A512))
            }
        }
    }

    /// Reads a little-endian scalar.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where it is zero or not below the group's order.
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        match curve {
            Curve::CryptoProA => {
                let d = read_scalar(&CRYPTO_PRO_A, scalar)?;
                Ok(Self::new(&CRYPTO_PRO_A, curve, &d, Point::CryptoProA))
            }
            Curve::Tc26A512 => {
                let d = read_scalar(&TC26_512_A, scalar)?;
                Ok(Self::new(&TC26_512_A, curve, &d, Point::Tc26A512))
            }
        }
    }

    /// The little-endian scalar: a secret.
    #[must_use]
    pub fn scalar(&self) -> &[u8] {
        &self.scalar
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &VerifyingKey {
        &self.public
    }

    /// Signs a digest: r‖s, each little-endian.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where there is no randomness, or the digest has not the curve's length.
    pub fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
        match self.curve {
            Curve::CryptoProA => sign_bytes(&CRYPTO_PRO_A, &self.scalar, digest),
            Curve::Tc26A512 => sign_bytes(&TC26_512_A, &self.scalar, digest),
        }
    }

    fn new<const N: usize, const C: u64>(
        domain: &Domain<N, C>,
        curve: Curve,
        d: &[u64; N],
        wrap: impl Fn(Affine<N, C>) -> Point,
    ) -> Self {
        let point = sign::public(domain, d);
        let mut scalar = Zeroizing::new(Vec::with_capacity(8 * N));
        limbs::push_le_bytes(d, &mut scalar);
        let mut xy = Vec::with_capacity(16 * N);
        limbs::push_le_bytes(&point.x.canonical(), &mut xy);
        limbs::push_le_bytes(&point.y.canonical(), &mut xy);
        Self {
            curve,
            scalar,
            public: VerifyingKey {
                point: wrap(point),
                xy,
            },
        }
    }
}

const NO_RANDOMNESS: CryptoError = CryptoError::KeyUnusable {
    why: "the operating system gives no randomness",
};

fn read_point<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    xy: &[u8],
) -> Option<Affine<N, C>> {
    let (x, y) = xy.split_at_checked(8 * N)?;
    let x = Fe::from_limbs(limbs::from_le_bytes(x)?)?;
    let y = Fe::from_limbs(limbs::from_le_bytes(y)?)?;
    Affine::on_curve(x, y, &domain.b)
}

fn read_scalar<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    scalar: &[u8],
) -> Result<Zeroizing<[u64; N]>, CryptoError> {
    limbs::from_le_bytes(scalar)
        .map(Zeroizing::new)
        .filter(|d| domain.order.holds(d))
        .ok_or(CryptoError::KeyUnusable {
            why: "not a scalar of the curve's group",
        })
}

fn verify_bytes<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    key: &Affine<N, C>,
    digest: &[u8],
    signature: &[u8],
) -> Option<bool> {
    let e = limbs::from_le_bytes(digest)?;
    let (r, s) = signature.split_at_checked(8 * N)?;
    let (r, s) = (limbs::from_le_bytes(r)?, limbs::from_le_bytes(s)?);
    Some(verify::verify(domain, key, &e, &r, &s))
}

fn sign_bytes<const N: usize, const C: u64>(
    domain: &Domain<N, C>,
    scalar: &[u8],
    digest: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let d = read_scalar(domain, scalar)?;
    let e = limbs::from_le_bytes(digest).ok_or(CryptoError::KeyUnusable {
        why: "the digest has not the length of the curve's digest",
    })?;
    loop {
        let k = sign::random(&domain.order).map_err(|_| NO_RANDOMNESS)?;
        if let Some((r, s)) = sign::sign(domain, &d, &e, &k) {
            let mut signature = Vec::with_capacity(16 * N);
            limbs::push_le_bytes(&r, &mut signature);
            limbs::push_le_bytes(&s, &mut signature);
            return Ok(signature);
        }
    }
}
