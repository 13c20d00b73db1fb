//! The first page.

use axum::extract::State;
use axum::response::Response;
use qaqpa_web::{Anyone, Problem};

use crate::reply::page;
use crate::routes;
use crate::staff::Member;
use crate::views;
use crate::workplace::Workplace;

pub(super) async fn show(
    Anyone(visit): Anyone,
    State(workplace): State<Workplace>,
) -> Result<Response, Problem> {
    let w = visit.words();
    let mut body = views::Home {
        w,
        signed_in: false,
        waiting: String::new(),
        overdue: String::new(),
    };
    if let Some(member) = visit.account().and_then(Member::of) {
        let queue = workplace
            .store
            .cards()
            .queue(&member.unit, member.role.as_str())
            .await
            .map_err(Problem::fault)?;
        let now = workplace.clock.now();
        let late = queue.iter().filter(|line| line.task.deadline < now).count();
        body.signed_in = true;
        body.waiting = w.with("home-waiting", &[("n", queue.len().into())]);
        if late > 0 {
            body.overdue = w.with("home-overdue", &[("n", late.into())]);
        }
    }
    Ok(page(&visit, visit.t("home-title"), &body, routes::HOME))
}
