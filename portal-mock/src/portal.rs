//! What every room of the portal shares.

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::FromRef;
use qaqpa_channel::envelope::xml_limits;
use qaqpa_channel::{Examining, Inbox, SystemKeys, SystemsError};
use qaqpa_crypto::sha256;
use qaqpa_evidence::Examiner;
use qaqpa_model::{Limits, ServiceAtAct};
use qaqpa_regulations::{Catalogue, Channel, Flow, Service};
use qaqpa_store::Store;
use qaqpa_transport::Clock;
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::{Bounds, find_enveloped};

use crate::config::PortalConfig;
use crate::persons::PersonRegister;

/// The portal, as handlers see it. Clones share everything.
#[derive(Clone, Debug)]
pub(crate) struct Portal(Arc<Rooms>);

/// What stands behind a [`Portal`].
#[derive(Debug)]
pub(crate) struct Rooms {
    /// What workers need too.
    pub(crate) shared: Shared,
    pub(crate) config: PortalConfig,
    pub(crate) persons: PersonRegister,
    pub(crate) keys: SystemKeys,
    pub(crate) examining: Examining,
    pub(crate) inbox: Inbox,
}

/// What the pages and the workers of the portal have in common.
#[derive(Clone, Debug)]
pub(crate) struct Shared {
    pub(crate) data: PathBuf,
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) limits: Limits,
    pub(crate) catalogue: Arc<Catalogue>,
}

impl std::ops::Deref for Portal {
    type Target = Rooms;

    fn deref(&self) -> &Rooms {
        &self.0
    }
}

impl std::ops::Deref for Rooms {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

impl Portal {
    pub(crate) fn new(rooms: Rooms) -> Self {
        Self(Arc::new(rooms))
    }

    /// The service of that id.
    pub(crate) fn service(&self, id: &ServiceAtAct) -> Option<&Service> {
        self.catalogue.service(id)
    }

    /// The services that can be asked for on the portal.
    pub(crate) fn services(&self) -> impl Iterator<Item = (&Service, &Flow)> {
        self.catalogue
            .services()
            .iter()
            .filter_map(|service| Some((service, service.flow(Channel::Portal)?)))
    }

    /// The flow whose authorisation is shown: that of the service to which one goes on; where nobody has chosen one yet,
    /// any, because all of them begin so.
    pub(crate) fn login_flow(&self, next: &str) -> Option<&Flow> {
        let asked = next.strip_prefix("/services/");
        let asked = asked.and_then(|rest| ServiceAtAct::parse(rest.split('/').next()?).ok());
        let asked = asked.and_then(|id| self.service(&id)?.flow(Channel::Portal));
        asked.or_else(|| self.services().map(|(_, flow)| flow).next())
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

    /// The digest of a document's signature value, for the replay check.
    pub(crate) fn signature_digest(&self, document: &Document) -> Option<[u8; 32]> {
        let bounds = Bounds {
            references_max: self.limits.references_max,
            transforms_max: self.limits.transforms_max,
        };
        find_enveloped(document, &bounds)
            .ok()
            .map(|signature| sha256(signature.value()))
    }
}

impl FromRef<Portal> for Store {
    fn from_ref(portal: &Portal) -> Self {
        portal.store.clone()
    }
}
