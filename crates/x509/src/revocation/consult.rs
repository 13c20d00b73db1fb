//! Asking the lists about one certificate (RFC 5280 §6.3.3).

use qaqpa_model::{Limits, Moment};

use super::points::{covers, points_of};
use super::{Known, RevocationError};
use crate::crl::{AnyCrl, CrlError, CrlPolicy, ListedEntry};
use crate::extensions::points::{Point, Reasons};
use crate::path::{self, Path};
use crate::{Certificate, RevocationReason};

/// One question about a path, and the questions that it leads to.
pub(super) struct Inquiry<'a> {
    path: &'a Path,
    known: Known<'a>,
    limits: &'a Limits,
    policy: &'a CrlPolicy,
    /// Certificates that are being asked about, one because of the other.
    open: Vec<Certificate>,
    /// Certificates of the path that are not revoked.
    settled: Vec<Certificate>,
    lists_left: usize,
    lists_max: usize,
}

/// Why a certificate is not known to be good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Bad {
    Budget(usize),
    Revoked(Moment, Option<RevocationReason>),
    Undetermined(Option<CrlError>),
}

impl Bad {
    pub(super) fn of(self, position: usize) -> RevocationError {
        match self {
            Self::Budget(max) => RevocationError::Budget { max },
            Self::Revoked(at, reason) => RevocationError::Revoked {
                position,
                at,
                reason,
            },
            Self::Undetermined(why) => RevocationError::Undetermined { position, why },
        }
    }
}

/// Why a list was of no use.
enum Useless {
    Budget(usize),
    /// It was not asked for, or adds nothing.
    Beside,
    Wrong(CrlError),
}

/// Lists verified for one certificate of the longest path: an authority has a few partitions, of which some candidates
/// for the signer are tried.
const LISTS_PER_CERTIFICATE: usize = 16;

impl<'a> Inquiry<'a> {
    pub(super) fn new(
        path: &'a Path,
        known: Known<'a>,
        limits: &'a Limits,
        policy: &'a CrlPolicy,
    ) -> Self {
        let lists_max = limits
            .path_certificates_max
            .max(1)
            .saturating_mul(LISTS_PER_CERTIFICATE);
        Self {
            path,
            known,
            limits,
            policy,
            open: Vec::new(),
            settled: Vec::new(),
            lists_left: lists_max,
            lists_max,
        }
    }

    /// The certificate is not revoked: it is not asked about again.
    pub(super) fn settle(&mut self, certificate: &Certificate) {
        self.settled.push(certificate.clone());
    }

    /// Whether the certificate is not revoked.
    pub(super) fn ask(&mut self, certificate: &Certificate) -> Result<(), Bad> {
        if self.settled.contains(certificate) || self.open.contains(certificate) {
            return Ok(());
        }
        self.open.push(certificate.clone());
        let answer = self.consult(certificate);
        self.open.pop();
        answer
    }

    fn consult(&mut self, certificate: &Certificate) -> Result<(), Bad> {
        let mut covered = Reasons::NONE;
        let mut why = None;
        for point in points_of(certificate) {
            for list in self.known.lists.iter().filter(|list| !list.is_delta()) {
                match self.listed(certificate, &point, list, covered) {
                    Ok((_, Some(entry))) => return Err(Bad::Revoked(entry.at, entry.reason)),
                    Ok((reasons, None)) => covered = covered.and(reasons),
                    Err(Useless::Budget(max)) => return Err(Bad::Budget(max)),
                    Err(Useless::Beside) => {}
                    Err(Useless::Wrong(error)) => why = why.or(Some(error)),
                }
            }
        }
        if Reasons::ALL.adds_to(covered) {
            return Err(Bad::Undetermined(why));
        }
        Ok(())
    }

    /// The reasons for which a list answers, and the certificate's entry in it or in the delta that updates it.
    fn listed(
        &mut self,
        certificate: &Certificate,
        point: &Point,
        list: &'a AnyCrl,
        covered: Reasons,
    ) -> Result<(Reasons, Option<ListedEntry<'a>>), Useless> {
        let reasons = covers(list, point, certificate).ok_or(Useless::Beside)?;
        if !reasons.adds_to(covered) {
            return Err(Useless::Beside);
        }
        let at = self.path.at();
        list.check_usable(at, self.policy).map_err(Useless::Wrong)?;
        let signer = self.signer(list)?;
        let delta = self
            .known
            .lists
            .iter()
            .filter(|delta| delta.is_delta() && delta.updates(list))
            .filter(|delta| delta.check_usable(at, self.policy).is_ok())
            .filter(|delta| delta.check_signer(&signer).is_ok())
            .max_by(|left, right| left.number_order().cmp(&right.number_order()));
        let changed = delta.and_then(|delta| delta.entry(certificate));
        let entry = changed.or_else(|| list.entry(certificate));
        let revoked = entry.filter(|entry| entry.reason != Some(RevocationReason::RemoveFromCrl));
        Ok((reasons, revoked))
    }

    /// The certificate of who signed the list: proven to the path's own anchor, not revoked (RFC 5280 §6.3.3 (f), (g)).
    fn signer(&mut self, list: &AnyCrl) -> Result<Certificate, Useless> {
        let known = self.path.certificates().iter().chain(self.known.pool);
        let known = known
            .chain(self.known.anchors.roots())
            .chain(self.known.anchors.intermediates());
        let mut candidates: Vec<Certificate> = Vec::new();
        for candidate in known.filter(|candidate| candidate.subject_key() == list.issuer()) {
            if !candidates.contains(candidate) {
                candidates.push(candidate.clone());
            }
        }
        let wanted = list.authority_key_id();
        candidates.sort_by_key(|candidate| wanted.is_some() && candidate.ski() != wanted);
        let mut why = CrlError::WrongIssuer;
        for candidate in candidates {
            self.lists_left = self
                .lists_left
                .checked_sub(1)
                .ok_or(Useless::Budget(self.lists_max))?;
            match list.check_signer(&candidate) {
                Ok(()) => {}
                Err(error) => {
                    why = error;
                    continue;
                }
            }
            match self.is_proven(&candidate) {
                Ok(true) => return Ok(candidate),
                Ok(false) => why = CrlError::WrongIssuer,
                Err(max) => return Err(Useless::Budget(max)),
            }
        }
        Err(Useless::Wrong(why))
    }

    /// Whether a signer of lists leads to the path's anchor by certificates that are not revoked.
    fn is_proven(&mut self, signer: &Certificate) -> Result<bool, usize> {
        let certificates = self.path.certificates();
        let anchor = certificates.last();
        // The path's own authorities are proven; those above the certificate that is asked about are settled.
        if Some(signer) == anchor || self.settled.contains(signer) {
            return Ok(true);
        }
        let pool: Vec<_> = certificates
            .iter()
            .chain(self.known.pool)
            .cloned()
            .collect();
        let built = path::build(
            signer,
            &pool,
            self.known.anchors,
            self.path.at(),
            self.limits,
        );
        let Ok(built) = built else {
            return Ok(false);
        };
        if built.certificates().last() != anchor {
            return Ok(false);
        }
        let below_anchor = built.certificates().len().saturating_sub(1);
        for certificate in built.certificates()[..below_anchor].iter().rev() {
            match self.ask(certificate) {
                Ok(()) => {}
                Err(Bad::Budget(max)) => return Err(max),
                Err(_) => return Ok(false),
            }
        }
        Ok(true)
    }
}
