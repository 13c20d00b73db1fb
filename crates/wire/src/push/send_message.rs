//! `sendMessage`: the gateway hands a message over.

use qaqpa_xml::Document;

use crate::asynchronous;
use crate::asynchronous::message::{Message, Way};
use crate::operation::{Operation, Part};
use crate::{Departure, Reading, WireError, soap};

/// The message that is handed over, with all its ids.
///
/// The wrapper is that of the asynchronous channel's own `sendMessage`; the one of the push channel's name space is
/// read too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageRequest {
    /// The message.
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
        let part = (Operation::PushSendMessage, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let message = Message::read(document, request, Way::Out, notes)?;
            Ok(Self { message })
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::PushSendMessage, Part::Request, |out| {
            self.message.write(out);
        })
    }
}

/// The information system has the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageResponse(
    /// What it says, in the form of the asynchronous channel.
    pub asynchronous::SendMessageResponse,
);

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
        let part = (Operation::PushSendMessage, Part::Response, reading);
        soap::read(document, part, |response, notes| {
            asynchronous::SendMessageResponse::read_inside(response, notes).map(Self)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::PushSendMessage, Part::Response, |out| {
            self.0.write_inside(out);
        })
    }
}
