//! The portal's pages, one file for each place that a citizen can be at.

mod cabinet;
mod certificate;
mod document;
mod form;
mod home;
mod login;
mod register;
mod services;
mod sign;
mod status;
mod way;

use axum::Router;
use axum::routing::{get, post};

use crate::portal::Portal;
use crate::routes as at;

/// Every route of [`crate::routes`] that pages answer.
pub(crate) fn router(portal: Portal) -> Router {
    Router::new()
        .route(at::HOME, get(home::show))
        .route(at::CENTRE, get(home::centre))
        .route(at::REGISTER, get(register::show).post(register::submit))
        .route(at::LOGIN, get(login::show).post(login::submit))
        .route(at::LOGOUT, post(login::logout))
        .route(at::SERVICES, get(services::list))
        .route(at::SERVICE, get(services::show))
        .route(at::SERVICE_APPLICATIONS, post(services::begin))
        .route(at::APPLICATION, get(status::show))
        .route(at::APPLICATION_FORM, get(form::show).post(form::submit))
        .route(
            at::APPLICATION_CERTIFICATE,
            get(certificate::show).post(certificate::submit),
        )
        .route(at::APPLICATION_DOCUMENT, get(sign::unsigned))
        .route(at::APPLICATION_SIGN, get(sign::show).post(sign::submit))
        .route(at::APPLICATION_SIGNED, get(sign::signed))
        .route(at::APPLICATION_WAY, get(way::picture))
        .route(at::APPLICATION_REPEAT, post(services::repeat))
        .route(at::CABINET, get(cabinet::show))
        .route(at::CABINET_HISTORY, get(cabinet::history))
        .route(at::CABINET_NOTIFICATIONS, get(cabinet::notifications))
        .route(at::CABINET_DOCUMENT, get(document::show))
        .route(at::CABINET_DOCUMENT_XML, get(document::xml))
        .route(at::CABINET_DOCUMENT_VERIFY, post(document::verify))
        .with_state(portal)
}
