//! The services, one service, and how an application for one begins.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use qaqpa_model::{Iin, MessageId, ServiceAtAct};
use qaqpa_regulations::{Channel, Flow, Service};
use qaqpa_store::{NewAttachment, NewDraft};
use qaqpa_web::{Anyone, Citizen, Problem as PageProblem, Signed, Words};
use uuid::Uuid;

use crate::case::Case;
use crate::draft::{Applicant, Draft};
use crate::portal::Portal;
use crate::reply::{login_steps, not_found, page};
use crate::routes::{self, of};
use crate::show;
use crate::steps::check_request::of_the_applicant;
use crate::trace;
use crate::views::{self, Need};

use super::home::{act_title, cards};

pub(super) async fn list(Anyone(visit): Anyone, State(portal): State<Portal>) -> Response {
    let w = visit.words();
    let body = views::Services {
        w,
        services: cards(&portal, w),
    };
    page(&visit, w.t("services-title"), &body, routes::SERVICES)
}

pub(super) async fn show(
    Anyone(visit): Anyone,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let w = visit.words();
    let (service, flow) = find(&portal, &id)?;
    let act = portal.catalogue.act(service.id.act());
    let title = service.title.get(w.lang()).to_owned();
    let need = |required: bool| {
        w.t(if required {
            "service-required"
        } else {
            "service-optional"
        })
    };
    let body = views::Service {
        w,
        csrf: visit.csrf_field(),
        signed_in: visit.account().is_some(),
        id: service.id.to_string(),
        title: title.clone(),
        act: act_title(&portal, service.id.act(), w),
        provider: show::unit(act, &service.provider, w),
        result: service.result.title.get(w.lang()).to_owned(),
        deadlines: deadlines(flow, w),
        flow: show::whole_way(flow, w),
        documents: service
            .documents
            .iter()
            .map(|document| Need {
                title: document.title.get(w.lang()).to_owned(),
                need: need(document.required),
            })
            .collect(),
        fields: service
            .form
            .iter()
            .map(|field| Need {
                title: field.label.get(w.lang()).to_owned(),
                need: need(field.required),
            })
            .collect(),
    };
    Ok(page(&visit, title, &body, routes::SERVICES))
}

/// Begins a draft: its message id is chosen here, so that the authorisation can be traced under it.
pub(super) async fn begin(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let (service, flow) = find(&portal, &id)?;
    let owner = signed.account.iin;
    let person = portal
        .persons
        .find(&owner)
        .map_err(PageProblem::fault)?
        .ok_or_else(not_found)?;
    let mut draft = Draft::begin(&person, login_steps(&signed));
    draft.answers = known_answers(service, &draft.applicant, &owner);
    let id = save(&portal, &signed, service, flow, &draft).await?;
    Ok(Redirect::to(&of(routes::APPLICATION_FORM, &id)).into_response())
}

/// Begins a draft with the answers and attachments of an earlier application.
pub(super) async fn repeat(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    let draft = case.draft.again(login_steps(&signed));
    let new = save(&portal, &signed, case.service, case.flow, &draft).await?;
    let applications = portal.store.applications();
    for content in case.contents(&portal).await? {
        let attachment = NewAttachment {
            document: content.attachment.document,
            name: content.attachment.name,
            media_type: content.attachment.media_type,
            bytes: content.bytes,
        };
        applications
            .attach(&new, &signed.account.iin, attachment)
            .await
            .map_err(PageProblem::fault)?;
    }
    Ok(Redirect::to(&of(routes::APPLICATION_FORM, &new)).into_response())
}

/// What the register knows of the applicant need not be entered.
fn known_answers(service: &Service, applicant: &Applicant, own: &Iin) -> BTreeMap<String, String> {
    let fields = service.form.iter();
    fields
        .filter_map(|field| {
            let agrees = field.agrees.as_ref()?;
            let known = of_the_applicant(agrees.as_to, applicant, own);
            (agrees.with.is_none()).then(|| (field.name.clone(), known))
        })
        .collect()
}

async fn save(
    portal: &Portal,
    signed: &Signed<Citizen>,
    service: &Service,
    flow: &Flow,
    draft: &Draft,
) -> Result<String, PageProblem> {
    let id = Uuid::new_v4().to_string();
    let message_id =
        MessageId::parse(&format!("{{{}}}", Uuid::new_v4())).map_err(PageProblem::fault)?;
    let trace = trace::entries(flow, &message_id, &[], &trace::login(draft.login))
        .map_err(PageProblem::fault)?;
    let new = NewDraft {
        id: id.clone(),
        owner: signed.account.iin,
        message_id,
        service: service.id.clone(),
        form_json: draft.to_json(),
        trace,
        at: portal.clock.now(),
    };
    portal
        .store
        .applications()
        .save_draft(new)
        .await
        .map_err(PageProblem::fault)?;
    Ok(id)
}

fn find<'p>(portal: &'p Portal, id: &str) -> Result<(&'p Service, &'p Flow), PageProblem> {
    let id = ServiceAtAct::parse(id).map_err(|_| not_found())?;
    let found = portal
        .service(&id)
        .and_then(|service| Some((service, service.flow(Channel::Portal)?)));
    // The page says in small print whether the catalogue has it and nothing here plays it.
    found.ok_or_else(|| not_found().because(portal.catalogue.answer(&id, Some(Channel::Portal))))
}

fn deadlines(flow: &Flow, w: &Words) -> Vec<String> {
    flow.actions
        .iter()
        .map(|action| {
            format!(
                "{}: {}",
                action.title.get(w.lang()),
                show::period(action.deadline, w)
            )
        })
        .collect()
}
