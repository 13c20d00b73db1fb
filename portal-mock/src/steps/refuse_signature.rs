//! A notice of refusal because the signature is not confirmed: the end of the application.

use qaqpa_model::{Moment, RefusalLabel, RequestStatus};
use qaqpa_regulations::{Flow, Meaning, WalkError};
use qaqpa_store::{Application, NewNotification, StatusChange, TraceEntry};

use crate::draft::Draft;
use crate::refusal::{self, Refusal};
use crate::trace::{self, Happening};

/// The key of the notification that tells of a refusal.
pub const NOTIFICATION: &str = "notification-refused";

/// Everything that a refusal writes down, in one transaction of the store.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The application's new status.
    pub change: StatusChange,
    /// What the applicant is told.
    pub notification: NewNotification,
    /// The steps: the condition's "no" and the refusal.
    pub trace: Vec<TraceEntry>,
}

/// How far the application's story is recorded when the refusal comes.
#[derive(Clone, Debug)]
pub struct Past {
    recorded: Vec<Happening>,
    unrecorded: Vec<Happening>,
}

impl Past {
    /// The chosen certificate was refused: the form was complete, nothing of it is recorded yet.
    #[must_use]
    pub fn at_choice(draft: &Draft, prepared: Moment) -> Self {
        Self {
            recorded: trace::login(draft.login),
            unrecorded: vec![Happening::done(Meaning::Prepare, prepared)],
        }
    }

    /// The signature was refused before the application was sent: where the act asks about the certificate before the
    /// signing, it is asked again.
    #[must_use]
    pub fn at_signing(flow: &Flow, draft: &Draft, at: Moment) -> Self {
        let unrecorded = if flow.signs_before_the_check() {
            trace::prepared_until(flow, draft, Meaning::CheckCertificate, at)
        } else {
            trace::prepared(flow, draft, at)
        };
        Self {
            recorded: trace::login(draft.login),
            unrecorded,
        }
    }

    /// The gateway refused what was sent.
    #[must_use]
    pub fn after_sending(flow: &Flow, draft: &Draft, sent: Moment) -> Self {
        let mut recorded = trace::login(draft.login);
        recorded.extend(trace::prepared(flow, draft, sent));
        Self {
            recorded,
            unrecorded: Vec::new(),
        }
    }
}

/// Draws up the refusal of an application.
///
/// Where the label says nothing about the signature (a fault between the portal and the gateway), no
/// step of the regulation is recorded: the regulation knows no such element.
///
/// # Errors
/// [`WalkError`] where the flow does not allow the refusal at this place.
pub fn refuse_signature(
    flow: &Flow,
    application: &Application,
    past: Past,
    refused: &Refusal,
    at: Moment,
) -> Result<Notice, WalkError> {
    let label = refused.label();
    let trace = match label {
        Some(label) if refusal::is_about_the_signature(label) => {
            let mut new = past.unrecorded;
            new.push(Happening::no(Meaning::CheckCertificate, label, at));
            new.push(Happening::done(Meaning::RefuseSignature, at));
            trace::entries(flow, &application.message_id, &past.recorded, &new)?
        }
        _ => Vec::new(),
    };
    Ok(drawn_up(application, label, refused, trace, at))
}

/// The notice of a refusal with these steps.
pub(crate) fn drawn_up(
    application: &Application,
    label: Option<RefusalLabel>,
    refused: &Refusal,
    trace: Vec<TraceEntry>,
    at: Moment,
) -> Notice {
    Notice {
        change: change(application, label, at),
        notification: NewNotification {
            owner: application.owner,
            message_id: Some(application.message_id.clone()),
            key: NOTIFICATION.to_owned(),
            args_json: refused.to_args(),
            at,
        },
        trace,
    }
}

fn change(application: &Application, label: Option<RefusalLabel>, at: Moment) -> StatusChange {
    StatusChange {
        message_id: application.message_id.clone(),
        status: RequestStatus::Refused,
        label,
        at,
    }
}
