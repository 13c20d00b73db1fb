//! What can be wrong with a time-stamp token.

use qaqpa_model::Moment;
use thiserror::Error;

use super::{Accuracy, Failure, Status};
use crate::ObjectIdentifier;
use crate::asn1::SignatureFault;
use crate::cms::{AttributeError, SignerError};

/// Why a token is no evidence.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum StampError {
    /// The token is less exact than is allowed: with an accuracy of years every moment would be right.
    #[error("the token's moment is exact to {} seconds only", accuracy.duration().as_secs())]
    AccuracyTooWide {
        /// What the token says.
        accuracy: Accuracy,
    },
    /// The token's signature is not by the key of the certificate.
    #[error("the token's signature is wrong")]
    BadSignature,
    /// TSTInfo has a critical extension; none is known here.
    #[error("unknown critical extension {oid}")]
    Critical {
        /// Which one.
        oid: ObjectIdentifier,
    },
    /// The moments of two tokens are in another order than the tokens.
    #[error("token {position} is earlier than the one before it")]
    Disordered {
        /// The place of the later token, from 0.
        position: usize,
    },
    /// The token is about other data.
    #[error("the token is about other data")]
    ImprintWrong,
    /// The bytes are not the DER of a time-stamp token.
    #[error("not a time-stamp token: {what}")]
    Malformed {
        /// Which part.
        what: &'static str,
    },
    /// The attribute messageDigest is not the digest of TSTInfo.
    #[error("the signed digest is not that of the content")]
    MessageDigestWrong,
    /// A nonce was asked and the token has none.
    #[error("the token has no nonce")]
    NonceMissing,
    /// The nonce is not the one that was asked.
    #[error("the token's nonce is another one")]
    NonceWrong,
    /// The token is from the future.
    #[error("the token is of {gen_time}, which has not come yet")]
    NotYet {
        /// `genTime`.
        gen_time: Moment,
    },
    /// The token is under another policy than the one asked for.
    #[error("the token is under the policy {policy}")]
    PolicyWrong {
        /// Its policy.
        policy: ObjectIdentifier,
    },
    /// The certificate is not one for stamping, by RFC 3161 §2.3.
    #[error("the signer's certificate is not a time-stamping authority's: {why}")]
    Purpose {
        /// What is wrong.
        why: &'static str,
    },
    /// The authority gave no token.
    #[error("the authority gave no token: {status:?} {failures:?} {text}")]
    Rejected {
        /// The status.
        status: Status,
        /// Why, in RFC 3161's terms.
        failures: Vec<Failure>,
        /// Why, in the authority's words.
        text: String,
    },
    /// The bytes are not the DER of a TimeStampResp, or status and token contradict each other.
    #[error("not an answer of a time-stamping authority")]
    ResponseMalformed,
    /// Neither signingCertificate nor signingCertificateV2 is among the signed attributes.
    #[error("the token does not name its signer's certificate")]
    SigningCertificateMissing,
    /// The signed attributes name another certificate than the signer's.
    #[error("the token names another certificate than its signer's")]
    SigningCertificateWrong,
    /// The status is "granted", and there is no token.
    #[error("granted, and there is no token")]
    TokenMissing,
    /// The token is of a moment before the data can have been stamped.
    #[error("the token is of {gen_time}, which is too early")]
    TooEarly {
        /// `genTime`.
        gen_time: Moment,
    },
    /// The name of the authority in the token is neither the certificate's subject nor one of its other names.
    #[error("the token names another authority than its signer")]
    TsaNameWrong,
    /// No certificate at hand is the one that the token's signer is identified by.
    #[error("the signer's certificate is not at hand")]
    TsaUnknown,
    /// The certificate was not within its period at `genTime`.
    #[error("the authority's certificate was not in force at {gen_time}")]
    TsaNotInForce {
        /// `genTime`.
        gen_time: Moment,
    },
    /// The token is by an algorithm that is not offered.
    #[error("the token is by {oid}, which is not supported")]
    Unsupported {
        /// The algorithm.
        oid: String,
    },
    /// A digest, the signature or the key is too weak.
    #[error("{why}")]
    Weak {
        /// What is weak.
        why: &'static str,
    },
}

impl From<SignatureFault> for StampError {
    fn from(fault: SignatureFault) -> Self {
        match fault {
            SignatureFault::Bad => Self::BadSignature,
            SignatureFault::Unsupported(oid) => unsupported(oid),
            SignatureFault::Weak(why) => Self::Weak { why },
        }
    }
}

impl From<SignerError> for StampError {
    fn from(error: SignerError) -> Self {
        match error {
            SignerError::BadSignature => Self::BadSignature,
            SignerError::DigestOther => {
                malformed("digest and signature are of different algorithms")
            }
            SignerError::Malformed { what } => malformed(what),
            SignerError::SigningCertificateWrong => Self::SigningCertificateWrong,
            SignerError::Unsupported { oid } => unsupported(oid),
            SignerError::Weak { why } => Self::Weak { why },
        }
    }
}

impl From<AttributeError> for StampError {
    fn from(_: AttributeError) -> Self {
        malformed("the signed attributes")
    }
}

pub(super) const fn malformed(what: &'static str) -> StampError {
    StampError::Malformed { what }
}

pub(super) const fn unsupported(oid: String) -> StampError {
    StampError::Unsupported { oid }
}
