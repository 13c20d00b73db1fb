//! The elements below a wrapper: read by local name, with what departs from the schema noted.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::Element;

use crate::limits::{PROSE_CHARS_MAX, TEXT_CHARS_MAX};
use crate::namespace::XSI;
use crate::notes::Notes;
use crate::{Departure, WireError};

/// Reads the children of an element below the wrapper by local name, each at most once unless told.
///
/// The schema qualifies nothing below the wrapper; stacks that put a default name space on the
/// wrapper qualify everything. Local names are unambiguous here, so both are read and the difference
/// is noted. Ask for the children in the order of the schema: [`finish`](Self::finish) notes another order.
pub(crate) struct Fields<'d, 'n> {
    parent: Element<'d>,
    found: Vec<Element<'d>>,
    schema: Vec<&'static str>,
    pub(crate) notes: &'n mut Notes,
}

impl<'d, 'n> Fields<'d, 'n> {
    pub(crate) fn of(parent: Element<'d>, notes: &'n mut Notes) -> Self {
        if !parent.text().trim().is_empty() {
            notes.push(Departure::text(parent.name()));
        }
        note_attributes(parent, notes);
        // Other readers take nothing from an element that is nil, whatever it holds.
        if is_nil(parent) && parent.children().next().is_some() {
            notes.refuse(nil_with_content(parent.name()));
        }
        Self {
            parent,
            found: parent.children().collect(),
            schema: Vec::new(),
            notes,
        }
    }

    /// Every child of that local name.
    pub(crate) fn all(&mut self, name: &'static str) -> Vec<Element<'d>> {
        self.schema.push(name);
        let found: Vec<_> = self
            .found
            .iter()
            .copied()
            .filter(|child| child.name() == name)
            .collect();
        for child in &found {
            if let Some(space) = child.namespace().filter(|space| !space.is_empty()) {
                self.notes.push(Departure::namespace(name, space, None));
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

    /// A child that the contract asks for and that lenient reading can do without.
    pub(crate) fn wanted(&mut self, name: &'static str) -> Result<Option<Element<'d>>, WireError> {
        let found = self.one(name)?;
        if found.is_none() {
            self.notes.push(Departure::Missing { element: name });
        }
        Ok(found)
    }

    /// The trimmed text of a child, `None` where it is absent, empty or nil.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, WireError> {
        match self.leaf(name, TEXT_CHARS_MAX)? {
            Some(text) if text.is_empty() => {
                self.notes.push(Departure::Empty { element: name });
                Ok(None)
            }
            other => Ok(other),
        }
    }

    /// As [`text`](Self::text), where the contract itself says that the element may be empty.
    pub(crate) fn text_or_empty(
        &mut self,
        name: &'static str,
    ) -> Result<Option<String>, WireError> {
        let text = self.leaf(name, TEXT_CHARS_MAX)?;
        Ok(text.filter(|text| !text.is_empty()))
    }

    /// The trimmed text of a child that must be there and not empty.
    pub(crate) fn needed_text(&mut self, name: &'static str) -> Result<String, WireError> {
        let text = self.text(name)?;
        self.need(text, name)
    }

    /// A text without form, which may be empty: an optional one.
    pub(crate) fn prose(&mut self, name: &'static str) -> Result<Option<String>, WireError> {
        self.leaf(name, PROSE_CHARS_MAX)
    }

    /// A text without form, which may be empty: one that the contract asks for, with the schema's limit.
    pub(crate) fn wanted_prose(
        &mut self,
        name: &'static str,
        max: usize,
    ) -> Result<String, WireError> {
        let Some(text) = self.prose(name)? else {
            self.notes.push(Departure::Missing { element: name });
            return Ok(String::new());
        };
        if text.chars().count() > max {
            self.notes.push(Departure::Long { element: name, max });
        }
        Ok(text)
    }

    /// An optional `xs:dateTime`; one without an offset is Kazakhstan's of today.
    pub(crate) fn date(&mut self, name: &'static str) -> Result<Option<Moment>, WireError> {
        let text = self.text(name)?;
        text.map(|text| moment(&text, name, self.notes)).transpose()
    }

    /// An `xs:dateTime` that must be there.
    pub(crate) fn needed_date(&mut self, name: &'static str) -> Result<Moment, WireError> {
        let date = self.date(name)?;
        self.need(date, name)
    }

    /// An optional id; one that is not a guid in braces is noted.
    pub(crate) fn id(&mut self, name: &'static str) -> Result<Option<MessageId>, WireError> {
        let text = self.text(name)?;
        text.map(|text| id(&text, name, self.notes)).transpose()
    }

    /// An optional id that the contract itself says may be empty.
    pub(crate) fn id_or_empty(
        &mut self,
        name: &'static str,
    ) -> Result<Option<MessageId>, WireError> {
        let text = self.text_or_empty(name)?;
        text.map(|text| id(&text, name, self.notes)).transpose()
    }

    /// An id that must be there.
    pub(crate) fn needed_id(&mut self, name: &'static str) -> Result<MessageId, WireError> {
        let id = self.id(name)?;
        self.need(id, name)
    }

    /// The optional `sessionId`.
    pub(crate) fn session(&mut self) -> Result<Option<String>, WireError> {
        let session = self.text("sessionId")?;
        if session.as_deref().is_some_and(|text| !is_guid(text)) {
            self.notes.push(Departure::Guid {
                element: "sessionId",
            });
        }
        Ok(session)
    }

    /// The `sessionId` of an answer that the contract asks for; peers leave it out all the same.
    pub(crate) fn wanted_session(&mut self) -> Result<Option<String>, WireError> {
        let absent = !self.found.iter().any(|child| child.name() == "sessionId");
        let session = self.session()?;
        if absent {
            self.notes.push(Departure::Missing {
                element: "sessionId",
            });
        }
        Ok(session)
    }

    /// Notes what was not asked for, and what stands in another order than it was asked for.
    pub(crate) fn finish(self) {
        let mut furthest = 0;
        for child in &self.found {
            match self.schema.iter().position(|name| *name == child.name()) {
                None => self.notes.push(Departure::unknown(child.name())),
                Some(at) if at < furthest => self.notes.push(Departure::Order {
                    element: self.schema[at],
                    before: self.schema[furthest],
                }),
                Some(at) => furthest = at,
            }
        }
    }

    /// The trimmed text of a child; a nil one is empty, and must be: others would read its content.
    fn leaf(&mut self, name: &'static str, max: usize) -> Result<Option<String>, WireError> {
        let Some(element) = self.one(name)? else {
            return Ok(None);
        };
        if element.children().next().is_some() {
            return Err(WireError::envelope(format!("<{name}> has elements inside")));
        }
        note_attributes(element, self.notes);
        let text = element.text();
        let text = text.trim();
        if is_nil(element) && !text.is_empty() {
            return Err(nil_with_content(name));
        }
        if text.chars().count() > max {
            return Err(WireError::Limit {
                what: format!("characters of <{name}>"),
                max,
            });
        }
        Ok(Some(text.to_owned()))
    }

    fn need<T>(&self, found: Option<T>, name: &'static str) -> Result<T, WireError> {
        found.ok_or_else(|| {
            let parent = self.parent.name();
            WireError::envelope(format!("<{name}> is missing or empty in <{parent}>"))
        })
    }
}

/// Attributes of XML Schema instance may stand everywhere, others nowhere.
fn note_attributes(element: Element<'_>, notes: &mut Notes) {
    for attribute in element.attributes() {
        if attribute.namespace != Some(XSI) {
            notes.push(Departure::attribute(element.name(), attribute.local));
        }
    }
    if is_nil(element) {
        notes.push(Departure::nil(element.name()));
    }
}

/// Whether the element says that it has no value (XML Schema part 1 §2.6.2).
pub(crate) fn is_nil(element: Element<'_>) -> bool {
    let nil = element.attribute(Some(XSI), "nil").map(str::trim);
    matches!(nil, Some("true" | "1"))
}

pub(crate) fn nil_with_content(name: &str) -> WireError {
    WireError::envelope(format!("<{name}> is nil and has content"))
}

fn moment(text: &str, element: &'static str, notes: &mut Notes) -> Result<Moment, WireError> {
    let parse = |text: &str| {
        Moment::parse(text).map_err(|error| WireError::envelope(format!("<{element}>: {error}")))
    };
    let departure = match text.split_once('T') {
        // A time with no offset at all can only mean local time, and so can a date alone.
        Some((_, time)) if !time.contains(['Z', 'z', '+', '-']) => {
            let moment = parse(&format!("{text}+05:00"))?;
            notes.push(Departure::Offset { element });
            return Ok(moment);
        }
        _ if is_date_time(text) => None,
        _ if text.len() == "2026-11-22".len() => Some(Departure::Offset { element }),
        _ => Some(Departure::Date { element }),
    };
    let moment = parse(text)?;
    if let Some(departure) = departure {
        notes.push(departure);
    }
    Ok(moment)
}

/// Whether the text is an `xs:dateTime` with an offset: the reader of moments takes other forms of ISO 8601, too.
fn is_date_time(text: &str) -> bool {
    let shape = |text: &str, shape: &str| {
        text.len() == shape.len()
            && text.bytes().zip(shape.bytes()).all(|(byte, like)| {
                if like == b'0' {
                    byte.is_ascii_digit()
                } else {
                    byte == like
                }
            })
    };
    let Some((whole, rest)) = text.split_at_checked("0000-00-00T00:00:00".len()) else {
        return false;
    };
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let fraction = rest.len() - offset.len();
    shape(whole, "0000-00-00T00:00:00")
        && fraction != 1
        && (offset == "Z" || shape(offset, "+00:00") || shape(offset, "-00:00"))
}

fn id(text: &str, element: &'static str, notes: &mut Notes) -> Result<MessageId, WireError> {
    let id = MessageId::parse(text)
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
