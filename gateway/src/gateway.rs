//! What every message meets: the gateway's own things, shared by all requests.

use std::path::PathBuf;

use qaqpa_channel::{Answers, ChannelClient, Examining, OutboxBell, SystemKeys};
use qaqpa_model::Limits;
use qaqpa_regulations::Catalogue;
use qaqpa_store::Store;
use qaqpa_transport::Clock;

use crate::Config;
use crate::routing::RouteBook;
use crate::systems::{Pace, SystemsBook};

/// The gateway's own things.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) config: Config,
    /// The data folder, where other actors register.
    pub(crate) data: PathBuf,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    /// The gateway's key, and the senders that it knows.
    pub(crate) keys: SystemKeys,
    pub(crate) examining: Examining,
    pub(crate) catalogue: Catalogue,
    pub(crate) routes: RouteBook,
    /// The register of information systems, and how much each sends.
    pub(crate) systems: SystemsBook,
    pub(crate) pace: Pace,
    /// Puts questions to registers.
    pub(crate) asking: ChannelClient,
    pub(crate) answers: Answers,
    pub(crate) bell: OutboxBell,
}
