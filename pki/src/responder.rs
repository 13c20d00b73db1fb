//! Answers OCSP requests from the register (RFC 6960), as the national authority does.
//!
//! One door for every issuer: the issuer of the first certificate asked about that is one of ours chooses the delegated
//! responder that signs. That responder may not speak for another issuer, so that certificates of others in the same
//! request are answered `unknown`: ask about them in a request of their own. Where no issuer is ours, the responder for
//! RSA says so, by `unknown` too.
//!
//! The register forgets nobody: every answer has an archiveCutoff (RFC 6960 §4.4.4) at the issuer's beginning, so that it counts about
//! certificates that expired too.
//!
//! An answer without a nonce is signed ahead: it has a `nextUpdate` ([`Config::ocsp_fresh_seconds`](crate::Config)) and
//! is [kept], to be given again until then, but only while it says what the register says at that very moment. Whoever was
//! told that a certificate is revoked never gets an older "good" from here; caches on the way of a GET may give one until
//! its `nextUpdate` (RFC 5019 §6.2). Only answers about one certificate that was issued are kept. An answer with a nonce is
//! signed for each request, in its turn (`signing`).

pub mod kept;
pub(crate) mod signing;

use std::sync::Arc;

use axum::body::Bytes;
use qaqpa_crypto::{DigestAlgorithm, KeyKind};
use qaqpa_model::Moment;
use qaqpa_x509::RevocationReason;
use qaqpa_x509::ocsp::{
    CertId, CertStatus, Request, RequestError, Response, ResponseStatus, SingleAnswer, failure,
    respond_archived,
};

use crate::PkiError;
use crate::authority::{Authority, IssuerName};
use crate::own::responder_again;
use crate::responder::kept::{About, Ahead};
use crate::standing::Standing;
use crate::vault::{Signer, Vault};

/// Bytes of one request: sixty-four certificates take about 8 000.
const REQUEST_BYTES_MAX: usize = 32 * 1024;

/// Bytes of the ids of what a kept answer is about: with SHA-512 and twenty bytes of a serial number one takes 170.
const ABOUT_BYTES_MAX: usize = 256;

/// An answer as it is served.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The `OCSPResponse`.
    pub der: Bytes,
    /// Of an answer that was signed ahead: how long it is good.
    pub ahead: Option<Arc<Ahead>>,
}

impl Answer {
    fn unkept(der: Vec<u8>) -> Self {
        Self {
            der: der.into(),
            ahead: None,
        }
    }

    fn failed(status: ResponseStatus) -> Self {
        Self::unkept(failure(status))
    }
}

/// An answer that is not signed yet, and by whom it is to be.
#[derive(Clone, Debug)]
pub struct Draft {
    /// For which issuer's certificates it speaks.
    pub issuer: IssuerName,
    /// What it says.
    pub response: Response,
    /// Since when what is known of certificates is kept, those that expired too: the issuer's beginning.
    pub archive_cutoff: Moment,
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
        Ok(respond_archived(
            &self.response,
            self.archive_cutoff,
            &self.responder.certificate,
            &self.responder.key,
        )?)
    }
}

/// Answers one request as of now; every outcome has its bytes.
pub async fn answer(authority: &Arc<Authority>, request_der: &[u8]) -> Answer {
    let request = match read(authority, request_der) {
        Ok(request) => request,
        Err(status) => return Answer::failed(status),
    };
    let answered = if request.nonce.is_some() || authority.config.ocsp_fresh_seconds == 0 {
        signed(authority, request).await
    } else {
        signed_ahead(authority, request).await
    };
    told(answered)
}

/// Answers one request as it would have been at a moment; every outcome has its bytes, and none is kept.
///
/// Where the responder of now was not in force then, its key gets a certificate for that moment, in memory only.
pub async fn answer_as_of(authority: &Arc<Authority>, request_der: &[u8], at: Moment) -> Answer {
    let request = match read(authority, request_der) {
        Ok(request) => request,
        Err(status) => return Answer::failed(status),
    };
    let asked = Arc::clone(authority);
    let work = move || {
        // What is so when its turn has come.
        let Some(mut draft) = draft(&asked, &request, at) else {
            return Ok(None);
        };
        let certificate = &draft.responder.certificate;
        if at < certificate.not_before() || certificate.not_after() < at {
            let key = draft.responder.key.clone();
            let period = Standing::InForce.period(at, asked.config.responder());
            let issuer = asked.issuer(draft.issuer);
            let responder = responder_again(draft.issuer, issuer, key, period)?;
            draft.responder = Arc::new(responder);
        }
        Ok(Some(Answer::unkept(draft.sign()?)))
    };
    told(authority.places.signing(work).await)
}

fn told(answered: Result<Option<Answer>, PkiError>) -> Answer {
    match answered {
        Ok(Some(answer)) => answer,
        Ok(None) => Answer::failed(ResponseStatus::TryLater),
        Err(error) => {
            tracing::error!(%error, "an OCSP request was not answered");
            Answer::failed(ResponseStatus::InternalError)
        }
    }
}

/// An answer for this request alone; `None` while there is no responder.
async fn signed(authority: &Arc<Authority>, request: Request) -> Result<Option<Answer>, PkiError> {
    let asked = Arc::clone(authority);
    let work = move || {
        // What is so when its turn has come.
        let Some(draft) = draft(&asked, &request, asked.clock.now()) else {
            return Ok(None);
        };
        Ok(Some(Answer::unkept(draft.sign()?)))
    };
    authority.places.signing(work).await
}

/// An answer that was kept, or a new one that is; `None` while there is no responder.
async fn signed_ahead(
    authority: &Arc<Authority>,
    request: Request,
) -> Result<Option<Answer>, PkiError> {
    let about = kept::about(&request);
    let Some(wanted) = draft(authority, &request, authority.clock.now()) else {
        return Ok(None);
    };
    if let Some(answer) = authority.kept.find(&about, &wanted) {
        return Ok(Some(answer));
    }
    let asked = Arc::clone(authority);
    let work = move || sign_ahead(&asked, &request, about);
    authority.places.signing(work).await
}

/// Signs an answer as of now and keeps it, in its turn.
fn sign_ahead(
    authority: &Authority,
    request: &Request,
    about: About,
) -> Result<Option<Answer>, PkiError> {
    let now = authority.clock.now();
    let Some(mut draft) = draft(authority, request, now) else {
        return Ok(None);
    };
    // Whoever waited for its turn may find that another has signed the same.
    if let Some(answer) = authority.kept.find(&about, &draft) {
        return Ok(Some(answer));
    }
    let worth_keeping = about.len() <= ABOUT_BYTES_MAX && is_about_one_of_ours(authority, request);
    let next_update = now.plus(authority.config.ocsp_fresh());
    for answer in &mut draft.response.answers {
        answer.next_update = Some(next_update);
    }
    let der = Bytes::from(draft.sign()?);
    let ahead = Ahead {
        digest: hex::encode(DigestAlgorithm::Sha1.digest(&der)),
        this_update: now,
        next_update,
    };
    let answer = Answer {
        ahead: Some(Arc::new(ahead)),
        der,
    };
    if worth_keeping {
        authority.kept.keep(about, draft, answer.clone());
    }
    Ok(Some(answer))
}

/// Whether a request is about one certificate, and that was issued: so many answers there are, and each is short. Whatever
/// else can be asked, in as many words as the asker likes, is signed for him alone and takes nobody's place.
fn is_about_one_of_ours(authority: &Authority, request: &Request) -> bool {
    let [cert_id] = request.cert_ids.as_slice() else {
        return false;
    };
    let issuer = issuer_of(authority, cert_id);
    issuer.is_some_and(|issuer| authority.register.is_issued(issuer, cert_id.serial()))
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
#[must_use]
pub fn draft(authority: &Authority, request: &Request, at: Moment) -> Option<Draft> {
    let issuers: Vec<_> = request
        .cert_ids
        .iter()
        .map(|cert_id| issuer_of(authority, cert_id))
        .collect();
    let first = issuers.iter().find_map(|issuer| *issuer);
    let speaks_for = first.unwrap_or(IssuerName::Issuing(KeyKind::Rsa));
    let responder = authority.responder(speaks_for)?;
    let answer = |(cert_id, issuer): (&CertId, &Option<IssuerName>)| SingleAnswer {
        cert_id: cert_id.clone(),
        status: if *issuer == Some(speaks_for) {
            let status = authority.register.status(speaks_for, cert_id.serial(), at);
            status.unwrap_or_else(never_issued)
        } else {
            // Another authority's: nothing is known, not even whether it was issued.
            CertStatus::Unknown
        },
        this_update: at,
        // RFC 6960 §2.4: absent, because newer information is there at all times.
        next_update: None,
    };
    Some(Draft {
        issuer: speaks_for,
        response: Response {
            answers: request.cert_ids.iter().zip(&issuers).map(answer).collect(),
            nonce: request.nonce.clone(),
            produced_at: at,
            // RFC 6960 §4.4.8: we answer never-issued certificates as revoked.
            extended_revoke: true,
        },
        archive_cutoff: authority.issuer(speaks_for).certificate.not_before(),
        responder,
    })
}

/// The issuer that a certificate's id names, if it is one of ours that has a responder.
#[must_use]
pub fn issuer_of(authority: &Authority, cert_id: &CertId) -> Option<IssuerName> {
    let mut known = authority.known_issuers.iter();
    let found = known.find(|(_, of_issuer)| cert_id.same_issuer(of_issuer));
    found.map(|(issuer, _)| *issuer)
}

/// What ids of certificates say about each issuer that has a responder, by every digest algorithm.
pub(crate) fn known_issuers(vault: &Vault) -> Vec<(IssuerName, CertId)> {
    let mut known = Vec::new();
    for algorithm in DigestAlgorithm::ALL {
        for chain in vault.chains() {
            for (issuer, signer) in [
                (IssuerName::Issuing(chain.kind), &chain.issuing),
                (IssuerName::Root(chain.kind), &chain.root),
            ] {
                let id = CertId::for_serial(algorithm, &signer.certificate, &[1]);
                known.push((issuer, id));
            }
        }
    }
    known
}

/// RFC 6960 §2.2: a certificate that was never issued is "revoked", on hold, since 1970-01-01.
fn never_issued() -> CertStatus {
    CertStatus::Revoked {
        at: Moment::from_unix_ms(0),
        reason: Some(RevocationReason::CertificateHold),
    }
}
