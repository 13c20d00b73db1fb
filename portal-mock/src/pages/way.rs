//! The flow of an application as a picture, with the way so far on top.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::header;
use qaqpa_regulations::Outcome;
use qaqpa_regulations::diagram::{Diagram, Overlay, Trail, svg};
use qaqpa_store::TraceOutcome;
use qaqpa_web::{Citizen, Problem as PageProblem, Signed};

use super::status;
use crate::case::Case;
use crate::portal::Portal;

pub(super) async fn picture(
    signed: Signed<Citizen>,
    State(portal): State<Portal>,
    Path(id): Path<String>,
) -> Result<Response, PageProblem> {
    let case = Case::open(&portal, &id, &signed.account.iin).await?;
    let (trace, _) = status::story(&portal, &case).await?;
    let trail = Trail::along(case.flow, |element| {
        let mut entries = trace.iter().rev();
        let entry = entries.find(|entry| entry.element == *element)?;
        Some(match entry.outcome {
            TraceOutcome::Done => Outcome::Done,
            TraceOutcome::No => Outcome::No,
            TraceOutcome::Yes => Outcome::Yes,
        })
    });
    let diagram = Diagram::of(case.service, case.flow, signed.words().lang());
    let drawn = svg::picture(&diagram, Some(Overlay::Trail(&trail)));
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], drawn).into_response())
}
