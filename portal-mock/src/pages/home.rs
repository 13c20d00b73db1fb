//! The first page, and the page that says where the service centre's desk is.

use axum::extract::State;
use axum::response::Response;
use qaqpa_web::{Anyone, Words};

use crate::portal::Portal;
use crate::reply::page;
use crate::routes;
use crate::views::{self, ServiceCard};

pub(super) async fn show(Anyone(visit): Anyone, State(portal): State<Portal>) -> Response {
    let w = visit.words();
    let body = views::Home {
        w,
        signed_in: visit.account().is_some(),
        services: cards(&portal, w),
    };
    page(&visit, w.t("portal-name"), &body, routes::HOME)
}

pub(super) async fn centre(Anyone(visit): Anyone) -> Response {
    let w = visit.words();
    page(
        &visit,
        w.t("centre-title"),
        &views::Centre { w },
        routes::CENTRE,
    )
}

/// The services that can be asked for here, as cards.
pub(super) fn cards(portal: &Portal, w: &Words) -> Vec<ServiceCard> {
    portal
        .services()
        .map(|(service, _)| ServiceCard {
            id: service.id.to_string(),
            title: service.title.get(w.lang()).to_owned(),
            act: act_title(portal, service.id.act(), w),
            form: service.form_of_service.text.get(w.lang()).to_owned(),
        })
        .collect()
}

/// The act's title for people.
pub(super) fn act_title(portal: &Portal, act: &str, w: &Words) -> String {
    portal
        .catalogue
        .act(act)
        .map_or_else(|| act.to_owned(), |act| act.title.get(w.lang()).to_owned())
}
