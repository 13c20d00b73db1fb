//! SOAP faults with the channel's `ErrorInfo`.

use qaqpa_model::{Moment, RefusalLabel};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::namespace::{SOAP, SYNC_TYPES};
use crate::soap::{self, Fields};
use crate::{FaultCode, WireError};

/// A SOAP 1.1 fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Whose mistake it is.
    pub code: FaultCode,
    /// The `faultstring`: a sentence for people.
    pub string: String,
    /// The channel's detail, which every fault of ours has.
    pub detail: Option<ErrorInfo>,
}

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
    /// What led to it.
    pub sub_error: Option<Box<ErrorInfo>>,
    /// The gateway's id of the exchange.
    pub session_id: Option<String>,
}

/// How deep `subError` is read.
const SUB_ERRORS_MAX: usize = 8;

impl Fault {
    /// The label of the refusal, if the fault carries one that we know.
    #[must_use]
    pub fn label(&self) -> Option<RefusalLabel> {
        self.detail.as_ref().and_then(ErrorInfo::label)
    }

    /// Reads a fault envelope; `None` where the Body holds something else.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no SOAP envelope, or the fault has not its parts.
    pub fn read(document: &Document) -> Result<Option<Self>, WireError> {
        let payload = soap::payload(document)?;
        if !payload.is(SOAP, "Fault") {
            return Ok(None);
        }
        let mut notes = Vec::new();
        let mut fields = Fields::of(payload, &mut notes);
        let code = fields.needed_text("faultcode")?;
        let string = fields.text("faultstring")?.unwrap_or_default();
        let detail = fields.one("detail")?;
        let local = code.rsplit(':').next().unwrap_or(&code);
        let code = FaultCode::parse(local)
            .ok_or_else(|| WireError::envelope(format!("unknown faultcode {code:?}")))?;
        let detail = detail
            .and_then(|detail| detail.children().next())
            .map(|info| ErrorInfo::read(info, SUB_ERRORS_MAX))
            .transpose()?;
        Ok(Some(Self {
            code,
            string,
            detail,
        }))
    }

    /// The unsigned fault envelope.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::envelope(|out| {
            out.start("soap:Fault");
            soap::leaf(out, "faultcode", &format!("soap:{}", self.code.as_str()));
            soap::leaf(out, "faultstring", &self.string);
            if let Some(info) = &self.detail {
                out.start("detail");
                out.start("ns2:SendMessageFault1_SendMessageFault");
                out.attribute("xmlns:ns2", SYNC_TYPES);
                info.write(out);
                out.end();
                out.end();
            }
            out.end();
        })
    }
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

    fn read(element: Element<'_>, deeper: usize) -> Result<Self, WireError> {
        let mut notes = Vec::new();
        let mut fields = Fields::of(element, &mut notes);
        let error_code = fields.needed_text("errorCode")?;
        let error_message = fields.text("errorMessage")?.unwrap_or_default();
        let error_data = fields.text("errorData")?;
        let error_date = fields.needed_text("errorDate")?;
        let sub_error = fields.one("subError")?;
        let session_id = fields.text("sessionId")?;
        let error_date = soap::date(&error_date, "errorDate", &mut notes)?;
        let sub_error = match sub_error {
            Some(inner) if deeper > 0 => Some(Box::new(Self::read(inner, deeper - 1)?)),
            _ => None,
        };
        Ok(Self {
            error_code,
            error_message,
            error_data,
            error_date,
            sub_error,
            session_id,
        })
    }

    fn write(&self, out: &mut Writer) {
        soap::leaf(out, "errorCode", &self.error_code);
        soap::leaf(
            out,
            "errorMessage",
            &soap::limited(&self.error_message, 250),
        );
        soap::optional_leaf(out, "errorData", self.error_data.as_deref());
        soap::leaf(out, "errorDate", &self.error_date.to_string());
        if let Some(inner) = &self.sub_error {
            out.start("subError");
            inner.write(out);
            out.end();
        }
        soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
    }
}
