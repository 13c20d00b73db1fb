//! Faults: written to the letter of the schema, and read back as what they were.

use qaqpa_model::RefusalLabel;
use qaqpa_wire::{ErrorInfo, Fault, FaultCode};

use crate::envelopes::{moment, parse, request};
use crate::golden::assert_golden;

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
