//! OCSP answers (RFC 6960 §4.2), as the authority makes them.

use qaqpa_crypto::PrivateKey;
use qaqpa_model::Moment;

use super::{CertId, CertStatus};
use crate::Certificate;
use crate::issue::IssueError;

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

/// Signs an answer by a responder whose certificate goes with it (RSA with SHA-256).
///
/// # Errors
/// [`IssueError`].
pub fn respond(
    response: &Response,
    responder: &Certificate,
    key: &PrivateKey,
) -> Result<Vec<u8>, IssueError> {
    let _ = (response, responder, key);
    todo!()
}

/// An answer that only says why there is none (RFC 6960 §4.2.1): unsigned.
#[must_use]
pub fn failure(status: ResponseStatus) -> Vec<u8> {
    let _ = status;
    todo!()
}
