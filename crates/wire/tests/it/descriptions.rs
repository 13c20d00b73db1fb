//! WSDL and schemas: well formed, and in agreement with what is written and read.

use qaqpa_model::ServiceAtAct;
use qaqpa_wire::{wsdl, xsd};

use crate::envelopes::parse;

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";

#[test]
fn the_wsdl_names_service_port_and_an_empty_soap_action() {
    let text = wsdl::binding("https://127.0.0.1:1/bip-sync-wss-gost/?a&b");
    let document = parse(text.as_bytes());
    let root = document.root();
    assert_eq!(
        root.attribute(None, "targetNamespace"),
        Some("http://bip.bee.kz/SyncChannel/v10/Interfaces/Binding2")
    );
    let service = root.only_child(Some(WSDL), "service").unwrap();
    assert_eq!(
        service.attribute(None, "name"),
        Some("ISyncChannelHttpService")
    );
    let port = service.only_child(Some(WSDL), "port").unwrap();
    assert_eq!(port.attribute(None, "name"), Some("SyncChannelHttpPort"));
    let address = port.only_child(Some(SOAP), "address").unwrap();
    assert_eq!(
        address.attribute(None, "location"),
        Some("https://127.0.0.1:1/bip-sync-wss-gost/?a&b")
    );
    let operation = root
        .descendants()
        .find(|element| element.is(SOAP, "operation"))
        .unwrap();
    assert_eq!(operation.attribute(None, "soapAction"), Some(""));
}

#[test]
fn the_interface_and_the_schemas_are_well_formed() {
    let service = ServiceAtAct::parse("guardianship-certificate@zhambyl-2019-23").unwrap();
    for text in [
        wsdl::interface("https://127.0.0.1:1/"),
        xsd::types().to_owned(),
        xsd::application(&service),
        xsd::result().to_owned(),
    ] {
        parse(text.as_bytes());
        for placeholder in ["{address}", "{service}"] {
            assert!(
                !text.contains(placeholder),
                "{placeholder} was left in:\n{text}"
            );
        }
    }
    assert!(
        xsd::application(&service).contains(r#"value="guardianship-certificate@zhambyl-2019-23""#)
    );
}
