//! The WSDL of the synchronous channel.
//!
//! Two parts, as the real set has them: the binding with its service, which imports the port type.

use qaqpa_xml::write::escape_attribute;

/// The binding and the service, for `?wsdl`.
///
/// `address` is the channel's own address; the imports point to `address?wsdl=ISyncChannel` and
/// `address?xsd=types`.
#[must_use]
pub fn binding(address: &str) -> String {
    include_str!("../assets/ISyncChannelHttpService.wsdl")
        .replace("{address}", &escape_attribute(address))
}

/// The port type, for `?wsdl=ISyncChannel`.
#[must_use]
pub fn interface(address: &str) -> String {
    include_str!("../assets/ISyncChannel.wsdl").replace("{address}", &escape_attribute(address))
}
