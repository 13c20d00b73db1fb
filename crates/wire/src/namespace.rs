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
/// XML Schema.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";
/// XML Schema instance: `xsi:type`, `xsi:nil`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// The application and the result: the simulator's own documents.
pub const DOCUMENT: &str = "urn:qaqpa:document:1";

/// The path of the synchronous channel, as in use.
pub const SYNC_PATH: &str = "/bip-sync-wss-gost/";
/// The path of the asynchronous channel: the simulator's choice, the public one is not known.
pub const ASYNC_PATH: &str = "/bip-async-wss-gost/";
