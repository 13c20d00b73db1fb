//! What every room of the regional gateway shares.

use std::path::PathBuf;
use std::sync::Arc;

use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::{Examining, Inbox, SystemKeys, SystemsError};
use qaqpa_evidence::Examiner;
use qaqpa_model::{Limits, ServiceAtAct};
use qaqpa_regulations::{Catalogue, Channel, Flow, Service};
use qaqpa_store::Store;
use qaqpa_transport::Clock;
use qaqpa_xml::XmlLimits;

use crate::chain::Chain;
use crate::config::WorkplaceConfig;
use crate::registers::Registers;
use crate::staff::Roster;
use crate::stubs::Stubs;

/// The regional gateway, as handlers see it. Clones share everything.
#[derive(Clone, Debug)]
pub struct Workplace(Arc<Rooms>);

/// What stands behind a [`Workplace`].
#[derive(Debug)]
pub struct Rooms {
    pub(crate) data: PathBuf,
    pub(crate) config: WorkplaceConfig,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) catalogue: Catalogue,
    pub(crate) keys: SystemKeys,
    pub(crate) examining: Examining,
    pub(crate) inbox: Inbox,
    pub(crate) roster: Roster,
    pub(crate) registers: Registers,
    pub(crate) stubs: Stubs,
}

impl std::ops::Deref for Workplace {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

/// A service of the catalogue with the flow through one channel and its chain of actions.
#[derive(Clone, Debug)]
pub(crate) struct Offer<'w> {
    pub(crate) service: &'w Service,
    pub(crate) flow: &'w Flow,
    pub(crate) chain: Chain,
}

impl Workplace {
    pub(crate) fn new(rooms: Rooms) -> Self {
        Self(Arc::new(rooms))
    }

    /// The service through that channel, if the catalogue has steps for it.
    pub(crate) fn offer(&self, service: &ServiceAtAct, channel: &str) -> Option<Offer<'_>> {
        let service = self.catalogue.service(service)?;
        let flow = service.flow(Channel::parse(channel)?)?;
        let chain = Chain::of(service, flow)?;
        Some(Offer {
            service,
            flow,
            chain,
        })
    }

    /// The examiner of this moment.
    pub(crate) async fn examiner(&self) -> Result<Examiner, SystemsError> {
        let systems = self.keys.current().await?;
        self.examining.current(&systems)
    }

    /// The XML limits of this simulator.
    pub(crate) fn xml_limits(&self) -> XmlLimits {
        xml_limits(&self.limits)
    }
}
