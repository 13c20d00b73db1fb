//! From bytes to an envelope that nobody has judged yet.

use qaqpa_model::{BodyDigest, Limits};
use qaqpa_wire::error::label_of_xml;
use qaqpa_wire::{Departure, Reading, SendMessageRequest};
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

/// Reads an envelope.
///
/// # Errors
/// [`Refused`] with the label of the first thing that is wrong: `body-too-large`, `xml-malformed`,
/// `dtd-refused`, `limit-exceeded`, `envelope-malformed`, `sender-unknown` or `data-missing`.
pub fn open(body: &[u8], limits: &Limits, reading: Reading) -> Result<UnverifiedEnvelope, Refused> {
    if body.len() > limits.body_bytes_max {
        return Err(Refused::new(
            qaqpa_model::RefusalLabel::BodyTooLarge,
            format!("the body is longer than {} bytes", limits.body_bytes_max),
        ));
    }
    let document = Document::parse(body, &xml_limits(limits))
        .map_err(|error| Refused::new(label_of_xml(&error), error.to_string()))?;
    let (request, departures) =
        SendMessageRequest::read_with(&document, reading).map_err(|error| {
            let mut refused =
                Refused::new(error.label(), error.to_string()).with_code(error.fault_code());
            if let qaqpa_wire::WireError::Departs { departures } = &error {
                for departure in departures {
                    refused = refused.with("departure", departure.to_string());
                }
            }
            refused
        })?;
    Ok(UnverifiedEnvelope {
        digest: request.digest(),
        document,
        request,
        departures,
    })
}

/// The limits of a signature.
#[must_use]
pub const fn bounds(limits: &Limits) -> Bounds {
    Bounds {
        references_max: limits.references_max,
        transforms_max: limits.transforms_max,
    }
}
