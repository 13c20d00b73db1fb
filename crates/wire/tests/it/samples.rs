//! One message of each operation, full and bare, from builders that default to valid.

use std::num::NonZeroU32;

use qaqpa_model::{MessageId, SenderId};
use qaqpa_wire::asynchronous::{
    DeliveryNotification, GetMessageStatusRequest, GetMessageStatusResponse, GetMessagesRequest,
    GetMessagesResponse, Message, MessageInfo, MessageState, MessageStatus, MessageType,
    ReceiveStatus, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse, SendMessageRequest, SendMessageResponse,
};
use qaqpa_wire::push::{
    ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationResponse,
    StatusNotification,
};
use qaqpa_wire::{BusinessData, ErrorInfo, Fault, FaultCode, Property, Sender, push};

use crate::envelopes::moment;

pub(crate) const SESSION: &str = "{3f2504e0-4f89-41d3-9a0c-0305e82c3303}";

pub(crate) fn id(last: u8) -> MessageId {
    MessageId::parse(&format!("{{3f2504e0-4f89-41d3-9a0c-0305e82c33{last:02}}}")).unwrap()
}

pub(crate) fn sender() -> Sender {
    Sender {
        id: SenderId::parse("integrator-1").unwrap(),
        password: Some("p&ss<word".to_owned()),
    }
}

pub(crate) fn property() -> Property {
    Property {
        key: "judged-at".to_owned(),
        value: "2026-11-22T10:00:00+05:00".to_owned(),
    }
}

pub(crate) fn data() -> BusinessData {
    BusinessData::new("<a b=\"1\">Ә &amp; ё</a>".as_bytes().to_vec())
}

/// With an error that led to it.
pub(crate) fn error() -> ErrorInfo {
    let inner = ErrorInfo {
        error_code: "SCSE002".to_owned(),
        error_message: "The document has no child.".to_owned(),
        error_data: None,
        error_date: moment(),
        sub_error: None,
        session_id: None,
    };
    ErrorInfo {
        error_code: "SCSE001".to_owned(),
        error_message: "The message was not accepted.".to_owned(),
        error_data: Some("label=application-malformed\nwhy=<child> & more".to_owned()),
        error_date: moment(),
        sub_error: Some(Box::new(inner)),
        session_id: Some(SESSION.to_owned()),
    }
}

/// A message on its way to the gateway: a request, which begins an exchange.
pub(crate) fn message() -> Message {
    Message {
        info: MessageInfo {
            message_id: None,
            correlation_id: None,
            service_id: "guardianship-certificate@zhambyl-2019-23".to_owned(),
            message_type: MessageType::Request,
            route_id: None,
            message_date: moment(),
            sender: Some(sender()),
            properties: Vec::new(),
            session_id: None,
        },
        data: data(),
    }
}

/// A message on its way from the gateway: a response with everything.
pub(crate) fn delivered() -> Message {
    let mut message = message();
    message.info = MessageInfo {
        message_id: Some(id(1)),
        correlation_id: Some(id(2)),
        message_type: MessageType::Response,
        route_id: Some("route".to_owned()),
        properties: vec![property()],
        session_id: Some(SESSION.to_owned()),
        ..message.info
    };
    message
}

pub(crate) fn send_message() -> SendMessageRequest {
    SendMessageRequest { message: message() }
}

/// An answer to a request of ours: the exchange is given, the message's id is not.
pub(crate) fn send_response() -> SendMessageRequest {
    let mut message = delivered();
    message.info.message_id = None;
    SendMessageRequest { message }
}

pub(crate) fn send_message_response() -> SendMessageResponse {
    SendMessageResponse {
        message_id: id(1),
        correlation_id: id(2),
        response_date: moment(),
        session_id: Some(SESSION.to_owned()),
    }
}

pub(crate) fn get_messages() -> GetMessagesRequest {
    GetMessagesRequest {
        message_id: Some(id(1)),
        correlation_id: Some(id(2)),
        request_date: Some(moment()),
        service_id: "guardianship-certificate@zhambyl-2019-23".to_owned(),
        sender: Some(sender()),
        amount: NonZeroU32::new(10),
        properties: vec![property()],
    }
}

pub(crate) fn get_messages_bare() -> GetMessagesRequest {
    GetMessagesRequest {
        message_id: None,
        correlation_id: None,
        request_date: None,
        sender: None,
        amount: None,
        properties: Vec::new(),
        ..get_messages()
    }
}

pub(crate) fn get_messages_response() -> GetMessagesResponse {
    let mut other = delivered();
    other.info.message_id = Some(id(4));
    other.info.message_type = MessageType::Request;
    GetMessagesResponse {
        response_date: moment(),
        session_id: Some(SESSION.to_owned()),
        messages: vec![delivered(), other],
    }
}

pub(crate) fn get_message_status() -> GetMessageStatusRequest {
    GetMessageStatusRequest {
        message_id: id(1),
        request_date: moment(),
        sender: Some(sender()),
        properties: vec![property()],
    }
}

pub(crate) fn get_message_status_response() -> GetMessageStatusResponse {
    GetMessageStatusResponse {
        message_state: MessageState::OnDelivery,
        status: status(),
        response_date: moment(),
        session_id: Some(SESSION.to_owned()),
    }
}

pub(crate) fn status() -> MessageStatus {
    MessageStatus {
        code: "SCSS001".to_owned(),
        message: "The message is on its way.".to_owned(),
        date: moment(),
    }
}

pub(crate) fn send_delivery_notification() -> SendDeliveryNotificationRequest {
    SendDeliveryNotificationRequest {
        notification: DeliveryNotification {
            message_id: id(1),
            service_id: "guardianship-certificate@zhambyl-2019-23".to_owned(),
            notification_date: moment(),
            receive_status: ReceiveStatus::NotAccepted,
            status_date: moment(),
            resend_message: ResendMessage::Resend,
            error: Some(error()),
        },
        request_date: moment(),
        sender: Some(sender()),
    }
}

pub(crate) fn send_delivery_notification_response() -> SendDeliveryNotificationResponse {
    SendDeliveryNotificationResponse {
        notification_id: id(5),
        response_date: moment(),
        session_id: Some(SESSION.to_owned()),
    }
}

pub(crate) fn pushed() -> push::SendMessageRequest {
    push::SendMessageRequest {
        message: delivered(),
    }
}

pub(crate) fn pushed_response() -> push::SendMessageResponse {
    push::SendMessageResponse(send_message_response())
}

pub(crate) fn change_massage_status_notification() -> ChangeMassageStatusNotificationRequest {
    ChangeMassageStatusNotificationRequest {
        notification: StatusNotification {
            notification_id: id(5),
            message_id: id(1),
            notification_date: moment(),
            message_state: MessageState::DeliveryStopped,
            status: status(),
            error: Some(error()),
        },
        request_date: moment(),
        session_id: Some(SESSION.to_owned()),
    }
}

pub(crate) fn change_massage_status_notification_response()
-> ChangeMassageStatusNotificationResponse {
    ChangeMassageStatusNotificationResponse {
        response_date: moment(),
        session_id: Some(SESSION.to_owned()),
    }
}

pub(crate) fn fault() -> Fault {
    Fault {
        code: FaultCode::Client,
        string: "The message was not accepted.".to_owned(),
        detail: Some(error()),
    }
}
