//! One card: what the applicant signed, the verdict about it, the tasks, the steps.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use qaqpa_regulations::FieldKind;
use qaqpa_store::{OutboxState, Task, TaskClaim, TaskState};
use qaqpa_web::{Flash, Problem, Signed, Words, components};
use qaqpa_wire::Attachment;
use serde::Deserialize;

use super::member;
use super::queue::holder;
use crate::case::Case;
use crate::reply::{file, page, xml};
use crate::routes::{self, of};
use crate::show;
use crate::staff::Staff;
use crate::views::{self, FileView, Head, Pair, TaskView};
use crate::workplace::Workplace;

pub(super) async fn show(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let w = signed.words();
    let trace = workplace.store.trace().of(&case.card.message_id).await;
    let trace = trace.map_err(Problem::fault)?;
    let delivery = delivery(&workplace, &case).await?;
    let mut tasks = Vec::new();
    for task in &case.tasks {
        tasks.push(task_view(&workplace, &case, task, w).await?);
    }
    let turn = case.turn();
    let may_act = case.may_act();
    let open = turn.map(|turn| turn.task.id);
    let decides = turn.is_some_and(|turn| case.offer.chain.decides(turn.action));
    let body = views::CardPage {
        csrf: signed.csrf_field(),
        head: head(&case, delivery.state, w),
        delivery_text: delivery.text(w),
        delivery_why: delivery.why,
        task: tasks.iter().find(|task| Some(task.id) == open).cloned(),
        next: turn
            .filter(|_| may_act)
            .map_or("none", |turn| turn.next.as_str()),
        decided: case.ruling().is_some(),
        revisable: may_act && decides,
        tasks,
        applicant: applicant(&case, w),
        answers: answers(&case, w),
        files: files(&case, w),
        register: register(&case, w),
        verdict: show::verdict(&case.verdict, w),
        steps: components::stepper(w, &show::steps(case.offer.flow, &trace, w)),
        result: case.work.result.is_some(),
        w,
    };
    let title = body.head.title.clone();
    Ok(page(&signed, title, &body, routes::CARDS))
}

/// Takes the open task: the member's own from now on.
pub(super) async fn take(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    claim(&workplace, &case).await?;
    let back = Redirect::to(&of(routes::CARD, &id));
    Ok((Flash::notice("flash-taken"), back).into_response())
}

/// Makes the open task the member's own, as every form of it does.
pub(super) async fn claim(workplace: &Workplace, case: &Case<'_>) -> Result<(), Problem> {
    let turn = case.my_turn()?;
    let by = case.member().account.id;
    let claimed = workplace.store.cards().claim_task(turn.task.id, by).await;
    let conflict = |label| Err(Problem::new(StatusCode::CONFLICT, label));
    match claimed.map_err(Problem::fault)? {
        TaskClaim::Yours => Ok(()),
        TaskClaim::Taken { .. } => conflict("task-taken"),
        TaskClaim::Done | TaskClaim::Missing => conflict("card-decided"),
    }
}

/// The exact bytes that the applicant signed.
pub(super) async fn application(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let case = Case::open(&workplace, &id, &member).await?;
    let document = workplace.store.cards().document(&id).await;
    let document = document.map_err(Problem::fault)?;
    let name = format!("application-{}.xml", case.card.number);
    Ok(xml(document.ok_or_else(Problem::not_found)?, &name))
}

/// What the address of a file may say.
#[derive(Default, Deserialize)]
pub(super) struct How {
    #[serde(default)]
    download: String,
}

/// A file of the application. Only kinds that browsers show without running anything are shown.
pub(super) async fn attachment(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Path((id, n)): Path<(String, usize)>,
    Query(how): Query<How>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let mut case = Case::open(&workplace, &id, &member).await?;
    let place = n.checked_sub(1).ok_or_else(Problem::not_found)?;
    if place >= case.application.attachments.len() {
        return Err(Problem::not_found());
    }
    let attachment = case.application.attachments.swap_remove(place);
    let kind = kind_of(&attachment.bytes);
    let inline = kind.is_some() && how.download.is_empty();
    let kind = kind.unwrap_or("application/octet-stream");
    Ok(file(attachment.bytes, kind, &attachment.name, inline))
}

/// The kind by the first bytes, whatever the applicant stated.
fn kind_of(bytes: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &'static str); 3] = [
        (b"%PDF-", "application/pdf"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
    ];
    kinds
        .into_iter()
        .find(|(magic, _)| bytes.starts_with(magic))
        .map(|(_, kind)| kind)
}

/// How far the signed result has come.
pub(super) struct DeliveryView {
    pub(super) state: &'static str,
    pub(super) why: String,
}

impl DeliveryView {
    fn text(&self, w: &Words) -> String {
        match self.state {
            "none" => String::new(),
            state => w.t(&format!("delivery-{state}")),
        }
    }
}

/// Whether the result was taken by the gateway.
pub(super) async fn delivery(
    workplace: &Workplace,
    case: &Case<'_>,
) -> Result<DeliveryView, Problem> {
    let entry = match case.work.result_message() {
        Some(id) => workplace.store.exchange().outbox_of(&id).await,
        None => Ok(None),
    };
    let entry = entry.map_err(Problem::fault)?;
    Ok(DeliveryView {
        state: match entry.as_ref().map(|entry| entry.state) {
            None => "none",
            Some(OutboxState::Done) => "done",
            Some(OutboxState::Parked) => "parked",
            Some(OutboxState::Behind | OutboxState::Held | OutboxState::Pending) => "pending",
        },
        why: entry.and_then(|entry| entry.why).unwrap_or_default(),
    })
}

/// What every page of a card says to a machine.
pub(super) fn head(case: &Case<'_>, delivery: &'static str, w: &Words) -> Head {
    let card = &case.card;
    Head {
        id: card.id.clone(),
        title: w.with("card-title", &[("n", card.number.into())]),
        service: case.offer.service.title.get(w.lang()).to_owned(),
        message_id: card.message_id.to_string(),
        state: card.state.as_str(),
        state_class: show::state_class(card.state),
        state_text: show::state(card.state, w),
        label: card
            .label
            .map_or_else(String::new, |label| label.to_string()),
        delivery,
        may_act: case.may_act(),
    }
}

async fn task_view(
    workplace: &Workplace,
    case: &Case<'_>,
    task: &Task,
    w: &Words,
) -> Result<TaskView, Problem> {
    let action = case.offer.chain.find(&task.action);
    Ok(TaskView {
        id: task.id,
        action: task.action.clone(),
        title: action.map_or_else(
            || task.action.clone(),
            |action| action.title.get(w.lang()).to_owned(),
        ),
        unit: task.unit.clone(),
        unit_title: action.map_or_else(
            || task.unit.clone(),
            |action| action.unit_title.get(w.lang()).to_owned(),
        ),
        role: task.role.clone(),
        role_title: show::role(&task.role, w),
        deadline: show::moment(task.deadline, w.lang()),
        deadline_exact: task.deadline.to_string(),
        period: action.map_or_else(String::new, |action| show::period(action.deadline, w)),
        left: show::left(task, case.now, w),
        overdue: case.is_overdue(task),
        done: task.state == TaskState::Done,
        done_at: task
            .done_at
            .map_or_else(String::new, |at| show::moment(at, w.lang())),
        holder: holder(workplace, case.member(), Some(task), w).await?,
    })
}

fn pair(title: String, value: impl Into<String>) -> Pair {
    Pair {
        title,
        value: value.into(),
    }
}

fn applicant(case: &Case<'_>, w: &Words) -> Vec<Pair> {
    let applicant = &case.application.applicant;
    let mut pairs = vec![
        pair(w.t("person-iin"), applicant.iin.reveal()),
        pair(w.t("person-surname"), applicant.surname.as_str()),
        pair(w.t("person-given"), applicant.given_name.as_str()),
    ];
    if let Some(patronymic) = &applicant.patronymic {
        pairs.push(pair(w.t("person-patronymic"), patronymic.as_str()));
    }
    if case.application.submitter != applicant.iin {
        let submitter = case.application.submitter.reveal();
        pairs.push(pair(w.t("person-submitter"), submitter));
    }
    pairs
}

/// The form in the order of the catalogue, and what stands beside it in the signed document.
fn answers(case: &Case<'_>, w: &Words) -> Vec<Pair> {
    let service = case.offer.service;
    let mut pairs = Vec::new();
    for field in &service.form {
        let Some(given) = case.application.field(&field.name) else {
            continue;
        };
        let value = match &field.kind {
            FieldKind::Choice(options) => options
                .iter()
                .find(|option| option.value == given)
                .map_or(given, |option| option.label.get(w.lang())),
            _ => given,
        };
        pairs.push(pair(field.label.get(w.lang()).to_owned(), value));
    }
    for field in &case.application.form {
        if service.field(&field.name).is_none() {
            pairs.push(pair(field.name.clone(), field.value.as_str()));
        }
    }
    pairs
}

/// The files of the application, in its order.
pub(super) fn files(case: &Case<'_>, w: &Words) -> Vec<FileView> {
    let attachments = case.application.attachments.iter().enumerate();
    attachments
        .map(|(place, attachment)| file_view(case, place + 1, attachment, w))
        .collect()
}

fn file_view(case: &Case<'_>, n: usize, attachment: &Attachment, w: &Words) -> FileView {
    let kind = kind_of(&attachment.bytes);
    FileView {
        n,
        document: attachment.document.clone(),
        title: case
            .offer
            .service
            .document(&attachment.document)
            .map_or_else(
                || attachment.document.clone(),
                |document| document.title.get(w.lang()).to_owned(),
            ),
        name: attachment.name.clone(),
        kind: kind.map_or_else(|| w.t("file-kind-unknown"), str::to_owned),
        size: show::size(attachment.bytes.len(), w),
        sha256: attachment.sha256_hex(),
        shown: kind.is_some(),
    }
}

fn register(case: &Case<'_>, w: &Words) -> Vec<Pair> {
    let card = &case.card;
    let mut pairs = vec![
        pair(
            w.t("card-registered"),
            show::moment(card.registered_at, w.lang()),
        ),
        pair(
            w.t("card-application"),
            case.application.application_id.as_str(),
        ),
        pair(w.t("card-message"), card.message_id.as_str()),
        pair(w.t("card-channel"), card.channel.as_str()),
        pair(
            w.t("card-created"),
            show::moment(case.application.created_at, w.lang()),
        ),
    ];
    if let Some(at) = card.decided_at {
        pairs.push(pair(w.t("card-decided"), show::moment(at, w.lang())));
    }
    pairs
}
