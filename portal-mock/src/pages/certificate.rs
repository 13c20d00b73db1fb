//! The choice of the certificate, and the question that is asked about it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Citizen, Field, Multipart, Problem as PageProblem, Signed, Words};

use crate::case::Case;
use crate::draft::Chosen;
use crate::portal::Portal;
use crate::reply::{page, page_with, problem_text};
use crate::routes::{self, CERTIFICATE_FILE, KEY_FILE, KEY_PASSWORD, of};
use crate::steps::check_certificate::{Offered, Unreadable, check_certificate};
use crate::steps::prepare::Problem;
use crate::steps::refuse_signature::Past;
use crate::views;

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    if let Some(elsewhere) = elsewhere(&portal, &case).await? {
        return Ok(elsewhere);
    }
    let body = body(&signed, &case, &[]);
    Ok(page(
        &signed,
        signed.t("certificate-title"),
        &body,
        routes::SERVICES,
    ))
}

pub(super) async fn submit(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    posted: Multipart,
) -> Result<Response, PageProblem> {
    let mut case = Case::open(&portal, &id, &signed.account.iin).await?;
    if let Some(elsewhere) = elsewhere(&portal, &case).await? {
        return Ok(elsewhere);
    }
    let prepared = portal.clock.now();
    let offered = match offered(posted).await? {
        Ok(offered) => offered,
        Err(problem) => {
            let body = body(&signed, &case, &[problem]);
            return Ok(page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed,
                signed.t("certificate-title"),
                &body,
                routes::SERVICES,
            ));
        }
    };
    if case.flow.signs_before_the_check() {
        // The question comes after the signature, and sees it, too.
        case.draft.certificate = Some(Chosen::new(&offered.certificate_der, prepared, None));
        case.save(&portal).await?;
        return Ok(Redirect::to(&of(routes::APPLICATION_SIGN, &id)).into_response());
    }
    let examiner = portal.examiner().await.map_err(PageProblem::fault)?;
    let submitter = case.application.owner;
    let at = portal.clock.now();
    match check_certificate(&examiner, &offered, &submitter, at).await {
        Ok(_) => {
            let chosen = Chosen::new(&offered.certificate_der, prepared, Some(at));
            case.draft.certificate = Some(chosen);
            case.save(&portal).await?;
            Ok(Redirect::to(&of(routes::APPLICATION_SIGN, &id)).into_response())
        }
        Err(refused) => {
            let past = Past::at_choice(&case.draft, prepared);
            case.refuse(&portal, past, &refused).await?;
            Ok(case.to_status())
        }
    }
}

/// Where to go instead, if this is not the turn of the certificate.
async fn elsewhere(portal: &Portal, case: &Case<'_>) -> Result<Option<Response>, PageProblem> {
    if !case.is_draft() {
        return Ok(Some(case.to_status()));
    }
    if !case.is_complete(portal).await? {
        let form = of(routes::APPLICATION_FORM, &case.application.id);
        return Ok(Some(Redirect::to(&form).into_response()));
    }
    Ok(None)
}

/// Reads the certificate out of what was posted; the key and its password end here.
async fn offered(mut posted: Multipart) -> Result<Result<Offered, Problem>, PageProblem> {
    if let Some(file) = posted.take_file(KEY_FILE) {
        let password = posted.secret(KEY_PASSWORD).unwrap_or_default();
        // Opening a key file derives its key slowly: not on the runtime's threads.
        let read =
            tokio::task::spawn_blocking(move || Offered::from_key_file(&file.bytes, &password));
        let read = read.await.map_err(PageProblem::fault)?;
        return Ok(read.map_err(|unreadable| {
            let field = match unreadable {
                Unreadable::Password => KEY_PASSWORD,
                _ => KEY_FILE,
            };
            Problem::new(field, unreadable.key())
        }));
    }
    Ok(match posted.take_file(CERTIFICATE_FILE) {
        Some(file) => Offered::from_certificate(&file.bytes)
            .map_err(|unreadable| Problem::new(CERTIFICATE_FILE, unreadable.key())),
        None => Err(Problem::new(KEY_FILE, "error-file-missing")),
    })
}

fn body<'v>(
    signed: &'v Signed<Citizen>,
    case: &Case<'_>,
    problems: &[Problem],
) -> views::Certificate<'v> {
    let w = signed.words();
    let key_fields = key_fields(problems, w);
    let certificate = Field {
        accept: ".cer,.crt,.pem,.der,application/pkix-cert".to_owned(),
        error: problem_text(problems, CERTIFICATE_FILE, w),
        ..Field::new(FieldKind::File, CERTIFICATE_FILE, w.t("certificate-file"))
    };
    let after = case.flow.signs_before_the_check();
    views::Certificate {
        lead: w.t(if after {
            "certificate-lead-after"
        } else {
            "certificate-lead"
        }),
        submit: w.t(if after {
            "certificate-submit-after"
        } else {
            "certificate-submit"
        }),
        w,
        csrf: signed.csrf_field(),
        head: case.head("none"),
        crumbs: case.crumbs(routes::APPLICATION_CERTIFICATE, w),
        service_title: case.service.title.get(w.lang()).to_owned(),
        key_fields,
        certificate_fields: vec![certificate.html(w)],
    }
}

/// The controls for a key file and its password.
pub(super) fn key_fields(problems: &[Problem], w: &Words) -> Vec<String> {
    let key = Field {
        accept: ".p12,.pfx,application/x-pkcs12".to_owned(),
        error: problem_text(problems, KEY_FILE, w),
        ..Field::new(FieldKind::File, KEY_FILE, w.t("certificate-key-file"))
    };
    let password = Field {
        error: problem_text(problems, KEY_PASSWORD, w),
        autocomplete: "off".to_owned(),
        ..Field::new(
            FieldKind::Password,
            KEY_PASSWORD,
            w.t("certificate-key-password"),
        )
    };
    vec![key.html(w), password.html(w)]
}
