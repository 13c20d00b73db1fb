//! Time stamps over HTTP (RFC 3161 §3.4): POST of `application/timestamp-query`.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{Method, Request, StatusCode, header};
use qaqpa_model::Moment;
use qaqpa_x509::tsp::{Failure, rejected};

use super::{REQUEST_BYTES_MAX, answer};
use crate::authority::Authority;

/// What is sent.
const QUERY: &str = "application/timestamp-query";
/// What is answered, refusals of HTTP included: a client that reads only the body still learns why.
const REPLY: &str = "application/timestamp-reply";

/// Answers one request of the public door.
pub(crate) async fn door(
    State(authority): State<Arc<Authority>>,
    request: Request<Body>,
) -> Response {
    let at = authority.clock.now();
    door_as_of(&authority, request, at).await
}

/// Answers one request as of a moment.
pub(crate) async fn door_as_of(
    authority: &Authority,
    request: Request<Body>,
    at: Moment,
) -> Response {
    let refuse = |status, text: &str| reply(status, rejected(Failure::BadRequest, text));
    if request.method() != Method::POST {
        let mut response = refuse(
            StatusCode::METHOD_NOT_ALLOWED,
            "time stamps are asked for by POST",
        );
        let allow = header::HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, allow);
        return response;
    }
    if !is_query(&request) {
        return refuse(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "a time-stamp request is of the type application/timestamp-query",
        );
    }
    let Ok(body) = to_bytes(request.into_body(), REQUEST_BYTES_MAX).await else {
        return refuse(
            StatusCode::PAYLOAD_TOO_LARGE,
            &format!("a time-stamp request has at most {REQUEST_BYTES_MAX} bytes"),
        );
    };
    reply(StatusCode::OK, answer(authority, &body, at).await)
}

fn is_query(request: &Request<Body>) -> bool {
    let said = request.headers().get(header::CONTENT_TYPE);
    let said = said.and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = said.split(';').next().unwrap_or("").trim();
    media_type.eq_ignore_ascii_case(QUERY)
}

fn reply(status: StatusCode, der: Vec<u8>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, REPLY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, der).into_response()
}
