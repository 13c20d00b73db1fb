//! A message: what `sendMessage` carries in both directions, and what `getMessages` answers with.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::closed::closed;
use crate::fields::Fields;
use crate::notes::Notes;
use crate::{BusinessData, Departure, Property, Sender, WireError, data, property, soap};

closed! {
    /// What a message is to the exchange that it belongs to (`messageType`).
    MessageType in "messageType" {
        /// Begins an exchange.
        Request = "REQUEST",
        /// Tells something and expects no answer.
        Notification = "NOTIFICATION",
        /// Changes what an earlier message said.
        Update = "UPDATE",
        /// Answers.
        Response = "RESPONSE",
    }
}

/// A message with its business document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// `messageInfo`.
    pub info: MessageInfo,
    /// The business document in `messageData`.
    pub data: BusinessData,
}

/// `messageInfo`: everything about a message but its document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageInfo {
    /// The gateway's id of the message: `None` on sending, because the gateway assigns it.
    pub message_id: Option<MessageId>,
    /// The exchange: `None` where a [`MessageType::Request`] is sent, because it begins one.
    pub correlation_id: Option<MessageId>,
    /// The service that is asked: `SERVICE@ACT` in this simulator.
    pub service_id: String,
    /// What the message is to its exchange.
    pub message_type: MessageType,
    /// A route; carried, not used.
    pub route_id: Option<String>,
    /// When the sender wrote the message, by its own clock.
    pub message_date: Moment,
    /// The sending information system.
    pub sender: Option<Sender>,
    /// Keys and values beside the document, in order.
    pub properties: Vec<Property>,
    /// The gateway's id of the exchange of SOAP messages; the gateway assigns it.
    pub session_id: Option<String>,
}

/// Which way a message goes: it decides which ids it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the gateway, which assigns the ids.
    In,
    /// From the gateway, with all ids.
    Out,
}

impl MessageInfo {
    /// The value of a property.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&str> {
        property::value(&self.properties, key)
    }

    fn read(element: Element<'_>, way: Way, notes: &mut Notes) -> Result<Self, WireError> {
        let mut fields = Fields::of(element, notes);
        // Both ids may be there and empty: the contract itself says so.
        let message_id = fields.id_or_empty("messageId")?;
        let correlation_id = fields.id_or_empty("correlationId")?;
        let service_id = fields.needed_text("serviceId")?;
        let message_type = MessageType::needed(&mut fields)?;
        let info = Self {
            message_id,
            correlation_id,
            service_id,
            message_type,
            route_id: fields.text("routeId")?,
            message_date: fields.needed_date("messageDate")?,
            sender: Sender::wanted(&mut fields)?,
            properties: Property::of(&mut fields)?,
            session_id: fields.session()?,
        };
        fields.finish();
        info.note_ids(way, notes);
        Ok(info)
    }

    /// "messageId is empty on sending; correlationId is empty for REQUEST and present otherwise" (the contract).
    fn note_ids(&self, way: Way, notes: &mut Notes) {
        let begins = self.message_type == MessageType::Request;
        let (id, correlation) = ("messageId", "correlationId");
        match (way, &self.message_id) {
            (Way::In, Some(_)) => notes.push(Departure::Assigned { element: id }),
            (Way::Out, None) => notes.push(Departure::Missing { element: id }),
            _ => {}
        }
        match (way, begins, &self.correlation_id) {
            (Way::In, true, Some(_)) => notes.push(Departure::Assigned {
                element: correlation,
            }),
            (_, false, None) => notes.push(Departure::Missing {
                element: correlation,
            }),
            _ => {}
        }
    }

    fn write(&self, out: &mut Writer) {
        out.start("messageInfo");
        let ids = [&self.message_id, &self.correlation_id];
        for (name, id) in ["messageId", "correlationId"].into_iter().zip(ids) {
            soap::optional_leaf(out, name, id.as_ref().map(MessageId::as_str));
        }
        out.leaf("serviceId", &self.service_id);
        self.message_type.write(out);
        soap::optional_leaf(out, "routeId", self.route_id.as_deref());
        out.leaf("messageDate", &soap::date(self.message_date));
        Sender::write(self.sender.as_ref(), out);
        Property::write_all(&self.properties, out);
        soap::optional_leaf(out, "sessionId", self.session_id.as_deref());
        out.end();
    }
}

impl Message {
    /// Reads `messageInfo` and `messageData` of an element.
    pub(crate) fn read(
        document: &Document,
        element: Element<'_>,
        way: Way,
        notes: &mut Notes,
    ) -> Result<Self, WireError> {
        let mut fields = Fields::of(element, notes);
        let info = fields.needed("messageInfo")?;
        let holder = fields.one("messageData")?;
        fields.finish();
        let info = MessageInfo::read(info, way, notes)?;
        let data = data::inside(document, holder, notes)?.ok_or(WireError::DataMissing)?;
        Ok(Self { info, data })
    }

    pub(crate) fn write(&self, out: &mut Writer) {
        self.info.write(out);
        out.start("messageData");
        self.data.write(out);
        out.end();
    }
}
