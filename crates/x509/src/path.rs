//! Certification paths: from a certificate to an anchor, by RFC 5280 §6.

use qaqpa_crypto::CryptoError;
use qaqpa_model::{Limits, Moment};
use thiserror::Error;

use crate::{Certificate, KeyUsage, ObjectIdentifier, TrustAnchors};

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
    let mut search = Search {
        pool,
        anchors,
        at,
        certificates_max: limits.path_certificates_max.max(1),
        signatures_left: signatures_max(limits),
        signatures_max: signatures_max(limits),
    };
    search.climb(&mut vec![leaf.clone()], &mut Vec::new())
}

/// Signatures tried for one path: several candidates of one name for each place.
fn signatures_max(limits: &Limits) -> usize {
    limits.path_certificates_max.max(1).saturating_mul(8)
}

struct Search<'a> {
    pool: &'a [Certificate],
    anchors: &'a TrustAnchors,
    at: Moment,
    certificates_max: usize,
    signatures_left: usize,
    signatures_max: usize,
}

impl<'a> Search<'a> {
    /// Looks for an issuer of the chain's last certificate, and for that one's, up to an anchor.
    ///
    /// `faults` are links that are named and cannot be verified (a weak algorithm): they are followed, so that
    /// the fault is reported only where the chain does lead to an anchor.
    fn climb(
        &mut self,
        chain: &mut Vec<Certificate>,
        faults: &mut Vec<PathError>,
    ) -> Result<Path, PathError> {
        let position = chain.len() - 1;
        let current = chain[position].clone();
        if self.anchors.contains(&current) {
            return match faults.last() {
                Some(fault) => Err(fault.clone()),
                None => self.prove(chain),
            };
        }
        if chain.len() >= self.certificates_max {
            return Err(PathError::Budget {
                max: self.certificates_max,
            });
        }
        let mut failure = PathError::Untrusted;
        for candidate in self.candidates(&current) {
            if chain.iter().any(|earlier| same_key(earlier, candidate)) {
                continue;
            }
            let Some(left) = self.signatures_left.checked_sub(1) else {
                return Err(worse(
                    failure,
                    PathError::Budget {
                        max: self.signatures_max,
                    },
                ));
            };
            self.signatures_left = left;
            let fault = match current.verify_signature(candidate.spki_der()) {
                Ok(()) => None,
                Err(CryptoError::Weak { why }) => Some(PathError::Weak { position, why }),
                Err(CryptoError::Unsupported { oid }) => {
                    Some(PathError::Unsupported { position, oid })
                }
                Err(_) => {
                    failure = worse(failure, PathError::BadSignature { position });
                    continue;
                }
            };
            let before = faults.len();
            faults.extend(fault);
            chain.push(candidate.clone());
            match self.climb(chain, faults) {
                Ok(path) => return Ok(path),
                Err(error) => failure = worse(failure, error),
            }
            chain.pop();
            faults.truncate(before);
        }
        Err(failure)
    }

    /// Certificates whose subject is the issuer's name; those with the right key identifier first.
    fn candidates(&self, current: &Certificate) -> Vec<&'a Certificate> {
        let named = self.anchors.roots().iter().chain(self.pool);
        let mut candidates: Vec<_> = named
            .chain(self.anchors.intermediates())
            .filter(|candidate| candidate.subject_der() == current.issuer_der())
            .collect();
        candidates
            .sort_by_key(|candidate| current.aki().is_some() && candidate.ski() != current.aki());
        candidates
    }

    /// RFC 5280 §6.1.3 and §6.1.4 for a chain whose signatures are verified, from the anchor down.
    fn prove(&self, chain: &[Certificate]) -> Result<Path, PathError> {
        for (position, certificate) in chain.iter().enumerate().rev() {
            self.check_period(position, certificate)?;
            if let Some(oid) = certificate.unknown_critical().first() {
                return Err(PathError::UnknownCritical {
                    position,
                    oid: *oid,
                });
            }
            check_key(position, certificate)?;
            if position > 0 {
                check_authority(position, certificate, &chain[1..position])?;
            }
        }
        Ok(Path {
            certificates: chain.to_vec(),
            at: self.at,
        })
    }

    fn check_period(&self, position: usize, certificate: &Certificate) -> Result<(), PathError> {
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        if self.at < not_before {
            return Err(PathError::NotYetValid {
                position,
                not_before,
            });
        }
        // The last second belongs to the period (RFC 5280 §4.1.2.5), whatever its fraction.
        if self.at.unix_s() > not_after.unix_s() {
            return Err(PathError::Expired {
                position,
                not_after,
            });
        }
        Ok(())
    }
}

fn check_key(position: usize, certificate: &Certificate) -> Result<(), PathError> {
    match qaqpa_crypto::public::check_key(certificate.spki_der()) {
        Ok(()) => Ok(()),
        Err(CryptoError::Unsupported { oid }) => Err(PathError::Unsupported { position, oid }),
        Err(CryptoError::Weak { why } | CryptoError::KeyUnusable { why }) => {
            Err(PathError::Weak { position, why })
        }
        Err(_) => Err(PathError::BadSignature { position }),
    }
}

/// RFC 5280 §6.1.4 (k)–(n): an authority, allowed to sign certificates, with not too many below it.
fn check_authority(
    position: usize,
    certificate: &Certificate,
    below: &[Certificate],
) -> Result<(), PathError> {
    if !certificate.is_ca() {
        return Err(PathError::NotCa { position });
    }
    if certificate
        .key_usage()
        .is_some_and(|usage| !usage.has(KeyUsage::KEY_CERT_SIGN))
    {
        return Err(PathError::KeyCertSign { position });
    }
    let authorities = below.iter().filter(|below| !below.is_self_issued()).count();
    if certificate
        .path_len()
        .is_some_and(|max| authorities > usize::from(max))
    {
        return Err(PathError::PathLen { position });
    }
    Ok(())
}

fn same_key(left: &Certificate, right: &Certificate) -> bool {
    left.subject_der() == right.subject_der() && left.spki_der() == right.spki_der()
}

/// The error that says more: one about a whole chain before one about a search that led nowhere.
fn worse(earlier: PathError, later: PathError) -> PathError {
    let rank = |error: &PathError| match error {
        PathError::Untrusted => 0,
        PathError::BadSignature { .. } => 1,
        PathError::Budget { .. } => 2,
        _ => 3,
    };
    if rank(&later) > rank(&earlier) {
        later
    } else {
        earlier
    }
}
