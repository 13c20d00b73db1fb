//! `SendMessage`: the one operation of the synchronous channel, as it is asked.

use std::fmt;

use qaqpa_crypto::sha256;
use qaqpa_model::{BodyDigest, MessageId, Moment, SenderId};
use qaqpa_xml::Document;

use crate::namespace::SYNC_TYPES;
use crate::soap::{self, Fields};
use crate::{BusinessData, DataForm, Departure, WireError, data};

/// How much of the schema the reader insists on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// Reads what is unambiguous and names the departures.
    #[default]
    Lenient,
    /// Refuses every departure.
    Strict,
}

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

/// A key of at most 30 and a value of at most 500 characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// The property with the moment (RFC 3339) at which the gateway judged the document.
pub const JUDGED_AT: &str = "judged-at";
/// The property with the gateway's verdict: `TOTAL-PASSED`.
pub const VERDICT: &str = "verdict";

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
        let mut notes = Vec::new();
        let wrapper = soap::wrapper(document, "SendMessage", &mut notes)?;

        let mut fields = Fields::of(wrapper, &mut notes);
        let request = fields.needed("request")?;
        fields.finish();

        let mut fields = Fields::of(request, &mut notes);
        let info = fields.needed("requestInfo")?;
        let holder = fields.one("requestData")?;
        fields.finish();

        let mut fields = Fields::of(info, &mut notes);
        let message_id = fields.needed_text("messageId")?;
        let correlation_id = fields.text("correlationId")?;
        let service_id = fields.needed_text("serviceId")?;
        let message_date = fields.needed_text("messageDate")?;
        let route_id = fields.text("routeId")?;
        let sender = fields.one("sender")?;
        let property_elements = fields.all("properties");
        let session_id = fields.text("sessionId")?;
        fields.finish();

        let sender = match sender {
            Some(element) => read_sender(element, &mut notes)?,
            None => None,
        };
        let mut properties = Vec::new();
        for element in property_elements {
            properties.extend(read_property(element, &mut notes)?);
        }
        let data = match holder {
            Some(holder) => match data::find(holder, &mut notes)? {
                Some(element) => BusinessData::read(document, element)?,
                None => None,
            },
            None => None,
        };
        let request = Self {
            message_id: soap::message_id(&message_id, "messageId", &mut notes)?,
            correlation_id: correlation_id
                .map(|text| soap::message_id(&text, "correlationId", &mut notes))
                .transpose()?,
            service_id,
            message_date: soap::date(&message_date, "messageDate", &mut notes)?,
            route_id,
            sender,
            properties,
            session_id,
            data: data.ok_or(WireError::DataMissing)?,
        };
        soap::judge(request, notes, reading)
    }

    /// The value of a property.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|property| property.key == key)
            .map(|property| property.value.as_str())
    }

    /// The digest of what the message says, for the elimination of repeats.
    ///
    /// It is taken over the message in our own strict form, without the sender's password and without
    /// any signature: a message that is signed again, or that another SOAP stack writes with other
    /// prefixes, is the same message; one with another document, service or date is not.
    #[must_use]
    pub fn digest(&self) -> BodyDigest {
        let mut bare = self.clone();
        if let Some(sender) = &mut bare.sender {
            sender.password = None;
        }
        bare.session_id = None;
        bare.data.form = DataForm::TypedText;
        BodyDigest(sha256(&bare.write()))
    }

    /// The unsigned envelope, as the schema asks to the letter: sign it with
    /// [`qaqpa_xmldsig::sign_wsse`] before it is sent.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::envelope(|out| {
            out.start("ns2:SendMessage");
            out.attribute("xmlns:ns2", SYNC_TYPES);
            out.start("request");
            out.start("requestInfo");
            soap::leaf(out, "messageId", self.message_id.as_str());
            soap::optional_leaf(
                out,
                "correlationId",
                self.correlation_id.as_ref().map(MessageId::as_str),
            );
            soap::leaf(out, "serviceId", &self.service_id);
            soap::leaf(out, "messageDate", &self.message_date.to_string());
            soap::optional_leaf(out, "routeId", self.route_id.as_deref());
            if let Some(sender) = &self.sender {
                out.start("sender");
                soap::leaf(out, "senderId", sender.id.as_str());
                soap::optional_leaf(out, "password", sender.password.as_deref());
                out.end();
            }
            for property in &self.properties {
                out.start("properties");
                soap::leaf(out, "key", &property.key);
                soap::leaf(out, "value", &property.value);
                out.end();
            }
            soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
            out.end();
            out.start("requestData");
            self.data.write(out);
            out.end();
            out.end();
            out.end();
        })
    }
}

fn read_sender(
    element: qaqpa_xml::Element<'_>,
    notes: &mut Vec<Departure>,
) -> Result<Option<Sender>, WireError> {
    let mut fields = Fields::of(element, notes);
    let id = fields.text("senderId")?;
    let password = fields.text("password")?;
    fields.finish();
    let Some(id) = id else { return Ok(None) };
    let id = SenderId::parse(&id).map_err(|error| WireError::Sender {
        why: error.to_string(),
    })?;
    Ok(Some(Sender { id, password }))
}

/// An empty `<properties/>` is common and means none.
fn read_property(
    element: qaqpa_xml::Element<'_>,
    notes: &mut Vec<Departure>,
) -> Result<Option<Property>, WireError> {
    if element.children().next().is_none() {
        notes.push(Departure::Empty {
            element: "properties",
        });
        return Ok(None);
    }
    let mut fields = Fields::of(element, notes);
    let key = fields.needed_text("key")?;
    let value = fields.text("value")?.unwrap_or_default();
    fields.finish();
    for (what, text, max) in [("key", &key, 30), ("value", &value, 500)] {
        if text.chars().count() > max {
            return Err(WireError::envelope(format!(
                "the {what} of a property is longer than {max} characters"
            )));
        }
    }
    Ok(Some(Property { key, value }))
}
