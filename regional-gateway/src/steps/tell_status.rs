//! Whoever sent an application is told where it stands: registered in the workplace, then in work. How it ends, the
//! result tells.
//!
//! A status is signed by the system, not by a person, and goes the way of a result: the outbox keeps both in their order.

use qaqpa_channel::answer::braced;
use qaqpa_channel::{SystemsError, watching};
use qaqpa_model::{Actor, MessageId, Moment, RequestStatus, ServiceAtAct};
use qaqpa_store::OutgoingMessage;
use qaqpa_transport::watch::{self, Family};
use qaqpa_wire::{BusinessData, SendMessageRequest, StatusDocument};
use qaqpa_xmldsig::{SignError, Signer, sign_enveloped};
use thiserror::Error;
use uuid::Uuid;

use crate::case::Case;
use crate::workplace::Workplace;

/// The application that a status is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About<'a> {
    /// Its own id.
    pub(crate) application: &'a str,
    /// The message that brought it.
    pub(crate) message: &'a MessageId,
    pub(crate) service: &'a ServiceAtAct,
}

impl<'a> About<'a> {
    /// The application of a card.
    pub(crate) fn of(case: &'a Case<'_>) -> Self {
        Self {
            application: case.application.application_id.as_str(),
            message: &case.card.message_id,
            service: &case.card.service,
        }
    }
}

/// Why a status cannot be told now.
#[derive(Debug, Error)]
pub(crate) enum NotTold {
    /// The system's own key, or what it trusts, cannot be read.
    #[error(transparent)]
    Keys(#[from] SystemsError),
    /// It could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
}

/// The message that tells the status, for the outbox; the channel adds sender and signature.
pub(crate) async fn tell_status(
    workplace: &Workplace,
    about: About<'_>,
    status: RequestStatus,
    at: Moment,
) -> Result<OutgoingMessage, NotTold> {
    let document = StatusDocument {
        application_id: about.application.to_owned(),
        service: about.service.clone(),
        message_id: about.message.clone(),
        changed_at: at,
        status,
    };
    let systems = workplace.keys.current().await?;
    let signer = Signer::of(&systems.own.key, systems.own.certificate.der());
    watch::count(Family::Signatures, &["document"]);
    let signed = sign_enveloped(&document.to_xml(), &signer, &workplace.xml_limits())?;
    let id = braced(&Uuid::new_v4().to_string());
    Ok(OutgoingMessage {
        destination: Actor::Gateway.name().to_owned(),
        correlation: Some(about.message.clone()),
        body: SendMessageRequest {
            message_id: id.clone(),
            correlation_id: Some(about.message.clone()),
            service_id: about.service.to_string(),
            message_date: at,
            route_id: None,
            sender: None,
            properties: watching::kept(),
            session_id: None,
            data: BusinessData::new(signed),
        }
        .write(),
        message_id: id,
    })
}
