//! Error pages: label, meaning, remedy, in the visitor's language.

use std::fmt::Display;

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_model::RefusalLabel;

use crate::page::Page;
use crate::texts::Words;
use crate::visit::Visit;

/// Why there is no page, for an error page. Handlers return it as their error.
///
/// The texts' keys are `problem-LABEL` (title), `problem-LABEL-meaning` and `problem-LABEL-remedy`,
/// in this crate's or the actor's texts; where they are missing, the page speaks by the status alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    label: &'static str,
    why: Option<String>,
}

impl Problem {
    /// A problem with a stable label.
    #[must_use]
    pub const fn new(status: StatusCode, label: &'static str) -> Self {
        Self {
            status,
            label,
            why: None,
        }
    }

    /// A refusal with a label of the model's, for channels that have pages; 422.
    #[must_use]
    pub const fn refused(label: RefusalLabel) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, label.as_str())
    }

    /// There is no such thing, or it is not this visitor's: 404, which does not say which.
    #[must_use]
    pub const fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found")
    }

    /// We could not work: 500. The reason goes to the log and not to the visitor.
    #[must_use]
    pub fn fault(error: impl Display) -> Self {
        tracing::error!(%error, "a page failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "own-fault")
    }

    /// Adds a technical reason, in English, that the page shows in small print.
    #[must_use]
    pub fn because(mut self, why: impl Display) -> Self {
        self.why = Some(why.to_string());
        self
    }

    /// The label.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        self.label
    }

    /// The status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The problem of a status that nobody explained.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let label = match status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::METHOD_NOT_ALLOWED => "method-not-allowed",
            StatusCode::PAYLOAD_TOO_LARGE => "body-too-large",
            StatusCode::REQUEST_TIMEOUT => "request-timeout",
            StatusCode::UNSUPPORTED_MEDIA_TYPE | StatusCode::UNPROCESSABLE_ENTITY => {
                "form-malformed"
            }
            StatusCode::TOO_MANY_REQUESTS => "too-many-attempts",
            StatusCode::SERVICE_UNAVAILABLE => "busy",
            StatusCode::UNAUTHORIZED => "sign-in-needed",
            StatusCode::FORBIDDEN => "role-missing",
            status if status.is_server_error() => "own-fault",
            _ => "request-malformed",
        };
        Self::new(status, label)
    }

    /// The error page.
    pub(crate) fn page(&self, visit: &Visit) -> Response {
        let words = visit.words();
        let text = |part: &str| {
            let key = format!("problem-{}{part}", self.label);
            if words.has(&key) {
                return words.t(&key);
            }
            let other = Self::of_status(self.status).label;
            words.t(&format!("problem-{other}{part}"))
        };
        let title = text("");
        let body = ProblemBody {
            w: words,
            status: self.status.as_u16(),
            label: self.label,
            title: &title,
            meaning: text("-meaning"),
            remedy: text("-remedy"),
            why: self.why.as_deref().unwrap_or_default(),
        };
        let mut response = Page::new(visit, title.clone(), &body)
            .status(self.status)
            .into_response();
        if let Ok(label) = self.label.parse() {
            response.headers_mut().insert("x-qaqpa-label", label);
        }
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemBody<'p> {
    w: &'p Words,
    status: u16,
    label: &'p str,
    title: &'p str,
    meaning: String,
    remedy: String,
    why: &'p str,
}

/// The guard puts the page in this answer's place: only it knows the visitor's language.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
