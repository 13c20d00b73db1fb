//! How handlers answer: pages with the layout around them, and the texts of problems.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use qaqpa_web::{Citizen, Page, Problem as PageProblem, Signed, Visit, Words};

use crate::draft::LoginSteps;
use crate::steps::prepare::Problem;

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

/// There is no such page, or it is somebody else's: the answer does not say which.
pub(crate) fn not_found() -> PageProblem {
    PageProblem::not_found()
}

/// The text of a field's problem; empty where there is none.
pub(crate) fn problem_text(problems: &[Problem], field: &str, w: &Words) -> String {
    let Some(problem) = problems.iter().find(|problem| problem.field == field) else {
        return String::new();
    };
    let values: Vec<_> = problem
        .args
        .iter()
        .map(|(name, value)| (*name, value.as_str().into()))
        .collect();
    w.with(problem.key, &values)
}

/// When the citizen of this session was authorised.
pub(crate) fn login_steps(signed: &Signed<Citizen>) -> LoginSteps {
    signed
        .session_json()
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}
