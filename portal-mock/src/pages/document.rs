//! A document of the cabinet: its content from what is proven to be signed, and the verdict about it.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use qaqpa_regulations::ContentField;
use qaqpa_store::CabinetContent;
use qaqpa_verdict::{Subject, Verdict};
use qaqpa_web::{Citizen, Problem as PageProblem, Signed, Words};
use qaqpa_wire::{Outcome, ResultDocument};
use qaqpa_xml::Document;

use super::cabinet::outcome;
use crate::portal::Portal;
use crate::reply::{not_found, page};
use crate::routes;
use crate::show;
use crate::views::{self, Line};

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<i64>,
) -> Result<Response, PageProblem> {
    let content = open(&portal, &signed, id).await?;
    answer(&portal, &signed, &content, None).await
}

/// The same page, with the verdict of this moment.
pub(super) async fn verify(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<i64>,
) -> Result<Response, PageProblem> {
    let content = open(&portal, &signed, id).await?;
    let document =
        Document::parse(&content.bytes, &portal.xml_limits()).map_err(PageProblem::fault)?;
    let examiner = portal.examiner().await.map_err(PageProblem::fault)?;
    let (now, _) = examiner
        .examine(Subject::Document(&document), portal.clock.now())
        .await;
    answer(&portal, &signed, &content, Some(now)).await
}

/// The exact signed bytes.
pub(super) async fn xml(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<i64>,
) -> Result<Response, PageProblem> {
    let content = open(&portal, &signed, id).await?;
    Ok((
        [
            (header::CONTENT_TYPE, "application/xml; charset=utf-8"),
            (header::CONTENT_DISPOSITION, "attachment"),
        ],
        content.bytes,
    )
        .into_response())
}

async fn open(
    portal: &Portal,
    signed: &Signed<Citizen>,
    id: i64,
) -> Result<CabinetContent, PageProblem> {
    portal
        .store
        .cabinet()
        .open(id, &signed.account.iin, portal.clock.now())
        .await
        .map_err(PageProblem::fault)?
        .ok_or_else(not_found)
}

/// The page. The document is proven again with the evidence that was kept at its arrival: nothing is
/// shown that is not under the signature, and nobody need be asked.
async fn answer(
    portal: &Portal,
    signed: &Signed<Citizen>,
    content: &CabinetContent,
    now: Option<Verdict>,
) -> Result<Response, PageProblem> {
    let w = signed.words();
    let stored = Verdict::from_json(&content.document.verdict_json).map_err(PageProblem::fault)?;
    let document =
        Document::parse(&content.bytes, &portal.xml_limits()).map_err(PageProblem::fault)?;
    let examiner = portal.examiner().await.map_err(PageProblem::fault)?;
    let (verdict, proven) =
        examiner.replay(Subject::Document(&document), stored.at, &stored.dossier);
    let proven = proven.ok_or_else(|| {
        PageProblem::fault(format!(
            "a document of the cabinet can no longer be proven: {}",
            verdict.why()
        ))
    })?;
    let result = ResultDocument::read(&proven.covered).map_err(PageProblem::fault)?;
    let application = portal
        .store
        .applications()
        .by_message(&content.document.message_id)
        .await
        .map_err(PageProblem::fault)?
        .ok_or_else(not_found)?;
    let service = portal.service(&application.service);
    let labels = service.map_or(&[][..], |service| &service.result.content);
    let (state, key) = outcome(match result.outcome {
        Outcome::Granted => "granted",
        Outcome::Refused => "refused",
    });
    let title = result.titles.of(w.lang()).to_owned();
    let body = views::Document {
        w,
        csrf: signed.csrf_field(),
        id: content.document.id,
        application: application.id.clone(),
        outcome: state,
        outcome_text: w.t(key),
        title: title.clone(),
        issuer: show::unit(
            portal.catalogue.act(application.service.act()),
            &result.issuer,
            w,
        ),
        content: lines(labels, &result, w),
        grounds: result
            .grounds
            .as_ref()
            .map_or_else(String::new, |grounds| grounds.text.clone()),
        grounds_label: result
            .grounds
            .as_ref()
            .map_or_else(String::new, |grounds| grounds.label.to_string()),
        applicant: applicant(&result),
        officer: proven.signer.common_name.clone(),
        issued: show::moment(result.issued_at, w.lang()),
        result_id: result.result_id.clone(),
        verdict: show::verdict(&stored, w.t("document-verdict-at-arrival"), w),
        now: now.map(|now| show::verdict(&now, w.t("document-verdict-now"), w)),
    };
    Ok(page(signed, title, &body, routes::CABINET))
}

fn lines(labels: &[ContentField], result: &ResultDocument, w: &Words) -> Vec<Line> {
    result
        .content
        .iter()
        .map(|field| Line {
            title: labels
                .iter()
                .find(|label| label.name == field.name)
                .map_or_else(
                    || field.name.clone(),
                    |label| label.label.get(w.lang()).to_owned(),
                ),
            value: field.value.clone(),
        })
        .collect()
}

fn applicant(result: &ResultDocument) -> String {
    let person = &result.applicant;
    let mut name = format!("{} {}", person.surname, person.given_name);
    if let Some(patronymic) = &person.patronymic {
        name.push(' ');
        name.push_str(patronymic);
    }
    format!("{name}, {}", person.iin.reveal())
}
