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
    let Some(arrival) = flow.arrival() else {
        return told;
    };
    let mut events = vec![Event::Done(arrival.meaning)];
    events.extend(before_the_decision(flow));
    if let Some(decision) = flow.decision() {
        if granted {
            events.push(Event::Yes(decision.meaning));
        } else {
            let label = label.unwrap_or(RefusalLabel::DocumentsRefused);
            events.push(Event::No(decision.meaning, label));
            if let Some(refusal) = flow.refusal_of(decision) {
                if refusal.after_actions {
                    events.extend(from_the_decision_on(flow));
                }
                events.push(Event::Done(refusal.meaning));
            }
        }
    }
    let Some(mut state) = flow.resume_unworked(&arrival.id) else {
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

/// The staff's actions that end before the provider decides.
fn before_the_decision(flow: &Flow) -> impl Iterator<Item = Event> {
    let decision = flow.decision();
    let before = decision.map_or(&[][..], |decision| flow.actions_before(decision));
    before
        .iter()
        .map(|action| Event::ActionDone(action.id.clone()))
}

/// Those that end with the decision or after it.
fn from_the_decision_on(flow: &Flow) -> impl Iterator<Item = Event> {
    let late = flow.actions.iter().skip(before_the_decision(flow).count());
    late.map(|action| Event::ActionDone(action.id.clone()))
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
    before.extend(trace::prepared(flow, draft, sent));
    let done = |meaning| flow.element_for(meaning).map(|element| element.meaning);
    before.extend(done(Meaning::Certify).map(|certify| Happening::done(certify, sent)));
    let happening = |event| Happening { event, at };
    let arrival = flow.arrival().map(|arrival| Event::Done(arrival.meaning));
    before.extend(arrival.map(happening));
    before.extend(before_the_decision(flow).map(happening));
    let granted = flow.decision().map(|decision| Event::Yes(decision.meaning));
    before.extend(granted.map(happening));
    before.extend(from_the_decision_on(flow).map(happening));
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
