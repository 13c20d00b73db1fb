//! Keys of GOST 34.10.

use zeroize::Zeroizing;

use super::Curve;
use crate::CryptoError;

/// A public key: a point of the curve that is not its zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey {
    curve: Curve,
    xy: Vec<u8>,
}

/// A private key: a scalar between zero and the group's order.
pub struct SigningKey {
    curve: Curve,
    scalar: Zeroizing<Vec<u8>>,
    public: VerifyingKey,
}

const NOT_YET: CryptoError = CryptoError::KeyUnusable {
    why: "GOST arithmetic is not there yet",
};

impl VerifyingKey {
    /// Reads x‖y, each little-endian.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where they are not a point of the curve.
    pub fn from_xy(curve: Curve, xy: &[u8]) -> Result<Self, CryptoError> {
        let _ = (curve, xy);
        Err(NOT_YET)
    }

    /// x‖y, each little-endian.
    #[must_use]
    pub fn xy(&self) -> &[u8] {
        &self.xy
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// Verifies r‖s (each little-endian) over a digest.
    ///
    /// # Errors
    /// [`CryptoError::BadSignature`].
    pub fn verify(&self, digest: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        let _ = (digest, signature);
        Err(NOT_YET)
    }
}

impl SigningKey {
    /// Makes a key; the operating system gives the randomness.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where there is no randomness.
    pub fn generate(curve: Curve) -> Result<Self, CryptoError> {
        let _ = curve;
        Err(NOT_YET)
    }

    /// Reads a little-endian scalar.
    ///
    /// # Errors
    /// [`CryptoError::KeyUnusable`] where it is zero or not below the group's order.
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self, CryptoError> {
        let _ = (curve, scalar);
        Err(NOT_YET)
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
    /// [`CryptoError::KeyUnusable`] where there is no randomness.
    pub fn sign(&self, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let _ = digest;
        Err(NOT_YET)
    }
}
