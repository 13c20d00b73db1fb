//! Checks that a laboratory leaves out, to show what each is good for: an attack that passes without it.
//!
//! Only with the cargo feature `laboratory`, which no product is built with, is there any other value than
//! [`Waived::NONE`].

/// A check that can be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Waivable {
    /// An authority's certificate is in force.
    AuthorityPeriod,
    /// Issuers are authorities.
    BasicConstraints,
    /// No unknown critical extension of a list.
    CrlCritical,
    /// A list is not out of date.
    CrlFresh,
    /// A list is not of the future.
    CrlNotYet,
    /// A list's signature is right.
    CrlSignature,
    /// A list's signer may sign lists.
    CrlSigner,
    /// keyCertSign of issuers.
    KeyCertSign,
    /// The leaf is in force.
    LeafPeriod,
    /// Name constraints.
    NameConstraints,
    /// An OCSP answer is about the certificate asked about.
    OcspCertId,
    /// No unknown critical extension of an OCSP answer.
    OcspCritical,
    /// An OCSP answer is recent.
    OcspFresh,
    /// The nonce came back.
    OcspNonce,
    /// An OCSP answer is not of the future.
    OcspNotYet,
    /// An OCSP answer's signer is the issuer, or delegated by it.
    OcspResponder,
    /// The delegated responder's certificate is usable.
    OcspResponderUsable,
    /// An OCSP answer's signature is right.
    OcspSignature,
    /// Keys and signatures of a path are strong and known.
    PathAlgorithm,
    /// No unknown critical extension of a certificate.
    PathCritical,
    /// pathLenConstraint.
    PathLength,
    /// The issuer's signature on a certificate.
    PathSignature,
    /// Certificate policies.
    Policies,
}

/// The checks that are left out: none, but in a laboratory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waived {
    #[cfg(feature = "laboratory")]
    bits: u32,
}

impl Waived {
    /// Every check is made.
    pub const NONE: Self = Self {
        #[cfg(feature = "laboratory")]
        bits: 0,
    };

    /// Without this check, too.
    #[cfg(feature = "laboratory")]
    #[must_use]
    pub const fn with(self, check: Waivable) -> Self {
        Self {
            bits: self.bits | 1 << check as u32,
        }
    }

    /// Whether this check is left out.
    #[cfg(feature = "laboratory")]
    pub(crate) const fn has(self, check: Waivable) -> bool {
        self.bits & (1 << check as u32) != 0
    }

    /// Whether this check is left out: never.
    #[cfg(not(feature = "laboratory"))]
    pub(crate) const fn has(self, _: Waivable) -> bool {
        false
    }
}
