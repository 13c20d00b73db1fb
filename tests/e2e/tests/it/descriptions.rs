//! zeep, which we did not write, at all three channels: it loads what we describe, and both sides read each other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::process::Command;
use std::sync::{Arc, Mutex};

use qaqpa_model::{MessageId, Moment, SenderId};
use qaqpa_wire::asynchronous::{
    self, DeliveryNotification, GetMessageStatusRequest, GetMessageStatusResponse,
    GetMessagesRequest, GetMessagesResponse, Message, MessageInfo, MessageState, MessageStatus,
    MessageType, ReceiveStatus, ResendMessage, SendDeliveryNotificationRequest,
    SendDeliveryNotificationResponse,
};
use qaqpa_wire::push::{
    self, ChangeMassageStatusNotificationRequest, ChangeMassageStatusNotificationResponse,
    StatusNotification,
};
use qaqpa_wire::wsdl::{Addresses, describe};
use qaqpa_wire::{
    BusinessData, Channel, ErrorInfo, Fault, FaultCode, Operation, Property, Reading,
    SendMessageRequest, SendMessageResponse, Sender, StatusCode, xsd,
};
use qaqpa_xml::{Document, XmlLimits};
use serde_json::{Value, json};

use crate::clients::{python, script, top};

/// What a channel read, for comparison.
#[derive(Clone, Debug, PartialEq)]
enum Asked {
    Sync(SendMessageRequest),
    Asynchronous(asynchronous::Request),
    Push(push::Request),
}

#[test]
fn zeep_and_we_understand_each_other_at_every_operation() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (seen, at) = (Arc::clone(&asked), base.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            seen.lock().unwrap().extend(serve(stream.unwrap(), &at));
        }
    });
    let output = Command::new(python())
        .arg(script("zeep_channels.py"))
        .arg(&base)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    // Each operation was called twice: the second call was answered with a fault.
    let expected: Vec<_> = requests()
        .into_iter()
        .flat_map(|request| [request.clone(), request])
        .collect();
    assert_eq!(*asked.lock().unwrap(), expected);
    let understood: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(understood, answers_as_json());
}

/// Answers one HTTP request; a POST is read strictly, and said.
fn serve(stream: TcpStream, base: &str) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let (mut length, mut fault) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).unwrap();
        let header = header.trim().to_ascii_lowercase();
        match header.split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(("x-fault", _)) => fault = true,
            _ if header.is_empty() => break,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let target = line.split(' ').nth(1).unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let channel = match path {
        "/sync/" => Channel::Sync,
        "/asynchronous/" => Channel::Asynchronous,
        "/push/" => Channel::Push,
        other => panic!("{other}"),
    };
    let (asked, status, answer) = if line.starts_with("GET") {
        let address = format!("{base}{path}");
        let text = describe(channel, query, Addresses::at(&address)).unwrap();
        (None, "200 OK", text.into_bytes())
    } else {
        let document = Document::parse(&body, &XmlLimits::default()).unwrap();
        let (asked, operation) = read(channel, &document);
        match fault {
            true => (Some(asked), "500 Fault", self::fault().write_of(operation)),
            false => (Some(asked), "200 OK", answer(operation)),
        }
    };
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: text/xml; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        answer.len()
    )
    .unwrap();
    stream.write_all(&answer).unwrap();
    asked
}

fn read(channel: Channel, document: &Document) -> (Asked, Operation) {
    match channel {
        Channel::Sync => {
            let read = SendMessageRequest::read_with(document, Reading::Strict);
            (Asked::Sync(read.unwrap().0), Operation::SyncSendMessage)
        }
        Channel::Asynchronous => {
            let read = asynchronous::Request::read_with(document, Reading::Strict);
            let (request, _) = read.unwrap();
            let operation = request.operation();
            (Asked::Asynchronous(request), operation)
        }
        Channel::Push => {
            let read = push::Request::read_with(document, Reading::Strict);
            let (request, _) = read.unwrap();
            let operation = request.operation();
            (Asked::Push(request), operation)
        }
    }
}

/// The requests of zeep_channels.py, in their order.
fn requests() -> Vec<Asked> {
    use asynchronous::Request as A;
    let pushed = delivered();
    let mut sent = delivered();
    sent.info.message_id = None;
    vec![
        Asked::Sync(SendMessageRequest {
            message_id: id(1),
            correlation_id: Some(id(2)),
            service_id: SERVICE.to_owned(),
            message_date: moment(),
            route_id: Some("route".to_owned()),
            sender: Some(sender()),
            properties: properties(),
            session_id: Some(id(3).to_string()),
            data: data(),
        }),
        Asked::Asynchronous(A::SendMessage(asynchronous::SendMessageRequest {
            message: sent,
        })),
        Asked::Asynchronous(A::GetMessages(GetMessagesRequest {
            message_id: Some(id(1)),
            correlation_id: Some(id(2)),
            request_date: Some(moment()),
            service_id: SERVICE.to_owned(),
            sender: Some(sender()),
            amount: NonZeroU32::new(10),
            properties: properties(),
        })),
        Asked::Asynchronous(A::GetMessageStatus(GetMessageStatusRequest {
            message_id: id(1),
            request_date: moment(),
            sender: Some(sender()),
            properties: properties(),
        })),
        Asked::Asynchronous(A::SendDeliveryNotification(
            SendDeliveryNotificationRequest {
                notification: DeliveryNotification {
                    message_id: id(1),
                    service_id: SERVICE.to_owned(),
                    notification_date: moment(),
                    receive_status: ReceiveStatus::NotAccepted,
                    status_date: moment(),
                    resend_message: ResendMessage::Resend,
                    error: Some(error()),
                },
                request_date: moment(),
                sender: Some(sender()),
            },
        )),
        Asked::Push(push::Request::SendMessage(push::SendMessageRequest {
            message: pushed,
        })),
        Asked::Push(push::Request::ChangeMassageStatusNotification(
            ChangeMassageStatusNotificationRequest {
                notification: StatusNotification {
                    notification_id: id(5),
                    message_id: id(1),
                    notification_date: moment(),
                    message_state: MessageState::DeliveryStopped,
                    status: status("SCSE001", "stopped"),
                    error: Some(error()),
                },
                request_date: moment(),
                session_id: Some(id(3).to_string()),
            },
        )),
    ]
}

fn answer(operation: Operation) -> Vec<u8> {
    let session_id = Some(id(3).to_string());
    let sent = asynchronous::SendMessageResponse {
        message_id: id(1),
        correlation_id: id(2),
        response_date: moment(),
        session_id: session_id.clone(),
    };
    match operation {
        Operation::SyncSendMessage => SendMessageResponse {
            message_id: id(4),
            correlation_id: Some(id(1)),
            response_date: moment(),
            status: StatusCode::Success,
            status_message: "done".to_owned(),
            session_id,
            data: Some(data()),
        }
        .write(),
        Operation::SendMessage => sent.write(),
        Operation::PushSendMessage => push::SendMessageResponse(sent).write(),
        Operation::GetMessages => GetMessagesResponse {
            response_date: moment(),
            session_id,
            messages: vec![delivered()],
        }
        .write(),
        Operation::GetMessageStatus => GetMessageStatusResponse {
            message_state: MessageState::OnDelivery,
            status: status("SCSS001", "on its way"),
            response_date: moment(),
            session_id,
        }
        .write(),
        Operation::SendDeliveryNotification => SendDeliveryNotificationResponse {
            notification_id: id(5),
            response_date: moment(),
            session_id,
        }
        .write(),
        Operation::ChangeMassageStatusNotification => ChangeMassageStatusNotificationResponse {
            response_date: moment(),
            session_id,
        }
        .write(),
    }
}

/// What zeep must have understood: the names of the descriptions, and each answer and fault whole.
fn answers_as_json() -> Value {
    let guid = |last| id(last).to_string();
    let document = "<a b=\"1\">Ә &amp; ё</a>";
    let sent = json!({
        "messageId": guid(1), "correlationId": guid(2), "responseDate": MOMENT, "sessionId": guid(3),
    });
    let message = json!({
        "messageInfo": {
            "messageId": guid(1), "correlationId": guid(2), "serviceId": SERVICE, "messageType": "RESPONSE",
            "routeId": "route", "messageDate": MOMENT,
            "sender": {"senderId": "integrator-1", "password": "p&ss<word"},
            "properties": [{"key": "k", "value": "v & w"}, {"key": "empty", "value": null}],
            "sessionId": guid(3),
        },
        "messageData": {"data": document},
    });
    let fault = json!({
        "errorCode": "SCSE001", "errorMessage": "outer", "errorData": "label=x", "errorDate": MOMENT,
        "subError": {
            "errorCode": "SCSE002", "errorMessage": "inner", "errorData": null, "errorDate": MOMENT,
            "subError": null, "sessionId": null,
        },
        "sessionId": guid(3),
    });
    let both = |answer: Value| json!({"answer": answer, "fault": fault});
    json!({
        "sync": {
            "service": "ISyncChannelHttpService", "port": "SyncChannelHttpPort",
            "SendMessage": both(json!({
                "responseInfo": {
                    "messageId": guid(4), "correlationId": guid(1), "responseDate": MOMENT,
                    "status": {"code": "SCSS001", "message": "done"}, "sessionId": guid(3),
                },
                "responseData": {"data": document},
            })),
        },
        "asynchronous": {
            "service": "AsyncChannelHttpService", "port": "AsyncChannelHttpPort",
            "sendMessage": both(sent.clone()),
            "getMessages": both(json!({
                "responseDate": MOMENT, "sessionId": guid(3), "messages": [message],
            })),
            "getMessageStatus": both(json!({
                "messageState": "ON_DELIVERY",
                "status": {"statusCode": "SCSS001", "statusMessage": "on its way", "statusDate": MOMENT},
                "responseDate": MOMENT, "sessionId": guid(3),
            })),
            "sendDeliveryNotification": both(json!({
                "notificationId": guid(5), "responseDate": MOMENT, "sessionId": guid(3),
            })),
        },
        "push": {
            "service": "AsyncChannelClientHttpService", "port": "AsyncChannelClientHttpPort",
            "sendMessage": both(sent),
            "changeMassageStatusNotification": both(json!({
                "responseDate": MOMENT, "sessionId": guid(3),
            })),
        },
    })
}

const MOMENT: &str = "2026-11-22T10:00:00+05:00";
const SERVICE: &str = "guardianship-certificate@zhambyl-2019-23";

fn moment() -> Moment {
    Moment::parse(MOMENT).unwrap()
}

fn id(last: u8) -> MessageId {
    MessageId::parse(&format!("{{3f2504e0-4f89-41d3-9a0c-0305e82c33{last:02}}}")).unwrap()
}

fn sender() -> Sender {
    Sender {
        id: SenderId::parse("integrator-1").unwrap(),
        password: Some("p&ss<word".to_owned()),
    }
}

fn properties() -> Vec<Property> {
    [("k", "v & w"), ("empty", "")]
        .map(|(key, value)| Property {
            key: key.to_owned(),
            value: value.to_owned(),
        })
        .to_vec()
}

fn data() -> BusinessData {
    BusinessData::new("<a b=\"1\">Ә &amp; ё</a>".as_bytes().to_vec())
}

fn delivered() -> Message {
    Message {
        info: MessageInfo {
            message_id: Some(id(1)),
            correlation_id: Some(id(2)),
            service_id: SERVICE.to_owned(),
            message_type: MessageType::Response,
            route_id: Some("route".to_owned()),
            message_date: moment(),
            sender: Some(sender()),
            properties: properties(),
            session_id: Some(id(3).to_string()),
        },
        data: data(),
    }
}

fn status(code: &str, message: &str) -> MessageStatus {
    MessageStatus {
        code: code.to_owned(),
        message: message.to_owned(),
        date: moment(),
    }
}

fn error() -> ErrorInfo {
    let inner = ErrorInfo {
        error_code: "SCSE002".to_owned(),
        error_message: "inner".to_owned(),
        error_data: None,
        error_date: moment(),
        sub_error: None,
        session_id: None,
    };
    ErrorInfo {
        error_code: "SCSE001".to_owned(),
        error_message: "outer".to_owned(),
        error_data: Some("label=x".to_owned()),
        error_date: moment(),
        sub_error: Some(Box::new(inner)),
        session_id: Some(id(3).to_string()),
    }
}

fn fault() -> Fault {
    Fault {
        code: FaultCode::Client,
        string: "The message was not accepted.".to_owned(),
        detail: Some(error()),
    }
}

#[test]
fn libxml2_finds_every_envelope_of_the_golden_files_valid() {
    let folder = tempfile::tempdir().unwrap();
    // Push has the asynchronous channel's schemas too; the synchronous channel has one of its own.
    for (channel, prefix) in [(Channel::Sync, "sync-"), (Channel::Push, "")] {
        for name in xsd::names(channel) {
            let text = xsd::of(channel, name, "").unwrap();
            let path = folder.path().join(format!("{prefix}{name}"));
            std::fs::write(path, text.replace("\"?xsd=", "\"")).unwrap();
        }
    }
    let golden = top().join("crates/wire/tests/golden");
    let mut envelopes: Vec<_> = std::fs::read_dir(golden)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| std::fs::read(path).unwrap().starts_with(b"<soap:Envelope "))
        .collect();
    envelopes.sort();
    let output = Command::new(python())
        .arg(script("validate_wire.py"))
        .arg(folder.path())
        .args(&envelopes)
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let valid = String::from_utf8_lossy(&output.stdout);
    assert_eq!(valid.trim().parse(), Ok(envelopes.len()));
    assert!(envelopes.len() > 20, "{envelopes:?}");
}
