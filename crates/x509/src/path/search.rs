//! Looking for chains of issuers (RFC 4158), within a budget.

use qaqpa_model::Limits;

use super::{Path, PathError};
use crate::asn1::SignatureFault;
use crate::{Certificate, TrustAnchors, Waivable, Waived};

/// The first chain from the leaf to an anchor whose signatures are right and that `prove` finds good.
pub(super) fn search(
    leaf: &Certificate,
    pool: &[Certificate],
    anchors: &TrustAnchors,
    limits: &Limits,
    waived: Waived,
    prove: impl FnMut(&[Certificate]) -> Result<Path, PathError>,
) -> Result<Path, PathError> {
    let mut search = Search {
        pool,
        anchors,
        waived,
        prove,
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

struct Search<'a, P> {
    pool: &'a [Certificate],
    anchors: &'a TrustAnchors,
    waived: Waived,
    prove: P,
    certificates_max: usize,
    signatures_left: usize,
    signatures_max: usize,
}

impl<'a, P: FnMut(&[Certificate]) -> Result<Path, PathError>> Search<'a, P> {
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
                None => (self.prove)(chain),
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
            let verified = current.verify_signed_by(candidate);
            let fault = match verified.map_err(SignatureFault::from) {
                Ok(()) => None,
                Err(SignatureFault::Bad) if self.waived.has(Waivable::PathSignature) => None,
                Err(SignatureFault::Weak(_) | SignatureFault::Unsupported(_))
                    if self.waived.has(Waivable::PathAlgorithm) =>
                {
                    None
                }
                Err(SignatureFault::Weak(why)) => Some(PathError::Weak { position, why }),
                Err(SignatureFault::Unsupported(oid)) => {
                    Some(PathError::Unsupported { position, oid })
                }
                Err(SignatureFault::Bad) => {
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
            .filter(|candidate| current.names_as_issuer(candidate))
            .collect();
        candidates
            .sort_by_key(|candidate| current.aki().is_some() && candidate.ski() != current.aki());
        candidates
    }
}

fn same_key(left: &Certificate, right: &Certificate) -> bool {
    left.subject_key() == right.subject_key() && left.spki_der() == right.spki_der()
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
