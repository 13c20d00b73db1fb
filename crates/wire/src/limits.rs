//! How much of everything an envelope may hold, beside the limits of XML itself ([`qaqpa_xml::XmlLimits`]).

/// Characters of a text that has no limit of its own: a name, a code, a route, a password.
///
/// The simulator's choice: the longest that is met has 64.
pub const TEXT_CHARS_MAX: usize = 4096;
/// Characters of a text for people or machines: `errorData`, and messages longer than the schema allows.
///
/// The simulator's choice: a stack trace fits.
pub const PROSE_CHARS_MAX: usize = 65_536;
/// Characters of a `message`, `statusMessage` or `errorMessage` (the channel's schema).
pub const MESSAGE_CHARS_MAX: usize = 250;
/// Characters of a property's `key` (the channel's schema).
pub const KEY_CHARS_MAX: usize = 30;
/// Characters of a property's `value` (the channel's schema).
pub const VALUE_CHARS_MAX: usize = 500;
/// Properties of one message: the simulator's choice.
pub const PROPERTIES_MAX: usize = 100;
/// Messages of one answer to `getMessages`: the simulator's choice.
pub const MESSAGES_MAX: usize = 1000;
/// How deep `subError` is read and written: the simulator's choice.
pub const SUB_ERRORS_MAX: usize = 8;
