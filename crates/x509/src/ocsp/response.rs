//! OCSP answers (RFC 6960 §4.2), as the authority makes them.

use der::asn1::{AnyRef, BitStringRef, Null, OctetStringRef};
use der::{Decode, Encode};
use qaqpa_crypto::{DigestAlgorithm, PrivateKey};
use qaqpa_model::Moment;
use spki::AlgorithmIdentifierRef;
use x509_cert::certificate::Version;

use super::asn1::{
    BasicResponse, OcspResponse, RawStatus, ResponderId, ResponseBytes, ResponseData, RevokedInfo,
    SingleResponse,
};
use super::request::nonce_extension;
use super::{CertId, CertStatus};
use crate::asn1::extension;
use crate::issue::IssueError;
use crate::reason::raw_reason;
use crate::time::generalized_of;
use crate::{Certificate, ObjectIdentifier, oid};

/// `OCSPResponseStatus`: whether there is an answer at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseStatus {
    /// There is one (0).
    Successful,
    /// The request was not understood (1).
    MalformedRequest,
    /// The responder failed (2).
    InternalError,
    /// The responder asks to come again (3).
    TryLater,
    /// The request must be signed (5).
    SigRequired,
    /// The responder may not answer about this certificate, or to this client (6).
    Unauthorized,
    /// A value that RFC 6960 does not define.
    Other(u8),
}

/// What is said about one certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleAnswer {
    /// The id, as it was asked.
    pub cert_id: CertId,
    /// The status.
    pub status: CertStatus,
    /// Since when this is known to be right.
    pub this_update: Moment,
    /// When newer information will be there.
    pub next_update: Option<Moment>,
}

/// An answer to sign.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// One for each certificate asked about, in the request's order.
    pub answers: Vec<SingleAnswer>,
    /// The request's nonce.
    pub nonce: Option<Vec<u8>>,
    /// When the answer is signed.
    pub produced_at: Moment,
    /// Whether to say that never-issued certificates are answered as revoked (RFC 6960 §4.4.8).
    pub extended_revoke: bool,
}

impl ResponseStatus {
    /// The value of the ENUMERATED.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::MalformedRequest => 1,
            Self::InternalError => 2,
            Self::TryLater => 3,
            Self::SigRequired => 5,
            Self::Unauthorized => 6,
            Self::Other(code) => code,
        }
    }

    /// The status of that value.
    #[must_use]
    pub const fn from_code(code: u8) -> Self {
        match code {
            0 => Self::Successful,
            1 => Self::MalformedRequest,
            2 => Self::InternalError,
            3 => Self::TryLater,
            5 => Self::SigRequired,
            6 => Self::Unauthorized,
            other => Self::Other(other),
        }
    }
}

/// Signs an answer by a responder whose certificate goes with it.
///
/// # Errors
/// [`IssueError`].
pub fn respond(
    response: &Response,
    responder: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    respond_with(response, &[], responder, key)
}

/// [`respond`], by a responder that keeps what it knows of certificates that expired at `cutoff` or later, and says so of every
/// certificate of the answer (archiveCutoff).
///
/// # Errors
/// [`IssueError`].
///
/// Source: RFC 6960 §4.4.4: "OCSP servers that provide support for such a historical reference SHOULD include an archive cutoff
/// date extension in responses."
pub fn respond_archived(
    response: &Response,
    cutoff: Moment,
    responder: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    signed(response, Some(cutoff), &[], responder, key)
}

/// Signs an answer with more response extensions (OID, criticality, DER of the value): tests make
/// wrong answers with it.
///
/// # Errors
/// [`IssueError`].
pub fn respond_with(
    response: &Response,
    more: &[(ObjectIdentifier, bool, Vec<u8>)],
    responder: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    signed(response, None, more, responder, key)
}

fn signed(
    response: &Response,
    archive_cutoff: Option<Moment>,
    more: &[(ObjectIdentifier, bool, Vec<u8>)],
    responder: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let data = response_data(response, archive_cutoff, more, responder)?;
    let algorithm = key.signature_algorithm();
    let signature = key.sign(algorithm, &data)?;
    let algorithm = algorithm.identifier_der();
    let basic = BasicResponse {
        data: AnyRef::from_der(&data)?,
        algorithm: AlgorithmIdentifierRef::from_der(&algorithm)?,
        signature: BitStringRef::from_bytes(&signature)?,
        certificates: Some(vec![AnyRef::from_der(responder.der())?]),
    }
    .to_der()?;
    let whole = OcspResponse {
        status: AnyRef::new(der::Tag::Enumerated, &SUCCESSFUL)?,
        bytes: Some(ResponseBytes {
            kind: oid::OCSP_BASIC,
            response: OctetStringRef::new(&basic)?,
        }),
    };
    Ok(whole.to_der()?)
}

/// An answer that only says why there is none (RFC 6960 §4.2.1): unsigned.
#[must_use]
pub fn failure(status: ResponseStatus) -> Vec<u8> {
    // SEQUENCE { ENUMERATED } of one byte each.
    vec![0x30, 0x03, 0x0a, 0x01, status.code()]
}

fn response_data(
    response: &Response,
    archive_cutoff: Option<Moment>,
    more: &[(ObjectIdentifier, bool, Vec<u8>)],
    responder: &Certificate,
) -> Result<Vec<u8>, IssueError> {
    let key_hash = DigestAlgorithm::Sha1.digest(responder.public_key_bytes());
    let mut responses = Vec::with_capacity(response.answers.len());
    let mut told = Vec::new();
    if let Some(cutoff) = archive_cutoff {
        let cutoff = generalized_of(cutoff)?;
        told.push(extension(oid::OCSP_ARCHIVE_CUTOFF, false, &cutoff)?);
    }
    for answer in &response.answers {
        responses.push(SingleResponse {
            cert_id: AnyRef::from_der(&answer.cert_id.der)?,
            status: raw_status(answer.status)?,
            this_update: generalized_of(answer.this_update)?,
            next_update: answer.next_update.map(generalized_of).transpose()?,
            extensions: (!told.is_empty()).then(|| told.clone()),
        });
    }
    let mut extensions = Vec::new();
    if let Some(nonce) = &response.nonce {
        extensions.push(nonce_extension(nonce)?);
    }
    if response.extended_revoke {
        extensions.push(extension(oid::OCSP_EXTENDED_REVOKE, false, &AnyRef::NULL)?);
    }
    for (oid, critical, value) in more {
        extensions.push(extension(*oid, *critical, &AnyRef::from_der(value)?)?);
    }
    let data = ResponseData {
        version: Version::V1,
        responder: ResponderId::ByKey(OctetStringRef::new(&key_hash)?),
        produced_at: generalized_of(response.produced_at)?,
        responses,
        extensions: (!extensions.is_empty()).then_some(extensions),
    };
    Ok(data.to_der()?)
}

fn raw_status(status: CertStatus) -> Result<RawStatus, IssueError> {
    Ok(match status {
        CertStatus::Good => RawStatus::Good(Null),
        CertStatus::Unknown => RawStatus::Unknown(Null),
        CertStatus::Revoked { at, reason } => RawStatus::Revoked(RevokedInfo {
            at: generalized_of(at)?,
            reason: reason.map(raw_reason),
        }),
    })
}

/// The bytes of `successful (0)`.
const SUCCESSFUL: [u8; 1] = [0];
