//! `getMessageStatus`: an information system asks where its message is.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::Document;

use super::states::{MessageState, MessageStatus};
use crate::fields::Fields;
use crate::operation::{Operation, Part};
use crate::{Departure, Property, Reading, Sender, WireError, soap};

/// The message that is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetMessageStatusRequest {
    /// The id that the gateway assigned to it.
    pub message_id: MessageId,
    /// When the system asked, by its own clock.
    pub request_date: Moment,
    /// The system that asks.
    pub sender: Option<Sender>,
    /// Keys and values beside the question, in order.
    pub properties: Vec<Property>,
}

impl GetMessageStatusRequest {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `getMessageStatus` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::GetMessageStatus, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let mut fields = Fields::of(request, notes);
            let request = Self {
                message_id: fields.needed_id("messageId")?,
                request_date: fields.needed_date("requestDate")?,
                sender: Sender::wanted(&mut fields)?,
                properties: Property::of(&mut fields)?,
            };
            fields.finish();
            Ok(request)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::GetMessageStatus, Part::Request, |out| {
            out.leaf("messageId", self.message_id.as_str());
            out.leaf("requestDate", &soap::date(self.request_date));
            Sender::write(self.sender.as_ref(), out);
            Property::write_all(&self.properties, out);
        })
    }
}

/// Where the message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetMessageStatusResponse {
    /// The state.
    pub message_state: MessageState,
    /// What is behind it.
    pub status: MessageStatus,
    /// When the gateway answered.
    pub response_date: Moment,
    /// The gateway's id of this exchange of SOAP messages, in braces.
    pub session_id: Option<String>,
}

impl GetMessageStatusResponse {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `getMessageStatusResponse` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::GetMessageStatus, Part::Response, reading);
        soap::read(document, part, |response, notes| {
            let mut fields = Fields::of(response, notes);
            let response = Self {
                message_state: MessageState::needed(&mut fields)?,
                status: MessageStatus::needed(&mut fields)?,
                response_date: fields.needed_date("responseDate")?,
                session_id: fields.session()?,
            };
            fields.finish();
            Ok(response)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::GetMessageStatus, Part::Response, |out| {
            self.message_state.write(out);
            self.status.write(out);
            out.leaf("responseDate", &soap::date(self.response_date));
            soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
        })
    }
}
