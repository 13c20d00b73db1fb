//! The console's page: where everything is, what the clock shows, and who can sign.

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use qaqpa_model::Lang;
use qaqpa_runner::Endpoints;
use qaqpa_transport::paths;
use qaqpa_web::{Anyone, Page, Texts, TextsError, Words};

use crate::server::Shared;

const SOURCES: [(Lang, &str); 3] = [
    (Lang::Kk, include_str!("../texts/kk.ftl")),
    (Lang::Ru, include_str!("../texts/ru.ftl")),
    (Lang::En, include_str!("../texts/en.ftl")),
];

/// The console's texts.
pub(crate) fn texts() -> Result<Texts, TextsError> {
    Texts::new(&SOURCES)
}

/// The console's routes; the site's guard stands before them.
pub(crate) fn routes(shared: Arc<Shared>) -> Router {
    Router::new().route("/", get(show)).with_state(shared)
}

#[derive(Template)]
#[template(path = "console.html")]
struct Console {
    w: Words,
    now: String,
    moved: bool,
    doors: Vec<Door>,
    services: Vec<Service>,
    people: Vec<Person>,
    endpoints_file: String,
}

struct Door {
    key: &'static str,
    address: String,
    /// Whether a person can open it.
    page: bool,
}

struct Service {
    id: String,
    title: String,
}

struct Person {
    id: String,
    role: String,
    key: String,
}

async fn show(Anyone(visit): Anyone, State(shared): State<Arc<Shared>>) -> Page {
    let file = paths::endpoints(&shared.data);
    let endpoints = Endpoints::read(&file).ok();
    let body = Console {
        w: visit.words().clone(),
        now: shared.clock.now().to_string(),
        moved: shared.clock.offset_ms() != 0,
        doors: endpoints.as_ref().map(doors).unwrap_or_default(),
        services: shared
            .catalogue
            .services()
            .iter()
            .map(|service| Service {
                id: service.id.to_string(),
                title: service.title.get(visit.lang()).to_owned(),
            })
            .collect(),
        people: endpoints.as_ref().map(people).unwrap_or_default(),
        endpoints_file: file.display().to_string(),
    };
    Page::new(&visit, visit.t("console-name"), &body)
}

fn doors(endpoints: &Endpoints) -> Vec<Door> {
    let door = |key, address: &str, page| Door {
        key,
        address: address.to_owned(),
        page,
    };
    let mut doors = vec![
        door("door-portal", &endpoints.portal, true),
        door("door-workplace", &endpoints.workplace, true),
    ];
    doors.extend(
        endpoints
            .centre
            .as_ref()
            .map(|centre| door("door-centre", centre, true)),
    );
    doors.push(door("door-sync", &endpoints.gateway.sync, false));
    doors.push(door("door-wsdl", &endpoints.gateway.wsdl.sync, true));
    doors.push(door("door-ocsp", &endpoints.nca.ocsp, false));
    doors.extend(
        endpoints
            .nca
            .crl
            .get("rsa")
            .map(|crl| door("door-crl", crl, false)),
    );
    doors.push(door("door-ca", &endpoints.nca.ca, false));
    doors
}

fn people(endpoints: &Endpoints) -> Vec<Person> {
    endpoints
        .identities
        .iter()
        .map(|identity| Person {
            id: identity.id.clone(),
            role: identity.role.clone(),
            key: identity.key.display().to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_is_missing_in_any_language() {
        qaqpa_web::assert_no_missing_keys(&SOURCES);
        let templates = [
            ("console.html", include_str!("../templates/console.html")),
            ("page.rs", include_str!("page.rs")),
        ];
        qaqpa_web::assert_templates_have_texts(&SOURCES, &templates);
    }

    #[test]
    fn every_door_has_a_name() {
        for key in [
            "portal",
            "workplace",
            "centre",
            "sync",
            "wsdl",
            "ocsp",
            "crl",
            "ca",
        ] {
            for lang in Lang::ALL {
                assert!(
                    texts().unwrap().words(lang).has(&format!("door-{key}")),
                    "{lang} {key}"
                );
            }
        }
    }
}
