//! The name spaces of the channels and of the simulator's documents.

/// SOAP 1.1.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// SOAP 1.2, which these channels do not speak.
pub const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
/// The wrappers of the synchronous channel: `SendMessage`, `SendMessageResponse` and the fault detail.
pub const SYNC_TYPES: &str = "http://bip.bee.kz/SyncChannel/v10/Types";
/// The port type of the synchronous channel; a qualified `data` in it is met too.
pub const SYNC_INTERFACES: &str = "http://bip.bee.kz/SyncChannel/v10/Interfaces";
/// The binding and the service of the synchronous channel.
pub const SYNC_BINDING: &str = "http://bip.bee.kz/SyncChannel/v10/Interfaces/Binding2";
/// The wrappers of the asynchronous channel, and of a pushed `sendMessage`.
pub const ASYNC_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types";
/// [`ASYNC_TYPES`] in the spelling of some published sets.
pub const ASYNC_TYPES_MET: &str = "http://bip.bee.kz/AsyncChannel/v10/types";
/// The types of the asynchronous channel's messages: seen on the wire only in an `xsi:type`.
pub const ASYNC_ITYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/ITypes";
/// The port type of the asynchronous channel.
pub const ASYNC_INTERFACES: &str = "http://bip.bee.kz/AsyncChannel/v10/Interfaces";
/// The binding and the service of the asynchronous channel.
pub const ASYNC_BINDING: &str = "http://bip.bee.kz/AsyncChannel/v10/Interfaces/Binding";
/// The wrappers of the push channel's own operation; those of a pushed `sendMessage` are met in it too.
pub const CLIENT_TYPES: &str = "http://bip.bee.kz/AsyncChannel/v10/Types/Client";
/// The port type of the push channel.
pub const CLIENT_INTERFACES: &str = "http://bip.bee.kz/AsyncChannel/v10/Interfaces/Client";
/// The binding and the service of the push channel.
pub const CLIENT_BINDING: &str = "http://bip.bee.kz/AsyncChannel/v10/Interfaces/Client/Binding";
/// The types that the asynchronous and the push channel share: seen on the wire only in an `xsi:type`.
pub const COMMON_TYPES: &str = "http://bip.bee.kz/common/v10/Types";
/// XML Schema.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";
/// XML Schema instance: `xsi:type`, `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// XML Signature.
pub(crate) const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// The application, its status and its result: the simulator's own documents.
pub const DOCUMENT: &str = "urn:qaqpa:document:1";

/// The path of the synchronous channel, as in use.
pub const SYNC_PATH: &str = "/bip-sync-wss-gost/";
/// The path of the asynchronous channel: the simulator's choice, the public one is not known.
pub const ASYNC_PATH: &str = "/bip-async-wss-gost/";
/// Where the gateway describes the push channel, which itself is at the integrators': the simulator's choice.
pub const PUSH_DESCRIPTION_PATH: &str = "/bip-async-client/";
