//! Requests and answers: written to the letter of the schema, and read back as what they were.

use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_wire::{
    BusinessData, DataForm, Property, Reading, SendMessageRequest, SendMessageResponse, Sender,
    StatusCode, WireError,
};
use qaqpa_xml::{Document, XmlLimits};

use crate::golden::assert_golden;

pub(crate) fn parse(bytes: &[u8]) -> Document {
    Document::parse(bytes, &XmlLimits::default()).unwrap()
}

pub(crate) fn moment() -> Moment {
    Moment::parse("2026-11-22T10:00:00+05:00").unwrap()
}

pub(crate) fn request() -> SendMessageRequest {
    SendMessageRequest {
        message_id: MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3301}").unwrap(),
        correlation_id: Some(MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3302}").unwrap()),
        service_id: "guardianship-certificate@zhambyl-2019-23".to_owned(),
        message_date: moment(),
        route_id: Some("route".to_owned()),
        sender: Some(Sender {
            id: SenderId::parse("integrator-1").unwrap(),
            password: Some("p&ss<word".to_owned()),
        }),
        properties: vec![Property {
            key: "judged-at".to_owned(),
            value: "2026-11-22T10:00:00+05:00".to_owned(),
        }],
        session_id: Some("{3f2504e0-4f89-41d3-9a0c-0305e82c3303}".to_owned()),
        data: BusinessData::new("<a b=\"1\">Ә &amp; ё</a>".as_bytes().to_vec()),
    }
}

fn response() -> SendMessageResponse {
    SendMessageResponse {
        message_id: MessageId::parse("{3f2504e0-4f89-41d3-9a0c-0305e82c3304}").unwrap(),
        correlation_id: Some(request().message_id),
        response_date: moment(),
        status: StatusCode::Success,
        status_message: "Message has been processed successfully".to_owned(),
        session_id: Some("{3f2504e0-4f89-41d3-9a0c-0305e82c3303}".to_owned()),
        data: None,
    }
}

#[test]
fn a_full_request_is_written_to_the_letter_and_read_back_without_a_departure() {
    let bytes = request().write();
    assert_golden("request-full.xml", &bytes);
    assert_eq!(
        SendMessageRequest::read_with(&parse(&bytes), Reading::Strict),
        Ok((request(), vec![]))
    );
}

#[test]
fn a_request_with_nothing_optional_leaves_it_out() {
    let mut bare = request();
    bare.correlation_id = None;
    bare.route_id = None;
    bare.sender.as_mut().unwrap().password = None;
    bare.properties = Vec::new();
    bare.session_id = None;
    let bytes = bare.write();
    assert_golden("request-bare.xml", &bytes);
    assert_eq!(SendMessageRequest::read(&parse(&bytes)), Ok(bare));
}

#[test]
fn a_document_as_a_plain_child_is_read_as_its_own_bytes() {
    let mut plain = request();
    plain.data.form = DataForm::Child;
    let bytes = plain.write();
    assert_golden("request-child.xml", &bytes);
    assert_eq!(SendMessageRequest::read(&parse(&bytes)), Ok(plain));
}

#[test]
fn an_acknowledgement_is_written_to_the_letter_and_read_back() {
    let bytes = response().write();
    assert_golden("response.xml", &bytes);
    assert_eq!(
        SendMessageResponse::read_with(&parse(&bytes), Reading::Strict),
        Ok((response(), vec![]))
    );
}

#[test]
fn a_status_message_longer_than_the_schema_allows_is_cut() {
    let mut long = response();
    long.status_message = "ә".repeat(300);
    let read = SendMessageResponse::read(&parse(&long.write())).unwrap();
    assert_eq!(read.status_message, format!("{}…", "ә".repeat(249)));
}

#[test]
fn the_same_message_signed_or_written_otherwise_has_the_same_digest_and_another_has_not() {
    let digest = request().digest();
    let mut same = request();
    same.session_id = None;
    same.data.form = DataForm::Child;
    same.sender.as_mut().unwrap().password = Some("another".to_owned());
    assert_eq!(same.digest(), digest);
    let changes: [fn(&mut SendMessageRequest); 5] = [
        |r| r.message_id = MessageId::parse("other").unwrap(),
        |r| r.service_id.push('x'),
        |r| r.correlation_id = None,
        |r| r.message_date = Moment::parse("2026-11-23").unwrap(),
        |r| r.data.bytes.push(b' '),
    ];
    for change in changes {
        let mut other = request();
        change(&mut other);
        assert_ne!(other.digest(), digest, "{other:?}");
    }
}

#[test]
fn debug_does_not_show_the_password() {
    assert!(!format!("{:?}", request()).contains("p&ss"));
}

#[test]
fn an_answer_is_not_a_request_and_the_other_way_round() {
    for result in [
        SendMessageRequest::read(&parse(&response().write())).map(|_| ()),
        SendMessageResponse::read(&parse(&request().write())).map(|_| ()),
    ] {
        assert!(
            matches!(&result, Err(WireError::Envelope { why }) if why.contains("the Body holds")),
            "{result:?}"
        );
    }
}
