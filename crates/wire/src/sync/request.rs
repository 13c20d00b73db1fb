//! `SendMessage`: the one operation of the synchronous channel, as it is asked.

use qaqpa_crypto::sha256;
use qaqpa_model::{BodyDigest, MessageId, Moment};
use qaqpa_xml::Document;

use crate::fields::Fields;
use crate::operation::{Operation, Part};
use crate::property;
pub use crate::property::{JUDGED_AT, SENDER, VERDICT};
use crate::soap;
use crate::{BusinessData, DataForm, Departure, Property, Reading, Sender, WireError, data};

/// A `SendMessage` request: who sends which business document to which service.
///
/// Read from an envelope, it says nothing about the transport signature, the sender's password or the
/// document inside: those are judged by the receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendMessageRequest {
    /// The sender's id of this message.
    pub message_id: MessageId,
    /// For a result: the id of the application's message.
    pub correlation_id: Option<MessageId>,
    /// The service that is asked: `SERVICE@ACT` in this simulator.
    pub service_id: String,
    /// When the sender wrote the message, by its own clock.
    pub message_date: Moment,
    /// A route; carried, not used.
    pub route_id: Option<String>,
    /// The sending information system.
    pub sender: Option<Sender>,
    /// Keys and values beside the document, in order.
    pub properties: Vec<Property>,
    /// The gateway's id of the exchange; the gateway assigns it.
    pub session_id: Option<String>,
    /// The business document.
    pub data: BusinessData,
}

impl SendMessageRequest {
    /// Reads an envelope leniently.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `SendMessage` envelope or has no document.
    pub fn read(document: &Document) -> Result<Self, WireError> {
        Self::read_with(document, Reading::Lenient).map(|(request, _)| request)
    }

    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// As [`read`](Self::read); in strict reading also [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SyncSendMessage, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let mut fields = Fields::of(request, notes);
            let info = fields.needed("requestInfo")?;
            let holder = fields.one("requestData")?;
            fields.finish();

            let mut fields = Fields::of(info, notes);
            let message_id = fields.needed_id("messageId")?;
            let correlation_id = fields.id("correlationId")?;
            let service_id = fields.needed_text("serviceId")?;
            let message_date = fields.needed_date("messageDate")?;
            let route_id = fields.text("routeId")?;
            let sender = Sender::wanted(&mut fields)?;
            let properties = Property::of(&mut fields)?;
            let session_id = fields.session()?;
            fields.finish();

            Ok(Self {
                message_id,
                correlation_id,
                service_id,
                message_date,
                route_id,
                sender,
                properties,
                session_id,
                data: data::inside(document, holder, notes)?.ok_or(WireError::DataMissing)?,
            })
        })
    }

    /// The value of a property.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        property::value(&self.properties, key)
    }

    /// The digest of what the message says, for the elimination of repeats.
    ///
    /// It is taken over the message in our own strict form, without the sender's password and without
    /// any signature: a message that is signed again, or that another SOAP stack writes with other
    /// prefixes, is the same message; one with another document, service or date is not.
    #[must_use]
    pub fn digest(&self) -> BodyDigest {
        let sender = self.sender.as_ref().map(|sender| Sender {
            id: sender.id.clone(),
            password: None,
        });
        BodyDigest(sha256(&self.written(
            sender.as_ref(),
            None,
            DataForm::TypedText,
        )))
    }

    /// The unsigned envelope, as the schema asks to the letter: sign it with
    /// [`qaqpa_xmldsig::sign_wsse`] before it is sent.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        self.written(
            self.sender.as_ref(),
            self.session_id.as_deref(),
            self.data.form,
        )
    }

    /// The envelope with these in the place of its own: the document, which may be long, is not copied for it.
    fn written(&self, sender: Option<&Sender>, session: Option<&str>, form: DataForm) -> Vec<u8> {
        soap::write(Operation::SyncSendMessage, Part::Request, |out| {
            out.start("requestInfo");
            soap::leaf(out, "messageId", self.message_id.as_str());
            soap::optional_leaf(
                out,
                "correlationId",
                self.correlation_id.as_ref().map(MessageId::as_str),
            );
            soap::leaf(out, "serviceId", &self.service_id);
            soap::leaf(out, "messageDate", &soap::date(self.message_date));
            soap::optional_leaf(out, "routeId", self.route_id.as_deref());
            Sender::write(sender, out);
            Property::write_all(&self.properties, out);
            soap::optional_leaf(out, "sessionId", session);
            out.end();
            out.start("requestData");
            self.data.write_as(form, out);
            out.end();
        })
    }
}
