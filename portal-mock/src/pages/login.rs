//! Authorisation with IIN and password.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_regulations::Meaning;
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Anyone, Field, Problem as PageProblem, Visit, local_path};
use serde::Deserialize;

use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::reply::{page, page_with, problem_text};
use crate::routes;
use crate::show;
use crate::steps::authenticate::{enter, iin_error_key};
use crate::steps::check_applicant::{NotGenuine, check_applicant};
use crate::steps::prepare::Problem;
use crate::steps::refuse_authorisation::refuse_authorisation;
use crate::views::{self, RefusalView};

/// What the address may say.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    next: String,
}

/// The posted form.
#[derive(Deserialize)]
pub(super) struct Posted {
    iin: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// What the page shows besides the form.
#[derive(Default)]
struct Shown<'p> {
    iin: &'p str,
    next: &'p str,
    notice: String,
    problems: Vec<Problem>,
    refusal: Option<RefusalView>,
}

pub(super) async fn show(Anyone(visit): Anyone, Query(asked): Query<Asked>) -> Response {
    let next = local_path(&asked.next).unwrap_or_default();
    let notice = if next.is_empty() {
        String::new()
    } else {
        visit.t("login-needed")
    };
    let shown = Shown {
        next,
        notice,
        ..Shown::default()
    };
    page(
        &visit,
        visit.t("login-title"),
        &body(&visit, shown),
        routes::LOGIN,
    )
}

pub(super) async fn submit(
    Anyone(visit): Anyone,
    State(portal): State<Portal>,
    Form(posted): Form<Posted>,
) -> Result<Response, PageProblem> {
    let again = |status, shown: Shown<'_>| {
        let body = body(&visit, shown);
        page_with(status, &visit, visit.t("login-title"), &body, routes::LOGIN)
    };
    let shown = Shown {
        iin: &posted.iin,
        next: local_path(&posted.next).unwrap_or_default(),
        ..Shown::default()
    };
    let entered = match enter(&posted.iin, posted.password, portal.clock.now()) {
        Ok(entered) => entered,
        Err(error) => {
            let problems = vec![Problem::new("iin", iin_error_key(error))];
            return Ok(again(
                StatusCode::UNPROCESSABLE_ENTITY,
                Shown { problems, ..shown },
            ));
        }
    };
    let iin = entered.iin;
    match check_applicant(&portal, visit.passwords(), visit.peer(), entered).await {
        Ok(genuine) => {
            let data = serde_json::to_string(&genuine.login).map_err(PageProblem::fault)?;
            let cookie = visit.sign_in(genuine.account.id, data).await?;
            let next = if shown.next.is_empty() {
                routes::CABINET
            } else {
                shown.next
            };
            Ok((cookie, Redirect::to(next)).into_response())
        }
        Err(NotGenuine::TooMany { seconds }) => Ok(again(
            StatusCode::TOO_MANY_REQUESTS,
            Shown {
                problems: vec![
                    Problem::new("password", "error-too-many").saying("seconds", seconds),
                ],
                ..shown
            },
        )),
        Err(NotGenuine::Fault(why)) => Err(PageProblem::fault(why)),
        Err(NotGenuine::Refused(label)) => {
            let flow = portal
                .login_flow(shown.next)
                .ok_or_else(|| PageProblem::fault("the catalogue has no portal flow"))?;
            let entry = refuse_authorisation(flow, &iin, label, portal.clock.now())
                .map_err(PageProblem::fault)?;
            portal
                .store
                .journal()
                .append(entry)
                .await
                .map_err(PageProblem::fault)?;
            let refused = Refusal::plain(label, "");
            let view = show::refusal(flow, Meaning::RefuseAuthorisation, &refused, visit.words());
            Ok(again(
                StatusCode::FORBIDDEN,
                Shown {
                    refusal: Some(view),
                    ..shown
                },
            ))
        }
    }
}

pub(super) async fn logout(Anyone(visit): Anyone) -> Result<Response, PageProblem> {
    let cookie = visit.sign_out().await?;
    Ok((cookie, Redirect::to(routes::HOME)).into_response())
}

fn body<'v>(visit: &'v Visit, shown: Shown<'_>) -> views::Login<'v> {
    let w = visit.words();
    let error = |field: &str| problem_text(&shown.problems, field, w);
    let fields = [
        Field {
            value: shown.iin.to_owned(),
            hint: w.t("field-iin-hint"),
            error: error("iin"),
            required: true,
            autocomplete: "username".to_owned(),
            characters_max: 12,
            ..Field::new(FieldKind::Number, "iin", w.t("field-iin"))
        },
        Field {
            error: error("password"),
            required: true,
            autocomplete: "current-password".to_owned(),
            ..Field::new(FieldKind::Password, "password", w.t("field-password"))
        },
    ];
    let fields = fields.iter().map(|field| field.html(w)).collect();
    views::Login {
        w,
        csrf: visit.csrf_field(),
        notice: shown.notice,
        refusal: shown.refusal,
        next: shown.next.to_owned(),
        fields,
    }
}
