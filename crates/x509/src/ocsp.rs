//! The online certificate status protocol (RFC 6960): requests, answers, and judging answers.

mod asn1;
mod request;
mod response;
mod verify;

pub use request::{CertId, Request, RequestError};
pub use response::{
    Response, ResponseStatus, SingleAnswer, failure, respond, respond_archived, respond_with,
};
pub use verify::{OcspAnswer, OcspError, OcspPolicy, verify, verify_waiving};

use qaqpa_model::Moment;

use crate::RevocationReason;

/// What an authority says about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertStatus {
    /// Not revoked.
    Good,
    /// Revoked, or suspended ([`RevocationReason::CertificateHold`]), from this moment on.
    Revoked {
        /// Since when.
        at: Moment,
        /// Why, if the authority says so.
        reason: Option<RevocationReason>,
    },
    /// The responder does not know the certificate.
    Unknown,
}
