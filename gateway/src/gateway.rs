//! What every message meets: the gateway's own things, shared by all requests.

use std::path::PathBuf;
use std::sync::Arc;

use qaqpa_channel::{Answers, ChannelClient, Examining, OutboxBell, SystemKeys};
use qaqpa_model::{Limits, SenderId};
use qaqpa_regulations::Catalogue;
use qaqpa_store::Store;
use qaqpa_transport::Clock;
use qaqpa_transport::registry::Siblings;

use crate::Config;
use crate::expectations::ExpectationBook;
use crate::mailbox::ToldEmpty;
use crate::mischief::Mischief;
use crate::places::Places;
use crate::questions::Questions;
use crate::room::Room;
use crate::routing::RouteBook;
use crate::strangers::Samples;
use crate::systems::{Pace, SystemsBook};

/// The gateway's own things.
#[derive(Debug)]
pub(crate) struct Gateway {
    pub(crate) config: Config,
    /// The data folder, where other actors register.
    pub(crate) data: PathBuf,
    /// Where other actors are, and who of them does not answer.
    pub(crate) siblings: Siblings,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    /// The gateway's key, and the senders that it knows.
    pub(crate) keys: SystemKeys,
    pub(crate) examining: Examining,
    pub(crate) catalogue: Catalogue,
    pub(crate) routes: RouteBook,
    /// The register of information systems, and how much each sends.
    pub(crate) systems: Arc<SystemsBook>,
    /// Held while a document of the database is taken.
    pub(crate) renewing: tokio::sync::Mutex<()>,
    pub(crate) pace: Pace,
    /// How many wrong passwords each says.
    pub(crate) guesses: Pace,
    pub(crate) places: Places<SenderId>,
    /// How many questions wait for registers.
    pub(crate) questions: Questions,
    /// When an empty mailbox was last told of in the journal.
    pub(crate) told_empty: ToldEmpty,
    /// How much room is on the disk of the store.
    pub(crate) room: Arc<Room>,
    /// What requests that are turned away may cost.
    pub(crate) samples: Samples,
    /// Puts questions to registers.
    pub(crate) asking: ChannelClient,
    pub(crate) answers: Answers,
    pub(crate) bell: OutboxBell,
    pub(crate) expectations: ExpectationBook,
    /// Deliberate faults.
    pub(crate) mischief: Mischief,
}
