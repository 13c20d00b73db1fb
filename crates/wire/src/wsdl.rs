//! The WSDL of each channel, written by us from the names of the contract.
//!
//! Two parts, as the real sets have them: the binding with its service, which imports the port type. Names that the
//! facts do not give (bindings, messages, parts, the push channel's port) are the simulator's choice; nothing of them
//! is seen on the wire.
//!
//! A door serves all of it by one call: [`describe`] with the channel, the query of the URL and the addresses.

use qaqpa_xml::write::Writer;

use crate::namespace::{
    ASYNC_BINDING, ASYNC_INTERFACES, CLIENT_BINDING, CLIENT_INTERFACES, SYNC_BINDING,
    SYNC_INTERFACES, XSD,
};
use crate::{Channel, Operation, xsd};

const WSDL: &str = "http://schemas.xmlsoap.org/wsdl/";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const SOAP_OVER_HTTP: &str = "http://schemas.xmlsoap.org/soap/http";

/// Where a description is served, and where the channel itself is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses<'a> {
    /// The description's own URL without a query: imports point to it.
    pub description: &'a str,
    /// The channel's URL: the same for the gateway's own channels, the integrator's own for the push channel.
    pub endpoint: &'a str,
}

impl<'a> Addresses<'a> {
    /// A description that is served at the channel itself.
    #[must_use]
    pub const fn at(address: &'a str) -> Self {
        Self {
            description: address,
            endpoint: address,
        }
    }
}

/// The WSDL or schema that a query asks for; `None` for every other query.
///
/// `wsdl` gives the binding and the service, `wsdl=ISyncChannel` (`IAsyncChannel`, `IAsyncChannelClient`) the port
/// type, `xsd` and `xsd=types` the wrappers, `xsd=itypes`, `xsd=common` and `xsd=client-types` what they import. The
/// query's case does not matter.
#[must_use]
pub fn describe(channel: Channel, query: &str, addresses: Addresses<'_>) -> Option<String> {
    let query = query.trim_end_matches('=').to_ascii_lowercase();
    let (kind, name) = query.split_once('=').unwrap_or((&query, ""));
    match (kind, name) {
        ("wsdl", "") => Some(binding_of(channel, addresses)),
        ("wsdl", name) if name.eq_ignore_ascii_case(channel.port_type()) => {
            Some(interface_of(channel, addresses.description))
        }
        ("xsd", name) => xsd::of(channel, name, addresses.description),
        _ => None,
    }
}

/// The binding and the service of the synchronous channel, for `?wsdl`.
#[must_use]
pub fn binding(address: &str) -> String {
    binding_of(Channel::Sync, Addresses::at(address))
}

/// The port type of the synchronous channel, for `?wsdl=ISyncChannel`.
#[must_use]
pub fn interface(address: &str) -> String {
    interface_of(Channel::Sync, address)
}

impl Channel {
    /// The name of the port type.
    #[must_use]
    pub const fn port_type(self) -> &'static str {
        match self {
            Self::Sync => "ISyncChannel",
            Self::Asynchronous => "IAsyncChannel",
            Self::Push => "IAsyncChannelClient",
        }
    }

    /// The name of the service.
    #[must_use]
    pub const fn service(self) -> &'static str {
        match self {
            Self::Sync => "ISyncChannelHttpService",
            Self::Asynchronous => "AsyncChannelHttpService",
            Self::Push => "AsyncChannelClientHttpService",
        }
    }

    /// The name of the port: the push channel's is the simulator's choice.
    #[must_use]
    pub const fn port(self) -> &'static str {
        match self {
            Self::Sync => "SyncChannelHttpPort",
            Self::Asynchronous => "AsyncChannelHttpPort",
            Self::Push => "AsyncChannelClientHttpPort",
        }
    }

    /// The name space of the port type.
    #[must_use]
    pub const fn interfaces(self) -> &'static str {
        match self {
            Self::Sync => SYNC_INTERFACES,
            Self::Asynchronous => ASYNC_INTERFACES,
            Self::Push => CLIENT_INTERFACES,
        }
    }

    /// The name space of the binding and the service.
    #[must_use]
    pub const fn bindings(self) -> &'static str {
        match self {
            Self::Sync => SYNC_BINDING,
            Self::Asynchronous => ASYNC_BINDING,
            Self::Push => CLIENT_BINDING,
        }
    }

    fn binding(self) -> String {
        format!("{}HttpBinding", self.port_type())
    }
}

fn binding_of(channel: Channel, addresses: Addresses<'_>) -> String {
    let name_space = channel.interfaces();
    let mut out = definitions(channel.service(), channel.bindings());
    out.attribute("xmlns:port", name_space);
    out.attribute("xmlns:soap", WSDL_SOAP);
    out.leaf(
        "wsdl:documentation",
        "TEST: a channel of Qaqpa, a simulator. Signatures (wsse over the Body, XMLDSig in data) are asked for in addition.",
    );
    let port_type = format!("{}?wsdl={}", addresses.description, channel.port_type());
    element(
        &mut out,
        "wsdl:import",
        &[("namespace", name_space), ("location", &port_type)],
    );
    out.start("wsdl:binding");
    out.attribute("name", &channel.binding());
    out.attribute("type", &format!("port:{}", channel.port_type()));
    element(
        &mut out,
        "soap:binding",
        &[("style", "document"), ("transport", SOAP_OVER_HTTP)],
    );
    for operation in channel.operations() {
        out.start("wsdl:operation")
            .attribute("name", operation.as_str());
        element(
            &mut out,
            "soap:operation",
            &[("soapAction", ""), ("style", "document")],
        );
        for (kind, name) in [
            ("wsdl:input", input(*operation)),
            ("wsdl:output", operation.response().to_owned()),
        ] {
            out.start(kind).attribute("name", &name);
            element(&mut out, "soap:body", &[("use", "literal")]);
            out.end();
        }
        let fault = operation.fault();
        out.start("wsdl:fault").attribute("name", fault);
        element(
            &mut out,
            "soap:fault",
            &[("name", fault), ("use", "literal")],
        );
        out.end();
        out.end();
    }
    out.end();
    out.start("wsdl:service")
        .attribute("name", channel.service());
    out.start("wsdl:port");
    out.attribute("name", channel.port());
    out.attribute("binding", &format!("tns:{}", channel.binding()));
    element(
        &mut out,
        "soap:address",
        &[("location", addresses.endpoint)],
    );
    out.finish()
}

fn interface_of(channel: Channel, description: &str) -> String {
    let mut out = definitions(channel.port_type(), channel.interfaces());
    out.attribute("xmlns:xsd", XSD);
    let wrappers = xsd::wrappers(channel);
    for (number, (name_space, _)) in wrappers.iter().enumerate() {
        out.attribute(&format!("xmlns:types{number}"), name_space);
    }
    let prefix = |operation: Operation| {
        let number = wrappers
            .iter()
            .position(|(name_space, _)| *name_space == operation.namespace());
        format!("types{}", number.unwrap_or_default())
    };
    out.start("wsdl:types").start("xsd:schema");
    for (name_space, name) in wrappers {
        let location = format!("{description}?xsd={name}");
        element(
            &mut out,
            "xsd:import",
            &[("namespace", name_space), ("schemaLocation", &location)],
        );
    }
    out.end().end();
    for operation in channel.operations() {
        let (name, types) = (operation.as_str(), prefix(*operation));
        for (message, part, local) in [
            (
                format!("{name}RequestMsg"),
                format!("{name}Parameters"),
                name,
            ),
            (
                format!("{name}ResponseMsg"),
                format!("{name}Result"),
                operation.response(),
            ),
            (
                format!("{}Msg", operation.fault()),
                operation.fault().to_owned(),
                operation.fault(),
            ),
        ] {
            out.start("wsdl:message").attribute("name", &message);
            let qualified = format!("{types}:{local}");
            element(
                &mut out,
                "wsdl:part",
                &[("name", &part), ("element", &qualified)],
            );
            out.end();
        }
    }
    out.start("wsdl:portType")
        .attribute("name", channel.port_type());
    for operation in channel.operations() {
        let name = operation.as_str();
        out.start("wsdl:operation").attribute("name", name);
        for (kind, name, message) in [
            ("wsdl:input", input(*operation), format!("{name}Request")),
            (
                "wsdl:output",
                operation.response().to_owned(),
                operation.response().to_owned(),
            ),
            (
                "wsdl:fault",
                operation.fault().to_owned(),
                operation.fault().to_owned(),
            ),
        ] {
            let message = format!("tns:{message}Msg");
            element(&mut out, kind, &[("name", &name), ("message", &message)]);
        }
        out.end();
    }
    out.finish()
}

fn definitions(name: &str, name_space: &str) -> Writer {
    let mut out = Writer::with_declaration();
    out.start("wsdl:definitions");
    out.attribute("name", name);
    out.attribute("targetNamespace", name_space);
    out.attribute("xmlns:tns", name_space);
    out.attribute("xmlns:wsdl", WSDL);
    out
}

fn input(operation: Operation) -> String {
    format!("{}Request", operation.as_str())
}

fn element(out: &mut Writer, name: &str, attributes: &[(&str, &str)]) {
    out.start(name);
    for (name, value) in attributes {
        out.attribute(name, value);
    }
    out.end();
}
