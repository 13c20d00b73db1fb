//! Judging a CRL: signed evidence only.

use std::time::Duration;

use qaqpa_model::Moment;
use thiserror::Error;

use super::Crl;
use crate::{Certificate, ObjectIdentifier};

/// How new a list may be, and how many entries are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CrlPolicy {
    /// How far after the moment of judgement `thisUpdate` may lie: the clocks' skew, and more where a past
    /// moment is judged by a list of today.
    pub ahead_max: Duration,
    /// Entries of one list.
    pub entries_max: usize,
}

impl Default for CrlPolicy {
    /// Clocks five minutes apart at most; a million entries (8 MiB hold about 200 000).
    fn default() -> Self {
        Self {
            ahead_max: Duration::from_secs(5 * 60),
            entries_max: 1_000_000,
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
    /// The list is a delta: it says nothing without its base.
    #[error("a delta list without its base")]
    Delta,
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

/// Judges a list of an issuer at a moment, by the default policy.
///
/// # Errors
/// [`CrlError`], the first that applies.
///
/// Source: RFC 5280 §6.3, for complete lists of the issuer itself.
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
    let _ = (crl_der, issuer, at, policy);
    todo!()
}
