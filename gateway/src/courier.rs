//! Takes accepted messages on: to the regional gateways, to the portal, and to the endpoints of information systems.

use std::sync::Arc;

use qaqpa_channel::{ChannelClient, Courier, Delivery, Endpoint, SendError};
use qaqpa_model::{ActorName, SenderId};
use qaqpa_store::{Effect, OutgoingMessage};
use qaqpa_transport::registry;

use crate::gateway::Gateway;
use crate::mailbox::{Notice, Order, notice_of};
use crate::systems::{self, Party, Place};

/// Delivers to the actors that are registered in the data folder, and to systems that have an endpoint.
#[derive(Debug)]
pub(crate) struct Carrier {
    gateway: Arc<Gateway>,
    client: ChannelClient,
}

impl Carrier {
    pub(crate) const fn new(gateway: Arc<Gateway>, client: ChannelClient) -> Self {
        Self { gateway, client }
    }

    /// Asked for each time: an actor that comes up again may have another port.
    fn address(&self, actor: &ActorName) -> Result<String, String> {
        let record = registry::read_named(&self.gateway.data, actor)
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("{actor} is not up"))?;
        record
            .addresses
            .get("channel")
            .cloned()
            .ok_or_else(|| format!("{actor} has announced no channel"))
    }

    async fn to_actor(&self, actor: &ActorName, message: &OutgoingMessage) -> Delivery {
        let peer = match SenderId::parse(actor.actor().name()) {
            Ok(peer) => peer,
            Err(error) => return Delivery::never(error),
        };
        let address = match self.address(actor) {
            Ok(address) => address,
            Err(why) => return Delivery::later(why),
        };
        let sent = self.client.send_stored(&address, &peer, &message.body);
        match sent.await {
            Ok(sent) => Delivery::Done {
                answer: sent.bytes,
                effects: notice_of(&self.gateway, &message.message_id, Notice::Delivered).await,
                trace: Vec::new(),
            },
            Err(error) => self.failed(message, error).await,
        }
    }

    /// Hands over what waits for a system, at its own endpoint; without one it is held until the system fetches it.
    async fn to_system(&self, place: &Place, message: &OutgoingMessage) -> Delivery {
        let (Place::Mailbox(sender) | Place::Notices(sender)) = place;
        let systems = match self.gateway.keys.current().await {
            Ok(systems) => systems,
            Err(error) => return Delivery::later(error),
        };
        let register = systems::current(&self.gateway).await;
        let party = Party::find(&systems, &register, sender);
        let endpoint = party.as_ref().and_then(|party| {
            Some(Endpoint {
                peer: party.sender,
                address: party.terms.push.as_deref()?,
                certificate: party.certificate,
                answers: party.terms.answers,
            })
        });
        let Some(endpoint) = endpoint else {
            return match place {
                Place::Mailbox(_) => Delivery::Held {
                    why: format!("{sender} has no endpoint: it waits to be fetched"),
                },
                // Whoever has no endpoint any more asks by getMessageStatus.
                Place::Notices(_) => Delivery::never(format!("{sender} has no endpoint")),
            };
        };
        if let (Place::Notices(_), Some(about)) = (place, &message.correlation) {
            let exchange = self.gateway.store.exchange();
            let notices = exchange.outbox_of_exchange(&message.destination, about);
            match notices
                .await
                .map(|all| Order::of(&all, &message.message_id))
            {
                Ok(Order::Now) => {}
                Ok(Order::Later) => {
                    return Delivery::later(format!(
                        "an earlier notification about {about} goes first"
                    ));
                }
                Ok(Order::Outdated) => {
                    return Delivery::never(format!(
                        "{sender} was told something newer about {about}"
                    ));
                }
                Err(error) => return Delivery::later(error),
            }
        }
        let mut names = vec![&message.message_id];
        names.extend(&message.correlation);
        match self.client.push(endpoint, &message.body, &names).await {
            Ok(answer) => Delivery::done(answer),
            Err(error) => self.failed(message, error).await,
        }
    }

    async fn failed(&self, message: &OutgoingMessage, error: SendError) -> Delivery {
        if error.is_transient() {
            return Delivery::later(error);
        }
        let why = error.to_string();
        let answer = match error {
            SendError::Refused { bytes, .. } => bytes,
            _ => Vec::new(),
        };
        Delivery::Never {
            effects: self.stopped(message, &why).await,
            why,
            answer,
            trace: Vec::new(),
        }
    }

    /// Whoever left the message is told that it does not arrive; about what is for a system itself nobody is.
    async fn stopped(&self, message: &OutgoingMessage, why: &str) -> Vec<Effect> {
        if Place::parse(&message.destination).is_some() {
            return Vec::new();
        }
        notice_of(&self.gateway, &message.message_id, Notice::Stopped(why)).await
    }
}

impl Courier for Carrier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        if let Some(place) = Place::parse(&message.destination) {
            return self.to_system(&place, message).await;
        }
        match ActorName::parse(&message.destination) {
            Some(actor) => self.to_actor(&actor, message).await,
            None => Delivery::never(format!("no destination {:?}", message.destination)),
        }
    }

    async fn given_up(&self, message: &OutgoingMessage) -> Vec<Effect> {
        self.stopped(message, "every attempt has failed").await
    }
}
