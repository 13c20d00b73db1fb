//! The mirror of the public door on the control port: each service as it would have answered at another moment.
//!
//! | route | as |
//! |---|---|
//! | `POST /mirror/ocsp/`, `GET /mirror/ocsp/{request}` | `/ocsp/` |
//! | `GET /mirror/crl/{file}` | `/crl/{file}` |
//! | `POST /mirror/tsp/` | `/tsp/` |
//!
//! The header `Qaqpa-Moment` says the moment by RFC 3339 (`2026-11-22T10:00:00+05:00`); without it, it is the clock's.
//! What was revoked later is good then, and the signers are in force then. Nothing of an answer is kept, so that asking
//! about a moment changes no other answer.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{OriginalUri, State};
use axum::response::Response;
use axum::routing::{any, get};
use http::{HeaderMap, Request, StatusCode};
use qaqpa_model::Moment;

use crate::authority::{Authority, IssuerName};
use crate::doors::{delta_path, list_path};
use crate::lists::{self, Which};
use crate::server::{der_of_get, is_ocsp_request};
use crate::vault::KINDS;
use crate::{respond, responder, served, stamps};

/// The header that says the moment.
pub const MOMENT: &str = "qaqpa-moment";

/// The mirror's routes, beside the control port's own.
pub fn routes(authority: Arc<Authority>) -> Router {
    let mut router = Router::new()
        .route("/mirror/ocsp/", get(ocsp_get).post(ocsp_post))
        .route("/mirror/ocsp/{*request}", get(ocsp_get))
        .route("/mirror/tsp/", any(tsp));
    for kind in KINDS {
        let (issuing, root) = (IssuerName::Issuing(kind), IssuerName::Root(kind));
        for (path, issuer, which) in [
            (list_path(issuing), issuing, Which::Complete),
            (delta_path(kind), issuing, Which::Delta),
            (list_path(root), root, Which::Complete),
        ] {
            let list = move |State(authority), headers| list(authority, headers, issuer, which);
            router = router.route(&format!("/mirror{path}"), get(list));
        }
    }
    router.with_state(authority)
}

/// The moment that a request is about.
///
/// # Errors
/// The refusal: the header is no moment, occurs twice, or says a moment outside the roots' life.
#[expect(clippy::result_large_err, reason = "the error is the answer itself")]
pub fn moment(authority: &Authority, headers: &HeaderMap) -> Result<Moment, Response> {
    let mut given = headers.get_all(MOMENT).iter();
    let (Some(text), None) = (given.next(), given.next()) else {
        return match headers.contains_key(MOMENT) {
            false => Ok(authority.clock.now()),
            true => Err(malformed("the header Qaqpa-Moment occurs more than once")),
        };
    };
    let text = text.to_str().unwrap_or_default();
    let at = Moment::parse(text).map_err(|error| malformed(&error.to_string()))?;
    if at < Moment::ROOT_BEGIN || at >= Moment::ROOT_END {
        let meaning = "the authority's roots live from 2010-01-01 to 2045-01-01";
        return Err(respond::unreadable("moment-outside-root-life", meaning));
    }
    Ok(at)
}

fn malformed(why: &str) -> Response {
    respond::unreadable("moment-malformed", why)
}

async fn ocsp_post(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(refusal) = is_ocsp_request(&headers) {
        return refusal;
    }
    match moment(&authority, &headers) {
        Ok(at) => served::ocsp(responder::answer_as_of(&authority, &body, at).await),
        Err(refusal) => refusal,
    }
}

async fn ocsp_get(
    State(authority): State<Arc<Authority>>,
    headers: HeaderMap,
    OriginalUri(uri): OriginalUri,
) -> Response {
    let der = der_of_get(uri.path());
    match moment(&authority, &headers) {
        Ok(at) => served::ocsp(responder::answer_as_of(&authority, &der, at).await),
        Err(refusal) => refusal,
    }
}

async fn list(
    authority: Arc<Authority>,
    headers: HeaderMap,
    issuer: IssuerName,
    which: Which,
) -> Response {
    let at = match moment(&authority, &headers) {
        Ok(at) => at,
        Err(refusal) => return refusal,
    };
    match lists::as_of(&authority, issuer, which, at).await {
        Ok(Some(list)) => served::list(&headers, list),
        Ok(None) => served::refused(StatusCode::NOT_FOUND, "no such list"),
        Err(error) => respond::fault(&error),
    }
}

async fn tsp(State(authority): State<Arc<Authority>>, request: Request<Body>) -> Response {
    match moment(&authority, request.headers()) {
        Ok(at) => stamps::door_as_of(&authority, request, at).await,
        Err(refusal) => refusal,
    }
}
