//! The headers of every answer of a page's door.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use http::header::{self, HeaderName, HeaderValue};

/// No script at all, no inline style, nothing from elsewhere, forms to here only, no frames.
const CSP: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub(crate) async fn harden(request: Request, next: Next) -> Response {
    hardened(next.run(request).await)
}

/// Sets the headers. No HSTS: this is a loopback name that the visitor's other programs use, too.
pub(crate) fn hardened(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    let named = HeaderName::from_static;
    set(named("cross-origin-opener-policy"), "same-origin");
    set(named("cross-origin-resource-policy"), "same-origin");
    set(
        named("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=()",
    );
    // Pages hold personal data; only what says otherwise (the stylesheet) may be kept.
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
