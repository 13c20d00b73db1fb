//! The queue of open tasks, and the register of all cards.

use axum::extract::{Query, State};
use axum::response::Response;
use qaqpa_model::Moment;
use qaqpa_store::{Card, CardFilter, Task, TaskState};
use qaqpa_web::{Problem, Signed, Words};
use serde::Deserialize;

use super::member;
use crate::reply::page;
use crate::routes;
use crate::show;
use crate::staff::{Member, Staff};
use crate::views::{self, Row};
use crate::workplace::Workplace;

/// What the address may say.
#[derive(Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    show: String,
}

pub(super) async fn queue(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let w = signed.words();
    let now = workplace.clock.now();
    let lines = workplace
        .store
        .cards()
        .queue(&member.unit, member.role.as_str())
        .await
        .map_err(Problem::fault)?;
    let show = match asked.show.as_str() {
        "overdue" => "overdue",
        "mine" => "mine",
        _ => "all",
    };
    let mut rows = Vec::new();
    for line in &lines {
        let shown = match show {
            "overdue" => line.task.deadline < now,
            "mine" => line.task.assignee == Some(member.account.id),
            _ => true,
        };
        if shown {
            let task = Some(&line.task);
            rows.push(row(&workplace, &member, &line.card, task, now, w).await?);
        }
    }
    let body = views::Queue {
        w,
        unit: unit_title(&workplace, &member, w),
        role: show::role(member.role.as_str(), w),
        show,
        count: w.with("queue-count", &[("n", rows.len().into())]),
        rows,
    };
    Ok(page(&signed, signed.t("queue-title"), &body, routes::QUEUE))
}

pub(super) async fn cards(
    signed: Signed<Staff>,
    State(workplace): State<Workplace>,
) -> Result<Response, Problem> {
    let member = member(&signed)?;
    let w = signed.words();
    let now = workplace.clock.now();
    let store = workplace.store.cards();
    let cards = store
        .list(CardFilter::default(), workplace.config.cards_max)
        .await
        .map_err(Problem::fault)?;
    let mut rows = Vec::new();
    for card in &cards {
        let tasks = store.tasks(&card.id).await.map_err(Problem::fault)?;
        if tasks.iter().any(|task| task.unit == member.unit) {
            let open = tasks.iter().find(|task| task.state == TaskState::Open);
            let shown = open.or(tasks.last());
            rows.push(row(&workplace, &member, card, shown, now, w).await?);
        }
    }
    let body = views::Cards { w, rows };
    Ok(page(&signed, signed.t("cards-title"), &body, routes::CARDS))
}

async fn row(
    workplace: &Workplace,
    member: &Member,
    card: &Card,
    task: Option<&Task>,
    now: Moment,
    w: &Words,
) -> Result<Row, Problem> {
    let offer = workplace.offer(&card.service, &card.channel);
    let open = task.filter(|task| task.state == TaskState::Open);
    let action = task.and_then(|task| offer.as_ref()?.chain.find(&task.action));
    Ok(Row {
        id: card.id.clone(),
        number: card.number,
        message_id: card.message_id.to_string(),
        state: card.state.as_str(),
        state_class: show::state_class(card.state),
        state_text: show::state(card.state, w),
        label: card
            .label
            .map_or_else(String::new, |label| label.to_string()),
        service: offer.as_ref().map_or_else(
            || card.service.to_string(),
            |offer| offer.service.title.get(w.lang()).to_owned(),
        ),
        applicant: show::name(&card.applicant_name),
        iin: card.applicant_iin.masked(),
        registered: show::moment(card.registered_at, w.lang()),
        action: task.map_or_else(String::new, |task| task.action.clone()),
        action_title: action
            .map_or_else(String::new, |action| action.title.get(w.lang()).to_owned()),
        deadline: open.map_or_else(String::new, |task| show::moment(task.deadline, w.lang())),
        deadline_exact: task.map_or_else(String::new, |task| task.deadline.to_string()),
        left: open.map_or_else(String::new, |task| show::left(task, now, w)),
        overdue: open.is_some_and(|task| task.deadline < now),
        holder: holder(workplace, member, task, w).await?,
    })
}

/// Who has taken a task: the member, somebody else, or nobody.
pub(super) async fn holder(
    workplace: &Workplace,
    member: &Member,
    task: Option<&Task>,
    w: &Words,
) -> Result<String, Problem> {
    let Some(by) = task.and_then(|task| task.assignee) else {
        return Ok(String::new());
    };
    if by == member.account.id {
        return Ok(w.t("holder-you"));
    }
    let account = workplace.store.accounts().by_id(by).await;
    let account = account.map_err(Problem::fault)?;
    Ok(account.map_or_else(String::new, |account| show::name(&account.name)))
}

/// The unit's name, as the catalogue has it; its id where no service names it.
fn unit_title(workplace: &Workplace, member: &Member, w: &Words) -> String {
    let acts = workplace.catalogue.acts();
    acts.iter()
        .find_map(|act| act.unit(&member.unit))
        .map_or_else(
            || member.unit.clone(),
            |unit| unit.title.get(w.lang()).to_owned(),
        )
}
