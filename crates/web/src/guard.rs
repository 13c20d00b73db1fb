//! The guard before every page: session, form token, and what comes out.

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::header::{CONTENT_TYPE, SET_COOKIE};
use http::{Method, StatusCode};

use crate::cookies::{self, Keep};
use crate::problem::Problem;
use crate::site::Site;
use crate::visit::{FLASH_COOKIE, LANG_COOKIE, Visit, VisitHead};
use crate::{csrf, sessions};

pub(crate) async fn no_such_page() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "not-found")
}

pub(crate) async fn guard(State(site): State<Site>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let head = VisitHead::of(&parts);
    let visit = match sessions::arrive(&site, head.clone()).await {
        Ok(visit) => visit,
        Err(problem) => return problem.page(&Visit::stranger(&site, head)),
    };
    // The listener has received it whole; this only takes it out of its wrapping.
    let Ok(body) = to_bytes(body, usize::MAX).await else {
        return Problem::new(StatusCode::BAD_REQUEST, "request-malformed").page(&visit);
    };
    let safe = matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe && let Err(problem) = csrf::check(&visit, &parts.headers, &body) {
        return finish(&visit, problem.page(&visit));
    }
    let mut request = Request::from_parts(parts, Body::from(body));
    request.extensions_mut().insert(visit.clone());
    let response = next.run(request).await;
    let response = match problem_of(&visit, &response) {
        Some(problem) => problem.page(&visit),
        None => response,
    };
    finish(&visit, response)
}

/// The error page that should stand in this answer's place.
fn problem_of(visit: &Visit, response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind
            .and_then(|value| value.to_str().ok())
            .unwrap_or("text/plain");
        // Refusals of axum's own extractors and of its router are plain text in English.
        return kind
            .starts_with("text/plain")
            .then(|| Problem::of_status(status));
    }
    if !visit.was_asked() {
        tracing::error!(path = visit.path(), "a page that asks nobody who they are");
        return Some(Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "own-fault"));
    }
    None
}

/// Adds the cookies that the visit calls for.
fn finish(visit: &Visit, mut response: Response) -> Response {
    let site = &visit.site().0;
    let is_page = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let mut lines = Vec::new();
    if let Some(lang) = visit.0.head.lang_asked() {
        let year = Keep::Seconds(365 * 86_400);
        lines.push(cookies::write(LANG_COOKIE, lang.code(), year));
    }
    if let Some(token) = visit.0.visitor_token_made.get() {
        lines.push(cookies::write(&site.visitor_cookie, token, Keep::Session));
    }
    if is_page && cookies::read(&visit.0.head.headers, FLASH_COOKIE).is_some() {
        lines.push(cookies::write(FLASH_COOKIE, "", Keep::Not));
    }
    for line in lines.into_iter().flatten() {
        response.headers_mut().append(SET_COOKIE, line);
    }
    response
}
