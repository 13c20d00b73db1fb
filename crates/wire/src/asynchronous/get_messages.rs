//! `getMessages`: an information system fetches what waits for it.

use std::num::NonZeroU32;

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::Document;

use super::message::{Message, Way};
use crate::fields::Fields;
use crate::limits::MESSAGES_MAX;
use crate::operation::{Operation, Part};
use crate::{Departure, Property, Reading, Sender, WireError, soap};

/// Which messages are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetMessagesRequest {
    /// One message alone.
    pub message_id: Option<MessageId>,
    /// The messages of one exchange.
    pub correlation_id: Option<MessageId>,
    /// When the system asked, by its own clock.
    pub request_date: Option<Moment>,
    /// The service whose messages are asked for.
    pub service_id: String,
    /// The system that asks.
    pub sender: Option<Sender>,
    /// How many at most; `None` leaves it to the gateway, and is what 0 means.
    pub amount: Option<NonZeroU32>,
    /// Keys and values beside the question, in order.
    pub properties: Vec<Property>,
}

impl GetMessagesRequest {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `getMessages` envelope; in strict reading also [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::GetMessages, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let mut fields = Fields::of(request, notes);
            let request = Self {
                message_id: fields.id("messageId")?,
                correlation_id: fields.id("correlationId")?,
                request_date: fields.date("requestDate")?,
                service_id: fields.needed_text("serviceId")?,
                sender: Sender::optional(&mut fields)?,
                amount: amount(&mut fields)?,
                properties: Property::of(&mut fields)?,
            };
            fields.finish();
            Ok(request)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::GetMessages, Part::Request, |out| {
            let ids = [&self.message_id, &self.correlation_id];
            for (name, id) in ["messageId", "correlationId"].into_iter().zip(ids) {
                soap::optional_leaf(out, name, id.as_ref().map(MessageId::as_str));
            }
            let date = self.request_date.map(soap::date);
            soap::optional_leaf(out, "requestDate", date.as_deref());
            out.leaf("serviceId", &self.service_id);
            Sender::write(self.sender.as_ref(), out);
            let amount = self.amount.map(|amount| amount.to_string());
            soap::optional_leaf(out, "amount", amount.as_deref());
            Property::write_all(&self.properties, out);
        })
    }
}

/// An `xs:int` that is not negative.
fn amount(fields: &mut Fields<'_, '_>) -> Result<Option<NonZeroU32>, WireError> {
    let Some(text) = fields.text("amount")? else {
        return Ok(None);
    };
    let amount = text.parse::<u32>().ok().filter(|n| *n <= i32::MAX as u32);
    amount.map(NonZeroU32::new).ok_or_else(|| {
        WireError::envelope(format!(
            "<amount> is {:?}, not a number from 0 to {}",
            soap::limited(&text, 20),
            i32::MAX
        ))
    })
}

/// The messages that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetMessagesResponse {
    /// When the gateway answered.
    pub response_date: Moment,
    /// The gateway's id of this exchange of SOAP messages, in braces: `None` only where a peer left it out.
    pub session_id: Option<String>,
    /// At most [`MESSAGES_MAX`], each with its ids.
    pub messages: Vec<Message>,
}

impl GetMessagesResponse {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `getMessagesResponse` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::GetMessages, Part::Response, reading);
        soap::read(document, part, |response, notes| {
            let mut fields = Fields::of(response, notes);
            let response_date = fields.needed_date("responseDate")?;
            let session_id = fields.wanted_session()?;
            let elements = fields.all("messages");
            fields.finish();
            if elements.len() > MESSAGES_MAX {
                return Err(WireError::Limit {
                    what: "messages".to_owned(),
                    max: MESSAGES_MAX,
                });
            }
            let mut messages = Vec::with_capacity(elements.len());
            for element in elements {
                messages.push(Message::read(document, element, Way::Out, notes)?);
            }
            Ok(Self {
                response_date,
                session_id,
                messages,
            })
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::GetMessages, Part::Response, |out| {
            out.leaf("responseDate", &soap::date(self.response_date));
            soap::session(out, self.session_id.as_deref());
            for message in &self.messages {
                out.start("messages");
                message.write(out);
                out.end();
            }
        })
    }
}
