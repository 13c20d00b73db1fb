//! What was read leniently is answered strictly: everything that the gateway writes follows the schemas that it serves, as
//! a judge that is not ours says.

use std::path::Path;
use std::process::Command;

use qaqpa_model::MessageId;
use qaqpa_wire::{Channel, Operation, SendMessageResponse, StatusCode, xsd};

use crate::envelopes::moment;
use crate::samples;

/// Ids as peers give them: as the contract has them, bare, of the other case, a decimal, a token, the longest.
const IDS: [&str; 6] = [
    "{3f2504e0-4f89-41d3-9a0c-0305e82c3301}",
    "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "3F2504E0-4F89-41D3-9A0C-0305E82C3301",
    "1234567890",
    "0123456789abcdef0123456789abcdef01234567",
    "urn:x_1.0123456789012345678901234567890123456789012345678901234",
];

/// An envelope of SOAP 1.1 whose payload a schema declares; headers are somebody else's.
const SOAP: &str = r#"<xsd:schema targetNamespace="http://schemas.xmlsoap.org/soap/envelope/" xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
  IMPORTS
  <xsd:element name="Envelope"><xsd:complexType><xsd:sequence>
    <xsd:element ref="s:Header" minOccurs="0"/><xsd:element ref="s:Body"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="Header"><xsd:complexType><xsd:sequence>
    <xsd:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="Body"><xsd:complexType><xsd:sequence>
    <xsd:any processContents="strict"/>
  </xsd:sequence><xsd:anyAttribute processContents="skip"/></xsd:complexType></xsd:element>
  <xsd:element name="Fault"><xsd:complexType><xsd:sequence>
    <xsd:element name="faultcode" type="xsd:QName"/><xsd:element name="faultstring" type="xsd:string"/>
    <xsd:element name="detail"><xsd:complexType><xsd:sequence><xsd:any processContents="strict"/></xsd:sequence></xsd:complexType></xsd:element>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>"#;

/// Writes the schemas of a channel as files that find each other.
fn served(channel: Channel, folder: &Path) {
    let mut imports = String::new();
    for name in xsd::names(channel) {
        let text = xsd::of(channel, name, "").unwrap();
        let text = text.replace("schemaLocation=\"?xsd=", "schemaLocation=\"");
        let space = text.split("targetNamespace=\"").nth(1).unwrap();
        let space = space.split('"').next().unwrap();
        imports += &format!("<xsd:import namespace=\"{space}\" schemaLocation=\"{name}\"/>");
        std::fs::write(folder.join(name), text).unwrap();
    }
    std::fs::write(folder.join("soap"), SOAP.replace("IMPORTS", &imports)).unwrap();
}

/// What xmllint says against these envelopes; empty where nothing.
fn judged(channel: Channel, envelopes: &[Vec<u8>]) -> String {
    let folder = tempfile::tempdir().unwrap();
    served(channel, folder.path());
    let mut files = Vec::new();
    for (number, envelope) in envelopes.iter().enumerate() {
        let file = folder.path().join(format!("{number}.xml"));
        std::fs::write(&file, envelope).unwrap();
        files.push(file);
    }
    let told = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(folder.path().join("soap"))
        .args(files)
        .output()
        .expect("xmllint is installed (scripts/setup test)");
    let said = String::from_utf8(told.stderr).unwrap();
    let wrong = said.lines().filter(|line| !line.ends_with(" validates"));
    wrong.collect::<Vec<_>>().join("\n")
}

fn id(text: &str) -> MessageId {
    MessageId::parse(text).unwrap()
}

/// What the gateway writes on this channel about a message of that id, its faults included.
fn written(channel: Channel, about: &str) -> Vec<Vec<u8>> {
    let long = "Ұзақ хабар. ".repeat(40);
    let mut all = Vec::new();
    match channel {
        Channel::Sync => all.push(
            SendMessageResponse {
                message_id: samples::id(9),
                correlation_id: Some(id(about)),
                response_date: moment(),
                status: StatusCode::Success,
                status_message: long.clone(),
                session_id: Some(samples::SESSION.to_owned()),
                data: None,
            }
            .write(),
        ),
        Channel::Asynchronous => {
            let mut taken = samples::send_message_response();
            (taken.message_id, taken.correlation_id) = (id(about), id(about));
            all.push(taken.write());
            let mut status = samples::get_message_status_response();
            status.status.message.clone_from(&long);
            all.push(status.write());
            let mut fetched = samples::get_messages_response();
            for message in &mut fetched.messages {
                message.info.correlation_id = Some(id(about));
            }
            all.push(fetched.write());
            fetched.messages.clear();
            all.push(fetched.write());
            all.push(samples::send_delivery_notification_response().write());
        }
        Channel::Push => {
            let mut told = samples::change_massage_status_notification();
            told.notification.message_id = id(about);
            told.notification.status.message.clone_from(&long);
            all.push(told.write());
            let mut pushed = samples::pushed();
            pushed.message.info.correlation_id = Some(id(about));
            all.push(pushed.write());
        }
    }
    let operations = Operation::ALL.into_iter();
    for operation in operations.filter(|operation| operation.channel() == channel) {
        let mut fault = samples::fault();
        if let Some(detail) = &mut fault.detail {
            detail.error_message.clone_from(&long);
        }
        all.push(fault.write_of(operation));
    }
    all
}

#[test]
fn answers_about_every_id_that_is_read_follow_the_schemas_that_are_served() {
    for channel in [Channel::Sync, Channel::Asynchronous, Channel::Push] {
        let all: Vec<_> = IDS
            .iter()
            .flat_map(|about| {
                let written = written(channel, about);
                let echoed = |it: &&Vec<u8>| String::from_utf8_lossy(it).contains(about);
                assert!(written.iter().filter(echoed).count() > 0, "{about}");
                written
            })
            .collect();
        assert_eq!(judged(channel, &all), "", "{channel:?}");
    }
}

#[test]
fn the_judge_sees_a_session_without_braces_and_a_missing_field() {
    let good = samples::send_delivery_notification_response().write();
    let good = String::from_utf8(good).unwrap();
    let bare = good.replace(samples::SESSION, samples::SESSION.trim_matches(['{', '}']));
    let less = good.replace("responseDate", "responseDay");
    for (wrong, why) in [(bare, "sessionId"), (less, "responseDay")] {
        let said = judged(Channel::Asynchronous, &[wrong.into_bytes()]);
        assert!(said.contains(&format!("Element '{why}'")), "{said}");
    }
}
