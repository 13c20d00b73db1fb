//! Certification paths: from a certificate to an anchor, by RFC 5280 §6.

mod names;
mod policies;
mod prove;
mod search;

use qaqpa_model::{Limits, Moment};
use thiserror::Error;

use crate::{Certificate, ObjectIdentifier, TrustAnchors, Waived, oid};

/// A path that was proven: every signature, name, validity period, basicConstraints, keyUsage, name and policy
/// constraint and critical extension on it was checked at one moment.
///
/// Having one says nothing about revocation, nor about what the leaf may be used for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    certificates: Vec<Certificate>,
    at: Moment,
    policies: Vec<ObjectIdentifier>,
}

/// What a relying party asks of the policies of a path (RFC 5280 §6.1.1 (c), (e)–(g)). The default asks nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathInputs {
    /// user-initial-policy-set: the policies that are good enough; [`oid::ANY_POLICY`] for any.
    pub initial_policies: Vec<ObjectIdentifier>,
    /// initial-explicit-policy: the path must be valid for one of them.
    pub require_explicit_policy: bool,
    /// initial-policy-mapping-inhibit: no authority's mappings are followed.
    pub inhibit_policy_mapping: bool,
    /// initial-any-policy-inhibit: anyPolicy in a certificate is no policy.
    pub inhibit_any_policy: bool,
    /// Checks that a laboratory leaves out.
    pub waived: Waived,
}

impl Default for PathInputs {
    fn default() -> Self {
        Self {
            initial_policies: vec![oid::ANY_POLICY],
            require_explicit_policy: false,
            inhibit_policy_mapping: false,
            inhibit_any_policy: false,
            waived: Waived::NONE,
        }
    }
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
    /// The search was given up: too many certificates, signatures to verify, policies or names to compare.
    #[error("no path was found within the budget of {max}")]
    Budget {
        /// Certificates on a path, signatures tried, policies of a certificate, or names compared.
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
    /// An authority above it excludes a name of this certificate, does not permit it, or constrains names of a form
    /// that is not looked into.
    #[error("certificate {position}: its {form} is not permitted by an authority above it")]
    NameConstraint {
        /// Which certificate.
        position: usize,
        /// The form of the name.
        form: &'static str,
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
    /// The path must be valid for a policy, and is for none of those wanted.
    #[error("certificate {position}: the path is valid for no policy that is wanted")]
    Policy {
        /// Which certificate.
        position: usize,
    },
    /// An authority maps anyPolicy (RFC 5280 §6.1.4 (a)).
    #[error("certificate {position}: maps anyPolicy")]
    PolicyMapping {
        /// Which certificate.
        position: usize,
    },
    /// A certificate has a critical extension that is not read here, or an anchor one that is not heeded in anchors.
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

    /// The policies that the path is valid for, of those that were wanted, sorted; [`oid::ANY_POLICY`] stands for any.
    /// Empty where it is valid for none and none was required.
    ///
    /// Source: RFC 5280 §6.1.6, user-constrained-policy-set.
    #[must_use]
    pub fn policies(&self) -> &[ObjectIdentifier] {
        &self.policies
    }

    /// The moment at which the path was proven.
    #[must_use]
    pub fn at(&self) -> Moment {
        self.at
    }
}

/// Builds and proves a path from the leaf to one of the anchors, at a moment, whatever its policies.
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
/// Source: RFC 5280 §6.1 with RFC 9618; names are compared by RFC 5280 §7.1.
pub fn build(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &TrustAnchors,
    at: Moment,
    limits: &Limits,
) -> Result<Path, PathError> {
    build_with(leaf, pool, anchors, at, limits, &PathInputs::default())
}

/// [`build`], with what the relying party asks of the path's policies.
///
/// # Errors
/// As [`build`].
pub fn build_with(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &TrustAnchors,
    at: Moment,
    limits: &Limits,
    inputs: &PathInputs,
) -> Result<Path, PathError> {
    search::search(leaf, pool, anchors, limits, inputs.waived, |chain| {
        prove::prove(chain, at, inputs)
    })
}
