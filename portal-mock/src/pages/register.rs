//! Registration on the portal.

use axum::Form;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_regulations::Meaning;
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Anyone, Field, Flash, Problem as PageProblem, Visit};
use serde::Deserialize;
use serde_json::json;

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::reply::{page, page_with, problem_text};
use crate::routes;
use crate::show;
use crate::steps::enrol::{NotEnrolled, Registration, enrol};
use crate::steps::prepare::Problem;
use crate::views::{self, RefusalView};

/// The posted form.
#[derive(Deserialize)]
pub(super) struct Posted {
    iin: String,
    password: String,
    password_again: String,
    #[serde(default)]
    surname: String,
    #[serde(default)]
    given_name: String,
}

pub(super) async fn show(Anyone(visit): Anyone, State(portal): State<Portal>) -> Response {
    let body = body(&visit, &portal, &Registration::default(), &[], None);
    page(&visit, visit.t("register-title"), &body, routes::REGISTER)
}

pub(super) async fn submit(
    Anyone(visit): Anyone,
    State(portal): State<Portal>,
    Form(posted): Form<Posted>,
) -> Result<Response, PageProblem> {
    let registration = Registration {
        iin: posted.iin,
        password: posted.password,
        password_again: posted.password_again,
        surname: posted.surname,
        given_name: posted.given_name,
    };
    let (status, problems, refusal) = match enrol(&portal, visit.passwords(), &registration).await {
        Ok(person) => {
            journal(&portal, &person).await;
            let flash = Flash::notice("register-done");
            return Ok((flash, Redirect::to(routes::LOGIN)).into_response());
        }
        Err(NotEnrolled::Fault(why)) => return Err(PageProblem::fault(why)),
        Err(NotEnrolled::Problems(problems)) => (StatusCode::UNPROCESSABLE_ENTITY, problems, None),
        Err(NotEnrolled::Refused(label)) => {
            let refused = Refusal::plain(label, "");
            let view = portal
                .login_flow("")
                .map(|flow| show::refusal(flow, Meaning::Enrol, &refused, visit.words()));
            (StatusCode::FORBIDDEN, Vec::new(), view)
        }
    };
    let body = body(&visit, &portal, &registration, &problems, refusal);
    Ok(page_with(
        status,
        &visit,
        visit.t("register-title"),
        &body,
        routes::REGISTER,
    ))
}

async fn journal(portal: &Portal, person: &crate::persons::Person) {
    let entry = JournalEntry {
        at: portal.clock.now(),
        kind: "enrolled".to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: None,
        raw: None,
        summary: json!({ "iin": person.iin.masked() }),
    };
    if let Err(error) = portal.store.journal().append(entry).await {
        tracing::error!(%error, "a registration could not be journalled");
    }
}

fn body<'v>(
    visit: &'v Visit,
    portal: &Portal,
    registration: &Registration,
    problems: &[Problem],
    refusal: Option<RefusalView>,
) -> views::Register<'v> {
    let w = visit.words();
    let error = |field: &str| problem_text(problems, field, w);
    let min = portal.config.password_characters_min.to_string();
    let iin = Field {
        value: registration.iin.clone(),
        hint: w.t("field-iin-hint"),
        error: error("iin"),
        required: true,
        autocomplete: "username".to_owned(),
        characters_max: 12,
        ..Field::new(FieldKind::Number, "iin", w.t("field-iin"))
    };
    let secret = |name: &str, label: &str, hint: String| Field {
        hint,
        error: error(name),
        required: true,
        autocomplete: "new-password".to_owned(),
        ..Field::new(FieldKind::Password, name, w.t(label))
    };
    let hint = w.with_text("field-password-new-hint", "min", &min);
    let fields = [
        iin,
        secret("password", "field-password", hint),
        secret("password_again", "field-password-again", String::new()),
    ];
    views::Register {
        w,
        csrf: visit.csrf_field(),
        refusal,
        fields: fields.iter().map(|field| field.html(w)).collect(),
    }
}
