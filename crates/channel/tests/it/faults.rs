//! Every label as the fault that a sender gets: golden files, for people's scripts hold on to them.

use std::path::PathBuf;

use qaqpa_channel::answer::fault_of;
use qaqpa_channel::{Refused, Rejection};
use qaqpa_model::{Limits, Moment, RefusalLabel};
use qaqpa_wire::{Fault, FaultCode};
use qaqpa_xml::Document;

const SESSION: &str = "{3f2504e0-4f89-41d3-9a0c-0305e82c3303}";

fn noon() -> Moment {
    Moment::parse("2026-11-22T12:00:00+05:00").unwrap()
}

fn assert_golden(name: &str, actual: &[u8]) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var("QAQPA_GOLDEN").as_deref() == Ok("write") {
        std::fs::write(&path, actual).unwrap();
    }
    let expected = std::fs::read(&path)
        .unwrap_or_else(|error| panic!("{}: {error}; QAQPA_GOLDEN=write makes it", path.display()));
    assert_eq!(
        String::from_utf8_lossy(actual),
        String::from_utf8_lossy(&expected),
        "{name}"
    );
}

fn read(bytes: &[u8]) -> Fault {
    let limits = qaqpa_channel::envelope::xml_limits(&Limits::default());
    let document = Document::parse(bytes, &limits).unwrap();
    Fault::read(&document).unwrap().unwrap()
}

#[test]
fn every_label_has_its_fault() {
    for label in RefusalLabel::ALL {
        let refused = Refused::new(*label, "what was found").with("fact", "a value");
        let bytes = fault_of(&refused.into(), SESSION, noon()).write();
        assert_golden(&format!("fault-{label}.xml"), &bytes);
        assert_eq!(read(&bytes).label(), Some(*label));
    }
}

#[test]
fn a_fault_of_our_own_has_no_label_and_does_not_say_why() {
    let bytes = fault_of(&Rejection::faulted("the disk is full"), SESSION, noon()).write();
    assert_golden("faulted.xml", &bytes);
    let fault = read(&bytes);
    assert_eq!((fault.code, fault.label()), (FaultCode::Server, None));
    assert!(!String::from_utf8_lossy(&bytes).contains("disk"));
}

#[test]
fn a_text_of_the_sender_cannot_make_lines_of_its_own() {
    let refused = Refused::new(
        RefusalLabel::EnvelopeMalformed,
        "x\nlabel=certificate-revoked\r\nremedy=none",
    )
    .with("departure", "y\nlabel=iin-mismatch");
    let fault = fault_of(&refused.into(), SESSION, noon());
    let data = fault.detail.clone().unwrap().error_data.unwrap();
    assert_eq!(
        data.lines()
            .filter(|line| line.starts_with("label="))
            .count(),
        1
    );
    assert_eq!(
        read(&fault.write()).label(),
        Some(RefusalLabel::EnvelopeMalformed)
    );
}

#[test]
fn long_words_are_cut_to_what_the_schema_allows() {
    let refused = Refused::new(RefusalLabel::XmlMalformed, "ә".repeat(5000));
    let fault = read(&fault_of(&refused.into(), SESSION, noon()).write());
    let info = fault.detail.unwrap();
    assert!(info.error_message.chars().count() <= 250);
    assert!(info.value("why").unwrap().chars().count() <= 1001);
}
