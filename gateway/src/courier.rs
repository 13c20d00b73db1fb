//! Takes accepted messages on: to the regional gateways, to the portal, and to the endpoints of information systems.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use qaqpa_channel::{ChannelClient, Courier, Delivery, Endpoint, SendError};
use qaqpa_model::{ActorName, SenderId};
use qaqpa_store::{Effect, OutgoingMessage, StoreError};
use qaqpa_transport::{ClientLimits, ClientTls, HttpClient, TlsError};

use crate::gateway::Gateway;
use crate::mailbox::{Notice, Order, notice_of};
use crate::mischief::{Spoil, road};
use crate::systems::{self, Party, Place};

/// Delivers to the actors that are registered in the data folder, and to systems that have an endpoint.
#[derive(Debug)]
pub(crate) struct Carrier {
    gateway: Arc<Gateway>,
    client: ChannelClient,
    endpoints: Endpoints,
}

/// Calls endpoints of information systems: each with the trust that is agreed with it, all with our own identity.
#[derive(Debug)]
pub(crate) struct Endpoints {
    tls: ClientTls,
    limits: ClientLimits,
    usual: HttpClient,
    /// By the PEM of the authorities that are trusted.
    trusting: Mutex<HashMap<Arc<[u8]>, HttpClient>>,
}

/// Clients with trusts of their own that are kept: each has connections.
const TRUSTS_MAX: usize = 1000;

impl Endpoints {
    /// Within these limits, by this identity; without another agreement the authority of `tls` is trusted.
    pub(crate) fn new(tls: ClientTls, limits: ClientLimits) -> Self {
        Self {
            usual: HttpClient::new(&tls, limits),
            tls,
            limits,
            trusting: Mutex::default(),
        }
    }

    fn client(&self, trust: Option<&Arc<[u8]>>) -> Result<HttpClient, TlsError> {
        let Some(pem) = trust else {
            return Ok(self.usual.clone());
        };
        let mut trusting = self.trusting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = trusting.get(pem) {
            return Ok(client.clone());
        }
        if trusting.len() >= TRUSTS_MAX {
            trusting.clear();
        }
        let client = HttpClient::new(&self.tls.trusting_instead(pem)?, self.limits);
        trusting.insert(Arc::clone(pem), client.clone());
        Ok(client)
    }
}

impl Carrier {
    pub(crate) const fn new(
        gateway: Arc<Gateway>,
        client: ChannelClient,
        endpoints: Endpoints,
    ) -> Self {
        Self {
            gateway,
            client,
            endpoints,
        }
    }

    /// Makes one attempt, as whoever the message is for takes it; `spoil` is done to the envelope on its way.
    pub(crate) async fn carry(&self, message: &OutgoingMessage, spoil: Option<Spoil>) -> Delivery {
        let client = match spoil {
            None => self.client.clone(),
            Some(spoil) => self.client.clone().tampering(road::tampering(spoil)),
        };
        if let Some(place) = Place::parse(&message.destination) {
            return self.to_system(&client, &place, message).await;
        }
        match ActorName::parse(&message.destination) {
            Some(actor) => self.to_actor(&client, &actor, message).await,
            None => Delivery::never(format!("no destination {:?}", message.destination)),
        }
    }

    async fn to_actor(
        &self,
        client: &ChannelClient,
        actor: &ActorName,
        message: &OutgoingMessage,
    ) -> Delivery {
        let peer = match SenderId::parse(&actor.to_string()) {
            Ok(peer) => peer,
            Err(error) => return Delivery::never(error),
        };
        let doors = match self.gateway.siblings.doors(actor, "channel") {
            Ok(doors) => doors,
            Err(why) => return Delivery::later(why),
        };
        let sent = client.send_stored(doors, &peer, &message.body);
        match sent.await {
            Ok(sent) => {
                let notice = notice_of(&self.gateway, &message.message_id, Notice::Delivered);
                match notice.await {
                    Ok(effects) => Delivery::Done {
                        answer: sent.bytes,
                        effects,
                        trace: Vec::new(),
                    },
                    Err(error) => unnoticed(&error),
                }
            }
            Err(error) => self.failed(message, error).await,
        }
    }

    /// Hands over what waits for a system, at its own endpoint; without one it is held until the system fetches it.
    async fn to_system(
        &self,
        client: &ChannelClient,
        place: &Place,
        message: &OutgoingMessage,
    ) -> Delivery {
        let (Place::Mailbox(sender) | Place::Notices(sender)) = place;
        let systems = match self.gateway.keys.current().await {
            Ok(systems) => systems,
            Err(error) => return Delivery::later(error),
        };
        let register = systems::current(&self.gateway).await;
        let party = Party::find(&systems, &register, sender);
        let pushed_to = party.and_then(|party| Some((party, party.terms.push.as_deref()?)));
        let Some((party, address)) = pushed_to else {
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
        let known = register.certificates();
        let examiner = match self.gateway.examining.current_with(&systems, known) {
            Ok(examiner) => examiner,
            Err(error) => return Delivery::later(error),
        };
        let http = match self.endpoints.client(party.terms.push_trust.as_ref()) {
            Ok(http) => http,
            Err(error) => return Delivery::later(error),
        };
        let endpoint = Endpoint {
            peer: party.sender,
            address,
            certificate: party.certificate,
            answers: party.terms.answers,
            reading: party.terms.reading(),
            examiner: &examiner,
            http: &http,
        };
        let mut names = vec![&message.message_id];
        names.extend(&message.correlation);
        match client.push(endpoint, &message.body, &names).await {
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
        match self.stopped(message, &why).await {
            Ok(effects) => Delivery::Never {
                effects,
                why,
                answer,
                trace: Vec::new(),
            },
            Err(error) => unnoticed(&error),
        }
    }

    /// Whoever left the message is told that it does not arrive; about what is for a system itself nobody is.
    async fn stopped(
        &self,
        message: &OutgoingMessage,
        why: &str,
    ) -> Result<Vec<Effect>, StoreError> {
        if Place::parse(&message.destination).is_some() {
            return Ok(Vec::new());
        }
        notice_of(&self.gateway, &message.message_id, Notice::Stopped(why)).await
    }
}

/// A delivery is not concluded while nobody can say who is told of it: its receiver drops the repeat.
fn unnoticed(error: &StoreError) -> Delivery {
    Delivery::later(format!("its sender cannot be told yet: {error}"))
}

/// How often the store is asked whom to tell of what was given up, and the pause in between.
const TELLING_TRIES_MAX: u32 = 5;
const TELLING_PAUSE: Duration = Duration::from_secs(1);

impl Courier for Carrier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        road::deliver(&self.gateway, self, message).await
    }

    async fn given_up(&self, message: &OutgoingMessage) -> Vec<Effect> {
        for left in (0..TELLING_TRIES_MAX).rev() {
            match self.stopped(message, "every attempt has failed").await {
                Ok(effects) => return effects,
                Err(error) if left == 0 => {
                    // The system learns it by getMessageStatus.
                    let id = &message.message_id;
                    tracing::error!(%error, %id, "a status notification could not be made");
                }
                Err(_) => tokio::time::sleep(TELLING_PAUSE).await,
            }
        }
        Vec::new()
    }
}
