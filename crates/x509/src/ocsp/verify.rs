//! Judging an OCSP answer: signed evidence only.

use std::time::Duration;

use qaqpa_model::Moment;
use thiserror::Error;

use super::{CertStatus, ResponseStatus};
use crate::{Certificate, ObjectIdentifier};

/// How old and how new an answer may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OcspPolicy {
    /// The oldest `thisUpdate` and `producedAt` that are accepted, before the moment of judgement.
    pub age_max: Duration,
    /// How far after the moment of judgement `thisUpdate` and `producedAt` may lie: the clocks' skew, and more
    /// where a past moment is judged by an answer of today.
    pub ahead_max: Duration,
}

impl Default for OcspPolicy {
    /// One day old at most (the national authority answers live), clocks five minutes apart at most.
    fn default() -> Self {
        Self {
            age_max: Duration::from_secs(24 * 60 * 60),
            ahead_max: Duration::from_secs(5 * 60),
        }
    }
}

/// What a proven answer says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OcspAnswer {
    /// The status of the certificate asked about.
    pub status: CertStatus,
    /// Since when this is known to be right.
    pub this_update: Moment,
    /// When newer information will be there.
    pub next_update: Option<Moment>,
    /// When the answer was signed.
    pub produced_at: Moment,
    /// Who signed it: the issuer itself, or a responder that the issuer delegated.
    pub responder: Certificate,
    /// Whether the responder says that it answers never-issued certificates as revoked.
    pub extended_revoke: bool,
}

impl OcspAnswer {
    /// Whether "revoked" means "never issued": certificateHold at 1970-01-01 with extended-revoke
    /// (RFC 6960 §2.2).
    #[must_use]
    pub fn is_never_issued(&self) -> bool {
        self.extended_revoke
            && matches!(
                self.status,
                CertStatus::Revoked {
                    at,
                    reason: Some(crate::RevocationReason::CertificateHold),
                } if at.unix_ms() == 0
            )
    }
}

/// Why an OCSP answer is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum OcspError {
    /// The answer's signature is not the responder's.
    #[error("the answer's signature is wrong")]
    BadSignature,
    /// More than one part of the answer is about the certificate.
    #[error("the answer speaks of the certificate more than once")]
    CertIdAmbiguous,
    /// No part of the answer is about the certificate.
    #[error("the answer does not speak of the certificate")]
    CertIdMissing,
    /// The answer has a critical extension that is not read here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The bytes are not the DER of an OCSP answer.
    #[error("not the DER of an OCSP answer")]
    Malformed,
    /// A nonce was asked and the answer has none, or has it twice.
    #[error("the answer has no nonce")]
    NonceMissing,
    /// The nonce is not the one that was asked.
    #[error("the answer's nonce is another one")]
    NonceWrong,
    /// The answer is from the future.
    #[error("the answer is of {moment}, which has not come yet")]
    NotYet {
        /// `thisUpdate` or `producedAt`.
        moment: Moment,
    },
    /// The answer was signed by a certificate that is neither the issuer nor delegated by it.
    #[error("the answer's signer is neither the issuer nor delegated by it")]
    ResponderUnauthorized,
    /// The delegated responder's certificate was not valid when it signed, or has no nocheck, so that its
    /// own revocation would have to be asked.
    #[error("the responder's certificate was not usable: {why}")]
    ResponderUnusable {
        /// What is wrong with it.
        why: &'static str,
    },
    /// The answer is older than allowed, or `nextUpdate` is past.
    #[error("the answer is out of date since {moment}")]
    Stale {
        /// Since when.
        moment: Moment,
    },
    /// The responder gave no answer.
    #[error("the responder gave no answer: {0:?}")]
    Status(ResponseStatus),
    /// The answer is of a type or signed by an algorithm that is not known here.
    #[error("the answer is by {oid}, which is not supported")]
    Unsupported {
        /// The type or the algorithm.
        oid: String,
    },
    /// The signature or the responder's key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

/// Judges an OCSP answer about a certificate of an issuer, at a moment.
///
/// Pass the nonce that was sent: it must come back. The responder is the issuer itself, or holds a
/// certificate that the issuer signed with the extended key usage OCSPSigning, valid when it signed
/// (and, where the answer is older, at the moment), with id-pkix-ocsp-nocheck.
///
/// # Errors
/// [`OcspError`], the first that applies.
///
/// Source: RFC 6960 §3.2, §4.2.2.
pub fn verify(
    response_der: &[u8],
    certificate: &Certificate,
    issuer: &Certificate,
    nonce: Option<&[u8]>,
    at: Moment,
    policy: &OcspPolicy,
) -> Result<OcspAnswer, OcspError> {
    let _ = (response_der, certificate, issuer, nonce, at, policy);
    todo!()
}
