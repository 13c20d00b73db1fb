//! The status of an application: the way so far, what came of it, and what can be done.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use qaqpa_model::RequestStatus;
use qaqpa_regulations::{FieldDef, FieldKind, Meaning};
use qaqpa_store::{CabinetDocument, OutboxState, TraceEntry};
use qaqpa_web::{Citizen, Page, Problem as PageProblem, Signed, Words};

use crate::case::Case;
use crate::portal::Portal;
use crate::refusal::Refusal;
use crate::routes::{self, of};
use crate::show;
use crate::steps::deliver_result::told_by;
use crate::steps::refuse_signature;
use crate::views::{self, Line, RefusalView};

/// How an application's message fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sending {
    /// The gateway has it.
    Accepted,
    /// Nothing was sent.
    None,
    /// It waits in the outbox.
    Queued,
    /// The gateway said no.
    Refused,
}

impl Sending {
    const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::None => "none",
            Self::Queued => "queued",
            Self::Refused => "refused",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Accepted => "delivery-accepted",
            Self::None => "delivery-none",
            Self::Queued => "delivery-queued",
            Self::Refused => "delivery-refused",
        }
    }
}

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let w = signed.words();
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    let application = &case.application;
    let (trace, arrived) = story(&portal, &case).await?;
    let document = arrived.as_ref();
    let sending = sending(&portal, &case, &trace, document).await?;
    let refusal = refusal(&portal, &case, &trace, document, w).await?;
    let attachments = case
        .attachments(&portal)
        .await?
        .into_iter()
        .map(|file| Line {
            title: case.service.document(&file.document).map_or_else(
                || file.document.clone(),
                |document| document.title.get(w.lang()).to_owned(),
            ),
            value: format!("{}, {}", file.name, show::size(file.size, w)),
        })
        .collect();
    let waits_because = match sending {
        Sending::Queued => why_queued(&portal, &case).await?,
        _ => String::new(),
    };
    let waiting = matches!(
        application.status,
        RequestStatus::Received | RequestStatus::InWork
    );
    let title = case.service.title.get(w.lang()).to_owned();
    let body = views::Status {
        w,
        csrf: signed.csrf_field(),
        head: case.head(sending.name()),
        crumbs: case.crumbs(routes::APPLICATION, w),
        service_title: title.clone(),
        status: w.t(&format!("request-status-{}", application.status)),
        delivery: if sending == Sending::None && !case.is_draft() {
            String::new()
        } else {
            w.t(sending.key())
        },
        waits_because,
        notice: if waiting && sending == Sending::Accepted {
            w.t("status-waiting")
        } else {
            String::new()
        },
        refusal,
        steps: show::stepper(case.flow, &trace, !waiting && !case.is_draft(), w),
        created: show::moment(application.created_at, w.lang()),
        sent: application
            .submitted_at
            .map_or_else(String::new, |at| show::moment(at, w.lang())),
        go_on: if case.is_draft() {
            of(next_step(&case), &application.id)
        } else {
            String::new()
        },
        document: document.map_or_else(String::new, |document| document.id.to_string()),
        refreshable: waiting,
        repeatable: application.status == RequestStatus::Refused,
        signed: application.signed,
        answers: answers(&case, w),
        attachments,
    };
    let mut page = Page::new(&signed, title, &body).here(routes::CABINET);
    if waiting {
        // Ask again: the answer may come while somebody looks.
        page = page.refresh(10);
    }
    Ok(page.into_response())
}

/// The steps so far, with those that the document in the cabinet tells of, and that document.
pub(super) async fn story(
    portal: &Portal,
    case: &Case<'_>,
) -> Result<(Vec<TraceEntry>, Option<CabinetDocument>), PageProblem> {
    let application = &case.application;
    let trace = portal.store.trace().of(&application.message_id).await;
    let mut trace = trace.map_err(PageProblem::fault)?;
    let cabinet = portal.store.cabinet();
    let arrived = cabinet.of_message(&application.message_id).await;
    let document = arrived.map_err(PageProblem::fault)?.pop();
    if let Some(document) = &document {
        trace.extend(told_by(
            case.flow,
            application,
            document.outcome == "granted",
            application.label,
            document.received_at,
        ));
    }
    Ok((trace, document))
}

fn next_step(case: &Case<'_>) -> &'static str {
    if case.draft.certificate.is_some() {
        routes::APPLICATION_SIGN
    } else {
        routes::APPLICATION_FORM
    }
}

async fn sending(
    portal: &Portal,
    case: &Case<'_>,
    trace: &[TraceEntry],
    arrived: Option<&CabinetDocument>,
) -> Result<Sending, PageProblem> {
    let sent = Meaning::Certify.as_str();
    if case.application.submitted_at.is_none() {
        return Ok(Sending::None);
    }
    if arrived.is_some() || trace.iter().any(|entry| entry.meaning == sent) {
        return Ok(Sending::Accepted);
    }
    if case.application.status == RequestStatus::Refused {
        return Ok(Sending::Refused);
    }
    // Some acts have no step of the portal's own for the sending.
    let exchange = portal.store.exchange();
    let entry = exchange.outbox_of(&case.application.message_id).await;
    let entry = entry.map_err(PageProblem::fault)?;
    let accepted = entry.is_some_and(|entry| entry.state == OutboxState::Done);
    Ok(if accepted {
        Sending::Accepted
    } else {
        Sending::Queued
    })
}

/// What the last attempt to send it said.
async fn why_queued(portal: &Portal, case: &Case<'_>) -> Result<String, PageProblem> {
    let entries = portal
        .store
        .exchange()
        .outbox(portal.config.outbox_looked_at)
        .await
        .map_err(PageProblem::fault)?;
    let mut own = entries
        .into_iter()
        .filter(|entry| entry.message_id == case.application.message_id);
    Ok(own.find_map(|entry| entry.why).unwrap_or_default())
}

/// Why it was refused, with the evidence that the notification kept.
async fn refusal(
    portal: &Portal,
    case: &Case<'_>,
    trace: &[TraceEntry],
    arrived: Option<&CabinetDocument>,
    w: &Words,
) -> Result<Option<RefusalView>, PageProblem> {
    let application = &case.application;
    if application.status != RequestStatus::Refused {
        return Ok(None);
    }
    let label = application.label.map_or("", |label| label.as_str());
    if arrived.is_some() {
        let refused = Refusal {
            label: label.to_owned(),
            why: String::new(),
            check: String::new(),
            clause: String::new(),
        };
        let reasoned = case.flow.reasoned_refusal();
        let meaning = reasoned.map_or(Meaning::RefuseService, |refusal| refusal.meaning);
        return Ok(Some(show::refusal(case.flow, meaning, &refused, w)));
    }
    let told = portal
        .store
        .cabinet()
        .notifications(&application.owner, portal.config.notifications_max)
        .await
        .map_err(PageProblem::fault)?
        .into_iter()
        .find(|notification| {
            notification.key == refuse_signature::NOTIFICATION
                && notification.message_id.as_ref() == Some(&application.message_id)
        })
        .and_then(|notification| serde_json::from_str(&notification.args_json).ok());
    let refused = told.unwrap_or_else(|| Refusal {
        label: label.to_owned(),
        why: String::new(),
        check: String::new(),
        clause: String::new(),
    });
    let of_the_data = Meaning::RefuseRequest.as_str();
    let meaning = if trace.iter().any(|entry| entry.meaning == of_the_data) {
        Meaning::RefuseRequest
    } else {
        Meaning::RefuseSignature
    };
    Ok(Some(show::refusal(case.flow, meaning, &refused, w)))
}

fn answers(case: &Case<'_>, w: &Words) -> Vec<Line> {
    case.service
        .form
        .iter()
        .filter_map(|field| {
            let value = case.draft.answers.get(&field.name)?;
            (!value.is_empty()).then(|| Line {
                title: field.label.get(w.lang()).to_owned(),
                value: shown_value(field, value, w),
            })
        })
        .collect()
}

/// What people chose is shown by its label, the rest as it was written.
fn shown_value(field: &FieldDef, value: &str, w: &Words) -> String {
    match &field.kind {
        FieldKind::Choice(options) => options
            .iter()
            .find(|option| option.value == value)
            .map_or_else(
                || value.to_owned(),
                |option| option.label.get(w.lang()).to_owned(),
            ),
        _ => value.to_owned(),
    }
}
