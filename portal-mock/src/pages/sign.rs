//! The exact document, its signature, and the sending.

use std::time::Duration;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use qaqpa_crypto::sha256;
use qaqpa_regulations::Meaning;
use qaqpa_store::{OutboxState, OutgoingMessage, Submission, Submitted};
use qaqpa_web::{Citizen, Multipart, Problem as PageProblem, Signed};
use tokio::time::Instant;

use super::certificate::key_fields;
use crate::case::Case;
use crate::courier::GATEWAY;
use crate::portal::Portal;
use crate::reply::{not_found, page, page_with, problem_text};
use crate::routes::{self, KEY_FILE, KEY_PASSWORD, SIGNED_DOCUMENT, of};
use crate::show;
use crate::steps::certify::{self, Certified, NotCertified};
use crate::steps::check_request::check_request;
use crate::steps::prepare::Problem;
use crate::steps::refuse_signature::Past;
use crate::trace;
use crate::views;
use qaqpa_web::Field;
use qaqpa_web::forms::FieldKind;

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    if let Some(elsewhere) = elsewhere(&case) {
        return Ok(elsewhere);
    }
    let xml = case.document(&portal).await?.to_xml();
    let body = body(&signed, &portal, &case, &xml, &[]);
    Ok(page(
        &signed,
        signed.t("sign-title"),
        &body,
        routes::SERVICES,
    ))
}

/// The exact XML, for signing elsewhere.
pub(super) async fn unsigned(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    let xml = case.document(&portal).await?.to_xml();
    Ok(xml_answer(xml))
}

/// The signed document as it was sent.
pub(super) async fn signed(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let document = portal
        .store
        .applications()
        .document(&id, &signed.account.iin)
        .await
        .map_err(PageProblem::fault)?
        .ok_or_else(not_found)?;
    Ok(xml_answer(document))
}

pub(super) async fn submit(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    posted: Multipart,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    if let Some(elsewhere) = elsewhere(&case) {
        return Ok(elsewhere);
    }
    let document = case.document(&portal).await?;
    let xml = document.to_xml();
    let certified = match certified(&portal, &case, &document, &xml, posted).await? {
        Ok(certified) => certified,
        Err(NotCertified::Refused(refused)) => {
            let past = Past::at_signing(case.flow, &case.draft, portal.clock.now());
            case.refuse(&portal, past, &refused).await?;
            return Ok(case.to_status());
        }
        Err(NotCertified::Again { field, key }) => {
            let problems = [Problem::new(field, key)];
            let body = body(&signed, &portal, &case, &xml, &problems);
            return Ok(page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed,
                signed.t("sign-title"),
                &body,
                routes::SERVICES,
            ));
        }
    };
    if case.flow.element_for(Meaning::CheckRequest).is_some() {
        let owner = &case.application.owner;
        if let Err(not_right) = check_request(case.service, &case.draft, owner) {
            case.refuse_request(&portal, &not_right).await?;
            return Ok(case.to_status());
        }
    }
    send(&portal, &case, &certified).await?;
    Ok(case.to_status())
}

/// Where to go instead, if this is not the turn of the signature.
fn elsewhere(case: &Case<'_>) -> Option<Response> {
    if !case.is_draft() {
        return Some(case.to_status());
    }
    if case.draft.certificate.is_none() {
        let to = of(routes::APPLICATION_CERTIFICATE, &case.application.id);
        return Some(Redirect::to(&to).into_response());
    }
    None
}

/// Signs here or takes what was signed elsewhere, and examines it.
async fn certified(
    portal: &Portal,
    case: &Case<'_>,
    document: &qaqpa_wire::Application,
    xml: &[u8],
    mut posted: Multipart,
) -> Result<Result<Certified, NotCertified>, PageProblem> {
    let missing = NotCertified::Again {
        field: KEY_FILE,
        key: "error-file-missing",
    };
    let signed = if let Some(file) = posted.take_file(KEY_FILE) {
        let password = posted.secret(KEY_PASSWORD).unwrap_or_default();
        let chosen = case
            .draft
            .certificate
            .as_ref()
            .map(|chosen| chosen.der())
            .unwrap_or_default();
        let (xml, limits) = (xml.to_vec(), portal.xml_limits());
        // Opening a key file derives its key slowly: not on the runtime's threads.
        let signing = tokio::task::spawn_blocking(move || {
            certify::sign_here(&xml, &file.bytes, &password, &chosen, &limits)
        });
        match signing.await.map_err(PageProblem::fault)? {
            Ok(signed) => signed,
            Err(not) => return Ok(Err(not)),
        }
    } else if let Some(file) = posted.take_file(SIGNED_DOCUMENT) {
        file.bytes.to_vec()
    } else {
        return Ok(Err(missing));
    };
    let examiner = portal.examiner().await.map_err(PageProblem::fault)?;
    Ok(certify::examine(
        &examiner,
        signed,
        document,
        &case.application.owner,
        &portal.limits,
        portal.clock.now(),
    )
    .await)
}

/// Status, document, outbox entry and steps in one transaction; then a moment for the gateway's answer.
async fn send(portal: &Portal, case: &Case<'_>, certified: &Certified) -> Result<(), PageProblem> {
    let at = portal.clock.now();
    let application = &case.application;
    let trace = trace::entries(
        case.flow,
        &application.message_id,
        &trace::login(case.draft.login),
        &trace::prepared(case.flow, &case.draft, at),
    )
    .map_err(PageProblem::fault)?;
    let submission = Submission {
        id: application.id.clone(),
        owner: application.owner,
        document: certified.document().to_vec(),
        outbox: OutgoingMessage {
            destination: GATEWAY.to_owned(),
            message_id: application.message_id.clone(),
            correlation: None,
            body: certify::message(certified, application, at),
        },
        trace,
        at,
    };
    let submitted = portal
        .store
        .applications()
        .submit(submission)
        .await
        .map_err(PageProblem::fault)?;
    match submitted {
        Submitted::Missing => return Err(not_found()),
        Submitted::Already => return Ok(()),
        Submitted::Sent => {}
    }
    answer_or_first_failure(portal, case).await
}

/// Waits until the gateway has answered, or the first attempt has failed: then the application is
/// queued, and the page says so.
async fn answer_or_first_failure(portal: &Portal, case: &Case<'_>) -> Result<(), PageProblem> {
    let deadline = Instant::now() + portal.config.answer_wait;
    while Instant::now() < deadline {
        let entries = portal
            .store
            .exchange()
            .outbox(portal.config.outbox_looked_at)
            .await
            .map_err(PageProblem::fault)?;
        let entry = entries
            .iter()
            .find(|entry| entry.message_id == case.application.message_id);
        match entry {
            Some(entry) if entry.state == OutboxState::Pending && entry.why.is_none() => {}
            _ => return Ok(()),
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Ok(())
}

fn xml_answer(xml: Vec<u8>) -> Response {
    (
        [
            (header::CONTENT_TYPE, "application/xml; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment"),
        ],
        xml,
    )
        .into_response()
}

fn body<'v>(
    visitor: &'v Signed<Citizen>,
    portal: &Portal,
    case: &Case<'_>,
    xml: &[u8],
    problems: &[Problem],
) -> views::Sign<'v> {
    let w = visitor.words();
    let text = String::from_utf8_lossy(xml);
    let max = portal.config.shown_characters_max;
    let clipped = text.chars().count() > max;
    let chosen = case.draft.certificate.as_ref();
    let file = Field {
        accept: ".xml,application/xml,text/xml".to_owned(),
        error: problem_text(problems, SIGNED_DOCUMENT, w),
        ..Field::new(FieldKind::File, SIGNED_DOCUMENT, w.t("sign-signed-file"))
    };
    views::Sign {
        w,
        csrf: visitor.csrf_field(),
        head: case.head("none"),
        crumbs: case.crumbs(routes::APPLICATION_SIGN, w),
        service_title: case.service.title.get(w.lang()).to_owned(),
        xml: text.chars().take(max).collect(),
        clipped,
        size: w.with(
            "sign-size",
            &[
                ("bytes", xml.len().to_string().into()),
                ("digest", hex::encode(sha256(xml)).into()),
            ],
        ),
        certificate: chosen.map_or_else(Default::default, |chosen| {
            show::certificate(&chosen.der(), w)
        }),
        key_fields: key_fields(problems, w),
        signed_fields: vec![file.html(w)],
    }
}
