//! What travels between the actors: the envelopes of the gateway's channels (ШЭП, version 10), their
//! faults, and the two business documents, an application and a result.
//!
//! Floor 2, no I/O. Two rules hold everywhere here:
//!
//! - **Lenient input, strict output.** Integrators' SOAP stacks differ in name spaces, braces and empty
//!   elements; what is unambiguous is read, and each departure from the schema is named
//!   ([`Departure`]). What we write follows the schema to the letter.
//! - **A business value is read only through [`qaqpa_xmldsig::Covered`]**, the part of the document
//!   that is proven to be under the signature: [`Application::read`] and [`ResultDocument::read`] take
//!   nothing else.
//!
//! Entry points: [`SendMessageRequest`], [`SendMessageResponse`], [`Fault`], [`Application`],
//! [`ResultDocument`], [`wsdl`] and [`xsd`].

pub mod application;
pub mod code;
pub mod data;
pub mod departure;
mod document;
pub mod error;
pub mod fault;
pub mod namespace;
pub mod request;
pub mod response;
pub mod result;
mod soap;
pub mod words;
pub mod wsdl;
pub mod xsd;

pub use application::{Application, Attachment};
pub use code::{FaultCode, StatusCode};
pub use data::{BusinessData, DataForm};
pub use departure::Departure;
pub use document::{FormField, Person};
pub use error::{DocumentError, WireError};
pub use fault::{ErrorInfo, Fault};
pub use request::{Property, Reading, SendMessageRequest, Sender};
pub use response::SendMessageResponse;
pub use result::{Grounds, Outcome, ResultDocument, Titles};
