//! Judging a CRL of the issuer itself: signed evidence only.

use std::time::Duration;

use qaqpa_model::Moment;
use thiserror::Error;

use super::entries::EntryRules;
use super::list::{ListExtensions, RawList};
use super::{Crl, DeltaCrl};
use crate::asn1::SignatureFault;
use crate::{Certificate, ObjectIdentifier, Waived};

/// How new a list may be, and how many entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlPolicy {
    /// How far after the moment of judgement `thisUpdate` may lie: the clocks' skew, and more where a past
    /// moment is judged by a list of today.
    pub ahead_max: Duration,
    /// Entries of one list.
    pub entries_max: usize,
    /// Checks that a laboratory leaves out.
    pub waived: Waived,
}

impl Default for CrlPolicy {
    /// Clocks five minutes apart at most; a million entries, which are some 48 MiB of DER with serial numbers of 20 bytes
    /// and reasons, and 44 MB when they are read. How many bytes are fetched is for who fetches them
    /// (`qaqpa_model::Limits::list_bytes_max`).
    fn default() -> Self {
        Self {
            ahead_max: Duration::from_secs(5 * 60),
            entries_max: 1_000_000,
            waived: Waived::NONE,
        }
    }
}

/// Why a CRL is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The list's signature is not the issuer's.
    #[error("the list's signature is wrong")]
    BadSignature,
    /// The issuer's key usage lacks cRLSign.
    #[error("the issuer may not sign lists")]
    CrlSign,
    /// The list or an entry has a critical extension that is not read here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The list is a delta, which says nothing without its base; or it is none where one was wanted.
    #[error("a delta list where a complete one is wanted, or the reverse")]
    Delta,
    /// A delta that is newer than the list and does not bring it up to date says that the certificate is suspended: whether that was
    /// lifted since, nobody knows.
    #[error(
        "a newer delta, which does not bring the list up to date, says that the certificate is suspended"
    )]
    DeltaHold,
    /// The delta is not of this list: its base is newer than the list, or the list is as new as it.
    #[error("the delta does not follow the list")]
    DeltaUnfit,
    /// The list was made after the certificate's end and does not say that it keeps entries for so long (expiredCertsOnCRL): that
    /// it is silent about the certificate says nothing.
    #[error(
        "the list is of after the certificate's end ({not_after}), and does not keep entries for so long (expiredCertsOnCRL)"
    )]
    Expired {
        /// The last moment of the certificate's validity.
        not_after: Moment,
    },
    /// The bytes are not the DER of a list of version 2.
    #[error("not the DER of a revocation list")]
    Malformed,
    /// The list has no nextUpdate, so that nothing says when it is out of date.
    #[error("the list has no nextUpdate")]
    NextUpdateMissing,
    /// The list is from the future.
    #[error("the list is of {moment}, which has not come yet")]
    NotYet {
        /// `thisUpdate`.
        moment: Moment,
    },
    /// The list has no cRLNumber.
    #[error("the list has no number")]
    NumberMissing,
    /// The list is for some certificates or reasons only, or speaks for other issuers.
    #[error("the list is partitioned or indirect")]
    Partitioned,
    /// The certificate of who signed the list is not in force at the moment at which the list is heard: whoever has the key by now could
    /// have dated it back.
    #[error("the signer's certificate is not in force at {at}, when the list is heard")]
    SignerNotInForce {
        /// When the list is heard.
        at: Moment,
    },
    /// Whoever signed the list does not lead to the path's anchor, or is not known to be good himself.
    #[error("the signer of the list is not proven or is revoked")]
    SignerUnproven,
    /// `nextUpdate` is past.
    #[error("the list is out of date since {moment}")]
    Stale {
        /// `nextUpdate`.
        moment: Moment,
    },
    /// More entries than the limit.
    #[error("more than {max} entries")]
    TooLong {
        /// The limit.
        max: usize,
    },
    /// Signed by an algorithm that is not known here.
    #[error("the list is signed with {oid}, which is not supported")]
    Unsupported {
        /// The algorithm.
        oid: String,
    },
    /// The signature or the key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
    /// The list is another issuer's.
    #[error("the list is another issuer's")]
    WrongIssuer,
}

impl From<SignatureFault> for CrlError {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::Bad => Self::BadSignature,
            SignatureFault::Unsupported(oid) => Self::Unsupported { oid },
            SignatureFault::Weak(why) => Self::Weak { why },
        }
    }
}

/// Judges a list of an issuer at a moment, by the default policy.
///
/// # Errors
/// [`CrlError`], the first that applies.
///
/// Source: RFC 5280 §6.3, for complete lists of the issuer itself; lists for a part of its certificates are for
/// [`crate::revocation`].
pub fn verify(crl_der: &[u8], issuer: &Certificate, at: Moment) -> Result<Crl, CrlError> {
    verify_within(crl_der, issuer, at, &CrlPolicy::default())
}

/// Judges a list of an issuer at a moment.
///
/// # Errors
/// [`CrlError`], the first that applies.
pub fn verify_within(
    crl_der: &[u8],
    issuer: &Certificate,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<Crl, CrlError> {
    let list = RawList::read(crl_der)?;
    if list.issuer != issuer.subject_der() {
        return Err(CrlError::WrongIssuer);
    }
    list.check_signer(issuer)?;
    if list.extensions.base.is_some() {
        return Err(CrlError::Delta);
    }
    judge(&list, false, at, policy)
}

/// Judges a delta of an issuer at a moment; with [`Crl::with`] it says what changed since its base.
///
/// # Errors
/// [`CrlError`], the first that applies; [`CrlError::Delta`] where the list is a complete one.
///
/// Source: RFC 5280 §5.2.4.
pub fn verify_delta(
    crl_der: &[u8],
    issuer: &Certificate,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<DeltaCrl, CrlError> {
    let list = RawList::read(crl_der)?;
    if list.issuer != issuer.subject_der() {
        return Err(CrlError::WrongIssuer);
    }
    list.check_signer(issuer)?;
    let base = list.extensions.base.clone().ok_or(CrlError::Delta)?;
    let list = judge(&list, true, at, policy)?;
    Ok(DeltaCrl { base, list })
}

/// What a list says beside its signature: everything of this issuer, in its time, with entries that may stand in it.
fn judge(
    list: &RawList<'_>,
    removals: bool,
    at: Moment,
    policy: &CrlPolicy,
) -> Result<Crl, CrlError> {
    let number = check_extensions(&list.extensions)?;
    let (this_update, next_update) = list.check_times(at, policy)?;
    let entries = list.entries(EntryRules {
        max: policy.entries_max,
        removals,
        issuers: false,
        odd_serials: false,
    })?;
    Ok(Crl {
        number,
        this_update,
        next_update,
        entries,
    })
}

/// The list's own extensions: for everything, of this issuer; gives back the number.
fn check_extensions(extensions: &ListExtensions) -> Result<Vec<u8>, CrlError> {
    if extensions.scope.is_some() {
        return Err(CrlError::Partitioned);
    }
    if let Some(oid) = extensions.unknown_critical {
        return Err(CrlError::Critical { oid });
    }
    extensions.number.clone().ok_or(CrlError::NumberMissing)
}
