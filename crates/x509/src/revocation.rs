//! Whether a path's certificates are revoked, by lists of every kind (RFC 5280 §6.3.3).
//!
//! A pure function of what it is given: the lists and the certificates of their signers are fetched by others. A list
//! counts where the certificate's distribution points, or its issuer, lead to it; partitions are put together until
//! every reason is covered; a delta is used where it follows its base.

mod consult;
mod points;

use qaqpa_model::{Limits, Moment};
use thiserror::Error;

use crate::crl::{AnyCrl, CrlError, CrlPolicy};
use crate::path::Path;
use crate::{Certificate, RevocationReason, TrustAnchors};

/// What is known beside the path.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The lists, of any issuer and in any order.
    pub lists: &'a [AnyCrl],
    /// Certificates that may have signed a list, or lead from its signer to the anchor.
    pub pool: &'a [Certificate],
    /// The anchors; a list's signer must lead to the path's own.
    pub anchors: &'a TrustAnchors,
}

/// Why a path is not known to be free of revoked certificates. `position` counts from the leaf (0) towards the anchor.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum RevocationError {
    /// Too many lists had to be verified.
    #[error("no answer within the budget of {max} lists")]
    Budget {
        /// Lists verified.
        max: usize,
    },
    /// A certificate is revoked or suspended.
    #[error("certificate {position}: revoked since {at}")]
    Revoked {
        /// Which certificate.
        position: usize,
        /// Since when.
        at: Moment,
        /// Why, if the authority says so.
        reason: Option<RevocationReason>,
        /// Lists that are out of date say so, or deltas that do not follow their list, and no other about the same; or a delta that
        /// cannot be used says "suspended": one in its time may say so since an earlier moment.
        is_stale: bool,
        /// The lists do not answer for every reason: one about another may say so since an earlier moment.
        is_partial: bool,
        /// As of when that is known: of the statements in their time that say so since that moment the latest, each as its delta
        /// brings it up to date; of others where there is none. A date after it was announced, and nobody knew yet: so it is wherever a
        /// statement in its time says "revoked" since a moment after it was made, whatever date another names.
        this_update: Moment,
    },
    /// The lists do not say of a certificate that it is not revoked, for whatever reason one revokes.
    #[error("certificate {position}: no list says whether it is revoked")]
    Undetermined {
        /// Which certificate.
        position: usize,
        /// What was wrong with the first list that should have said it, if there was one.
        why: Option<CrlError>,
    },
}

/// What says that a certificate is not revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clear {
    /// Since when this is known: of several lists the oldest, each as its delta brings it up to date.
    pub this_update: Moment,
    /// When the first of the lists and deltas is out of date.
    pub next_update: Option<Moment>,
}

/// Whether no certificate of the path, but the anchor, is revoked at the path's moment.
///
/// # Errors
/// [`RevocationError`] of the certificate nearest to the anchor.
///
/// Source: RFC 5280 §6.3.3, with deltas. Every list that is about a certificate is heard, and one that lists it is
/// enough; of the lists of one signer and one scope the highest number counts (§5.2.3). A list's signer is himself a
/// certificate whose path is proven and whose status is asked; where the question comes back to a certificate that is
/// being asked about, its own answer decides if there is no other list about it. Lists without nextUpdate are not used.
pub fn check(
    path: &Path,
    known: Known<'_>,
    limits: &Limits,
    policy: &CrlPolicy,
) -> Result<(), RevocationError> {
    let mut inquiry = consult::Inquiry::new(path, path.at(), known, limits, policy);
    let certificates = path.certificates();
    for position in (0..certificates.len().saturating_sub(1)).rev() {
        let certificate = &certificates[position];
        inquiry
            .ask(certificate)
            .map_err(|status| status.of(position))?;
        inquiry.settle(certificate);
    }
    Ok(())
}

/// Whether one certificate of the path is revoked, by lists that must be in their time at this moment.
///
/// What stands above it on the path is taken for not revoked: ask about it first, by these lists or by other evidence.
///
/// # Errors
/// [`RevocationError`] of this certificate. A position that the path does not have, or the anchor's, is
/// [`RevocationError::Undetermined`]: no list speaks of anchors.
///
/// Source: as [`check`].
pub fn check_one(
    path: &Path,
    position: usize,
    at: Moment,
    known: Known<'_>,
    limits: &Limits,
    policy: &CrlPolicy,
) -> Result<Clear, RevocationError> {
    let (certificate, above) = match path.certificates().get(position..) {
        Some([certificate, above @ ..]) if !above.is_empty() => (certificate, above),
        _ => {
            return Err(RevocationError::Undetermined {
                position,
                why: None,
            });
        }
    };
    let mut inquiry = consult::Inquiry::new(path, at, known, limits, policy);
    for authority in above {
        inquiry.settle(authority);
    }
    inquiry
        .ask(certificate)
        .map(|answer| answer.clear)
        .map_err(|status| status.of(position))
}
