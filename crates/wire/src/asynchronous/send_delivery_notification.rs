//! `sendDeliveryNotification`: an information system says what became of a message that it fetched or was pushed.

use qaqpa_model::{MessageId, Moment};
use qaqpa_xml::write::Writer;
use qaqpa_xml::{Document, Element};

use crate::closed::closed;
use crate::error_info::ErrorInfo;
use crate::fields::Fields;
use crate::notes::Notes;
use crate::operation::{Operation, Part};
use crate::{Departure, Reading, Sender, WireError, soap};

closed! {
    /// Whether the receiver took the message (`receiveStatus`).
    ReceiveStatus in "receiveStatus" {
        /// It did.
        Accepted = "MESSAGE_ACCEPTED",
        /// It did not (spelled so).
        NotAccepted = "MESSAGE_NOT_ACCTEPTED",
    }
}

closed! {
    /// Whether the receiver wants the message once more (`resendMessage`).
    ResendMessage in "resendMessage" {
        /// It does.
        Resend = "RESEND",
        /// It does not.
        NotResend = "NOT_RESEND",
    }
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryNotification {
    /// The message.
    pub message_id: MessageId,
    /// Its service.
    pub service_id: String,
    /// When the receiver wrote the notification.
    pub notification_date: Moment,
    /// Whether the receiver took the message.
    pub receive_status: ReceiveStatus,
    /// When it did, or did not.
    pub status_date: Moment,
    /// Whether the receiver wants it once more.
    pub resend_message: ResendMessage,
    /// Why it was not taken.
    pub error: Option<ErrorInfo>,
}

/// The notification and who gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendDeliveryNotificationRequest {
    /// What became of the message.
    pub notification: DeliveryNotification,
    /// When the system wrote the request, by its own clock.
    pub request_date: Moment,
    /// The system.
    pub sender: Option<Sender>,
}

impl DeliveryNotification {
    fn read(element: Element<'_>, notes: &mut Notes) -> Result<Self, WireError> {
        let mut fields = Fields::of(element, notes);
        let message_id = fields.needed_id("messageId")?;
        let service_id = fields.needed_text("serviceId")?;
        let notification_date = fields.needed_date("notificationDate")?;
        let status = fields.needed("deliveryStatus")?;
        fields.finish();
        let mut fields = Fields::of(status, notes);
        let notification = Self {
            message_id,
            service_id,
            notification_date,
            receive_status: ReceiveStatus::needed(&mut fields)?,
            status_date: fields.needed_date("statusDate")?,
            resend_message: ResendMessage::needed(&mut fields)?,
            error: ErrorInfo::optional(&mut fields)?,
        };
        fields.finish();
        Ok(notification)
    }

    fn write(&self, out: &mut Writer) {
        out.start("notification");
        out.leaf("messageId", self.message_id.as_str());
        out.leaf("serviceId", &self.service_id);
        out.leaf("notificationDate", &soap::date(self.notification_date));
        out.start("deliveryStatus");
        self.receive_status.write(out);
        out.leaf("statusDate", &soap::date(self.status_date));
        self.resend_message.write(out);
        ErrorInfo::write_optional(self.error.as_ref(), out);
        out.end();
        out.end();
    }
}

impl SendDeliveryNotificationRequest {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `sendDeliveryNotification` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SendDeliveryNotification, Part::Request, reading);
        soap::read(document, part, |request, notes| {
            let mut fields = Fields::of(request, notes);
            let notification = fields.needed("notification")?;
            let request = Self {
                notification: DeliveryNotification::read(notification, fields.notes)?,
                request_date: fields.needed_date("requestDate")?,
                sender: Sender::optional(&mut fields)?,
            };
            fields.finish();
            Ok(request)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::SendDeliveryNotification, Part::Request, |out| {
            self.notification.write(out);
            out.leaf("requestDate", &soap::date(self.request_date));
            Sender::write(self.sender.as_ref(), out);
        })
    }
}

/// The gateway has the notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SendDeliveryNotificationResponse {
    /// The id that the gateway gave to the notification.
    pub notification_id: MessageId,
    /// When the gateway answered.
    pub response_date: Moment,
    /// The gateway's id of this exchange of SOAP messages, in braces: `None` only where a peer left it out.
    pub session_id: Option<String>,
}

impl SendDeliveryNotificationResponse {
    /// Reads an envelope and names what departs from the schema.
    ///
    /// # Errors
    /// [`WireError`] where the XML is no `sendDeliveryNotificationResponse` envelope; in strict reading also
    /// [`WireError::Departs`].
    pub fn read_with(
        document: &Document,
        reading: Reading,
    ) -> Result<(Self, Vec<Departure>), WireError> {
        let part = (Operation::SendDeliveryNotification, Part::Response, reading);
        soap::read(document, part, |response, notes| {
            let mut fields = Fields::of(response, notes);
            let response = Self {
                notification_id: fields.needed_id("notificationId")?,
                response_date: fields.needed_date("responseDate")?,
                session_id: fields.wanted_session()?,
            };
            fields.finish();
            Ok(response)
        })
    }

    /// The unsigned envelope, as the schema asks to the letter.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        soap::write(Operation::SendDeliveryNotification, Part::Response, |out| {
            out.leaf("notificationId", self.notification_id.as_str());
            out.leaf("responseDate", &soap::date(self.response_date));
            soap::session(out, self.session_id.as_deref());
        })
    }
}
