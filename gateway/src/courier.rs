//! Takes accepted messages on: to the regional gateway, and to the portal.

use std::path::PathBuf;

use qaqpa_channel::{ChannelClient, Courier, Delivery};
use qaqpa_model::{Actor, SenderId};
use qaqpa_store::OutgoingMessage;
use qaqpa_transport::registry;

/// Delivers to the actors that are registered in the data folder.
#[derive(Debug)]
pub(crate) struct Carrier {
    dir: PathBuf,
    client: ChannelClient,
}

impl Carrier {
    pub(crate) const fn new(dir: PathBuf, client: ChannelClient) -> Self {
        Self { dir, client }
    }

    /// Asked for each time: an actor that comes up again may have another port.
    fn address(&self, actor: Actor) -> Result<String, String> {
        let record = registry::read(&self.dir, actor)
            .map_err(|error| error.to_string())?
            .ok_or_else(|| format!("{actor} is not up"))?;
        record
            .addresses
            .get("channel")
            .cloned()
            .ok_or_else(|| format!("{actor} has announced no channel"))
    }
}

impl Courier for Carrier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        let Some(actor) = Actor::parse(&message.destination) else {
            return Delivery::never(format!("no destination {:?}", message.destination));
        };
        let peer = match SenderId::parse(actor.name()) {
            Ok(peer) => peer,
            Err(error) => return Delivery::never(error),
        };
        let address = match self.address(actor) {
            Ok(address) => address,
            Err(why) => return Delivery::later(why),
        };
        match self
            .client
            .send_stored(&address, &peer, &message.body)
            .await
        {
            Ok(sent) => Delivery::done(sent.bytes),
            Err(error) if error.is_transient() => Delivery::later(error),
            Err(error) => Delivery::never(error),
        }
    }
}
