//! The asynchronous channel, `IAsyncChannel`: an information system leaves messages with the gateway, fetches what
//! waits for it, and says what became of what it fetched.
//!
//! One file an operation, with its request and its response. What the gateway does with each:
//!
//! 1. [`Operation::asked`] tells the operation, so that even a request that cannot be read is answered with the
//!    fault of its own operation ([`crate::Fault::write_of`]; [`Channel::fallback`] where it tells none).
//! 2. [`Request::read_with`] reads it, leniently or strictly as the sender is registered, and names the departures
//!    for the journal; a strict refusal is [`WireError::Departs`], whose departures belong into the fault.
//! 3. The answer is written by the operation's own response, and signed with [`qaqpa_xmldsig::sign_wsse`].

pub mod get_message_status;
pub mod get_messages;
pub mod message;
pub mod send_delivery_notification;
pub mod send_message;
pub mod states;

use qaqpa_xml::Document;

pub use get_message_status::{GetMessageStatusRequest, GetMessageStatusResponse};
pub use get_messages::{GetMessagesRequest, GetMessagesResponse};
pub use message::{Message, MessageInfo, MessageType};
pub use send_delivery_notification::{
    DeliveryNotification, ReceiveStatus, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse,
};
pub use send_message::{SendMessageRequest, SendMessageResponse};
pub use states::{MessageState, MessageStatus};

use crate::{Channel, Departure, Operation, Reading, Sender, WireError};

/// A request of the channel, whichever operation it asks for.
///
/// Read from an envelope, it says nothing about the transport signature, the sender's password or the
/// document inside: those are judged by the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `getMessageStatus`.
    GetMessageStatus(GetMessageStatusRequest),
    /// `getMessages`.
    GetMessages(GetMessagesRequest),
    /// `sendDeliveryNotification`.
    SendDeliveryNotification(SendDeliveryNotificationRequest),
    /// `sendMessage`.
    SendMessage(SendMessageRequest),
}

impl Request {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no envelope of an operation of this channel; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        match Operation::asked(document, Channel::Asynchronous)? {
            Operation::GetMessageStatus => GetMessageStatusRequest::read_with(document, reading)
                .map(|(request, departures)| (Self::GetMessageStatus(request), departures)),
            Operation::GetMessages => GetMessagesRequest::read_with(document, reading)
                .map(|(request, departures)| (Self::GetMessages(request), departures)),
            Operation::SendDeliveryNotification => SendDeliveryNotificationRequest::read_with(
                document, reading,
            )
            .map(|(request, departures)| (Self::SendDeliveryNotification(request), departures)),
            _ => SendMessageRequest::read_with(document, reading)
                .map(|(request, departures)| (Self::SendMessage(request), departures)),
        }
    }

    /// The operation that is asked for.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::GetMessageStatus(_) => Operation::GetMessageStatus,
            Self::GetMessages(_) => Operation::GetMessages,
            Self::SendDeliveryNotification(_) => Operation::SendDeliveryNotification,
            Self::SendMessage(_) => Operation::SendMessage,
        }
    }

    /// Who claims to ask.
    #[must_use]
    pub const fn sender(&self) -> Option<&Sender> {
        match self {
            Self::GetMessageStatus(request) => request.sender.as_ref(),
            Self::GetMessages(request) => request.sender.as_ref(),
            Self::SendDeliveryNotification(request) => request.sender.as_ref(),
            Self::SendMessage(request) => request.message.info.sender.as_ref(),
        }
    }

    /// The unsigned envelope.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        match self {
            Self::GetMessageStatus(request) => request.write(),
            Self::GetMessages(request) => request.write(),
            Self::SendDeliveryNotification(request) => request.write(),
            Self::SendMessage(request) => request.write(),
        }
    }
}
