//! The applicant is told where the application stands, before its result is there.
//!
//! A status is a machine's word: that of the regional gateway from which the gateway says that it came. What tells
//! nothing new any more changes nothing.

use qaqpa_model::{Moment, RequestStatus};
use qaqpa_store::{Application, Effect, NewNotification, StatusChange};
use qaqpa_wire::StatusDocument;

use super::deliver_result::NotOurs;

/// The key of the notification that the provider has registered the application.
pub const REGISTERED: &str = "notification-registered";
/// The key of the notification that the provider's staff works on it.
pub const IN_WORK: &str = "notification-in-work";

/// Whether a verified status is about this application.
///
/// # Errors
/// [`NotOurs`] with the first thing that differs.
pub fn is_about(status: &StatusDocument, application: &Application) -> Result<(), NotOurs> {
    let differs = |why| Err(NotOurs { why });
    if status.message_id != application.message_id {
        return differs("the status names another message");
    }
    if status.application_id != application.id {
        return differs("the status names another application");
    }
    if status.service != application.service {
        return differs("the status names another service");
    }
    if application.submitted_at.is_none() {
        return differs("the application was never sent");
    }
    Ok(())
}

/// What an arrived status changes: nothing, where the application stands further on.
#[must_use]
pub fn tell_status(status: &StatusDocument, application: &Application, at: Moment) -> Vec<Effect> {
    if status.status < application.status {
        return Vec::new();
    }
    let key = match status.status {
        RequestStatus::InWork => IN_WORK,
        _ => REGISTERED,
    };
    vec![
        Effect::StatusChange(StatusChange {
            message_id: application.message_id.clone(),
            status: status.status,
            label: None,
            at,
        }),
        Effect::Notification(NewNotification {
            owner: application.owner,
            message_id: Some(application.message_id.clone()),
            key: key.to_owned(),
            args_json: "{}".to_owned(),
            at,
        }),
    ]
}
