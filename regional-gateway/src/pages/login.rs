//! Logging in with IIN and password.

use axum::Form;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_model::{Iin, RefusalLabel};
use qaqpa_store::{Direction, JournalEntry};
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Anyone, Field, PasswordRefused, Problem, Visit, local_path};
use serde::Deserialize;
use serde_json::json;

use crate::reply::{labelled, page, page_with};
use crate::routes;
use crate::staff::Member;
use crate::views;
use crate::workplace::Workplace;

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
    problem: String,
    label: String,
    iin_error: String,
}

pub(super) async fn show(Anyone(visit): Anyone, Query(asked): Query<Asked>) -> Response {
    let next = local_path(&asked.next).unwrap_or_default();
    let shown = Shown {
        next,
        notice: if next.is_empty() {
            String::new()
        } else {
            visit.t("login-needed")
        },
        ..Shown::default()
    };
    let body = body(&visit, shown);
    page(&visit, visit.t("login-title"), &body, routes::LOGIN)
}

pub(super) async fn submit(
    Anyone(visit): Anyone,
    State(workplace): State<Workplace>,
    Form(posted): Form<Posted>,
) -> Result<Response, Problem> {
    let shown = Shown {
        iin: &posted.iin,
        next: local_path(&posted.next).unwrap_or_default(),
        ..Shown::default()
    };
    let again = |status, shown: Shown<'_>| {
        let body = body(&visit, shown);
        page_with(status, &visit, visit.t("login-title"), &body, routes::LOGIN)
    };
    let Ok(iin) = Iin::parse(posted.iin.trim()) else {
        let iin_error = visit.t("login-error-iin");
        return Ok(again(
            StatusCode::UNPROCESSABLE_ENTITY,
            Shown { iin_error, ..shown },
        ));
    };
    // The authority may have made its people anew since the start.
    workplace
        .roster
        .seed(&workplace.store, visit.passwords(), workplace.clock.now())
        .await
        .map_err(Problem::fault)?;
    let account = workplace.store.accounts().find_by_iin(&iin).await;
    let account = account.map_err(Problem::fault)?;
    let hash = account
        .as_ref()
        .map(|account| account.password_hash.as_str());
    let verified = visit
        .passwords()
        .verify(&iin.reveal(), visit.peer(), &posted.password, hash)
        .await;
    match (
        verified,
        account.filter(|account| Member::of(account).is_some()),
    ) {
        (Ok(()), Some(account)) => {
            let cookie = visit.sign_in(account.id, "null").await?;
            let next = if shown.next.is_empty() {
                routes::QUEUE
            } else {
                shown.next
            };
            Ok((cookie, Redirect::to(next)).into_response())
        }
        (Err(PasswordRefused::TooMany { seconds }), _) => {
            let problem = visit
                .words()
                .with("login-error-too-many", &[("n", seconds.into())]);
            Ok(again(
                StatusCode::TOO_MANY_REQUESTS,
                Shown { problem, ..shown },
            ))
        }
        (Err(PasswordRefused::Unreadable), _) => {
            Err(Problem::fault("a password hash cannot be read"))
        }
        _ => {
            let label = RefusalLabel::PasswordWrong;
            journal(&workplace, &iin, label).await?;
            let shown = Shown {
                problem: visit.t("login-error-wrong"),
                label: label.to_string(),
                ..shown
            };
            Ok(labelled(again(StatusCode::FORBIDDEN, shown), label))
        }
    }
}

pub(super) async fn logout(Anyone(visit): Anyone) -> Result<Response, Problem> {
    let cookie = visit.sign_out().await?;
    Ok((cookie, Redirect::to(routes::HOME)).into_response())
}

async fn journal(workplace: &Workplace, iin: &Iin, label: RefusalLabel) -> Result<(), Problem> {
    let entry = JournalEntry {
        at: workplace.clock.now(),
        kind: "login-refused".to_owned(),
        message_id: None,
        direction: Direction::Own,
        label: Some(label),
        raw: None,
        summary: json!({ "iin": iin.masked() }),
    };
    let appended = workplace.store.journal().append(entry).await;
    appended.map(drop).map_err(Problem::fault)
}

fn body<'v>(visit: &'v Visit, shown: Shown<'_>) -> views::Login<'v> {
    let w = visit.words();
    let fields = [
        Field {
            value: shown.iin.to_owned(),
            hint: w.t("login-iin-hint"),
            error: shown.iin_error,
            required: true,
            autocomplete: "username".to_owned(),
            characters_max: 12,
            ..Field::new(FieldKind::Number, "iin", w.t("login-iin"))
        },
        Field {
            required: true,
            autocomplete: "current-password".to_owned(),
            ..Field::new(FieldKind::Password, "password", w.t("login-password"))
        },
    ];
    views::Login {
        w,
        csrf: visit.csrf_field(),
        notice: shown.notice,
        problem: shown.problem,
        label: shown.label,
        next: shown.next.to_owned(),
        fields: fields.iter().map(|field| field.html(w)).collect(),
    }
}
