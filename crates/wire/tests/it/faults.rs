//! Faults: written to the letter of the schema, and read back as what they were.

use qaqpa_model::RefusalLabel;
use qaqpa_wire::limits::SUB_ERRORS_MAX;
use qaqpa_wire::{Departure, ErrorInfo, Fault, FaultCode, Operation};

use crate::envelopes::{moment, parse, request};
use crate::golden::assert_golden;
use crate::samples;

fn info(label: &str) -> ErrorInfo {
    ErrorInfo {
        error_code: "SCE015".to_owned(),
        error_message: "The certificate is revoked.".to_owned(),
        error_data: Some(format!("label={label}\nwhy=revoked at noon")),
        error_date: moment(),
        sub_error: None,
        session_id: Some("{3f2504e0-4f89-41d3-9a0c-0305e82c3303}".to_owned()),
    }
}

#[test]
fn a_fault_with_its_detail_is_written_to_the_letter_and_read_back() {
    let fault = Fault {
        code: FaultCode::Client,
        string: "The certificate is revoked.".to_owned(),
        detail: Some(ErrorInfo {
            sub_error: Some(Box::new(info("iin-mismatch"))),
            ..info("certificate-revoked")
        }),
    };
    let bytes = fault.write();
    assert_golden("fault.xml", &bytes);
    assert_eq!(Fault::read(&parse(&bytes)), Ok(Some(fault.clone())));
    assert_eq!(fault.label(), Some(RefusalLabel::CertificateRevoked));
    assert_eq!(fault.detail.unwrap().value("why"), Some("revoked at noon"));
}

#[test]
fn a_fault_without_detail_has_no_label() {
    let fault = Fault {
        code: FaultCode::Server,
        string: "later".to_owned(),
        detail: None,
    };
    let read = Fault::read(&parse(&fault.write())).unwrap().unwrap();
    assert_eq!(read, fault);
    assert_eq!(read.label(), None);
}

#[test]
fn what_is_no_fault_is_none() {
    assert_eq!(Fault::read(&parse(&request().write())), Ok(None));
}

#[test]
fn a_label_that_we_do_not_know_is_none() {
    assert_eq!(info("certificate-fine").label(), None);
    assert_eq!(info("").label(), None);
}

#[test]
fn each_operation_has_a_fault_of_its_own_name() {
    for operation in Operation::ALL {
        let bytes = samples::fault().write_of(operation);
        let channel = format!("{:?}", operation.channel()).to_lowercase();
        assert_golden(
            &format!("fault-{channel}-{}.xml", operation.as_str()),
            &bytes,
        );
        assert_eq!(
            Fault::read_of(&parse(&bytes), operation),
            Ok(Some((samples::fault(), vec![])))
        );
        assert_eq!(Fault::read(&parse(&bytes)), Ok(Some(samples::fault())));
    }
}

#[test]
fn a_fault_of_another_operation_is_read_and_named() {
    let bytes = samples::fault().write_of(Operation::GetMessages);
    let (fault, departures) = Fault::read_of(&parse(&bytes), Operation::SendMessage)
        .unwrap()
        .unwrap();
    assert_eq!(fault, samples::fault());
    assert_eq!(
        departures,
        [Departure::Unknown {
            element: "getMessagesFault1_getMessagesFault".to_owned()
        }]
    );
    let pushed = String::from_utf8(samples::fault().write_of(Operation::PushSendMessage)).unwrap();
    let pushed = pushed.replace("v10/Types", "v10/Types/Client");
    let read = Fault::read_of(&parse(pushed.as_bytes()), Operation::PushSendMessage);
    assert_eq!(
        read.unwrap().unwrap().1,
        [Departure::Namespace {
            element: "sendMessageFault1_sendMessageFault".to_owned(),
            namespace: "http://bip.bee.kz/AsyncChannel/v10/Types/Client".to_owned(),
            expected: Some("http://bip.bee.kz/AsyncChannel/v10/Types"),
        }]
    );
}

#[test]
fn errors_within_errors_are_read_and_written_to_a_depth() {
    let nested = |levels: usize| {
        (0..levels).fold(info("deepest"), |inner, _| ErrorInfo {
            sub_error: Some(Box::new(inner)),
            ..info("iin-mismatch")
        })
    };
    let fault = |levels| Fault {
        detail: Some(nested(levels)),
        ..samples::fault()
    };
    let deepest = fault(SUB_ERRORS_MAX);
    let bytes = deepest.write_of(Operation::SendMessage);
    assert_eq!(
        Fault::read_of(&parse(&bytes), Operation::SendMessage),
        Ok(Some((deepest, vec![])))
    );
    let deeper = fault(SUB_ERRORS_MAX + 1).write_of(Operation::SendMessage);
    let deeper = String::from_utf8(deeper).unwrap();
    assert_eq!(deeper.matches("<subError>").count(), SUB_ERRORS_MAX);
    let text = deeper.replacen(
        "</errorDate><sessionId>",
        "</errorDate><subError><x/></subError><sessionId>",
        1,
    );
    let (_, departures) = Fault::read_of(&parse(text.as_bytes()), Operation::SendMessage)
        .unwrap()
        .unwrap();
    assert_eq!(
        departures,
        [Departure::Nested {
            max: SUB_ERRORS_MAX
        }]
    );
}

#[test]
fn a_detail_of_somebody_elses_is_left_out() {
    let text = String::from_utf8(samples::fault().write()).unwrap();
    let start = text.find("<detail>").unwrap();
    let end = text.find("</detail>").unwrap();
    let text = format!(
        "{}<detail><hostname>h</hostname>{}",
        &text[..start],
        &text[end..]
    );
    let fault = Fault::read(&parse(text.as_bytes())).unwrap().unwrap();
    assert_eq!(fault.detail, None);
    assert_eq!(fault.string, "The message was not accepted.");
}
