//! The envelopes of the gateway's channels: what is read from any bytes is known by what we write of it.

use std::fmt::Debug;

use qaqpa_wire::data::base64_inside;
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::{Channel, Departure, Fault, Operation, Reading, WireError};
use qaqpa_wire::{asynchronous, push, sync};
use qaqpa_xml::{Document, XmlLimits};

/// A message is read or refused with a label; strict reading refuses what departs and nothing else; what is read is
/// the same when it is written and read again.
pub fn wire_read(bytes: &[u8]) {
    let document = match Document::parse(bytes, &XmlLimits::default()) {
        Ok(document) => document,
        Err(error) => {
            let _ = label_of_xml(&error).as_str();
            return;
        }
    };
    for channel in [Channel::Sync, Channel::Asynchronous, Channel::Push] {
        if let Ok(operation) = Operation::asked(&document, channel) {
            assert_eq!(operation.channel(), channel);
        }
    }
    macro_rules! hold {
        ($($message:ty),+ $(,)?) => {$(
            hold(&document, <$message>::read_with, <$message>::write);
        )+};
    }
    hold!(
        sync::SendMessageRequest,
        sync::SendMessageResponse,
        asynchronous::Request,
        asynchronous::SendMessageResponse,
        asynchronous::GetMessagesResponse,
        asynchronous::GetMessageStatusResponse,
        asynchronous::SendDeliveryNotificationResponse,
        push::Request,
        push::SendMessageResponse,
        push::ChangeMassageStatusNotificationResponse,
    );
    for operation in Operation::ALL {
        if let Ok(Some((fault, _))) = Fault::read_of(&document, operation) {
            let written = fault.write_of(operation);
            let again = Fault::read_of(&parse(&written), operation);
            let (again, _) = again.expect("our own fault").expect("our own fault");
            assert_eq!(again.write_of(operation), written);
        }
    }
    let _ = base64_inside(document.root());
}

fn hold<T: Debug + PartialEq>(
    document: &Document,
    read: impl Fn(&Document, Reading) -> Result<(T, Vec<Departure>), WireError>,
    write: impl Fn(&T) -> Vec<u8>,
) {
    let strict = read(document, Reading::Strict);
    let (message, departures) = match read(document, Reading::Lenient) {
        Ok(read) => read,
        Err(error) => {
            let _ = (
                error.label().as_str(),
                error.fault_code(),
                error.to_string(),
            );
            assert_eq!(strict, Err(error));
            return;
        }
    };
    let written = write(&message);
    // Twice: fractions of a second and texts that are too long are not written.
    let (again, _) = read(&parse(&written), Reading::Lenient).expect("our own message");
    assert_eq!(write(&again), written);
    match strict {
        Ok(strict) => assert_eq!(strict, (message, departures)),
        Err(error) => assert_eq!(error, WireError::Departs { departures }),
    }
}

fn parse(bytes: &[u8]) -> Document {
    Document::parse(bytes, &XmlLimits::default()).expect("our own XML")
}
