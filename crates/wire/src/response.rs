//! `SendMessageResponse`: the answer of the synchronous channel.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::Document;

use crate::namespace::SYNC_TYPES;
use crate::request::Reading;
use crate::soap::{self, Fields};
use crate::{BusinessData, Departure, StatusCode, WireError, data};

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
        let mut notes = Vec::new();
        let wrapper = soap::wrapper(document, "SendMessageResponse", &mut notes)?;

        let mut fields = Fields::of(wrapper, &mut notes);
        let response = fields.needed("response")?;
        fields.finish();

        let mut fields = Fields::of(response, &mut notes);
        let info = fields.needed("responseInfo")?;
        let holder = fields.one("responseData")?;
        fields.finish();

        let mut fields = Fields::of(info, &mut notes);
        let message_id = fields.needed_text("messageId")?;
        let correlation_id = fields.text("correlationId")?;
        let response_date = fields.needed_text("responseDate")?;
        let status = fields.needed("status")?;
        let session_id = fields.text("sessionId")?;
        fields.finish();

        let mut fields = Fields::of(status, &mut notes);
        let code = fields.needed_text("code")?;
        let status_message = fields.text("message")?.unwrap_or_default();
        fields.finish();

        let data = match holder {
            Some(holder) => match data::find(holder, &mut notes)? {
                Some(element) => BusinessData::read(document, element)?,
                None => None,
            },
            None => None,
        };
        let response = Self {
            message_id: soap::message_id(&message_id, "messageId", &mut notes)?,
            correlation_id: correlation_id
                .map(|text| soap::message_id(&text, "correlationId", &mut notes))
                .transpose()?,
            response_date: soap::date(&response_date, "responseDate", &mut notes)?,
            status: StatusCode::parse(&code),
            status_message,
            session_id,
            data,
        };
        soap::judge(response, notes, reading)
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::envelope(|out| {
            out.start("ns2:SendMessageResponse");
            out.attribute("xmlns:ns2", SYNC_TYPES);
            out.start("response");
            out.start("responseInfo");
            soap::leaf(out, "messageId", self.message_id.as_str());
            soap::optional_leaf(
                out,
                "correlationId",
                self.correlation_id.as_ref().map(MessageId::as_str),
            );
            soap::leaf(out, "responseDate", &self.response_date.to_string());
            out.start("status");
            soap::leaf(out, "code", self.status.as_str());
            soap::leaf(out, "message", &soap::limited(&self.status_message, 250));
            out.end();
            soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
            out.end();
            out.start("responseData");
            if let Some(data) = &self.data {
                data.write(out);
            }
            out.end();
            out.end();
            out.end();
        })
    }
}
