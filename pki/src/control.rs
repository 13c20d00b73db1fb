//! The management port: list, revoke, suspend, resume, issue.
//!
//! | route | takes | gives |
//! |---|---|---|
//! | `GET /certificates` | `?name=&before=&limit=` | `[CertificateView]`, newest first: of an identity or a serial number, below a position, 100 where nobody says how many and 1000 at most |
//! | `POST /certificates/{identity or serial}/revoke` | `{"reason": "keyCompromise"}` | `CertificateView` |
//! | `POST /certificates/{identity or serial}/suspend`, `…/resume` | `{}` | `CertificateView` |
//! | `POST /issue` | [`IssueOrder`] | [`Issued`] |
//! | `GET /people` | – | `[PackView]`: the ready-made people, also those who are not issued yet |
//! | `POST /people/{pack or all}` | [`PeopleOrder`] | `[PackView]`: issued, or made anew where something had run out |
//! | `POST /branches/{branch}` | `{}` | [`BranchView`]: the system of one of several regional gateways, made if there is none |
//! | `GET /trust` | – | [`TrustView`] |
//! | `/mirror/…` | as the public door | as of the moment in the header `Qaqpa-Moment`, see [`crate::mirror`] |
//! | `GET /journal`, `/journal/{id}`, `/journal/verify` | `?message=&kind=&before=&limit=` | as every actor's control port |

mod branches;
mod issue;
mod journal;
mod people;
mod request;

pub use branches::BranchView;
pub use issue::{IssueOrder, Issued, Notice};
pub use people::{PackView, PeopleOrder, PersonView};

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use qaqpa_crypto::KeyKind;
use qaqpa_store::{CertificateFilter, CertificateRecord, CertificateState};
use qaqpa_transport::control::{ClockHook, clock_hook};
use qaqpa_x509::{Certificate, RevocationReason};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::authority::{Authority, Change, IssuerName};
use crate::vault::Chain;
use crate::{PkiError, mirror, respond};

/// A certificate of the register, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// Its place among all that were issued, from 1: what `before` counts by.
    pub position: u64,
    /// For whom: `citizen-1`, `system-gateway`, `responder`.
    pub identity: String,
    /// The serial number in lower-case hexadecimal.
    pub serial: String,
    /// `rsa-issuing`, `gost-2015-root`, `foreign`.
    pub issuer: String,
    /// The subject's common name.
    pub common_name: Option<String>,
    /// `good`, `revoked`, `suspended`.
    pub state: String,
    /// Since when it is revoked or suspended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Why it was revoked (RFC 5280's name).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was issued.
    pub issued_at: String,
    /// The first moment of validity.
    pub not_before: String,
    /// The last moment of validity.
    pub not_after: String,
}

/// The authority's own certificates, in PEM: those for RSA, and those for each kind of key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrustView {
    /// The root.
    pub root: String,
    /// The issuing authority.
    pub issuing: String,
    /// The responder that signs OCSP answers now.
    pub responder: Option<String>,
    /// By kind of key: `rsa`, `gost-2015`, `gost-2004`, `ecdsa`.
    pub chains: BTreeMap<String, ChainView>,
}

/// The certificates of one kind of key, in PEM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainView {
    /// The root.
    pub root: String,
    /// The issuing authority.
    pub issuing: String,
    /// The responder that signs OCSP answers about the issuing authority's certificates now.
    pub responder: Option<String>,
    /// The responder that signs OCSP answers about the issuing authority now.
    pub root_responder: Option<String>,
}

/// What `…/revoke` takes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RevokeOrder {
    /// A reason of RFC 5280 §5.3.1 by name; `unspecified` where there is none.
    pub reason: Option<String>,
}

/// What `…/suspend` and `…/resume` take: nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NoOrder {}

/// The authority's own routes of the control port.
pub fn routes(authority: Arc<Authority>) -> Router {
    Router::new()
        .route("/certificates", get(list))
        .route("/certificates/{name}/revoke", post(revoke))
        .route("/certificates/{name}/suspend", post(suspend))
        .route("/certificates/{name}/resume", post(resume))
        .route("/issue", post(issue::issue))
        .route("/people", get(people::list))
        .route("/people/{pack}", post(people::issue))
        .route("/branches/{branch}", post(branches::order))
        .route("/trust", get(trust))
        .route("/journal", get(journal::list))
        .route("/journal/verify", get(journal::verify))
        .route("/journal/seal", post(journal::seal))
        .route("/journal/prune", post(journal::prune))
        .route("/journal/{id}", get(journal::show))
        .with_state(Arc::clone(&authority))
        .merge(mirror::routes(authority))
}

/// Before a move of the clock is acknowledged: certificates are made anew where they must be, and the journal says
/// that the clock was set, and whether it was set back.
pub fn on_clock(authority: Arc<Authority>) -> ClockHook {
    let last = Arc::new(AtomicI64::new(authority.clock.offset_ms()));
    clock_hook(move |now| {
        let (authority, last) = (Arc::clone(&authority), Arc::clone(&last));
        async move {
            let offset_ms = authority.clock.offset_ms();
            let moved_ms = offset_ms - last.swap(offset_ms, Ordering::SeqCst);
            let kind = if moved_ms < 0 {
                "clock-set-back"
            } else {
                "clock-set"
            };
            let adapted = async {
                let summary = json!({ "now": now.to_string(), "moved_ms": moved_ms });
                authority.journal(kind, summary, now).await?;
                authority.adapt(now).await
            };
            adapted.await.map_err(|error| error.to_string())
        }
    })
}

/// Which certificates are asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Asked {
    name: Option<String>,
    before: Option<u64>,
    limit: Option<u32>,
}

/// Entries of a list that are shown when nobody says how many, and at most.
const LIMIT_DEFAULT: u32 = 100;
const LIMIT_MAX: u32 = 1000;

async fn list(State(authority): State<Arc<Authority>>, Query(asked): Query<Asked>) -> Response {
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT).min(LIMIT_MAX);
    let filter = CertificateFilter {
        name: asked.name,
        before: asked.before,
    };
    let listed = async {
        let register = authority.store.authority();
        let some = register.certificates(&filter, limit).await?;
        some.iter().map(view).collect::<Result<Vec<_>, PkiError>>()
    };
    match listed.await {
        Ok(views) => Json(views).into_response(),
        Err(error) => respond::fault(&error),
    }
}

async fn revoke(
    State(authority): State<Arc<Authority>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    let order: RevokeOrder = match read(&body) {
        Ok(order) => order,
        Err(refusal) => return refusal,
    };
    let reason = match order.reason.as_deref() {
        None => RevocationReason::Unspecified,
        Some(reason) => match RevocationReason::parse(reason) {
            // A hold is a suspension; a removal exists in delta lists only.
            Some(RevocationReason::CertificateHold | RevocationReason::RemoveFromCrl) | None => {
                return respond::unreadable(
                    "reason-unknown",
                    format!(
                        "{reason:?} is not a reason to revoke for good; suspend, or see RFC 5280 §5.3.1"
                    ),
                );
            }
            Some(reason) => reason,
        },
    };
    changed(&authority, &name, Change::Revoke(reason)).await
}

async fn suspend(
    State(authority): State<Arc<Authority>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    match read::<NoOrder>(&body) {
        Ok(_) => changed(&authority, &name, Change::Suspend).await,
        Err(refusal) => refusal,
    }
}

async fn resume(
    State(authority): State<Arc<Authority>>,
    Path(name): Path<String>,
    body: Bytes,
) -> Response {
    match read::<NoOrder>(&body) {
        Ok(_) => changed(&authority, &name, Change::Resume).await,
        Err(refusal) => refusal,
    }
}

async fn changed(authority: &Authority, name: &str, change: Change) -> Response {
    match authority.change(name, change).await {
        Ok(Ok(record)) => match view(&record) {
            Ok(view) => Json(view).into_response(),
            Err(error) => respond::fault(&error),
        },
        Ok(Err(why)) => respond::refused(&why),
        Err(error) => respond::fault(&error),
    }
}

async fn trust(State(authority): State<Arc<Authority>>) -> Json<TrustView> {
    let responder = |issuer| {
        let responder = authority.responder(issuer);
        responder.map(|responder| responder.certificate.to_pem())
    };
    let view = |chain: &Chain| ChainView {
        root: chain.root.certificate.to_pem(),
        issuing: chain.issuing.certificate.to_pem(),
        responder: responder(IssuerName::Issuing(chain.kind)),
        root_responder: responder(IssuerName::Root(chain.kind)),
    };
    let rsa = view(authority.vault.chain(KeyKind::Rsa));
    let named = |chain: &Chain| (chain.kind.name().to_owned(), view(chain));
    Json(TrustView {
        root: rsa.root,
        issuing: rsa.issuing,
        responder: rsa.responder,
        chains: authority.vault.chains().map(named).collect(),
    })
}

/// The JSON object of a body; an empty body is an empty object.
#[expect(clippy::result_large_err, reason = "the error is the answer itself")]
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Response> {
    let body = if body.is_empty() { b"{}" } else { body };
    let malformed = |why: String| respond::unreadable("request-malformed", why);
    // serde reads an array as a struct too, and an empty one as all defaults.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(malformed("a JSON object is asked for".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))
}

/// A record as people see it.
fn view(record: &CertificateRecord) -> Result<CertificateView, PkiError> {
    let certificate = Certificate::from_der(&record.der)?;
    let (since, reason) = match record.state {
        CertificateState::Good => (None, None),
        CertificateState::Suspended { at } => (Some(at), Some(RevocationReason::CertificateHold)),
        CertificateState::Revoked { at, reason } => (Some(at), RevocationReason::from_code(reason)),
    };
    Ok(CertificateView {
        position: record.position,
        identity: record.identity.clone(),
        serial: record.serial.clone(),
        issuer: record.issuer.clone(),
        common_name: certificate.subject().common_name.clone(),
        state: record.state.as_str().to_owned(),
        since: since.map(|at| at.to_string()),
        reason: reason.map(|reason| reason.name().to_owned()),
        issued_at: record.issued_at.to_string(),
        not_before: certificate.not_before().to_string(),
        not_after: certificate.not_after().to_string(),
    })
}
