//! Answers OCSP requests from the register (RFC 6960), as the national authority does.

use qaqpa_model::Moment;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::{
    CertId, CertStatus, Request, RequestError, Response, ResponseStatus, SingleAnswer, failure,
    respond,
};

use crate::PkiError;
use crate::authority::{Authority, IssuerName, status_at};

/// Bytes of one request: sixty-four certificates take about 8 000.
const REQUEST_BYTES_MAX: usize = 32 * 1024;

/// Answers one request; every outcome has its bytes.
pub async fn answer(authority: &Authority, request_der: &[u8]) -> Vec<u8> {
    if request_der.len() > REQUEST_BYTES_MAX {
        return failure(ResponseStatus::MalformedRequest);
    }
    let request = match Request::decode(request_der, authority.config.ocsp_certificates_max) {
        Ok(request) => request,
        Err(error) => {
            tracing::debug!(%error, "an OCSP request was refused");
            return failure(refusal(&error));
        }
    };
    match signed(authority, &request).await {
        Ok(Some(response)) => response,
        Ok(None) => failure(ResponseStatus::TryLater),
        Err(error) => {
            tracing::error!(%error, "an OCSP request was not answered");
            failure(ResponseStatus::InternalError)
        }
    }
}

fn refusal(error: &RequestError) -> ResponseStatus {
    match error {
        RequestError::TooLong { .. } => ResponseStatus::Unauthorized,
        _ => ResponseStatus::MalformedRequest,
    }
}

/// The signed answer; `None` while there is no responder.
async fn signed(authority: &Authority, request: &Request) -> Result<Option<Vec<u8>>, PkiError> {
    let Some(responder) = authority.responder() else {
        return Ok(None);
    };
    let now = authority.clock.now();
    let mut answers = Vec::with_capacity(request.cert_ids.len());
    for cert_id in &request.cert_ids {
        answers.push(SingleAnswer {
            cert_id: cert_id.clone(),
            status: status(authority, cert_id, now).await?,
            this_update: now,
            // RFC 6960 §2.4: absent, because newer information is there at all times.
            next_update: None,
        });
    }
    let response = Response {
        answers,
        nonce: request.nonce.clone(),
        produced_at: now,
        // RFC 6960 §4.4.8: we answer never-issued certificates as revoked.
        extended_revoke: true,
    };
    Ok(Some(respond(
        &response,
        &responder.certificate,
        &responder.key,
    )?))
}

async fn status(
    authority: &Authority,
    cert_id: &CertId,
    now: Moment,
) -> Result<CertStatus, PkiError> {
    if !cert_id.names_issuer(&authority.vault.issuing.certificate) {
        // Another authority's: nothing is known, not even whether it was issued.
        return Ok(CertStatus::Unknown);
    }
    let serial = hex::encode(cert_id.serial());
    let register = authority.store.authority();
    let found = register
        .by_serial(IssuerName::Issuing.as_str(), &serial)
        .await?;
    Ok(found.map_or_else(never_issued, |record| status_at(record.state, now)))
}

/// RFC 6960 §2.2: a certificate that was never issued is "revoked", on hold, since 1970-01-01.
fn never_issued() -> CertStatus {
    CertStatus::Revoked {
        at: Moment::from_unix_ms(0),
        reason: Some(RevocationReason::CertificateHold),
    }
}
