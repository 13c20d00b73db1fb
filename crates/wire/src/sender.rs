//! The sending information system, as each request names it.

use std::fmt;

use qaqpa_model::SenderId;
use qaqpa_xml::Element;
use qaqpa_xml::write::Writer;

use crate::fields::Fields;
use crate::notes::Notes;
use crate::{Departure, WireError};

/// The sending information system and its password.
#[derive(Clone, PartialEq, Eq)]
pub struct Sender {
    /// The registered id.
    pub id: SenderId,
    /// The password, in plain text as the channel carries it.
    pub password: Option<String>,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl Sender {
    /// An empty `<sender/>` names nobody.
    pub(crate) fn read(element: Element<'_>, notes: &mut Notes) -> Result<Option<Self>, WireError> {
        let mut fields = Fields::of(element, notes);
        let id = fields.text("senderId")?;
        let password = fields.text("password")?;
        fields.finish();
        let Some(id) = id else {
            notes.push(Departure::Missing {
                element: "senderId",
            });
            return Ok(None);
        };
        let id = SenderId::parse(&id).map_err(|error| WireError::Sender {
            why: error.to_string(),
        })?;
        Ok(Some(Self { id, password }))
    }

    /// Reads the child `sender` of an operation that asks for one.
    pub(crate) fn wanted(fields: &mut Fields<'_, '_>) -> Result<Option<Self>, WireError> {
        match fields.wanted("sender")? {
            Some(element) => Self::read(element, fields.notes),
            None => Ok(None),
        }
    }

    /// Reads the child `sender` of an operation that can do without.
    pub(crate) fn optional(fields: &mut Fields<'_, '_>) -> Result<Option<Self>, WireError> {
        match fields.one("sender")? {
            Some(element) => Self::read(element, fields.notes),
            None => Ok(None),
        }
    }

    pub(crate) fn write(sender: Option<&Self>, out: &mut Writer) {
        let Some(sender) = sender else { return };
        out.start("sender");
        out.leaf("senderId", sender.id.as_str());
        if let Some(password) = &sender.password {
            out.leaf("password", password);
        }
        out.end();
    }
}
