//! The applicant receives the result: a document signed by the provider's authorised person.
//!
//! The gateway has judged the document; the portal judges it again at the moment that the gateway
//! names, and only then lets it into the cabinet.

use qaqpa_model::{Moment, RefusalLabel, RequestStatus};
use qaqpa_regulations::{Event, Flow, Meaning, WalkError};
use qaqpa_store::{
    Application, Effect, NewCabinetDocument, NewNotification, StatusChange, TraceEntry,
};
use qaqpa_wire::{Outcome, ResultDocument};

use crate::draft::Draft;
use crate::trace::{self, Happening};

/// The key of the notification of a granted result.
pub const GRANTED: &str = "notification-granted";
/// The key of the notification of a reasoned refusal.
pub const REFUSED: &str = "notification-result-refused";

/// What an arrived result changes, in one transaction of the store.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The document, the status and the notification.
    pub effects: Vec<Effect>,
    /// The steps.
    pub trace: Vec<TraceEntry>,
}

/// Why a result is not one for the application that it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotOurs {
    /// What differs, without personal data.
    pub why: &'static str,
}

/// Whether a verified result answers this application and nobody else's.
///
/// # Errors
/// [`NotOurs`] with the first thing that differs.
pub fn belongs(result: &ResultDocument, application: &Application) -> Result<(), NotOurs> {
    let differs = |why| Err(NotOurs { why });
    if result.message_id != application.message_id {
        return differs("the result names another message");
    }
    if result.application_id != application.id {
        return differs("the result names another application");
    }
    if result.service != application.service {
        return differs("the result names another service");
    }
    if result.applicant.iin != application.owner {
        return differs("the result names another applicant");
    }
    if application.submitted_at.is_none() {
        return differs("the application was never sent");
    }
    Ok(())
}

/// Draws up the arrival of a result that belongs to this application.
///
/// A reasoned refusal is recorded as a step by the provider, who formed it; here it only ends the
/// application.
///
/// # Errors
/// [`WalkError`] where the flow does not allow the delivery.
pub fn deliver_result(
    flow: &Flow,
    application: &Application,
    draft: &Draft,
    result: &ResultDocument,
    document: &[u8],
    verdict_json: String,
    at: Moment,
) -> Result<Delivery, WalkError> {
    let (status, label, key, trace) = match result.outcome {
        Outcome::Granted => {
            let before = before_delivery(flow, application, draft, at);
            let new = [Happening::done(Meaning::DeliverResult, at)];
            let trace = trace::entries(flow, &application.message_id, &before, &new)?;
            (RequestStatus::Completed, None, GRANTED, trace)
        }
        Outcome::Refused => {
            let label = result.grounds.as_ref().map(|grounds| grounds.label);
            (RequestStatus::Refused, label, REFUSED, Vec::new())
        }
    };
    let message_id = application.message_id.clone();
    Ok(Delivery {
        effects: vec![
            Effect::CabinetDocument(NewCabinetDocument {
                owner: application.owner,
                message_id: message_id.clone(),
                service: application.service.clone(),
                outcome: result.outcome.as_str().to_owned(),
                title_json: titles(result),
                verdict_json,
                document: document.to_vec(),
                at,
            }),
            Effect::StatusChange(StatusChange {
                message_id: message_id.clone(),
                status,
                label,
                at,
            }),
            Effect::Notification(NewNotification {
                owner: application.owner,
                message_id: Some(message_id),
                key: key.to_owned(),
                args_json: "{}".to_owned(),
                at,
            }),
        ],
        trace,
    })
}

/// What a result says about the steps that the portal does not record: for the stepper.
#[must_use]
pub fn told_by(
    flow: &Flow,
    application: &Application,
    granted: bool,
    label: Option<RefusalLabel>,
    at: Moment,
) -> Vec<TraceEntry> {
    let mut told = Vec::new();
    let mut events = vec![Event::Done(Meaning::Register)];
    events.extend(before_the_check(flow));
    if granted {
        events.push(Event::Yes(Meaning::CheckDocuments));
    } else {
        events.extend([
            Event::No(
                Meaning::CheckDocuments,
                label.unwrap_or(RefusalLabel::DocumentsRefused),
            ),
            Event::Done(Meaning::RefuseDocuments),
        ]);
    }
    let Some(mut state) = flow
        .element_for(Meaning::Register)
        .and_then(|element| flow.resume(&element.id))
    else {
        return told;
    };
    for event in events {
        let Ok(walked) = qaqpa_regulations::walk::walk(flow, &state, &event) else {
            break;
        };
        state = walked.state;
        told.extend(
            walked
                .trace
                .into_iter()
                // What the staff did before is a matter of the workplace.
                .filter(|step| step.meaning.is_some())
                .map(|step| trace::entry(&application.message_id, step, at)),
        );
    }
    told
}

/// The staff's actions that end before the documents are checked.
fn before_the_check(flow: &Flow) -> impl Iterator<Item = Event> {
    let check = flow.element_for(Meaning::CheckDocuments);
    let before = check.map_or(&[][..], |check| flow.actions_before(check));
    before
        .iter()
        .map(|action| Event::ActionDone(action.id.clone()))
}

/// The story up to the delivery, with what the provider's staff must have done for a signed result to exist.
fn before_delivery(
    flow: &Flow,
    application: &Application,
    draft: &Draft,
    at: Moment,
) -> Vec<Happening> {
    let sent = application.submitted_at.unwrap_or(at);
    let mut before = trace::login(draft.login);
    before.extend(trace::prepared(draft));
    before.push(Happening::done(Meaning::Certify, sent));
    before.push(Happening::done(Meaning::Register, at));
    let early = before_the_check(flow).map(|event| Happening { event, at });
    before.extend(early);
    before.push(Happening::yes(Meaning::CheckDocuments, at));
    let late = flow.actions.iter().skip(before_the_check(flow).count());
    before.extend(late.map(|action| Happening {
        event: Event::ActionDone(action.id.clone()),
        at,
    }));
    before
}

fn titles(result: &ResultDocument) -> String {
    serde_json::json!({
        "kk": result.titles.kk,
        "ru": result.titles.ru,
        "en": result.titles.en,
    })
    .to_string()
}
