//! Answers OCSP requests from the register (RFC 6960), as the national authority does.
//!
//! One door for every issuer: the issuer of the first certificate asked about that is one of ours chooses the delegated
//! responder that signs. That responder may not speak for another issuer, so that certificates of others in the same
//! request are answered `unknown`: ask about them in a request of their own. Where no issuer is ours, the responder for
//! RSA says so, by `unknown` too.

use std::sync::Arc;

use qaqpa_crypto::KeyKind;
use qaqpa_model::Moment;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::{
    CertId, CertStatus, Request, RequestError, Response, ResponseStatus, SingleAnswer, failure,
    respond,
};

use crate::PkiError;
use crate::authority::{Authority, IssuerName, status_at};
use crate::vault::Signer;

/// Bytes of one request: sixty-four certificates take about 8 000.
const REQUEST_BYTES_MAX: usize = 32 * 1024;

/// An answer that is not signed yet, and by whom it is to be.
#[derive(Clone, Debug)]
pub struct Draft {
    /// For which issuer's certificates it speaks.
    pub issuer: IssuerName,
    /// What it says.
    pub response: Response,
    /// The delegated responder.
    pub responder: Arc<Signer>,
}

impl Draft {
    /// The signed answer.
    ///
    /// Blocks for one signature.
    ///
    /// # Errors
    /// [`PkiError::Issue`].
    pub fn sign(&self) -> Result<Vec<u8>, PkiError> {
        Ok(respond(
            &self.response,
            &self.responder.certificate,
            &self.responder.key,
        )?)
    }
}

/// Answers one request; every outcome has its bytes.
pub async fn answer(authority: &Authority, request_der: &[u8]) -> Vec<u8> {
    let request = match read(authority, request_der) {
        Ok(request) => request,
        Err(status) => return failure(status),
    };
    let drafted = draft(authority, &request, authority.clock.now()).await;
    match drafted.and_then(|draft| draft.map(|draft| draft.sign()).transpose()) {
        Ok(Some(response)) => response,
        Ok(None) => failure(ResponseStatus::TryLater),
        Err(error) => {
            tracing::error!(%error, "an OCSP request was not answered");
            failure(ResponseStatus::InternalError)
        }
    }
}

/// Reads a request.
///
/// # Errors
/// The status that says why it is not answered.
pub fn read(authority: &Authority, request_der: &[u8]) -> Result<Request, ResponseStatus> {
    if request_der.len() > REQUEST_BYTES_MAX {
        return Err(ResponseStatus::MalformedRequest);
    }
    Request::decode(request_der, authority.config.ocsp_certificates_max).map_err(|error| {
        tracing::debug!(%error, "an OCSP request was refused");
        match error {
            RequestError::TooLong { .. } => ResponseStatus::Unauthorized,
            _ => ResponseStatus::MalformedRequest,
        }
    })
}

/// What is to be answered as of a moment; `None` while there is no responder.
///
/// # Errors
/// [`PkiError`] where the register could not be read.
pub async fn draft(
    authority: &Authority,
    request: &Request,
    at: Moment,
) -> Result<Option<Draft>, PkiError> {
    let first = request
        .cert_ids
        .iter()
        .find_map(|cert_id| issuer_of(authority, cert_id));
    let issuer = first.unwrap_or(IssuerName::Issuing(KeyKind::Rsa));
    let Some(responder) = authority.responder(issuer) else {
        return Ok(None);
    };
    let mut answers = Vec::with_capacity(request.cert_ids.len());
    for cert_id in &request.cert_ids {
        answers.push(SingleAnswer {
            cert_id: cert_id.clone(),
            status: status(authority, issuer, cert_id, at).await?,
            this_update: at,
            // RFC 6960 §2.4: absent, because newer information is there at all times.
            next_update: None,
        });
    }
    Ok(Some(Draft {
        issuer,
        response: Response {
            answers,
            nonce: request.nonce.clone(),
            produced_at: at,
            // RFC 6960 §4.4.8: we answer never-issued certificates as revoked.
            extended_revoke: true,
        },
        responder,
    }))
}

/// The issuer that a certificate's id names, if it is one of ours that has a responder.
pub fn issuer_of(authority: &Authority, cert_id: &CertId) -> Option<IssuerName> {
    IssuerName::all()
        .filter(|issuer| *issuer != IssuerName::Foreign)
        .find(|issuer| cert_id.names_issuer(&authority.issuer(*issuer).certificate))
}

async fn status(
    authority: &Authority,
    issuer: IssuerName,
    cert_id: &CertId,
    at: Moment,
) -> Result<CertStatus, PkiError> {
    if !cert_id.names_issuer(&authority.issuer(issuer).certificate) {
        // Another authority's: nothing is known, not even whether it was issued.
        return Ok(CertStatus::Unknown);
    }
    let serial = hex::encode(cert_id.serial());
    let register = authority.store.authority();
    let found = register.by_serial(issuer.as_str(), &serial).await?;
    Ok(found.map_or_else(never_issued, |record| status_at(record.state, at)))
}

/// RFC 6960 §2.2: a certificate that was never issued is "revoked", on hold, since 1970-01-01.
fn never_issued() -> CertStatus {
    CertStatus::Revoked {
        at: Moment::from_unix_ms(0),
        reason: Some(RevocationReason::CertificateHold),
    }
}
