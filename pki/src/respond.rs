//! The one place where the authority's errors become answers.

use axum::response::Response;
use http::StatusCode;
use qaqpa_transport::control::refusal;

use crate::PkiError;
use crate::authority::Refused;

/// A refusal by rule, on the control port.
#[must_use]
pub fn refused(why: &Refused) -> Response {
    let (status, label) = match why {
        Refused::CertificateUnknown => (StatusCode::NOT_FOUND, "certificate-unknown"),
        Refused::AlreadyRevoked => (StatusCode::CONFLICT, "already-revoked"),
        Refused::AlreadySuspended => (StatusCode::CONFLICT, "already-suspended"),
        Refused::RootNotRevocable => (StatusCode::CONFLICT, "root-not-revocable"),
        Refused::NotSuspended => (StatusCode::CONFLICT, "not-suspended"),
    };
    refusal(status, label, why.to_string())
}

/// A request of the control port that cannot be read, or says something that cannot be.
#[must_use]
pub fn unreadable(label: &str, meaning: impl Into<String>) -> Response {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, label, meaning)
}

/// A fault of ours: logged whole, told in one sentence.
#[must_use]
pub fn fault(error: &PkiError) -> Response {
    tracing::error!(%error, "the authority could not do its work");
    refusal(
        StatusCode::INTERNAL_SERVER_ERROR,
        "own-fault",
        "the authority could not do its work; its log says why",
    )
}
