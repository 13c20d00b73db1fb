//! The SOAP 1.1 envelope around every message: opening one, and writing one.

use qaqpa_model::Moment;
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::fields::Fields;
use crate::namespace::{SOAP, SOAP_12};
use crate::notes::Notes;
use crate::operation::{Operation, Part};
use crate::{Departure, Reading, WireError};

/// The WS-Security extension name space: the one header that is understood.
pub(crate) const WSSE: &str =
    "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";

/// The one element inside the one `soap:Body` of the envelope.
///
/// Only children of the root are looked at: a Body that sits deeper is not one (signature wrapping).
/// The transport signature is judged over this same Body: [`qaqpa_xmldsig`] accepts no other target.
pub(crate) fn payload(document: &Document) -> Result<Element<'_>, WireError> {
    let root = document.root();
    if root.is(SOAP_12, "Envelope") {
        return Err(WireError::VersionMismatch);
    }
    if !root.is(SOAP, "Envelope") {
        return Err(WireError::envelope(format!(
            "the root is <{}>, not Envelope of {SOAP}",
            root.name()
        )));
    }
    let mut header = None;
    let mut body = None;
    for child in root.children() {
        let slot = if child.is(SOAP, "Header") && body.is_none() {
            &mut header
        } else if child.is(SOAP, "Body") {
            &mut body
        } else {
            return Err(WireError::envelope(format!(
                "<{}> is not expected in the Envelope",
                child.name()
            )));
        };
        if slot.replace(child).is_some() {
            return Err(WireError::envelope(format!("two <{}>", child.name())));
        }
    }
    if let Some(header) = header {
        for entry in header.children() {
            let must = matches!(
                entry.attribute(Some(SOAP), "mustUnderstand"),
                Some("1" | "true")
            );
            if must && !entry.is(WSSE, "Security") {
                return Err(WireError::MustUnderstand {
                    header: entry.name().to_owned(),
                });
            }
        }
    }
    let body = body.ok_or_else(|| WireError::envelope("the Envelope has no Body"))?;
    let mut inside = body.children();
    match (inside.next(), inside.next()) {
        (Some(payload), None) => Ok(payload),
        (None, _) => Err(WireError::envelope("the Body is empty")),
        (Some(_), Some(_)) => Err(WireError::envelope("the Body has more than one element")),
    }
}

/// An envelope whose Body holds what `inside` writes. No Header: the signer adds its own.
pub(crate) fn envelope(inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    let mut out = Writer::new();
    out.start("soap:Envelope");
    out.attribute("xmlns:soap", SOAP);
    out.start("soap:Body");
    inside(&mut out);
    out.end();
    out.end();
    out.finish().into_bytes()
}

/// An `xs:dateTime`: in Kazakhstan's time, or in UTC where that had an offset with seconds (before 1924).
pub(crate) fn date(moment: Moment) -> String {
    let local = moment.to_string();
    if local.len() == "2026-11-22T10:00:00+05:00".len() {
        local
    } else {
        moment.to_utc_string()
    }
}

/// `<name>text</name>`.
pub(crate) fn leaf(out: &mut Writer, name: &str, text: &str) {
    out.leaf(name, text);
}

/// `<name>text</name>`, or nothing.
pub(crate) fn optional_leaf(out: &mut Writer, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        leaf(out, name, text);
    }
}

/// The `sessionId` of an answer whose schema asks for one: a guid of zeros where there is none.
pub(crate) fn session(out: &mut Writer, session: Option<&str>) {
    let none = "{00000000-0000-0000-0000-000000000000}";
    leaf(out, "sessionId", session.unwrap_or(none));
}

/// The unsigned envelope around one `request` or `response` of an operation, written by `inside`.
pub(crate) fn write(operation: Operation, part: Part, inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    envelope(|out| {
        out.start(&format!("ns2:{}", part.wrapper(operation)));
        out.attribute("xmlns:ns2", operation.namespace());
        out.start(part.element());
        inside(out);
        out.end();
        out.end();
    })
}

/// Reads the one `request` or `response` of an operation by `inside`, and judges the departures.
pub(crate) fn read<'d, T>(
    document: &'d Document,
    (operation, part, reading): (Operation, Part, Reading),
    inside: impl FnOnce(Element<'d>, &mut Notes) -> Result<T, WireError>,
) -> Result<(T, Vec<Departure>), WireError> {
    let mut notes = Notes::default();
    let wrapper = wrapper(document, operation, part, &mut notes)?;
    let mut fields = Fields::of(wrapper, &mut notes);
    let element = fields.needed(part.element());
    fields.finish();
    let value = element.and_then(|element| inside(element, &mut notes));
    notes.judge(value, reading)
}

/// The wrapper element of an operation, in whichever name space of its channel.
fn wrapper<'d>(
    document: &'d Document,
    operation: Operation,
    part: Part,
    notes: &mut Notes,
) -> Result<Element<'d>, WireError> {
    let payload = payload(document)?;
    let local = part.wrapper(operation);
    let expected = operation.namespace();
    if payload.is(expected, local) {
        return Ok(payload);
    }
    let space = payload.namespace().unwrap_or_default();
    if payload.name() == local && operation.channel().name_spaces().contains(&space) {
        notes.push(Departure::namespace(local, space, Some(expected)));
        return Ok(payload);
    }
    Err(WireError::envelope(format!(
        "the Body holds <{}> of {:?}, not <{local}> of {expected}",
        limited(payload.name(), 200),
        limited(space, 200),
    )))
}

/// At most so many characters; a longer text ends in an ellipsis.
pub(crate) fn limited(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(max.saturating_sub(1)).collect();
    short.push('…');
    short
}
