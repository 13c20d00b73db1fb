//! No bytes of a peer make the readers panic; what is written is always read back.

use proptest::prelude::*;
use qaqpa_wire::{BusinessData, Fault, SendMessageRequest, SendMessageResponse};
use qaqpa_xml::{Document, XmlLimits};

use crate::envelopes::{parse, request};

fn read_all(bytes: &[u8]) {
    if let Ok(document) = Document::parse(bytes, &XmlLimits::default()) {
        let _ = SendMessageRequest::read(&document);
        let _ = SendMessageResponse::read(&document);
        let _ = Fault::read(&document);
    }
}

#[test]
fn a_request_cut_at_any_byte_is_an_error_and_not_a_panic() {
    let bytes = request().write();
    for end in 0..bytes.len() {
        assert!(Document::parse(&bytes[..end], &XmlLimits::default()).is_err());
    }
}

proptest! {
    #[test]
    fn changed_bytes_never_panic(at in 0_usize..2000, byte in any::<u8>(), also in 0_usize..2000, other in any::<u8>()) {
        let mut bytes = request().write();
        let len = bytes.len();
        bytes[at % len] = byte;
        bytes[also % len] = other;
        read_all(&bytes);
    }

    #[test]
    fn any_document_survives_the_way_into_an_envelope_and_out(text in "\\PC{1,200}") {
        prop_assume!(!text.trim().is_empty() && text.trim() == text);
        let mut sent = request();
        sent.data = BusinessData::new(text.clone().into_bytes());
        let read = SendMessageRequest::read(&parse(&sent.write())).unwrap();
        prop_assert_eq!(String::from_utf8(read.data.bytes).unwrap(), text);
    }
}
