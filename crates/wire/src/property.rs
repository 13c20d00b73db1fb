//! Keys and values beside the business document.

use std::collections::HashSet;

use qaqpa_xml::Element;
use qaqpa_xml::write::Writer;

use crate::fields::{Fields, is_nil};
use crate::limits::{KEY_CHARS_MAX, PROPERTIES_MAX, VALUE_CHARS_MAX};
use crate::notes::Notes;
use crate::{Departure, WireError};

/// The property with the moment (RFC 3339) at which the gateway judged the document.
pub const JUDGED_AT: &str = "judged-at";
/// The property with the system that sent the message to the gateway: `portal`.
pub const SENDER: &str = "sender";
/// The property with the gateway's verdict: `TOTAL-PASSED`.
pub const VERDICT: &str = "verdict";

/// A key of at most 30 and a value of at most 500 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

impl Property {
    /// Reads all elements `properties`; a key that this simulator judges by stands at most once.
    pub(crate) fn read_all(
        elements: &[Element<'_>],
        notes: &mut Notes,
    ) -> Result<Vec<Self>, WireError> {
        if elements.len() > PROPERTIES_MAX {
            return Err(WireError::Limit {
                what: "properties".to_owned(),
                max: PROPERTIES_MAX,
            });
        }
        let mut properties = Vec::new();
        let mut keys = HashSet::new();
        for element in elements {
            let Some(property) = Self::read(*element, notes)? else {
                continue;
            };
            let key = property.key.as_str();
            if !keys.insert(key.to_owned()) {
                // Readers differ in which value they take: where one is judged by, neither is.
                if [JUDGED_AT, VERDICT].contains(&key) {
                    let why = format!("the property {key} stands more than once");
                    return Err(WireError::envelope(why));
                }
                notes.push(Departure::Repeated {
                    key: key.to_owned(),
                });
            }
            properties.push(property);
        }
        Ok(properties)
    }

    /// Reads the children `properties` of an element.
    pub(crate) fn of(fields: &mut Fields<'_, '_>) -> Result<Vec<Self>, WireError> {
        let elements = fields.all("properties");
        Self::read_all(&elements, fields.notes)
    }

    pub(crate) fn write_all(properties: &[Self], out: &mut Writer) {
        for property in properties {
            out.start("properties");
            out.leaf("key", &property.key);
            out.leaf("value", &property.value);
            out.end();
        }
    }

    /// An empty `<properties/>` is common and means none.
    fn read(element: Element<'_>, notes: &mut Notes) -> Result<Option<Self>, WireError> {
        if element.children().next().is_none() {
            notes.push(if is_nil(element) {
                Departure::nil("properties")
            } else {
                Departure::Empty {
                    element: "properties",
                }
            });
            return Ok(None);
        }
        let mut fields = Fields::of(element, notes);
        let key = fields.needed_text("key")?;
        let value = fields.wanted_prose("value", VALUE_CHARS_MAX)?;
        fields.finish();
        for (what, text, max) in [
            ("key", &key, KEY_CHARS_MAX),
            ("value", &value, VALUE_CHARS_MAX),
        ] {
            if text.chars().count() > max {
                return Err(WireError::envelope(format!(
                    "the {what} of a property is longer than {max} characters"
                )));
            }
        }
        Ok(Some(Self { key, value }))
    }
}

/// The value of the first property of that key.
pub(crate) fn value<'p>(properties: &'p [Property], key: &str) -> Option<&'p str> {
    properties
        .iter()
        .find(|property| property.key == key)
        .map(|property| property.value.as_str())
}
