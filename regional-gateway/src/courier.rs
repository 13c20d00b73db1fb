//! Takes signed results from the outbox to the gateway.

use qaqpa_channel::{ChannelClient, Courier, Delivery};
use qaqpa_model::{Actor, SenderId};
use qaqpa_store::OutgoingMessage;
use qaqpa_transport::registry::{Doors, Siblings};

/// Carries messages to the gateway.
#[derive(Debug)]
pub(crate) struct GatewayCourier {
    pub(crate) siblings: Siblings,
    pub(crate) client: ChannelClient,
}

impl Courier for GatewayCourier {
    async fn deliver(&self, message: &OutgoingMessage, _attempt: u32) -> Delivery {
        let doors = match self.doors().await {
            Ok(doors) => doors,
            Err(why) => return Delivery::later(why),
        };
        let Ok(peer) = SenderId::parse(Actor::Gateway.name()) else {
            return Delivery::never("the gateway has no sender id");
        };
        let sent = self.client.send_stored(doors, &peer, &message.body);
        match sent.await {
            Ok(sent) => Delivery::done(sent.bytes),
            Err(error) if error.is_transient() => Delivery::later(error),
            Err(error) => Delivery::never(error),
        }
    }
}

impl GatewayCourier {
    /// Asked for each time: a gateway that comes up again may have another port.
    async fn doors(&self) -> Result<Doors, String> {
        let siblings = self.siblings.clone();
        let doors =
            tokio::task::spawn_blocking(move || siblings.doors(&Actor::Gateway.into(), "sync"));
        doors.await.map_err(|error| error.to_string())?
    }
}
