//! How handlers answer: pages with the layout around them, files, and the texts of faults.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use qaqpa_model::RefusalLabel;
use qaqpa_web::{Page, Visit};

/// The header with the label of a refusal, for programs that do not want to read pages.
const LABEL: HeaderName = HeaderName::from_static("x-qaqpa-label");

/// A page with status 200.
pub(crate) fn page(visit: &Visit, title: String, body: &impl Template, here: &str) -> Response {
    page_with(StatusCode::OK, visit, title, body, here)
}

/// A page with another status.
pub(crate) fn page_with(
    status: StatusCode,
    visit: &Visit,
    title: String,
    body: &impl Template,
    here: &str,
) -> Response {
    Page::new(visit, title, body)
        .here(here)
        .status(status)
        .into_response()
}

/// With the label of the refusal that the page shows.
pub(crate) fn labelled(mut response: Response, label: RefusalLabel) -> Response {
    let value = HeaderValue::from_static(label.as_str());
    response.headers_mut().insert(LABEL, value);
    response
}

/// A signed document, to be kept and not shown by the browser.
pub(crate) fn xml(bytes: Vec<u8>, name: &str) -> Response {
    file(bytes, "application/xml; charset=utf-8", name, false)
}

/// A file; shown by the browser only where its kind was recognized as harmless.
pub(crate) fn file(bytes: Vec<u8>, kind: &'static str, name: &str, inline: bool) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    let how = if inline { "inline" } else { "attachment" };
    // The applicant chose the name: only what cannot end the header's quotes is taken over.
    let ascii: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '_'
            }
        })
        .collect();
    let value = format!("{how}; filename=\"{ascii}\"");
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    response
}
