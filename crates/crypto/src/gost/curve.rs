//! The two curves of the national profile; their numbers are in `domain`.

/// A curve of the national profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// CryptoPro-A, 256 bits, p = 2^256 − 617 (RFC 4357 §11.4): GOST 34.310-2004.
    CryptoProA,
    /// TC26-512-A, 512 bits, p = 2^512 − 569 (RFC 7836 Appendix A.2): GOST 34.10-2015.
    Tc26A512,
}

impl Curve {
    /// Bytes of a coordinate, of a scalar, and of a digest that is signed.
    #[must_use]
    pub const fn bytes(self) -> usize {
        match self {
            Self::CryptoProA => 32,
            Self::Tc26A512 => 64,
        }
    }
}
