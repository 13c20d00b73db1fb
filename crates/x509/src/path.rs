//! Certification paths: from a certificate to an anchor, by RFC 5280 §6.

use qaqpa_model::{Limits, Moment};
use thiserror::Error;

use crate::{Certificate, ObjectIdentifier, TrustAnchors};

/// A path that was proven: every signature, name, validity period, basicConstraints, keyUsage and
/// critical extension on it was checked at one moment.
///
/// Having one says nothing about revocation, nor about what the leaf may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    certificates: Vec<Certificate>,
    at: Moment,
}

/// Why there is no path. `position` counts from the leaf (0) towards the anchor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PathError {
    /// A certificate bears its issuer's name and not its signature.
    #[error("certificate {position}: the issuer's signature is wrong")]
    BadSignature {
        /// Which certificate.
        position: usize,
    },
    /// The search was given up: too many certificates or too many signatures to verify.
    #[error("no path was found within the budget of {max}")]
    Budget {
        /// Certificates on a path, or signatures tried.
        max: usize,
    },
    /// A certificate's period is over.
    #[error("certificate {position}: expired at {not_after}")]
    Expired {
        /// Which certificate.
        position: usize,
        /// The last moment of its validity.
        not_after: Moment,
    },
    /// An authority's certificate has a keyUsage without keyCertSign.
    #[error("certificate {position}: may not sign certificates")]
    KeyCertSign {
        /// Which certificate.
        position: usize,
    },
    /// A certificate that issued another is not an authority's (basicConstraints).
    #[error("certificate {position}: not an authority's certificate")]
    NotCa {
        /// Which certificate.
        position: usize,
    },
    /// A certificate's period has not begun.
    #[error("certificate {position}: not valid before {not_before}")]
    NotYetValid {
        /// Which certificate.
        position: usize,
        /// The first moment of its validity.
        not_before: Moment,
    },
    /// More authorities stand below this one than its pathLenConstraint allows.
    #[error("certificate {position}: too many authorities below it")]
    PathLen {
        /// Which certificate.
        position: usize,
    },
    /// A certificate has a critical extension that is not read here.
    #[error("certificate {position}: unknown critical extension {oid}")]
    UnknownCritical {
        /// Which certificate.
        position: usize,
        /// The extension.
        oid: ObjectIdentifier,
    },
    /// No chain of issuers leads to an anchor.
    #[error("no chain of issuers leads to a trusted authority")]
    Untrusted,
    /// A signature on the path is by an algorithm that is not offered.
    #[error("certificate {position}: signed with {oid}, which is not supported")]
    Unsupported {
        /// Which certificate.
        position: usize,
        /// The algorithm.
        oid: String,
    },
    /// A key or a signature on the path is too weak.
    #[error("certificate {position}: {why}")]
    Weak {
        /// Which certificate.
        position: usize,
        /// What is weak.
        why: &'static str,
    },
}

impl Path {
    /// From the leaf (first) to the anchor (last).
    #[must_use]
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// The certificate that was asked about.
    #[must_use]
    pub fn leaf(&self) -> &Certificate {
        &self.certificates[0]
    }

    /// The issuer of the certificate at this position; the anchor has none.
    #[must_use]
    pub fn issuer_of(&self, position: usize) -> Option<&Certificate> {
        self.certificates.get(position.checked_add(1)?)
    }

    /// The moment at which the path was proven.
    #[must_use]
    pub fn at(&self) -> Moment {
        self.at
    }
}

/// Builds and proves a path from the leaf to one of the anchors, at a moment.
///
/// Issuers are looked for in the pool, among the anchors' intermediates and among the anchors
/// themselves. The search is bounded by `limits.path_certificates_max` certificates a path and a
/// multiple of it in signatures tried.
///
/// # Errors
/// [`PathError`]. Where several chains of names lead to anchors and all fail, the first one's error;
/// an error other than [`PathError::Untrusted`], [`PathError::BadSignature`] and
/// [`PathError::Budget`] says that, but for this, the chain does lead to an anchor.
///
/// Source: RFC 5280 §6.1, without policies and name constraints (critical ones are refused).
pub fn build(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &TrustAnchors,
    at: Moment,
    limits: &Limits,
) -> Result<Path, PathError> {
    let _ = (leaf, pool, anchors, at, limits);
    todo!()
}
