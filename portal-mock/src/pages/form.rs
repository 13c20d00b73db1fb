//! The form, made from the catalogue, and the attachments.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_regulations::{FieldDef, FieldKind};
use qaqpa_store::Attachment;
use qaqpa_web::forms::FieldKind as Control;
use qaqpa_web::{Choice, Citizen, Field, Flash, Multipart, Problem as PageProblem, Signed};

use crate::case::Case;
use crate::portal::Portal;
use crate::reply::{page, page_with, problem_text};
use crate::routes::{self, DOCUMENT_PREFIX, FIELD_PREFIX, REMOVE_PREFIX, of};
use crate::show;
use crate::steps::prepare::{self, Problem, Upload};
use crate::views::{self, DocumentField};

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    if !case.is_draft() {
        return Ok(case.to_status());
    }
    let attached = case.attachments(&portal).await?;
    let body = body(&signed, &portal, &case, &attached, &[]);
    Ok(page(
        &signed,
        signed.t("form-title"),
        &body,
        routes::SERVICES,
    ))
}

pub(super) async fn submit(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
    mut posted: Multipart,
) -> Result<Response, PageProblem> {
    let mut case = Case::open(&portal, &id, &signed.account.iin).await?;
    if !case.is_draft() {
        return Ok(case.to_status());
    }
    let mut problems = take_documents(&portal, &case, &mut posted).await?;
    let fields: Vec<(String, String)> = posted
        .texts()
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .collect();
    case.draft.answers = prepare::answers(case.service, &fields);
    // What is signed has changed, so that the story goes on from here.
    case.draft.certificate = None;
    case.save(&portal).await?;

    let attached = case.attachments(&portal).await?;
    let saving = posted.text("action") == Some("save");
    if !saving {
        problems.extend(prepare::check_answers(case.service, &case.draft.answers));
        let missing = prepare::check_documents(case.service, &attached);
        let named: Vec<String> = problems.iter().map(|p| p.field.clone()).collect();
        problems.extend(missing.into_iter().filter(|p| !named.contains(&p.field)));
    }
    if problems.is_empty() {
        if saving {
            let here = Redirect::to(&of(routes::APPLICATION_FORM, &id));
            return Ok((Flash::notice("form-saved"), here).into_response());
        }
        let next = of(routes::APPLICATION_CERTIFICATE, &id);
        return Ok(Redirect::to(&next).into_response());
    }
    let body = body(&signed, &portal, &case, &attached, &problems);
    Ok(page_with(
        StatusCode::UNPROCESSABLE_ENTITY,
        &signed,
        signed.t("form-title"),
        &body,
        routes::SERVICES,
    ))
}

/// Takes attachments away, and takes new ones in; a new one replaces that of the same document.
async fn take_documents(
    portal: &Portal,
    case: &Case<'_>,
    posted: &mut Multipart,
) -> Result<Vec<Problem>, PageProblem> {
    let (id, owner) = (&case.application.id, &case.application.owner);
    let applications = portal.store.applications();
    let mut problems = Vec::new();
    for definition in &case.service.documents {
        let attached = case.attachments(portal).await?;
        let old: Vec<&Attachment> = attached
            .iter()
            .filter(|file| file.document == definition.id)
            .collect();
        let file = posted.take_file(&format!("{DOCUMENT_PREFIX}{}", definition.id));
        let removed = posted
            .text(&format!("{REMOVE_PREFIX}{}", definition.id))
            .is_some();
        let new = match file {
            None => None,
            Some(file) => {
                let upload = Upload {
                    document: definition.id.clone(),
                    name: file.name,
                    stated_type: file.media_type,
                    bytes: file.bytes.to_vec(),
                };
                let others = attached
                    .iter()
                    .filter(|file| file.document != definition.id);
                let fits = prepare::take_file(definition, upload, &portal.limits)
                    .and_then(|new| prepare::check_total(others, new, &portal.limits));
                match fits {
                    Ok(new) => Some(new),
                    Err(problem) => {
                        problems.push(problem);
                        continue;
                    }
                }
            }
        };
        if removed || new.is_some() {
            for old in old {
                applications
                    .detach(id, owner, old.id)
                    .await
                    .map_err(PageProblem::fault)?;
            }
        }
        if let Some(new) = new {
            applications
                .attach(id, owner, new)
                .await
                .map_err(PageProblem::fault)?;
        }
    }
    Ok(problems)
}

fn body<'v>(
    signed: &'v Signed<Citizen>,
    portal: &Portal,
    case: &Case<'_>,
    attached: &[Attachment],
    problems: &[Problem],
) -> views::Form<'v> {
    let w = signed.words();
    let lang = w.lang();
    let fields = case
        .service
        .form
        .iter()
        .map(|field| {
            let name = format!("{FIELD_PREFIX}{}", field.name);
            let options = match &field.kind {
                FieldKind::Choice(options) => options
                    .iter()
                    .map(|option| Choice {
                        value: option.value.clone(),
                        label: option.label.get(lang).to_owned(),
                    })
                    .collect(),
                _ => Vec::new(),
            };
            let hint = field.hint.as_ref();
            let answer = case.draft.answers.get(&field.name);
            Field {
                value: answer.cloned().unwrap_or_default(),
                hint: hint.map_or_else(String::new, |hint| hint.get(lang).to_owned()),
                error: problem_text(problems, &name, w),
                required: field.required,
                autocomplete: "off".to_owned(),
                characters_max: field.rule.characters_max,
                options,
                ..Field::new(control(field), &name, field.label.get(lang))
            }
            .html(w)
        })
        .collect();
    let documents = case
        .service
        .documents
        .iter()
        .map(|document| DocumentField {
            id: document.id.clone(),
            title: document.title.get(lang).to_owned(),
            required: document.required,
            accept: document.media_types.join(","),
            attached: attached
                .iter()
                .find(|file| file.document == document.id)
                .map_or_else(String::new, |file| {
                    w.with(
                        "form-attached",
                        &[
                            ("name", file.name.as_str().into()),
                            ("size", show::size(file.size, w).into()),
                        ],
                    )
                }),
            error: problem_text(problems, &format!("{DOCUMENT_PREFIX}{}", document.id), w),
        })
        .collect();
    views::Form {
        w,
        csrf: signed.csrf_field(),
        head: case.head("none"),
        crumbs: case.crumbs(routes::APPLICATION_FORM, w),
        service_title: case.service.title.get(lang).to_owned(),
        errors: if problems.is_empty() {
            String::new()
        } else {
            w.with("form-errors", &[("count", problems.len().into())])
        },
        person_name: case.draft.full_name(),
        person_iin: case.application.owner.reveal(),
        fields,
        attachments_hint: w.with_text(
            "form-attachments-text",
            "megabytes",
            &prepare::megabytes(&portal.limits).to_string(),
        ),
        documents,
    }
}

/// The control for a field of the catalogue.
fn control(field: &FieldDef) -> Control {
    match field.kind {
        FieldKind::Choice(_) => Control::Choice,
        FieldKind::Date => Control::Date,
        FieldKind::Iin => Control::Number,
        FieldKind::LongText => Control::LongText,
        FieldKind::Name | FieldKind::Phone | FieldKind::Text => Control::Text,
    }
}
