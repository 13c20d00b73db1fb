//! From bytes to an envelope that nobody has judged yet.

use qaqpa_model::{BodyDigest, Limits};
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::{
    Channel, Departure, Operation, Property, Reading, SendMessageRequest, WireError, asynchronous,
};
use qaqpa_xml::{Document, XmlLimits};
use qaqpa_xmldsig::Bounds;

use crate::Refused;

/// An envelope whose signature and sender are not proven.
///
/// Its fields may be used to find out who claims to send, and to answer; nothing in it may be acted on.
#[derive(Debug)]
pub struct UnverifiedEnvelope {
    /// The parsed envelope: what the transport signature is judged over.
    pub document: Document,
    /// What it says.
    pub request: SendMessageRequest,
    /// Where it departs from the schema.
    pub departures: Vec<Departure>,
    /// The digest of what it says: the same for repeats, however they are signed and written.
    pub digest: BodyDigest,
}

/// The XML limits of a simulator.
#[must_use]
pub fn xml_limits(limits: &Limits) -> XmlLimits {
    XmlLimits {
        bytes_max: limits.body_bytes_max,
        depth_max: limits.xml_depth_max,
        elements_max: limits.xml_elements_max,
        attributes_max: limits.xml_attributes_max,
    }
}

/// A request of the asynchronous channel whose signature and sender are not proven.
///
/// As [`UnverifiedEnvelope`]: nothing in it may be acted on.
#[derive(Debug)]
pub struct UnverifiedRequest {
    /// The parsed envelope: what the transport signature is judged over.
    pub document: Document,
    /// What it asks for.
    pub request: asynchronous::Request,
    /// Where it departs from the schema.
    pub departures: Vec<Departure>,
}

/// The property by which a sender asks to be told every departure of this request from the schema: it is refused
/// where there is one. The value is an `xs:boolean`: `true` or `1`.
pub const STRICT: &str = "strict";

/// Reads an envelope of the synchronous channel.
///
/// # Errors
/// [`Refused`] with the label of the first thing that is wrong: `body-too-large`, `xml-malformed`,
/// `dtd-refused`, `limit-exceeded`, `envelope-malformed`, `sender-unknown` or `data-missing`.
pub fn open(body: &[u8], limits: &Limits, reading: Reading) -> Result<UnverifiedEnvelope, Refused> {
    let document = parse(body, limits)?;
    let (request, departures) =
        SendMessageRequest::read_with(&document, reading).map_err(|error| unreadable(&error))?;
    Ok(UnverifiedEnvelope {
        digest: request.digest(),
        document,
        request,
        departures,
    })
}

/// Reads an envelope of the asynchronous channel.
///
/// # Errors
/// The operation whose fault is to be given (the channel's first, where the envelope names none), and [`Refused`] as
/// [`open`].
pub fn open_asynchronous(
    body: &[u8],
    limits: &Limits,
    reading: Reading,
) -> Result<UnverifiedRequest, (Operation, Refused)> {
    let channel = Channel::Asynchronous;
    let document = parse(body, limits).map_err(|refused| (channel.fallback(), refused))?;
    let operation = Operation::asked(&document, channel)
        .map_err(|error| (channel.fallback(), unreadable(&error)))?;
    let (request, departures) = asynchronous::Request::read_with(&document, reading)
        .map_err(|error| (operation, unreadable(&error)))?;
    Ok(UnverifiedRequest {
        document,
        request,
        departures,
    })
}

/// Refuses the departures that lenient reading has let pass: of a sender that is registered as strict, or of a
/// request that has the property [`STRICT`].
///
/// # Errors
/// [`Refused`] with `envelope-malformed` and a fact `departure` for each.
pub fn insist(departures: &[Departure]) -> Result<(), Refused> {
    if departures.is_empty() {
        return Ok(());
    }
    Err(unreadable(&WireError::Departs {
        departures: departures.to_vec(),
    }))
}

/// Whether the properties ask for strict reading.
#[must_use]
pub fn asks_for_strict(properties: &[Property]) -> bool {
    properties
        .iter()
        .any(|property| property.key == STRICT && matches!(property.value.trim(), "true" | "1"))
}

fn parse(body: &[u8], limits: &Limits) -> Result<Document, Refused> {
    if body.len() > limits.body_bytes_max {
        return Err(Refused::new(
            qaqpa_model::RefusalLabel::BodyTooLarge,
            format!("the body is longer than {} bytes", limits.body_bytes_max),
        ));
    }
    Document::parse(body, &xml_limits(limits))
        .map_err(|error| Refused::new(label_of_xml(&error), error.to_string()))
}

fn unreadable(error: &WireError) -> Refused {
    let mut refused = Refused::new(error.label(), error.to_string()).with_code(error.fault_code());
    for departure in error.departures() {
        refused = refused.with("departure", departure.to_string());
    }
    refused
}

/// The limits of a signature.
#[must_use]
pub const fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    }
}
