//! What goes inside `data`: the business document, in one of the forms that are met.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qaqpa_xml::write::{Writer, escape_attribute};
use qaqpa_xml::{Document, Element};

use crate::fields::{Fields, is_nil, nil_with_content};
use crate::namespace::{DSIG, XSD, XSI};
use crate::notes::Notes;
use crate::{Departure, WireError};

/// How the business document stands in `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataForm {
    /// Text that is base64 of XML; the bytes are what it decodes to.
    Base64,
    /// A plain child element; its source bytes are read as a document of their own.
    Child,
    /// Several plain children: `data` itself is the document, and its source bytes are read.
    Children,
    /// Escaped text without a type.
    Text,
    /// Escaped text with `xsi:type="xs:string"`: what we write.
    TypedText,
}

/// A business document as it travels: bytes that nobody has judged yet.
///
/// Holding one says nothing about a signature; parse the bytes and examine them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BusinessData {
    /// The document's bytes.
    pub bytes: Vec<u8>,
    /// The form in which they stood in the envelope.
    pub form: DataForm,
}

impl BusinessData {
    /// A document to be sent as typed, escaped text.
    #[must_use]
    pub const fn new(bytes: Vec<u8>) -> Self {
        Self {
            bytes,
            form: DataForm::TypedText,
        }
    }

    /// Reads `data`; `None` where it is empty.
    ///
    /// White space around escaped text is not part of the document: an enveloped signature covers the
    /// root element, and a declaration after a line break would not be well formed.
    pub(crate) fn read(
        document: &Document,
        data: Element<'_>,
        notes: &mut Notes,
    ) -> Result<Option<Self>, WireError> {
        let mut children = data.children();
        let text = data.text();
        let text = text.trim();
        let (bytes, form) = match (children.next(), children.next()) {
            (None, _) if text.is_empty() => return Ok(None),
            (None, _) => match base64_of_xml(text) {
                Some(bytes) => (bytes, DataForm::Base64),
                None if data.attribute(Some(XSI), "type").is_some() => {
                    (text.as_bytes().to_vec(), DataForm::TypedText)
                }
                None => (text.as_bytes().to_vec(), DataForm::Text),
            },
            (Some(_), _) if !text.is_empty() => {
                return Err(WireError::envelope("<data> mixes text with elements"));
            }
            (Some(child), None) => {
                note_default(child, notes);
                (standalone(document, child, notes)?, DataForm::Child)
            }
            (Some(_), Some(_)) => (standalone(document, data, notes)?, DataForm::Children),
        };
        Ok(Some(Self { bytes, form }))
    }

    /// Writes `<data>`: text with its type, or the bytes as they are for elements.
    ///
    /// The bytes of [`DataForm::Child`] and [`DataForm::Children`] must be one well-formed element; a declaration
    /// before it is left out, because none may stand inside an envelope.
    pub(crate) fn write(&self, out: &mut Writer) {
        self.write_as(self.form, out);
    }

    /// The same in another form than the one in which it stood.
    pub(crate) fn write_as(&self, form: DataForm, out: &mut Writer) {
        // Lossy only where it must be: the check alone is quicker than the search for what is none.
        let text = std::str::from_utf8(&self.bytes)
            .map_or_else(|_| String::from_utf8_lossy(&self.bytes), Cow::Borrowed);
        if form == DataForm::Children {
            out.raw(without_declaration(&text));
            return;
        }
        out.start("data");
        match form {
            DataForm::Base64 => out.text(&STANDARD.encode(&self.bytes)),
            DataForm::Child | DataForm::Children => out.raw(without_declaration(&text)),
            DataForm::Text => out.text(&text),
            DataForm::TypedText => out
                .attribute("xmlns:xs", XSD)
                .attribute("xmlns:xsi", XSI)
                .attribute("xsi:type", "xs:string")
                .text(&text),
        };
        out.end();
    }
}

/// The document inside a service's own envelope: the one element without children whose text is base64 of XML.
///
/// Not looked for by [`BusinessData`] itself, because an attachment of a signed document may be XML too: the
/// caller knows by the service that there is such an envelope, and that nothing in it is signed but what is inside.
///
/// # Errors
/// [`WireError::Envelope`] where more than one element holds base64 of XML: which one is meant is not ours to choose.
pub fn base64_inside(envelope: Element<'_>) -> Result<Option<Vec<u8>>, WireError> {
    let mut found = std::iter::once(envelope)
        .chain(envelope.descendants())
        .filter(|element| element.children().next().is_none())
        .filter_map(|element| base64_of_xml(element.text().trim()));
    match (found.next(), found.next()) {
        (only, None) => Ok(only),
        (_, Some(_)) => Err(WireError::envelope(
            "more than one element holds base64 of XML",
        )),
    }
}

/// Finds `data` in `requestData`, `responseData` or `messageData` by local name, wherever a stack has put its name
/// space, and reads it; `None` where there is no document.
pub(crate) fn inside(
    document: &Document,
    holder: Option<Element<'_>>,
    notes: &mut Notes,
) -> Result<Option<BusinessData>, WireError> {
    let Some(holder) = holder else {
        return Ok(None);
    };
    let mut fields = Fields::of(holder, notes);
    let found = fields.one("data")?;
    fields.finish();
    let Some(data) = found else {
        return Ok(None);
    };
    let read = BusinessData::read(document, data, notes)?;
    if is_nil(data) {
        if read.is_some() {
            return Err(nil_with_content("data"));
        }
        notes.push(Departure::nil("data"));
    }
    Ok(read)
}

/// The bytes that a text stands for, if it is base64 of XML: text that is no XML itself has no other meaning here.
fn base64_of_xml(text: &str) -> Option<Vec<u8>> {
    // `<`, alone or after a byte order mark.
    if !(text.starts_with('P') || text.starts_with("77u")) {
        return None;
    }
    let joined: String = text.split_ascii_whitespace().collect();
    let bytes = STANDARD.decode(joined).ok()?;
    let text = std::str::from_utf8(&bytes).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    let is_xml = text.starts_with('<') && text.ends_with('>');
    is_xml.then_some(bytes)
}

/// Names a child that is in the envelope's default name space: few senders mean that.
fn note_default(child: Element<'_>, notes: &mut Notes) {
    if child.prefix().is_none() && child.declarations().all(|(prefix, _)| !prefix.is_empty()) {
        let space = child.namespace().filter(|space| !space.is_empty());
        if let Some(space) = space {
            notes.push(Departure::namespace(child.name(), space, None));
        }
    }
}

/// The source bytes of an element as a document of its own.
///
/// Name spaces that it uses and does not declare itself are declared in its start tag as they stood in the envelope;
/// a document that was signed before it was put there has none, and stays as it is to the byte.
///
/// One exception: where its own signature covers the whole document (`URI=""`), it was signed outside the envelope,
/// whose default name space it came under by being pasted. What was signed then are the bytes without that.
fn standalone(
    document: &Document,
    element: Element<'_>,
    notes: &mut Notes,
) -> Result<Vec<u8>, WireError> {
    let source = document
        .source()
        .get(element.span())
        .ok_or_else(|| WireError::envelope("<data> has no source text"))?;
    let mut inherited = inherited(element);
    if is_signed_whole(element)
        && let Some(space) = inherited.remove("")
        && element.prefix().is_some()
    {
        // Its children without a prefix are in that name space for a reader of the envelope.
        notes.push(Departure::namespace(element.name(), space, None));
    }
    if inherited.is_empty() {
        return Ok(source.as_bytes().to_vec());
    }
    let name_end = 1 + element.prefix().map_or(0, |prefix| prefix.len() + 1) + element.name().len();
    let (name, rest) = source
        .split_at_checked(name_end)
        .ok_or_else(|| WireError::envelope("<data> has no source text"))?;
    let mut text = String::with_capacity(source.len() + 64 * inherited.len());
    text.push_str(name);
    for (prefix, namespace) in inherited {
        let colon = if prefix.is_empty() { "" } else { ":" };
        text.push_str(&format!(
            " xmlns{colon}{prefix}=\"{}\"",
            escape_attribute(namespace)
        ));
    }
    text.push_str(rest);
    Ok(text.into_bytes())
}

/// Whether a signature directly in the element refers to the whole document that it stands in.
fn is_signed_whole(element: Element<'_>) -> bool {
    ds_children(element, "Signature")
        .flat_map(|signature| ds_children(signature, "SignedInfo"))
        .flat_map(|info| ds_children(info, "Reference"))
        .any(|reference| reference.attribute(None, "URI") == Some(""))
}

fn ds_children<'d>(element: Element<'d>, local: &str) -> impl Iterator<Item = Element<'d>> {
    let children = element.children();
    children.filter(move |child| child.is(DSIG, local))
}

/// The prefixes (`""` for none) that an element and those below it use, bound by its ancestors alone.
///
/// Names in content are looked at only in `xsi:type`.
fn inherited(top: Element<'_>) -> BTreeMap<&str, &str> {
    let Some(parent) = top.parent() else {
        return BTreeMap::new();
    };
    let mut outer = BTreeMap::new();
    // How often each prefix is declared between `top` and where we are: one pass, whatever is nested.
    let mut inner: HashMap<&str, usize> = HashMap::new();
    let mut open: Vec<Element<'_>> = Vec::new();
    for element in std::iter::once(top).chain(top.descendants()) {
        while let Some(left) = open.pop_if(|last| !element.is_within(last)) {
            for (prefix, _) in left.declarations() {
                inner.entry(prefix).and_modify(|count| *count -= 1);
            }
        }
        for (prefix, _) in element.declarations() {
            *inner.entry(prefix).or_default() += 1;
        }
        open.push(element);
        let attributes = element.attributes().flat_map(|attribute| {
            let typed = attribute.namespace == Some(XSI) && attribute.local == "type";
            let value = typed.then(|| attribute.value.trim().split_once(':'));
            let of_type = value.map(|name| name.map_or("", |(prefix, _)| prefix));
            [attribute.prefix, of_type]
        });
        let name = Some(element.prefix().unwrap_or_default());
        for prefix in attributes.chain([name]).flatten() {
            let declared = inner.get(prefix).is_some_and(|count| *count > 0);
            if !declared && prefix != "xml" {
                outer
                    .entry(prefix)
                    .or_insert_with(|| parent.namespace_of_prefix(prefix));
            }
        }
    }
    outer
        .into_iter()
        .filter_map(|(prefix, space)| Some((prefix, space?)))
        .collect()
}

fn without_declaration(text: &str) -> &str {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).trim();
    match text.strip_prefix("<?xml ") {
        Some(rest) => rest.split_once("?>").map_or(text, |(_, rest)| rest).trim(),
        None => text,
    }
}
