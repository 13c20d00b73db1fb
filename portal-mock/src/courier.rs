//! Takes signed applications from the outbox to the gateway, and writes down what came of it.

use qaqpa_channel::client::SendError;
use qaqpa_channel::{ChannelClient, Courier, Delivery};
use qaqpa_model::{Actor, SenderId};
use qaqpa_regulations::{Channel, Meaning};
use qaqpa_store::{Application, Effect, NewNotification, OutgoingMessage};
use qaqpa_transport::registry::{Doors, Siblings};

use crate::draft::Draft;
use crate::portal::Shared;
use crate::refusal::Refusal;
use crate::steps::refuse_signature::{Past, refuse_signature};
use crate::trace::{self, Happening};

/// The destination of every message of the portal.
pub(crate) const GATEWAY: &str = "gateway";
/// The key of the notification that the gateway has accepted an application.
pub(crate) const NOTIFICATION_SENT: &str = "notification-sent";

/// Carries messages to the gateway.
#[derive(Debug)]
pub(crate) struct GatewayCourier {
    pub(crate) siblings: Siblings,
    pub(crate) client: ChannelClient,
    pub(crate) shared: Shared,
}

impl Courier for GatewayCourier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        self.attempt(message).await
    }
}

impl GatewayCourier {
    async fn attempt(&self, message: &OutgoingMessage) -> Delivery {
        let doors = match self.doors().await {
            Ok(doors) => doors,
            Err(why) => return Delivery::later(why),
        };
        let Ok(peer) = SenderId::parse(Actor::Gateway.name()) else {
            return Delivery::later("the gateway has no sender id");
        };
        let sent = self.client.send_stored(doors, &peer, &message.body).await;
        match sent {
            Ok(sent) => self.accepted(message, sent.bytes).await,
            Err(SendError::Refused { fault, bytes }) => {
                let why = fault
                    .detail
                    .as_ref()
                    .and_then(|detail| detail.value("why"))
                    .unwrap_or(&fault.string)
                    .to_owned();
                let label = fault
                    .label()
                    .map_or_else(String::new, |label| label.to_string());
                let refused = Refusal {
                    label,
                    why,
                    check: String::new(),
                    clause: String::new(),
                };
                self.refused(message, &refused, bytes).await
            }
            Err(error) if error.is_transient() => Delivery::later(error),
            Err(error) => {
                let refused = Refusal {
                    label: String::new(),
                    why: error.to_string(),
                    check: String::new(),
                    clause: String::new(),
                };
                self.refused(message, &refused, Vec::new()).await
            }
        }
    }

    /// Asked for each time: a gateway that comes up again may have another port.
    async fn doors(&self) -> Result<Doors, String> {
        let siblings = self.siblings.clone();
        let doors =
            tokio::task::spawn_blocking(move || siblings.doors(&Actor::Gateway.into(), "sync"));
        doors.await.map_err(|error| error.to_string())?
    }

    /// The request is certified and sent: the step is recorded as of the moment of sending.
    async fn accepted(&self, message: &OutgoingMessage, answer: Vec<u8>) -> Delivery {
        let (application, draft) = match self.story(message).await {
            Ok(story) => story,
            Err(why) => return Delivery::later(why),
        };
        let at = self.shared.clock.now();
        let sent_at = application.submitted_at.unwrap_or(at);
        let Some(flow) = self.shared.flow(&application) else {
            return Delivery::later("the catalogue has lost the service");
        };
        let mut before = trace::login(draft.login);
        before.extend(trace::prepared(flow, &draft, sent_at));
        // Not every act has a step of the portal's own for it.
        let certify = flow.element_for(Meaning::Certify);
        let new: Vec<_> = certify
            .map(|certify| Happening::done(certify.meaning, sent_at))
            .into_iter()
            .collect();
        let trace = match trace::entries(flow, &application.message_id, &before, &new) {
            Ok(trace) => trace,
            Err(error) => return Delivery::later(error),
        };
        Delivery::Done {
            answer,
            effects: vec![Effect::Notification(NewNotification {
                owner: application.owner,
                message_id: Some(application.message_id.clone()),
                key: NOTIFICATION_SENT.to_owned(),
                args_json: "{}".to_owned(),
                at,
            })],
            trace,
        }
    }

    /// The gateway's "no" ends the application.
    async fn refused(
        &self,
        message: &OutgoingMessage,
        refused: &Refusal,
        answer: Vec<u8>,
    ) -> Delivery {
        let (application, draft) = match self.story(message).await {
            Ok(story) => story,
            Err(why) => return Delivery::later(why),
        };
        let Some(flow) = self.shared.flow(&application) else {
            return Delivery::later("the catalogue has lost the service");
        };
        let at = self.shared.clock.now();
        let past = Past::after_sending(flow, &draft, application.submitted_at.unwrap_or(at));
        match refuse_signature(flow, &application, past, refused, at) {
            Ok(notice) => Delivery::Never {
                why: format!("{}: {}", refused.label, refused.why),
                answer,
                effects: vec![
                    Effect::StatusChange(notice.change),
                    Effect::Notification(notice.notification),
                ],
                trace: notice.trace,
            },
            Err(error) => Delivery::later(error),
        }
    }

    async fn story(&self, message: &OutgoingMessage) -> Result<(Application, Draft), String> {
        let application = self
            .shared
            .store
            .applications()
            .by_message(&message.message_id)
            .await
            .map_err(|error| error.to_string())?
            .ok_or("the application of this message is gone")?;
        let draft = Draft::of(&application).map_err(|error| error.to_string())?;
        Ok((application, draft))
    }
}

impl Shared {
    fn flow(&self, application: &Application) -> Option<&qaqpa_regulations::Flow> {
        self.catalogue
            .service(&application.service)?
            .flow(Channel::Portal)
    }
}
