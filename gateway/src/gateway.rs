//! What every message meets: the gateway's own things, shared by all requests.

use qaqpa_channel::{Answers, Examining, OutboxBell, SystemKeys};
use qaqpa_model::Limits;
use qaqpa_regulations::Catalogue;
use qaqpa_store::Store;
use qaqpa_transport::Clock;

use crate::Config;

/// The gateway's own things.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    /// The gateway's key, and the senders that it knows.
    pub(crate) keys: SystemKeys,
    pub(crate) examining: Examining,
    pub(crate) catalogue: Catalogue,
    pub(crate) answers: Answers,
    pub(crate) bell: OutboxBell,
}
