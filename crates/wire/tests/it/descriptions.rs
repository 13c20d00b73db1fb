//! WSDL and schemas: as their golden files, and in agreement with what is written and read.

use qaqpa_model::ServiceAtAct;
use qaqpa_wire::wsdl::{Addresses, describe};
use qaqpa_wire::{Channel, Operation, wsdl, xsd};
use qaqpa_xml::Element;

use crate::envelopes::{self, parse};
use crate::golden::assert_golden;
use crate::samples;
use crate::schema::Schemas;

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const CHANNELS: [Channel; 3] = [Channel::Sync, Channel::Asynchronous, Channel::Push];

fn name<'d>(element: Element<'d>) -> &'d str {
    element.attribute(None, "name").unwrap()
}

#[test]
fn the_wsdl_of_each_channel_has_the_names_of_the_contract() {
    let root = "http://bip.bee.kz";
    let expected = [
        (
            Channel::Sync,
            "/SyncChannel/v10/Interfaces",
            "/SyncChannel/v10/Interfaces/Binding2",
            "ISyncChannelHttpService",
            "SyncChannelHttpPort",
            &["SendMessage"][..],
        ),
        (
            Channel::Asynchronous,
            "/AsyncChannel/v10/Interfaces",
            "/AsyncChannel/v10/Interfaces/Binding",
            "AsyncChannelHttpService",
            "AsyncChannelHttpPort",
            &[
                "sendMessage",
                "getMessages",
                "getMessageStatus",
                "sendDeliveryNotification",
            ],
        ),
        (
            Channel::Push,
            "/AsyncChannel/v10/Interfaces/Client",
            "/AsyncChannel/v10/Interfaces/Client/Binding",
            "AsyncChannelClientHttpService",
            "AsyncChannelClientHttpPort",
            &["sendMessage", "changeMassageStatusNotification"],
        ),
    ];
    for (channel, interfaces, bindings, service, port, operations) in expected {
        let addresses = Addresses {
            description: "https://gateway.test/d/?a&b",
            endpoint: "https://integrator.test/e/?c&d",
        };
        let text = describe(channel, "wsdl", addresses).unwrap();
        let document = parse(text.as_bytes());
        let definitions = document.root();
        assert_eq!(
            definitions.attribute(None, "targetNamespace"),
            Some(format!("{root}{bindings}").as_str())
        );
        let found = definitions.only_child(Some(WSDL), "service").unwrap();
        assert_eq!(name(found), service);
        let found = found.only_child(Some(WSDL), "port").unwrap();
        assert_eq!(name(found), port);
        let address = found.only_child(Some(SOAP), "address").unwrap();
        assert_eq!(
            address.attribute(None, "location"),
            Some("https://integrator.test/e/?c&d")
        );
        let binding = definitions.only_child(Some(WSDL), "binding").unwrap();
        let found: Vec<_> = binding
            .children()
            .filter(|it| it.is(WSDL, "operation"))
            .map(|operation| {
                let soap = operation.only_child(Some(SOAP), "operation").unwrap();
                assert_eq!(soap.attribute(None, "soapAction"), Some(""));
                let fault = operation.only_child(Some(WSDL), "fault").unwrap();
                let prefix = name(operation);
                assert_eq!(name(fault), format!("{prefix}Fault1_{prefix}Fault"));
                prefix
            })
            .collect();
        assert_eq!(found, operations);

        let text = describe(channel, "wsdl=".to_owned().as_str(), addresses).unwrap();
        assert!(text.contains("?a&amp;b?wsdl=I"), "{text}");
        let text = describe(channel, &format!("WSDL={}", channel.port_type()), addresses).unwrap();
        let document = parse(text.as_bytes());
        assert_eq!(
            document.root().attribute(None, "targetNamespace"),
            Some(format!("{root}{interfaces}").as_str())
        );
    }
}

#[test]
fn every_part_of_a_wsdl_is_an_element_that_a_schema_declares() {
    for channel in CHANNELS {
        let addresses = Addresses::at("https://gateway.test/");
        let text = describe(channel, &format!("wsdl={}", channel.port_type()), addresses);
        let document = parse(text.unwrap().as_bytes());
        let declared: Vec<_> = xsd::names(channel)
            .iter()
            .map(|name| parse(xsd::of(channel, name, "").unwrap().as_bytes()))
            .collect();
        let mut parts = 0;
        for part in document
            .root()
            .descendants()
            .filter(|it| it.is(WSDL, "part"))
        {
            let (prefix, local) = part
                .attribute(None, "element")
                .and_then(|it| it.split_once(':'))
                .unwrap();
            let space = part.namespace_of_prefix(prefix);
            assert!(
                declared.iter().any(|schema| {
                    schema.root().attribute(None, "targetNamespace") == space
                        && schema
                            .root()
                            .children()
                            .any(|it| it.name() == "element" && name(it) == local)
                }),
                "{local} of {space:?}"
            );
            parts += 1;
        }
        assert_eq!(parts, 3 * channel.operations().len());
    }
}

#[test]
fn the_descriptions_are_as_their_golden_files() {
    for (channel, short) in [
        (Channel::Sync, "sync"),
        (Channel::Asynchronous, "async"),
        (Channel::Push, "push"),
    ] {
        let addresses = Addresses {
            description: "https://gateway.test/channel/",
            endpoint: "https://endpoint.test/",
        };
        let text = describe(channel, "wsdl", addresses).unwrap();
        assert_golden(&format!("{short}-service.wsdl"), text.as_bytes());
        let port_type = format!("wsdl={}", channel.port_type());
        let text = describe(channel, &port_type, addresses).unwrap();
        assert_golden(&format!("{short}-interface.wsdl"), text.as_bytes());
    }
}

#[test]
fn only_what_a_channel_has_is_described() {
    let address = Addresses::at("https://gateway.test/");
    for channel in CHANNELS {
        for query in ["", "wsdl=IOther", "xsd=other", "wsdl2", "wsdl=types"] {
            assert_eq!(describe(channel, query, address), None, "{query}");
        }
        for name in xsd::names(channel) {
            assert!(describe(channel, &format!("xsd={name}"), address).is_some());
        }
        assert!(describe(channel, "xsd", address).is_some());
    }
    assert_eq!(describe(Channel::Sync, "xsd=itypes", address), None);
    assert_eq!(
        describe(Channel::Sync, "wsdl", address),
        Some(wsdl::binding("https://gateway.test/"))
    );
}

/// Everything that we write, with the operation that it belongs to.
fn written() -> Vec<(Operation, Vec<u8>)> {
    use Operation as O;
    let mut all = vec![
        (O::SyncSendMessage, envelopes::request().write()),
        (O::SendMessage, samples::send_message().write()),
        (O::SendMessage, samples::send_response().write()),
        (O::SendMessage, samples::send_message_response().write()),
        (O::GetMessages, samples::get_messages().write()),
        (O::GetMessages, samples::get_messages_bare().write()),
        (O::GetMessages, samples::get_messages_response().write()),
        (O::GetMessageStatus, samples::get_message_status().write()),
        (
            O::GetMessageStatus,
            samples::get_message_status_response().write(),
        ),
        (
            O::SendDeliveryNotification,
            samples::send_delivery_notification().write(),
        ),
        (
            O::SendDeliveryNotification,
            samples::send_delivery_notification_response().write(),
        ),
        (O::PushSendMessage, samples::pushed().write()),
        (O::PushSendMessage, samples::pushed_response().write()),
        (
            O::ChangeMassageStatusNotification,
            samples::change_massage_status_notification().write(),
        ),
        (
            O::ChangeMassageStatusNotification,
            samples::change_massage_status_notification_response().write(),
        ),
    ];
    all.extend(O::ALL.map(|operation| (operation, samples::fault().write_of(operation))));
    all
}

fn payload(envelope: &qaqpa_xml::Document) -> Element<'_> {
    let inside = envelope.root().children().last().unwrap();
    let payload = inside.children().next().unwrap();
    match payload.child(None, "detail") {
        Some(detail) => detail.children().next().unwrap(),
        None => payload,
    }
}

#[test]
fn everything_that_is_written_follows_the_schemas() {
    for (operation, bytes) in written() {
        let document = parse(&bytes);
        let judged = Schemas::of(operation.channel()).judge(operation, payload(&document));
        assert_eq!(judged, Ok(()), "{}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn the_judge_of_that_test_sees_what_is_wrong() {
    let good = String::from_utf8(samples::get_message_status().write()).unwrap();
    let schemas = Schemas::of(Channel::Asynchronous);
    let judge = |text: &str| {
        let document = parse(text.as_bytes());
        schemas.judge(Operation::GetMessageStatus, payload(&document))
    };
    assert_eq!(judge(&good), Ok(()));
    for (from, to, why) in [
        (
            "messageId>",
            "messageID>",
            "<messageId> is missing in <request>",
        ),
        (
            "</request>",
            "<more/></request>",
            "<more> is not expected in <request>",
        ),
        (
            "<request>",
            "<request xmlns=\"urn:x\">",
            "<request> is qualified",
        ),
        (
            "{3f2504e0",
            "3f2504e0",
            "<messageId> is not of its type: \"3f2504e0-4f89-41d3-9a0c-0305e82c3301}\"",
        ),
        (
            "<key>",
            "<key>0123456789012345678901234567890",
            "<key> is not of its type: \"0123456789012345678901234567890judged-at\"",
        ),
    ] {
        assert_eq!(judge(&good.replace(from, to)), Err(why.to_owned()));
    }
    let state = String::from_utf8(samples::get_message_status_response().write()).unwrap();
    assert_eq!(
        judge(&state.replace("ON_DELIVERY", "LOST")),
        Err("<messageState> is not of its type: \"LOST\"".to_owned())
    );
}

#[test]
fn the_schemas_of_the_documents_are_well_formed() {
    let service = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
    for text in [
        xsd::application(&service),
        xsd::result().to_owned(),
        xsd::status().to_owned(),
    ] {
        parse(text.as_bytes());
        assert!(!text.contains("{service}"), "{text}");
    }
    assert!(
        xsd::application(&service).contains(r#"value="guardianship-certificate@zhambyl-2019-23""#)
    );
}
