//! Takes signed results from the outbox to the gateway.

use std::path::PathBuf;

use qaqpa_channel::{ChannelClient, Courier, Delivery};
use qaqpa_model::{Actor, SenderId};
use qaqpa_store::OutgoingMessage;
use qaqpa_transport::registry;

/// Carries messages to the gateway.
#[derive(Debug)]
pub(crate) struct GatewayCourier {
    pub(crate) data: PathBuf,
    pub(crate) client: ChannelClient,
}

impl Courier for GatewayCourier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        let address = match self.address().await {
            Ok(address) => address,
            Err(why) => return Delivery::later(why),
        };
        let Ok(peer) = SenderId::parse(Actor::Gateway.name()) else {
            return Delivery::never("the gateway has no sender id");
        };
        let sent = self.client.send_stored(&address, &peer, &message.body);
        match sent.await {
            Ok(sent) => Delivery::done(sent.bytes),
            Err(error) if error.is_transient() => Delivery::later(error),
            Err(error) => Delivery::never(error),
        }
    }
}

impl GatewayCourier {
    /// Asked for each time: a gateway that comes up again may have another port.
    async fn address(&self) -> Result<String, String> {
        let data = self.data.clone();
        let record =
            tokio::task::spawn_blocking(move || registry::any_named(&data, &Actor::Gateway.into()))
                .await
                .map_err(|error| error.to_string())?
                .map_err(|error| error.to_string())?
                .ok_or("the gateway has not registered")?;
        record
            .addresses
            .get("sync")
            .cloned()
            .ok_or_else(|| "the gateway names no synchronous channel".to_owned())
    }
}
