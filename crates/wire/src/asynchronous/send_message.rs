//! `sendMessage`: an information system leaves a message with the gateway.

use qaqpa_crypto::sha256;
use qaqpa_model::{BodyDigest, MessageId, Moment};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use super::message::{Message, Way};
use crate::fields::Fields;
use crate::notes::Notes;
use crate::operation::{Operation, Part};
use crate::{DataForm, Departure, Reading, WireError, soap};

/// The message that is left with the gateway.
///
/// Read from an envelope, it says nothing about the transport signature, the sender's password or the
/// document inside: those are judged by the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageRequest {
    /// The message, without the ids that the gateway assigns.
    pub message: Message,
}

impl SendMessageRequest {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `sendMessage` envelope or has no document; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SendMessage, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let message = Message::read(document, request, Way::In, notes)?;
            Ok(Self { message })
        })
    }

    /// The digest of what the message says, for the elimination of repeats.
    ///
    /// Taken as the synchronous channel's: over our own strict form, without password, session and any signature.
    /// Because the gateway assigns the ids, it is all that a repeat can be known by.
    #[must_use]
    pub fn digest(&self) -> BodyDigest {
        let mut bare = self.clone();
        if let Some(sender) = &mut bare.message.info.sender {
            sender.password = None;
        }
        bare.message.info.session_id = None;
        bare.message.data.form = DataForm::TypedText;
        BodyDigest(sha256(&bare.write()))
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::SendMessage, Part::Request, |out| {
            self.message.write(out);
        })
    }
}

/// The gateway has the message: its id and its exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageResponse {
    /// The id that the gateway assigned.
    pub message_id: MessageId,
    /// The exchange: for a request the one that it began.
    pub correlation_id: MessageId,
    /// When the gateway answered.
    pub response_date: Moment,
    /// The gateway's id of this exchange of SOAP messages, in braces.
    pub session_id: Option<String>,
}

impl SendMessageResponse {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `sendMessageResponse` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SendMessage, Part::Response, reading);
        soap::read(document, part, Self::read_inside)
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::SendMessage, Part::Response, |out| {
            self.write_inside(out);
        })
    }

    pub(crate) fn read_inside(response: Element<'_>, notes: &mut Notes) -> Result<Self, WireError> {
        let mut fields = Fields::of(response, notes);
        let response = Self {
            message_id: fields.needed_id("messageId")?,
            correlation_id: fields.needed_id("correlationId")?,
            response_date: fields.needed_date("responseDate")?,
            session_id: fields.session()?,
        };
        fields.finish();
        Ok(response)
    }

    pub(crate) fn write_inside(&self, out: &mut Writer) {
        out.leaf("messageId", self.message_id.as_str());
        out.leaf("correlationId", self.correlation_id.as_str());
        out.leaf("responseDate", &soap::date(self.response_date));
        soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
    }
}
