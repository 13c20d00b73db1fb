//! `SendMessageResponse`: the answer of the synchronous channel.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::Document;

use crate::fields::Fields;
use crate::limits::MESSAGE_CHARS_MAX;
use crate::operation::{Operation, Part};
use crate::soap;
use crate::{BusinessData, Departure, Reading, StatusCode, WireError, data};

/// The answer to a `SendMessage`: in this simulator the acknowledgement that the message is stored.
///
/// Read from an envelope, it says nothing about the signature of the answering gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageResponse {
    /// The receiver's id of this answer.
    pub message_id: MessageId,
    /// The id of the message that is answered.
    pub correlation_id: Option<MessageId>,
    /// When the receiver answered.
    pub response_date: Moment,
    /// The code: [`StatusCode::Success`] for an acknowledgement.
    pub status: StatusCode,
    /// At most 250 characters for people.
    pub status_message: String,
    /// The gateway's id of the exchange, in braces.
    pub session_id: Option<String>,
    /// A business document, if the answer carries one.
    pub data: Option<BusinessData>,
}

impl SendMessageResponse {
    /// Reads an envelope leniently.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `SendMessageResponse` envelope.
    pub fn read(document: &Document) -> Result<Self, WireError> {
        Self::read_with(document, Reading::Lenient).map(|(response, _)| response)
    }

    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// As [`read`](Self::read); in strict reading also [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SyncSendMessage, Part::Response, reading);
        soap::read(document, part, |response, notes| {
            let mut fields = Fields::of(response, notes);
            let info = fields.needed("responseInfo")?;
            let holder = fields.wanted("responseData")?;
            fields.finish();

            let mut fields = Fields::of(info, notes);
            let message_id = fields.needed_id("messageId")?;
            let correlation_id = fields.id("correlationId")?;
            let response_date = fields.needed_date("responseDate")?;
            let status = fields.needed("status")?;
            let session_id = fields.session()?;
            fields.finish();

            let mut fields = Fields::of(status, notes);
            let code = fields.needed_text("code")?;
            let status_message = fields.wanted_prose("message", MESSAGE_CHARS_MAX)?;
            fields.finish();

            Ok(Self {
                message_id,
                correlation_id,
                response_date,
                status: StatusCode::parse(&code),
                status_message,
                session_id,
                data: data::inside(document, holder, notes)?,
            })
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::SyncSendMessage, Part::Response, |out| {
            out.start("responseInfo");
            soap::leaf(out, "messageId", self.message_id.as_str());
            soap::optional_leaf(
                out,
                "correlationId",
                self.correlation_id.as_ref().map(MessageId::as_str),
            );
            soap::leaf(out, "responseDate", &soap::date(self.response_date));
            out.start("status");
            soap::leaf(out, "code", self.status.as_str());
            let message = soap::limited(&self.status_message, MESSAGE_CHARS_MAX);
            soap::leaf(out, "message", &message);
            out.end();
            soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
            out.end();
            out.start("responseData");
            if let Some(data) = &self.data {
                data.write(out);
            }
            out.end();
        })
    }
}
