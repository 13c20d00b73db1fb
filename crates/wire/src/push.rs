//! The push channel, `IAsyncChannelClient`: the gateway calls the information system's own endpoint.
//!
//! The gateway writes the requests, and takes a message as delivered once the response of the same operation is
//! read; a fault, or no answer, is a failed attempt. There is no `changeMessageStatus`, and the operation that
//! there is keeps the contract's spelling: `changeMassageStatusNotification`.
//!
//! An endpoint reads with [`Request::read_with`], as [`crate::asynchronous`] describes it.

pub mod change_massage_status_notification;
pub mod send_message;

use qaqpa_xml::Document;

pub use change_massage_status_notification::{
    ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationResponse,
    StatusNotification,
};
pub use send_message::{SendMessageRequest, SendMessageResponse};

use crate::{Channel, Departure, Operation, Reading, WireError};

/// What the gateway pushes, whichever operation it asks for.
///
/// Read from an envelope, it says nothing about the gateway's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// `changeMassageStatusNotification`.
    ChangeMassageStatusNotification(ChangeMassageStatusNotificationRequest),
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
        match Operation::asked(document, Channel::Push)? {
            Operation::ChangeMassageStatusNotification => {
                ChangeMassageStatusNotificationRequest::read_with(document, reading).map(
                    |(request, departures)| {
                        let request = Self::ChangeMassageStatusNotification(request);
                        (request, departures)
                    },
                )
            }
            _ => SendMessageRequest::read_with(document, reading)
                .map(|(request, departures)| (Self::SendMessage(request), departures)),
        }
    }

    /// The operation that is asked for.
    #[must_use]
    pub const fn operation(&self) -> Operation {
        match self {
            Self::ChangeMassageStatusNotification(_) => Operation::ChangeMassageStatusNotification,
            Self::SendMessage(_) => Operation::PushSendMessage,
        }
    }

    /// The unsigned envelope.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        match self {
            Self::ChangeMassageStatusNotification(request) => request.write(),
            Self::SendMessage(request) => request.write(),
        }
    }
}
