//! The SOAP 1.1 envelope around every message: opening one, and writing one.

use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::error::WireError;
use crate::namespace::{SOAP, SOAP_12, XSI};
use crate::request::Reading;
use crate::{Departure, namespace};

/// The WS-Security extension name space: the one header that is understood.
const WSSE: &str =
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

/// Reads the children of an element below the wrapper by local name, each at most once unless told.
///
/// The schema qualifies nothing below the wrapper; stacks that put a default name space on the
/// wrapper qualify everything. Local names are unambiguous here, so both are read and the difference
/// is noted.
pub(crate) struct Fields<'d, 'n> {
    parent: Element<'d>,
    found: Vec<Element<'d>>,
    taken: Vec<&'static str>,
    notes: &'n mut Vec<Departure>,
}

impl<'d, 'n> Fields<'d, 'n> {
    pub(crate) fn of(parent: Element<'d>, notes: &'n mut Vec<Departure>) -> Self {
        Self {
            parent,
            found: parent.children().collect(),
            taken: Vec::new(),
            notes,
        }
    }

    /// Every child of that local name.
    pub(crate) fn all(&mut self, name: &'static str) -> Vec<Element<'d>> {
        self.taken.push(name);
        let found: Vec<_> = self
            .found
            .iter()
            .copied()
            .filter(|child| child.name() == name)
            .collect();
        for child in &found {
            if let Some(space) = child.namespace().filter(|space| !space.is_empty()) {
                self.notes.push(Departure::Namespace {
                    element: name.to_owned(),
                    namespace: space.to_owned(),
                });
            }
        }
        found
    }

    /// The child of that local name, if there is one.
    pub(crate) fn one(&mut self, name: &'static str) -> Result<Option<Element<'d>>, WireError> {
        let found = self.all(name);
        match found.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            _ => Err(WireError::envelope(format!(
                "<{name}> stands {} times in <{}>",
                found.len(),
                self.parent.name()
            ))),
        }
    }

    /// The child of that local name.
    pub(crate) fn needed(&mut self, name: &'static str) -> Result<Element<'d>, WireError> {
        let parent = self.parent.name();
        self.one(name)?
            .ok_or_else(|| WireError::envelope(format!("<{name}> is missing in <{parent}>")))
    }

    /// The trimmed text of a child, `None` where it is absent, empty or nil.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, WireError> {
        let Some(element) = self.one(name)? else {
            return Ok(None);
        };
        if element.children().next().is_some() {
            return Err(WireError::envelope(format!("<{name}> has elements inside")));
        }
        let text = element.text().trim().to_owned();
        if text.is_empty() || matches!(element.attribute(Some(XSI), "nil"), Some("true" | "1")) {
            self.notes.push(Departure::Empty { element: name });
            return Ok(None);
        }
        Ok(Some(text))
    }

    /// The trimmed text of a child that must be there and not empty.
    pub(crate) fn needed_text(&mut self, name: &'static str) -> Result<String, WireError> {
        let parent = self.parent.name();
        self.text(name)?.ok_or_else(|| {
            WireError::envelope(format!("<{name}> is missing or empty in <{parent}>"))
        })
    }

    /// Notes what was not asked for.
    pub(crate) fn finish(self) {
        for child in &self.found {
            if !self.taken.contains(&child.name()) {
                self.notes.push(Departure::Unknown {
                    element: child.name().to_owned(),
                });
            }
        }
    }
}

/// The wrapper element of that local name in the channel's types, however it is qualified.
pub(crate) fn wrapper<'d>(
    document: &'d Document,
    local: &'static str,
    notes: &mut Vec<Departure>,
) -> Result<Element<'d>, WireError> {
    let payload = payload(document)?;
    if payload.is(namespace::SYNC_TYPES, local) {
        return Ok(payload);
    }
    if payload.is(namespace::SYNC_INTERFACES, local) {
        notes.push(Departure::Namespace {
            element: local.to_owned(),
            namespace: namespace::SYNC_INTERFACES.to_owned(),
        });
        return Ok(payload);
    }
    Err(WireError::envelope(format!(
        "the Body holds <{}> of {:?}, not <{local}> of {}",
        payload.name(),
        payload.namespace().unwrap_or_default(),
        namespace::SYNC_TYPES
    )))
}

/// What was read, or in strict reading the departures as an error.
pub(crate) fn judge<T>(
    value: T,
    departures: Vec<Departure>,
    reading: Reading,
) -> Result<(T, Vec<Departure>), WireError> {
    if reading == Reading::Strict && !departures.is_empty() {
        return Err(WireError::Departs { departures });
    }
    Ok((value, departures))
}

/// Reads `xs:dateTime`; one without an offset is Kazakhstan's of today.
pub(crate) fn date(
    text: &str,
    element: &'static str,
    notes: &mut Vec<Departure>,
) -> Result<qaqpa_model::Moment, WireError> {
    let time = text.split_once('T').map(|(_, time)| time);
    if time.is_none_or(|time| time.contains(['Z', 'z', '+', '-'])) {
        return qaqpa_model::Moment::parse(text)
            .map_err(|error| WireError::envelope(format!("<{element}>: {error}")));
    }
    // A time with no offset at all can only mean local time.
    let moment = qaqpa_model::Moment::parse(&format!("{text}+05:00"))
        .map_err(|error| WireError::envelope(format!("<{element}>: {error}")))?;
    notes.push(Departure::Offset { element });
    Ok(moment)
}

/// Reads a message id and notes one that is not a guid in braces.
pub(crate) fn message_id(
    text: &str,
    element: &'static str,
    notes: &mut Vec<Departure>,
) -> Result<qaqpa_model::MessageId, WireError> {
    let id = qaqpa_model::MessageId::parse(text)
        .map_err(|error| WireError::envelope(format!("<{element}>: {error}")))?;
    if !is_guid(text) {
        notes.push(Departure::Guid { element });
    }
    Ok(id)
}

/// Whether the text is `{8-4-4-4-12}`.
fn is_guid(text: &str) -> bool {
    let Some(inside) = text.strip_prefix('{').and_then(|t| t.strip_suffix('}')) else {
        return false;
    };
    let groups: Vec<_> = inside.split('-').collect();
    groups.iter().map(|g| g.len()).eq([8, 4, 4, 4, 12])
        && inside.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
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
