//! The checklist of required documents, and the decision.

use std::collections::BTreeMap;

use axum::Form;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_model::RequestStatus;
use qaqpa_store::Told;
use qaqpa_web::forms::FieldKind;
use qaqpa_web::{Field, Problem, Signed, Words};
use uuid::Uuid;

use super::card::{claim, files, head};
use super::member;
use crate::case::Case;
use crate::reply::{page, page_with};
use crate::routes::{self, COMMENT, DECISION, DOCUMENT_PREFIX, GROUND, of};
use crate::staff::Staff;
use crate::steps::check_documents::{Answers, Fault, checklist, decide};
use crate::steps::tell_status::{About, tell_status};
use crate::views::{self, GroundView, ListedView};
use crate::work::Work;
use crate::workplace::Workplace;

pub(super) async fn show(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    if !decides(&case)? {
        return Ok(Redirect::to(&of(routes::RESULT, &id)).into_response());
    }
    let answers = Answers::of(&case.work);
    let body = body(&signed, &workplace, &case, &answers, &[]);
    Ok(page(&signed, signed.t("check-title"), &body, routes::CARDS))
}

pub(super) async fn submit(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
    Form(values): Form<BTreeMap<String, String>>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    if !decides(&case)? {
        return Err(Problem::new(StatusCode::CONFLICT, "card-decided"));
    }
    claim(&workplace, &case).await?;
    let answers = Answers { values };
    let decided = decide(
        case.offer.service,
        &case.application,
        &answers,
        workplace.config.comment_characters_max,
        member.account.id,
        Uuid::new_v4().to_string(),
    );
    let work = match decided {
        Ok(work) => work,
        Err(faults) => {
            let body = body(&signed, &workplace, &case, &answers, &faults);
            return Ok(page_with(
                StatusCode::UNPROCESSABLE_ENTITY,
                &signed,
                signed.t("check-title"),
                &body,
                routes::CARDS,
            ));
        }
    };
    note(&workplace, &case, &work).await?;
    Ok(Redirect::to(&of(routes::RESULT, &id)).into_response())
}

/// Notes the work on the card. With the first note the work begins, and whoever sent the application is told; where the
/// act prints when statuses are told, then.
pub(super) async fn note(
    workplace: &Workplace,
    case: &Case<'_>,
    work: &Work,
) -> Result<(), Problem> {
    let json = work.to_json().map_err(Problem::fault)?;
    let about = About::of(case);
    let at = workplace.clock.now();
    let first = if case.offer.chain.prints_statuses() {
        None
    } else {
        let in_work = tell_status(workplace, about, RequestStatus::InWork, at).await;
        Some(Told {
            message: in_work.map_err(Problem::fault)?,
            at,
        })
    };
    let cards = workplace.store.cards();
    let noted = cards.note(&case.card.id, &json, first).await;
    if !noted.map_err(Problem::fault)? {
        return Err(Problem::new(StatusCode::CONFLICT, "card-decided"));
    }
    Ok(())
}

/// Whether it is the member's turn to decide: only in the action that the catalogue names.
fn decides(case: &Case<'_>) -> Result<bool, Problem> {
    let turn = case.my_turn()?;
    Ok(case.offer.chain.decides(turn.action))
}

fn body<'v>(
    signed: &'v Signed<Staff>,
    workplace: &Workplace,
    case: &Case<'_>,
    answers: &Answers,
    faults: &[Fault],
) -> views::Check<'v> {
    let w = signed.words();
    let error = |field: &str| {
        let fault = faults.iter().find(|fault| fault.field == field);
        fault.map_or_else(String::new, |fault| w.t(fault.key))
    };
    let comment = Field {
        value: answers.value(COMMENT).to_owned(),
        hint: w.t("check-comment-hint"),
        error: error(COMMENT),
        characters_max: workplace.config.comment_characters_max,
        ..Field::new(FieldKind::LongText, COMMENT, w.t("check-comment"))
    };
    let element = case.offer.flow.decision();
    views::Check {
        csrf: signed.csrf_field(),
        head: head(case, "none", w),
        condition: element.map_or_else(String::new, |element| crate::show::spoken(element, w)),
        condition_text: element
            .map_or_else(String::new, |element| element.text.get(w.lang()).to_owned()),
        documents: documents(case, answers, w, &error),
        decision: answers.value(DECISION).to_owned(),
        decision_error: error(DECISION),
        grounds: case
            .offer
            .service
            .grounds
            .iter()
            .map(|ground| GroundView {
                id: ground.id.clone(),
                title: ground.title.get(w.lang()).to_owned(),
                label: ground.label.to_string(),
                chosen: answers.value(GROUND) == ground.id,
            })
            .collect(),
        ground_error: error(GROUND),
        comment: comment.html(w),
        has_errors: !faults.is_empty(),
        w,
    }
}

fn documents(
    case: &Case<'_>,
    answers: &Answers,
    w: &Words,
    error: &impl Fn(&str) -> String,
) -> Vec<ListedView> {
    let files = files(case, w);
    checklist(case.offer.service, &case.application)
        .into_iter()
        .map(|listed| {
            let id = listed.document.id.clone();
            let field = format!("{DOCUMENT_PREFIX}{id}");
            ListedView {
                title: listed.document.title.get(w.lang()).to_owned(),
                required: listed.document.required,
                asked: listed.is_asked(),
                attached: listed.attached,
                files: files
                    .iter()
                    .filter(|file| file.document == id)
                    .cloned()
                    .collect(),
                answer: answers.value(&field).to_owned(),
                error: error(&field),
                id,
            }
        })
        .collect()
}
