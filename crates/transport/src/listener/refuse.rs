//! The refusals that happen before a handler, and the function that puts them into words.

use std::fmt;
use std::sync::Arc;

use axum::body::Body;
use axum::response::Response;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use qaqpa_model::RefusalLabel;

/// Why a request did not reach its handler, or came back from it without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DoorRefusal {
    /// The body is longer than the limit: 413.
    BodyTooLarge {
        /// The limit.
        bytes_max: usize,
    },
    /// Too many requests or bytes at once: 503, try again.
    Busy,
    /// The body broke off or is not framed as HTTP asks: 400.
    Cut,
    /// The handler panicked: 500, our own fault.
    OwnFault,
    /// The request was not there in time: 408.
    RequestTimeout {
        /// The limit.
        seconds: u64,
    },
}

impl DoorRefusal {
    /// The status of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::BodyTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Cut => StatusCode::BAD_REQUEST,
            Self::OwnFault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::RequestTimeout { .. } => StatusCode::REQUEST_TIMEOUT,
        }
    }

    /// The label, where it is a refusal; `None` where it is a fault.
    #[must_use]
    pub const fn label(self) -> Option<RefusalLabel> {
        match self {
            Self::BodyTooLarge { .. } => Some(RefusalLabel::BodyTooLarge),
            Self::RequestTimeout { .. } => Some(RefusalLabel::RequestTimeout),
            Self::Busy | Self::Cut | Self::OwnFault => None,
        }
    }

    /// The label or the fault's name, as the header `x-qaqpa-label` says it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::BodyTooLarge { .. } => RefusalLabel::BodyTooLarge.as_str(),
            Self::Busy => "busy",
            Self::Cut => "request-cut",
            Self::OwnFault => "own-fault",
            Self::RequestTimeout { .. } => RefusalLabel::RequestTimeout.as_str(),
        }
    }
}

impl fmt::Display for DoorRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BodyTooLarge { bytes_max } => {
                write!(f, "the body is longer than {bytes_max} bytes")
            }
            Self::Busy => f.write_str("too much to do at the moment; try again"),
            Self::Cut => f.write_str("the request broke off, or is not framed as HTTP asks"),
            Self::OwnFault => f.write_str("a fault of this simulator; nothing was accepted"),
            Self::RequestTimeout { seconds } => {
                write!(f, "the request did not arrive within {seconds} s")
            }
        }
    }
}

/// Puts a refusal into the words of a door: plain text, a SOAP fault, a page, JSON.
///
/// The head of the request is given where there is one (the language of a page). Status, the headers
/// `x-qaqpa-label`, `connection` and `retry-after` are set afterwards and need not be.
#[derive(Clone)]
pub struct Refuse(Arc<Words>);

type Words = dyn Fn(DoorRefusal, Option<&Parts>) -> Response + Send + Sync;

impl Refuse {
    /// Words of a door's own.
    pub fn new(
        words: impl Fn(DoorRefusal, Option<&Parts>) -> Response + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(words))
    }

    /// `request-timeout: the request did not arrive within 30 s`, as plain text.
    #[must_use]
    pub fn plain() -> Self {
        Self::new(|refusal, _| {
            let mut response =
                Response::new(Body::from(format!("{}: {refusal}\n", refusal.name())));
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                HeaderValue::from_static("text/plain; charset=utf-8"),
            );
            response
        })
    }

    pub(super) fn respond(&self, refusal: DoorRefusal, head: Option<&Parts>) -> Response {
        let mut response = (self.0)(refusal, head);
        *response.status_mut() = refusal.status();
        let headers = response.headers_mut();
        headers.insert("x-qaqpa-label", HeaderValue::from_static(refusal.name()));
        if matches!(refusal, DoorRefusal::Busy) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
        }
        if !matches!(refusal, DoorRefusal::OwnFault) {
            // The rest of the body was not read, so the connection cannot carry another request.
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

impl fmt::Debug for Refuse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refuse")
    }
}
