//! The personal cabinet: documents, the history of services, notifications.

use axum::extract::State;
use axum::response::Response;
use qaqpa_model::{Iin, ServiceAtAct};
use qaqpa_store::{Application, CabinetDocument, Notification};
use qaqpa_web::{Citizen, Problem as PageProblem, Signed, Words};

use crate::portal::Portal;
use crate::refusal::{Refusal, cause_key};
use crate::reply::page;
use crate::routes::{self, of};
use crate::show;
use crate::steps::{deliver_result, refuse_signature};
use crate::views::{self, DocumentCard, HistoryEntry, NotificationView};

pub(super) async fn show(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
) -> Result<Response, PageProblem> {
    let w = signed.words();
    let owner = &signed.account.iin;
    let short = portal.config.list_short;
    let applications = applications(&portal, owner).await?;
    let documents = portal
        .store
        .cabinet()
        .list(owner)
        .await
        .map_err(PageProblem::fault)?;
    let limit = u32::try_from(short).unwrap_or(u32::MAX);
    let told = told(&portal, owner, limit).await?;
    let body = views::Cabinet {
        w,
        hello: w.with_text("cabinet-hello", "name", &signed.account.name.given),
        documents: documents.iter().map(|document| card(document, w)).collect(),
        history: history_of(&portal, applications.iter().take(short), w),
        notifications: notifications_of(&portal, &told, &applications, w),
    };
    Ok(page(&signed, w.t("cabinet-title"), &body, routes::CABINET))
}

pub(super) async fn history(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
) -> Result<Response, PageProblem> {
    let w = signed.words();
    let applications = applications(&portal, &signed.account.iin).await?;
    let body = views::History {
        w,
        history: history_of(&portal, applications.iter(), w),
    };
    Ok(page(
        &signed,
        w.t("cabinet-history"),
        &body,
        routes::CABINET_HISTORY,
    ))
}

/// Shows the notifications; those that were new are read by that.
pub(super) async fn notifications(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
) -> Result<Response, PageProblem> {
    let w = signed.words();
    let owner = &signed.account.iin;
    let applications = applications(&portal, owner).await?;
    let told = told(&portal, owner, portal.config.notifications_max).await?;
    let body = views::Notifications {
        w,
        notifications: notifications_of(&portal, &told, &applications, w),
    };
    let page = page(
        &signed,
        w.t("cabinet-notifications"),
        &body,
        routes::CABINET_NOTIFICATIONS,
    );
    portal
        .store
        .cabinet()
        .mark_read(owner, portal.clock.now())
        .await
        .map_err(PageProblem::fault)?;
    Ok(page)
}

async fn applications(portal: &Portal, owner: &Iin) -> Result<Vec<Application>, PageProblem> {
    portal
        .store
        .applications()
        .by_owner(owner)
        .await
        .map_err(PageProblem::fault)
}

async fn told(portal: &Portal, owner: &Iin, limit: u32) -> Result<Vec<Notification>, PageProblem> {
    portal
        .store
        .cabinet()
        .notifications(owner, limit)
        .await
        .map_err(PageProblem::fault)
}

fn card(document: &CabinetDocument, w: &Words) -> DocumentCard {
    let (outcome, key) = outcome(&document.outcome);
    DocumentCard {
        id: document.id,
        title: title(&document.title_json, w),
        outcome,
        outcome_text: w.t(key),
        at: show::moment(document.received_at, w.lang()),
    }
}

/// An outcome's name and the key of its text.
pub(super) fn outcome(stored: &str) -> (&'static str, &'static str) {
    if stored == "granted" {
        ("granted", "document-granted")
    } else {
        ("refused", "document-refused")
    }
}

fn title(titles_json: &str, w: &Words) -> String {
    let titles: serde_json::Value = serde_json::from_str(titles_json).unwrap_or_default();
    titles[w.lang().code()]
        .as_str()
        .map_or_else(|| w.t("document-title"), str::to_owned)
}

fn history_of<'a>(
    portal: &Portal,
    applications: impl Iterator<Item = &'a Application>,
    w: &Words,
) -> Vec<HistoryEntry> {
    applications
        .map(|application| HistoryEntry {
            id: application.id.clone(),
            title: service_title(portal, &application.service, w),
            at: show::moment(
                application.submitted_at.unwrap_or(application.created_at),
                w.lang(),
            ),
            status: application.status.as_str(),
            status_text: w.t(&format!("request-status-{}", application.status)),
        })
        .collect()
}

fn notifications_of(
    portal: &Portal,
    told: &[Notification],
    applications: &[Application],
    w: &Words,
) -> Vec<NotificationView> {
    told.iter()
        .map(|notification| {
            let application = applications.iter().find(|application| {
                Some(&application.message_id) == notification.message_id.as_ref()
            });
            NotificationView {
                kind: match notification.key.as_str() {
                    deliver_result::GRANTED => "granted",
                    deliver_result::REFUSED | refuse_signature::NOTIFICATION => "refused",
                    _ => "plain",
                },
                fresh: notification.read_at.is_none(),
                href: application.map_or_else(
                    || routes::CABINET.to_owned(),
                    |application| of(routes::APPLICATION, &application.id),
                ),
                text: text(notification, w),
                title: application.map_or_else(String::new, |application| {
                    service_title(portal, &application.service, w)
                }),
                at: show::moment(notification.at, w.lang()),
            }
        })
        .collect()
}

fn text(notification: &Notification, w: &Words) -> String {
    if notification.key == refuse_signature::NOTIFICATION {
        let refused: Option<Refusal> = serde_json::from_str(&notification.args_json).ok();
        let reason = refused.map_or_else(String::new, |refused| match refused.label() {
            Some(_) => w.t(&cause_key(&refused.label)),
            None => refused.why,
        });
        return w.with_text(refuse_signature::NOTIFICATION, "reason", &reason);
    }
    w.t(&notification.key)
}

fn service_title(portal: &Portal, id: &ServiceAtAct, w: &Words) -> String {
    portal.service(id).map_or_else(
        || id.to_string(),
        |service| service.title.get(w.lang()).to_owned(),
    )
}
