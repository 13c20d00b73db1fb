//! Stage 5, for a result or a status: does it belong to an application that was accepted here?

use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{Actor, Iin, MessageId, RefusalLabel, SenderId, ServiceAtAct};
use qaqpa_wire::{ResultDocument, StatusDocument};
use serde::{Deserialize, Serialize};

use super::judge_signature::STATUS;
use super::open_envelope::Addressed;
use crate::gateway::Gateway;
use crate::pipeline::Turn;
use crate::routing::{self, Direction, Question, Routes};

/// What is kept of an accepted application, to compare its result with. Stored: changing this needs a
/// migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApplicationFacts {
    /// `application` or `result`: only an application has a result.
    pub(super) kind: String,
    pub(super) service: String,
    /// Personal: the store keeps it and shows it nowhere.
    pub(crate) applicant_iin: String,
    pub(crate) application_id: String,
    /// The channel that it came by, `asynchronous` or `synchronous`; of before there were two, none.
    #[serde(default)]
    pub(super) channel: Option<String>,
    /// The actor that it went to; of before this was kept, none.
    #[serde(default)]
    pub(super) to: Option<String>,
    /// The region that its form names.
    #[serde(default)]
    pub(super) region: Option<String>,
}

/// What is kept of an accepted status.
#[derive(Debug, Serialize, Deserialize)]
struct StatusFacts {
    kind: String,
    status: String,
}

/// What is kept of an accepted status, as JSON.
pub(super) fn facts_of_status(status: &StatusDocument) -> serde_json::Result<String> {
    serde_json::to_string(&StatusFacts {
        kind: STATUS.to_owned(),
        status: status.status.to_string(),
    })
}

/// Whether these facts are those of a status.
pub(crate) fn is_status(facts_json: &str) -> bool {
    serde_json::from_str::<StatusFacts>(facts_json).is_ok_and(|facts| facts.kind == STATUS)
}

/// [`ApplicationFacts::channel`] of what was left with the gateway.
pub(super) const ASYNCHRONOUS: &str = "asynchronous";

impl ApplicationFacts {
    /// Whether both are about one application.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        self.kind == other.kind
            && self.service == other.service
            && self.applicant_iin == other.applicant_iin
            && self.application_id == other.application_id
    }

    /// Whether its sender left it with the gateway and does not wait: it is told what becomes of it.
    pub(crate) fn is_left(&self) -> bool {
        self.channel.as_deref() == Some(ASYNCHRONOUS)
    }
}

/// What a document says of the application that it is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Returned<'a> {
    /// What it is called in a refusal.
    kind: &'static str,
    message_id: &'a MessageId,
    application_id: &'a str,
    pub(super) service: &'a ServiceAtAct,
    /// A status names no person.
    applicant: Option<&'a Iin>,
}

impl<'a> From<&'a ResultDocument> for Returned<'a> {
    fn from(result: &'a ResultDocument) -> Self {
        Self {
            kind: "result",
            message_id: &result.message_id,
            application_id: &result.application_id,
            service: &result.service,
            applicant: Some(&result.applicant.iin),
        }
    }
}

impl<'a> From<&'a StatusDocument> for Returned<'a> {
    fn from(status: &'a StatusDocument) -> Self {
        Self {
            kind: STATUS,
            message_id: &status.message_id,
            application_id: &status.application_id,
            service: &status.service,
            applicant: None,
        }
    }
}

/// Finds the application that a document is about, and where its applicant's documents arrive.
///
/// A document of another applicant in the right envelope must not reach a cabinet. (M02)
///
/// `None` for an application of an information system that is no actor: the document becomes a message for it.
pub(super) async fn return_document(
    gateway: &Gateway,
    returned: Returned<'_>,
    Addressed {
        request,
        sender: by,
        ..
    }: &Addressed,
) -> Result<Option<Actor>, Turn> {
    let kind = returned.kind;
    let unknown = |why: String| Refused::new(RefusalLabel::CorrelationUnknown, why);
    let correlation = request.correlation_id.as_ref().ok_or_else(|| {
        unknown(format!(
            "a {kind} needs the correlationId of its application"
        ))
    })?;
    if correlation != returned.message_id {
        return Err(unknown(format!(
            "correlationId is {correlation}, the signed {kind} is about {}",
            returned.message_id
        ))
        .into());
    }
    let answered = gateway
        .store
        .exchange()
        .message(correlation)
        .await
        .map_err(Rejection::faulted)?;
    let (sender, facts) = answered
        .and_then(|message| {
            let facts: ApplicationFacts = serde_json::from_str(&message.facts_json).ok()?;
            (facts.kind == "application").then_some((message.sender, facts))
        })
        .ok_or_else(|| unknown(format!("no application {correlation} was accepted here")))?;
    let routes = routing::current(gateway).await;
    if !may_answer(&routes, by, &facts) {
        let to = facts.to.as_deref().unwrap_or("nobody");
        let why = format!("the application {correlation} went to {to}: {by} does not decide it");
        return Err(Refused::new(RefusalLabel::SenderUnknown, why).into());
    }
    let same = [
        ("service", facts.service == returned.service.to_string()),
        (
            "applicant",
            returned
                .applicant
                .is_none_or(|applicant| facts.applicant_iin == applicant.reveal()),
        ),
        (
            "applicationId",
            facts.application_id == returned.application_id,
        ),
    ];
    if let Some((what, _)) = same.iter().find(|(_, same)| !same) {
        return Err(unknown(format!(
            "the {what} of the {kind} is not that of the application {correlation}"
        ))
        .into());
    }
    Ok(Actor::parse(sender.as_str()))
}

/// Whether this regional gateway decides the application: it went there, or the routes of today lead there, because
/// its region was handed over. Otherwise any of them could settle what another has to decide.
fn may_answer(routes: &Routes, by: &SenderId, facts: &ApplicationFacts) -> bool {
    let Some(to) = &facts.to else {
        return true;
    };
    let today = || {
        routes.find(Question {
            direction: Direction::Provider,
            service: &facts.service,
            region: facts.region.as_deref(),
        })
    };
    to == by.as_str() || today().is_some_and(|route| route.to.to_string() == by.as_str())
}
