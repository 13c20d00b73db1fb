//! The channels and their operations, by the names of the contract.

use qaqpa_xml::Document;

use crate::namespace::{
    ASYNC_INTERFACES, ASYNC_TYPES, ASYNC_TYPES_MET, CLIENT_INTERFACES, CLIENT_TYPES,
    SYNC_INTERFACES, SYNC_TYPES,
};
use crate::{WireError, soap};

/// A channel: a port type of the contract, at an address of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// `ISyncChannel`: an information system asks the gateway and waits for the answer.
    Sync,
    /// `IAsyncChannel`: an information system leaves messages with the gateway and fetches others.
    Asynchronous,
    /// `IAsyncChannelClient`: the gateway calls the information system's own endpoint.
    Push,
}

/// An operation of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `SendMessage` of the synchronous channel.
    SyncSendMessage,
    /// `sendMessage` of the asynchronous channel.
    SendMessage,
    /// `getMessages` of the asynchronous channel.
    GetMessages,
    /// `getMessageStatus` of the asynchronous channel.
    GetMessageStatus,
    /// `sendDeliveryNotification` of the asynchronous channel.
    SendDeliveryNotification,
    /// `sendMessage` that the gateway pushes.
    PushSendMessage,
    /// `changeMassageStatusNotification` (spelled so) that the gateway pushes.
    ChangeMassageStatusNotification,
}

impl Channel {
    /// The operations, in the order of the channel's WSDL.
    #[must_use]
    pub const fn operations(self) -> &'static [Operation] {
        match self {
            Self::Sync => &[Operation::SyncSendMessage],
            Self::Asynchronous => &[
                Operation::SendMessage,
                Operation::GetMessages,
                Operation::GetMessageStatus,
                Operation::SendDeliveryNotification,
            ],
            Self::Push => &[
                Operation::PushSendMessage,
                Operation::ChangeMassageStatusNotification,
            ],
        }
    }

    /// The operation whose fault is given where a message does not tell its own: the first.
    #[must_use]
    pub const fn fallback(self) -> Operation {
        match self {
            Self::Sync => Operation::SyncSendMessage,
            Self::Asynchronous => Operation::SendMessage,
            Self::Push => Operation::PushSendMessage,
        }
    }

    /// The name spaces in which wrappers are met; each but the operation's own is a departure.
    pub(crate) const fn name_spaces(self) -> &'static [&'static str] {
        match self {
            Self::Sync => &[SYNC_TYPES, SYNC_INTERFACES],
            Self::Asynchronous => &[ASYNC_TYPES, ASYNC_TYPES_MET, ASYNC_INTERFACES],
            Self::Push => &[
                ASYNC_TYPES,
                ASYNC_TYPES_MET,
                CLIENT_TYPES,
                CLIENT_INTERFACES,
                ASYNC_INTERFACES,
            ],
        }
    }
}

impl Operation {
    /// Every operation of every channel.
    pub const ALL: [Self; 7] = [
        Self::SyncSendMessage,
        Self::SendMessage,
        Self::GetMessages,
        Self::GetMessageStatus,
        Self::SendDeliveryNotification,
        Self::PushSendMessage,
        Self::ChangeMassageStatusNotification,
    ];

    /// The channel that has it.
    #[must_use]
    pub const fn channel(self) -> Channel {
        match self {
            Self::SyncSendMessage => Channel::Sync,
            Self::SendMessage
            | Self::GetMessages
            | Self::GetMessageStatus
            | Self::SendDeliveryNotification => Channel::Asynchronous,
            Self::PushSendMessage | Self::ChangeMassageStatusNotification => Channel::Push,
        }
    }

    /// The operation's name, and the local name of the element around its request.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SyncSendMessage => "SendMessage",
            Self::SendMessage | Self::PushSendMessage => "sendMessage",
            Self::GetMessages => "getMessages",
            Self::GetMessageStatus => "getMessageStatus",
            Self::SendDeliveryNotification => "sendDeliveryNotification",
            Self::ChangeMassageStatusNotification => "changeMassageStatusNotification",
        }
    }

    /// The local name of the element around its response.
    #[must_use]
    pub const fn response(self) -> &'static str {
        match self {
            Self::SyncSendMessage => "SendMessageResponse",
            Self::SendMessage | Self::PushSendMessage => "sendMessageResponse",
            Self::GetMessages => "getMessagesResponse",
            Self::GetMessageStatus => "getMessageStatusResponse",
            Self::SendDeliveryNotification => "sendDeliveryNotificationResponse",
            Self::ChangeMassageStatusNotification => "changeMassageStatusNotificationResponse",
        }
    }

    /// The local name of the fault's detail: `<op>Fault1_<op>Fault`.
    #[must_use]
    pub const fn fault(self) -> &'static str {
        match self {
            Self::SyncSendMessage => "SendMessageFault1_SendMessageFault",
            Self::SendMessage | Self::PushSendMessage => "sendMessageFault1_sendMessageFault",
            Self::GetMessages => "getMessagesFault1_getMessagesFault",
            Self::GetMessageStatus => "getMessageStatusFault1_getMessageStatusFault",
            Self::SendDeliveryNotification => {
                "sendDeliveryNotificationFault1_sendDeliveryNotificationFault"
            }
            Self::ChangeMassageStatusNotification => {
                "changeMassageStatusNotificationFault1_changeMassageStatusNotificationFault"
            }
        }
    }

    /// The name space of the three elements above.
    #[must_use]
    pub const fn namespace(self) -> &'static str {
        match self {
            Self::SyncSendMessage => SYNC_TYPES,
            Self::SendMessage
            | Self::GetMessages
            | Self::GetMessageStatus
            | Self::SendDeliveryNotification
            | Self::PushSendMessage => ASYNC_TYPES,
            Self::ChangeMassageStatusNotification => CLIENT_TYPES,
        }
    }

    /// The operation that an envelope asks for, before anything else of it is read.
    ///
    /// Lenient: wrappers in another name space of the channel are told by their local name.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no envelope, or asks for no operation of the channel.
    pub fn asked(document: &Document, channel: Channel) -> Result<Self, WireError> {
        let payload = soap::payload(document)?;
        let space = payload.namespace().unwrap_or_default();
        let found = channel.operations().iter().find(|operation| {
            payload.name() == operation.as_str() && channel.name_spaces().contains(&space)
        });
        found.copied().ok_or_else(|| {
            let known: Vec<_> = channel
                .operations()
                .iter()
                .map(|operation| format!("<{}>", operation.as_str()))
                .collect();
            WireError::envelope(format!(
                "the Body holds <{}> of {:?}, not {} of {}",
                soap::limited(payload.name(), 200),
                soap::limited(space, 200),
                known.join(" or "),
                channel.fallback().namespace(),
            ))
        })
    }
}

/// The two directions of an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Request,
    Response,
}

impl Part {
    /// The element inside the wrapper.
    pub(crate) const fn element(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Response => "response",
        }
    }

    pub(crate) const fn wrapper(self, operation: Operation) -> &'static str {
        match self {
            Self::Request => operation.as_str(),
            Self::Response => operation.response(),
        }
    }
}
