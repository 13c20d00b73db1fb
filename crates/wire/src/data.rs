//! What goes inside `data`: the business document, in one of the forms that are met.

use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::namespace::{XSD, XSI};
use crate::{Departure, WireError};

/// How the business document stands in `data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataForm {
    /// A plain child element; its source bytes are read as a document of their own.
    Child,
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
    pub(crate) fn read(document: &Document, data: Element<'_>) -> Result<Option<Self>, WireError> {
        let mut children = data.children();
        let text = data.text();
        let text = text.trim();
        match (children.next(), children.next()) {
            (None, _) if text.is_empty() => Ok(None),
            (None, _) => Ok(Some(Self {
                bytes: text.as_bytes().to_vec(),
                form: if data.attribute(Some(XSI), "type").is_some() {
                    DataForm::TypedText
                } else {
                    DataForm::Text
                },
            })),
            (Some(_), _) if !text.is_empty() => {
                Err(WireError::envelope("<data> mixes text with elements"))
            }
            (Some(child), None) => {
                let bytes = document
                    .source()
                    .get(child.span())
                    .ok_or_else(|| WireError::envelope("<data> has no source text"))?;
                Ok(Some(Self {
                    bytes: bytes.as_bytes().to_vec(),
                    form: DataForm::Child,
                }))
            }
            (Some(_), Some(_)) => Err(WireError::envelope("<data> has more than one element")),
        }
    }

    /// Writes `<data>`: text with its type, or the bytes as they are for [`DataForm::Child`].
    pub(crate) fn write(&self, out: &mut Writer) {
        out.start("data");
        let text = String::from_utf8_lossy(&self.bytes);
        match self.form {
            DataForm::Child => out.raw(&text),
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

/// Finds `data` in `requestData` or `responseData` by local name, wherever a stack has put its name space.
pub(crate) fn find<'d>(
    holder: Element<'d>,
    notes: &mut Vec<Departure>,
) -> Result<Option<Element<'d>>, WireError> {
    let mut fields = crate::soap::Fields::of(holder, notes);
    let found = fields.one("data")?;
    fields.finish();
    Ok(found)
}
