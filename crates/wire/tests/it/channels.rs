//! Every message of the asynchronous and the push channel: written to the letter of the schema, and read back
//! strictly as what it was.

use qaqpa_wire::asynchronous::{
    GetMessageStatusRequest, GetMessageStatusResponse, GetMessagesRequest, GetMessagesResponse,
    SendDeliveryNotificationRequest, SendDeliveryNotificationResponse, SendMessageRequest,
    SendMessageResponse,
};
use qaqpa_wire::push::{
    ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationResponse,
};
use qaqpa_wire::{Reading, asynchronous, push};

use crate::envelopes::parse;
use crate::golden::assert_golden;
use crate::samples;

macro_rules! letters {
    ($($test:ident: $sample:ident as $kind:ty => $file:literal;)+) => {$(
        #[test]
        fn $test() {
            let message = samples::$sample();
            let bytes = message.write();
            assert_golden($file, &bytes);
            assert_eq!(
                <$kind>::read_with(&parse(&bytes), Reading::Strict),
                Ok((message, vec![]))
            );
        }
    )+};
}

letters! {
    send_message_without_the_ids_that_the_gateway_assigns: send_message as SendMessageRequest => "async-send-message.xml";
    send_message_of_a_response_names_its_exchange: send_response as SendMessageRequest => "async-send-message-full.xml";
    send_message_is_answered_with_the_ids: send_message_response as SendMessageResponse => "async-send-message-response.xml";
    get_messages_with_everything: get_messages as GetMessagesRequest => "async-get-messages-full.xml";
    get_messages_with_the_service_alone: get_messages_bare as GetMessagesRequest => "async-get-messages.xml";
    get_messages_is_answered_with_messages: get_messages_response as GetMessagesResponse => "async-get-messages-response.xml";
    get_message_status: get_message_status as GetMessageStatusRequest => "async-get-message-status.xml";
    get_message_status_is_answered: get_message_status_response as GetMessageStatusResponse => "async-get-message-status-response.xml";
    send_delivery_notification: send_delivery_notification as SendDeliveryNotificationRequest => "async-send-delivery-notification.xml";
    send_delivery_notification_is_answered: send_delivery_notification_response as SendDeliveryNotificationResponse => "async-send-delivery-notification-response.xml";
    a_pushed_message_has_all_its_ids: pushed as push::SendMessageRequest => "push-send-message.xml";
    a_pushed_message_is_answered: pushed_response as push::SendMessageResponse => "push-send-message-response.xml";
    a_change_of_status_is_pushed: change_massage_status_notification as ChangeMassageStatusNotificationRequest => "push-change-massage-status-notification.xml";
    a_change_of_status_is_answered: change_massage_status_notification_response as ChangeMassageStatusNotificationResponse => "push-change-massage-status-notification-response.xml";
}

#[test]
fn the_operation_is_told_from_the_envelope() {
    for request in [
        asynchronous::Request::SendMessage(samples::send_message()),
        asynchronous::Request::GetMessages(samples::get_messages()),
        asynchronous::Request::GetMessageStatus(samples::get_message_status()),
        asynchronous::Request::SendDeliveryNotification(samples::send_delivery_notification()),
    ] {
        let read = asynchronous::Request::read_with(&parse(&request.write()), Reading::Strict);
        assert_eq!(read, Ok((request.clone(), vec![])));
        assert_eq!(request.sender(), Some(&samples::sender()));
    }
    for request in [
        push::Request::SendMessage(samples::pushed()),
        push::Request::ChangeMassageStatusNotification(
            samples::change_massage_status_notification(),
        ),
    ] {
        let read = push::Request::read_with(&parse(&request.write()), Reading::Strict);
        assert_eq!(read, Ok((request, vec![])));
    }
}

#[test]
fn the_same_message_written_otherwise_has_the_same_digest_and_another_has_not() {
    let digest = samples::send_message().digest();
    let mut same = samples::send_message();
    same.message.info.session_id = Some(samples::SESSION.to_owned());
    same.message.info.sender.as_mut().unwrap().password = None;
    same.message.data.form = qaqpa_wire::DataForm::Child;
    assert_eq!(same.digest(), digest);
    let changes: [fn(&mut SendMessageRequest); 3] = [
        |request| request.message.info.service_id.push('x'),
        |request| request.message.info.message_type = asynchronous::MessageType::Update,
        |request| request.message.data.bytes.push(b' '),
    ];
    for change in changes {
        let mut other = samples::send_message();
        change(&mut other);
        assert_ne!(other.digest(), digest, "{other:?}");
    }
}

#[test]
fn an_answer_without_a_session_is_written_with_a_guid_of_zeros() {
    let mut answer = samples::get_messages_response();
    answer.session_id = None;
    let (read, departures) =
        GetMessagesResponse::read_with(&parse(&answer.write()), Reading::Strict).unwrap();
    assert_eq!(
        read.session_id.as_deref(),
        Some("{00000000-0000-0000-0000-000000000000}")
    );
    assert_eq!(departures, []);
}
