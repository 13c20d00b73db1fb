//! Whatever is in a message, what we write we read strictly as it was.

use std::collections::HashSet;
use std::num::NonZeroU32;

use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_wire::asynchronous::{
    DeliveryNotification, GetMessageStatusRequest, GetMessageStatusResponse, GetMessagesRequest,
    GetMessagesResponse, Message, MessageInfo, MessageState, MessageStatus, MessageType,
    ReceiveStatus, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse, SendMessageRequest, SendMessageResponse,
};
use qaqpa_wire::push::{
    self, ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationResponse,
    StatusNotification,
};
use qaqpa_wire::{
    BusinessData, DataForm, ErrorInfo, Fault, FaultCode, Operation, Property, Reading, Sender,
    StatusCode,
};

use crate::envelopes::parse;

/// Text that a reader gives back as it was: trimmed, of characters that XML carries.
fn prose(max: usize) -> impl Strategy<Value = String> {
    vec(
        select("aЯә<>&\"' \u{1F600}]\u{85}".chars().collect::<Vec<_>>()),
        0..max,
    )
    .prop_map(|chars| chars.into_iter().collect::<String>().trim().to_owned())
}

fn word() -> impl Strategy<Value = String> {
    prose(20).prop_map(|text| format!("x{text}"))
}

fn guid() -> impl Strategy<Value = String> {
    any::<u128>().prop_map(|bits| {
        let hex = format!("{bits:032x}");
        let cut = |range: std::ops::Range<usize>| hex[range].to_owned();
        format!(
            "{{{}-{}-{}-{}-{}}}",
            cut(0..8),
            cut(8..12),
            cut(12..16),
            cut(16..20),
            cut(20..32)
        )
    })
}

fn id() -> impl Strategy<Value = MessageId> {
    guid().prop_map(|text| MessageId::parse(&text).unwrap())
}

/// Whole seconds: what is written has no fractions.
fn moment() -> impl Strategy<Value = Moment> {
    (946_684_800_i64..4_102_444_800).prop_map(|seconds| Moment::from_unix_ms(seconds * 1000))
}

fn sender() -> impl Strategy<Value = Sender> {
    ("[a-z0-9._-]{1,20}", of(word())).prop_map(|(id, password)| Sender {
        id: SenderId::parse(&id).unwrap(),
        password,
    })
}

fn properties() -> impl Strategy<Value = Vec<Property>> {
    let property = (word(), prose(500)).prop_map(|(key, value)| Property { key, value });
    // A key that stands twice departs from the contract.
    vec(property, 0..4).prop_map(|mut properties| {
        let mut keys = HashSet::new();
        properties.retain(|property| keys.insert(property.key.clone()));
        properties
    })
}

fn data() -> impl Strategy<Value = BusinessData> {
    let element = word().prop_map(|text| {
        let text = qaqpa_xml::write::escape_text(&text);
        format!("<a xmlns:p=\"urn:p\"><p:b>{text}</p:b></a>")
    });
    let forms = select(vec![
        DataForm::Base64,
        DataForm::Child,
        DataForm::Text,
        DataForm::TypedText,
    ]);
    (element, forms).prop_map(|(text, form)| BusinessData {
        bytes: text.into_bytes(),
        form,
    })
}

fn error() -> impl Strategy<Value = ErrorInfo> {
    let one = (word(), prose(250), of(word()), moment(), of(guid())).prop_map(
        |(error_code, error_message, error_data, error_date, session_id)| ErrorInfo {
            error_code,
            error_message,
            error_data,
            error_date,
            sub_error: None,
            session_id,
        },
    );
    vec(one, 1..9).prop_map(|errors| {
        let nest = |inner: Option<Box<ErrorInfo>>, outer: ErrorInfo| {
            Some(Box::new(ErrorInfo {
                sub_error: inner,
                ..outer
            }))
        };
        *errors.into_iter().fold(None, nest).unwrap()
    })
}

fn status() -> impl Strategy<Value = MessageStatus> {
    (word(), prose(250), moment()).prop_map(|(code, message, date)| MessageStatus {
        code,
        message,
        date,
    })
}

prop_compose! {
    /// A message on its way from the gateway; what is sent to it has no id, and no exchange if it begins one.
    fn delivered()(
        (message_id, correlation_id) in (id(), id()),
        service_id in word(),
        message_type in select(MessageType::ALL),
        route_id in of(word()),
        message_date in moment(),
        sender in sender(),
        properties in properties(),
        session_id in of(guid()),
        data in data(),
    ) -> Message {
        let info = MessageInfo {
            message_id: Some(message_id),
            correlation_id: Some(correlation_id),
            service_id,
            message_type,
            route_id,
            message_date,
            sender: Some(sender),
            properties,
            session_id,
        };
        Message { info, data }
    }
}

fn sent() -> impl Strategy<Value = Message> {
    delivered().prop_map(|mut message| {
        message.info.message_id = None;
        if message.info.message_type == MessageType::Request {
            message.info.correlation_id = None;
        }
        message
    })
}

macro_rules! same {
    ($kind:ty, $message:expr) => {{
        let message: $kind = $message;
        let bytes = message.write();
        prop_assert_eq!(
            <$kind>::read_with(&parse(&bytes), Reading::Strict),
            Ok((message, vec![]))
        );
    }};
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_synchronous_messages(
        message in delivered(), (message_id, code) in (id(), word()), status_message in prose(250),
    ) {
        let MessageInfo { correlation_id, service_id, message_date, route_id, sender, properties, session_id, .. } =
            message.info;
        same!(qaqpa_wire::SendMessageRequest, qaqpa_wire::SendMessageRequest {
            message_id: message_id.clone(),
            correlation_id: correlation_id.clone(),
            service_id,
            message_date,
            route_id,
            sender,
            properties,
            session_id: session_id.clone(),
            data: message.data.clone(),
        });
        same!(qaqpa_wire::SendMessageResponse, qaqpa_wire::SendMessageResponse {
            message_id,
            correlation_id,
            response_date: message_date,
            status: StatusCode::parse(&code),
            status_message,
            session_id,
            data: Some(message.data),
        });
    }

    #[test]
    fn messages_in_every_direction(
        sent in sent(), delivered in vec(delivered(), 0..4), response_date in moment(),
        (message_id, correlation_id) in (id(), id()), session_id in guid(),
    ) {
        same!(SendMessageRequest, SendMessageRequest { message: sent });
        if let Some(message) = delivered.first() {
            same!(push::SendMessageRequest, push::SendMessageRequest { message: message.clone() });
        }
        let session_id = Some(session_id);
        let response = SendMessageResponse {
            message_id, correlation_id, response_date, session_id: session_id.clone(),
        };
        same!(SendMessageResponse, response.clone());
        same!(push::SendMessageResponse, push::SendMessageResponse(response));
        same!(GetMessagesResponse, GetMessagesResponse { response_date, session_id, messages: delivered });
    }

    #[test]
    fn questions(
        message_id in of(id()), correlation_id in of(id()), request_date in of(moment()), service_id in word(),
        asker in of(sender()), amount in of(1..=i32::MAX as u32), properties in properties(),
        (id, date, sender) in (id(), moment(), sender()),
    ) {
        same!(GetMessagesRequest, GetMessagesRequest {
            message_id,
            correlation_id,
            request_date,
            service_id,
            sender: asker,
            amount: amount.and_then(NonZeroU32::new),
            properties: properties.clone(),
        });
        same!(GetMessageStatusRequest, GetMessageStatusRequest {
            message_id: id, request_date: date, sender: Some(sender), properties,
        });
    }

    #[test]
    fn states_and_notifications(
        (notification_id, message_id, service_id) in (id(), id(), word()),
        (date, status_date) in (moment(), moment()),
        message_state in select(MessageState::ALL), status in status(), error in of(error()),
        receive_status in select(ReceiveStatus::ALL), resend_message in select(ResendMessage::ALL),
        sender in of(sender()), session_id in guid(),
    ) {
        let session_id = Some(session_id);
        same!(GetMessageStatusResponse, GetMessageStatusResponse {
            message_state, status: status.clone(), response_date: date, session_id: session_id.clone(),
        });
        same!(SendDeliveryNotificationRequest, SendDeliveryNotificationRequest {
            notification: DeliveryNotification {
                message_id: message_id.clone(),
                service_id,
                notification_date: date,
                receive_status,
                status_date,
                resend_message,
                error: error.clone(),
            },
            request_date: date,
            sender,
        });
        same!(SendDeliveryNotificationResponse, SendDeliveryNotificationResponse {
            notification_id: notification_id.clone(), response_date: date, session_id: session_id.clone(),
        });
        same!(ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationRequest {
            notification: StatusNotification {
                notification_id,
                message_id,
                notification_date: status_date,
                message_state,
                status,
                error,
            },
            request_date: date,
            session_id: session_id.clone(),
        });
        same!(ChangeMassageStatusNotificationResponse, ChangeMassageStatusNotificationResponse {
            response_date: date, session_id,
        });
    }

    #[test]
    fn faults(string in prose(300), detail in of(error()), operation in select(&Operation::ALL[..])) {
        let fault = Fault { code: FaultCode::Client, string, detail };
        let bytes = fault.write_of(operation);
        prop_assert_eq!(Fault::read_of(&parse(&bytes), operation), Ok(Some((fault, vec![]))));
    }
}
