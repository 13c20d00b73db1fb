//! The status (күй / статус): what the provider's system tells of an application before its result is there.

use qaqpa_model::{MessageId, Moment, RequestStatus, ServiceAtAct};
use qaqpa_xml::write::Writer;
use qaqpa_xmldsig::Covered;

use crate::DocumentError;
use crate::document::Sequence;
use crate::namespace::DOCUMENT;
use crate::soap::leaf;

/// The statuses that are told by themselves, in the order of a request's life: how it ends, the result tells.
pub const TOLD: [RequestStatus; 2] = [RequestStatus::Received, RequestStatus::InWork];

/// Where an application stands, the simulator's own format (version 1). A machine's word: it names no person.
///
/// One that was [`read`](Self::read) was under a signature; whose, the verdict says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusDocument {
    /// The id of the application.
    pub application_id: String,
    /// The service.
    pub service: ServiceAtAct,
    /// The id of the application's message, the first of the exchange.
    pub message_id: MessageId,
    /// Since when it stands so.
    pub changed_at: Moment,
    /// How it stands: one of [`TOLD`].
    pub status: RequestStatus,
}

impl StatusDocument {
    /// The unsigned document, deterministic and without white space between elements.
    #[must_use]
    pub fn to_xml(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.start("status");
        out.attribute("xmlns", DOCUMENT);
        out.attribute("version", "1");
        leaf(&mut out, "applicationId", &self.application_id);
        leaf(&mut out, "service", &self.service.to_string());
        leaf(&mut out, "messageId", self.message_id.as_str());
        leaf(&mut out, "changedAt", &self.changed_at.to_string());
        leaf(&mut out, "requestStatus", self.status.as_str());
        out.end();
        out.finish().into_bytes()
    }

    /// Reads the status from what is proven to be signed, and from nothing else.
    ///
    /// # Errors
    /// [`DocumentError`] where the signed root is no status of the schema.
    pub fn read(covered: &Covered<'_>) -> Result<Self, DocumentError> {
        let mut root = Sequence::of_root(covered.root(), "status")?;
        let application_id = root.text("applicationId")?;
        let service = root.service()?;
        let message_id = root.message_id()?;
        let changed_at = root.moment("changedAt")?;
        let status = root.text("requestStatus")?;
        let status = TOLD.into_iter().find(|told| told.as_str() == status);
        let status = status
            .ok_or_else(|| root.malformed("<requestStatus> is neither received nor in-work"))?;
        root.finish()?;
        Ok(Self {
            application_id,
            service,
            message_id,
            changed_at,
            status,
        })
    }
}
