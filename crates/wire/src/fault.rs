//! SOAP faults with the channel's `ErrorInfo`.

use qaqpa_model::RefusalLabel;
use qaqpa_xml::{Document, Element};

use crate::fields::Fields;
use crate::namespace::SOAP;
use crate::notes::Notes;
use crate::operation::Operation;
use crate::soap;
use crate::{Departure, ErrorInfo, FaultCode, WireError};

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

impl Fault {
    /// The label of the refusal, if the fault carries one that we know.
    #[must_use]
    pub fn label(&self) -> Option<RefusalLabel> {
        self.detail.as_ref().and_then(ErrorInfo::label)
    }

    /// Reads a fault envelope of any operation; `None` where the Body holds something else.
    ///
    /// Details that are no `ErrorInfo` are left out: SOAP stacks have their own.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no SOAP envelope, or the fault has not its parts.
    pub fn read(document: &Document) -> Result<Option<Self>, WireError> {
        Ok(read(document, None)?.map(|(fault, _)| fault))
    }

    /// Reads a fault of one operation, and names what departs from the schema.
    ///
    /// There is no strict reading of faults: what a peer says went wrong is always heard.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn read_of(
        document: &Document,
        operation: Operation,
    ) -> Result<Option<(Self, Vec<Departure>)>, WireError> {
        read(document, Some(operation))
    }

    /// The unsigned fault envelope of the synchronous channel.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        self.write_of(Operation::SyncSendMessage)
    }

    /// The unsigned fault envelope of an operation: its own element is in the detail.
    #[must_use]
    pub fn write_of(&self, operation: Operation) -> Vec<u8> {
        soap::envelope(|out| {
            out.start("soap:Fault");
            soap::leaf(out, "faultcode", &format!("soap:{}", self.code.as_str()));
            soap::leaf(out, "faultstring", &self.string);
            if let Some(info) = &self.detail {
                out.start("detail");
                out.start(&format!("ns2:{}", operation.fault()));
                out.attribute("xmlns:ns2", operation.namespace());
                info.write(out);
                out.end();
                out.end();
            }
            out.end();
        })
    }
}

fn read(
    document: &Document,
    operation: Option<Operation>,
) -> Result<Option<(Fault, Vec<Departure>)>, WireError> {
    let payload = soap::payload(document)?;
    if !payload.is(SOAP, "Fault") {
        return Ok(None);
    }
    let mut notes = Notes::default();
    let mut fields = Fields::of(payload, &mut notes);
    let code = fields.needed_text("faultcode")?;
    let string = fields.prose("faultstring")?.unwrap_or_default();
    fields.one("faultactor")?;
    let detail = fields.one("detail")?;
    fields.finish();
    let local = code.rsplit(':').next().unwrap_or(&code);
    let code = FaultCode::parse(local)
        .ok_or_else(|| WireError::envelope(format!("unknown faultcode {code:?}")))?;
    let info = detail.and_then(|detail| detail.children().find(is_error_info));
    if let (Some(info), Some(operation)) = (info, operation) {
        note_name(info, operation, &mut notes);
    }
    let detail = info
        .map(|info| ErrorInfo::read(info, &mut notes))
        .transpose()?;
    let fault = Fault {
        code,
        string,
        detail,
    };
    Ok(Some((fault, notes.into_departures())))
}

fn is_error_info(element: &Element<'_>) -> bool {
    element.children().any(|child| child.name() == "errorCode")
}

fn note_name(info: Element<'_>, operation: Operation, notes: &mut Notes) {
    let space = info.namespace().unwrap_or_default();
    if info.name() != operation.fault() {
        notes.push(Departure::unknown(info.name()));
    } else if space != operation.namespace() {
        let expected = Some(operation.namespace());
        notes.push(Departure::namespace(info.name(), space, expected));
    }
}
