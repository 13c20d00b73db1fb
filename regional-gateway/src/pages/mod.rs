//! The workplace's pages, one file for each place that a member of the staff can be at.

mod card;
mod check;
mod home;
mod login;
mod queue;
mod result;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use http::StatusCode;
use qaqpa_web::{Problem, Signed};

use crate::routes as at;
use crate::staff::{Member, Staff};
use crate::workplace::Workplace;

/// Every route of [`crate::routes`] that pages answer.
pub(crate) fn router(workplace: Workplace) -> Router {
    Router::new()
        .route(at::HOME, get(home::show))
        .route(at::LOGIN, get(login::show).post(login::submit))
        .route(at::LOGOUT, post(login::logout))
        .route(at::QUEUE, get(queue::queue))
        .route(at::CARDS, get(queue::cards))
        .route(at::CARD, get(card::show))
        .route(at::TAKE, post(card::take))
        .route(at::APPLICATION_XML, get(card::application))
        .route(at::ATTACHMENT, get(card::attachment))
        .route(at::CHECK, get(check::show).post(check::submit))
        .route(at::RESULT, get(result::show))
        .route(at::RESULT_XML, get(result::xml))
        .route(at::SIGN, post(result::sign))
        .route(at::COMPLETE, post(result::complete))
        // The listener has a limit of its own on every body.
        .layer(DefaultBodyLimit::disable())
        .with_state(workplace)
}

/// The member of the staff behind a session.
fn member(signed: &Signed<Staff>) -> Result<Member, Problem> {
    Member::of(&signed.account).ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "role-missing"))
}
