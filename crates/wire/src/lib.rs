//! What travels between the actors: the envelopes of the gateway's channels (ШЭП, version 10), their
//! faults, and the business documents: an application, its status and its result.
//!
//! Floor 2, no I/O. Two rules hold everywhere here:
//!
//! - **Lenient input, strict output.** Integrators' SOAP stacks differ in name spaces, braces and empty
//!   elements; what is unambiguous is read, and each departure from the schema is named
//!   ([`Departure`]). What we write follows the schema to the letter.
//! - **A business value is read only through [`qaqpa_xmldsig::Covered`]**, the part of the document
//!   that is proven to be under the signature: [`Application::read`], [`StatusDocument::read`] and
//!   [`ResultDocument::read`] take nothing else.
//!
//! A module a channel, a file an operation: [`sync`], [`asynchronous`], [`push`]; the names of the contract stand in
//! [`Operation`]. The roots' [`SendMessageRequest`] and [`SendMessageResponse`] are the synchronous channel's.
//!
//! # A door, step by step
//!
//! The same for every channel: `qaqpa-gateway` serves the first two, and calls the third.
//!
//! 1. `GET` with a query: [`wsdl::describe`] of the channel, or 404 where it gives nothing. Each WSDL is of one
//!    channel, so the push channel's needs a path of its own ([`namespace::PUSH_DESCRIPTION_PATH`]), with the
//!    integrator's endpoint in [`wsdl::Addresses::endpoint`].
//! 2. `POST`: [`qaqpa_xml::Document::parse`]; the `SOAPAction` of every binding is empty, and one that names another
//!    operation than the Body is refused.
//! 3. [`Operation::asked`], and [`Channel::fallback`] where it fails: whose fault a refusal will be.
//! 4. [`asynchronous::Request::read_with`] or [`SendMessageRequest::read_with`] with the [`Reading`] of the sender.
//!    The departures go into the journal; [`WireError::Departs`] carries those that strict reading refuses, and each
//!    is a line `departure=…` of the fault's `errorData`.
//! 5. Transport signature, sender, business signature: by the same [`qaqpa_xml::Document`], in other crates.
//! 6. The answer of the same operation by its `write`, or [`Fault::write_of`]; then [`qaqpa_xmldsig::sign_wsse`].
//!
//! Whoever calls a channel writes a request, and reads the answer first by [`Fault::read_of`] and then by the
//! response of the operation.
//!
//! Entry points: [`SendMessageRequest`], [`asynchronous::Request`], [`push::Request`], [`Fault`], [`Application`],
//! [`StatusDocument`], [`ResultDocument`], [`wsdl::describe`] and [`xsd`].

pub mod application;
pub mod asynchronous;
mod closed;
pub mod code;
pub mod data;
pub mod departure;
mod document;
pub mod error;
mod error_info;
pub mod fault;
mod fields;
pub mod limits;
pub mod namespace;
mod notes;
mod operation;
mod organisation;
mod property;
pub mod push;
mod reading;
pub mod register;
pub mod result;
mod sender;
mod soap;
pub mod status;
pub mod sync;
pub mod words;
pub mod wsdl;
pub mod xsd;

pub use application::{Application, Attachment};
pub use code::{FaultCode, StatusCode};
pub use data::{BusinessData, DataForm};
pub use departure::Departure;
pub use document::{FormField, Person};
pub use error::{DocumentError, WireError};
pub use error_info::ErrorInfo;
pub use fault::Fault;
pub use notes::DEPARTURES_MAX;
pub use operation::{Channel, Operation};
pub use organisation::{Organisation, OrganisationRole};
pub use property::Property;
pub use reading::Reading;
pub use result::{Grounds, Outcome, ResultDocument, Titles};
pub use sender::Sender;
pub use status::StatusDocument;
pub use sync::{SendMessageRequest, SendMessageResponse, request, response};
