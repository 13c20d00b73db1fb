//! What real clients send on the asynchronous and the push channel: read, and each departure named.

use qaqpa_model::RefusalLabel;
use qaqpa_wire::asynchronous::{
    GetMessageStatusRequest, GetMessageStatusResponse, GetMessagesRequest, GetMessagesResponse,
    MessageState, ReceiveStatus, Request, SendDeliveryNotificationRequest, SendMessageRequest,
};
use qaqpa_wire::limits::{MESSAGES_MAX, PROPERTIES_MAX, TEXT_CHARS_MAX};
use qaqpa_wire::push::{self, ChangeMassageStatusNotificationResponse};
use qaqpa_wire::{Channel, DEPARTURES_MAX, Departure, Operation, Property, Reading, WireError};

use crate::envelopes::parse;
use crate::samples;

const ASYNC_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types";
const CLIENT_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types/Client";

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

fn sent(text: &str) -> Result<(SendMessageRequest, Vec<Departure>), WireError> {
    let read = SendMessageRequest::read_with(&parse(text.as_bytes()), Reading::Lenient);
    // Strict reading refuses exactly what lenient reading names.
    let strict = SendMessageRequest::read_with(&parse(text.as_bytes()), Reading::Strict);
    match &read {
        Ok((_, departures)) if !departures.is_empty() => assert_eq!(
            strict,
            Err(WireError::Departs {
                departures: departures.clone()
            })
        ),
        other => assert_eq!(&strict, other),
    }
    read
}

#[test]
fn a_default_name_space_on_the_wrapper_is_read_and_every_element_named() {
    let qualified = text(samples::send_message().write())
        .replace("xmlns:ns2=", "xmlns=")
        .replace("ns2:", "");
    let (request, departures) = sent(&qualified).unwrap();
    assert_eq!(request, samples::send_message());
    assert_eq!(departures.len(), 10, "{departures:?}");
    for departure in departures {
        assert!(
            matches!(&departure, Departure::Namespace { namespace, expected: None, .. } if namespace == ASYNC_TYPES),
            "{departure}"
        );
    }
    let bare = qualified.replace("<request>", "<request xmlns=\"\">");
    assert_eq!(sent(&bare), Ok((samples::send_message(), vec![])));
}

#[test]
fn empty_ids_are_as_the_contract_says_and_other_empty_elements_are_named() {
    let empty = text(samples::send_message().write())
        .replace(
            "<messageInfo>",
            "<messageInfo><messageId/><correlationId></correlationId>",
        )
        .replace("<messageDate>", "<routeId/><messageDate>")
        .replace("</sender>", "</sender><properties/><sessionId/>");
    let (request, departures) = sent(&empty).unwrap();
    assert_eq!(request, samples::send_message());
    let empty = ["routeId", "properties", "sessionId"].map(|element| Departure::Empty { element });
    assert_eq!(departures, empty);
}

#[test]
fn ids_that_the_gateway_assigns_and_ids_that_are_wanted_are_named() {
    let mut given = samples::send_message();
    given.message.info.message_id = Some(samples::id(1));
    given.message.info.correlation_id = Some(samples::id(2));
    let (request, departures) = sent(&text(given.write())).unwrap();
    assert_eq!(request, given);
    let assigned = ["messageId", "correlationId"].map(|element| Departure::Assigned { element });
    assert_eq!(departures, assigned);

    let mut answer = samples::send_response();
    answer.message.info.correlation_id = None;
    let missing = |element| Departure::Missing { element };
    assert_eq!(
        sent(&text(answer.write())),
        Ok((answer, vec![missing("correlationId")]))
    );

    let pushed = push::SendMessageRequest {
        message: samples::message(),
    };
    let read = push::SendMessageRequest::read_with(&parse(&pushed.write()), Reading::Lenient);
    assert_eq!(read, Ok((pushed, vec![missing("messageId")])));
}

#[test]
fn ids_without_braces_and_tokens_are_read_and_named() {
    for token in [
        "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
        "2516623",
        "YzgtjaqW-TQvK-PqOu-57SN-70yBQmLZuZxv",
    ] {
        let asked = text(samples::get_message_status().write())
            .replace("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}", token);
        let (request, departures) =
            GetMessageStatusRequest::read_with(&parse(asked.as_bytes()), Reading::Lenient).unwrap();
        assert_eq!(request.message_id.as_str(), token);
        let element = "messageId";
        assert_eq!(departures, [Departure::Guid { element }]);
    }
    let session = text(samples::send_response().write()).replace(samples::SESSION, "77");
    let element = "sessionId";
    assert_eq!(sent(&session).unwrap().1, [Departure::Guid { element }]);
}

#[test]
fn another_order_is_read_and_the_displaced_element_named() {
    let good = text(samples::send_message().write());
    let date = "<messageDate>2026-11-22T10:00:00+05:00</messageDate>";
    let moved = good
        .replace(date, "")
        .replace("</sender>", &format!("</sender>{date}"));
    let (request, departures) = sent(&moved).unwrap();
    assert_eq!(request, samples::send_message());
    assert_eq!(
        departures,
        [Departure::Order {
            element: "messageDate",
            before: "sender"
        }]
    );
    assert_eq!(
        departures[0].to_string(),
        "<messageDate> must stand before <sender>"
    );
}

#[test]
fn what_is_not_known_is_not_read_and_named() {
    let odd = text(samples::send_message().write())
        .replace(
            "<messageInfo>",
            "<messageInfo Id=\"x\">words<priority>1</priority>",
        )
        .replace("<serviceId>", "<serviceId q:a=\"1\" xmlns:q=\"urn:q\">");
    let (request, departures) = sent(&odd).unwrap();
    assert_eq!(request, samples::send_message());
    let named: Vec<_> = departures.iter().map(ToString::to_string).collect();
    assert_eq!(
        named,
        [
            "<messageInfo> has text between its elements; it was not read",
            "the attribute Id of <messageInfo> is not known here and was not read",
            "the attribute a of <serviceId> is not known here and was not read",
            "<priority> is not known here and was not read",
        ]
    );
}

#[test]
fn a_value_of_a_closed_list_is_read_as_it_is_meant_and_its_spelling_named() {
    let notification = text(samples::send_delivery_notification().write());
    for written in ["MESSAGE_NOT_ACCEPTED", "message_not_acctepted"] {
        let corrected = notification.replace("MESSAGE_NOT_ACCTEPTED", written);
        let (request, departures) = SendDeliveryNotificationRequest::read_with(
            &parse(corrected.as_bytes()),
            Reading::Lenient,
        )
        .unwrap();
        assert_eq!(
            request.notification.receive_status,
            ReceiveStatus::NotAccepted
        );
        assert_eq!(
            departures[0].to_string(),
            "the value of <receiveStatus> is spelled MESSAGE_NOT_ACCTEPTED"
        );
        assert_eq!(departures.len(), 1);
    }
    let lost = text(samples::get_message_status_response().write()).replace("ON_DELIVERY", "LOST");
    let error = GetMessageStatusResponse::read_with(&parse(lost.as_bytes()), Reading::Lenient);
    assert_eq!(
        error.map_err(|error| error.to_string()),
        Err("not an envelope of this channel: <messageState> is \"LOST\", not ON_DELIVERY or DELIVERED or NOT_DELIVERED or DELIVERY_STOPPED".to_owned())
    );
    for state in MessageState::ALL {
        assert_eq!(MessageState::parse(state.as_str()), Some(*state));
    }
    assert_eq!(ReceiveStatus::parse("MESSAGE_NOT_ACCEPTED"), None);
}

#[test]
fn a_pushed_message_is_read_in_both_name_spaces() {
    let good = text(samples::pushed().write());
    let client = good.replace(ASYNC_TYPES, CLIENT_TYPES);
    let read = push::Request::read_with(&parse(client.as_bytes()), Reading::Lenient).unwrap();
    assert_eq!(read.0, push::Request::SendMessage(samples::pushed()));
    assert_eq!(
        read.1[0].to_string(),
        format!(
            "<sendMessage> is in the name space {CLIENT_TYPES:?}: the schema has it in {ASYNC_TYPES}"
        )
    );
    let answer = text(samples::pushed_response().write()).replace(ASYNC_TYPES, CLIENT_TYPES);
    let (read, departures) =
        push::SendMessageResponse::read_with(&parse(answer.as_bytes()), Reading::Lenient).unwrap();
    assert_eq!(read, samples::pushed_response());
    assert_eq!(departures.len(), 1);
}

#[test]
fn an_answer_without_the_session_that_the_contract_asks_for_is_read_and_named() {
    let good = text(samples::change_massage_status_notification_response().write());
    let session = format!("<sessionId>{}</sessionId>", samples::SESSION);
    for (instead, departure) in [
        (
            "",
            Departure::Missing {
                element: "sessionId",
            },
        ),
        (
            "<sessionId/>",
            Departure::Empty {
                element: "sessionId",
            },
        ),
    ] {
        let (read, departures) = ChangeMassageStatusNotificationResponse::read_with(
            &parse(good.replace(&session, instead).as_bytes()),
            Reading::Lenient,
        )
        .unwrap();
        assert_eq!(read.session_id, None);
        assert_eq!(departures, [departure]);
    }
}

#[test]
fn an_amount_of_zero_leaves_it_to_the_gateway_and_others_must_be_numbers() {
    let good = text(samples::get_messages().write());
    let read = |amount: &str| {
        let changed = good.replace(">10<", &format!(">{amount}<"));
        GetMessagesRequest::read_with(&parse(changed.as_bytes()), Reading::Strict)
            .map(|(request, _)| request.amount)
            .map_err(|error| error.to_string())
    };
    assert_eq!(read("0"), Ok(None));
    assert_eq!(read(" 7 ").map(|amount| amount.unwrap().get()), Ok(7));
    for amount in ["-1", "1.5", "many", "2147483648", "99999999999999999999"] {
        assert_eq!(
            read(amount),
            Err(format!(
                "not an envelope of this channel: <amount> is {amount:?}, not a number from 0 to 2147483647"
            ))
        );
    }
}

#[test]
fn a_message_without_a_document_says_so() {
    let text = text(samples::send_message().write());
    let start = text.find("<messageData>").unwrap();
    let end = text.find("</request>").unwrap();
    let bare = format!("{}{}", &text[..start], &text[end..]);
    assert_eq!(sent(&bare), Err(WireError::DataMissing));
}

#[test]
fn another_operation_is_named_with_those_that_there_are() {
    let other = text(samples::send_message().write()).replace("sendMessage", "changeMessageStatus");
    let document = parse(other.as_bytes());
    let error = Request::read_with(&document, Reading::Lenient).unwrap_err();
    assert_eq!(error.label(), RefusalLabel::EnvelopeMalformed);
    assert_eq!(
        error.to_string(),
        format!(
            "not an envelope of this channel: the Body holds <changeMessageStatus> of {ASYNC_TYPES:?}, not <sendMessage> or <getMessages> or <getMessageStatus> or <sendDeliveryNotification> of {ASYNC_TYPES}"
        )
    );
    let document = parse(&samples::pushed().write());
    for (channel, operation) in [
        (Channel::Asynchronous, Operation::SendMessage),
        (Channel::Push, Operation::PushSendMessage),
    ] {
        assert_eq!(Operation::asked(&document, channel), Ok(operation));
    }
    assert!(Operation::asked(&document, Channel::Sync).is_err());
}

#[test]
fn everything_has_its_limit() {
    let good = text(samples::get_messages_response().write());
    let start = good.find("<messages>").unwrap();
    let end = good.find("</messages>").unwrap() + "</messages>".len();
    let message = &good[start..end];
    let answer = |count: usize| {
        let all = message.repeat(count);
        let rest = good.rfind("</messages>").unwrap() + "</messages>".len();
        format!("{}{all}{}", &good[..start], &good[rest..])
    };
    let read = |count| {
        GetMessagesResponse::read_with(&parse(answer(count).as_bytes()), Reading::Strict)
            .map(|(answer, _)| answer.messages.len())
    };
    assert_eq!(read(MESSAGES_MAX), Ok(MESSAGES_MAX));
    let limit = |what: &str, max| {
        let what = what.to_owned();
        WireError::Limit { what, max }
    };
    assert_eq!(read(MESSAGES_MAX + 1), Err(limit("messages", MESSAGES_MAX)));

    let mut many = samples::send_message();
    many.message.info.properties = (0..PROPERTIES_MAX)
        .map(|n| Property {
            key: n.to_string(),
            ..samples::property()
        })
        .collect();
    assert_eq!(sent(&text(many.write())), Ok((many.clone(), vec![])));
    many.message.info.properties.push(samples::property());
    assert_eq!(
        sent(&text(many.write())),
        Err(limit("properties", PROPERTIES_MAX))
    );

    let mut long = samples::send_message();
    long.message.info.service_id = "ә".repeat(TEXT_CHARS_MAX);
    assert_eq!(sent(&text(long.write())), Ok((long.clone(), vec![])));
    long.message.info.service_id.push('ә');
    let error = sent(&text(long.write())).unwrap_err();
    assert_eq!(error, limit("characters of <serviceId>", TEXT_CHARS_MAX));
    assert_eq!(error.label(), RefusalLabel::LimitExceeded);
}

#[test]
fn a_message_that_departs_at_every_element_does_not_make_a_fault_many_times_its_size() {
    let space = "n".repeat(10_000);
    let unknown: String = (0..5_000).map(|n| format!("<x{n}/>")).collect();
    let odd = text(samples::send_message().write())
        .replace("<request>", &format!("<request xmlns=\"urn:{space}\">"))
        .replace("<messageInfo>", &format!("<messageInfo>{unknown}"));
    let (_, departures) = sent(&odd).unwrap();
    assert_eq!(departures.len(), DEPARTURES_MAX + 1);
    assert_eq!(
        departures.last(),
        Some(&Departure::More {
            count: 5_000 + 10 - DEPARTURES_MAX
        })
    );
    let named: usize = departures.iter().map(|it| it.to_string().len()).sum();
    assert!(named < 40_000, "{named}");
}

#[test]
fn dates_in_other_forms_are_read_and_named_and_those_of_old_are_written_in_utc() {
    let date = |written: &str| {
        let text = text(samples::send_message().write());
        let changed = text.replace("2026-11-22T10:00:00+05:00", written);
        sent(&changed)
            .map(|(request, departures)| {
                let date = request.message.info.message_date.to_utc_string();
                (date, departures)
            })
            .map_err(|error| error.label())
    };
    let noon = "2026-11-22T05:00:00Z".to_owned();
    for good in [
        "2026-11-22T10:00:00+05:00",
        "2026-11-22T05:00:00.7Z",
        "2026-11-22T01:00:00.123456789-04:00",
    ] {
        assert_eq!(date(good), Ok((noon.clone(), vec![])), "{good}");
    }
    let element = "messageDate";
    for odd in [
        "2026-11-22 10:00:00+05:00",
        "20261122T050000Z",
        "2026-11-22T05Z",
        "2026-11-22T05:00:00z",
        "2026-11-22T10:00:00+05",
    ] {
        let named = vec![Departure::Date { element }];
        assert_eq!(date(odd), Ok((noon.clone(), named)), "{odd}");
    }
    let named = vec![Departure::Offset { element }];
    for local in ["2026-11-22T10:00:00", "2026-11-22T10:00:00.5"] {
        assert_eq!(date(local), Ok((noon.clone(), named.clone())), "{local}");
    }
    assert_eq!(
        date("2026-11-22"),
        Ok(("2026-11-21T19:00:00Z".to_owned(), named))
    );
    for bad in [
        "2026-11-22T10:00:00.+05:00",
        "yesterday",
        "2026-13-01T10:00:00Z",
    ] {
        assert_eq!(date(bad), Err(RefusalLabel::EnvelopeMalformed), "{bad}");
    }

    let mut old = samples::send_message();
    old.message.info.message_date = qaqpa_model::Moment::parse("0001-01-01T00:00:00Z").unwrap();
    let written = text(old.write());
    assert!(written.contains(">0001-01-01T00:00:00Z<"), "{written}");
    assert_eq!(sent(&written), Ok((old, vec![])));
}
