//! `ErrorInfo`: what went wrong, in a fault's detail and in the asynchronous channel's notifications.

use qaqpa_model::{Moment, RefusalLabel};
use qaqpa_xml::Element;
use qaqpa_xml::write::Writer;

use crate::fields::Fields;
use crate::limits::{MESSAGE_CHARS_MAX, SUB_ERRORS_MAX};
use crate::notes::Notes;
use crate::{Departure, WireError, soap};

/// The channel's error detail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorInfo {
    /// The code: the simulator's choice, see [`crate::code`].
    pub error_code: String,
    /// At most 250 characters for people.
    pub error_message: String,
    /// Lines `key=value`; the first is `label=…`.
    pub error_data: Option<String>,
    /// When the error happened.
    pub error_date: Moment,
    /// What led to it: at most [`SUB_ERRORS_MAX`] levels deep.
    pub sub_error: Option<Box<ErrorInfo>>,
    /// The gateway's id of the exchange.
    pub session_id: Option<String>,
}

impl ErrorInfo {
    /// The label of the first line of `errorData`.
    #[must_use]
    pub fn label(&self) -> Option<RefusalLabel> {
        self.value("label").and_then(RefusalLabel::parse)
    }

    /// The value of a `key=value` line of `errorData`.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.error_data
            .as_deref()?
            .lines()
            .find_map(|line| line.strip_prefix(key)?.strip_prefix('='))
    }

    pub(crate) fn read(element: Element<'_>, notes: &mut Notes) -> Result<Self, WireError> {
        Self::read_to(element, SUB_ERRORS_MAX, notes)
    }

    /// Reads the optional child `error`.
    pub(crate) fn optional(fields: &mut Fields<'_, '_>) -> Result<Option<Self>, WireError> {
        let Some(element) = fields.one("error")? else {
            return Ok(None);
        };
        if element.children().next().is_none() {
            fields.notes.push(Departure::Empty { element: "error" });
            return Ok(None);
        }
        Self::read(element, fields.notes).map(Some)
    }

    fn read_to(element: Element<'_>, deeper: usize, notes: &mut Notes) -> Result<Self, WireError> {
        let mut fields = Fields::of(element, notes);
        let error_code = fields.needed_text("errorCode")?;
        let error_message = fields.wanted_prose("errorMessage", MESSAGE_CHARS_MAX)?;
        let error_data = fields.prose("errorData")?.filter(|data| !data.is_empty());
        let error_date = fields.needed_date("errorDate")?;
        let sub_error = match fields.one("subError")? {
            Some(inner) if inner.children().next().is_none() => {
                let element = "subError";
                fields.notes.push(Departure::Empty { element });
                None
            }
            Some(inner) if deeper > 0 => {
                Some(Box::new(Self::read_to(inner, deeper - 1, fields.notes)?))
            }
            Some(_) => {
                let max = SUB_ERRORS_MAX;
                fields.notes.push(Departure::Nested { max });
                None
            }
            None => None,
        };
        let session_id = fields.session()?;
        fields.finish();
        Ok(Self {
            error_code,
            error_message,
            error_data,
            error_date,
            sub_error,
            session_id,
        })
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        self.write_to(SUB_ERRORS_MAX, out);
    }

    /// Writes the optional `error`.
    pub(crate) fn write_optional(error: Option<&Self>, out: &mut Writer) {
        if let Some(error) = error {
            out.start("error");
            error.write(out);
            out.end();
        }
    }

    fn write_to(&self, deeper: usize, out: &mut Writer) {
        soap::leaf(out, "errorCode", &self.error_code);
        let message = soap::limited(&self.error_message, MESSAGE_CHARS_MAX);
        soap::leaf(out, "errorMessage", &message);
        soap::optional_leaf(out, "errorData", self.error_data.as_deref());
        soap::leaf(out, "errorDate", &soap::date(self.error_date));
        if let Some(inner) = self.sub_error.as_ref().filter(|_| deeper > 0) {
            out.start("subError");
            inner.write_to(deeper - 1, out);
            out.end();
        }
        soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
    }
}
